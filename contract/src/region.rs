//! Where in the world a case's room is best placed.

use std::fmt;

/// A region in which the platform may place a room: its location hints.
///
/// It counts only when the room's object is made for the first time, and is a hint even then: the platform takes the
/// nearest place that it has. A different one later changes nothing and does no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// Western North America.
    Wnam,
    /// Eastern North America.
    Enam,
    /// South America.
    Sam,
    /// Western Europe.
    Weur,
    /// Eastern Europe.
    Eeur,
    /// Asia and the Pacific.
    Apac,
    /// Oceania.
    Oc,
    /// Africa.
    Afr,
    /// The Middle East.
    Me,
}

impl Region {
    /// Every region there is.
    pub const ALL: [Self; 9] = [
        Self::Wnam,
        Self::Enam,
        Self::Sam,
        Self::Weur,
        Self::Eeur,
        Self::Apac,
        Self::Oc,
        Self::Afr,
        Self::Me,
    ];

    /// As written in tokens and stored, and as the platform calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wnam => "wnam",
            Self::Enam => "enam",
            Self::Sam => "sam",
            Self::Weur => "weur",
            Self::Eeur => "eeur",
            Self::Apac => "apac",
            Self::Oc => "oc",
            Self::Afr => "afr",
            Self::Me => "me",
        }
    }

    /// The region of that name, in this spelling only.
    ///
    /// # Errors
    /// If there is none.
    pub fn parse(name: &str) -> Result<Self, UnknownRegion> {
        let mut all = Self::ALL.into_iter();
        all.find(|region| region.as_str() == name)
            .ok_or(UnknownRegion)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such region: say wnam, enam, sam, weur, eeur, apac, oc, afr or me")]
pub struct UnknownRegion;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_has_one_spelling() {
        for region in Region::ALL {
            assert_eq!(Region::parse(region.as_str()), Ok(region));
        }
        for name in ["", "WEUR", "weur ", "eu", "eu-west-1", "eu/west", "auto"] {
            assert_eq!(Region::parse(name), Err(UnknownRegion), "{name}");
        }
    }

    #[test]
    fn whoever_names_no_region_is_told_all_of_them() {
        let words = UnknownRegion.to_string();
        for region in Region::ALL {
            let mut said = words.split(|c: char| !c.is_ascii_lowercase());
            assert!(said.any(|word| word == region.as_str()), "{region}");
        }
    }
}
