//! Migrations, and whether the schema is the one that this binary was built for.
//!
//! `schema.txt` describes every table of ours as a freshly migrated database has it. The comparison catches what a
//! list of applied migrations cannot: a column dropped by hand, an index that was never built.

use std::collections::BTreeSet;

use deadpool_postgres::Object;

use super::{Store, StoreError, lock::MIGRATION_KEY};

mod embedded {
    refinery::embed_migrations!("../migrations");
}

const EXPECTED: &str = include_str!("../../schema.txt");

/// What `host migrate` did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The migrations that were applied, in order.
    pub applied: Vec<String>,
}

/// Why the schema cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SchemaProblem {
    /// It is not the one that this binary was built for.
    #[error("the schema is not the one that this host was built for; run `host migrate`, or the host that it was made for\n{}", .0.join("\n"))]
    Differs(Vec<String>),
    /// A migration failed, or an applied one is not the one in this binary.
    #[error("the migrations cannot be applied")]
    Migration(#[from] Box<refinery::Error>),
    /// Postgres failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Applies the migrations that are missing. Two hosts may do this at once: the second one waits, and finds nothing
    /// to do.
    ///
    /// # Errors
    /// If Postgres fails, a migration fails, or an applied migration is unknown to this binary or was changed.
    pub async fn migrate(&self) -> Result<Migrated, SchemaProblem> {
        let mut client = self.client().await?;
        let waits = "set statement_timeout = 0; set lock_timeout = 0";
        client
            .batch_execute(waits)
            .await
            .map_err(StoreError::from)?;
        client
            .execute("select pg_advisory_lock($1)", &[&MIGRATION_KEY])
            .await
            .map_err(StoreError::from)?;
        let runner = embedded::migrations::runner()
            .set_abort_divergent(true)
            .set_abort_missing(true);
        let report = runner.run_async(&mut **client).await;
        // Ends the session, and with it the lock and the time-outs, whatever happened.
        drop(Object::take(client));
        let report = report.map_err(Box::new)?;
        Ok(Migrated {
            applied: report
                .applied_migrations()
                .iter()
                .map(ToString::to_string)
                .collect(),
        })
    }

    /// Compares the schema with the one that this binary expects.
    ///
    /// # Errors
    /// If it differs, line by line, or Postgres fails.
    pub async fn check_schema(&self) -> Result<(), SchemaProblem> {
        let found = self.describe_schema().await?;
        let differences = differences(EXPECTED, &found);
        if differences.is_empty() {
            Ok(())
        } else {
            Err(SchemaProblem::Differs(differences))
        }
    }

    /// Describes the tables and functions that this binary expects: columns, constraints, indexes, and triggers and functions with
    /// a hash of what they run, a line each. What else there is may be a later release's, which widens the schema before its hosts
    /// come; it is not looked at.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn describe_schema(&self) -> Result<String, StoreError> {
        let client = self.client().await?;
        let (tables, functions) = (TABLES.to_vec(), FUNCTIONS.to_vec());
        let rows = client
            .query(
                "with ours as (
                    select c.oid, c.relname from pg_class c
                    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
                      and c.relname = any ($1)
                 )
                 select format('%s column %s %s%s%s', relname, attname, format_type(atttypid, atttypmod),
                               case when attnotnull then ' not null' else '' end,
                               case when attidentity <> '' then ' identity'
                                    when attgenerated <> '' then ' generated ' || pg_get_expr(adbin, adrelid)
                                    when adbin is not null then ' default ' || pg_get_expr(adbin, adrelid)
                                    else '' end) as line
                 from ours join pg_attribute a on a.attrelid = ours.oid
                 left join pg_attrdef on adrelid = a.attrelid and adnum = a.attnum
                 where attnum > 0 and not attisdropped
                 union all
                 select format('%s constraint %s', relname, pg_get_constraintdef(k.oid))
                 from ours join pg_constraint k on k.conrelid = ours.oid where contype <> 'n'
                 union all
                 select format('%s index %s%s', relname,
                               regexp_replace(pg_get_indexdef(indexrelid), ' ON \\S+ ', ' ON '),
                               case when indisvalid and indisready then '' else ' invalid' end)
                 from ours join pg_index i on i.indrelid = ours.oid
                 union all
                 select format('%s trigger %s %s', relname,
                               regexp_replace(pg_get_triggerdef(t.oid), ' ON \\S+ ', ' ON '), md5(prosrc))
                 from ours join pg_trigger t on t.tgrelid = ours.oid join pg_proc p on p.oid = tgfoid where not tgisinternal and tgenabled = 'O'
                 union all
                 select format('function %s(%s) %s %s%s%s %s', proname, pg_get_function_identity_arguments(p.oid),
                               pg_get_function_result(p.oid), lanname, case when prosecdef then ' security definer' else '' end,
                               case when array_to_string(proconfig, ' ') like '%search_path=%' then ' search_path' else '' end,
                               md5(prosrc))
                 from pg_proc p join pg_language l on l.oid = prolang
                 where pronamespace = current_schema()::regnamespace and proname = any ($2)",
                &[&tables, &functions],
            )
            .await?;
        let lines: Result<BTreeSet<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
        Ok(lines?
            .into_iter()
            .fold(String::new(), |text, line| text + &line + "\n"))
    }
}

/// All tables of ours.
pub(super) const TABLES: [&str; 44] = [
    "affiliation_roles",
    "annotation_document_state",
    "audit_log",
    "board_note",
    "boards",
    "case_invitations",
    "case_passage",
    "case_states",
    "case_tag",
    "case_text",
    "cases",
    "classes",
    "client_tokens",
    "enrolments",
    "erasure_cases",
    "erasures",
    "grants",
    "heeded_comments",
    "highlight",
    "highlight_comment",
    "identities",
    "institutions",
    "mail_links",
    "memberships",
    "notices",
    "outbox",
    "personas",
    "private_note_words",
    "private_notes",
    "projection",
    "promised_memberships",
    "providers",
    "pseudonyms",
    "rate_counters",
    "roster_invitations",
    "sections",
    "sessions",
    "shares",
    "sign_in_flows",
    "snapshot_history",
    "snapshot_quarantine",
    "spent_nonce",
    "store",
    "users",
];

/// All functions of ours.
const FUNCTIONS: [&str; 7] = [
    "follow_newest_entry",
    "forget_class_role",
    "forget_pseudonym",
    "keep_anonymity",
    "note_withdrawn_addresses",
    "refuse_change",
    "share_what_is_granted",
];

/// The tables whose rows the service never changes: who could swap two pseudonyms could make the log say of one
/// person what another did.
pub(super) const APPENDED: [&str; 2] = ["audit_log", "pseudonyms"];

fn differences(expected: &str, found: &str) -> Vec<String> {
    let expected: BTreeSet<&str> = expected.lines().filter(|line| !line.is_empty()).collect();
    let found: BTreeSet<&str> = found.lines().filter(|line| !line.is_empty()).collect();
    let missing = expected
        .difference(&found)
        .map(|line| format!("  missing:    {line}"));
    let unexpected = found
        .difference(&expected)
        .map(|line| format!("  unexpected: {line}"));
    missing.chain(unexpected).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_named_in_both_directions_and_order_does_not_matter() {
        assert_eq!(differences("a\nb\n", "b\na"), Vec::<String>::new());
        assert_eq!(
            differences("a\nb\n", "b\nc\n"),
            ["  missing:    a", "  unexpected: c"]
        );
    }
}
