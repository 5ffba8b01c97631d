//! What the host adds to its SQL: `cargo xtask bench host`. Snapshots of 10 KB, sixteen at once, each on top of the one
//! before, are put through the whole host (signatures, its HTTP door, what it does in the background), and through nothing
//! but the same statements on the same Postgres, in turns. Then two of 8 MB.

mod bare;
mod database;
mod door;
mod load;
mod written;

use std::{net::SocketAddr, time::Duration};

use database::Database;
use load::Taken;

/// How many snapshots are on their way at once.
const AT_ONCE: usize = 16;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(6);

/// What was found.
struct Found {
    /// For each round, the same statements and nothing else, and the host.
    rounds: Vec<[Taken; 2]>,
    /// How long it took to store a large snapshot, and to replace it.
    large: [anyhow::Result<Duration>; 2],
}

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let database = Database::create().await?;
        let told = tell(&database).await;
        database.drop().await?;
        told
    })
}

/// Measures, and tells whoever watches, and whoever reads the file.
async fn tell(database: &Database) -> anyhow::Result<()> {
    let found = measure(database).await?;
    for (round, [bare, host]) in (1..).zip(&found.rounds) {
        let share = host.per_second() / bare.per_second();
        println!("{round}. the same statements: {bare}");
        println!("{round}. through the host:    {host}, {share:.2} of that rate");
    }
    for (how, sent) in ["first", "on top"].iter().zip(&found.large) {
        match sent {
            Ok(took) => println!("8 MB, {how}: {took:.0?}"),
            Err(why) => println!("8 MB, {how}: not stored: {why:#}"),
        }
    }
    written::write(&found, &database.url).await
}

async fn measure(database: &Database) -> anyhow::Result<Found> {
    let address = door::open(&database.url).await?;
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        let bare = load::run(ROUND, AT_ONCE, async |number| {
            bare::Sender::new(&database.url, &format!("bare-{round}-{number}")).await
        });
        let bare = bare.await?;
        let host = load::run(ROUND, AT_ONCE, async |number| {
            door::Sender::new(address, &format!("host-{round}-{number}")).await
        });
        rounds.push([bare, host.await?]);
    }
    let large = large(address).await?;
    Ok(Found { rounds, large })
}

/// Sends a large snapshot, and another one on top of it. That one is not stored is a finding like any other.
async fn large(address: SocketAddr) -> anyhow::Result<[anyhow::Result<Duration>; 2]> {
    let snapshots = load::snapshots(8_000_000);
    let mut sender = door::Sender::new(address, "large").await?;
    let first = load::timed(&mut sender, &snapshots[0]).await;
    Ok([first, load::timed(&mut sender, &snapshots[1]).await])
}
