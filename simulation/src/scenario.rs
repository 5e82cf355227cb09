//! What is decided beforehand: who works where, how hostile the network is, which of the great
//! accidents happen. The small ones are drawn as things go.

use doorstep_domain::hash::sha256;
use doorstep_domain::id::SiteId;
use doorstep_domain::policy::{Grant, Role, roles_on};
use doorstep_domain::time::UnixMs;

use crate::chance::Chance;
use crate::company::{Author, Company, EPOCH_MS, grant};
use crate::network::Way;
use crate::tally::Fault;

/// One story.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) company: Company,
    pub(crate) people: Vec<Person>,
    /// In 1/1000 of messages, each of: dropped, doubled, mangled.
    pub(crate) per_mille: u32,
    /// When everything heals, in virtual ms.
    pub(crate) heal_at: u64,
    /// The phones are told that there is a network again.
    pub(crate) told_of_healing: bool,
    /// The server is copied at the first moment and restored from the copy at the second.
    pub(crate) restore: Option<(u64, u64)>,
    /// A later program writes into the log of the first site then.
    pub(crate) later_event_at: Option<u64>,
    /// Most rows in a reply, so that pages are small and `more` happens.
    pub(crate) page_rows: u32,
    /// Messages are written as JSON and read back.
    pub(crate) as_json: bool,
    /// The fold of each phone's copy is held against the fold of the log.
    pub(crate) folded: bool,
}

/// Somebody with a phone, or with their own database on somebody else's.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) author: Author,
    pub(crate) grants: Vec<Grant>,
    /// What becomes of the grants on the way.
    pub(crate) change: Option<Fault>,
    /// When.
    pub(crate) changes_at: u64,
    /// Device clock minus true time.
    pub(crate) clock_off_ms: i64,
    /// When it jumps, and to what.
    pub(crate) clock_jump: Option<(u64, i64)>,
    /// When they do something.
    pub(crate) acts_at: Vec<u64>,
    /// When their phone dies.
    pub(crate) dies_at: Vec<u64>,
    /// When the browser throws everything away.
    pub(crate) evicted_at: Option<u64>,
    /// When they open a second tab.
    pub(crate) second_tab_at: Option<u64>,
    /// When messages of theirs get lost one way, from and to.
    pub(crate) one_way: Option<(Way, u64, u64)>,
    /// Until when the build on their phone is too old for the server.
    pub(crate) old_until: Option<u64>,
    /// When a rescue file of theirs is carried by another phone.
    pub(crate) carried_at: Option<u64>,
    /// When they hand in what is unsent without a log-in.
    pub(crate) hands_in_at: Option<u64>,
    /// When they decide on what is kept aside, or have something erased.
    pub(crate) at_the_desk: Vec<u64>,
    /// They log in on the phone of this one, and when; until then they have none.
    pub(crate) on_phone_of: Option<(usize, u64)>,
}

impl Person {
    /// Whether they have been shut out by `now`.
    pub(crate) fn is_shut_out(&self, now: u64) -> bool {
        self.change == Some(Fault::Revoked) && self.changes_at <= now
    }
}

/// Device clock differences.
const DAY_MS: i64 = 86_400_000;
/// Roles of the people after the first, whose role is drawn.
const ROLES: [Role; 5] = [
    Role::Director,
    Role::Steward,
    Role::Supervisor,
    Role::Steward,
    Role::Operations,
];

impl Scenario {
    pub(crate) fn draw(chance: &mut Chance) -> Self {
        let company = Company::with_sites(1 + u8::from(chance.one_in(4)));
        let phones = chance.one_of(&[2, 2, 2, 2, 2, 2, 3, 3, 3, 2, 2, 2, 3, 3, 4, 5]);
        let heal_at = chance.between(5_000, 60_000);
        let busy = chance.one_in(32);
        let restore = chance.one_in(8).then(|| {
            let copied = chance.between(0, heal_at - 2_000);
            (copied, chance.between(copied, heal_at))
        });
        let people = (0..phones)
            .map(|number| {
                let most = if busy { 8 } else { 3 };
                person(chance, number, heal_at, &company.sites, most)
            })
            .collect();
        let mut story = Self {
            company,
            people,
            per_mille: chance.one_of(&[0, 20, 100, 250]),
            heal_at,
            told_of_healing: chance.one_in(2),
            restore,
            later_event_at: chance.one_in(16).then(|| chance.between(0, heal_at)),
            page_rows: chance.one_of(&[500, 1, 2, 3]),
            as_json: chance.one_in(64),
            folded: chance.one_in(16),
        };
        story.draw_user_switch(chance);
        story
    }

    /// The story in which nothing goes wrong: `phones` people on one site, who act when told to.
    pub(crate) fn calm(phones: usize) -> Self {
        let company = Company::with_sites(1);
        let mut zeros = Chance::of_list(Vec::new());
        let people = (0..phones)
            .map(|number| person(&mut zeros, number, 1_000_000, &company.sites, 1))
            .collect();
        Self {
            company,
            people,
            per_mille: 0,
            heal_at: 1_000_000,
            told_of_healing: false,
            restore: None,
            later_event_at: None,
            page_rows: 500,
            as_json: false,
            folded: true,
        }
    }

    /// One more person who now and then takes over somebody's phone.
    fn draw_user_switch(&mut self, chance: &mut Chance) {
        if chance.one_in(12) {
            let number = self.people.len();
            let mut guest = person(chance, number, self.heal_at, &self.company.sites, 2);
            let at = chance.between(0, self.heal_at);
            guest.on_phone_of = Some((chance.index(number), at));
            guest.dies_at.clear();
            self.people.push(guest);
        }
    }

    /// What somebody may do on `site` at `now`.
    pub(crate) fn roles(&self, phone: usize, site: SiteId, now: UnixMs) -> Vec<Role> {
        roles_on(&self.people[phone].grants, site, now)
    }
}

fn person(
    chance: &mut Chance,
    number: usize,
    heal_at: u64,
    sites: &[SiteId],
    most_acts: u32,
) -> Person {
    let role = match number {
        0 => chance.one_of(&[Role::Steward, Role::Supervisor]),
        _ => ROLES[(number - 1) % ROLES.len()],
    };
    let changes_at = chance.between(0, heal_at);
    let (turn, grants) = turn(chance, role, sites, changes_at);
    let clock_off_ms = if chance.one_in(2) {
        any_clock(chance)
    } else {
        0
    };
    let clock_jump = chance.one_in(8).then(|| {
        let at = chance.between(0, heal_at);
        (at, any_clock(chance))
    });
    // The first person always does something, or there is no story.
    let acts = chance.below(most_acts + 1).max(u32::from(number == 0));
    let acts_at = (0..acts).map(|_| chance.between(0, heal_at)).collect();
    let deaths = chance.one_of(&[0, 0, 0, 1, 2]);
    let dies_at = (0..deaths).map(|_| chance.between(0, heal_at)).collect();
    let mut once = |times: u32| chance.one_in(times).then(|| chance.between(0, heal_at));
    let (evicted_at, second_tab_at, old_until) = (once(24), once(12), once(24));
    let one_way = chance.one_in(12).then(|| {
        let way = chance.one_of(&[Way::Out, Way::Back]);
        let from = chance.between(0, heal_at);
        (way, from, chance.between(from, heal_at + 1))
    });
    let carried_at = chance.one_in(8).then(|| chance.between(0, heal_at));
    // Who cannot log in any more mostly does, later.
    let shut_out = turn == Some(Fault::Revoked) || turn == Some(Fault::Removed);
    let hands_in_at = if shut_out && !chance.one_in(3) {
        Some(chance.between(changes_at, heal_at + 1))
    } else {
        chance.one_in(12).then(|| chance.between(0, heal_at))
    };
    let days = if role == Role::Director {
        chance.one_of(&[0, 0, 0, 1, 2])
    } else {
        0
    };
    let at_the_desk = (0..days).map(|_| chance.between(heal_at / 4, heal_at));
    let at_the_desk = at_the_desk.collect();
    let letter = u8::try_from(number).unwrap_or(u8::MAX);
    Person {
        author: Author {
            device: sha256(&[letter, 0]),
            ..Author::number(letter)
        },
        grants,
        change: turn,
        changes_at,
        clock_off_ms,
        clock_jump,
        acts_at,
        dies_at,
        evicted_at,
        second_tab_at,
        one_way,
        old_until,
        carried_at,
        hands_in_at,
        at_the_desk,
        on_phone_of: None,
    }
}

fn any_clock(chance: &mut Chance) -> i64 {
    let off = i64::try_from(chance.between(0, 2_000_000)).unwrap_or(0);
    (off - 1_000_000) * (2 * DAY_MS / 1_000_000)
}

/// What becomes of somebody's grants, and the grants.
fn turn(
    chance: &mut Chance,
    role: Role,
    sites: &[SiteId],
    changes_at: u64,
) -> (Option<Fault>, Vec<Grant>) {
    let at = EPOCH_MS + i64::try_from(changes_at).unwrap_or(0);
    let mut grants: Vec<Grant> = sites.iter().map(|site| grant(role, *site)).collect();
    let to = |grants: &mut Vec<Grant>, other: Role| {
        let later = grants.clone();
        for grant in &mut *grants {
            grant.until = Some(at);
        }
        grants.extend(later.into_iter().map(|grant| Grant {
            role: other,
            from: at,
            ..grant
        }));
    };
    let turn = match (chance.below(40), role) {
        (36, Role::Steward) => {
            to(&mut grants, Role::Supervisor);
            Some(Fault::Widened)
        }
        (36 | 37, Role::Supervisor | Role::Director) => {
            to(&mut grants, Role::Steward);
            Some(Fault::Narrowed)
        }
        (38, _) => {
            if let Some(last) = grants.last_mut() {
                last.until = Some(at);
            }
            Some(Fault::Removed)
        }
        (39, _) => {
            for grant in &mut grants {
                grant.until = Some(at);
            }
            Some(Fault::Revoked)
        }
        _ => None,
    };
    (turn, grants)
}
