//! What a measurement found, as one JSON object on standard output.

use serde::Serialize;

use crate::document::Weight;

/// What was found.
#[derive(Debug, Serialize)]
pub struct Found {
    /// How many peers there were.
    pub peers: usize,
    /// How long all of them took to join, and the slowest hundredth, in milliseconds.
    pub joined_ms: f64,
    /// How long each took.
    pub join_ms: Quantiles,
    /// From the first thing sent until the last that was waited for had arrived, in milliseconds.
    pub wall_ms: f64,
    /// Processor time of the server meanwhile, in seconds; of the joining, where that is what is measured.
    pub cpu_s: f64,
    /// Processor time of the load generator meanwhile, of which all of a core is all that it has.
    pub generator_cpu_s: f64,
    /// What share of a core that was.
    pub generator_cores: f64,
    /// The large document, where there is one.
    pub large: Option<Weight>,
    /// How many deliveries of edits there had to be.
    pub deliveries_wanted: usize,
    /// How many there were.
    pub deliveries: usize,
    /// Processor time of the server for each, in microseconds.
    pub cpu_us_per_delivery: Option<f64>,
    /// From sending an edit until somebody else had it.
    pub delivery_ms: Quantiles,
    /// From sending a frame until our client is told that it is saved.
    pub saved_ms: Quantiles,
    /// How many states were seen by somebody else.
    pub states: usize,
    /// From saying where one is until somebody else knows.
    pub state_ms: Quantiles,
    /// Frames that each peer was sent, a second.
    pub frames_per_peer_second: f64,
    /// Memory of the server, in MiB: before the peers came, with all of them there, and at the end.
    pub resident_mib: [f64; 3],
    /// The most that it was between.
    pub resident_peak_mib: f64,
    /// What it was every 10 s.
    pub resident_every_10_s_mib: Vec<f64>,
    /// What it was each time that all rooms slept.
    pub resident_asleep_mib: Vec<f64>,
    /// What is wrong with what the peers have in the end: nothing, if this is empty.
    pub losses: Vec<String>,
}

/// Of many times, in milliseconds.
#[derive(Debug, Default, Serialize)]
pub struct Quantiles {
    /// Half of them are at most this.
    pub p50: f64,
    /// 95 % of them.
    pub p95: f64,
    /// 99 % of them.
    pub p99: f64,
    /// All of them.
    pub max: f64,
}

impl Quantiles {
    /// Of times in microseconds.
    pub fn of(mut micros: Vec<u32>) -> Self {
        micros.sort_unstable();
        let at = |share: f64| {
            let last = micros.len().checked_sub(1)?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of a length is an index"
            )]
            let index = (share * micros.len() as f64).ceil() as usize;
            micros.get(index.saturating_sub(1).min(last))
        };
        let ms = |share| at(share).map_or(0.0, |micros| f64::from(*micros) / 1000.0);
        Self {
            p50: ms(0.5),
            p95: ms(0.95),
            p99: ms(0.99),
            max: ms(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_least_times_that_so_many_keep_to() {
        let all = Quantiles::of((1..=200).map(|ms| ms * 1000).collect());
        let found = [all.p50, all.p95, all.p99, all.max];
        assert_eq!(found, [100.0, 190.0, 198.0, 200.0]);
        assert!(Quantiles::of(Vec::new()).max.abs() < f64::EPSILON);
    }
}
