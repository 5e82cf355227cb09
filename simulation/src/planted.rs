//! Bugs planted on purpose, to see that the invariants catch them: around the engine and the
//! accept core, never in them (there, mutation testing plants). One at a time.

macro_rules! bugs {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A planted bug.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Bug {
            $($(#[$doc])* $name,)*
        }

        impl Bug {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

bugs! {
    /// The store says "committed" and has forgotten everything.
    CommitForgets,
    /// The store appends all of a transaction but the last row.
    CommitDropsLast,
    /// The store rewrites an event's text.
    StoreRewrites,
    /// The store does not find what it has, so that a repeated push is appended again.
    FindForgets,
    /// The store finds an event but names another place.
    FindNamesOtherPlace,
    /// The store leaves out a row in the middle of a page.
    PageSkipsRow,
    /// The store gives no rows when asked for more than one.
    PageIsEmpty,
    /// The store has every hash that a phone names, so that divergence is never seen.
    HashAgrees,
    /// The store names an older head.
    HeadLags,
    /// The store keeps a refused event aside in name only.
    QuarantineForgets,
    /// Rows carry what the reader may not hold.
    NothingWithheld,
    /// Rows lack what the reader may hold.
    TooMuchWithheld,
    /// A reply acknowledges what was refused.
    AckOfRefused,
    /// A reply acknowledges before the commit, and the commit fails.
    AckBeforeCommit,
    /// The phone lets go of an event as soon as it was sent.
    ForgetWhenSent,
    /// The phone stores the outbox's changes and not the rows.
    RowsNotStored,
    /// The phone stores the rows and not the outbox's changes.
    OutboxNotStored,
    /// The phone forgets a row that it stores.
    RowForgotten,
    /// The phone does not put its own events back when it drops a copy.
    OwnNotReturned,
    /// The phone keeps a copy that it was told to drop.
    ResetIgnored,
    /// The phone stores a batch for another copy than it has.
    StaleBatchStored,
    /// The phone dies in the middle of storing a batch.
    TornWrite,
    /// The phone forgets an item when it was refused.
    RefusedForgotten,
    /// The phone forgets the rest of a batch behind a refused item.
    RestForgotten,
    /// What somebody finishes reaches the engine and not the disk.
    FinishNotStored,
    /// The phone's timer never rings.
    TimerLost,
    /// The phone never hears that a batch was stored.
    StoredNotHeard,
    /// One person's outbox is sent by another who logged in.
    SentByAnother,
    /// The phone sends the later of two events about one record first.
    OrderTurned,
    /// Somebody shut out is served on.
    RevokedServed,
    /// A phone is told to drop a copy whose end the server does not know.
    AccessBeforeHistory,
    /// The phone drops, with a copy, what was acknowledged and is not in it yet.
    ReceivedDropped,
    /// The phone marks everything as handed in, whatever the office says to keep.
    DepositMarksAll,
    /// The phone lets go of what it handed in.
    DepositRemoves,
    /// The office says to keep what was handed in and refused.
    DepositClaimsAll,
    /// Another's events are not sent as carried.
    CarriedUnnamed,
    /// The phone lets go of another's event as soon as it was sent.
    CarriedForgotten,
    /// A phone whose unsent events were saved to a file keeps them no more.
    CarriedMoved,
    /// The log does not say who brought an event.
    CarrierNotRecorded,
    /// Every signature is said to be of a device of the author's.
    OriginTrusted,
    /// The store forgets that an event kept aside was decided on.
    DecidedForgotten,
    /// The store keeps a verdict as the other one.
    VerdictTurned,
    /// The store does not append what a decision took in.
    AdoptedNotLogged,
    /// The store erases nothing.
    EraseForgets,
    /// The store erases another part than it was told to.
    EraseTakesOther,
    /// The phone keeps in its copy what was erased.
    ErasedStaysOnPhone,
    /// What was erased comes back with an older copy of the database.
    ErasedComesBack,
}
