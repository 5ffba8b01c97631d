//! Databases of every earlier release, with data in them: each prefix of the migrations applies, and the rest upgrades it
//! without losing a row.

#[path = "../common/mod.rs"]
mod common;

use std::collections::BTreeMap;

use common::{config, connect, in_database};
use host::store::Store;
use refinery::Target;
use tokio_postgres::Client;

mod embedded {
    refinery::embed_migrations!("../migrations");
}

const ROWS: &str = include_str!("rows.sql");

/// What is put in after which migration.
fn rows() -> BTreeMap<i32, String> {
    let mut rows = BTreeMap::new();
    for part in ROWS.split("\n-- V").skip(1) {
        let (version, sql) = part.split_once('\n').expect("a version and its rows");
        let version = version.parse().expect("the number of a migration");
        assert!(
            rows.insert(version, sql.to_owned()).is_none(),
            "{version} twice"
        );
    }
    rows
}

#[tokio::test]
async fn every_prefix_of_the_migrations_upgrades_with_its_data() {
    in_database(async |url: String| {
        let migrations = embedded::migrations::runner().get_migrations().clone();
        let mut rows = rows();
        for migration in &migrations {
            let version = migration.version();
            let mut client = connect(&url).await;
            embedded::migrations::runner()
                .set_target(Target::Version(version))
                .run_async(&mut client)
                .await
                .unwrap_or_else(|problem| panic!("{migration}: {problem}"));
            if let Some(sql) = rows.remove(&version) {
                let put = client.batch_execute(&sql).await;
                put.unwrap_or_else(|problem| panic!("the rows after {migration}: {problem:?}"));
            }
            let before = counts(&client).await;
            let empty: Vec<_> = before.iter().filter(|(_, count)| **count == 0).collect();
            assert!(
                empty.is_empty(),
                "rows.sql has nothing for {empty:?}, which {migration} leaves empty"
            );
            drop(client);
            upgrade_copy(&url, version, &before).await;
        }
        assert!(
            rows.is_empty(),
            "there are no migrations of these numbers: {rows:?}"
        );
    })
    .await;
}

/// Upgrades a copy of a database to this binary's schema, and compares what is in it with what was.
async fn upgrade_copy(url: &str, version: i32, before: &BTreeMap<String, i64>) {
    let (server, name) = url.rsplit_once('/').expect("a URL that names a database");
    let copy = format!("{name}_{version}");
    let admin = connect(&format!("{server}/postgres")).await;
    let make = format!("create database {copy} template {name} strategy file_copy");
    admin
        .batch_execute(&make)
        .await
        .expect("nobody else is in the database any more");
    let copy_url = format!("{server}/{copy}");
    let store = Store::new(&config(&copy_url));
    store
        .migrate()
        .await
        .unwrap_or_else(|problem| panic!("from V{version:04} on: {problem:?}"));
    store
        .check_schema()
        .await
        .expect("it is the schema of this binary");
    let after = connect(&copy_url).await;
    let counted = counts(&after).await;
    for (table, count) in before {
        let kept = counted.get(table).copied();
        assert!(
            kept >= Some(*count),
            "V{version:04}: {table} had {count} rows, and has {kept:?}"
        );
    }
    means_the_same(&after, version).await;
    drop(after);
    store.close();
    admin
        .batch_execute(&format!("drop database {copy} with (force)"))
        .await
        .expect("the copy can be dropped");
}

/// What an earlier release wrote says the same to this one.
async fn means_the_same(client: &Client, version: i32) {
    let says = async |query: &str| -> Option<String> {
        client
            .query_one(query, &[])
            .await
            .expect("the query runs")
            .get(0)
    };
    if version >= 2 {
        let document = "select string_agg(concat_ws(' ', case_id, version, encode(crdt_state, 'hex'), deleted_at is null), ', ' order by case_id) from annotation_document_state";
        assert_eq!(
            says(document).await.as_deref(),
            Some("gone 3 f, in-re-flag 7 0000 t")
        );
    }
    if version >= 12 {
        let grants = "select string_agg(concat_ws(' ', user_id, role, region), ', ' order by user_id) from grants";
        assert_eq!(
            says(grants).await.as_deref(),
            Some("ann own weur, ben read, cy")
        );
        let shares =
            "select string_agg(concat_ws(' ', user_id, role), ', ' order by user_id) from shares";
        assert_eq!(
            says(shares).await.as_deref(),
            Some("ann own, ben read"),
            "what was granted was given"
        );
    }
    if version >= 18 {
        let withdrawn = "select to_char(address_withdrawn_at at time zone 'utc', 'DD') from cases where case_id = 'in-re-flag'";
        assert_eq!(
            says(withdrawn).await.as_deref(),
            Some("04"),
            "the newest that was taken back"
        );
    }
    if version >= 39 {
        let withdrawn = "select to_char(address_withdrawn_at at time zone 'utc', 'DD') from boards where board_id = 'a-board'";
        assert_eq!(says(withdrawn).await.as_deref(), Some("05"));
    }
    if version >= 31 {
        let class = "select concat_ws(' ', name, state, default_role, invite_code) from classes";
        assert_eq!(
            says(class).await.as_deref(),
            Some("Digest open annotate abcdefghij")
        );
    }
    for (table, there_since, said_since, said) in
        [("cases", 11, 86, "read"), ("boards", 39, 87, "comment")]
    {
        if version >= there_since {
            let told = format!("select class_role from {table}");
            let said = (version >= said_since).then_some(said);
            assert_eq!(says(&told).await.as_deref(), said, "V{version:04}: {table}");
            let own = format!("update {table} set class_role = 'own'");
            let own = client.batch_execute(&own).await;
            assert!(own.is_err(), "V{version:04}: no student owns {table}");
            if said.is_some() {
                // As a host of an earlier release moves it.
                let moves = format!(
                    "begin; update {table} set class_id = case when class_id is null then (select min(id::text)::uuid from classes) end"
                );
                client.batch_execute(&moves).await.expect("it is moved");
                assert_eq!(says(&told).await, None, "V{version:04}: {table}");
                client.batch_execute("rollback").await.expect("it stays");
            }
        }
    }
}

/// How many rows each table of ours has.
async fn counts(client: &Client) -> BTreeMap<String, i64> {
    let tables = "select table_name::text from information_schema.tables
         where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'refinery_schema_history'";
    let mut counts = BTreeMap::new();
    for row in client
        .query(tables, &[])
        .await
        .expect("the tables are listed")
    {
        let table: String = row.get(0);
        let count = format!("select count(*) from {table}");
        let count = client
            .query_one(&count, &[])
            .await
            .expect("the rows are counted");
        counts.insert(table, count.get(0));
    }
    counts
}
