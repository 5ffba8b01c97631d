//! How much a board takes: the form of sticky notes and strokes, and how many there may be (rule RO15 of room/SPEC.md).

use std::{collections::HashMap, fmt};

use yrs::{Any, Map, Number, ReadTxn};

use crate::{
    limits::{
        COLOUR_UNITS_MAX, COORDINATE_MAX, STICKIES_MAX, STICKY_TEXT_UNITS_MAX, STROKE_POINTS_MAX,
        STROKE_WIDTH_MAX, STROKES_MAX,
    },
    rights::{Form, Part, Thing},
};

/// What is wrong with something on a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsound {
    /// Its place is no number, or too far away.
    Place,
    /// This is nothing of the kind, or too large.
    Form(Form),
}

/// What is wrong with a value that stands at this part of a thing, if anything is. What is no plain value, and so could still
/// grow, is `None`, and wrong wherever there is a form.
pub fn unsound(thing: Thing, part: Part, value: Option<&Any>) -> Option<Unsound> {
    let (is_sound, unsound): (fn(&Any) -> bool, _) = match part {
        Part::Arrangement if thing.is_on_board() => (is_coordinate, Unsound::Place),
        Part::Form(form) => (form.check(), Unsound::Form(form)),
        Part::Whole
        | Part::AuthorId
        | Part::CreatedAt
        | Part::Resolution
        | Part::Arrangement
        | Part::Content => return None,
    };
    (!value.is_some_and(is_sound)).then_some(unsound)
}

/// The same of a thing that is written as one value.
pub fn unsound_whole(thing: Thing, fields: &HashMap<String, Any>) -> Option<Unsound> {
    let mut fields = fields.iter();
    fields.find_map(|(name, value)| unsound(thing, thing.part(name), Some(value)))
}

/// How many things of a kind a document may have, if there is a bound.
pub fn count_max(thing: Thing) -> Option<u32> {
    match thing {
        Thing::Sticky => Some(STICKIES_MAX),
        Thing::Stroke => Some(STROKES_MAX),
        Thing::Highlight | Thing::Comment | Thing::Tag => None,
    }
}

/// How many things of a kind there are.
pub fn count(txn: &impl ReadTxn, thing: Thing) -> u32 {
    txn.get_map(thing.root()).map_or(0, |map| map.len(txn))
}

impl Form {
    fn check(self) -> fn(&Any) -> bool {
        match self {
            Form::Text => |value| is_text(value, STICKY_TEXT_UNITS_MAX),
            Form::Colour => |value| is_text(value, COLOUR_UNITS_MAX),
            Form::Points => are_points,
            Form::Width => is_width,
        }
    }
}

fn are_points(value: &Any) -> bool {
    if let Any::Array(numbers) = value {
        !numbers.is_empty()
            && numbers.len() % 2 == 0
            && numbers.len() <= 2 * STROKE_POINTS_MAX
            && numbers.iter().all(is_coordinate)
    } else {
        false
    }
}

fn is_coordinate(value: &Any) -> bool {
    number(value).is_some_and(|number| number.abs() <= COORDINATE_MAX)
}

fn is_width(value: &Any) -> bool {
    number(value).is_some_and(|width| width > 0.0 && width <= STROKE_WIDTH_MAX)
}

fn is_text(value: &Any, units_max: usize) -> bool {
    if let Any::String(text) = value {
        text.encode_utf16().take(units_max + 1).count() <= units_max
    } else {
        false
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "what is too large to be exact is too large to be a place"
)]
fn number(value: &Any) -> Option<f64> {
    let Any::Number(number) = value else {
        return None;
    };
    match number {
        Number::Int(number) => Some(*number as f64),
        Number::Float(number) => number.is_finite().then_some(*number),
    }
}

impl fmt::Display for Unsound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unsound::Place => "stands at no place of the board",
            Unsound::Form(Form::Text) => "has a text that is none, or too long",
            Unsound::Form(Form::Colour) => "has a colour without a name",
            Unsound::Form(Form::Points) => "has points that are none, or too many",
            Unsound::Form(Form::Width) => "has a width that is none, or too wide",
        })
    }
}
