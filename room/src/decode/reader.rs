//! A cursor over untrusted bytes.

use super::{Malformed, Refusal, limits};

/// Reads lib0's encoding. It never allocates, and no arithmetic of it can wrap, on 32 bits neither.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes, at: 0 }
    }

    /// A cursor at `at`, which must be an offset that another cursor over the same bytes has told.
    pub(crate) fn resume(bytes: &'a [u8], at: usize) -> Self {
        Reader {
            bytes,
            at: at.min(bytes.len()),
        }
    }

    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn left(&self) -> u64 {
        self.bytes.len().saturating_sub(self.at) as u64
    }

    pub(crate) fn malformed(&self, what: &'static str) -> Malformed {
        Malformed {
            what,
            offset: self.at,
        }
    }

    pub(crate) fn byte(&mut self, what: &'static str) -> Result<u8, Malformed> {
        let byte = *self.bytes.get(self.at).ok_or(Malformed {
            what,
            offset: self.at,
        })?;
        self.at += 1;
        Ok(byte)
    }

    /// A number below 2^53 in at most eight bytes: where yrs and lib0 agree on what it means.
    pub(crate) fn number(&mut self, what: &'static str) -> Result<u64, Malformed> {
        let start = self.at;
        let mut value = 0u64;
        for shift in (0..56).step_by(7) {
            let byte = self.byte(what)?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                if value < limits::CLIENT_END {
                    return Ok(value);
                }
                break;
            }
        }
        Err(Malformed {
            what,
            offset: start,
        })
    }

    /// A number below 2^32 in at most five bytes.
    pub(crate) fn number_u32(&mut self, what: &'static str) -> Result<u32, Malformed> {
        let start = self.at;
        let value = self.number(what)?;
        match u32::try_from(value) {
            Ok(value) if self.at - start <= 5 => Ok(value),
            _ => Err(Malformed {
                what,
                offset: start,
            }),
        }
    }

    /// A signed number of at most 53 bits: six bits and the sign first, then seven a byte.
    pub(crate) fn signed_number(&mut self, what: &'static str) -> Result<(), Malformed> {
        let start = self.at;
        let first = self.byte(what)?;
        let mut value = u64::from(first & 0x3f);
        let mut more = first >= 0x80;
        let mut shift = 6;
        while more {
            if shift > 48 {
                return Err(Malformed {
                    what,
                    offset: start,
                });
            }
            let byte = self.byte(what)?;
            value |= u64::from(byte & 0x7f) << shift;
            more = byte >= 0x80;
            shift += 7;
        }
        if value < limits::CLIENT_END {
            Ok(())
        } else {
            Err(Malformed {
                what,
                offset: start,
            })
        }
    }

    pub(crate) fn skip(&mut self, len: u64, what: &'static str) -> Result<&'a [u8], Malformed> {
        if len > self.left() {
            return Err(self.malformed(what));
        }
        let end = self.at + len as usize;
        let slice = &self.bytes[self.at..end];
        self.at = end;
        Ok(slice)
    }

    /// A length and as many bytes.
    pub(crate) fn buffer(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        let start = self.at;
        let len = self.number_u32(what)?;
        self.skip(u64::from(len), what).map_err(|_| Malformed {
            what,
            offset: start,
        })
    }

    /// A length and as many bytes of UTF-8.
    pub(crate) fn text(&mut self, what: &'static str) -> Result<&'a str, Malformed> {
        let start = self.at;
        let bytes = self.buffer(what)?;
        std::str::from_utf8(bytes).map_err(|_| Malformed {
            what,
            offset: start,
        })
    }

    /// A count of entries of at least `entry_bytes_min` bytes each.
    pub(crate) fn count(
        &mut self,
        entry_bytes_min: u64,
        what: &'static str,
    ) -> Result<u32, Malformed> {
        let start = self.at;
        let count = self.number_u32(what)?;
        if u64::from(count) * entry_bytes_min > self.left() {
            return Err(Malformed {
                what,
                offset: start,
            });
        }
        Ok(count)
    }

    /// Nothing may follow.
    pub(crate) fn finish(&self, what: &'static str) -> Result<(), Refusal> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.malformed(what).into())
        }
    }
}
