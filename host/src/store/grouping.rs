//! What the groups of a roster mean for the sections of a class.

use std::collections::BTreeMap;

use deadpool_postgres::Transaction;
use uuid::Uuid;

use super::{StoreError, sections};
use crate::limits::CLASS_SECTIONS_MAX;

/// The sections of a class by name, as rosters say it. What a roster names first is made.
pub(super) struct Named {
    class: Uuid,
    known: BTreeMap<String, Uuid>,
}

/// In which section the groups of a line put somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grouped {
    /// In this one.
    In(Uuid),
    /// Nothing is said of that.
    Unsaid,
    /// It cannot be told.
    Unclear(&'static str),
}

impl Named {
    pub(super) async fn of(tx: &Transaction<'_>, class: Uuid) -> Result<Self, StoreError> {
        let listed = sections::list(tx, class).await?;
        let known = listed
            .into_iter()
            .map(|section| (section.name.to_lowercase(), section.id));
        Ok(Self {
            class,
            known: known.collect(),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// One group is a section, which is made if there is none of that name. Of several only one may be a section: which
    /// of the others should become one, nobody can tell.
    pub(super) async fn find(
        &mut self,
        tx: &Transaction<'_>,
        groups: &[String],
    ) -> Result<Grouped, StoreError> {
        let known: Vec<Uuid> = groups
            .iter()
            .filter_map(|group| self.known.get(&group.to_lowercase()).copied())
            .collect();
        Ok(match (groups, known.as_slice()) {
            ([], _) => Grouped::Unsaid,
            (_, [section]) => Grouped::In(*section),
            ([_], _) if self.known.len() >= CLASS_SECTIONS_MAX => {
                Grouped::Unclear("the class has as many sections as a class may have")
            }
            ([name], _) => {
                let Some(made) = sections::insert(tx, self.class, name).await? else {
                    return Ok(Grouped::Unclear(
                        "the class has a section of nearly that name",
                    ));
                };
                self.known.insert(name.to_lowercase(), made);
                Grouped::In(made)
            }
            (_, []) => {
                Grouped::Unclear("of several groups none is a section: make the sections first")
            }
            (_, _) => Grouped::Unclear("several groups are sections, and nobody can be in two"),
        })
    }
}
