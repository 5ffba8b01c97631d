//! Where a new item would stand: beside its neighbours, or in the parent that it names.

use std::collections::BTreeMap;

use super::{
    marks::{Holds, Mark, Place},
    plan::{Plan, Run},
    ranges::Ranges,
};
use crate::decode::{Id, Kind, Malformed, Parent, Refusal, Struct};

impl Plan<'_> {
    /// Where `item`, the next struct of `run`, would stand. Everything that it needs is there.
    pub(super) fn place(
        &mut self,
        item: Id,
        run: &Run,
        head: &Struct<'_>,
        at: usize,
    ) -> Result<Mark, Refusal> {
        let holds = match head.kind {
            Kind::Gc | Kind::Skip => return Ok(Mark::Gone),
            Kind::Deleted => Holds::Nothing,
            Kind::Type => Holds::Type(self.number_type(Some(item))),
            Kind::Format => Holds::Format,
            Kind::Binary | Kind::Text | Kind::Embed | Kind::Any => Holds::Value,
        };
        let left = head.origin.map(|id| self.mark(item.client, run, id));
        let right = head.right_origin.map(|id| self.mark(item.client, run, id));
        let place = match (left, right) {
            (None, None) => match self.place_in_parent(item.client, run, head, holds, at)? {
                Mark::Placed(place) => place,
                Mark::Gone => return Ok(Mark::Gone),
            },
            (Some(Mark::Placed(left)), Some(Mark::Placed(right))) => {
                if self.is_of_peer && left.inside != right.inside {
                    // Yjs would put it into the left one's shared type, but into the right one's where the left one
                    // is no more: each replica somewhere else.
                    return Err(malformed(
                        "item: its neighbours stand in different shared types",
                        at,
                    ));
                }
                Place::between(left, right, holds)
            }
            (Some(Mark::Placed(beside)), None) | (None, Some(Mark::Placed(beside))) => {
                Place { holds, ..beside }
            }
            (Some(Mark::Placed(beside)), Some(Mark::Gone))
            | (Some(Mark::Gone), Some(Mark::Placed(beside))) => {
                self.half_gone.push((beside.inside, at));
                Place { holds, ..beside }
            }
            (Some(Mark::Gone), None | Some(Mark::Gone)) | (None, Some(Mark::Gone)) => {
                return Ok(Mark::Gone);
            }
        };
        // An entry replaces the one before it and stands last, so no one writes what follows it. A forged follower would
        // make it half entry, half element, on which yrs panics, or let the order of arrival decide which entry wins.
        if place.is_entry && head.right_origin.is_some() {
            return Err(malformed("map entry: it has a right neighbour", at));
        }
        if self.is_of_peer {
            place.check_depth().map(Mark::Placed)
        } else {
            Ok(Mark::Placed(place))
        }
    }

    /// Where an item without neighbours would stand.
    fn place_in_parent(
        &mut self,
        client: u64,
        run: &Run,
        head: &Struct<'_>,
        holds: Holds,
        at: usize,
    ) -> Result<Mark, Refusal> {
        let id = match head.parent {
            None => return Ok(Mark::Gone),
            Some(Parent::Root(name)) => {
                let inside = self.root_type(name);
                return Ok(Mark::Placed(Place::in_root(name, inside, head.key, holds)));
            }
            Some(Parent::Item(id)) => id,
        };
        let Mark::Placed(parent) = self.mark(client, run, id) else {
            return Ok(Mark::Gone);
        };
        match parent.holds {
            Holds::Nothing => Ok(Mark::Gone),
            Holds::Type(inside) => {
                let thing = self.thing_at(parent.within);
                Ok(Mark::Placed(parent.inside(inside, head.key, thing, holds)))
            }
            Holds::Value | Holds::Format => {
                Err(malformed("item: its parent is not a shared type", at))
            }
        }
    }

    /// What document and part together have at `id`, while `client`'s `run` is being extended.
    fn mark(&self, client: u64, run: &Run, id: Id) -> Mark {
        let run = if id.client == client {
            Some(run)
        } else {
            self.runs.get(&id.client)
        };
        match run {
            Some(run) if id.clock >= run.clocks.start => run.marks.at(id.clock),
            _ => self.known.mark(id),
        }
    }

    /// Checks those that have lost one neighbour with its place and kept the other: only in a shared type that is
    /// deleted does that happen. Elsewhere Yjs lets such an item go, while yrs lets it stand beside the other one.
    ///
    /// # Errors
    /// If one stands where nothing is deleted.
    pub(crate) fn check_half_gone(&self, deletes: &BTreeMap<u64, Ranges>) -> Result<(), Refusal> {
        let is_dead = |inside: u32| {
            self.holder(inside).is_some_and(|holder| {
                let now = deletes.get(&holder.client);
                self.known.held.is_deleted(holder)
                    || now.is_some_and(|ranges| ranges.contains(holder.clock))
            })
        };
        match self.half_gone.iter().find(|(inside, _)| !is_dead(*inside)) {
            None => Ok(()),
            Some(&(_, at)) => Err(malformed("item: one neighbour of two is gone", at)),
        }
    }
}

fn malformed(what: &'static str, offset: usize) -> Refusal {
    Malformed { what, offset }.into()
}
