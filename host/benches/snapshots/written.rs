//! What was found, as `bench/host.ts` reads it, which makes a run of it for the page about performance.

use std::{env, fs, time::Duration};

use anyhow::Context;
use serde::Serialize;

use crate::{Found, database, load::Taken};

/// Names the file, if anybody wants one.
const OUT: &str = "GLOSSATOR_BENCH_OUT";

#[derive(Serialize)]
struct Written {
    postgres: String,
    rounds: Vec<Round>,
    large: Large,
}

#[derive(Serialize)]
struct Round {
    bare_per_second: f64,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

#[derive(Default, Serialize)]
struct Large {
    ms: Vec<f64>,
    refused: Vec<String>,
}

/// Writes it down where the environment says, and nowhere if it does not.
pub async fn write(found: &Found, database_url: &str) -> anyhow::Result<()> {
    let Some(path) = env::var_os(OUT) else {
        return Ok(());
    };
    let mut large = Large::default();
    for sent in &found.large {
        match sent {
            Ok(took) => large.ms.push(ms(*took)),
            Err(why) => large.refused.push(format!("{why:#}")),
        }
    }
    let client = database::connect(database_url).await?;
    let version = client.query_one("show server_version", &[]).await?;
    let written = Written {
        postgres: version.try_get(0)?,
        rounds: found.rounds.iter().map(Round::of).collect(),
        large,
    };
    let text = serde_json::to_string(&written)?;
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

impl Round {
    fn of([bare, host]: &[Taken; 2]) -> Round {
        Round {
            bare_per_second: bare.per_second(),
            per_second: host.per_second(),
            p50_ms: ms(host.quantile(0.5)),
            p99_ms: ms(host.quantile(0.99)),
        }
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
