//! Snapshots that are sent one after the other by several senders at once, and how long each took.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use contract::Digest;
use yrs::{ClientID, Doc, Options, ReadTxn, StateVector, Text, Transact};

/// A whole document and its hash.
pub struct Snapshot {
    pub bytes: Vec<u8>,
    pub sha256: Digest,
}

/// Whoever sends snapshots of one case.
pub trait Sends: Send {
    /// Sends one on top of the last one, and waits until it is stored.
    fn send(&mut self, snapshot: &Snapshot) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// How long it took to send, each time, and in all.
#[derive(Default)]
pub struct Taken {
    each: Vec<Duration>,
    all: Duration,
}

impl Taken {
    pub fn per_second(&self) -> f64 {
        self.each.len() as f64 / self.all.as_secs_f64()
    }

    pub fn quantile(&self, share: f64) -> Duration {
        let at = (self.each.len() as f64 * share) as usize;
        let at = at.min(self.each.len().saturating_sub(1));
        self.each.get(at).copied().unwrap_or_default()
    }
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} a second, p50 {:.1?}, p99 {:.1?}, {} in all",
            self.per_second(),
            self.quantile(0.5),
            self.quantile(0.99),
            self.each.len()
        )
    }
}

/// Two documents of about so many bytes, which take turns. What they say does not compress.
pub fn snapshots(bytes: usize) -> [Snapshot; 2] {
    [1, 2].map(|seed| {
        let options = Options::with_guid_and_client_id("bench".into(), ClientID::new(seed));
        let doc = Doc::with_options(options);
        let notes = doc.get_or_insert_text("notes");
        notes.insert(&mut doc.transact_mut(), 0, &noise(seed, bytes));
        let bytes = doc.transact().encode_diff_v1(&StateVector::default());
        Snapshot {
            sha256: Digest::of(&bytes),
            bytes,
        }
    })
}

fn noise(seed: u64, letters: usize) -> String {
    let mut state = seed;
    let mut letter = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b'!' + (state >> 58) as u8)
    };
    (0..letters).map(|_| letter()).collect()
}

/// Lets so many senders send for so long.
pub async fn run<S: Sends + 'static>(
    for_so_long: Duration,
    at_once: usize,
    make: impl AsyncFn(usize) -> anyhow::Result<S>,
) -> anyhow::Result<Taken> {
    let snapshots = Arc::new(snapshots(10_000));
    let mut senders = Vec::new();
    for number in 0..at_once {
        let mut sender = make(number).await?;
        // The first one is decoded, and what is prepared once is prepared.
        sender.send(&snapshots[1]).await?;
        senders.push(sender);
    }
    let began = Instant::now();
    let sending: Vec<_> = senders
        .into_iter()
        .map(|mut sender| {
            let snapshots = Arc::clone(&snapshots);
            tokio::spawn(async move {
                let mut each = Vec::new();
                for snapshot in snapshots.iter().cycle() {
                    if began.elapsed() >= for_so_long {
                        break;
                    }
                    each.push(timed(&mut sender, snapshot).await?);
                }
                anyhow::Ok(each)
            })
        })
        .collect();
    let mut taken = Taken::default();
    for each in sending {
        taken.each.extend(each.await??);
    }
    taken.all = began.elapsed();
    taken.each.sort_unstable();
    Ok(taken)
}

/// How long it takes to send one.
pub async fn timed(sender: &mut impl Sends, snapshot: &Snapshot) -> anyhow::Result<Duration> {
    let began = Instant::now();
    sender.send(snapshot).await?;
    Ok(began.elapsed())
}
