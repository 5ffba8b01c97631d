//! A database that tests share, also with those of other processes and of earlier runs.
//!
//! It is made once for each set of migrations, and stays: no test drops it, empties a table of it, or counts what it has not made
//! itself. Whatever a test makes there it names by UUIDs of its own.

use std::panic::AssertUnwindSafe;

use contract::Digest;
use futures_util::FutureExt;
use host::{App, store::Store};
use tokio_postgres::Client;

use super::{World, config, connect, eventually, serve, server_url, with_database};

mod embedded {
    refinery::embed_migrations!("../migrations");
}

/// Under which only one process makes the database. Advisory locks are a database's own: all of them ask in the server's.
const MAKING: i64 = 0x676c_6f73_7361_746f;

/// Runs a test with a host of its own on the shared database.
pub async fn in_shared_world<F: Future<Output = ()>>(
    set_up: impl FnOnce(App) -> App,
    test: impl FnOnce(World) -> F,
) {
    let database_url = shared_database().await;
    let store = Store::new(&config(&database_url));
    let (world, server) = serve(database_url, store.clone(), set_up).await;
    let outcome = AssertUnwindSafe(test(world)).catch_unwind().await;
    server.abort();
    store.close();
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// The URL of the shared database. Whoever comes first makes it, under another name: what has its name is whole.
async fn shared_database() -> String {
    let (server_url, name) = (server_url(), shared_name());
    let admin = connect(&server_url).await;
    let lock = "select pg_advisory_lock($1)";
    admin.execute(lock, &[&MAKING]).await.expect("the lock");
    let there = "select from pg_database where datname = $1";
    let there = admin.query_opt(there, &[&name]).await.expect("databases");
    if there.is_none() {
        make(&admin, &server_url, &name).await;
    }
    let unlock = "select pg_advisory_unlock($1)";
    admin.execute(unlock, &[&MAKING]).await.expect("the lock");
    with_database(&server_url, &name)
}

async fn make(admin: &Client, server_url: &str, name: &str) {
    let making = format!("{name}_in_the_making");
    // Of whoever was ended before it was whole.
    for sql in [
        format!("drop database if exists {making} with (force)"),
        format!("create database {making}"),
    ] {
        admin.batch_execute(&sql).await.expect(&sql);
    }
    let store = Store::new(&config(&with_database(server_url, &making)));
    store.migrate().await.expect("the migrations apply");
    store.check_schema().await.expect("it is this host's");
    store.close();
    // Connections end some time after they are closed; while there is one it keeps its name.
    let rename = format!("alter database {making} rename to {name}");
    eventually("nobody is in the new database", async || {
        admin.batch_execute(&rename).await.is_ok()
    })
    .await;
}

/// Databases of other migrations have other names.
fn shared_name() -> String {
    let runner = embedded::migrations::runner();
    let mut all = Vec::new();
    for migration in runner.get_migrations() {
        all.extend(migration.to_string().into_bytes());
        all.push(0);
        all.extend(migration.sql().expect("what it does").bytes());
        all.push(0);
    }
    let hash = Digest::of(&all);
    let hash = hash.as_bytes().iter().take(8);
    hash.fold("host_together_".to_owned(), |name, byte| {
        format!("{name}{byte:02x}")
    })
}
