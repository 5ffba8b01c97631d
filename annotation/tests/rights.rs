//! The table of roles as a file, `rights.json`, which the page's own table is compared with (web/test/marginalia).

use std::{fmt::Write as _, fs, path::Path};

use annotation::{Deed, Form, Part, Role, Thing, UnknownRole, Whose, may, may_write_freely};

const TABLE: &str = include_str!("rights.json");
const ROLES: [Role; 5] = [
    Role::None,
    Role::Read,
    Role::Comment,
    Role::Annotate,
    Role::Own,
];
const DEEDS: [(Deed, &str); 8] = [
    (Deed::Add, "add"),
    (Deed::Delete, "delete"),
    (Deed::Write(Part::Whole), "whole"),
    (Deed::Write(Part::AuthorId), "author_id"),
    (Deed::Write(Part::CreatedAt), "created_at"),
    (Deed::Write(Part::Resolution), "resolution"),
    (Deed::Write(Part::Arrangement), "arrangement"),
    (Deed::Write(Part::Content), "content"),
];
const WHOSE: [(Whose, &str); 3] = [
    (Whose::Own, "own"),
    (Whose::Common, "common"),
    (Whose::Anothers, "anothers"),
];
const FIELDS: [&str; 12] = [
    "author_id",
    "created_at",
    "resolved_at",
    "resolved_by",
    "resolved_by_id",
    "order",
    "group",
    "x",
    "text",
    "colour",
    "points",
    "a field of tomorrow",
];

#[test]
fn roles_are_ordered_by_what_they_allow_and_nothing_is_less_than_any() {
    assert!(ROLES.is_sorted());
    assert_eq!(ROLES[1..], Role::ALL);
}

#[test]
fn a_role_has_one_spelling_and_nothing_cannot_be_given() {
    for role in ROLES {
        assert_eq!(role.name().parse(), Ok(role));
        assert_eq!(
            Role::parse(role.name()),
            Some(role).filter(|role| *role != Role::None)
        );
    }
    for name in ["", "Read", "read ", "owner"] {
        assert_eq!(
            (Role::parse(name), name.parse()),
            (None, Err::<Role, _>(UnknownRole))
        );
    }
}

#[test]
fn what_has_a_bounded_form_is_written_by_those_who_write_the_rest() {
    for thing in Thing::ALL {
        for form in [Form::Text, Form::Colour, Form::Points, Form::Width] {
            for (role, (whose, _)) in ROLES
                .into_iter()
                .flat_map(|role| WHOSE.map(|whose| (role, whose)))
            {
                let [form, content] = [Part::Form(form), Part::Content].map(Deed::Write);
                assert_eq!(
                    may(role, form, thing, whose),
                    may(role, content, thing, whose)
                );
            }
        }
    }
}

#[test]
fn the_table_that_the_page_is_compared_with_is_that_of_the_room() {
    let table = table();
    if table != TABLE {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rights.json");
        fs::write(&path, table).unwrap();
        panic!(
            "copy {} to annotation/tests/rights.json, and change web/src/marginalia/rights.ts",
            path.display()
        );
    }
}

/// The least role for each deed, `null` for what nobody may, and the part that each field belongs to.
fn table() -> String {
    let mut deeds = Vec::new();
    let mut parts = Vec::new();
    for thing in Thing::ALL {
        let named = thing.to_string();
        // One word, as the page calls it.
        let name = named.split(' ').next().unwrap_or_default();
        for (deed, deed_name) in DEEDS {
            for (whose, whose_name) in WHOSE {
                let least = least(|role| may(role, deed, thing, whose));
                deeds.push(format!("\"{deed_name} {name} {whose_name}\": {least}"));
            }
        }
        for field in FIELDS {
            // What has a bounded form is content to those who only ask who may.
            let part = thing.part(field);
            let part = match matches!(part, Part::Form(_)) {
                true => Part::Content,
                false => part,
            };
            let part = Deed::Write(part);
            let (_, part) = DEEDS
                .iter()
                .find(|(deed, _)| *deed == part)
                .expect("every part has a name above");
            parts.push(format!("\"{name} {field}\": \"{part}\""));
        }
    }
    let mut json = String::from("{\n  \"deeds\": {\n    ");
    json.push_str(&deeds.join(",\n    "));
    writeln!(json, "\n  }},\n  \"free\": {},", least(may_write_freely))
        .expect("a string takes everything");
    json.push_str("  \"parts\": {\n    ");
    json.push_str(&parts.join(",\n    "));
    json.push_str("\n  }\n}\n");
    json
}

fn least(may: impl Fn(Role) -> bool) -> String {
    let allowed: Vec<Role> = ROLES.into_iter().filter(|role| may(*role)).collect();
    // Each role may do what those before it may: the least one says everything.
    assert!(ROLES.ends_with(&allowed));
    allowed
        .first()
        .map_or_else(|| "null".to_owned(), |role| format!("\"{role}\""))
}
