//! Every order in which the steps of a small story can happen, one after the other: two phones,
//! three operations and one crash. Not drawn: an order is a list of choices, and the next order
//! is the next list.
//!
//! Orders that differ only in which of two phones was first at something that the other cannot
//! notice (a write to its own disk, a message to itself) come to the same: of those one is run.

use doorstep_domain::sync::memory::MemoryStore;

use crate::archive::Archive;
use crate::chance::{Chance, Choice};
use crate::office::Death;
use crate::scenario::Scenario;
use crate::world::{Happening, World};
use crate::{Broken, invariants};

/// What crashes, once, at any step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// Nothing.
    None,
    /// A phone (0 or 1); what is on its way to the disk gets there, or does not.
    Phone(usize),
    /// The server, before its next commit.
    BeforeCommit,
    /// The server, after its next commit and before it answers.
    AfterCommit,
}

impl Crash {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Phone(0),
        Self::Phone(1),
        Self::BeforeCommit,
        Self::AfterCommit,
    ];
}

/// Steps after which a story has no end.
const STEPS: u32 = 400;

/// Runs every order of: the first phone finishes a visit and voids it, the second finishes one;
/// both send and receive; and this crash happens at any step. Gives how many orders there are.
pub fn exhaust(archive: &mut Archive, crash: Crash) -> Result<u64, Broken> {
    let mut orders = 0;
    let mut next = Some(Vec::new());
    while let Some(choices) = next {
        let (made, outcome) = one_order(archive, crash, choices.clone(), false);
        orders += u64::from(outcome == Ok(End::Drained));
        if let Err((promise, _)) = outcome {
            let trace = match one_order(archive, crash, choices.clone(), true).1 {
                Err((_, trace)) => trace,
                Ok(_) => Vec::new(),
            };
            return Err(Broken {
                promise,
                choices,
                trace,
            });
        }
        next = after(&made);
    }
    Ok(orders)
}

/// The list of choices after this one, if there is one.
fn after(made: &[Choice]) -> Option<Vec<u32>> {
    let last = made
        .iter()
        .rposition(|choice| choice.chosen + 1 < choice.of)?;
    let mut next: Vec<u32> = made[..=last].iter().map(|choice| choice.chosen).collect();
    next[last] += 1;
    Some(next)
}

/// How a story came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Everything was done, and all promises held.
    Drained,
    /// It came to where it could only go on as another one does.
    Like,
}

type Outcome = Result<End, (String, Vec<String>)>;

fn one_order(
    archive: &mut Archive,
    crash: Crash,
    choices: Vec<u32>,
    trace: bool,
) -> (Vec<Choice>, Outcome) {
    let mut order = Chance::of_list(choices).remembering();
    let calm = Chance::of_list(Vec::new());
    let scenario = Scenario::calm(2);
    let mut world = World::of_scenario(scenario, calm, archive, MemoryStore::default(), None);
    if trace {
        world = world.traced();
    }
    let outcome = tell(&mut world, crash, &mut order);
    let outcome = outcome.map_err(|promise| (promise, world.into_trace().1));
    (order.made().to_vec(), outcome)
}

fn tell(
    world: &mut World<'_, MemoryStore>,
    crash: Crash,
    order: &mut Chance,
) -> Result<End, String> {
    world.acts_are_set = true;
    // Both have started and have an empty copy of an empty log.
    for phone in 0..2 {
        world.happen(Happening::Starts(phone))?;
    }
    while !invariants::drained(world) {
        let earliest = world.agenda.keys().next().copied();
        take(world, earliest.ok_or("the phones do not start")?)?;
    }
    for phone in [0, 0, 1] {
        world.at(0, Happening::Acts(phone));
    }
    match crash {
        Crash::None => {}
        Crash::Phone(phone) => world.at(0, Happening::Dies(phone)),
        Crash::BeforeCommit => world.at(0, Happening::ServerDies(Death::BeforeCommit(0))),
        Crash::AfterCommit => world.at(0, Happening::ServerDies(Death::AfterCommit(0))),
    }
    let mut last: Option<Last> = None;
    for _ in 0..STEPS {
        let planned = world.agenda.values().any(is_planned);
        if !planned && invariants::drained(world) {
            return world.end(0).map(|_| End::Drained);
        }
        let all = enabled(world);
        let can: Vec<Entry> = all
            .iter()
            .copied()
            .filter(|entry| {
                !last
                    .as_ref()
                    .is_some_and(|last| last.comes_after(world, *entry))
            })
            .collect();
        if can.is_empty() && !all.is_empty() {
            return Ok(End::Like);
        }
        let Some(most) = u32::try_from(can.len()).ok().filter(|most| *most > 0) else {
            return Err("nothing can happen, and not all was drained".into());
        };
        let chosen = can[order.below(most) as usize];
        if let Some(Happening::Dies(phone)) = world.agenda.get(&chosen) {
            let mut tabs = world.phones[*phone].tabs.iter();
            let storing = tabs.any(|tab| tab.storing.is_some());
            world.writes_land = Some(storing && order.below(2) == 1);
        }
        last = Some(Last {
            scene: scene(&world.agenda[&chosen]),
            could: all,
        });
        take(world, chosen)?;
    }
    Err(invariants::what_is_left(world))
}

/// Where something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scene {
    /// On a phone alone.
    Phone(usize),
    /// At the server, for this phone.
    Server(usize),
    /// Anywhere.
    All,
}

fn scene(happening: &Happening) -> Scene {
    match happening {
        Happening::Arrives(_, letter) => Scene::Server(letter.whose.phone),
        Happening::Answered(letter) => Scene::Phone(letter.whose.phone),
        Happening::Stores(whose, _) | Happening::Stored(whose, ..) => Scene::Phone(whose.phone),
        Happening::Acts(phone) | Happening::Dies(phone) | Happening::Starts(phone) => {
            Scene::Phone(*phone)
        }
        _ => Scene::All,
    }
}

/// What happened last, and all that could have happened instead.
struct Last {
    scene: Scene,
    could: Vec<Entry>,
}

impl Last {
    /// Whether the entry could have happened before, neither would have noticed, and that order
    /// is the one that is run.
    fn comes_after(&self, world: &World<'_, MemoryStore>, entry: Entry) -> bool {
        let other = scene(&world.agenda[&entry]);
        let apart = match (self.scene, other) {
            (Scene::Phone(one), Scene::Phone(other) | Scene::Server(other))
            | (Scene::Server(one), Scene::Phone(other)) => one != other,
            _ => false,
        };
        apart && other < self.scene && self.could.contains(&entry)
    }
}

/// An entry of the agenda.
type Entry = (u64, u64);

/// What may happen next: any message, write or restart that is under way, any operation of a
/// phone that is on (in their order on each phone), the crash. Timers ring when nothing else can
/// happen, the earliest first.
fn enabled(world: &World<'_, MemoryStore>) -> Vec<Entry> {
    let mut acting = [false; 2];
    let mut timer = None;
    let mut can = Vec::new();
    for (entry, happening) in &world.agenda {
        match happening {
            Happening::Rings(..) => timer = timer.or(Some(*entry)),
            Happening::Acts(phone) => {
                let first = !std::mem::replace(&mut acting[*phone], true);
                if first && world.phones[*phone].is_on() {
                    can.push(*entry);
                }
            }
            _ => can.push(*entry),
        }
    }
    if can.is_empty() {
        can.extend(timer);
    }
    can
}

fn is_planned(happening: &Happening) -> bool {
    use Happening::{Acts, Dies, ServerDies};
    matches!(happening, Acts(_) | Dies(_) | ServerDies(_))
}

/// Lets an entry of the agenda happen, whatever it comes before.
fn take(world: &mut World<'_, MemoryStore>, entry: Entry) -> Result<(), String> {
    let happening = world.agenda.remove(&entry).ok_or("no such entry")?;
    world.now = world.now.max(entry.0);
    world.happen(happening)
}
