//! What came to pass: steps, and each fault by name. A fault is counted when it happens, not when
//! it was drawn.

use std::fmt;
use std::ops::AddAssign;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// Something that goes wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault {
            $($(#[$doc])* $name,)*
        }

        impl Fault {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name for people.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

faults! {
    /// A request never reaches the server.
    RequestDropped = "requests dropped";
    /// A reply never reaches the phone.
    ReplyDropped = "replies dropped";
    /// A message arrives twice.
    Doubled = "messages doubled";
    /// A message arrives after one that was sent later.
    Reordered = "messages reordered";
    /// A message takes seconds to minutes.
    Delayed = "messages delayed";
    /// A reply's JSON is cut off.
    Truncated = "replies truncated";
    /// A page of somebody else's comes instead of a reply, with status 200.
    CaptivePortal = "captive portals";
    /// The server, or something before it, answers 5xx.
    ServerError = "server errors";
    /// Something on the way takes no bodies of this length.
    TooLarge = "bodies too large";
    /// A reply whose rows, head or acknowledgements are not what the server sent.
    Mangled = "replies mangled";
    /// Requests arrive and replies do not, or the reverse, for a while.
    OneWay = "messages lost to a one-way partition";
    /// A session ends early; somebody logs in again later.
    SessionEnded = "sessions ended";
    /// A phone dies.
    PhoneCrash = "phone crashes";
    /// A phone dies between finishing something and hearing of it.
    CrashAfterFinish = "phone crashes after a finish";
    /// A phone dies while a batch is on its way to the disk.
    CrashWhileStoring = "phone crashes while storing";
    /// A batch cannot be stored.
    DiskFull = "disks full";
    /// The server dies before a commit.
    CrashBeforeCommit = "server crashes before a commit";
    /// The server dies after a commit, before it answers.
    CrashAfterCommit = "server crashes after a commit";
    /// The server's database is restored from an older copy.
    Restored = "restores from an older copy";
    /// A phone's calendar clock jumps.
    ClockJump = "clock jumps";
    /// The browser throws a phone's storage away.
    Eviction = "storage evictions";
    /// A second tab is opened.
    SecondTab = "second tabs";
    /// A tab sends or stores while the other does.
    TurnStolen = "turns taken over from a tab";
    /// A tab's batch is for a copy that another tab has changed.
    StaleTab = "stale batches of a tab";
    /// Another person logs in on the phone.
    UserSwitch = "user switches";
    /// Somebody is shut out with work queued.
    Revoked = "people shut out";
    /// Somebody may see less than before.
    Narrowed = "roles narrowed";
    /// Somebody may see more than before.
    Widened = "roles widened";
    /// Somebody loses a site.
    Removed = "sites taken away";
    /// Somebody finishes something the server will refuse.
    BadItem = "bad items made";
    /// A bad item is pushed together with good ones.
    BadInBatch = "batches with a bad item";
    /// A phone's build is too old for the server.
    OldClient = "requests of old clients refused";
    /// Another phone takes in what is unsent on one.
    Carried = "rescue files carried";
    /// Somebody hands in what is unsent without a log-in.
    HandedIn = "hand-ins without a log-in";
    /// The answer to that never comes.
    HandInLost = "hand-ins whose answer was lost";
    /// A later program's event is in the log.
    LaterEvent = "events of a later program";
}

/// How many faults there are.
const FAULTS: usize = Fault::ALL.len();

/// What came to pass in one or more runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Runs.
    pub runs: u64,
    /// Things that happened: messages, writes, timers, people's acts, accidents.
    pub steps: u64,
    /// Phones.
    pub phones: u64,
    /// Events that people made.
    pub made: u64,
    /// Requests that reached the server.
    pub requests: u64,
    /// Rows appended to logs, those lost by a restore included.
    pub appended: u64,
    /// Copies of a site dropped by a phone.
    pub resets: u64,
    /// Items that stayed on a phone, refused and visible.
    pub refused: u64,
    /// Events kept aside by the server.
    pub quarantined: u64,
    /// Events taken into the log by a decision.
    pub adopted: u64,
    /// Events turned down by one.
    pub turned_down: u64,
    /// Events of the log with erased parts.
    pub erased: u64,
    /// Rows that say that somebody else brought them.
    pub carried: u64,
    /// Most virtual milliseconds from the healing of everything to all being drained.
    pub drained_in_ms: u64,
    faults: [u64; FAULTS],
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            runs: 0,
            steps: 0,
            phones: 0,
            made: 0,
            requests: 0,
            appended: 0,
            resets: 0,
            refused: 0,
            quarantined: 0,
            adopted: 0,
            turned_down: 0,
            erased: 0,
            carried: 0,
            drained_in_ms: 0,
            faults: [0; FAULTS],
        }
    }
}

impl Tally {
    /// How often a fault happened.
    pub fn of(&self, fault: Fault) -> u64 {
        self.faults[fault as usize]
    }

    pub(crate) fn count(&mut self, fault: Fault) {
        self.faults[fault as usize] += 1;
    }

    /// All faults together.
    pub fn faults(&self) -> u64 {
        self.faults.iter().sum()
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.runs += other.runs;
        self.steps += other.steps;
        self.phones += other.phones;
        self.made += other.made;
        self.requests += other.requests;
        self.appended += other.appended;
        self.resets += other.resets;
        self.refused += other.refused;
        self.quarantined += other.quarantined;
        self.adopted += other.adopted;
        self.turned_down += other.turned_down;
        self.erased += other.erased;
        self.carried += other.carried;
        self.drained_in_ms = self.drained_in_ms.max(other.drained_in_ms);
        for (mine, others) in self.faults.iter_mut().zip(other.faults) {
            *mine += others;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} runs, {} steps, {} phones, {} events made, {} requests, {} rows appended, \
             {} copies reset, {} refused and visible, {} kept aside, \
             {} taken in and {} turned down, {} carried, {} erased, slowest drain {} ms",
            self.runs,
            self.steps,
            self.phones,
            self.made,
            self.requests,
            self.appended,
            self.resets,
            self.refused,
            self.quarantined,
            self.adopted,
            self.turned_down,
            self.carried,
            self.erased,
            self.drained_in_ms,
        )?;
        write!(f, "{} faults", self.faults())?;
        for fault in Fault::ALL {
            write!(f, "\n  {:>12}  {}", self.of(*fault), fault.name())?;
        }
        Ok(())
    }
}
