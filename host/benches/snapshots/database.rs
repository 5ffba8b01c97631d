//! A database that is made for the measurement, and dropped after it.

use std::env;

use anyhow::Context;
use host::{config::DatabaseConfig, store::Store};
use tokio_postgres::{Client, Config, NoTls};

pub struct Database {
    pub url: String,
    name: String,
    server_url: String,
}

impl Database {
    /// An empty one with the schema.
    pub async fn create() -> anyhow::Result<Database> {
        let server_url = env::var("TEST_DATABASE_URL").context(
            "TEST_DATABASE_URL is not set: set it to the URL of a PostgreSQL server on which databases may be made",
        )?;
        let name = format!("host_bench_{}", uuid::Uuid::new_v4().simple());
        let admin = connect(&server_url).await?;
        admin
            .batch_execute(&format!("create database {name}"))
            .await?;
        let (server, _) = server_url
            .rsplit_once('/')
            .context("TEST_DATABASE_URL names no database")?;
        let database = Database {
            url: format!("{server}/{name}"),
            name,
            server_url,
        };
        let store = Store::new(&config(&database.url)?);
        store.migrate().await?;
        store.close();
        Ok(database)
    }

    pub async fn drop(self) -> anyhow::Result<()> {
        let admin = connect(&self.server_url).await?;
        let drop = format!("drop database {} with (force)", self.name);
        Ok(admin.batch_execute(&drop).await?)
    }
}

/// As many connections as senders, as `HOST_POOL_SIZE` has it if it is absent.
pub fn config(url: &str) -> anyhow::Result<DatabaseConfig> {
    Ok(DatabaseConfig {
        postgres: url.parse::<Config>()?,
        pool_size: crate::AT_ONCE,
    })
}

pub async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
