//! SPEC section 4, JO6: what is noted of a snapshot.

use room::{RestoreOutcome, close, wire};

use crate::{
    shell::{Fault, Shell},
    support::{
        Heard, Writer, archived_room, base, clocks_of, presence, said, stored_text, text_of,
        updates,
    },
};

const KEY: &str = "summary";

/// A room that was restored with what this one wrote and erased, and whose memory was lost.
fn stored(writer: &Writer) -> Shell {
    let mut shell = Shell::new();
    shell.open("ann");
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot: writer.whole(),
        attribution: None,
    });
    assert!(shell.store.kept.contains_key(KEY));
    shell.kill();
    shell.forget_traffic();
    shell
}

/// Somebody who has written "kept" and taken away what stood before it.
fn writer() -> Writer {
    let writer = Writer::new(11);
    writer.write("gone, kept");
    writer.erase(6);
    writer
}

fn is_read(shell: &mut Shell) -> bool {
    shell.room().is_document_read()
}

/// What is answered to who has this.
fn answered(shell: &mut Shell, user: &str, state: &[(u64, u32)]) -> Vec<u8> {
    let session = shell.open(user);
    shell.frame(session, wire::sync_step1(&state.iter().copied().collect()));
    let mut answers = shell.take(session).into_iter().filter_map(|heard| {
        let Heard::Step2(answer) = heard else {
            return None;
        };
        Some(answer)
    });
    answers.next_back().expect("who asks is answered")
}

#[test]
fn jo6_who_has_nothing_is_served_by_the_summary_alone() {
    let mut shell = stored(&writer());
    let ben = shell.open("ben");
    shell.ask(ben);
    let heard = shell.take(ben);
    let Heard::Step1(state) = &heard[0] else {
        panic!("the room asks first: {heard:?}");
    };
    assert_eq!(*state, writer().state(), "what the room says that it has");
    shell.frame(ben, wire::sync_step2(yrs::Update::EMPTY_V1));
    shell.frame(ben, presence(&[(12, 1, Some("{}"))]));
    let cat = shell.open_ours("cat");
    let first = [
        wire::sync_step1(&Default::default()),
        wire::sync_step2(yrs::Update::EMPTY_V1),
        presence(&[(13, 1, Some("{}"))]),
    ];
    shell.numbered(cat, &first.concat());
    assert!(!said(&shell.take(cat)).is_empty());
    assert_eq!(answered(&mut shell, "dan", &[]), writer().whole());
    shell.pass(3_600_000);
    assert!(!is_read(&mut shell), "nobody needed more");
    assert!(shell.closed.is_empty());
}

#[test]
fn jo6_who_has_everything_is_served_by_the_summary_alone() {
    let writer = writer();
    let mut shell = stored(&writer);
    let ben = shell.open("ben");
    shell.frame(ben, wire::sync_step1(&writer.state()));
    let mut answers = Vec::new();
    for heard in shell.take(ben) {
        if let Heard::Step2(answer) = heard {
            answers.push(answer);
        }
    }
    let [answer] = &answers[..] else {
        panic!("who asks is answered once: {answers:?}");
    };
    assert!(clocks_of(answer).is_empty(), "nothing that is there");
    let reader = Writer::new(12);
    let whole = Writer::new(11);
    reader.apply(&whole.write("gone, kept"));
    reader.apply(answer);
    assert_eq!(reader.text(), "kept");
    // Whose document is the same brings the whole delete set, and, if it asks for it, all there is.
    shell.frame(ben, wire::sync_step2(&reader.whole()));
    shell.frame(ben, wire::update(answer));
    assert!(!is_read(&mut shell), "nothing of that was new");
    assert_eq!(shell.storage_orders(), 0);
    assert!(shell.closed.is_empty());
}

#[test]
fn jo6_an_edit_after_that_is_judged_as_ever() {
    let writer = writer();
    let mut shell = stored(&writer);
    let (ben, cat) = (shell.open("ben"), shell.open("cat"));
    shell.ask(ben);
    shell.ask(cat);
    shell.take(cat);
    assert!(!is_read(&mut shell));
    shell.edit(ben, &Writer::new(13).embed());
    assert_eq!(shell.closed[&ben], close::MALFORMED);
    let dan = shell.open("dan");
    shell.ask(dan);
    let reader = Writer::new(14);
    reader.apply(&writer.whole());
    shell.edit(dan, &reader.write(", more"));
    assert_eq!(updates(&shell.take(cat)).len(), 1);
    assert_eq!(stored_text(&shell), "kept, more");
    assert!(is_read(&mut shell));
}

#[test]
fn jo6_a_deletion_that_is_new_is_taken() {
    let writer = writer();
    let mut shell = stored(&writer);
    let ben = shell.open("ben");
    shell.ask(ben);
    shell.edit(ben, &writer.erase(2));
    assert_eq!(stored_text(&shell), "pt");
    assert!(is_read(&mut shell));
}

#[test]
fn jo6_a_part_is_told_of_what_was_only_summed_up() {
    let mut shell = stored(&writer());
    let answer = answered(&mut shell, "ben", &[(11, 8)]);
    let reader = Writer::new(12);
    reader.apply(&Writer::new(11).write("gone, ke"));
    reader.apply(&answer);
    assert_eq!(reader.text(), "kept");
}

#[test]
fn jo6_what_a_compaction_writes_is_summed_up_too() {
    let (mut shell, ann, written) = archived_room("kept");
    shell.close(ann);
    assert!(shell.store.journal.is_empty());
    shell.kill();
    assert_eq!(text_of(&answered(&mut shell, "ben", &[])), "kept");
    assert!(!is_read(&mut shell));
    let ann = shell.open("ann");
    shell.ask(ann);
    shell.edit(ann, &written.write(", more"));
    assert_eq!(stored_text(&shell), "kept, more");
    assert!(is_read(&mut shell));
}

#[test]
fn jo6_a_summary_does_not_outlive_an_edit() {
    let writer = writer();
    let mut shell = stored(&writer);
    let ben = shell.open("ben");
    shell.edit(ben, &writer.write(", more"));
    assert_eq!(shell.store.journal.len(), 1);
    shell.kill();
    assert_eq!(text_of(&answered(&mut shell, "cat", &[])), "kept, more");
    assert_eq!(answered(&mut shell, "dan", &[(11, 16)])[0], 0);
    assert!(is_read(&mut shell));
}

#[test]
fn jo6_a_summary_of_another_snapshot_is_not_believed() {
    let (mut shell, ann, written) = archived_room("kept");
    shell.close(ann);
    let former = shell.store.kept[KEY].clone();
    let ann = shell.open("ann");
    shell.edit(ann, &written.write(", more"));
    shell.pass(crate::shell::QUIET_MS);
    shell.stored_at(2);
    shell.fail(Fault::Keep, 1);
    shell.pass(room::limits::REST_SPACING_MS);
    shell.close(ann);
    assert!(shell.store.journal.is_empty(), "it was written");
    assert_eq!(shell.store.kept[KEY], former, "and not what was noted");
    shell.kill();
    shell.pass(60_000);
    assert_eq!(text_of(&answered(&mut shell, "ben", &[])), "kept, more");
    assert!(is_read(&mut shell));
}

#[test]
fn jo6_a_summary_that_cannot_be_read_is_as_good_as_none() {
    let noted = stored(&writer()).store.kept[KEY].clone();
    let last_clock = noted.replacen("\"11\":10", "\"11\":9", 1);
    assert_ne!(last_clock, noted);
    for damaged in ["", "{}", "nonsense", &noted[..noted.len() - 1], &last_clock] {
        let mut shell = stored(&writer());
        shell.store.kept.insert(KEY.to_owned(), damaged.to_owned());
        assert_eq!(answered(&mut shell, "ben", &[]), writer().whole());
        assert_eq!(shell.state(), "open");
        assert!(is_read(&mut shell));
    }
}

#[test]
fn jo6_without_a_summary_a_snapshot_is_read() {
    let mut shell = stored(&writer());
    shell.store.kept.clear();
    assert_eq!(answered(&mut shell, "ben", &[]), writer().whole());
    assert!(is_read(&mut shell));
}

#[test]
fn jo6_a_damaged_snapshot_is_unreadable_whatever_was_noted_of_it() {
    let damages: [fn(&mut Vec<u8>); 3] = [
        |snapshot| snapshot[0] ^= 0x40,
        |snapshot| snapshot.truncate(snapshot.len() - 1),
        |snapshot| snapshot.clear(),
    ];
    for damage in damages {
        let mut shell = stored(&writer());
        damage(shell.store.snapshot.as_mut().expect("it was restored"));
        let ben = shell.open("ben");
        shell.ask(ben);
        assert_eq!(shell.state(), "unreadable");
        assert_eq!(shell.closed[&ben], close::FAILED);
        assert_eq!(shell.storage_orders(), 0);
    }
}

#[test]
fn jo6_a_case_that_is_deleted_leaves_no_summary() {
    let mut shell = stored(&writer());
    shell.open("ben");
    shell.tell(room::Event::DeletionOrdered);
    assert!(shell.store.kept.is_empty());
}
