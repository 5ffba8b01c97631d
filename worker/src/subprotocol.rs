//! Which subprotocol an upgrade is answered with. A browser takes an answer without one of those that it offered for a
//! failed connection, and would never see the close code in it.

use room::{Protocol, glossator::SUBPROTOCOL};

/// Every version of our own protocol begins so.
const FAMILY: &str = "glossator.";

/// What an upgrade offers to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer<'a> {
    /// What rooms speak.
    Known {
        protocol: Protocol,
        /// What the answer chooses of the offer, if there is one.
        chosen: Option<&'a str>,
    },
    /// Nothing but versions of our own protocol that are not spoken here.
    OtherVersion {
        /// One of them, so that the client can be told.
        chosen: &'a str,
    },
}

impl<'a> Offer<'a> {
    /// Reads the names that are offered, in their order: without the token among them, which no answer may repeat.
    pub(crate) fn of(names: &[&'a str]) -> Self {
        if let Some(ours) = names.iter().find(|name| **name == SUBPROTOCOL) {
            return Self::Known {
                protocol: Protocol::Glossator,
                chosen: Some(ours),
            };
        }
        match names.first() {
            Some(chosen) if names.iter().all(|name| name.starts_with(FAMILY)) => {
                Self::OtherVersion { chosen }
            }
            Some(_) | None => Self::Known {
                protocol: Protocol::Stock,
                chosen: None,
            },
        }
    }

    /// What the answer chooses of the offer.
    pub(crate) fn chosen(self) -> Option<&'a str> {
        match self {
            Self::Known { chosen, .. } => chosen,
            Self::OtherVersion { chosen } => Some(chosen),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STOCK: Offer<'static> = Offer::Known {
        protocol: Protocol::Stock,
        chosen: None,
    };

    #[test]
    fn our_version_is_chosen_wherever_it_stands() {
        let offers: [&[&str]; 3] = [
            &["glossator.v1"],
            &["glossator.v2", "glossator.v1"],
            &["y", "glossator.v1", "glossator.v0"],
        ];
        for offer in offers {
            let ours = Offer::Known {
                protocol: Protocol::Glossator,
                chosen: Some("glossator.v1"),
            };
            assert_eq!(Offer::of(offer), ours, "{offer:?}");
        }
    }

    #[test]
    fn who_offers_nothing_of_ours_is_a_stock_client() {
        let offers: [&[&str]; 4] = [&[], &["y"], &["Glossator.v1"], &["glossator.v2", "y"]];
        for offer in offers {
            assert_eq!(Offer::of(offer), STOCK, "{offer:?}");
        }
    }

    #[test]
    fn who_offers_only_other_versions_of_ours_is_told_so_in_its_own_words() {
        let offers: [&[&str]; 2] = [&["glossator.v2"], &["glossator.v2", "glossator.v3"]];
        for offer in offers {
            let other = Offer::OtherVersion {
                chosen: "glossator.v2",
            };
            assert_eq!(Offer::of(offer), other, "{offer:?}");
        }
    }
}
