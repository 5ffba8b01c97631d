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
    /// Reads the header `Sec-WebSocket-Protocol`.
    pub(crate) fn of(header: Option<&'a str>) -> Self {
        let offered = header.unwrap_or_default().split(',').map(str::trim);
        let mut offered = offered.filter(|name| !name.is_empty());
        if let Some(ours) = offered.clone().find(|name| *name == SUBPROTOCOL) {
            return Self::Known {
                protocol: Protocol::Glossator,
                chosen: Some(ours),
            };
        }
        match offered.clone().next() {
            Some(chosen) if offered.all(|name| name.starts_with(FAMILY)) => {
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
        let offers = [
            "glossator.v1",
            "glossator.v2, glossator.v1",
            " y , glossator.v1,glossator.v0",
        ];
        for offer in offers {
            let ours = Offer::Known {
                protocol: Protocol::Glossator,
                chosen: Some("glossator.v1"),
            };
            assert_eq!(Offer::of(Some(offer)), ours, "{offer}");
        }
    }

    #[test]
    fn who_offers_nothing_of_ours_is_a_stock_client() {
        for offer in [None, Some(""), Some(" , "), Some("y"), Some("Glossator.v1")] {
            assert_eq!(Offer::of(offer), STOCK, "{offer:?}");
        }
        assert_eq!(Offer::of(Some("glossator.v2, y")), STOCK);
    }

    #[test]
    fn who_offers_only_other_versions_of_ours_is_told_so_in_its_own_words() {
        for offer in ["glossator.v2", "glossator.v2, glossator.v3"] {
            let other = Offer::OtherVersion {
                chosen: "glossator.v2",
            };
            assert_eq!(Offer::of(Some(offer)), other, "{offer}");
        }
    }
}
