//! Boards: made, and seen by those who may. What becomes of one afterwards is as with cases (see `placing`).

use contract::{CaseId, Role};
use serde::Serialize;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Store, StoreError,
    case_states::{self, stricter},
    cases,
    changing::{Students, students_of},
    grants, lock, users,
};
use crate::limits::CASES_LISTED_MAX;

/// A board as somebody sees it who may read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SeenBoard {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// In RFC 3339, UTC.
    pub created_at: String,
    /// What they may do on it, as its state allows.
    pub role: &'static str,
    /// Whether they own it, whatever its state leaves of that.
    pub owned: bool,
    /// Whether it is theirs to delete: only whoever made it may.
    pub deletable: bool,
    /// The stricter one of its own state and its class's.
    pub state: &'static str,
    /// The state that it has by itself, whatever its class's is.
    pub own_state: &'static str,
    /// The class that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Uuid>,
    /// Whether people there have pseudonyms, and this person is told who is behind them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub names: bool,
    /// What the students of its class may do, for whoever owns it.
    #[serde(flatten)]
    pub students: Option<Students>,
}

impl Store {
    /// Makes an empty board, which is its maker's own. Absent if there is a case of that id, which nobody draws twice.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn create_board(
        &self,
        board: &CaseId,
        title: &str,
        owner: Uuid,
        request_id: &str,
    ) -> Result<Option<SeenBoard>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        if !users::is_somebody(&tx, owner).await? {
            return Err(StoreError::Nobody);
        }
        let made = tx
            .execute(
                "insert into boards (board_id, title, owner_id) select $1::text, $2::text, $3::uuid
                 where not exists (select from cases where case_id = $1::text)",
                &[&board.as_str(), &title, &owner],
            )
            .await?;
        if made == 0 {
            return Ok(None);
        }
        cases::own(&tx, board, owner, "board_created", request_id).await?;
        tx.commit().await?;
        drop(client);
        self.seen_board(board, owner).await
    }

    /// The boards that somebody may read, of one class or of all, the newest first.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn seen_boards(
        &self,
        user: Uuid,
        class: Option<Uuid>,
    ) -> Result<Vec<SeenBoard>, StoreError> {
        self.see_boards(user, class, None).await
    }

    /// One board, if this person may read it.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn seen_board(
        &self,
        board: &CaseId,
        user: Uuid,
    ) -> Result<Option<SeenBoard>, StoreError> {
        let seen = self.see_boards(user, None, Some(board)).await?;
        Ok(seen.into_iter().next())
    }

    async fn see_boards(
        &self,
        user: Uuid,
        class: Option<Uuid>,
        board: Option<&CaseId>,
    ) -> Result<Vec<SeenBoard>, StoreError> {
        let client = self.client().await?;
        let one = board.map(CaseId::as_str);
        let rows = client
            .query(
                "select b.board_id, b.title, g.role, s.state, k.state as class_state, b.class_id,
                        b.class_role, k.default_role,
                        b.owner_id is not distinct from $5 as deletable,
                        k.anonymous and exists (
                            select from enrolments e where e.class_id = k.id and e.user_id = $5 and e.role <> 'student'
                        ) as names,
                        to_char(b.created_at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as created_at
                 from grants g join boards b on b.board_id = g.case_id
                 left join case_states s on s.case_id = b.board_id
                 left join classes k on k.id = b.class_id
                 where g.user_id = $1 and g.role is not null
                   and ($2::uuid is null or b.class_id = $2) and ($3::text is null or b.board_id = $3)
                 order by b.created_at desc, b.board_id limit $4",
                &[&user.to_string(), &class, &one, &CASES_LISTED_MAX, &user],
            )
            .await?;
        rows.iter().map(seen_board).collect()
    }
}

fn seen_board(row: &Row) -> Result<SeenBoard, StoreError> {
    let own = case_states::state(row.try_get("state")?)?;
    let state = stricter(own, case_states::state(row.try_get("class_state")?)?);
    let role = grants::role(row.try_get("role")?)?;
    Ok(SeenBoard {
        id: row.try_get("board_id")?,
        title: row.try_get("title")?,
        created_at: row.try_get("created_at")?,
        role: state.cap(role).name(),
        owned: role == Role::Own,
        deletable: row.try_get("deletable")?,
        state: state.name(),
        own_state: own.name(),
        class: row.try_get("class_id")?,
        names: row.try_get::<_, Option<bool>>("names")? == Some(true),
        students: students_of(row, role)?,
    })
}
