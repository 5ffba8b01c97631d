//! Rooms, and one thing that happens in each of them again and again. Everybody has come with a token, so that all of it is
//! judged; what is written is journaled, archived and shown as it would be.

use std::{
    cell::{LazyCell, OnceCell},
    collections::VecDeque,
};

use room::{Event, Pace, Role, SessionId, decode::PresenceEntry, wire};

use crate::{
    clock::{self, Criterion, Ready},
    documents::{self, Stored},
    feed::{Feed, frame},
};

/// Made once it is needed: not for scenes that are left out.
type Document = LazyCell<Stored>;

/// What happens once.
type Step = Box<dyn FnOnce(&mut Feed)>;

/// Edits of one room, after which a new one is made: few enough that its journal is not yet replaced by a snapshot.
const EDITS: u32 = 1_500;
/// Milliseconds between two frames of one socket, of which 500 a second are taken.
const PAUSE_MS: u64 = 2;
const WRITER: &str = "bulgarus";

pub fn measure(criterion: &mut Criterion) {
    let small = LazyCell::new(documents::small as fn() -> Stored);
    let large = LazyCell::new(documents::large as fn() -> Stored);
    let many = LazyCell::new((|| documents::of_many(5_000)) as fn() -> Stored);
    for readers in [0, 100, 400, 990] {
        let name = format!("a character, small document, {readers} readers");
        edits(criterion, &name, (&small, readers), || {
            documents::typing(&small, EDITS)
        });
    }
    for readers in [0, 100] {
        let name = format!("a sentence, large document, {readers} readers");
        edits(criterion, &name, (&large, readers), || {
            documents::sentences(&large, EDITS)
        });
    }
    let name = "a highlight, large document, 0 readers";
    edits(criterion, name, (&large, 0), || {
        documents::highlights(&large, WRITER, EDITS)
    });
    let name = "a sentence after 5,000 client ids, 0 readers";
    edits(criterion, name, (&many, 0), || {
        documents::sentences(&many, EDITS)
    });
    // With the compactions and archives that are due meanwhile.
    let name = "one of 20,000 updates in a row, 0 readers";
    edits(criterion, name, (&small, 0), || {
        documents::pushed(&small, 20_000)
    });
    for (how, pace) in [("one by one", Pace::OneByOne), ("in ticks", Pace::InTicks)] {
        burst(criterion, (how, pace), &small);
        for writers in [50, 200] {
            many_writers(criterion, (how, pace), &small, writers);
        }
    }
    presence(criterion, &small);
    joiner(criterion, &large);
    returning(criterion, &large);
    waking(criterion, &large);
    compaction(criterion, &large);
    archive(criterion, &large);
}

/// One edit after the other by one person, in a row.
fn edits(
    criterion: &mut Criterion,
    name: &str,
    (document, readers): (&Document, u64),
    write: impl Fn() -> VecDeque<Vec<u8>>,
) {
    let updates = OnceCell::new();
    let prepare = || {
        let mut feed = Feed::new(document);
        feed.enter_readers(readers);
        let writer = feed.enter(WRITER, Role::Annotate);
        let updates = updates.get_or_init(&write).iter();
        let frames = updates.map(|update| frame(writer, wire::update(update)));
        Ready {
            state: feed,
            steps: frames.collect(),
        }
    };
    clock::measure(criterion, name, prepare, edit);
}

/// What comes so long after what came before it.
type Paused = (u64, Event);

/// 2,000 updates of one person as fast as a socket gives them, eight in a millisecond, shown to 50.
fn burst(criterion: &mut Criterion, (how, pace): (&str, Pace), document: &Document) {
    const READERS: u64 = 50;
    const UPDATES: u32 = 2_000;
    let updates = OnceCell::new();
    let prepare = || {
        let mut feed = Feed::at_pace(document, pace);
        feed.enter_readers(READERS);
        let writer = feed.enter(WRITER, Role::Annotate);
        let updates = updates.get_or_init(|| documents::typing(document, UPDATES));
        let frames = updates.iter().zip(1..).map(|(update, number): (_, u32)| {
            let pause = u64::from(number.is_multiple_of(8));
            (pause, frame(writer, wire::update(update)))
        });
        let steps = frames.collect();
        Ready { state: feed, steps }
    };
    let name = format!("one of a burst of 2,000, 50 readers, {how}");
    clock::measure(criterion, &name, prepare, edit_in_time);
}

/// All who are there write twice a second, each in a turn of their own.
fn many_writers(
    criterion: &mut Criterion,
    (how, pace): (&str, Pace),
    document: &Document,
    writers: u32,
) {
    const ROUNDS: u32 = 10;
    let updates = OnceCell::new();
    let prepare = || {
        let mut feed = Feed::at_pace(document, pace);
        let sessions: Vec<SessionId> = (0..writers)
            .map(|writer| feed.enter(&format!("writer {writer}"), Role::Annotate))
            .collect();
        let typed = || documents::typing_of_many(document, writers, ROUNDS);
        let updates = updates.get_or_init(typed).iter();
        let turns = updates.zip(sessions.iter().cycle()).zip(0..);
        // Turns are 2.5 ms apart if they are 200.
        let at = |turn: u64| turn * 500 / u64::from(writers);
        let frames = turns.map(|((update, session), turn)| {
            (
                at(turn + 1) - at(turn),
                frame(*session, wire::update(update)),
            )
        });
        let steps = frames.collect();
        Ready { state: feed, steps }
    };
    let name = format!("a character of {writers} writers, {how}");
    clock::measure(criterion, &name, prepare, edit_in_time);
}

fn edit_in_time(feed: &mut Feed, (pause, event): Paused) {
    feed.pass(pause);
    feed.tell(event);
}

fn edit(feed: &mut Feed, event: Event) {
    feed.wait(PAUSE_MS);
    feed.tell(event);
}

/// Each of 100 stock clients says every second where it is; one of these states, with its share of what the others are told.
fn presence(criterion: &mut Criterion, document: &Document) {
    const PEERS: u64 = 100;
    const ROUNDS: u32 = 20;
    let prepare = || {
        let mut feed = Feed::new(document);
        let peers: Vec<SessionId> = (0..PEERS)
            .map(|peer| feed.enter(&format!("peer {peer}"), Role::Annotate))
            .collect();
        let mut steps = VecDeque::new();
        for round in 1..=ROUNDS {
            for (number, peer) in peers.iter().enumerate() {
                steps.push_back(frame(*peer, state(number as u64, round)));
            }
        }
        Ready { state: feed, steps }
    };
    clock::measure(
        criterion,
        "a state of presence, 100 peers",
        prepare,
        |feed, event| {
            feed.pass(1_000 / PEERS);
            feed.tell(event);
        },
    );
}

fn state(peer: u64, round: u32) -> Vec<u8> {
    let state = format!(
        r##"{{"user":{{"name":"peer {peer}","color":"#1b7f5c"}},"cursor":{{"start":{round},"end":{}}}}}"##,
        round + 10
    );
    wire::awareness(&[PresenceEntry {
        client: 3_000_000 + peer,
        clock: round,
        state: Some(&state),
    }])
}

/// Somebody comes who has nothing, is sent the large document, and goes.
fn joiner(criterion: &mut Criterion, document: &Document) {
    let prepare = || {
        let feed = Feed::new(document);
        let join = |number: u32| -> Step {
            Box::new(move |feed| {
                feed.pass(50);
                let session = feed.open(&format!("joiner {number}"), Role::Read);
                feed.tell(frame(session, wire::sync_step1(&Default::default())));
                feed.tell(Event::SessionClosed { session });
            })
        };
        Ready {
            state: feed,
            steps: (0..200).map(join).collect(),
        }
    };
    clock::measure(criterion, "a fresh joiner, large document", prepare, act);
}

/// A stock client comes back and sends all that it has, which is nothing new.
fn returning(criterion: &mut Criterion, document: &Document) {
    let prepare = || {
        let answer = wire::sync_step2(&document.snapshot);
        let mut feed = Feed::new(document);
        let steps = (0..30).map(|number| {
            let session = feed.enter(&format!("returning {number}"), Role::Annotate);
            frame(session, answer.clone())
        });
        let steps = steps.collect();
        Ready { state: feed, steps }
    };
    let name = "an answer with nothing new, large document";
    clock::measure(criterion, name, prepare, edit);
}

/// Somebody comes to a room that sleeps, and has nothing, or has everything and edits.
fn waking(criterion: &mut Criterion, document: &Document) {
    let edit = documents::sentences(document, 1)
        .remove(0)
        .unwrap_or_default();
    let says = [
        ("who has nothing", wire::sync_step1(&Default::default())),
        ("an edit", wire::update(&edit)),
    ];
    for (whom, said) in says {
        let prepare = || {
            let said = said.clone();
            let come: Step = Box::new(|feed| {
                let session = feed.open(WRITER, Role::Annotate);
                feed.tell(frame(session, said));
            });
            Ready {
                state: Feed::asleep(document, 0),
                steps: VecDeque::from([come]),
            }
        };
        let name = format!("waking for {whom}, large document");
        clock::measure(criterion, &name, prepare, act);
    }
}

/// The edit that makes the journal too long.
fn compaction(criterion: &mut Criterion, document: &Document) {
    let edit = documents::sentences(document, 1)
        .remove(0)
        .unwrap_or_default();
    let prepare = || {
        let mut feed = Feed::asleep(document, room::limits::JOURNAL_ROWS_MAX);
        let writer = feed.enter(WRITER, Role::Annotate);
        Ready {
            state: feed,
            steps: VecDeque::from([frame(writer, wire::update(&edit))]),
        }
    };
    clock::measure(
        criterion,
        "an edit that compacts, large document",
        prepare,
        Feed::tell,
    );
}

/// The alarm after an edit: the document is made ready for the host.
fn archive(criterion: &mut Criterion, document: &Document) {
    let edit = documents::sentences(document, 1)
        .remove(0)
        .unwrap_or_default();
    let prepare = || {
        let mut feed = Feed::new(document);
        let writer = feed.enter(WRITER, Role::Annotate);
        feed.tell(frame(writer, wire::update(&edit)));
        feed.wait(20_000);
        Ready {
            state: feed,
            steps: VecDeque::from([Event::DeadlineReached { by_alarm: true }]),
        }
    };
    clock::measure(criterion, "an archive, large document", prepare, Feed::tell);
}

fn act(feed: &mut Feed, step: Step) {
    step(feed);
}
