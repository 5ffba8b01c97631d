//! The naive model of the policy: reads the document whole before and after an update, and judges every difference.
//!
//! It knows nothing of updates, marks or neighbours, and has the table of rights in words of its own.

use std::collections::{BTreeMap, BTreeSet};

use annotation::Role;
use yrs::{Any, Doc, Map, Number, Out, ReadTxn, StateVector, Transact};

use crate::reading::{Clock, Place, Reading, Unit};

pub const AHEAD_MAX_MS: i64 = 300_000;

/// What a document is to the model.
pub struct Whole {
    pub reading: Reading,
    /// For each root map of things and key: who made it, and when.
    things: BTreeMap<(String, String), Origin>,
}

/// What the plain data of a thing say.
struct Origin {
    author: Said,
    /// Absent if it says nothing, `None` if that is no moment.
    created: Option<Option<i64>>,
}

#[derive(Clone, PartialEq)]
enum Said {
    Nobody,
    User(String),
    Nonsense,
}

/// The writer and their surroundings.
pub struct Sender<'a> {
    pub user: &'a str,
    pub role: Role,
    pub bindings: &'a BTreeMap<u64, String>,
    pub now_ms: i64,
}

pub const ROOTS: [&str; 5] = ["highlights", "comments", "tags", "stickies", "strokes"];
pub const BOARD: [&str; 2] = ["stickies", "strokes"];

impl Whole {
    pub fn of(doc: &Doc) -> Whole {
        let txn = doc.transact();
        let mut things = BTreeMap::new();
        for root in ROOTS {
            for (key, value) in txn.get_map(root).iter().flat_map(|map| map.iter(&txn)) {
                things.insert((root.to_owned(), key.to_owned()), Origin::of(&txn, &value));
            }
        }
        Whole {
            reading: Reading::of(&txn.encode_diff_v1(&StateVector::default())),
            things,
        }
    }
}

impl Origin {
    fn of(txn: &impl ReadTxn, value: &Out) -> Origin {
        let field = |name: &str| {
            if let Out::YMap(map) = value {
                map.get(txn, name)
            } else if let Out::Any(Any::Map(map)) = value {
                map.get(name).cloned().map(Out::Any)
            } else {
                None
            }
        };
        let is_map = matches!(value, Out::YMap(_) | Out::Any(Any::Map(_)));
        Origin {
            author: match field("author_id") {
                None if is_map => Said::Nobody,
                Some(Out::Any(Any::String(user))) => Said::User(user.to_string()),
                None | Some(_) => Said::Nonsense,
            },
            created: field("created_at").map(moment),
        }
    }

    fn is_by(&self, user: &str) -> bool {
        self.author == Said::User(user.to_owned())
    }
}

fn moment(written: Out) -> Option<i64> {
    if let Out::Any(Any::Number(Number::Int(millis))) = written {
        return Some(millis);
    }
    // The worlds write this one text.
    (written == Out::Any(PAST.into())).then_some(1_000)
}

/// Whether a value may stand at a place, as far as boards bound that.
fn is_sound(place: &Place, value: Option<&Any>) -> bool {
    match (&place.path[..], value) {
        ([Some(_)], Some(Any::Map(fields))) => fields
            .iter()
            .all(|(field, value)| is_sound_field(&place.root, field, Some(value))),
        ([Some(_), Some(field), ..], value) => is_sound_field(&place.root, field, value),
        _ => true,
    }
}

fn is_sound_field(root: &str, field: &str, value: Option<&Any>) -> bool {
    let is_number = |value: &Any, low: f64, high: f64| {
        let Any::Number(number) = value else {
            return false;
        };
        (low..=high).contains(&match number {
            Number::Int(number) => *number as f64,
            Number::Float(number) => *number,
        })
    };
    let is_text = |units: usize| matches!(value, Some(Any::String(text)) if text.encode_utf16().count() <= units);
    match (root, field) {
        ("stickies", "x" | "y" | "z") => value.is_some_and(|value| is_number(value, -1e5, 1e5)),
        ("stickies", "text") => is_text(2_000),
        ("stickies" | "strokes", "colour") => is_text(20),
        ("strokes", "width") => value.is_some_and(|value| is_number(value, 1e-300, 100.0)),
        ("strokes", "points") => match value {
            Some(Any::Array(numbers)) => {
                let all_near = numbers.iter().all(|number| is_number(number, -1e5, 1e5));
                numbers.len() <= 2_000 && numbers.len() % 2 == 0 && all_near
            }
            _ => false,
        },
        _ => true,
    }
}

/// A moment as text.
pub const PAST: &str = "1970-01-01T00:00:01Z";

/// Everything that `sender` may not do of what lies between two readings. `forgives_formats`: whether the deletion of
/// format marks is never held against anybody.
pub fn violations(
    before: &Whole,
    after: &Whole,
    sender: &Sender<'_>,
    forgives_formats: bool,
) -> BTreeSet<String> {
    let mut model = Model {
        before,
        after,
        sender,
        found: BTreeSet::new(),
        made: BTreeSet::new(),
    };
    for (id, unit) in &after.reading.units {
        if !before.reading.units.contains_key(id) {
            model.look_at_new(*id, unit);
        }
    }
    for (id, unit) in &before.reading.units {
        let is_forgiven = forgives_formats && unit.is_format;
        if !unit.is_deleted && !after.reading.is_alive(*id) && !is_forgiven {
            model.look_at_gone(*id, unit);
        }
    }
    model.look_at_made();
    model.found
}

struct Model<'a> {
    before: &'a Whole,
    after: &'a Whole,
    sender: &'a Sender<'a>,
    found: BTreeSet<String>,
    /// Things to be looked at as a whole.
    made: BTreeSet<(String, String)>,
}

impl Model<'_> {
    fn look_at_new(&mut self, id: Clock, unit: &Unit) {
        if let Some(holder) = self.sender.bindings.get(&id.0)
            && holder != self.sender.user
        {
            self.found.insert(format!("a struct of {holder}"));
        }
        if self.sender.role < Role::Comment {
            self.found.insert("a struct of a reader".into());
        }
        let Some(place) = &unit.place else { return };
        let Some((root, key)) = self.thing_of(place) else {
            return;
        };
        if !unit.is_deleted && !is_sound(place, unit.value.as_ref()) {
            self.found.insert(format!("no form of {root}"));
        }
        if place.path.len() == 1 {
            self.made.insert((root.clone(), key.clone()));
            if self.is_there(&root, &key) {
                self.need_own("replaces", &root, &key);
            } else {
                self.need_role(&root);
            }
        } else if self.before.reading.is_alive(place.top) {
            self.look_at_field(place, &root, &key);
        }
    }

    fn look_at_gone(&mut self, id: Clock, unit: &Unit) {
        let place = unit.place.as_ref().expect("what lives has a place");
        let Some((root, key)) = self.thing_of(place) else {
            return;
        };
        if place.path.len() == 1 {
            self.need_own("deletes", &root, &key);
        } else if self.after.reading.is_alive(place.top) {
            self.look_at_field(place, &root, &key);
        }
        assert!(
            self.before.reading.is_alive(place.top),
            "{id:?} outlived what it is in"
        );
    }

    fn look_at_field(&mut self, place: &Place, root: &str, key: &str) {
        let field = place.path[1].as_deref().unwrap_or("");
        match (root, field) {
            (_, "author_id") => {
                self.found.insert(format!("the author of {key}"));
            }
            ("highlights" | "comments", "resolved_at" | "resolved_by" | "resolved_by_id") => {
                if self.sender.role < Role::Comment {
                    self.found.insert("resolves".into());
                }
            }
            ("tags", "order" | "group") => self.need_role(root),
            ("stickies", "x" | "y" | "z") => {
                if self.sender.role < Role::Annotate {
                    self.need_own("moves", root, key);
                }
            }
            _ => self.need_own("changes", root, key),
        }
        if field == "created_at" {
            self.made.insert((root.to_owned(), key.to_owned()));
        }
    }

    /// The thing at a place; what is none is judged here.
    fn thing_of(&mut self, place: &Place) -> Option<(String, String)> {
        let is_root_of_things = ROOTS.contains(&place.root.as_str());
        let role = self.sender.role;
        match (&place.path[0], is_root_of_things) {
            (Some(key), true) => return Some((place.root.clone(), key.clone())),
            (None, true) if role < Role::Own => self.found.insert("beside all things".into()),
            (_, false) if role < Role::Annotate => self.found.insert("free roots".into()),
            _ => false,
        };
        None
    }

    fn is_there(&self, root: &str, key: &str) -> bool {
        self.before
            .things
            .contains_key(&(root.to_owned(), key.to_owned()))
    }

    fn need_role(&mut self, root: &str) {
        let least = if root == "comments" || root == "stickies" {
            Role::Comment
        } else {
            Role::Annotate
        };
        if self.sender.role < least {
            self.found.insert(format!("no role for {root}"));
        }
    }

    fn need_own(&mut self, what: &str, root: &str, key: &str) {
        self.need_role(root);
        // What lives there without a value, as a forged format mark does, nobody sees and nobody owns.
        let Some(origin) = self.before.things.get(&(root.to_owned(), key.to_owned())) else {
            return;
        };
        let is_common = root == "tags" && origin.author == Said::Nobody;
        if !origin.is_by(self.sender.user) && !is_common && self.sender.role < Role::Own {
            self.found.insert(format!("{what} {key} of {root}"));
        }
    }

    /// What was made or replaced says truly whose it is.
    fn look_at_made(&mut self) {
        for thing in std::mem::take(&mut self.made) {
            let Some(origin) = self.after.things.get(&thing) else {
                continue;
            };
            let is_true = match self.before.things.get(&thing) {
                Some(was) => was.author == origin.author,
                None if self.sender.role == Role::Own && self.is_back(&thing) => true,
                None => {
                    origin.is_by(self.sender.user)
                        || (thing.0 == "tags" && origin.author == Said::Nobody)
                }
            };
            if !is_true {
                self.found
                    .insert(format!("says untruly whose {} is", thing.1));
            }
            let latest = self.sender.now_ms + AHEAD_MAX_MS;
            if origin
                .created
                .is_some_and(|created| created.is_none_or(|at| at > latest))
            {
                self.found.insert(format!("{} is of the future", thing.1));
            }
        }
    }

    /// Whether what was made builds on what stood there once.
    fn is_back(&self, (root, key): &(String, String)) -> bool {
        let is_known = |id: &Clock| self.before.reading.units.contains_key(id);
        self.after.reading.units.iter().any(|(id, unit)| {
            let is_it = unit.place.as_ref().is_some_and(|place| {
                place.root == *root && place.path.len() == 1 && place.path[0].as_ref() == Some(key)
            });
            is_it && !is_known(id) && unit.origin.as_ref().is_some_and(is_known)
        })
    }
}
