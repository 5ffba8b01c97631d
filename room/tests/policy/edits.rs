//! What people do to a document through yrs: what our page does, and what it would never do.

use std::{collections::BTreeMap, sync::Arc};

use annotation::Role;
use yrs::{
    Any, Array, ArrayPrelim, GetString, Map, MapPrelim, MapRef, Out, ReadTxn, Text, TextPrelim,
    TextRef, TransactionMut, WriteTxn,
};

use crate::{
    dice::Dice,
    model::{AHEAD_MAX_MS, BOARD, PAST, ROOTS},
};

/// The clock of the room.
pub const NOW_MS: i64 = 1_000_000_000;

pub const USERS: [&str; 5] = ["rea", "cam", "ann", "abe", "own"];
pub const FIELDS: [&str; 13] = [
    "text",
    "author_id",
    "created_at",
    "resolved_at",
    "resolved_by_id",
    "order",
    "group",
    "tag",
    "quote",
    "x",
    "colour",
    "points",
    "width",
];

/// One edit.
#[derive(Clone, Copy, Debug)]
pub enum Edit {
    Add,
    /// Adds a thing under a key at which there is or was one.
    AddAgain,
    /// Writes the whole thing as one JSON value.
    Flatten,
    Delete,
    Field,
    ClearField,
    Resolve,
    Reopen,
    Arrange,
    /// Makes a field a shared text, or types into it.
    FieldText,
    Type,
    Erase,
    Format,
    OtherRoot,
    /// Writes into a root map of things as if it were a list.
    Beside,
}

const HOSTILE: [Edit; 15] = [
    Edit::Add,
    Edit::AddAgain,
    Edit::Flatten,
    Edit::Delete,
    Edit::Field,
    Edit::ClearField,
    Edit::Resolve,
    Edit::Reopen,
    Edit::Arrange,
    Edit::FieldText,
    Edit::Type,
    Edit::Erase,
    Edit::Format,
    Edit::OtherRoot,
    Edit::Beside,
];

/// For each root and key the last author.
pub type Authors = BTreeMap<(&'static str, String), String>;

/// Who edits, and what they know of deleted things.
pub struct Editor<'a> {
    pub user: &'static str,
    pub dice: &'a mut Dice,
    /// The last author of each thing that there ever was, for taking back a deletion.
    pub authors: &'a Authors,
    /// How many keys were used.
    pub used: &'a mut usize,
}

impl Editor<'_> {
    /// Does whatever comes to mind, allowed or not.
    pub fn do_anything(&mut self, txn: &mut TransactionMut<'_>) {
        let edit = self.dice.one_of(&HOSTILE);
        let root = self.root();
        let key = self.any_key(root);
        let author = self
            .dice
            .chance(50)
            .then_some(self.user)
            .or(self.dice.pick(&USERS));
        self.perform(txn, edit, root, &key, author);
    }

    /// Does what the page offers to somebody of this role, to things that are theirs as far as they know.
    pub fn do_what_is_allowed(&mut self, txn: &mut TransactionMut<'_>, role: Role) {
        let edit = match role {
            Role::None | Role::Read => return,
            Role::Comment => self.dice.one_of(&[
                Edit::Add,
                Edit::Field,
                Edit::Delete,
                Edit::Resolve,
                Edit::Reopen,
                Edit::AddAgain,
                Edit::Arrange,
            ]),
            Role::Annotate | Role::Own => self.dice.one_of(&[
                Edit::Add,
                Edit::Field,
                Edit::Delete,
                Edit::Resolve,
                Edit::Reopen,
                Edit::AddAgain,
                Edit::Arrange,
                Edit::Type,
                Edit::Type,
                Edit::Erase,
                Edit::Format,
                Edit::OtherRoot,
                Edit::FieldText,
            ]),
        };
        let root = match role {
            Role::Comment => self.dice.one_of(&["comments", "stickies"]),
            Role::None | Role::Read | Role::Annotate | Role::Own => self.root(),
        };
        match edit {
            Edit::Resolve | Edit::Reopen => {
                let root = self.dice.one_of(&["highlights", "comments"]);
                let key = self.any_key(root);
                self.perform(txn, edit, root, &key, None);
            }
            Edit::Arrange if role == Role::Comment => {
                let mine = self.mine(txn, "stickies", role);
                if let Some(key) = self.dice.pick(&mine) {
                    self.perform(txn, edit, "stickies", &key, None);
                }
            }
            Edit::Arrange => {
                let root = self.dice.one_of(&["tags", "stickies"]);
                let key = self.any_key(root);
                self.perform(txn, edit, root, &key, None);
            }
            // What is on a board has no shared texts.
            Edit::FieldText if BOARD.contains(&root) => {}
            Edit::Field | Edit::Delete | Edit::FieldText => {
                let mine = self.mine(txn, root, role);
                if let Some(key) = self.dice.pick(&mine) {
                    self.perform(txn, edit, root, &key, None);
                }
            }
            Edit::AddAgain => {
                // A deletion is taken back by the author, or by the owner.
                let key = self.any_key(root);
                let author = self.authors.get(&(root, key.clone())).cloned();
                let is_mine = role == Role::Own || author.as_deref() == Some(self.user);
                if is_mine && things(txn, root).get(txn, &key).is_none() {
                    self.perform(txn, edit, root, &key, author.as_deref());
                }
            }
            Edit::Add
            | Edit::Flatten
            | Edit::ClearField
            | Edit::Type
            | Edit::Erase
            | Edit::Format
            | Edit::OtherRoot
            | Edit::Beside => {
                self.perform(txn, edit, root, "", Some(self.user));
            }
        }
    }

    fn root(&mut self) -> &'static str {
        self.dice.one_of(&[
            "highlights",
            "comments",
            "comments",
            "tags",
            "stickies",
            "strokes",
        ])
    }

    /// A key that was used in this root at some time, or in another one.
    fn any_key(&mut self, root: &'static str) -> String {
        let keys: Vec<_> = self.authors.keys().filter(|(of, _)| *of == root).collect();
        let key = self.dice.pick(&keys).map(|(_, key)| key.clone());
        key.unwrap_or_else(|| "k0".to_owned())
    }

    /// Nested things of a root that are the editor's.
    fn mine(&self, txn: &mut TransactionMut<'_>, root: &'static str, role: Role) -> Vec<String> {
        let map = things(txn, root);
        let keys = self
            .authors
            .keys()
            .filter(|(of, _)| *of == root)
            .map(|(_, key)| key.clone());
        keys.filter(|key| match map.get(txn, key) {
            Some(Out::YMap(thing)) => {
                let author = thing.get(txn, "author_id");
                role == Role::Own
                    || author == Some(Out::Any(Any::String(self.user.into())))
                    || (root == "tags" && author.is_none())
            }
            _ => false,
        })
        .collect()
    }

    fn perform(
        &mut self,
        txn: &mut TransactionMut<'_>,
        edit: Edit,
        root: &'static str,
        key: &str,
        author: Option<&str>,
    ) {
        match edit {
            Edit::Add => {
                *self.used += 1;
                self.add(txn, root, &format!("k{}", *self.used), author);
            }
            Edit::AddAgain => self.add(txn, root, key, author),
            Edit::Flatten => {
                let text = [("text".to_owned(), Any::from("flat"))];
                let author = author.map(|author| ("author_id".to_owned(), Any::from(author)));
                let fields = text.into_iter().chain(author).collect();
                things(txn, root).insert(txn, key, Any::Map(Arc::new(fields)));
            }
            Edit::Delete => {
                things(txn, root).remove(txn, key);
            }
            Edit::Field => {
                let field = if author.is_some() {
                    self.dice.one_of(&FIELDS)
                } else {
                    self.dice.one_of(&["text", "tag", "quote", "order"])
                };
                let value = match author {
                    Some(_) if BOARD.contains(&root) && self.dice.chance(50) => form(field),
                    _ => self.value(field),
                };
                if let Some(thing) = thing(txn, root, key) {
                    thing.insert(txn, field, value);
                }
            }
            Edit::ClearField => {
                let field = self.dice.one_of(&FIELDS);
                if let Some(thing) = thing(txn, root, key) {
                    thing.remove(txn, field);
                }
            }
            Edit::Resolve => {
                if let Some(thing) = thing(txn, root, key) {
                    thing.insert(txn, "resolved_at", NOW_MS);
                    thing.insert(txn, "resolved_by_id", self.user);
                }
            }
            Edit::Reopen => {
                if let Some(thing) = thing(txn, root, key) {
                    thing.remove(txn, "resolved_at");
                    thing.remove(txn, "resolved_by_id");
                }
            }
            Edit::Arrange => {
                let is_sticky = root == "stickies";
                let place: [(&str, Any); 2] = if is_sticky {
                    [("x", 12.into()), ("y", (-4.5).into())]
                } else {
                    [("order", "a1".into()), ("group", "g".into())]
                };
                let root = if is_sticky { root } else { "tags" };
                if let Some(thing) = thing(txn, root, key) {
                    for (field, value) in place {
                        thing.insert(txn, field, value);
                    }
                }
            }
            Edit::FieldText => self.write_shared_text(txn, root, key, author.is_some()),
            Edit::Type | Edit::Erase | Edit::Format => {
                let notes = txn.get_or_insert_text("notes");
                self.write_text(txn, &notes, edit);
            }
            Edit::OtherRoot => {
                let list = txn.get_or_insert_array("list");
                match self.dice.below(3) {
                    0 if list.len(txn) > 0 => list.remove(txn, 0),
                    1 => {
                        list.push_back(txn, ArrayPrelim::from([1, 2]));
                    }
                    _ => {
                        list.push_back(txn, self.user);
                    }
                }
            }
            Edit::Beside => {
                txn.get_or_insert_array(root).push_back(txn, "beside");
            }
        }
    }

    fn add(
        &mut self,
        txn: &mut TransactionMut<'_>,
        root: &'static str,
        key: &str,
        author: Option<&str>,
    ) {
        let mut fields: Vec<(&str, Any)> = vec![("text", "words".into()), ("tag", "t".into())];
        // What every case starts with has no author.
        let is_unsigned = root == "tags" && self.dice.chance(50);
        if !is_unsigned {
            fields.extend(author.map(|author| ("author_id", author.into())));
        }
        fields.push(("created_at", self.past()));
        if BOARD.contains(&root) {
            let names = ["x", "colour", "points", "width"];
            fields.extend(names.map(|name| (name, form(name))));
        }
        // One by one: a prelim is a hash map, and its order another one each time.
        let thing = things(txn, root).insert(txn, key, MapPrelim::default());
        for (name, value) in fields {
            thing.insert(txn, name, value);
        }
    }

    fn past(&mut self) -> Any {
        match self.dice.below(3) {
            0 => PAST.into(),
            1 => (NOW_MS + AHEAD_MAX_MS).into(),
            _ => NOW_MS.into(),
        }
    }

    fn value(&mut self, field: &str) -> Any {
        match field {
            "author_id" => self.dice.one_of(&USERS).into(),
            "created_at" => match self.dice.below(3) {
                0 => (NOW_MS + AHEAD_MAX_MS + 1).into(),
                1 => "tomorrow".into(),
                _ => self.past(),
            },
            _ => "changed".into(),
        }
    }

    fn write_shared_text(
        &mut self,
        txn: &mut TransactionMut<'_>,
        root: &'static str,
        key: &str,
        is_any: bool,
    ) {
        let field = if is_any {
            self.dice.one_of(&FIELDS)
        } else {
            self.dice.one_of(&["text", "quote"])
        };
        let Some(thing) = thing(txn, root, key) else {
            return;
        };
        match thing.get(txn, field) {
            Some(Out::YText(text)) => {
                let edit = self.dice.one_of(&[Edit::Type, Edit::Erase, Edit::Format]);
                self.write_text(txn, &text, edit);
            }
            _ => {
                thing.insert(txn, field, TextPrelim::new("shared"));
            }
        }
    }

    fn write_text(&mut self, txn: &mut TransactionMut<'_>, text: &TextRef, edit: Edit) {
        // Of what was forged into a text yrs removes nothing by its offset.
        let is_plain = text.get_string(txn).encode_utf16().count() == text.len(txn) as usize;
        let len = if is_plain { text.len(txn) as usize } else { 0 };
        let at = self.dice.below(len + 1);
        let end = at + self.dice.below(len - at + 1);
        let (at, len) = (at as u32, (end - at) as u32);
        if len > 0 && matches!(edit, Edit::Erase) {
            text.remove_range(txn, at, len);
        } else if len > 0 && matches!(edit, Edit::Format) {
            let value = self.dice.one_of(&[Some(true), Some(true), None]);
            text.format(txn, at, len, [("b".into(), value.into())].into());
        } else {
            text.insert(txn, at, "xy");
        }
    }
}

/// What may stand on a board.
fn form(field: &str) -> Any {
    match field {
        "x" => 7.into(),
        "width" => 2.5.into(),
        "points" => Any::from(vec![
            Any::from(1),
            Any::from(2),
            Any::from(3.5),
            Any::from(4),
        ]),
        _ => "yellow".into(),
    }
}

fn things(txn: &mut TransactionMut<'_>, root: &'static str) -> MapRef {
    txn.get_or_insert_map(root)
}

fn thing(txn: &mut TransactionMut<'_>, root: &'static str, key: &str) -> Option<MapRef> {
    match things(txn, root).get(txn, key) {
        Some(Out::YMap(thing)) => Some(thing),
        _ => None,
    }
}

/// Notes whoever the plain data say has made each thing.
pub fn note_authors(txn: &impl ReadTxn, authors: &mut Authors) {
    for root in ROOTS {
        for (key, value) in txn.get_map(root).iter().flat_map(|map| map.iter(txn)) {
            let mut author = String::new();
            if let Out::YMap(thing) = value
                && let Some(Out::Any(Any::String(user))) = thing.get(txn, "author_id")
            {
                author = user.to_string();
            }
            authors.insert((root, key.to_owned()), author);
        }
    }
}
