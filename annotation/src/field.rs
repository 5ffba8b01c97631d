//! One entry of a root map, whichever way a client wrote it: as a nested map or as one JSON value.

use std::{collections::HashMap, sync::Arc};

use yrs::{Any, GetString, Map, MapRef, Number, Out, ReadTxn};

use crate::{
    limits::{ID_CHARS_MAX, MOMENT_CHARS_MAX},
    moment::Moment,
};

/// The entries of a root map with usable ids, in the order of their ids. Empty if there is no such root, or it is no
/// map.
pub(crate) fn entries<T: ReadTxn>(txn: &T, root: &str) -> Vec<(String, Entry)> {
    let Some(map) = txn.get_map(root) else {
        return Vec::new();
    };
    let mut entries: Vec<_> = map
        .iter(txn)
        .filter(|(id, _)| is_usable_id(id))
        .filter_map(|(id, value)| Some((id.to_owned(), Entry::new(value)?)))
        .collect();
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    entries
}

/// Ids are taken as they are or not at all: a changed one could be another's.
pub(crate) fn is_usable_id(id: &str) -> bool {
    !id.is_empty()
        && id.chars().take(ID_CHARS_MAX + 1).count() <= ID_CHARS_MAX
        && !id.chars().any(char::is_control)
}

/// The fields of one entry.
pub(crate) enum Entry {
    Nested(MapRef),
    Plain(Arc<HashMap<String, Any>>),
}

impl Entry {
    pub(crate) fn new(value: Out) -> Option<Self> {
        if let Out::YMap(map) = value {
            return Some(Self::Nested(map));
        }
        if let Out::Any(Any::Map(map)) = value {
            return Some(Self::Plain(map));
        }
        None
    }

    pub(crate) fn value<T: ReadTxn>(&self, txn: &T, name: &str) -> Option<Out> {
        match self {
            Self::Nested(map) => map.get(txn, name),
            Self::Plain(map) => map.get(name).cloned().map(Out::Any),
        }
    }

    /// A text of at most `chars_max` characters, without the control characters that Postgres or a log would choke on;
    /// line breaks and tabs stay. Absent if the field is missing, no text, or nothing is left.
    pub(crate) fn text<T: ReadTxn>(&self, txn: &T, name: &str, chars_max: usize) -> Option<String> {
        let value = self.value(txn, name)?;
        let text = if let Out::YText(text) = &value {
            presentable(&text.get_string(txn), chars_max)
        } else if let Out::Any(Any::String(text)) = &value {
            presentable(text, chars_max)
        } else {
            return None;
        };
        (!text.is_empty()).then_some(text)
    }

    /// An id of something else. Absent if the field is missing or no usable id.
    pub(crate) fn id<T: ReadTxn>(&self, txn: &T, name: &str) -> Option<String> {
        let Out::Any(Any::String(id)) = self.value(txn, name)? else {
            return None;
        };
        is_usable_id(&id).then(|| id.to_string())
    }

    /// A non-negative offset. pycrdt writes integers as floats. Absent if the field is anything else.
    pub(crate) fn offset<T: ReadTxn>(&self, txn: &T, name: &str) -> Option<i32> {
        let offset = i32::try_from(self.integer(txn, name)?).ok()?;
        (offset >= 0).then_some(offset)
    }

    /// A moment, as text or in milliseconds. Absent if the field is anything else.
    pub(crate) fn moment<T: ReadTxn>(&self, txn: &T, name: &str) -> Option<Moment> {
        self.integer(txn, name)
            .map(Moment::Millis)
            .or_else(|| self.text(txn, name, MOMENT_CHARS_MAX).map(Moment::Text))
    }

    fn integer<T: ReadTxn>(&self, txn: &T, name: &str) -> Option<i64> {
        let Out::Any(value) = self.value(txn, name)? else {
            return None;
        };
        integer(&value)
    }
}

/// A moment, as text or in milliseconds. Absent if the value is anything else.
pub(crate) fn moment(value: &Any) -> Option<Moment> {
    if let Any::String(text) = value {
        let text = presentable(text, MOMENT_CHARS_MAX);
        return (!text.is_empty()).then_some(Moment::Text(text));
    }
    integer(value).map(Moment::Millis)
}

fn integer(value: &Any) -> Option<i64> {
    let Any::Number(number) = value else {
        return None;
    };
    match number {
        Number::Int(integer) => Some(*integer),
        Number::Float(float) => {
            let integer = Number::try_i64(*float);
            if let Number::Int(integer) = integer {
                Some(integer)
            } else {
                None
            }
        }
    }
}

fn presentable(text: &str, chars_max: usize) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .take(chars_max)
        .collect()
}
