//! What a seed decides beforehand: who works where, how hostile the network is, which of the
//! great accidents happen. The small ones are drawn as things go.

use doorstep_domain::id::SiteId;
use doorstep_domain::policy::{Grant, Role};
use doorstep_domain::time::UnixMs;
use fastrand::Rng;

use crate::company::{Author, Company, EPOCH_MS, grant};

/// The two phones.
pub(super) const PHONES: usize = 2;

/// One seed's story.
#[derive(Debug, Clone)]
pub(super) struct Scenario {
    pub(super) company: Company,
    pub(super) people: [Person; PHONES],
    /// In 1/1000 of messages, each of: dropped, doubled, mangled.
    pub(super) per_mille: u32,
    /// When everything heals, in virtual ms.
    pub(super) heal_at: u64,
    /// The phones are told that there is a network again.
    pub(super) told_of_healing: bool,
    /// The server is copied at the first moment and restored from the copy at the second.
    pub(super) restore: Option<(u64, u64)>,
    /// Somebody's roles change on the way, so that not all they sent may be accepted any more.
    pub(super) roles_change: bool,
    /// Most rows in a reply, so that pages are small and `more` happens.
    pub(super) page_rows: u32,
    /// Messages are written as JSON and read back.
    pub(super) as_json: bool,
}

/// Somebody with a phone.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) author: Author,
    pub(super) grants: Vec<Grant>,
    /// Device clock minus true time.
    pub(super) clock_off_ms: i64,
    /// When they do something.
    pub(super) acts_at: Vec<u64>,
    /// When their phone dies.
    pub(super) dies_at: Vec<u64>,
}

impl Scenario {
    pub(super) fn draw(rng: &mut Rng) -> Self {
        let company = Company::with_sites(rng.u8(1..=2));
        let heal_at = rng.u64(10_000..90_000);
        let restored = rng.u8(0..6) == 0;
        let change = if restored {
            Change::None
        } else {
            Change::draw(rng)
        };
        let restore = restored.then(|| {
            let copied = rng.u64(0..heal_at - 5_000);
            (copied, rng.u64(copied..heal_at))
        });
        let changes_at = EPOCH_MS + i64::try_from(rng.u64(0..heal_at)).unwrap_or(0);
        let first = if change == Change::None && rng.bool() {
            Role::Supervisor
        } else {
            Role::Steward
        };
        let people = [
            person(
                rng,
                0,
                heal_at,
                change.grants(first, &company.sites, changes_at),
            ),
            person(rng, 1, heal_at, always(Role::Director, &company.sites)),
        ];
        Self {
            company,
            people,
            per_mille: [0, 20, 100, 300][rng.usize(0..4)],
            heal_at,
            told_of_healing: rng.bool(),
            restore,
            roles_change: change != Change::None,
            page_rows: [1, 2, 3, 500][rng.usize(0..4)],
            as_json: rng.u8(0..32) == 0,
        }
    }

    /// What somebody may do on `site` at `now`.
    pub(super) fn roles(&self, phone: usize, site: SiteId, now: UnixMs) -> Vec<Role> {
        doorstep_domain::policy::roles_on(&self.people[phone].grants, site, now)
    }
}

/// What becomes of the first person's roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    None,
    /// A steward becomes a supervisor, and sees more.
    Promoted,
    /// All roles on the last site end.
    Removed,
}

impl Change {
    fn draw(rng: &mut Rng) -> Self {
        match rng.u8(0..8) {
            0 => Self::Promoted,
            1 => Self::Removed,
            _ => Self::None,
        }
    }

    fn grants(self, role: Role, sites: &[SiteId], at: UnixMs) -> Vec<Grant> {
        let mut grants = always(role, sites);
        match self {
            Self::None => {}
            Self::Promoted => {
                let later = always(Role::Supervisor, sites);
                for grant in &mut grants {
                    grant.until = Some(at);
                }
                grants.extend(later.into_iter().map(|grant| Grant { from: at, ..grant }));
            }
            Self::Removed => {
                grants
                    .last_mut()
                    .into_iter()
                    .for_each(|grant| grant.until = Some(at));
            }
        }
        grants
    }
}

fn always(role: Role, sites: &[SiteId]) -> Vec<Grant> {
    sites.iter().map(|site| grant(role, *site)).collect()
}

fn person(rng: &mut Rng, number: u8, heal_at: u64, grants: Vec<Grant>) -> Person {
    const DAY_MS: i64 = 86_400_000;
    let mut times = |most: usize, until: u64| -> Vec<u64> {
        (0..rng.usize(0..=most))
            .map(|_| rng.u64(0..until))
            .collect()
    };
    let acts_at = times(5, heal_at);
    let dies_at = times(2, heal_at);
    Person {
        author: Author::number(number),
        grants,
        clock_off_ms: if rng.bool() {
            0
        } else {
            rng.i64(-DAY_MS..DAY_MS)
        },
        acts_at,
        dies_at,
    }
}
