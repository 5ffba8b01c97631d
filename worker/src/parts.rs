//! Bytes cut into parts that fit a row, and put together again.
//!
//! A row of the platform's SQLite holds 2 MB in production and more locally, so the bound is enforced here. Every part
//! says how many there are: without that a missing last part would go unseen.

/// The largest part.
pub(crate) const PART_BYTES_MAX: usize = 1024 * 1024;

/// One row's worth of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Which of them, from 0.
    pub(crate) part: i64,
    /// How many there are.
    pub(crate) parts: i64,
    pub(crate) bytes: Vec<u8>,
}

/// The rows are not the parts of one whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("part {part} of {parts} was found where part {expected} belongs")]
pub(crate) struct Torn {
    part: i64,
    parts: i64,
    expected: i64,
}

/// Cuts bytes into at least one part.
pub(crate) fn split(bytes: &[u8]) -> impl Iterator<Item = Part> {
    let parts = bytes.len().div_ceil(PART_BYTES_MAX).max(1) as i64;
    (0..parts).map(move |part| {
        let rest = bytes
            .get(part as usize * PART_BYTES_MAX..)
            .unwrap_or_default();
        let bytes = rest.get(..PART_BYTES_MAX).unwrap_or(rest).to_vec();
        Part { part, parts, bytes }
    })
}

/// Puts parts together that come in order.
#[derive(Debug, Default)]
pub(crate) struct Assembly {
    next: i64,
    bytes: Vec<u8>,
}

impl Assembly {
    /// Takes the next part; gives the whole back with the last one.
    ///
    /// # Errors
    /// If it is not the next part.
    pub(crate) fn push(&mut self, part: Part) -> Result<Option<Vec<u8>>, Torn> {
        let Part { part, parts, bytes } = part;
        if part != self.next || part >= parts {
            return Err(Torn {
                part,
                parts,
                expected: self.next,
            });
        }
        if part == 0 {
            self.bytes = bytes;
        } else {
            self.bytes.extend_from_slice(&bytes);
        }
        self.next += 1;
        if self.next < parts {
            return Ok(None);
        }
        self.next = 0;
        Ok(Some(std::mem::take(&mut self.bytes)))
    }

    /// Whether the last part of something is still missing.
    pub(crate) fn is_torn(&self) -> bool {
        self.next != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assemble(parts: impl IntoIterator<Item = Part>) -> Result<Option<Vec<u8>>, Torn> {
        let mut assembly = Assembly::default();
        let mut whole = None;
        for part in parts {
            whole = assembly.push(part)?;
        }
        Ok(whole)
    }

    #[test]
    fn bytes_of_every_length_come_back_whole() {
        for length in [
            0,
            1,
            PART_BYTES_MAX - 1,
            PART_BYTES_MAX,
            PART_BYTES_MAX + 1,
            3 * PART_BYTES_MAX,
        ] {
            let bytes: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let parts: Vec<Part> = split(&bytes).collect();
            assert!(parts.iter().all(|part| part.bytes.len() <= PART_BYTES_MAX));
            assert_eq!(parts.len(), length.div_ceil(PART_BYTES_MAX).max(1));
            assert_eq!(assemble(parts), Ok(Some(bytes)));
        }
    }

    #[test]
    fn a_missing_or_foreign_part_is_torn() {
        let parts: Vec<Part> = split(&vec![1; 3 * PART_BYTES_MAX]).collect();
        assert!(assemble(parts[1..].to_vec()).is_err());
        assert!(assemble([parts[0].clone(), parts[2].clone()]).is_err());
        assert!(assemble([parts[0].clone(), parts[0].clone()]).is_err());
        assert!(
            assemble([Part {
                part: 2,
                parts: 2,
                bytes: vec![]
            }])
            .is_err()
        );
    }

    #[test]
    fn a_missing_last_part_is_seen() {
        let parts: Vec<Part> = split(&vec![1; 2 * PART_BYTES_MAX]).collect();
        let mut assembly = Assembly::default();
        assert_eq!(assembly.push(parts[0].clone()), Ok(None));
        assert!(assembly.is_torn());
    }
}
