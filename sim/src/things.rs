//! What people with roles do to a document: each to what is theirs, and owners to what is anybody's.
//!
//! A thing's key begins with its author's id, so that a deletion can be taken back in the author's name.

use annotation::Role;
use yrs::{Doc, Map, MapPrelim, MapRef, Out, ReadTxn, Transact, TransactionMut};

use crate::{
    edits::{Roots, WORDS, some_key},
    random::Random,
};

/// Who writes, under which client id, for which time, and when.
pub(crate) struct Hand<'a> {
    pub(crate) user: &'a str,
    pub(crate) role: Role,
    pub(crate) client: u64,
    pub(crate) number: u64,
    pub(crate) now_ms: u64,
}

#[derive(Clone, Copy)]
enum Deed {
    Add,
    Change,
    Remove,
    TakeBack,
    Settle,
    Arrange,
    Free,
}

/// Where those who annotate add things, as often as each is named.
const ROOTS: [&str; 6] = [
    "highlights",
    "comments",
    "comments",
    "tags",
    "stickies",
    "strokes",
];

/// What a page has deleted, and may take back.
pub(crate) type Removed = Vec<(&'static str, String)>;

impl Roots {
    /// Makes one change that this role allows; a few of them change nothing.
    pub(crate) fn edit_as(
        &self,
        document: &Doc,
        random: &mut Random,
        hand: &Hand<'_>,
        removed: &mut Removed,
    ) {
        let (free, root) = match hand.role {
            Role::None | Role::Read => return,
            Role::Comment => (0, ["comments", "comments", "stickies"][random.index(3)]),
            Role::Annotate | Role::Own => (5, ROOTS[random.index(ROOTS.len())]),
        };
        let deeds = [
            (3, Deed::Add),
            (3, Deed::Change),
            (2, Deed::Remove),
            (2, Deed::TakeBack),
            (1, Deed::Settle),
            (free / 5, Deed::Arrange),
            (free, Deed::Free),
        ];
        let deed = random.weighted(&deeds).unwrap_or(Deed::Free);
        if matches!(deed, Deed::Free) {
            return self.edit_free(document, random);
        }
        let mut txn = document.transact_mut();
        let map = self.things(root);
        match deed {
            Deed::Add => {
                let key = format!("{}~{}-{}", hand.user, hand.client, hand.number);
                add(map, &mut txn, random, (&key, Some(hand.user)), hand.now_ms);
            }
            Deed::Change => {
                if let Some(Out::YMap(thing)) = hand
                    .some_own(map, &txn, random)
                    .and_then(|key| map.get(&txn, &key))
                {
                    thing.insert(&mut txn, "text", WORDS[random.index(WORDS.len())]);
                }
            }
            Deed::Remove => {
                if let Some(key) = hand.some_own(map, &txn, random) {
                    map.remove(&mut txn, &key);
                    removed.push((root, key));
                }
            }
            Deed::TakeBack => hand.take_back(self, &mut txn, random, removed),
            Deed::Settle => hand.settle(self, &mut txn, random),
            Deed::Arrange => {
                let (root, field) = [("tags", "order"), ("stickies", "x")][random.index(2)];
                let map = self.things(root);
                if let Some(Out::YMap(thing)) =
                    some_key(map, &txn, random).and_then(|key| map.get(&txn, &key))
                {
                    thing.insert(&mut txn, field, random.below(100) as i64);
                }
            }
            Deed::Free => {}
        }
    }

    pub(crate) fn things(&self, root: &str) -> &MapRef {
        match root {
            "highlights" => &self.highlights,
            "tags" => &self.tags,
            "stickies" => &self.stickies,
            "strokes" => &self.strokes,
            _ => &self.comments,
        }
    }
}

impl Hand<'_> {
    /// The key of something that is theirs to change.
    fn some_own(&self, map: &MapRef, txn: &impl ReadTxn, random: &mut Random) -> Option<String> {
        let mut keys: Vec<String> = map.keys(txn).map(str::to_owned).collect();
        keys.retain(|key| self.role == Role::Own || author_of(key) == self.user);
        keys.sort();
        (!keys.is_empty()).then(|| keys.swap_remove(random.index(keys.len())))
    }

    fn take_back(
        &self,
        roots: &Roots,
        txn: &mut TransactionMut<'_>,
        random: &mut Random,
        removed: &mut Removed,
    ) {
        let may = |(root, key): &(&str, String)| {
            let is_own = author_of(key) == self.user;
            let is_theirs = ["comments", "stickies"].contains(root) || self.role >= Role::Annotate;
            is_theirs && (is_own || self.role == Role::Own)
        };
        let Some(place) = removed.iter().rposition(may) else {
            return;
        };
        let (root, key) = removed.swap_remove(place);
        let map = roots.things(root);
        if map.get(txn, &key).is_none() {
            let author = author_of(&key).to_owned();
            add(map, txn, random, (&key, Some(&author)), self.now_ms);
        }
    }

    /// Resolves something of anybody's, or reopens it.
    fn settle(&self, roots: &Roots, txn: &mut TransactionMut<'_>, random: &mut Random) {
        let map = roots.things(["highlights", "comments"][random.index(2)]);
        let Some(Out::YMap(thing)) = some_key(map, txn, random).and_then(|key| map.get(txn, &key))
        else {
            return;
        };
        if thing.remove(txn, "resolved_at").is_some() {
            thing.remove(txn, "resolved_by_id");
        } else {
            thing.insert(txn, "resolved_at", self.now_ms as i64);
            thing.insert(txn, "resolved_by_id", self.user);
        }
    }
}

/// Adds a thing. One field at a time: yrs writes a prepared map in the order of a hash map.
pub(crate) fn add(
    map: &MapRef,
    txn: &mut TransactionMut<'_>,
    random: &mut Random,
    (key, author): (&str, Option<&str>),
    now_ms: u64,
) {
    let thing = map.insert(txn, key, MapPrelim::default());
    if let Some(author) = author {
        thing.insert(txn, "author_id", author);
    }
    thing.insert(txn, "created_at", now_ms as i64);
    thing.insert(txn, "text", WORDS[random.index(WORDS.len())]);
}

/// Whose a thing is by its key.
pub(crate) fn author_of(key: &str) -> &str {
    key.split('~').next().unwrap_or_default()
}
