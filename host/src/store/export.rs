//! What somebody is given of their own: what is about them in Postgres, and what they have made in documents.

use contract::CaseId;
use serde_json::{Map, Value, json};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{Store, StoreError, User};
use crate::limits::{EXPORT_BYTES_MAX, EXPORT_ROWS_MAX};

/// What somebody is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    /// A JSON object; `docs/privacy.md` says what is in it.
    pub content: Value,
}

/// A list of it: its name, and the rows as JSON. The person's id is `$1`, as text; `$2` is how many rows there are at most.
const LISTS: [(&str, &str); 10] = [
    (
        "identities",
        "select json_build_object('issuer', issuer, 'subject', subject, 'email', email, 'email_verified', email_verified,
                'created_at', created_at, 'last_used_at', last_used_at)
         from identities where user_id = $1::text::uuid order by created_at limit $2",
    ),
    (
        "sessions",
        "select json_build_object('way', way, 'agent', agent, 'created_at', created_at, 'last_seen_at', last_seen_at,
                'ends_at', ends_at)
         from sessions where user_id = $1::text::uuid order by created_at desc limit $2",
    ),
    (
        "memberships",
        "select json_build_object('institution', i.name, 'role', m.role, 'source', m.source, 'since', m.created_at)
         from memberships m join institutions i on i.id = m.institution_id
         where m.user_id = $1::text::uuid order by m.created_at limit $2",
    ),
    (
        "classes",
        "select json_build_object('id', k.id, 'name', k.name, 'role', e.role, 'since', e.created_at,
                'is_own', k.owner_id = e.user_id)
         from enrolments e join classes k on k.id = e.class_id
         where e.user_id = $1::text::uuid order by e.created_at limit $2",
    ),
    (
        "roles",
        "select json_build_object('case', g.case_id, 'title', coalesce(c.title, b.title), 'role', g.role,
                'since', g.changed_at, 'was_given_to_you', exists (
                    select from shares s where s.case_id = g.case_id and s.user_id = g.user_id
                    union all
                    select from case_invitations i where i.case_id = g.case_id and i.claimed_by::text = g.user_id
                ))
         from grants g left join cases c on c.case_id = g.case_id left join boards b on b.board_id = g.case_id
         where g.user_id = $1 and g.role is not null order by g.case_id limit $2",
    ),
    (
        "client_tokens",
        "select json_build_object('case', case_id, 'role', role, 'created_at', created_at, 'expires_at', expires_at,
                'revoked_at', revoked_at)
         from client_tokens where user_id = $1 order by created_at desc limit $2",
    ),
    (
        "invitations",
        "select json_build_object('class', k.name, 'role', i.role, 'name', i.name, 'since', i.created_at)
         from roster_invitations i join classes k on k.id = i.class_id
         where i.email = (select lower(email) from users where id = $1::text::uuid) order by i.created_at limit $2",
    ),
    (
        // Whose one is once it was taken up: whoever did that, whosever the address is by now.
        "invitations_to_cases",
        "select json_build_object('case', i.case_id, 'role', i.role, 'since', i.created_at) from case_invitations i
         where i.claimed_by = $1::text::uuid
            or i.claimed_by is null and i.email = (select lower(email) from users where id = $1::text::uuid) order by i.created_at limit $2",
    ),
    (
        "inbox",
        "select json_build_object('case', case_id, 'comment', thing_id, 'kind', kind, 'at', created_at, 'read_at', read_at)
         from notices where user_id = $1::text::uuid order by id desc limit $2",
    ),
    (
        // Not whether somebody has the address that one has shared a case by: owners are told that by no other way either.
        "log",
        "select json_build_object('at', a.at, 'act', a.act, 'case', a.case_id,
                'concerned_you', coalesce(a.subject = p.pseudonym, false), 'detail', a.detail::jsonb - 'is_invitation')
         from pseudonyms p join audit_log a on a.subject = p.pseudonym or a.detail::jsonb ->> 'by' = p.pseudonym::text
         where p.user_id = $1 order by a.seq desc limit $2",
    ),
];

const PROFILE: &str =
    "select json_build_object('user', id, 'name', name, 'email', email, 'created_at', created_at,
        'last_sign_in_at', last_sign_in_at)
     from users where id = $1::text::uuid and erased_at is null";

/// Cases in which somebody may have made something, and whether they brought them.
const CASES: &str = "select c.case_id, coalesce(k.title, b.title) as title,
        coalesce(k.owner_id, b.owner_id)::text = $1 as is_own, n.case_id as notes_on
     from (
        select case_id from grants where user_id = $1 union select case_id from cases where owner_id::text = $1
        union select case_id from highlight where author_id = $1
        union select case_id from highlight_comment where author_id = $1
        union select board_id from board_note where author_id = $1
     ) c left join cases k on k.case_id = c.case_id left join boards b on b.board_id = c.case_id
     left join private_notes n on n.document_id = c.case_id and n.user_id::text = $1
     where $2::text is null or c.case_id = $2
     order by c.case_id";

const TEXT: &str = "select t.body, c.kind, c.created_at::text from cases c join case_text t on t.sha256 = c.text_sha256
     where c.case_id = $1";

impl Store {
    /// What is somebody's own: all of it that fits, or what is theirs in one case.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn export(
        &self,
        user: &User,
        case_id: Option<&CaseId>,
    ) -> Result<Exported, StoreError> {
        let id = user.id.to_string();
        let mut content = Map::new();
        content.insert("format".to_owned(), json!("glossator.person.v1"));
        if case_id.is_none() {
            self.export_account(&id, &mut content).await?;
        }
        let mut left_in_bytes = EXPORT_BYTES_MAX;
        let (mut cases, mut left_out) = (Vec::new(), Vec::new());
        let client = self.client().await?;
        let one = case_id.map(CaseId::as_str);
        let rows = client.query(CASES, &[&id, &one]).await?;
        drop(client);
        for row in &rows {
            let (case_id, title): (String, Option<String>) =
                (row.try_get("case_id")?, row.try_get("title")?);
            let is_own = row.try_get::<_, Option<bool>>("is_own")?.unwrap_or(false);
            let notes_on: Option<String> = row.try_get("notes_on")?;
            let mut case = self
                .export_case(&case_id, &id, is_own, notes_on.is_some())
                .await?;
            let is_given = is_own || notes_on.is_some();
            case["private_notes_on"] = json!(notes_on);
            case["case"] = json!(case_id);
            case["title"] = json!(title);
            let bytes = case.to_string().len();
            // What was asked for by itself is given however long it is: a document and a text are bounded.
            if bytes > left_in_bytes && one.is_none() {
                left_out.push(json!({ "case": case_id, "title": title }));
            } else if is_given || case["made"].as_array().is_some_and(|made| !made.is_empty()) {
                left_in_bytes = left_in_bytes.saturating_sub(bytes);
                cases.push(case);
            }
        }
        content.insert("cases".to_owned(), Value::Array(cases));
        content.insert("left_out".to_owned(), Value::Array(left_out));
        Ok(Exported {
            content: Value::Object(content),
        })
    }

    async fn export_account(
        &self,
        user: &str,
        content: &mut Map<String, Value>,
    ) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        // Moments as elsewhere: of UTC.
        tx.batch_execute("set local time zone 'utc'").await?;
        let profile = tx.query_one(PROFILE, &[&user]).await?;
        content.insert("profile".to_owned(), profile.try_get(0)?);
        for (name, list) in LISTS {
            let rows = tx.query(list, &[&user, &EXPORT_ROWS_MAX]).await?;
            let rows: Result<Vec<Value>, _> = rows.iter().map(|row| row.try_get(0)).collect();
            content.insert(name.to_owned(), Value::Array(rows?));
        }
        Ok(())
    }

    /// What somebody has made in a case, as the store has it: the room may be some seconds ahead. Its text too, if they
    /// brought it.
    async fn export_case(
        &self,
        case_id: &str,
        user: &str,
        is_own: bool,
        is_private: bool,
    ) -> Result<Value, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_opt(
                "select crdt_state from annotation_document_state where case_id = $1 and crdt_state is not null",
                &[&case_id],
            )
            .await?;
        let text = match is_own {
            true => {
                client
                    .query_opt(TEXT, &[&case_id as &(dyn ToSql + Sync)])
                    .await?
            }
            false => None,
        };
        drop(client);
        let mut case = json!({ "made": [], "is_own": is_own });
        if let Some(text) = text {
            let body: Value = serde_json::from_slice(text.try_get(0)?).unwrap_or_default();
            case["text"] = body;
            case["kind"] = text.try_get::<_, String>(1)?.into();
        }
        let Some(row) = row else {
            return Ok(case);
        };
        let bytes: Vec<u8> = row.try_get(0)?;
        let client = self.client().await?;
        let called = client
            .query(
                "select id::text from personas where user_id::text = $1",
                &[&user],
            )
            .await?;
        drop(client);
        let personas: Result<Vec<String>, _> = called.iter().map(|row| row.try_get(0)).collect();
        let mut called = personas?;
        called.push(user.to_owned());
        let work = move || {
            let document = annotation::load_snapshot(&bytes).ok()?;
            let txn = annotation::read(&document).ok()?;
            let made = called
                .iter()
                .flat_map(|id| annotation::belongings(&txn, id));
            let made = made.map(|one| {
                let fields: Value = serde_json::from_str(&one.json).unwrap_or_default();
                json!({ "kind": one.thing.to_string(), "id": one.id, "fields": fields })
            });
            let notes = is_private.then(|| annotation::notes(&txn));
            Some((made.collect::<Vec<_>>(), notes))
        };
        match self.decoding.run((), work).await? {
            Some((made, notes)) => {
                case["made"] = Value::Array(made);
                if let Some(notes) = notes {
                    case["notes"] = notes.into();
                }
            }
            // It is healed when it is next asked for by its room.
            None => case["is_unreadable"] = json!(true),
        }
        Ok(case)
    }

    /// Whoever has this id or this address, unless they were erased.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn find_person(&self, said: &str) -> Result<Option<Uuid>, StoreError> {
        let client = self.client().await?;
        let row = client
            .query_opt(
                "select id from users where erased_at is null and (id::text = lower($1) or lower(email) = lower($1))",
                &[&said],
            )
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}
