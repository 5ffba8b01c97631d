//! Keeping house: what fails keeps nothing else from being done, and whoever stops the host waits for no run.

use host::{
    housekeeping::{self, GoingOn},
    limits::{
        HOUSEKEEPING_CASES_MAX, HOUSEKEEPING_EXPIRED_MAX, HOUSEKEEPING_NOTES_ERASED_MAX,
        HOUSEKEEPING_TEXTS_MAX,
    },
    store::{Store, StoreError},
    telemetry,
};
use serde_json::json;
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    common::{backend, eventually},
    school::{School, in_school},
};

const NOTICES: &str = "select count(*) from notices";

/// When the cases of a class that was archived today are due that are kept for a day.
fn later_ms() -> i64 {
    host::clock::unix_millis() + 400 * 24 * 60 * 60 * 1_000
}

/// Leaves something to be forgotten to a step behind that of the history.
async fn leave_an_old_notice(school: &School) {
    let sql = school.world.sql().await;
    sql.execute(
        "insert into notices (user_id, case_id, thing_id, kind, by_id, created_at)
         values ($1, 'a-case', 'c1', 'mention', 'ann', now() - interval '2 years')",
        &[&school.student.id],
    )
    .await
    .expect("a notice");
}

/// How often a step has failed in this process, as `/metrics` says.
fn failures(step: &str) -> u64 {
    let metrics = telemetry::prometheus().expect("metrics").render();
    let series = format!("glossator_host_housekeeping_step_failures_total{{step=\"{step}\"}} ");
    let told = metrics.lines().find_map(|line| line.strip_prefix(&series));
    told.map_or(0, |told| told.parse().expect("a number"))
}

/// Keeps house once beside the test.
fn run(store: &Store, stopping: watch::Receiver<bool>) -> JoinHandle<Result<(), StoreError>> {
    let store = store.clone();
    tokio::spawn(async move {
        let mut going_on = GoingOn::default();
        housekeeping::run(&store, host::clock::unix_millis(), &mut going_on, &stopping).await
    })
}

#[tokio::test]
async fn a_step_that_fails_is_reported_and_keeps_no_later_one_from_being_done() {
    in_school(async |school: School| {
        let sql = school.world.sql().await;
        sql.batch_execute(
            "alter table snapshot_history rename to not_history;
             alter table spent_nonce rename to not_nonces",
        )
        .await
        .unwrap();
        leave_an_old_notice(&school).await;
        let (_stop, stopping) = watch::channel(false);
        let mut going_on = GoingOn {
            history: "somewhere".to_owned(),
            ..GoingOn::default()
        };
        let now_ms = host::clock::unix_millis();
        let failed = ["thin_history", "forget_nonces"];
        let before = failed.map(failures);
        let store = &school.world.store;
        let outcome = housekeeping::run(store, now_ms, &mut going_on, &stopping).await;
        assert!(outcome.is_err(), "the run is reported as failed");
        let after = failed.map(failures);
        assert!(before[0] < after[0] && before[1] < after[1], "{before:?}, {after:?}");
        assert_eq!(failures("forget_notices"), 0, "by the name of each step");
        assert_eq!(school.world.count(NOTICES).await, 0);
        assert_eq!(going_on.history, "somewhere", "what was not thinned is its turn again");
        sql.batch_execute(
            "alter table not_history rename to snapshot_history; alter table not_nonces rename to spent_nonce",
        )
        .await
        .unwrap();
        let outcome = housekeeping::run(store, now_ms, &mut going_on, &stopping).await;
        outcome.expect("all steps work");
        assert_eq!(going_on, GoingOn::default());
    })
    .await;
}

#[tokio::test]
async fn a_run_ends_with_the_step_at_which_the_host_is_stopped() {
    in_school(async |school: School| {
        leave_an_old_notice(&school).await;
        let mut sql = school.world.sql().await;
        let blocking = backend(&sql).await;
        let tx = sql.transaction().await.unwrap();
        tx.batch_execute("lock table snapshot_history in access exclusive mode")
            .await
            .unwrap();
        let (stop, stopping) = watch::channel(false);
        let stopped = run(&school.world.store, stopping);
        school.world.until_blocked_by(blocking).await;
        stop.send_replace(true);
        tx.rollback().await.unwrap();
        stopped.await.unwrap().expect("the step is done to its end");
        assert_eq!(
            school.world.count(NOTICES).await,
            1,
            "no other is begun with"
        );

        let (_stop, stopping) = watch::channel(false);
        let whole = run(&school.world.store, stopping).await;
        whole.unwrap().expect("all steps work");
        assert_eq!(school.world.count(NOTICES).await, 0);
    })
    .await;
}

/// Ends the connection that waits for a lock of this one.
async fn cut_off(school: &School, blocking: i32) {
    school.world.until_blocked_by(blocking).await;
    let sql = school.world.sql().await;
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity where $1 = any (pg_blocking_pids(pid))";
    let cut = sql.query(cut, &[&blocking]).await.expect("Postgres works");
    assert_eq!(cut.len(), 1);
}

#[tokio::test]
async fn a_run_ends_where_postgres_is_away_and_not_where_one_connection_is_cut() {
    in_school(async |school: School| {
        leave_an_old_notice(&school).await;
        let mut sql = school.world.sql().await;
        let blocking = backend(&sql).await;
        let tx = sql.transaction().await.unwrap();
        tx.batch_execute("lock table snapshot_history in access exclusive mode")
            .await
            .unwrap();
        let (_stop, stopping) = watch::channel(false);
        let goes_on = run(&school.world.store, stopping.clone());
        cut_off(&school, blocking).await;
        assert!(
            goes_on.await.unwrap().is_err(),
            "the run is reported as failed"
        );
        assert_eq!(school.world.count(NOTICES).await, 0, "what is next is done");
        tx.rollback().await.unwrap();

        school.world.store.close();
        let outcome = run(&school.world.store, stopping).await.unwrap();
        assert!(outcome.is_err());
        assert_eq!(
            failures("forget_sign_ins"),
            0,
            "that is not tried without a pool"
        );
    })
    .await;
}

#[tokio::test]
async fn a_case_or_private_notes_with_which_a_connection_is_cut_keep_no_other_ones() {
    in_school(async |school: School| {
        let cases = cases_that_are_due(&school, 1).await;
        let noted_on = leave_notes(&school, 2).await;
        let mut sql = school.world.sql().await;
        let blocking = backend(&sql).await;
        let tx = sql.transaction().await.unwrap();
        for (table, case) in [("cases", &cases[0]), ("private_notes", &noted_on[0])] {
            let lock = format!("select from {table} where case_id = $1 for update");
            tx.query_one(&lock, &[case]).await.unwrap();
        }
        let (_stop, stopping) = watch::channel(false);
        let store = school.world.store.clone();
        let goes_on = tokio::spawn(async move {
            let (mut expired, mut notes) = (String::new(), String::new());
            let deleted = housekeeping::delete_expired(&store, later_ms(), &mut expired, &stopping);
            let deleted = deleted.await;
            let erased = housekeeping::erase_orphaned_notes(&store, 9, &mut notes, &stopping);
            (deleted, erased.await)
        });
        cut_off(&school, blocking).await;
        eventually("the other case is deleted", async || {
            left(&school).await == cases[..1]
        })
        .await;
        cut_off(&school, blocking).await;
        let (deleted, erased) = goes_on.await.unwrap();
        assert!(
            deleted.is_err() && erased.is_err(),
            "each is reported as failed"
        );
        tx.rollback().await.unwrap();
        assert_eq!(left(&school).await, cases[..1]);
        assert_eq!(noted(&school).await, noted_on[..1]);
    })
    .await;
}

/// Stores two versions of each of these cases of which the earlier one is not to be kept. Where one of a bad case would go it takes
/// longer than a statement may, and all of the run with it.
async fn leave_history(school: &School, cases: usize, bad: &str) {
    let sql = school.world.sql().await;
    sql.batch_execute(&format!(
        "insert into snapshot_history (case_id, version, crdt_state, sha256, highlight_count, stored_at)
         select 'case-' || lpad(n::text, 4, '0'), version, '\\x00', sha256('\\x00'), 0, '2020-01-01'
         from generate_series(1, {cases}) as n, generate_series(1, 2) as version;
         create function refuse() returns trigger language plpgsql as $$
         begin raise 'too long' using errcode = 'query_canceled'; end $$;
         create trigger refuse before delete on snapshot_history for each row
         when (old.case_id = '{bad}') execute function refuse()"
    ))
    .await
    .expect("Postgres works");
}

#[tokio::test]
async fn cases_whose_history_cannot_be_thinned_together_or_at_all_keep_no_other_ones() {
    in_school(async |school: School| {
        let cases = usize::try_from(HOUSEKEEPING_CASES_MAX).unwrap() + 1;
        leave_history(&school, cases, "case-0003").await;
        let (store, now_ms) = (&school.world.store, host::clock::unix_millis());
        let mut going_on = GoingOn::default();
        let mut failures = 0;
        let left = "select count(*) from snapshot_history";
        let kept = i64::try_from(cases).unwrap() + 1;
        // Down to one, past the bad one, and up again.
        for _ in 0..40 {
            let outcome = housekeeping::thin_history(store, now_ms, &mut going_on).await;
            failures += i32::from(outcome.is_err());
            if school.world.count(left).await == kept {
                break;
            }
        }
        assert_eq!(school.world.count(left).await, kept, "{failures} failures");
        let bad = "select count(*) from snapshot_history where case_id = 'case-0003'";
        assert_eq!(school.world.count(bad).await, 2);
        assert!(failures > 9, "it was halved: {failures}");

        let sql = school.world.sql().await;
        sql.batch_execute("drop trigger refuse on snapshot_history")
            .await
            .unwrap();
        for _ in 0..20 {
            let outcome = housekeeping::thin_history(store, now_ms, &mut going_on).await;
            outcome.expect("it can be thinned");
        }
        assert_eq!(school.world.count(bad).await, 1, "it is tried again");
        assert_eq!(going_on.history_halved, 0, "as many as before");
    })
    .await;
}

#[tokio::test]
async fn more_texts_that_cannot_be_divided_than_one_run_looks_at_keep_no_other_ones() {
    in_school(async |school: School| {
        let sql = school.world.sql().await;
        // Those that are newer are corrupt, or fail.
        sql.batch_execute(&format!(
            "insert into case_text (sha256, body, created_at)
             select sha256(n::text::bytea), convert_to(case n when 1 then '{{\"text\":\"laches\",\"blocks\":[]}}'
                when 2 then '{{\"text\":\"refused\",\"blocks\":[]}}' else 'x' end, 'utf8'), now() + n * interval '1 s'
             from generate_series(1, {HOUSEKEEPING_TEXTS_MAX} * 2) as n;
             create function keep() returns trigger language plpgsql as $$ begin raise 'kept'; end $$;
             create trigger keep before insert on case_passage for each row
             when (new.body = 'refused') execute function keep()"
        ))
        .await
        .unwrap();
        let (_stop, stopping) = watch::channel(false);
        let mut after = None;
        let mut failures = 0;
        for _ in 0..3 {
            let store = &school.world.store;
            let outcome = housekeeping::divide_texts(store, &mut after, &stopping).await;
            failures += i32::from(outcome.is_err());
        }
        let divided = "select count(*) from case_passage where body = 'laches'";
        assert_eq!((school.world.count(divided).await, failures), (1, 1));
        assert_eq!(after, None, "the others are tried again");
    })
    .await;
}

/// Archives a class whose cases are kept for a day, and says which those are, in the order of their ids: one, and as many as asked
/// for.
async fn cases_that_are_due(school: &School, others: i64) -> Vec<String> {
    let class = school.class().await;
    let sql = school.world.sql().await;
    sql.execute(
        "insert into cases (case_id, class_id, owner_id, title, text_sha256, kind, paragraphs)
         select case_id || '-' || n, class_id, owner_id, title, text_sha256, kind, paragraphs
         from cases, generate_series(1, $2::bigint) as n where case_id = $1",
        &[&class.case, &others],
    )
    .await
    .expect("Postgres works");
    let mut owner = school.owner.browser.clone();
    let path = format!("/api/classes/{}", class.id);
    let days = json!({ "days": 1 });
    assert_eq!(
        owner.put(&format!("{path}/retention"), &days).await.status,
        200
    );
    let archived = json!({ "state": "archived" });
    assert_eq!(owner.patch(&path, &archived).await.status, 200);
    left(school).await
}

/// Which cases there are, in the order of their ids.
async fn left(school: &School) -> Vec<String> {
    let sql = school.world.sql().await;
    let left = "select case_id from cases order by case_id";
    let left = sql.query(left, &[]).await.expect("Postgres works");
    left.iter().map(|row| row.get(0)).collect()
}

/// Lets no case be deleted of which this holds.
async fn keep(school: &School, condition: &str) {
    let sql = school.world.sql().await;
    sql.batch_execute(&format!(
        "create function keep() returns trigger language plpgsql as $$ begin raise 'kept'; end $$;
         create trigger keep before delete on cases for each row when ({condition}) execute function keep()"
    ))
    .await
    .expect("Postgres works");
}

#[tokio::test]
async fn a_case_that_cannot_be_deleted_keeps_no_other_one() {
    in_school(async |school: School| {
        let cases = cases_that_are_due(&school, 1).await;
        keep(&school, &format!("old.case_id = '{}'", cases[0])).await;
        let (_stop, stopping) = watch::channel(false);
        let mut after = String::new();
        let store = &school.world.store;
        let outcome = housekeeping::delete_expired(store, later_ms(), &mut after, &stopping).await;
        assert!(outcome.is_err());
        assert_eq!(left(&school).await, cases[..1]);
        assert_eq!(after, "", "all were tried");
    })
    .await;
}

#[tokio::test]
async fn more_cases_that_cannot_be_deleted_than_one_run_looks_at_keep_no_other_one() {
    in_school(async |school: School| {
        let cases = cases_that_are_due(&school, HOUSEKEEPING_EXPIRED_MAX).await;
        let good = cases.last().unwrap();
        keep(&school, &format!("old.case_id <> '{good}'")).await;
        let (_stop, stopping) = watch::channel(false);
        let mut going_on = GoingOn::default();
        let store = &school.world.store;
        for (there, expected) in [(true, &cases[cases.len() - 2]), (false, &String::new())] {
            let outcome = housekeeping::run(store, later_ms(), &mut going_on, &stopping).await;
            assert_eq!(outcome.is_err(), there);
            assert_eq!(left(&school).await.contains(good), there);
            assert_eq!(&going_on.expired, expected);
        }
        let outcome = housekeeping::run(store, later_ms(), &mut going_on, &stopping).await;
        assert!(outcome.is_err(), "the others are tried again");
    })
    .await;
}

#[tokio::test]
async fn whoever_stops_the_host_waits_for_one_case_that_is_deleted_and_for_no_other() {
    in_school(async |school: School| {
        let cases = cases_that_are_due(&school, 1).await;
        let mut sql = school.world.sql().await;
        let blocking = backend(&sql).await;
        let tx = sql.transaction().await.unwrap();
        let lock = "select from cases where case_id = $1 for update";
        tx.query_one(lock, &[&cases[0]]).await.unwrap();
        let (stop, stopping) = watch::channel(false);
        let store = school.world.store.clone();
        let stopped = tokio::spawn(async move {
            let mut after = String::new();
            let outcome =
                housekeeping::delete_expired(&store, later_ms(), &mut after, &stopping).await;
            (outcome, after)
        });
        school.world.until_blocked_by(blocking).await;
        stop.send_replace(true);
        tx.rollback().await.unwrap();
        let (outcome, mut after) = stopped.await.unwrap();
        outcome.expect("what is begun with is done");
        assert_eq!(left(&school).await, cases[1..]);
        assert_eq!(after, cases[0]);

        let (_stop, stopping) = watch::channel(false);
        let store = &school.world.store;
        let outcome = housekeeping::delete_expired(store, later_ms(), &mut after, &stopping).await;
        outcome.expect("the other one can be deleted");
        assert_eq!(left(&school).await, [""; 0]);
    })
    .await;
}

/// Leaves private notes on so many cases that were deleted; says on which, in the order of their ids.
async fn leave_notes(school: &School, cases: usize) -> Vec<String> {
    let cases: Vec<String> = (0..cases).map(|n| format!("gone-{n:03}")).collect();
    let sql = school.world.sql().await;
    sql.execute(
        "with gone as (
            insert into annotation_document_state (case_id, version, deleted_at)
            select case_id, 1, now() from unnest($1::text[]) as case_id returning case_id
         )
         insert into private_notes (document_id, case_id, user_id) select 'notes-' || case_id, case_id, $2 from gone",
        &[&cases, &school.student.id],
    )
    .await
    .expect("Postgres works");
    cases
}

/// On which cases there are private notes, in the order of their ids.
async fn noted(school: &School) -> Vec<String> {
    let sql = school.world.sql().await;
    let noted = "select case_id from private_notes order by case_id";
    let noted = sql.query(noted, &[]).await.expect("Postgres works");
    noted.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn more_cases_whose_private_notes_cannot_be_erased_than_one_run_comes_to_keep_no_other_one() {
    in_school(async |school: School| {
        let cases = leave_notes(&school, HOUSEKEEPING_NOTES_ERASED_MAX + 1).await;
        let (good, bad) = cases.split_last().unwrap();
        let sql = school.world.sql().await;
        sql.batch_execute(&format!(
            "create function keep() returns trigger language plpgsql as $$ begin raise 'kept'; end $$;
             create trigger keep before delete on private_notes for each row
             when (old.case_id <> '{good}') execute function keep()"
        ))
        .await
        .unwrap();
        let (_stop, stopping) = watch::channel(false);
        let mut going_on = GoingOn::default();
        let (store, now_ms) = (&school.world.store, host::clock::unix_millis());
        let outcome = housekeeping::run(store, now_ms, &mut going_on, &stopping).await;
        assert!(outcome.is_err(), "the run is reported as failed");
        assert_eq!(noted(&school).await, cases, "it came to the others only");
        let outcome = housekeeping::run(store, now_ms, &mut going_on, &stopping).await;
        outcome.expect("what is left can be erased");
        assert_eq!(noted(&school).await, bad);

        sql.batch_execute("drop trigger keep on private_notes")
            .await
            .unwrap();
        let outcome = housekeeping::run(store, now_ms, &mut going_on, &stopping).await;
        outcome.expect("the others are tried again");
        assert_eq!(noted(&school).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn whoever_stops_the_host_waits_for_some_private_notes_that_are_erased_and_for_no_others() {
    in_school(async |school: School| {
        let cases = leave_notes(&school, 2).await;
        let mut sql = school.world.sql().await;
        let blocking = backend(&sql).await;
        let tx = sql.transaction().await.unwrap();
        let lock = "select from private_notes where case_id = $1 for update";
        tx.query_one(lock, &[&cases[0]]).await.unwrap();
        let (stop, stopping) = watch::channel(false);
        let store = school.world.store.clone();
        let stopped = tokio::spawn(async move {
            housekeeping::erase_orphaned_notes(&store, 2, &mut String::new(), &stopping).await
        });
        school.world.until_blocked_by(blocking).await;
        stop.send_replace(true);
        tx.rollback().await.unwrap();
        stopped.await.unwrap().expect("what is begun with is done");
        assert_eq!(noted(&school).await, cases[1..]);
    })
    .await;
}
