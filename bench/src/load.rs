//! Puts a load on: who writes and tells what, when.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use tokio::{
    task::{JoinHandle, spawn_local},
    time::{self, sleep, sleep_until},
};

use crate::{
    cost,
    job::{Edit, Load, Steady},
    losses,
    peer::Peer,
    run::Room,
    seen::Seen,
};

/// What is not delivered so long after anything came is lost.
const SILENCE_MAX: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 20 });
/// What is not delivered so long after the last was sent is lost, whatever else comes.
const DELIVERY_MAX: Duration = Duration::from_secs(180);
/// A state that nobody has so long after the end is lost: presence is late after that, whatever it says.
const STATE_MAX: Duration = Duration::from_secs(2);
/// How long rooms may take to fall asleep: our archive leaves within 15 s of an edit, and ten seconds of silence follow.
const ASLEEP_MAX: Duration = Duration::from_secs(120);

/// What came of a load.
#[derive(Debug)]
pub struct Borne {
    /// How many deliveries there had to be.
    pub wanted: usize,
    /// When the last one was.
    pub last: Instant,
    /// The server's memory each time that all rooms slept.
    pub asleep_mib: Vec<f64>,
}

/// Updates that the first of each room sends in a row: making them is no part of what is measured.
pub type Prepared = Vec<Vec<Vec<u8>>>;

/// Makes what can be made before the clock begins.
pub fn prepare(load: &Load, rooms: &[Room]) -> Prepared {
    let written = |make: &dyn Fn(&Peer) -> Vec<Vec<u8>>| {
        rooms
            .iter()
            .map(|room| make(&room[0]))
            .collect::<Prepared>()
    };
    match *load {
        Load::Burst { updates } => written(&|writer| {
            let edit = |_| {
                let mut written = writer.written.borrow_mut();
                written.edit(Edit::Notes, &writer.user)
            };
            (0..updates).map(edit).collect()
        }),
        Load::Push(large) => {
            written(&|writer| writer.written.borrow_mut().large(&writer.user, large))
        }
        Load::Steady(_) | Load::Wake { .. } | Load::Join { .. } => Prepared::new(),
    }
}

/// Puts a load on, and waits until everybody has everything.
///
/// # Errors
/// If the server is gone, or rooms do not fall asleep where they have to.
pub async fn bear(
    load: &Load,
    (rooms, prepared): (&[Room], &Prepared),
    seen: &RefCell<Seen>,
    server: u32,
) -> Result<Borne> {
    let writers = rooms.iter().map(|room| &room[0]).zip(prepared);
    let mut asleep_mib = Vec::new();
    let wanted = match *load {
        Load::Steady(steady) => keep_up(&steady, rooms).await?,
        Load::Burst { updates } => {
            for (writer, updates) in writers {
                for update in updates.chunks(1) {
                    writer.stamped();
                    writer.send(update);
                }
            }
            readers(rooms) * updates as usize
        }
        Load::Push(_) => {
            for (writer, updates) in writers {
                // The stamp at the end is what is waited for.
                writer.stamped();
                writer.send(updates);
            }
            readers(rooms)
        }
        Load::Wake { cycles } => {
            for cycle in 1..=cycles {
                for room in rooms {
                    room[0].edit(Edit::Notes);
                }
                all_delivered(seen, rooms, readers(rooms) * cycle as usize).await;
                all_asleep(server).await?;
                asleep_mib.push(cost::resident_mib(server)?);
            }
            readers(rooms) * cycles as usize
        }
        Load::Join { .. } => 0,
    };
    let last = all_delivered(seen, rooms, wanted).await;
    all_known(seen, rooms).await;
    Ok(Borne {
        wanted,
        last,
        asleep_mib,
    })
}

/// How many others the first of each room have.
fn readers(rooms: &[Room]) -> usize {
    rooms.iter().map(|room| room.len() - 1).sum()
}

/// A steady load; says how many deliveries there have to be.
async fn keep_up(steady: &Steady, rooms: &[Room]) -> Result<usize> {
    let begins = time::Instant::now();
    let ends = begins + Duration::from_secs_f64(steady.seconds);
    let every = |rate: f64| Duration::from_secs_f64(1.0 / rate.max(f64::MIN_POSITIVE));
    // Each at a time of their own.
    let phase =
        |index: usize, of: usize, every: Duration| begins + every.mul_f64(fraction(index, of));

    let writers = |room: &Room| steady.writers.min(room.len());
    let all: usize = rooms.iter().map(writers).sum();
    let pause = every(steady.edits_per_second);
    let writing = rooms
        .iter()
        .flat_map(|room| room.iter().take(writers(room)));
    let edits: Vec<JoinHandle<usize>> = writing
        .enumerate()
        .map(|(index, peer)| {
            let peer = Rc::clone(peer);
            let edit = steady.edit;
            let first = phase(index, all, pause);
            spawn_local(regularly(first, pause, ends, move |_| peer.edit(edit)))
        })
        .collect();

    let telling: Vec<&Rc<Peer>> = rooms
        .iter()
        .flat_map(|room| room.iter().take(steady.present))
        .collect();
    let pause = every(steady.states_per_second);
    let states: Vec<JoinHandle<usize>> = telling
        .iter()
        .enumerate()
        .map(|(index, peer)| {
            let peer = Rc::clone(peer);
            let first = phase(index, telling.len(), pause);
            spawn_local(regularly(first, pause, ends, move |clock| peer.tell(clock)))
        })
        .collect();

    let mut written = try_join_all(edits).await.context("writers")?.into_iter();
    try_join_all(states).await.context("who tells")?;
    match steady.edit {
        Edit::Notes | Edit::Highlight => {}
        // There is no telling who has read it.
        Edit::Nothing => return Ok(0),
    }
    let wanted = rooms.iter().map(|room| {
        let in_room: usize = written.by_ref().take(writers(room)).sum();
        in_room * (room.len() - 1)
    });
    Ok(wanted.sum())
}

/// Does something again and again, counting from 1; says how often.
async fn regularly(
    mut next: time::Instant,
    every: Duration,
    ends: time::Instant,
    act: impl Fn(u32),
) -> usize {
    let mut times = 0;
    while next < ends {
        sleep_until(next).await;
        times += 1;
        act(times);
        next += every;
    }
    times as usize
}

/// Waits until so many deliveries were made and all is saved, or nothing at all comes for a while; says when the last
/// delivery was.
async fn all_delivered(seen: &RefCell<Seen>, rooms: &[Room], wanted: usize) -> Instant {
    let so_far = || {
        let seen = seen.borrow();
        (seen.deliveries.len(), seen.frames)
    };
    let is_saved = || rooms.iter().flatten().all(|peer| peer.unsaved() == 0);
    let (mut count, mut frames) = so_far();
    let mut last = Instant::now();
    let (sent, mut alive) = (last, last);
    while (count < wanted || !is_saved())
        && alive.elapsed() < SILENCE_MAX
        && sent.elapsed() < DELIVERY_MAX
    {
        sleep(Duration::from_millis(1)).await;
        let now = so_far();
        if now.1 != frames {
            (frames, alive) = (now.1, Instant::now());
        }
        if now.0 != count {
            (count, last) = (now.0, alive);
        }
    }
    last
}

/// Waits until everybody knows where everybody else said last that they are, or long enough.
async fn all_known(seen: &RefCell<Seen>, rooms: &[Room]) {
    let began = Instant::now();
    while losses::states_unknown(rooms, &seen.borrow()).0 > 0 && began.elapsed() < STATE_MAX {
        sleep(Duration::from_millis(25)).await;
    }
}

async fn all_asleep(server: u32) -> Result<()> {
    let began = Instant::now();
    while cost::objects_awake(server)? > 0 {
        ensure!(began.elapsed() < ASLEEP_MAX, "rooms do not fall asleep");
        sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// The share of a whole that comes before this one.
#[expect(clippy::cast_precision_loss, reason = "counts of peers")]
pub fn fraction(index: usize, of: usize) -> f64 {
    index as f64 / of.max(1) as f64
}
