//! Who wrote and deleted what of a stored document (SPEC AU7): from what sockets proved, never from what the document says
//! of itself.

use annotation::{Claim, Proof};
use serde::Serialize;

use crate::document::{Document, Stored};

/// So many stretches of either kind are told at most, and so many things; a class leaves some thousands.
const TOLD_MAX: usize = 50_000;

/// What is known of a document's authors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Authorship {
    /// Highlights, comments and tags, deleted ones too, in the order in which they came.
    pub things: Vec<ThingAuthorship>,
    /// Whose each client id is.
    pub client_ids: Vec<ClientIdOwner>,
    /// What was written, by client id and clock.
    pub written: Vec<Stretch>,
    /// What was deleted.
    pub deleted: Vec<Stretch>,
    /// Whether there is more of anything than is told.
    pub is_cut: bool,
}

/// Who made a thing, and who took it away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ThingAuthorship {
    /// As people call it: `highlight`, `comment`, `tag`, `sticky note` or `stroke`.
    pub kind: String,
    /// Its key in its root map.
    pub key: String,
    /// Who made it; absent if that is not known.
    pub made: Option<Deed>,
    /// Whether it was deleted, or replaced under its key.
    pub is_deleted: bool,
    /// Who did that; absent if nobody did or that is not known.
    pub deleted: Option<Deed>,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deed {
    /// The person's id.
    pub user: String,
    /// When the room took it, to the minute or coarser, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// `proven`; `relayed`: who is named only brought it; `disputed`: two rooms of the case say different things.
    pub proof: &'static str,
}

/// Whose a client id is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientIdOwner {
    /// The client id.
    pub client: u64,
    /// The person's id; absent if all that is known under it is hearsay.
    pub user: Option<String>,
    /// Whether two rooms of the case have it as two persons'.
    pub is_disputed: bool,
}

/// Some clocks of a client id, in one hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// The client id.
    pub client: u64,
    /// The first clock.
    pub from: u32,
    /// The clock after the last.
    pub to: u32,
    /// By whom.
    #[serde(flatten)]
    pub by: Deed,
}

/// Says who wrote and deleted what of a stored document: the snapshot, the updates that follow it, and the attributions of
/// all of them, as `Event::DocumentLoaded` tells them.
///
/// # Errors
/// If our decoder finds that it is no document, which is not built; the words hold none of its content.
pub fn authorship(
    snapshot: Option<Vec<u8>>,
    journal: Vec<Vec<u8>>,
    attributions: &[Vec<u8>],
) -> Result<Authorship, String> {
    let stored = Stored {
        client_id: 0,
        snapshot,
        journal,
    };
    let document = Document::read(stored, attributions, None);
    let mut document = document.map_err(|error| error.to_string())?;
    let index = document.index().map_err(|error| error.to_string());
    let (known, attribution) = index?;
    let entries = known.entries();
    let things = entries.map(|(thing, key, item, is_deleted)| ThingAuthorship {
        kind: thing.to_string(),
        key: key.to_owned(),
        made: attribution.writer(item.client, item.clock).map(Deed::of),
        is_deleted,
        deleted: attribution.deleter(item.client, item.clock).map(Deed::of),
    });
    let client_ids = known.state_vector().keys();
    let client_ids = client_ids.map(|&client| ClientIdOwner {
        client,
        user: attribution.owner(client).map(str::to_owned),
        is_disputed: attribution.is_disputed(client),
    });
    let mut is_cut = false;
    let (things, client_ids) = (told(things, &mut is_cut), told(client_ids, &mut is_cut));
    let written = told(attribution.all_written().map(Stretch::of), &mut is_cut);
    let deleted = told(attribution.all_deleted().map(Stretch::of), &mut is_cut);
    Ok(Authorship {
        things,
        client_ids,
        written,
        deleted,
        is_cut,
    })
}

fn told<T>(all: impl Iterator<Item = T>, is_cut: &mut bool) -> Vec<T> {
    let mut all = all.fuse();
    let told = all.by_ref().take(TOLD_MAX).collect();
    *is_cut |= all.next().is_some();
    told
}

impl Deed {
    fn of(claim: Claim<'_>) -> Deed {
        Deed {
            user: claim.user.to_owned(),
            at_ms: claim.at_ms,
            proof: match claim.proof {
                Proof::Proven => "proven",
                Proof::Relayed => "relayed",
                Proof::Disputed => "disputed",
            },
        }
    }
}

impl Stretch {
    fn of((client, clocks, by): (u64, std::ops::Range<u32>, Claim<'_>)) -> Stretch {
        Stretch {
            client,
            from: clocks.start,
            to: clocks.end,
            by: Deed::of(by),
        }
    }
}
