//! Carries out a measurement.

use std::{
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures_util::{StreamExt, TryStreamExt, future::try_join_all, stream};
use tokio::time::{sleep, sleep_until, timeout};

use crate::{
    cost, document,
    job::{Job, Load},
    measure::{Found, Quantiles},
    peer::Peer,
    seen::Seen,
};

/// How long a peer may take to join.
const JOIN_MAX: Duration = Duration::from_secs(60);
/// What is not delivered so long after anything else was is lost.
const SILENCE_MAX: Duration = Duration::from_secs(20);
/// Between joining and the load: what joining causes is over.
const REST: Duration = Duration::from_millis(1_000);

type Room = Vec<Rc<Peer>>;

/// Carries out a job.
///
/// # Errors
/// If somebody cannot join, or a process whose cost counts is gone. What is lost is no error, but among what was found.
pub async fn run(job: &Job) -> Result<Found> {
    let seen = Rc::new(RefCell::new(Seen::default()));
    let peers = job.rooms.iter().map(Vec::len).sum();
    seen.borrow_mut().edits = vec![Vec::new(); peers];
    let resident_before = cost::resident_mib(&job.pids)?;
    let cpu_before = cost::cpu_seconds(&job.pids)?;
    let began = Instant::now();
    let (rooms, join) = join(job, &seen).await?;
    let joined_ms = ms(began.elapsed());
    let mut cpu_s = cost::cpu_seconds(&job.pids)? - cpu_before;
    let mut wall_ms = joined_ms;
    let mut wanted = 0;
    if !matches!(job.load, Load::Join { .. }) {
        sleep(REST).await;
        let cpu_before = cost::cpu_seconds(&job.pids)?;
        {
            let mut seen = seen.borrow_mut();
            (seen.frames, seen.bytes) = (0, 0);
        }
        let began = Instant::now();
        wanted = load(&job.load, &rooms).await;
        let last = all_delivered(&seen, wanted).await;
        wall_ms = ms(last - began);
        cpu_s = cost::cpu_seconds(&job.pids)? - cpu_before;
    }
    let resident_after = cost::resident_mib(&job.pids)?;
    let losses = losses(&rooms, &seen.borrow(), wanted)?;
    let mut seen = seen.borrow_mut();
    let deliveries = seen.deliveries.len();
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    let found = Found {
        peers,
        joined_ms,
        join_ms: Quantiles::of(join),
        wall_ms,
        cpu_s,
        deliveries_wanted: wanted,
        deliveries,
        cpu_us_per_delivery: (deliveries > 0).then(|| cpu_s * 1e6 / deliveries as f64),
        delivery_ms: Quantiles::of(std::mem::take(&mut seen.deliveries)),
        states: seen.states_seen.len(),
        state_ms: Quantiles::of(std::mem::take(&mut seen.states_seen)),
        frames_per_peer_second: seen.frames as f64 / peers as f64 / (wall_ms / 1000.0),
        resident_mib: [resident_before, resident_after],
        losses,
    };
    Ok(found)
}

/// Everybody joins; says how long each took, in microseconds.
async fn join(job: &Job, seen: &Rc<RefCell<Seen>>) -> Result<(Vec<Room>, Vec<u32>)> {
    let bytes_min = match job.load {
        Load::Join { bytes_min } => bytes_min,
        Load::Steady { .. } | Load::Burst { .. } | Load::Push { .. } => 0,
    };
    let numbered = job.rooms.iter().enumerate();
    let peers = numbered.flat_map(|(room, peers)| peers.iter().map(move |peer| (room, peer)));
    let joins = peers.enumerate().map(|(number, (room, peer))| {
        let seen = Rc::clone(seen);
        async move {
            let began = Instant::now();
            let number = u32::try_from(number)?;
            let opened = async {
                let host = job.host.as_deref();
                let opened = Peer::open(job.dialect, host, (peer, number), seen).await?;
                opened.joined(bytes_min).await?;
                anyhow::Ok(opened)
            };
            let opened = timeout(JOIN_MAX, opened)
                .await
                .with_context(|| format!("{} has not joined in time", peer.user))??;
            let took = u32::try_from(began.elapsed().as_micros())?;
            anyhow::Ok((room, opened, took))
        }
    });
    let joined: Vec<_> = stream::iter(joins)
        .buffered(job.connect_at_once.max(1))
        .try_collect()
        .await?;
    let mut rooms = vec![Room::new(); job.rooms.len()];
    let mut took = Vec::with_capacity(joined.len());
    for (room, peer, micros) in joined {
        rooms[room].push(peer);
        took.push(micros);
    }
    Ok((rooms, took))
}

/// Puts the load on; says how many deliveries there have to be.
async fn load(load: &Load, rooms: &[Room]) -> usize {
    match *load {
        Load::Steady {
            writers,
            edits_per_second,
            present,
            seconds,
        } => {
            let begins = tokio::time::Instant::now();
            let ends = begins + Duration::from_secs_f64(seconds);
            let all: usize = rooms.iter().map(|room| writers.min(room.len())).sum();
            let every = Duration::from_secs_f64(1.0 / edits_per_second.max(f64::MIN_POSITIVE));
            let mut tasks = Vec::new();
            let writing = rooms.iter().flat_map(|room| room.iter().take(writers));
            for (index, peer) in writing.enumerate() {
                // Each at a time of their own.
                let phase = every.mul_f64(fraction(index, all));
                tasks.push(tokio::task::spawn_local(write(
                    Rc::clone(peer),
                    begins + phase,
                    every,
                    ends,
                )));
            }
            let telling = rooms.iter().flat_map(|room| room.iter().take(present));
            let everybody = telling.clone().count();
            for (index, peer) in telling.enumerate() {
                let second = Duration::from_secs(1);
                let phase = second.mul_f64(fraction(index, everybody));
                tasks.push(tokio::task::spawn_local(tell(
                    Rc::clone(peer),
                    begins + phase,
                    ends,
                )));
            }
            let edits = try_join_all(tasks).await.unwrap_or_default();
            let mut edits = edits.into_iter();
            rooms
                .iter()
                .map(|room| {
                    let written: usize = edits.by_ref().take(writers.min(room.len())).sum();
                    written * (room.len() - 1)
                })
                .sum()
        }
        Load::Burst { updates } => {
            for room in rooms {
                for _ in 0..updates {
                    room[0].edit();
                }
            }
            let each = updates as usize;
            rooms.iter().map(|room| each * (room.len() - 1)).sum()
        }
        Load::Push { edits, highlights } => {
            for room in rooms {
                let writer = &room[0];
                let updates = writer
                    .written
                    .borrow_mut()
                    .large(&writer.user, edits, highlights);
                // The stamp at the end is what is waited for.
                writer.stamped();
                writer.send(&updates);
            }
            rooms.iter().map(|room| room.len() - 1).sum()
        }
        Load::Join { .. } => 0,
    }
}

async fn write(
    peer: Rc<Peer>,
    mut next: tokio::time::Instant,
    every: Duration,
    ends: tokio::time::Instant,
) -> usize {
    let mut written = 0;
    while next < ends {
        sleep_until(next).await;
        peer.edit();
        written += 1;
        next += every;
    }
    written
}

async fn tell(peer: Rc<Peer>, mut next: tokio::time::Instant, ends: tokio::time::Instant) -> usize {
    let mut clock = 0;
    while next < ends {
        sleep_until(next).await;
        clock += 1;
        peer.tell(clock);
        next += Duration::from_secs(1);
    }
    0
}

/// Waits until so many deliveries were made, or none is for a while; says when the last one was.
async fn all_delivered(seen: &RefCell<Seen>, wanted: usize) -> Instant {
    let mut count = seen.borrow().deliveries.len();
    let mut last = Instant::now();
    while count < wanted && last.elapsed() < SILENCE_MAX {
        sleep(Duration::from_millis(1)).await;
        let now = seen.borrow().deliveries.len();
        if now != count {
            (count, last) = (now, Instant::now());
        }
    }
    last
}

/// What somebody has not, or has otherwise than it was written.
fn losses(rooms: &[Room], seen: &Seen, wanted: usize) -> Result<Vec<String>> {
    let mut losses = Vec::new();
    let got = seen.deliveries.len();
    if got != wanted {
        losses.push(format!("{got} of {wanted} deliveries were made"));
    }
    for room in rooms {
        let wholes: Vec<Vec<u8>> = room
            .iter()
            .map(|peer| peer.written.borrow().whole())
            .collect();
        let written = document::content(wholes.iter().map(Vec::as_slice))?;
        let mut known: HashMap<Vec<u32>, String> = HashMap::new();
        for (peer, own) in room.iter().zip(&wholes) {
            if let Some(why) = &*peer.ended.borrow() {
                losses.push(format!("the socket of {} ended: {why}", peer.user));
            }
            let sequence = peer.sequence.borrow();
            let all = || seen.updates_of(&sequence).chain([own.as_slice()]);
            let is_reader = own.as_slice() == [0, 0];
            let has = match known.get(&*sequence) {
                Some(content) if is_reader => content.clone(),
                _ => document::content(all()).unwrap_or_else(|problem| format!("{problem:#}")),
            };
            // What was in the room before is not compared: nobody here wrote it.
            if !written.is_empty() && has != written && wanted > 0 {
                losses.push(format!(
                    "{} has {} characters of {}",
                    peer.user,
                    has.len(),
                    written.len()
                ));
            }
            if is_reader {
                known.insert(sequence.clone(), has);
            }
        }
    }
    losses.truncate(10);
    Ok(losses)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "counts of peers")]
fn fraction(index: usize, of: usize) -> f64 {
    index as f64 / of.max(1) as f64
}
