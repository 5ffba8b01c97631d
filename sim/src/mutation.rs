//! Planted bugs: one of them may be switched on to see the oracle catch it.

/// A bug in what stands around the room, or in the room itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// A bug in the room.
    #[cfg(feature = "mutations")]
    Room(room::Mutation),
    /// The host replaces what is stored without looking at what the sender builds on.
    BaseNotChecked,
    /// The host serves what it reads without comparing the hash.
    HashNotChecked,
    /// The host's union forgets what the sender deleted.
    MergeDropsTheDeleteSet,
    /// The shell sends a broadcast to the sockets of another room as well.
    BroadcastToTheWrongRoom,
    /// The shell lets messages out before the writes in front of them are durable.
    OutputGateIgnored,
}

/// At most one planted bug.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Planted(pub(crate) Option<Mutation>);

impl Planted {
    pub(crate) fn is(self, mutation: Mutation) -> bool {
        self.0 == Some(mutation)
    }
}
