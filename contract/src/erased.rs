//! Who was erased, as the order `erase` says it.

use std::collections::BTreeSet;

use crate::{
    limits::{ERASED_BYTES_MAX, ERASED_PEOPLE_MAX},
    person::Person,
};

/// People who were erased, by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErasedPeople(pub BTreeSet<String>);

impl ErasedPeople {
    /// Writes them as JSON.
    pub fn write(&self) -> Vec<u8> {
        serde_json::to_vec(&self.0).expect("a list of strings has a JSON form")
    }

    /// Reads what [`ErasedPeople::write`] writes.
    ///
    /// # Errors
    /// If it is too long, or names nobody, or somebody who cannot be.
    pub fn read(bytes: &[u8]) -> Result<Self, MalformedErasure> {
        if bytes.len() > ERASED_BYTES_MAX {
            return Err(MalformedErasure);
        }
        let people: BTreeSet<String> =
            serde_json::from_slice(bytes).map_err(|_| MalformedErasure)?;
        let is_sound = |person: &String| Person::new(person, person).is_ok();
        if people.is_empty() || people.len() > ERASED_PEOPLE_MAX || !people.iter().all(is_sound) {
            return Err(MalformedErasure);
        }
        Ok(Self(people))
    }
}

/// The bytes say nothing of who was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an erasure names 1 to {ERASED_PEOPLE_MAX} people in {ERASED_BYTES_MAX} bytes")]
pub struct MalformedErasure;

#[cfg(test)]
mod tests {
    use super::*;

    fn people(names: impl IntoIterator<Item = String>) -> ErasedPeople {
        ErasedPeople(names.into_iter().collect())
    }

    #[test]
    fn people_read_back_as_they_were_written() {
        let many = (0..ERASED_PEOPLE_MAX).map(|number| format!("{}{number:04}", "🎓".repeat(96)));
        for people in [people(["Zoë \"🎓\"".to_owned()]), people(many)] {
            assert_eq!(ErasedPeople::read(&people.write()), Ok(people));
        }
    }

    #[test]
    fn anything_else_is_no_erasure() {
        let too_many = people((0..=ERASED_PEOPLE_MAX).map(|number| number.to_string()));
        for bytes in [
            b"".to_vec(),
            b"[]".to_vec(),
            b"{}".to_vec(),
            b"[1]".to_vec(),
            b"[\"\"]".to_vec(),
            b"[\"a\\nb\"]".to_vec(),
            vec![b' '; ERASED_BYTES_MAX + 1],
            too_many.write(),
        ] {
            let read = ErasedPeople::read(&bytes);
            assert_eq!(
                read,
                Err(MalformedErasure),
                "{}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }
}
