//! Planted bugs: one of them may be switched on, under the feature `mutations`, to see the simulator catch it.
//!
//! Each hook is one condition in the code that the bug would spoil. Without the feature nothing can switch one on.

/// A bug that a room could have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// An update is shown before it is appended.
    FanOutBeforeAppend,
    /// An update is shown to its author as well.
    AuthorIsShownToo,
    /// An archive that was confirmed cleans the room, whatever was edited meanwhile.
    DirtyIsAFlag,
    /// Nothing wakes the object to archive.
    NoAlarmWhileDirty,
    /// A union is built upon without taking in what it holds.
    UnionNotTaken,
    /// Whoever leaves is still said to be here.
    PresenceNotRemoved,
    /// A host that does not answer is taken for one that holds nothing.
    FailedRestoreIsEmpty,
    /// Nobody waits for the restore.
    ServedBeforeRestored,
    /// The object wipes itself and does not remember why.
    TombstoneForgotten,
    /// The journal lacks the last of the updates that were taken together.
    TickDropsItsLast,
    /// A frame that waits for a tick is told to be saved.
    SavedBeforeItsTick,
    /// Who asks is told what the first one was told who asked the same.
    AnswersAreStale,
    /// Who has nothing is told what was stored when the room woke, whatever was written since.
    StoredBytesAreStale,
    /// What was noted of a snapshot is believed though something was written since.
    SummaryOutlivesEdits,
    /// A frame is told to be saved before what it holds is appended.
    SavedBeforeAppend,
    /// A frame is told to be saved though an update before it was left out.
    SavedSkipsAGap,
    /// What was sent to the store is told to be there before the store has said so.
    ArchivedTooEarly,
    /// Who only passes on what others wrote counts as its author.
    CarrierIsAuthor,
    /// What is passed on is found to be a violation only when it is applied, and whoever passed it on pays for it.
    HearsayNotForeseen,
    /// What a SyncStep2 brings is not judged by its sender's role.
    AnswersNotJudged,
    /// An update that only deletes is not judged.
    DeletionsNotJudged,
    /// What others wrote may be passed on for ever, not only while the room may lack it.
    RecoveryNeverCloses,
    /// Whoever comes back begins without strikes.
    StrikesWashedOff,
    /// Who has come in stays.
    AuthorityNeverEnds,
    /// What the host says of roles is not applied to those who are here.
    RulingNotApplied,
    /// Whoever fell silent without its socket ending stays.
    SilentNotClosed,
    /// Whoever was erased counts as erased though the journal was not told.
    ErasedWithoutAppend,
    /// What is made in the name of somebody who was erased is taken.
    ErasedComeBack,
    /// What a socket writes after a refused update is taken.
    RefusedStillHeard,
}

/// At most one planted bug.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Planted(Option<Mutation>);

impl Planted {
    #[cfg(feature = "mutations")]
    pub(crate) fn one(mutation: Mutation) -> Planted {
        Planted(Some(mutation))
    }

    pub(crate) fn is(self, mutation: Mutation) -> bool {
        self.0 == Some(mutation)
    }
}
