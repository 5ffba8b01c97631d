//! SPEC section 13: who wrote what (AU1, AU5, AU6).

use annotation::{Attribution, Claim, Proof};
use room::{ArchiveOutcome, Deed, Notice, RestoreOutcome, StoredUnion, limits, wire};

use crate::{
    shell::{QUIET_MS, Shell},
    support::{Writer, archived_room, base, stored_text},
};

/// What the storage knows of who wrote what.
pub fn known(shell: &Shell) -> Attribution {
    let mut known = Attribution::default();
    for bytes in shell.store.all_attributions() {
        known.merge(&Attribution::decode(&bytes).expect("the room writes attributions"));
    }
    known
}

pub fn writer(shell: &Shell, client: u64, clock: u32) -> Option<(String, Proof)> {
    let known = known(shell);
    let claim = known.writer(client, clock)?;
    Some((claim.user.to_owned(), claim.proof))
}

pub fn proven(user: &str) -> Option<(String, Proof)> {
    Some((user.to_owned(), Proof::Proven))
}

pub fn relayed(user: &str) -> Option<(String, Proof)> {
    Some((user.to_owned(), Proof::Relayed))
}

#[test]
fn au1_each_struct_and_each_deletion_is_put_down_to_who_sent_it() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let (ann, ben) = (Writer::new(11), Writer::new(12));
    let hello = ann.write("hello");
    shell.edit(sessions[0], &hello);
    ben.apply(&hello);
    shell.edit(sessions[1], &ben.write(" you"));
    shell.edit(sessions[1], &ben.erase(2));

    assert_eq!(writer(&shell, 11, 4), proven("ann"));
    assert_eq!(writer(&shell, 12, 0), proven("ben"));
    let known = known(&shell);
    assert_eq!(known.deleter(11, 1).map(|claim| claim.user), Some("ben"));
    assert_eq!(known.deleter(11, 2), None);
}

#[test]
fn au1_what_is_known_outlives_hibernation_and_compaction_and_is_archived() {
    let (mut shell, session, ann) = archived_room("first");
    shell.hibernate();
    for _ in 0..=limits::JOURNAL_ROWS_MAX {
        shell.edit(session, &ann.write("x"));
        shell.pass(2);
    }
    assert!(shell.store.journal.len() < 10, "it was compacted");
    let last = ann.state()[&11] - 1;
    for clock in [0, last] {
        assert_eq!(writer(&shell, 11, clock), proven("ann"));
    }
    shell.pass(QUIET_MS);
    let sent = shell.stored_at(2);
    let archived = Attribution::decode(&sent.attribution).expect("an attribution");
    assert_eq!(archived.owner(11), Some("ann"));
    assert!(archived.writer(11, last).is_some());
}

/// What a page holds that has written on its own, and then took in something forged: all of it.
pub fn page_with_something_forged(ann: &Writer) -> Vec<u8> {
    let page = Writer::new(21);
    page.apply(&ann.whole());
    page.write(" his");
    let forger = Writer::new(11);
    forger.apply(&page.whole());
    page.apply(&forger.write(" forged"));
    page.write(" on top");
    page.whole()
}

#[test]
fn au5_what_the_store_knows_of_authors_comes_with_a_union_and_stays() {
    let (mut shell, session, ann) = archived_room("one");
    shell.edit(session, &ann.write(" two"));
    shell.pass(QUIET_MS);
    let zombie = Writer::new(41);
    zombie.apply(&ann.whole());
    zombie.write(" three");
    let mut stored = Attribution::default();
    let claim = |user| Claim {
        user,
        at_ms: 0,
        proof: Proof::Proven,
    };
    stored.wrote(11, 0..3, claim("ann"));
    stored.wrote(41, 0..6, claim("dot"));
    shell.archived(ArchiveOutcome::Stored {
        base: base(2),
        union: Some(StoredUnion {
            snapshot: zombie.whole(),
            attribution: Some(stored.encode()),
        }),
    });
    assert_eq!(writer(&shell, 41, 5), proven("dot"));
    shell.kill();
    let mallory = shell.open("mallory");
    shell.edit(mallory, &zombie.write(" four"));
    assert_eq!(shell.closed.get(&mallory), Some(&4403));
}

#[test]
fn au5_what_the_store_has_as_proven_outlives_this_memory_though_more_came_with_it() {
    let (mut shell, sessions) = Shell::open_with(&["carla"]);
    let ben = Writer::new(21);
    ben.write("ben's own");
    shell.frame(sessions[0], wire::sync_step2(&ben.whole()));
    shell.pass(QUIET_MS);
    let other = Writer::new(41);
    other.apply(&ben.whole());
    other.write(" and more");
    let claim = |user| Claim {
        user,
        at_ms: 0,
        proof: Proof::Proven,
    };
    let mut stored = Attribution::default();
    stored.wrote(21, 0..9, claim("ben"));
    stored.wrote(41, 0..9, claim("dot"));
    shell.archived(ArchiveOutcome::Stored {
        base: base(1),
        union: Some(StoredUnion {
            snapshot: other.whole(),
            attribution: Some(stored.encode()),
        }),
    });
    shell.kill();
    assert_eq!(writer(&shell, 21, 0), proven("ben"));
    assert_eq!(known(&shell).owner(21), Some("ben"));
}

#[test]
fn au5_a_union_that_only_knows_more_of_authors_is_kept_too() {
    let (mut shell, session, ann) = archived_room("one");
    shell.edit(session, &ann.write(" two"));
    shell.pass(QUIET_MS);
    let mut stored = Attribution::default();
    let dot = Claim {
        user: "dot",
        at_ms: 0,
        proof: Proof::Proven,
    };
    stored.wrote(11, 0..3, dot);
    shell.archived(ArchiveOutcome::Stored {
        base: base(2),
        union: Some(StoredUnion {
            snapshot: ann.whole(),
            attribution: Some(stored.encode()),
        }),
    });
    shell.kill();
    let disputed = Some(("dot".to_owned(), Proof::Disputed));
    assert_eq!(writer(&shell, 11, 0), disputed, "the earlier stands");
    assert_eq!(writer(&shell, 11, 4), proven("ann"));
    assert_eq!(stored_text(&shell), "one two");
}

#[test]
fn au6_attributions_that_cannot_be_read_are_told_and_the_document_is_served() {
    let (mut shell, _, ann) = archived_room("hers");
    shell.kill();
    for row in &mut shell.store.attributions {
        row.1 = vec![9];
    }
    let ben = shell.open("ben");
    shell.ask(ben);
    assert_eq!(shell.state(), "open");
    let is_told = |notice: &Notice| matches!(notice, Notice::AttributionUnreadable { reason } if !reason.is_empty());
    assert_eq!(
        shell
            .notices
            .iter()
            .filter(|notice| is_told(notice))
            .count(),
        1
    );
    let session = shell.open("ann");
    shell.edit(session, &ann.write(" still"));
    assert_eq!(stored_text(&shell), "hers still");
}

#[test]
fn au6_a_restore_and_a_union_whose_attribution_cannot_be_read_bring_the_document() {
    let ann = Writer::new(11);
    ann.write("stored");
    let mut shell = Shell::new();
    let eve = shell.open("eve");
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot: ann.whole(),
        attribution: Some(vec![1, 0xff]),
    });
    assert_eq!(stored_text(&shell), "stored");
    let is_told = |notice: &Notice| matches!(notice, Notice::AttributionUnreadable { .. });
    assert_eq!(
        shell
            .notices
            .iter()
            .filter(|notice| is_told(notice))
            .count(),
        1
    );

    let own = Writer::new(12);
    own.apply(&ann.whole());
    shell.edit(eve, &own.write(" and"));
    shell.pass(QUIET_MS);
    ann.write(" more");
    shell.archived(ArchiveOutcome::Stored {
        base: base(2),
        union: Some(StoredUnion {
            snapshot: ann.whole(),
            attribution: Some(vec![1, 0xff]),
        }),
    });
    assert!(stored_text(&shell).contains("more"));
    assert_eq!(
        shell
            .notices
            .iter()
            .filter(|notice| is_told(notice))
            .count(),
        2
    );
}

#[test]
fn au6_what_a_document_does_not_hold_nobody_has_written() {
    let ann = Writer::new(11);
    ann.write("healed");
    let mut stored = Attribution::default();
    let claim = |user| Claim {
        user,
        at_ms: 0,
        proof: Proof::Proven,
    };
    stored.wrote(11, 0..6, claim("ann"));
    stored.wrote(11, 6..20, claim("lost"));
    stored.wrote(31, 0..4, claim("lost"));
    stored.deleted(11, 5..9, claim("lost"));
    let mut shell = Shell::new();
    shell.open("ann");
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot: ann.whole(),
        attribution: Some(stored.encode()),
    });
    for _ in 0..2 {
        let known = known(&shell);
        assert_eq!(known.all_written().count(), 1);
        assert_eq!(known.owner(31), None);
        assert_eq!(known.deleter(11, 5).map(|claim| claim.user), Some("lost"));
        assert_eq!(known.deleter(11, 6), None);
        shell.kill();
        shell.wake();
    }
    let session = shell.open("ann");
    shell.edit(session, &ann.write(" on"));
    assert_eq!(writer(&shell, 11, 6), proven("ann"));
}

#[test]
fn au1_what_is_read_again_is_what_was_in_memory() {
    let (mut shell, session, ann) = archived_room("one");
    shell.edit(session, &ann.write(" two"));
    shell.pass(QUIET_MS);
    // The store has more of somebody else, and says more of what was not written yet than it holds.
    let other = Writer::new(41);
    other.apply(&ann.whole());
    other.write(" three");
    let mut stored = Attribution::default();
    let dot = Claim {
        user: "dot",
        at_ms: 0,
        proof: Proof::Proven,
    };
    stored.wrote(11, 5..20, dot);
    stored.wrote(41, 0..9, dot);
    shell.archived(ArchiveOutcome::Stored {
        base: base(2),
        union: Some(StoredUnion {
            snapshot: other.whole(),
            attribution: Some(stored.encode()),
        }),
    });
    ann.apply(&other.whole());
    shell.edit(session, &ann.write(" four"));
    shell.pass(QUIET_MS);
    let (_, sent) = shell.archives.last().expect("it archives").clone();
    assert_eq!(known(&shell).encode(), sent.attribution);
    assert_eq!(writer(&shell, 11, 7), proven("ann"));
}

#[test]
fn au7_of_each_thing_it_is_told_who_made_it_and_who_took_it_away() {
    let (mut shell, sessions) = Shell::open_with(&["ann", "ben"]);
    let (ann, ben) = (Writer::new(11), Writer::new(12));
    let made = ann.add("highlights", "h", "somebody else, it says");
    shell.edit(sessions[0], &made);
    ben.apply(&made);
    shell.edit(sessions[1], &ben.remove("highlights", "h"));
    shell.edit(sessions[1], &ben.add("comments", "c", "ben"));

    let store = &shell.store;
    let journal: Vec<_> = store.journal.iter().map(|row| row.1.clone()).collect();
    let told = room::authorship(None, journal, &store.all_attributions()).expect("a document");
    let by = |user: &str| {
        let user = user.to_owned();
        let at_ms = shell.now.0 / 60_000 * 60_000;
        let proof = "proven";
        Some(Deed { user, at_ms, proof })
    };
    let seen: Vec<_> = told
        .things
        .iter()
        .map(|thing| {
            (
                thing.key.as_str(),
                thing.made.clone(),
                thing.deleted.clone(),
            )
        })
        .collect();
    assert_eq!(seen, [("h", by("ann"), by("ben")), ("c", by("ben"), None)]);
    let is_deleted: Vec<bool> = told.things.iter().map(|thing| thing.is_deleted).collect();
    assert_eq!(is_deleted, [true, false]);
    let owners: Vec<_> = told
        .client_ids
        .iter()
        .map(|owner| owner.user.as_deref())
        .collect();
    assert_eq!(owners, [Some("ann"), Some("ben")]);
    assert!(!told.is_cut);
    assert!(room::authorship(Some(b"no document".to_vec()), Vec::new(), &[]).is_err());
}
