//! What the host adds to its SQL: `cargo xtask bench host`. Snapshots of 10 KB, sixteen at once, each on top of the one
//! before, are put through the whole host (signatures, its HTTP door, what it does in the background), and through nothing
//! but the same statements on the same Postgres, in turns. Then one of 8 MB.

mod bare;
mod database;
mod door;
mod load;

use std::time::Duration;

use database::Database;
use load::Taken;

/// How many snapshots are on their way at once.
const AT_ONCE: usize = 16;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(6);
/// What is to be reached: the host's share of the bare loop's rate, and how long the slowest hundredth takes.
const RATIO_MIN: f64 = 0.8;
const P99_MAX: Duration = Duration::from_millis(25);

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let database = Database::create().await?;
        let measured = measure(&database).await;
        database.drop().await?;
        measured
    })
}

async fn measure(database: &Database) -> anyhow::Result<()> {
    let address = door::open(&database.url).await?;
    let (mut through_host, mut without) = (Taken::default(), Taken::default());
    for round in 0..ROUNDS {
        let bare = load::run(ROUND, AT_ONCE, async |number| {
            bare::Sender::new(&database.url, &format!("bare-{round}-{number}")).await
        });
        without.add(bare.await?);
        let host = load::run(ROUND, AT_ONCE, async |number| {
            door::Sender::new(address, &format!("host-{round}-{number}")).await
        });
        through_host.add(host.await?);
    }
    println!("the same statements: {without}");
    println!("through the host:    {through_host}");
    let ratio = through_host.per_second() / without.per_second();
    let p99 = through_host.quantile(0.99);
    println!("ratio {ratio:.2} (to reach: {RATIO_MIN}), p99 {p99:.1?} (to reach: {P99_MAX:?})");
    for (how, took) in ["first", "on top"].iter().zip(large(address).await?) {
        println!("8 MB, {how}: {took:.0?}");
    }
    Ok(())
}

/// How long it takes to store a large snapshot, and to replace it.
async fn large(address: std::net::SocketAddr) -> anyhow::Result<[Duration; 2]> {
    let snapshots = load::snapshots(8_000_000);
    let mut sender = door::Sender::new(address, "large").await?;
    let first = load::timed(&mut sender, &snapshots[0]).await?;
    Ok([first, load::timed(&mut sender, &snapshots[1]).await?])
}
