//! Rules RO2 and RO15 on boards: sticky notes and strokes, whose they are, and how much a board takes.

use annotation::{
    Deed, Form, Part, Role, Thing, Unsound,
    limits::{
        COLOUR_UNITS_MAX, COORDINATE_MAX, STICKIES_MAX, STICKY_TEXT_UNITS_MAX, STROKE_POINTS_MAX,
        STROKE_WIDTH_MAX, STROKES_MAX,
    },
};
use room::policy::Violation;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use yrs::{Any, ArrayPrelim, Map, MapPrelim, TextPrelim};

use crate::{
    case::{ABE, ANN, CAM, Case, OWN, REA, Refused, add, denied, root, thing},
    edits::NOW_MS,
};

#[test]
fn ro2_whoever_comments_adds_sticky_notes_and_whoever_annotates_draws_too() {
    let add = |user: (&'static str, Role), root: &'static str| {
        Case::new().lets(user, |txn| add(txn, root, "new", user.0))
    };

    for root in ["stickies", "strokes"] {
        assert_eq!(add(REA, root), Err(Refused::Before(Violation::ReadOnly)));
        assert_eq!((add(ANN, root), add(OWN, root)), (Ok(()), Ok(())));
    }
    assert_eq!(add(CAM, "stickies"), Ok(()));
    assert_eq!(add(CAM, "strokes"), denied(CAM, Deed::Add, Thing::Stroke));
}

#[test]
fn ro2_a_sticky_note_of_another_is_moved_from_annotate_on_and_ones_own_by_whoever_wrote_it() {
    let moves = |user, of: &'static str| {
        Case::new().lets(user, move |txn| {
            let sticky = thing(txn, "stickies", of);
            for field in ["x", "y", "z"] {
                sticky.insert(txn, field, 40);
            }
        })
    };

    assert_eq!(moves(CAM, "cams"), Ok(()));
    assert_eq!(
        moves(CAM, "anns"),
        denied(CAM, Deed::Write(Part::Arrangement), Thing::Sticky)
    );
    assert_eq!((moves(ABE, "anns"), moves(OWN, "anns")), (Ok(()), Ok(())));
}

#[test]
fn ro2_only_the_author_or_the_owner_writes_on_a_sticky_note_or_takes_it_away() {
    for (field, form) in [("text", Form::Text), ("colour", Form::Colour)] {
        let write = |user| {
            Case::new().lets(user, |txn| {
                thing(txn, "stickies", "anns").insert(txn, field, "pink");
            })
        };
        let refused = denied(ABE, Deed::Write(Part::Form(form)), Thing::Sticky);
        assert_eq!(
            (write(ANN), write(OWN), write(ABE)),
            (Ok(()), Ok(()), refused)
        );
    }
    for (name, thing) in [("stickies", Thing::Sticky), ("strokes", Thing::Stroke)] {
        let delete = |user| {
            Case::new().lets(user, |txn| {
                root(txn, name).remove(txn, "anns");
            })
        };
        assert_eq!((delete(ANN), delete(OWN)), (Ok(()), Ok(())));
        assert_eq!(delete(ABE), denied(ABE, Deed::Delete, thing));
    }
}

#[test]
fn ro6_what_is_new_on_a_board_says_whose_it_is_and_ro8_of_no_future() {
    for (name, thing) in [("stickies", Thing::Sticky), ("strokes", Thing::Stroke)] {
        let forged = Case::new().lets(ANN, |txn| add(txn, name, "new", "abe"));
        assert_eq!(
            forged,
            Err(Refused::After(Violation::ForeignAuthor { thing }))
        );
        let unsaid = Case::new().lets(ANN, |txn| {
            root(txn, name).insert(txn, "new", MapPrelim::from([("colour", "pink")]));
        });
        assert_eq!(
            unsaid,
            Err(Refused::After(Violation::ForeignAuthor { thing }))
        );
        let early = Case::new().lets(ANN, |txn| {
            add(txn, name, "new", "ann");
            crate::case::thing(txn, name, "new").insert(txn, "created_at", NOW_MS * 2);
        });
        assert_eq!(
            early,
            Err(Refused::After(Violation::NoPastMoment { thing }))
        );
    }
}

/// What becomes of it if somebody writes this into what is theirs, field by field or as one value, and if they own the board.
fn writes(name: &'static str, field: &'static str, value: &Any) -> Result<(), Refused> {
    let nested = |user| {
        Case::new().lets(user, |txn| {
            thing(txn, name, "anns").insert(txn, field, value.clone());
        })
    };
    let plain = Case::new().lets(ANN, |txn| {
        let fields = [("author_id", Any::from("ann")), (field, value.clone())];
        let fields = fields.map(|(name, value)| (name.to_owned(), value));
        root(txn, name).insert(
            txn,
            "new",
            Any::Map(std::sync::Arc::new(fields.into_iter().collect())),
        );
    });
    let by_author = nested(ANN);
    assert_eq!((&nested(OWN), &plain), (&by_author, &by_author), "{field}");
    by_author
}

#[test]
fn ro15_a_sticky_note_stands_on_the_board_with_a_text_that_is_not_too_long() {
    let unsound = |unsound| {
        Err(Refused::Before(Violation::Unsound {
            thing: Thing::Sticky,
            unsound,
        }))
    };
    for field in ["x", "y", "z"] {
        for near in [COORDINATE_MAX, -COORDINATE_MAX, 0.5] {
            assert_eq!(writes("stickies", field, &near.into()), Ok(()));
        }
        for far in [COORDINATE_MAX + 1.0, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(
                writes("stickies", field, &far.into()),
                unsound(Unsound::Place)
            );
        }
        for none in [Any::from("7"), Any::Null, Any::from(i64::MAX)] {
            assert_eq!(writes("stickies", field, &none), unsound(Unsound::Place));
        }
    }
    let text = |units: usize| Any::from("é".repeat(units - 2) + "👋");
    assert_eq!(
        writes("stickies", "text", &text(STICKY_TEXT_UNITS_MAX)),
        Ok(())
    );
    for wrong in [text(STICKY_TEXT_UNITS_MAX + 1), Any::from(7)] {
        assert_eq!(
            writes("stickies", "text", &wrong),
            unsound(Unsound::Form(Form::Text))
        );
    }
    let colour = unsound(Unsound::Form(Form::Colour));
    assert_eq!(
        writes(
            "stickies",
            "colour",
            &"c".repeat(COLOUR_UNITS_MAX + 1).into()
        ),
        colour
    );
}

#[test]
fn ro15_a_stroke_is_so_many_points_on_the_board_and_no_wider_than_a_marker() {
    let unsound = |form| {
        Err(Refused::Before(Violation::Unsound {
            thing: Thing::Stroke,
            unsound: Unsound::Form(form),
        }))
    };
    let points = |numbers: usize| Any::from(vec![Any::from(1); numbers]);
    for sound in [points(2), points(2 * STROKE_POINTS_MAX)] {
        assert_eq!(writes("strokes", "points", &sound), Ok(()));
    }
    let far = Any::from(vec![Any::from(0), Any::from(COORDINATE_MAX * 2.0)]);
    let nested = Any::from(vec![points(2), points(2)]);
    for wrong in [
        points(0),
        points(3),
        points(2 * STROKE_POINTS_MAX + 2),
        far,
        nested,
        "1,2".into(),
    ] {
        assert_eq!(writes("strokes", "points", &wrong), unsound(Form::Points));
    }
    assert_eq!(writes("strokes", "width", &STROKE_WIDTH_MAX.into()), Ok(()));
    for wrong in [0.0, -1.0, STROKE_WIDTH_MAX + 0.1, f64::INFINITY] {
        assert_eq!(
            writes("strokes", "width", &wrong.into()),
            unsound(Form::Width)
        );
    }
}

#[test]
fn ro15_nothing_on_a_board_is_a_shared_type_that_could_grow() {
    let is_unsound = |refused| matches!(refused, Err(Refused::Before(Violation::Unsound { .. })));

    assert!(is_unsound(Case::new().lets(ANN, |txn| {
        thing(txn, "stickies", "anns").insert(txn, "text", TextPrelim::new("words"));
    })));
    assert!(is_unsound(Case::new().lets(ANN, |txn| {
        let points: Vec<i32> = vec![1, 2];
        thing(txn, "strokes", "anns").insert(txn, "points", ArrayPrelim::from(points));
    })));
}

#[test]
fn ro15_a_board_takes_so_many_things_of_a_kind_and_what_is_taken_away_makes_room() {
    for (name, thing, count_max) in [
        ("stickies", Thing::Sticky, STICKIES_MAX),
        ("strokes", Thing::Stroke, STROKES_MAX),
    ] {
        let mut case = Case::empty();
        case.holds(|txn| {
            for number in 0..count_max {
                add(txn, name, &format!("t{number}"), "ann");
            }
        });
        let one_more = case.lets(OWN, |txn| add(txn, name, "new", "own"));
        assert_eq!(
            one_more,
            Err(Refused::Before(Violation::Crowded { thing, count_max }))
        );
        let another = case.lets(ABE, |txn| add(txn, "comments", "new", "abe"));
        let gone = case.lets(ANN, |txn| {
            root(txn, name).remove(txn, "t0");
        });
        let instead = case.lets(ABE, |txn| add(txn, name, "new", "abe"));
        assert_eq!((another, gone, instead), (Ok(()), Ok(()), Ok(())));
    }
}
