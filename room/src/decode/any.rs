//! lib0's `Any`: the binary form of a JSON value.

use super::{Reader, Refusal, limits};

/// Steps over one value and adds to `values` how many it is made of.
pub(crate) fn skip_any(reader: &mut Reader<'_>, values: &mut u32) -> Result<(), Refusal> {
    skip_nested(reader, values, 1)
}

fn skip_nested(reader: &mut Reader<'_>, values: &mut u32, depth: u32) -> Result<(), Refusal> {
    if depth > limits::DEPTH_MAX {
        return Err(Refusal::TooDeep {
            max: limits::DEPTH_MAX,
        });
    }
    *values = values.saturating_add(1);
    let tag = reader.byte("value")?;
    match tag {
        // undefined, null, false, true
        127 | 126 | 121 | 120 => {}
        125 => reader.signed_number("whole number")?,
        124 => {
            reader.skip(4, "float")?;
        }
        123 | 122 => {
            reader.skip(8, "float or big integer")?;
        }
        119 => {
            reader.text("string value")?;
        }
        118 => {
            // An entry is a key's length and a value's tag at least.
            for _ in 0..reader.count(2, "object entry count")? {
                reader.text("object key")?;
                skip_nested(reader, values, depth + 1)?;
            }
        }
        117 => {
            for _ in 0..reader.count(1, "array value count")? {
                skip_nested(reader, values, depth + 1)?;
            }
        }
        116 => {
            reader.buffer("binary value")?;
        }
        _ => return Err(reader.malformed("value tag").into()),
    }
    Ok(())
}
