//! What the tests share: a database of its own for each test or one of them all, a host on it, a client that signs, and documents.

#![expect(dead_code, reason = "each test binary uses a part of this")]

pub mod client;
pub mod code_server;
pub mod documents;
pub mod edge;
pub mod institutions;
pub mod mail_server;
pub mod question;
pub mod shared;
pub mod visitor;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use contract::{Keys, token::TicketSigner};
use futures_util::FutureExt;
use host::{App, config::DatabaseConfig, connections, router, store::Store, telemetry};
use tokio::task::JoinHandle;
use tokio_postgres::NoTls;

pub const KEYS: &str = "test:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
pub const SIGNING_KEY: &str =
    "test:0101010101010101010101010101010101010101010101010101010101010101";

/// A database, and a host that serves it within this process.
#[derive(Clone)]
pub struct World {
    pub database_url: String,
    pub store: Store,
    pub base_url: String,
    pub app: Arc<App>,
}

/// Runs a test against a migrated database and a host of its own, and drops the database however the test ends.
pub async fn in_world<F: Future<Output = ()>>(test: impl FnOnce(World) -> F) {
    in_world_with(std::convert::identity, test).await;
}

/// The same, with a host that is set up otherwise.
pub async fn in_world_with<F: Future<Output = ()>>(
    set_up: impl FnOnce(App) -> App,
    test: impl FnOnce(World) -> F,
) {
    in_database(|database_url| async move {
        let store = Store::new(&config(&database_url));
        store.migrate().await.expect("the migrations apply");
        let (world, server) = serve(database_url, store.clone(), set_up).await;
        let outcome = AssertUnwindSafe(test(world)).catch_unwind().await;
        server.abort();
        store.close();
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    })
    .await;
}

async fn serve(
    database_url: String,
    store: Store,
    set_up: impl FnOnce(App) -> App,
) -> (World, JoinHandle<()>) {
    let prometheus = telemetry::prometheus().expect("metrics can be recorded");
    let app = App::new(store.clone(), keys(), prometheus).with_signer(Some(signer()));
    let app = Arc::new(set_up(app));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let base_url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = tokio::spawn(connections::serve(
        listener,
        router(Arc::clone(&app)),
        std::future::pending(),
    ));
    let world = World {
        database_url,
        store,
        base_url,
        app,
    };
    (world, server)
}

/// Runs a test against an empty database, and drops the database however the test ends.
pub async fn in_database<F: Future<Output = ()>>(test: impl FnOnce(String) -> F) {
    let server_url = server_url();
    let name = format!("host_test_{}", uuid::Uuid::new_v4().simple());
    let admin = connect(&server_url).await;
    admin
        .batch_execute(&format!("create database {name}"))
        .await
        .expect("a database can be created");
    let database_url = with_database(&server_url, &name);
    let outcome = AssertUnwindSafe(test(database_url)).catch_unwind().await;
    admin
        .batch_execute(&format!("drop database {name} with (force)"))
        .await
        .expect("the database can be dropped");
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// The server on which tests make their databases.
fn server_url() -> String {
    std::env::var("TEST_DATABASE_URL").expect(
        "TEST_DATABASE_URL is not set: set it to the URL of a PostgreSQL server on which the tests may create \
         databases, such as postgres://postgres@127.0.0.1:5432/postgres (`cargo xtask test` does)",
    )
}

impl World {
    /// The same database, served through another store until the test's process ends.
    pub async fn served_by(&self, store: Store) -> Self {
        serve(self.database_url.clone(), store, std::convert::identity)
            .await
            .0
    }

    /// A connection of the test's own, to look and to break things.
    pub async fn sql(&self) -> tokio_postgres::Client {
        connect(&self.database_url).await
    }

    /// Changes a byte of the stored snapshot behind the host's back.
    pub async fn corrupt(&self, case: &str) {
        let changed = self
            .sql()
            .await
            .execute(
                "update annotation_document_state
                 set crdt_state = set_byte(crdt_state, length(crdt_state) / 2,
                                           255 - get_byte(crdt_state, length(crdt_state) / 2))
                 where case_id = $1",
                &[&case],
            )
            .await
            .expect("the row can be changed");
        assert_eq!(changed, 1);
    }

    /// Waits until a connection waits for a lock that the one of this backend holds; for no other one.
    pub async fn until_blocked_by(&self, backend: i32) {
        let blocked = format!(
            "select count(*) from pg_stat_activity
             where datname = current_database() and {backend} = any (pg_blocking_pids(pid))"
        );
        eventually("a connection waits for this one's lock", async || {
            self.count(&blocked).await > 0
        })
        .await;
    }

    /// One number that a query finds.
    pub async fn count(&self, query: &str) -> i64 {
        self.sql()
            .await
            .query_one(query, &[])
            .await
            .expect("the query runs")
            .get(0)
    }
}

pub async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("TEST_DATABASE_URL names a PostgreSQL server that runs");
    tokio::spawn(connection);
    client
}

pub fn config(database_url: &str) -> DatabaseConfig {
    DatabaseConfig {
        postgres: database_url.parse().expect("a URL of Postgres"),
        pool_size: 8,
    }
}

pub fn signer() -> TicketSigner {
    TicketSigner::parse(SIGNING_KEY).expect("a key")
}

pub fn keys() -> Keys {
    Keys::parse(KEYS).expect("keys")
}

/// By which number Postgres knows a connection.
pub async fn backend(sql: &tokio_postgres::Client) -> i32 {
    let backend = sql.query_one("select pg_backend_pid()", &[]).await;
    backend.expect("Postgres works").get(0)
}

/// Waits for something that happens in the background, with a bound; never for time to pass.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while !holds().await {
        assert!(
            std::time::Instant::now() < deadline,
            "did not come about: {what}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn with_database(server_url: &str, name: &str) -> String {
    let (before, query) = server_url
        .split_once('?')
        .map_or((server_url, None), |(url, query)| (url, Some(query)));
    let scheme_end = before.find("://").map_or(0, |at| at + 3);
    let authority_end = before[scheme_end..]
        .find('/')
        .map_or(before.len(), |at| scheme_end + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{name}{query}", &before[..authority_end])
}
