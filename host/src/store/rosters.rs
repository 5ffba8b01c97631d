//! Rosters: many people at once into a class, and those among them who come later.

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::Transaction;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    ClassRole, Outcome, Store, StoreError,
    audit::{self, Entry},
    enrolments,
    grouping::{Grouped, Named},
    lock, personas, sections,
    settling::{self, Whose},
    users,
};
use crate::{
    limits::CLASS_MEMBERS_MAX,
    roster::{Refusals, RefusedLine, Roster, RosterLine},
};

/// What became of a roster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RosterReport {
    /// People who are in the class since then.
    pub enrolled: usize,
    /// People who will be in it when they sign in.
    pub invited: usize,
    /// People who were in it, or invited, and are something else since then.
    pub changed: usize,
    /// People who were so already.
    pub unchanged: usize,
    /// The lines that were refused, several that go together as one.
    pub refused: Vec<RefusedLine>,
    /// How many lines were refused.
    pub refused_count: usize,
    /// The lines that were taken and whose groups do not tell a section: where they were in none, they still are.
    pub unplaced: Vec<RefusedLine>,
}

/// What is to be written.
#[derive(Default)]
struct Plan<'a> {
    enrol: Vec<(Uuid, ClassRole)>,
    invite: Vec<(&'a RosterLine, ClassRole)>,
    place: Vec<(Uuid, Option<Uuid>)>,
    place_invited: Vec<(&'a str, Option<Uuid>)>,
}

impl Store {
    /// Brings a class up to a roster; whoever is not on it stays. What the roster says nothing of, stays: a line without a
    /// role makes a student of whoever is new. Absent if this person does not lead the class.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn enrol_roster(
        &self,
        class: Uuid,
        by: Uuid,
        mut roster: Roster,
        request_id: &str,
    ) -> Result<Outcome<RosterReport>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let cases = settling::lock_classes(&tx, &[class], &[]).await?;
        if !enrolments::leads(&tx, class, by).await? {
            return Ok(Outcome::Absent);
        }
        let lines = std::mem::take(&mut roster.lines);
        let (grouped, unplaced) = group(&tx, class, &lines).await?;
        let standing = standing(&tx, class, &lines).await?;
        let mut report = RosterReport::default();
        let plan = plan((&lines, &grouped), &standing, &mut report, &mut roster);
        let new = report.enrolled + report.invited;
        if enrolments::count(&tx, class).await? + new > CLASS_MEMBERS_MAX {
            return Ok(Outcome::Conflict(
                "the class would have more people than a class may have",
            ));
        }
        enrolments::put(&tx, class, &plan.enrol).await?;
        invite(&tx, class, &plan.invite).await?;
        let moved = sections::put(&tx, class, &plan.place).await?;
        sections::invite(&tx, class, &plan.place_invited).await?;
        let people: Vec<String> = plan
            .enrol
            .iter()
            .map(|(user, _)| user.to_string())
            .collect();
        let moved: Vec<String> = moved.iter().map(Uuid::to_string).collect();
        let affected = [people.as_slice(), &moved].concat();
        settling::settle(&tx, &cases, Whose::These(&affected)).await?;
        let by = by.to_string();
        let mut entries: Vec<Entry<'_>> = people
            .iter()
            .zip(&plan.enrol)
            .map(|(user, (_, role))| Entry {
                by: Some(&by),
                ..enrolments::enrolled(class, user, Some(*role), request_id)
            })
            .collect();
        entries.push(Entry {
            act: "roster_read",
            case_id: None,
            subject: None,
            by: Some(&by),
            detail: json!({ "class": class, "enrolled": plan.enrol.len(), "invited": plan.invite.len(), "moved": moved.len() }),
            request_id,
        });
        audit::append_all(&tx, &entries).await?;
        tx.commit().await?;
        report.refused = roster.refused.listed;
        report.refused_count = roster.refused.count;
        report.unplaced = unplaced;
        Ok(Outcome::Done(report))
    }

    /// Makes whoever has signed in with a proven address a member of the classes, and gives them the shares, to which that
    /// address was invited. Says how many that are.
    ///
    /// # Errors
    /// If Postgres fails.
    pub async fn claim_invitations(
        &self,
        user: Uuid,
        email: &str,
        request_id: &str,
    ) -> Result<usize, StoreError> {
        let email = email.to_ascii_lowercase();
        let mut client = self.client().await?;
        let tx = client.transaction().await?;
        lock::name_request(&tx, request_id).await?;
        let waiting = tx
            .query(
                "select class_id, null as case_id from roster_invitations where email = $1
                 union all select null, case_id from case_invitations where email = $1 and claimed_by is null",
                &[&email],
            )
            .await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let (mut classes, mut shared) = (Vec::<Uuid>::new(), Vec::<String>::new());
        for row in &waiting {
            classes.extend(row.try_get::<_, Option<Uuid>>("class_id")?);
            shared.extend(row.try_get::<_, Option<String>>("case_id")?);
        }
        let cases = settling::lock_classes(&tx, &classes, &shared).await?;
        if !users::is_somebody(&tx, user).await? {
            return Err(StoreError::Nobody);
        }
        let claimed = claim(&tx, user, &email, (&classes, &shared)).await?;
        personas::give(&tx, &classes).await?;
        let user = user.to_string();
        let all = [cases, shared].concat();
        settling::settle(&tx, &all, Whose::These(std::slice::from_ref(&user))).await?;
        let entries: Vec<Entry<'_>> = claimed
            .iter()
            .map(|(class, case_id, role)| Entry {
                act: "invitation_claimed",
                case_id: case_id.as_deref(),
                subject: Some(&user),
                by: Some(&user),
                detail: json!({ "class": class, "role": role }),
                request_id,
            })
            .collect();
        audit::append_all(&tx, &entries).await?;
        tx.commit().await?;
        Ok(claimed.len())
    }
}

/// The class or the case, and the role.
type Claimed = (Option<Uuid>, Option<String>, String);

/// Turns invitations into what they promise, but for those to a class that is over: they wait. Whoever is in a class already stays what
/// they are. A share that they have already stays as it is, with the other one beside it: it would tell whose the address is.
async fn claim(
    tx: &Transaction<'_>,
    user: Uuid,
    email: &str,
    (classes, cases): (&[Uuid], &[String]),
) -> Result<Vec<Claimed>, StoreError> {
    let rows = tx
        .query(
            "with of_class as (
                delete from roster_invitations i using classes k
                where i.email = $2 and i.class_id = any ($3) and k.id = i.class_id and k.state <> 'archived'
                returning i.class_id, i.role, i.section_id
             ), enrolled as (
                insert into enrolments (class_id, user_id, role, section_id) select class_id, $1, role, section_id from of_class
                on conflict do nothing
             ), beside as (
                update case_invitations i set claimed_by = $1
                where email = $2 and case_id = any ($4) and claimed_by is null
                  and exists (select from shares s where s.case_id = i.case_id and s.user_id = $1::uuid::text)
                returning case_id, role
             ), of_case as (
                delete from case_invitations i where email = $2 and case_id = any ($4) and claimed_by is null
                  and not exists (select from shares s where s.case_id = i.case_id and s.user_id = $1::uuid::text)
                returning case_id, role
             ), shared as (
                insert into shares as s (case_id, user_id, name, role, email)
                select o.case_id, u.id::text, u.name, o.role, $2 from of_case o join users u on u.id = $1
                on conflict (case_id, user_id) do update set role = excluded.role
                where array_position(array['read', 'comment', 'annotate', 'own'], s.role)
                    < array_position(array['read', 'comment', 'annotate', 'own'], excluded.role)
             )
             select class_id, null::text as case_id, role from of_class
             union all select null, case_id, role from of_case
             union all select null, case_id, role from beside",
            &[&user, &email, &classes, &cases],
        )
        .await?;
    let claimed = rows.iter().map(|row| {
        Ok((
            row.try_get("class_id")?,
            row.try_get("case_id")?,
            row.try_get("role")?,
        ))
    });
    claimed.collect()
}

/// What somebody is in a class, and in which section.
type Place = (ClassRole, Option<Uuid>);

/// What is known of the people of a roster, by address.
#[derive(Default)]
struct Standing {
    users: BTreeMap<String, (Uuid, Option<Place>)>,
    invited: BTreeMap<String, Place>,
    owners: BTreeSet<Uuid>,
}

/// Whoever is somebody stays that until the transaction ends, as with [`users::is_somebody`].
async fn standing(
    tx: &Transaction<'_>,
    class: Uuid,
    lines: &[RosterLine],
) -> Result<Standing, StoreError> {
    let emails: Vec<&str> = lines.iter().map(|line| line.email.as_str()).collect();
    let mut standing = Standing::default();
    let users = tx
        .query(
            "select lower(u.email) as email, u.id, e.role, e.section_id, k.owner_id = u.id as is_owner
             from users u join classes k on k.id = $1
             left join enrolments e on e.class_id = k.id and e.user_id = u.id
             where lower(u.email) = any ($2) and u.erased_at is null for key share of u",
            &[&class, &emails],
        )
        .await?;
    for row in &users {
        let id: Uuid = row.try_get("id")?;
        let role: Option<&str> = row.try_get("role")?;
        let section: Option<Uuid> = row.try_get("section_id")?;
        let role = role.map(ClassRole::stored).transpose()?;
        let place = role.map(|role| (role, section));
        standing.users.insert(row.try_get("email")?, (id, place));
        if row.try_get("is_owner")? {
            standing.owners.insert(id);
        }
    }
    let invited = tx
        .query(
            "select email, role, section_id from roster_invitations where class_id = $1 and email = any ($2)",
            &[&class, &emails],
        )
        .await?;
    for row in &invited {
        let role = ClassRole::stored(row.try_get("role")?)?;
        let place = (role, row.try_get("section_id")?);
        standing.invited.insert(row.try_get("email")?, place);
    }
    Ok(standing)
}

/// In which section each line puts somebody, if it does, and of which ones that cannot be told. Without sections nobody misses
/// one.
async fn group(
    tx: &Transaction<'_>,
    class: Uuid,
    lines: &[RosterLine],
) -> Result<(Vec<Option<Uuid>>, Vec<RefusedLine>), StoreError> {
    let mut named = Named::of(tx, class).await?;
    let (mut grouped, mut unplaced) = (Vec::with_capacity(lines.len()), Refusals::default());
    for line in lines {
        grouped.push(match named.find(tx, &line.groups).await? {
            Grouped::In(section) => Some(section),
            Grouped::Unsaid => None,
            Grouped::Unclear(why) => {
                let text = format!("{}, {}", line.email.as_str(), line.groups.join(", "));
                unplaced.add(line.line, text, why);
                None
            }
        });
    }
    let listed = match named.is_empty() {
        true => Vec::new(),
        false => unplaced.listed,
    };
    Ok((grouped, listed))
}

/// Compares what is with what is said, and counts.
fn plan<'a>(
    (lines, grouped): (&'a [RosterLine], &[Option<Uuid>]),
    standing: &Standing,
    report: &mut RosterReport,
    roster: &mut Roster,
) -> Plan<'a> {
    let mut plan = Plan::default();
    for (line, said) in lines.iter().zip(grouped) {
        let email = line.email.as_str();
        let user = standing.users.get(email);
        let earlier = match user {
            Some((_, place)) => *place,
            None => standing.invited.get(email).copied(),
        };
        let role = line.role.or(earlier.map(|(role, _)| role));
        let role = role.unwrap_or(ClassRole::Student);
        let wanted = (role, said.or(earlier.and_then(|(_, section)| section)));
        let is_owner = user.is_some_and(|(id, _)| standing.owners.contains(id));
        if is_owner && earlier.is_none_or(|(earlier, _)| earlier != role) {
            let why = "the owner of a class stays what they are";
            roster.refused.add(line.line, email.to_owned(), why);
            continue;
        }
        match (earlier, user) {
            (Some(earlier), _) if earlier == wanted => {
                report.unchanged += 1;
                continue;
            }
            (Some(_), _) => report.changed += 1,
            (None, Some(_)) => report.enrolled += 1,
            (None, None) => report.invited += 1,
        }
        match user {
            Some((id, _)) => {
                plan.enrol.push((*id, role));
                plan.place.push((*id, wanted.1));
            }
            None => {
                plan.invite.push((line, role));
                plan.place_invited.push((email, wanted.1));
            }
        }
    }
    plan
}

async fn invite(
    tx: &Transaction<'_>,
    class: Uuid,
    people: &[(&RosterLine, ClassRole)],
) -> Result<(), StoreError> {
    let emails: Vec<&str> = people.iter().map(|(line, _)| line.email.as_str()).collect();
    let names: Vec<&str> = people.iter().map(|(line, _)| line.name.as_str()).collect();
    let roles: Vec<&str> = people.iter().map(|(_, role)| role.name()).collect();
    tx.execute(
        "insert into roster_invitations (class_id, email, name, role)
         select $1, * from unnest($2::text[], $3::text[], $4::text[])
         on conflict (class_id, email) do update set role = excluded.role, name = excluded.name",
        &[&class, &emails, &names, &roles],
    )
    .await?;
    Ok(())
}
