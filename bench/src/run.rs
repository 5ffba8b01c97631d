//! Carries out a measurement.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{
    task::spawn_local,
    time::{sleep, timeout},
};

use crate::{
    cost,
    document::{Weight, Written, content},
    job::{Job, Large, Load},
    load::{self, Borne},
    losses::losses,
    measure::{Found, Quantiles},
    peer::Peer,
    seen::Seen,
};

/// How long a peer may take to join.
const JOIN_MAX: Duration = Duration::from_secs(60);
/// Between joining and the load: what joining causes is over.
const REST: Duration = Duration::from_millis(1_000);
/// How often the server's memory is looked at for its peak.
const PEAK_EVERY: Duration = Duration::from_millis(50);
/// How often what is seen is kept.
const KEPT_EVERY: Duration = Duration::from_secs(10);

/// The peers of a room.
pub type Room = Vec<Rc<Peer>>;

/// Carries out a job.
///
/// # Errors
/// If somebody cannot join, or a process whose cost counts is gone. What is lost is no error, but among what was found.
pub async fn run(job: &Job) -> Result<Found> {
    let seen = Rc::new(RefCell::new(Seen::default()));
    let peers = job.rooms.iter().map(Vec::len).sum();
    seen.borrow_mut().edits = vec![Vec::new(); peers];
    let server = *job.pids.first().context("a server's process")?;
    let resident_before = cost::resident_mib(server)?;
    let memory = Rc::new(RefCell::new(Memory::default()));
    let watch = spawn_local(watch(server, Rc::clone(&memory)));
    let mut meter = Meter::start(&job.pids)?;
    let (rooms, join) = join(job, &seen).await?;
    let joined = Instant::now();
    let joined_ms = ms(joined - meter.began);
    let mut used = meter.used()?;
    let resident_joined = cost::resident_mib(server)?;
    let mut borne = Borne {
        wanted: 0,
        last: joined,
        asleep_mib: Vec::new(),
    };
    if !matches!(job.load, Load::Join { .. }) {
        let prepared = load::prepare(&job.load, &rooms);
        sleep(REST).await;
        seen.borrow_mut().begin();
        meter = Meter::start(&job.pids)?;
        borne = load::bear(&job.load, (&rooms, &prepared), &seen, server).await?;
        used = meter.used()?;
    }
    let wall_ms = ms(borne.last - meter.began);
    let resident_after = cost::resident_mib(server)?;
    watch.abort();
    let memory = memory.take();
    let large = large_of(&job.load)
        .map(Written::somebodys_large)
        .transpose()?;
    let holds = match &large {
        Some(whole) if held(&job.load).is_some() => Some(content([whole.as_slice()])?),
        _ => None,
    };
    let losses = losses(&rooms, &seen.borrow(), borne.wanted, holds.as_deref())?;
    let mut seen = seen.borrow_mut();
    let deliveries = seen.deliveries.len();
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    let found = Found {
        peers,
        joined_ms,
        join_ms: Quantiles::of(join),
        wall_ms,
        cpu_s: used.server_s,
        generator_cpu_s: used.generator_s,
        generator_cores: used.generator_s / used.wall_s,
        large: large.as_deref().map(Weight::of).transpose()?,
        deliveries_wanted: borne.wanted,
        deliveries,
        cpu_us_per_delivery: (deliveries > 0).then(|| used.server_s * 1e6 / deliveries as f64),
        delivery_ms: Quantiles::of(std::mem::take(&mut seen.deliveries)),
        saved_ms: Quantiles::of(std::mem::take(&mut seen.saves)),
        states: seen.states_seen.len(),
        state_ms: Quantiles::of(std::mem::take(&mut seen.states_seen)),
        frames_per_peer_second: seen.frames as f64 / peers as f64 / (wall_ms / 1000.0),
        resident_mib: [resident_before, resident_joined, resident_after],
        resident_peak_mib: memory.peak_mib.max(resident_after),
        resident_every_10_s_mib: memory.every_10_s_mib,
        resident_asleep_mib: borne.asleep_mib,
        losses,
    };
    Ok(found)
}

/// What a load costs while it is put on.
struct Meter<'a> {
    pids: &'a [u32],
    began: Instant,
    server_s: f64,
    generator_s: f64,
}

/// What a meter shows: processor time, and how long it took.
struct Used {
    server_s: f64,
    generator_s: f64,
    wall_s: f64,
}

impl<'a> Meter<'a> {
    /// Of a server's processes, and of this one.
    fn start(pids: &'a [u32]) -> Result<Self> {
        Ok(Self {
            pids,
            server_s: cost::cpu_seconds(pids)?,
            generator_s: cost::cpu_seconds(&[std::process::id()])?,
            began: Instant::now(),
        })
    }

    /// Since it was started.
    fn used(&self) -> Result<Used> {
        Ok(Used {
            server_s: cost::cpu_seconds(self.pids)? - self.server_s,
            generator_s: cost::cpu_seconds(&[std::process::id()])? - self.generator_s,
            wall_s: self.began.elapsed().as_secs_f64(),
        })
    }
}

/// The large document that a load is about.
fn large_of(load: &Load) -> Option<Large> {
    match *load {
        Load::Push(large) => Some(large),
        Load::Join { holds, .. } => holds,
        Load::Steady(_) | Load::Burst { .. } | Load::Wake { .. } => None,
    }
}

/// What is in each room before anybody of the job comes.
fn held(load: &Load) -> Option<Large> {
    match *load {
        Load::Join { holds, .. } => holds,
        Load::Steady(_) | Load::Burst { .. } | Load::Push(_) | Load::Wake { .. } => None,
    }
}

/// Everybody joins; says how long each took, in microseconds.
async fn join(job: &Job, seen: &Rc<RefCell<Seen>>) -> Result<(Vec<Room>, Vec<u32>)> {
    let is_large = held(&job.load).is_some();
    let within = match job.load {
        Load::Join { within_s, .. } => Duration::from_secs_f64(within_s),
        Load::Steady(_) | Load::Burst { .. } | Load::Push(_) | Load::Wake { .. } => Duration::ZERO,
    };
    let all = job.rooms.iter().map(Vec::len).sum();
    let numbered = job.rooms.iter().enumerate();
    let peers = numbered.flat_map(|(room, peers)| peers.iter().map(move |peer| (room, peer)));
    let joins = peers.enumerate().map(|(number, (room, peer))| {
        let seen = Rc::clone(seen);
        async move {
            if !within.is_zero() {
                sleep(within.mul_f64(load::fraction(number, all))).await;
            }
            let began = Instant::now();
            let number = u32::try_from(number)?;
            let opened = async {
                let host = job.host.as_deref();
                let opened = Peer::open(job.dialect, host, (peer, number), seen).await?;
                let joined = opened.joined(is_large).await?;
                anyhow::Ok((opened, joined))
            };
            let (opened, joined) = timeout(JOIN_MAX, opened)
                .await
                .with_context(|| format!("{} has not joined in time", peer.user))??;
            let took = u32::try_from((joined - began).as_micros())?;
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

/// What memory the server had meanwhile.
#[derive(Debug, Default)]
struct Memory {
    peak_mib: f64,
    every_10_s_mib: Vec<f64>,
}

/// Looks at the server's memory until it is aborted.
async fn watch(server: u32, memory: Rc<RefCell<Memory>>) {
    let mut next = Instant::now();
    while let Ok(resident) = cost::resident_mib(server) {
        {
            let mut memory = memory.borrow_mut();
            memory.peak_mib = memory.peak_mib.max(resident);
            if next.elapsed() >= KEPT_EVERY {
                memory.every_10_s_mib.push(resident);
                next += KEPT_EVERY;
            }
        }
        sleep(PEAK_EVERY).await;
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests;
