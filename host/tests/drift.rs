//! What `host verify` says of a database whose schema is not the one that the binary was built for: each kind of difference.

mod common;

use std::process::{Command, Output};

use common::{KEYS, config, connect, in_database};
use host::store::Store;
use tokio_postgres::Client;

/// What is done to the database, how it is put right again, and a part of the line that tells of it. What is in braces is found
/// in [`KEPT`].
const DRIFTS: [(&str, &str, &str); 18] = [
    (
        "alter table outbox drop column last_error",
        "alter table outbox add column last_error text",
        "missing:    outbox column last_error text",
    ),
    (
        "alter table outbox add column extra int",
        "alter table outbox drop column extra",
        "unexpected: outbox column extra integer",
    ),
    (
        "alter table shares alter column name type varchar(200)",
        "alter table shares alter column name type varchar(100)",
        "unexpected: shares column name character varying(200) not null",
    ),
    (
        "alter table shares alter column created_at drop default",
        "alter table shares alter column created_at set default now()",
        "missing:    shares column created_at timestamp with time zone not null default now()",
    ),
    (
        "alter table shares alter column name drop not null",
        "alter table shares alter column name set not null",
        "unexpected: shares column name character varying(100)\n",
    ),
    (
        "alter table audit_log drop constraint audit_log_seq_check",
        "alter table audit_log add constraint audit_log_seq_check check (seq >= 1)",
        "missing:    audit_log constraint CHECK ((seq >= 1))",
    ),
    (
        "alter table audit_log add check (seq >= 0)",
        "alter table audit_log drop constraint audit_log_seq_check1",
        "unexpected: audit_log constraint CHECK ((seq >= 0))",
    ),
    (
        "alter table identities drop constraint identities_user_id_fkey",
        "alter table identities add foreign key (user_id) references users (id) on delete cascade",
        "missing:    identities constraint FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE",
    ),
    (
        "drop index highlight_search",
        "{highlight_search}",
        "missing:    highlight index CREATE INDEX highlight_search",
    ),
    (
        "create index shares_extra on shares (name)",
        "drop index shares_extra",
        "unexpected: shares index CREATE INDEX shares_extra",
    ),
    (
        "update pg_index set indisvalid = false where indexrelid = 'highlight_search'::regclass",
        "update pg_index set indisvalid = true where indexrelid = 'highlight_search'::regclass",
        "unexpected: highlight index CREATE INDEX highlight_search ON USING gin (search) invalid",
    ),
    (
        "create trigger shares_extra before update on shares for each row execute function suppress_redundant_updates_trigger()",
        "drop trigger shares_extra on shares",
        "unexpected: shares trigger CREATE TRIGGER shares_extra",
    ),
    (
        "drop trigger audit_log_keeps_entries on audit_log",
        "{audit_log_keeps_entries}",
        "missing:    audit_log trigger CREATE TRIGGER audit_log_keeps_entries",
    ),
    (
        "alter table audit_log disable trigger audit_log_keeps_entries",
        "alter table audit_log enable trigger audit_log_keeps_entries",
        "missing:    audit_log trigger CREATE TRIGGER audit_log_keeps_entries",
    ),
    (
        "create or replace function refuse_change() returns trigger language plpgsql as $$ begin return null; end $$",
        "{refuse_change}",
        "missing:    audit_log trigger CREATE TRIGGER audit_log_keeps_entries",
    ),
    (
        "drop function forget_pseudonym (uuid)",
        "{forget_pseudonym}",
        "missing:    function forget_pseudonym(erased uuid) void sql security definer search_path",
    ),
    (
        "alter function forget_pseudonym (uuid) security invoker",
        "alter function forget_pseudonym (uuid) security definer",
        "unexpected: function forget_pseudonym(erased uuid) void sql search_path",
    ),
    (
        "drop table heeded_comments",
        "",
        "missing:    heeded_comments column comment_id",
    ),
];

/// What is put right by Postgres' own words for it, asked for before.
const KEPT: [(&str, &str); 4] = [
    (
        "{highlight_search}",
        "select pg_get_indexdef('highlight_search'::regclass)",
    ),
    (
        "{audit_log_keeps_entries}",
        "select pg_get_triggerdef(oid) from pg_trigger where tgname = 'audit_log_keeps_entries'",
    ),
    (
        "{refuse_change}",
        "select pg_get_functiondef('refuse_change'::regproc)",
    ),
    (
        "{forget_pseudonym}",
        "select pg_get_functiondef('forget_pseudonym'::regproc)",
    ),
];

#[tokio::test]
async fn verify_names_each_kind_of_drift() {
    in_database(async |url: String| {
        assert!(host(&url, "migrate").status.success());
        let (sql, store) = (connect(&url).await, Store::new(&config(&url)));
        let mut kept = Vec::new();
        for (name, query) in KEPT {
            kept.push((name, says(&sql, query).await));
        }
        let verified = host(&url, "verify");
        assert!(verified.status.success(), "{}", errors(&verified));
        for (drift, mend, told) in DRIFTS {
            sql.batch_execute(drift).await.expect(drift);
            let verified = host(&url, "verify");
            assert!(!verified.status.success(), "nobody notices: {drift}");
            let errors = errors(&verified);
            assert!(errors.contains(told), "{drift}: {errors}");
            if mend.is_empty() {
                continue;
            }
            let words = kept.iter().find(|(name, _)| *name == mend);
            let mend = words.map_or(mend, |(_, words)| words.as_str());
            sql.batch_execute(mend).await.expect(mend);
            store.check_schema().await.expect(mend);
        }
        store.close();
    })
    .await;
}

#[tokio::test]
async fn every_table_and_function_of_the_migrations_is_described() {
    in_database(async |url: String| {
        assert!(host(&url, "migrate").status.success());
        let sql = connect(&url).await;
        let described = include_str!("../schema.txt");
        let tables = "select relname::text from pg_class
            where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'refinery_schema_history'";
        for table in sql.query(tables, &[]).await.expect("Postgres works") {
            let line = format!("{} column ", table.get::<_, &str>(0));
            assert!(described.lines().any(|it| it.starts_with(&line)), "{line}");
        }
        let functions = "select proname::text from pg_proc where pronamespace = 'public'::regnamespace";
        for function in sql.query(functions, &[]).await.expect("Postgres works") {
            let line = format!("function {}(", function.get::<_, &str>(0));
            assert!(described.lines().any(|it| it.starts_with(&line)), "{line}");
        }
    })
    .await;
}

async fn says(sql: &Client, query: &str) -> String {
    let row = sql.query_one(query, &[]).await;
    row.expect("the query runs").get(0)
}

fn host(url: &str, command: &str) -> Output {
    let mut host = Command::new(env!("CARGO_BIN_EXE_host"));
    host.arg(command)
        .envs([("DATABASE_URL", url), ("HOST_KEYS", KEYS)]);
    host.output().expect("the host runs")
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
