//! Rules RO2 to RO7: what each role may do, and whose a thing is.

use annotation::{Deed, Part, Role, Thing};
use room::policy::Violation;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use yrs::{
    Any, Array, ArrayPrelim, Map, MapPrelim, ReadTxn, StateVector, Text, TextPrelim, Transact,
    WriteTxn,
};

use crate::{
    case::{ABE, ANN, BOUNDS, CAM, Case, OWN, REA, Refused, add, denied, root, thing},
    edits::NOW_MS,
};

#[test]
fn ro2_each_role_makes_what_the_table_lets_it_make() {
    let add = |user: (&'static str, Role), root: &'static str| {
        Case::new().lets(user, |txn| add(txn, root, "new", user.0))
    };

    for user in [REA, ("nil", Role::None)] {
        for root in ["highlights", "comments", "tags"] {
            assert_eq!(add(user, root), Err(Refused::Before(Violation::ReadOnly)));
        }
    }
    assert_eq!(add(CAM, "comments"), Ok(()));
    assert_eq!(
        add(CAM, "highlights"),
        denied(CAM, Deed::Add, Thing::Highlight)
    );
    assert_eq!(add(CAM, "tags"), denied(CAM, Deed::Add, Thing::Tag));
    for user in [ANN, OWN] {
        for root in ["highlights", "comments", "tags"] {
            assert_eq!(add(user, root), Ok(()));
        }
    }
}

#[test]
fn ro2_only_the_author_or_the_owner_changes_a_thing() {
    let change = |user| {
        Case::new().lets(user, |txn| {
            thing(txn, "highlights", "anns").insert(txn, "quote", "other words");
        })
    };

    assert_eq!(change(ANN), Ok(()));
    assert_eq!(change(OWN), Ok(()));
    assert_eq!(
        change(ABE),
        denied(ABE, Deed::Write(Part::Content), Thing::Highlight)
    );
    assert_eq!(
        change(CAM),
        denied(CAM, Deed::Write(Part::Content), Thing::Highlight)
    );
}

#[test]
fn ro2_only_the_author_or_the_owner_deletes_a_thing() {
    let delete = |user| {
        Case::new().lets(user, |txn| {
            root(txn, "highlights").remove(txn, "anns");
        })
    };
    let clear = |user| {
        Case::new().lets(user, |txn| {
            thing(txn, "highlights", "anns").remove(txn, "quote");
        })
    };

    assert_eq!(delete(ANN), Ok(()));
    assert_eq!(delete(OWN), Ok(()));
    assert_eq!(delete(ABE), denied(ABE, Deed::Delete, Thing::Highlight));
    assert_eq!(
        clear(ABE),
        denied(ABE, Deed::Write(Part::Content), Thing::Highlight)
    );
}

#[test]
fn ro2_everybody_who_may_comment_resolves_and_reopens() {
    for user in [CAM, ABE, OWN] {
        let mut case = Case::new();
        let resolve = case.lets(user, |txn| {
            let thing = thing(txn, "highlights", "anns");
            thing.insert(txn, "resolved_at", NOW_MS);
            thing.insert(txn, "resolved_by_id", user.0);
        });
        let reopen = case.lets(user, |txn| {
            let thing = thing(txn, "highlights", "anns");
            thing.remove(txn, "resolved_at");
            thing.remove(txn, "resolved_by_id");
        });
        assert_eq!((resolve, reopen), (Ok(()), Ok(())));
    }
}

#[test]
fn ro2_tags_of_others_are_arranged_but_not_changed() {
    let arrange = |user| {
        Case::new().lets(user, |txn| {
            thing(txn, "tags", "anns").insert(txn, "order", "a5");
        })
    };
    let rename = |user| {
        Case::new().lets(user, |txn| {
            thing(txn, "tags", "anns").insert(txn, "name", "Mine");
        })
    };

    assert_eq!(arrange(ABE), Ok(()));
    assert_eq!(
        arrange(CAM),
        denied(CAM, Deed::Write(Part::Arrangement), Thing::Tag)
    );
    assert_eq!(
        rename(ABE),
        denied(ABE, Deed::Write(Part::Content), Thing::Tag)
    );
}

#[test]
fn ro2_notes_and_other_roots_are_free_from_annotate_on() {
    let write = |user| {
        Case::new().lets(user, |txn| {
            txn.get_or_insert_text("notes").insert(txn, 0, "all of us");
            txn.get_or_insert_array("board")
                .push_back(txn, ArrayPrelim::from(["card"]));
        })
    };

    assert_eq!(write(ABE), Ok(()));
    assert_eq!(write(CAM), Err(Refused::Before(Violation::Elsewhere)));
}

#[test]
fn ro3_a_reader_who_sends_what_is_known_has_sent_nothing() {
    let case = Case::new();
    let whole = case
        .room
        .doc
        .transact()
        .encode_diff_v1(&StateVector::default());

    let admission = case.known.admit(&whole, &BOUNDS).unwrap();

    assert_eq!(admission.novel, None, "there is nothing to be judged");
}

#[test]
fn ro3_a_reader_deletes_nothing() {
    let delete = Case::new().lets(REA, |txn| {
        txn.get_or_insert_text("notes").remove_range(txn, 0, 1);
    });

    assert_eq!(delete, Err(Refused::Before(Violation::Elsewhere)));
}

#[test]
fn ro4_a_tag_without_an_author_is_everybodys_who_may_make_one() {
    let change = |user| {
        Case::new().lets(user, |txn| {
            thing(txn, "tags", "nobodys").insert(txn, "name", "Ratio");
        })
    };
    let delete = |user| {
        Case::new().lets(user, |txn| {
            root(txn, "tags").remove(txn, "nobodys");
        })
    };

    assert_eq!((change(ABE), delete(ABE)), (Ok(()), Ok(())));
    assert_eq!(
        change(CAM),
        denied(CAM, Deed::Write(Part::Content), Thing::Tag)
    );
    assert_eq!(delete(CAM), denied(CAM, Deed::Delete, Thing::Tag));
}

#[test]
fn ro4_any_other_thing_without_an_author_is_somebody_elses() {
    let mut case = Case::new();
    case.holds(|txn| {
        root(txn, "comments").insert(txn, "unsigned", MapPrelim::default());
    });

    let delete = case.lets(ABE, |txn| {
        root(txn, "comments").remove(txn, "unsigned");
    });

    assert_eq!(delete, denied(ABE, Deed::Delete, Thing::Comment));
}

#[test]
fn ro5_nobody_writes_under_anothers_client_id() {
    let mut case = Case::new();
    case.bindings.insert(77, "abe".into());

    let forged = case.lets_client(77, ANN, |txn| add(txn, "comments", "new", "ann"));

    assert_eq!(
        forged,
        Err(Refused::Before(Violation::ForeignClient { client: 77 }))
    );
}

#[test]
fn ro5_a_client_id_is_reserved_for_whom_it_first_wrote() {
    let mut case = Case::new();

    let first = case.lets_client(77, ABE, |txn| add(txn, "comments", "first", "abe"));
    let tab = case.lets_client(77, ABE, |txn| add(txn, "comments", "second", "abe"));
    let thief = case.lets_client(77, ANN, |txn| add(txn, "comments", "third", "ann"));

    assert_eq!((first, tab), (Ok(()), Ok(())));
    assert_eq!(
        thief,
        Err(Refused::Before(Violation::ForeignClient { client: 77 }))
    );
}

#[test]
fn ro6_a_new_thing_says_truly_whose_it_is() {
    let by = |user: (&'static str, Role), author: &'static str| {
        Case::new().lets(user, |txn| add(txn, "comments", "new", author))
    };
    let foreign = Err(Refused::After(Violation::ForeignAuthor {
        thing: Thing::Comment,
    }));

    assert_eq!(by(ABE, "ann"), foreign);
    assert_eq!(by(OWN, "ann"), foreign, "not even the owner forges");
    assert_eq!(by(ABE, "abe\0"), foreign);
    let unsigned = Case::new().lets(ABE, |txn| {
        root(txn, "comments").insert(txn, "new", MapPrelim::default());
    });
    assert_eq!(unsigned, foreign);
    let shared = Case::new().lets(ABE, |txn| {
        let new = root(txn, "comments").insert(txn, "new", MapPrelim::default());
        new.insert(txn, "author_id", TextPrelim::new("abe"));
    });
    assert_eq!(shared, foreign, "a shared text could change");
    let value = Case::new().lets(ABE, |txn| {
        root(txn, "comments").insert(txn, "new", Any::from("just words"));
    });
    assert_eq!(value, foreign);
}

#[test]
fn ro6_a_tag_may_be_left_to_everybody() {
    let default = Case::new().lets(ABE, |txn| {
        root(txn, "tags").insert(txn, "tag-order", MapPrelim::from([("name", "Orders")]));
    });

    assert_eq!(default, Ok(()));
}

#[test]
fn ro6_whose_a_thing_is_never_changes() {
    for (user, of) in [(ANN, "anns"), (OWN, "anns"), (ABE, "nobodys")] {
        let claimed = Case::new().lets(user, |txn| {
            thing(txn, "tags", of).insert(txn, "author_id", user.0);
        });
        assert_eq!(
            claimed,
            denied(user, Deed::Write(Part::AuthorId), Thing::Tag)
        );
        let replaced = Case::new().lets(user, |txn| add(txn, "tags", of, "cam"));
        let foreign = Violation::ForeignAuthor { thing: Thing::Tag };
        assert_eq!(replaced, Err(Refused::After(foreign)));
    }
}

#[test]
fn ro7_the_owner_brings_back_what_was_deleted_with_its_author() {
    let mut case = Case::new();
    let delete = case.lets(OWN, |txn| {
        root(txn, "highlights").remove(txn, "anns");
    });

    let back = case.lets(OWN, |txn| add(txn, "highlights", "anns", "ann"));

    assert_eq!((delete, back), (Ok(()), Ok(())));
    let annotator = case.lets(ANN, |txn| {
        root(txn, "highlights").remove(txn, "anns");
    });
    assert_eq!(annotator, Ok(()), "it is ann's again");
    let other = case.lets(ABE, |txn| add(txn, "highlights", "anns", "ann"));
    assert_eq!(
        other,
        Err(Refused::After(Violation::ForeignAuthor {
            thing: Thing::Highlight
        }))
    );
}
