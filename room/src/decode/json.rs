//! JSON text: in embeds and formats, which yrs parses, and in presence, which is only passed on.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Malformed, Refusal, limits};

/// Checks text that yrs is going to parse, as strictly as it does, and adds to `values` how many values it holds.
pub(crate) fn check_content(text: &str, values: &mut u32, offset: usize) -> Result<(), Refusal> {
    check_depth(text)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Value { values }
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|_| {
            Malformed {
                what: "JSON",
                offset,
            }
            .into()
        })
}

/// Checks text that no one here parses. More lenient than `check_content`: `JSON.stringify` writes halves of surrogate
/// pairs as escapes, which a browser reads back and Rust's parser does not.
pub(crate) fn check_opaque(text: &str, offset: usize) -> Result<(), Refusal> {
    check_depth(text)?;
    serde_json::from_str::<IgnoredAny>(text).map_err(|_| Malformed {
        what: "JSON",
        offset,
    })?;
    Ok(())
}

/// Counts brackets outside strings, before a parser spends memory or stack on them.
fn check_depth(text: &str) -> Result<(), Refusal> {
    let mut depth = 0u32;
    let mut in_string = false;
    let mut is_escaped = false;
    for byte in text.bytes() {
        if in_string {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => {
                depth += 1;
                if depth > limits::DEPTH_MAX {
                    return Err(Refusal::TooDeep {
                        max: limits::DEPTH_MAX,
                    });
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// Visits a value as a parser would that keeps it, and keeps nothing.
struct Value<'v> {
    values: &'v mut u32,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self.values = self.values.saturating_add(1);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        // yrs keeps whole numbers as i64 and refuses larger ones.
        i64::try_from(value).map(|_| ()).map_err(E::custom)
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq
            .next_element_seed(Value {
                values: &mut *self.values,
            })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<Cow<'de, str>>()?.is_some() {
            map.next_value_seed(Value {
                values: &mut *self.values,
            })?;
        }
        Ok(())
    }
}
