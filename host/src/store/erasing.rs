//! Erasing a person: what is about them goes at once, in one transaction. What they have left in documents follows
//! (`erasures`, `rewriting`).

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::{GenericClient, Transaction};
use serde_json::json;
use uuid::Uuid;

use super::{
    Store, StoreError,
    audit::{self, Entry},
    by_address::GIVEN,
    erasures::{self, Fate},
    lock, private_notes,
    settling::{self, Whose},
};
use crate::limits::ERASING_LOOKS_MAX;

/// What became of the wish to erase somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EraseOutcome {
    /// They are nobody any more.
    Erased,
    /// There is nobody of that id, or they were erased before.
    Absent,
    /// They own classes that others are in, named here: each is first handed over.
    Owns(Vec<String>),
}

/// What goes of somebody, by their id as a UUID.
const BY_ID: [&str; 6] = [
    "delete from case_invitations where claimed_by = $1",
    "delete from sessions where user_id = $1",
    "delete from identities where user_id = $1",
    "delete from memberships where user_id = $1",
    "delete from enrolments where user_id = $1",
    "delete from notices where user_id = $1",
];

/// By their id as text.
const BY_NAME: [&str; 2] = [
    "delete from shares where user_id = $1",
    "delete from notices where by_id = $1",
];

/// By their address: the one that they have proved, and that is nobody else's now. What providers said besides may be another
/// person's, whose invitations these would be.
const BY_ADDRESS: [&str; 6] = [
    "delete from roster_invitations where email = any ($1)",
    "delete from case_invitations where email = any ($1) and claimed_by is null",
    "delete from promised_memberships where email = any ($1)",
    "delete from mail_links where lower(email) = any ($1)",
    // Whoever was given a share while the address was theirs keeps it, and is named to nobody for that.
    "update shares set email = 'former-address-' || left(gen_random_uuid()::text, 8) || '@example.invalid'
     where lower(email) = any ($1)",
    "update case_invitations set email = 'former-address-' || left(gen_random_uuid()::text, 8) || '@example.invalid'
     where email = any ($1)",
];

impl Store {
    /// Erases somebody, by their own wish or an operator's. Cases that are theirs go to the owner of the class that they are
    /// in, or to somebody who owns them by a share; all others are deleted with them.
    ///
    /// It is one transaction, with a lock for each case that they have to do with or that their classes have: nobody gives them
    /// anything back meanwhile, and nobody is half erased. Postgres has `max_locks_per_transaction` times `max_connections` locks for
    /// all, 6,400 as it comes; somebody with a role on 2,000 cases takes 2,160 of them, for a second. For whom there are not enough
    /// this fails and changes nothing, until an operator raises the one or the other.
    ///
    /// # Errors
    /// If Postgres fails; then nothing was changed.
    pub async fn erase_person(
        &self,
        user: Uuid,
        by_operator: bool,
        request_id: &str,
    ) -> Result<EraseOutcome, StoreError> {
        let mut client = self.client().await?;
        for _ in 0..ERASING_LOOKS_MAX {
            let tx = client.transaction().await?;
            lock::name_request(&tx, request_id).await?;
            // What is theirs is locked before they are, as by whoever gives them something of it.
            let held = Ties::of(&tx, user).await?;
            settling::lock_classes(&tx, &held.classes, &held.cases()).await?;
            if !hold(&tx, user).await? {
                return Ok(EraseOutcome::Absent);
            }
            // From here on nobody makes, joins or is given anything; what came in between is locked the next time.
            let ties = Ties::of(&tx, user).await?;
            if ties.are_within(&held) {
                let erased = erase_held(&tx, (user, by_operator), ties, request_id).await?;
                if erased == EraseOutcome::Erased {
                    tx.commit().await?;
                }
                return Ok(erased);
            }
            tx.rollback().await?;
        }
        Err(StoreError::Unsettled)
    }
}

/// Keeps somebody's account from all others; says whether they have one.
async fn hold(tx: &Transaction<'_>, user: Uuid) -> Result<bool, StoreError> {
    let person = tx
        .query_opt(
            "select from users where id = $1 and erased_at is null for update",
            &[&user],
        )
        .await?;
    Ok(person.is_some())
}

/// What somebody is in, and where they may have left something, as rows say it at a moment.
struct Ties {
    classes: Vec<Uuid>,
    /// By each id that documents call them by: students of anonymous classes are called by other ones there.
    known: BTreeMap<String, Vec<String>>,
}

impl Ties {
    async fn of(tx: &Transaction<'_>, user: Uuid) -> Result<Self, StoreError> {
        let mut known = BTreeMap::new();
        for id in called(tx, user).await? {
            let cases = erasures::known(tx, &id).await?;
            known.insert(id, cases);
        }
        let classes = classes_of(tx, user).await?;
        Ok(Self { classes, known })
    }

    fn cases(&self) -> Vec<String> {
        let cases: BTreeSet<&String> = self.known.values().flatten().collect();
        cases.into_iter().cloned().collect()
    }

    fn are_within(&self, held: &Self) -> bool {
        let cases = held.cases();
        self.classes
            .iter()
            .all(|class| held.classes.contains(class))
            && self
                .cases()
                .iter()
                .all(|case_id| cases.binary_search(case_id).is_ok())
    }
}

/// Erases somebody who is held with all their ties.
async fn erase_held(
    tx: &Transaction<'_>,
    (user, by_operator): (Uuid, bool),
    ties: Ties,
    request_id: &str,
) -> Result<EraseOutcome, StoreError> {
    let owned = owned_with_others(tx, user).await?;
    if !owned.is_empty() {
        let names = owned.into_iter().map(|(_, name)| name);
        return Ok(EraseOutcome::Owns(names.collect()));
    }
    private_notes::erase_of_person(tx, user, request_id).await?;
    let left = leave_cases(tx, user).await?;
    let mut erased = BTreeSet::new();
    for (id, known) in ties.known {
        erased.extend(erasures::begin(tx, &id, by_operator, &left, known).await?);
    }
    let concerned: BTreeSet<&String> = erased.iter().chain(&left.handed_over).collect();
    let concerned: Vec<String> = concerned.into_iter().cloned().collect();
    forget(tx, user).await?;
    settling::settle(tx, &concerned, Whose::These(&[user.to_string()])).await?;
    settling::settle(tx, &left.handed_over, Whose::Everybody).await?;
    tx.execute("select forget_pseudonym($1)", &[&user]).await?;
    let entry = Entry {
        act: "person_erased",
        case_id: None,
        subject: None,
        by: None,
        detail: json!({ "by_operator": by_operator, "cases": erased.len(), "deleted": left.deleted.len() }),
        request_id,
    };
    audit::append(tx, &entry).await?;
    Ok(EraseOutcome::Erased)
}

impl Store {
    /// The classes that somebody owns and that others are in, by id and name.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn classes_owned_with_others(
        &self,
        user: Uuid,
    ) -> Result<Vec<(Uuid, String)>, StoreError> {
        owned_with_others(&self.client().await?, user).await
    }
}

/// What was somebody's alone, and what becomes of it.
pub(super) struct Left {
    /// Cases and boards that others go on with.
    handed_over: Vec<String>,
    /// Cases and boards that go.
    pub(super) deleted: Vec<String>,
}

/// The classes that somebody owns and that others are in.
async fn owned_with_others(
    tx: &impl GenericClient,
    user: Uuid,
) -> Result<Vec<(Uuid, String)>, StoreError> {
    let rows = tx
        .query(
            "select id, name from classes k where owner_id = $1
             and exists (select from enrolments where class_id = k.id and user_id <> $1) order by name, id",
            &[&user],
        )
        .await?;
    let owned = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    owned.collect()
}

/// The ids by which documents call somebody.
async fn called(tx: &Transaction<'_>, user: Uuid) -> Result<Vec<String>, StoreError> {
    let rows = tx
        .query(
            "select $1::uuid::text union select id::text from personas where user_id = $1 order by 1",
            &[&user],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?)
}

/// The classes that somebody is in or owns.
async fn classes_of(tx: &Transaction<'_>, user: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let rows = tx
        .query(
            "select class_id from enrolments where user_id = $1 union select id from classes where owner_id = $1",
            &[&user],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?)
}

/// Hands cases over to the owners of their classes, or to whoever else owns them by a share, and ends the classes that nobody
/// else is in. The names of those may say whose they were.
async fn leave_cases(tx: &Transaction<'_>, user: Uuid) -> Result<Left, StoreError> {
    let strings = |rows: Vec<tokio_postgres::Row>| -> Result<Vec<String>, StoreError> {
        Ok(rows
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()?)
    };
    tx.execute(
        "update classes set name = 'A class that is over', state = 'archived', invite_code = null,
                            state_changed_at = date_trunc('milliseconds', clock_timestamp())
         where owner_id = $1",
        &[&user],
    )
    .await?;
    tx.execute(
        "delete from roster_invitations i using classes k where i.class_id = k.id and k.owner_id = $1",
        &[&user],
    )
    .await?;
    let mut left = Left {
        handed_over: Vec::new(),
        deleted: Vec::new(),
    };
    for (table, id) in [("cases", "case_id"), ("boards", "board_id")] {
        let handed = format!(
            "update {table} c set owner_id = k.owner_id from classes k
             where k.id = c.class_id and c.owner_id = $1 and k.owner_id <> $1 returning c.{id}"
        );
        left.handed_over
            .extend(strings(tx.query(&handed, &[&user]).await?)?);
        // What others own with them is not theirs alone.
        let shared = format!(
            "update {table} c set owner_id = (
                select u.id from {GIVEN} s join users u on u.id::text = s.user_id and u.erased_at is null
                where s.case_id = c.{id} and s.role = 'own' and u.id <> $1 order by s.created_at, u.id limit 1
             )
             where c.owner_id = $1 and exists (
                select from {GIVEN} s join users u on u.id::text = s.user_id and u.erased_at is null
                where s.case_id = c.{id} and s.role = 'own' and u.id <> $1
             ) returning c.{id}"
        );
        left.handed_over
            .extend(strings(tx.query(&shared, &[&user]).await?)?);
        let own = format!("select {id} from {table} where owner_id = $1");
        left.deleted
            .extend(strings(tx.query(&own, &[&user]).await?)?);
    }
    Ok(left)
}

/// Takes away all that is about somebody but their id, which names nobody from now on.
async fn forget(tx: &Transaction<'_>, user: Uuid) -> Result<(), StoreError> {
    let rows = tx
        .query(
            "select lower(email) from users where id = $1 and email is not null",
            &[&user],
        )
        .await?;
    let addresses: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
    let addresses = addresses?;
    for goes in BY_ADDRESS {
        tx.execute(goes, &[&addresses]).await?;
    }
    for goes in BY_ID {
        tx.execute(goes, &[&user]).await?;
    }
    let id = user.to_string();
    for goes in BY_NAME {
        tx.execute(goes, &[&id]).await?;
    }
    let row = tx
        .query_one(
            "update users set name = 'Former participant ' || substr(md5(gen_random_uuid()::text), 1, 4),
                              email = null, last_sign_in_at = null, erased_at = now(),
                              digest = 'never', digest_origin = null, digest_at = null
             where id = $1 returning name",
            &[&user],
        )
        .await?;
    // Rows stay for as long as a token may that they make void.
    tx.execute(
        "update grants set name = $2 where user_id = $1",
        &[&id, &row.try_get::<_, String>(0)?],
    )
    .await?;
    // Behind the grants: whoever issues one holds the grant until it is on record.
    tx.execute("delete from client_tokens where user_id = $1", &[&id])
        .await?;
    Ok(())
}

impl Left {
    pub(super) fn fate(&self, case_id: &String) -> Fate {
        if self.deleted.contains(case_id) {
            Fate::Deleted
        } else {
            Fate::Rewritten
        }
    }
}
