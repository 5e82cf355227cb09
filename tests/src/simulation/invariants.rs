//! What must hold, asked at every step and at the end: nothing forgotten, nothing doubled, one
//! history, order kept, all drained. Reads the world; changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use doorstep_domain::event::{Absence, PartState};
use doorstep_domain::id::{EventId, SiteId};
use doorstep_domain::log::Head;
use doorstep_domain::policy::{reads_log, sees};
use doorstep_domain::sync::engine::{ItemState, SavedItem};
use doorstep_domain::sync::store::StoredRow;
use doorstep_domain::sync::wire::scope_digest;

use super::phone::Phone;
use super::scenario::PHONES;
use super::trace::{state_words, tail};
use super::world::World;

type Promise = Result<(), String>;

fn must(holds: bool, promise: impl FnOnce() -> String) -> Promise {
    if holds { Ok(()) } else { Err(promise()) }
}

/// After every write to a phone's disk: what its user made is on it, in the outbox or as a row,
/// unless the user may not hold the site's log any more and the office has it.
pub(super) fn nothing_is_forgotten(world: &World, phone: usize) -> Promise {
    let one = &world.phones[phone];
    for made in &one.made {
        let handed_over = !reads(world, phone, made.site) && world.acked.contains(&made.id);
        must(handed_over || one.disk.keeps(made.id, made.site), || {
            format!("phone {phone} has forgotten {}", made.id)
        })?;
    }
    Ok(())
}

/// After every step of an engine: what the screen would say is what the disk holds. Between a
/// write and the engine's hearing of it the disk is ahead.
pub(super) fn status_is_true(world: &World, phone: usize) -> Promise {
    use doorstep_domain::sync::engine::Activity;
    let Some(engine) = &world.phones[phone].engine else {
        return Ok(());
    };
    let status = engine.status();
    if status.activity == Activity::Storing {
        return Ok(());
    }
    let outbox = &world.phones[phone].disk.outbox;
    let unsent = outbox.iter().filter(|item| !is_received(item)).count();
    must(status.unsent == unsent, || {
        format!(
            "phone {phone} shows {} unsent, but {unsent} are",
            status.unsent
        )
    })
}

/// Whether nothing is left to do: both phones have all of the log they may have, and what they
/// still hold is refused or waits for something that is not there.
pub(super) fn drained(world: &World) -> bool {
    (0..PHONES).all(|phone| {
        let one = &world.phones[phone];
        let up_to_date = |site: &SiteId| {
            let copy = one.disk.copies.get(site).map(|copy| copy.end);
            let scope = scope_digest(&world.scenario.roles(phone, *site, world.true_time()));
            // An empty copy has the genesis head, an empty log none.
            let head = copy.map(|copy| copy.head).filter(|head| head.seq > 0);
            let current = copy.is_some_and(|copy| copy.scope == Some(scope));
            current && head == world.office.head(*site) || !reads(world, phone, *site)
        };
        let settled = |item: &SavedItem| match item.state {
            ItemState::Refused { .. } | ItemState::Deposited { .. } => true,
            ItemState::Received { .. } => false,
            ItemState::Waiting => waits_in_vain(world, one, item.id),
        };
        one.engine.is_some()
            && one.storing.is_empty()
            && world.scenario.company.sites.iter().all(up_to_date)
            && one.disk.outbox.iter().all(settled)
    })
}

/// What hangs, for the report of a seed that does not drain.
pub(super) fn what_is_left(world: &World) -> String {
    let left: Vec<String> = (0..PHONES)
        .map(|phone| {
            let one = &world.phones[phone];
            let items = one.disk.outbox.iter();
            let items: Vec<String> = items
                .map(|item| format!("{} {}", tail(&item.id), state_words(&item.state)))
                .collect();
            format!("phone {phone}: {} {items:?}", copies(one))
        })
        .collect();
    format!("not drained in time; {}", left.join("; "))
}

/// At the end, with everything drained.
pub(super) fn hold_at_the_end(world: &World) -> Promise {
    let mut logged = BTreeMap::new();
    for site in &world.scenario.company.sites {
        chain_holds(world, *site, &mut logged)?;
    }
    for phone in 0..PHONES {
        everything_made_is_once_somewhere(world, phone, &logged)?;
        for site in &world.scenario.company.sites {
            copy_is_the_log(world, phone, *site)?;
        }
        order_is_kept(world, phone, &logged)?;
    }
    Ok(())
}

/// The server's log is one chain from its genesis, and holds every id once.
fn chain_holds(world: &World, site: SiteId, logged: &mut BTreeMap<EventId, u64>) -> Promise {
    let mut head = Head::genesis(world.scenario.company.organisation, site);
    for row in world.office.log(site) {
        head = head.next(&row.envelope_hash, row.logged.received_at);
        must(row.logged.seq == head.seq, || format!("a hole in {site}"))?;
        let id = world.library.find(&row.logged.event)?.id;
        must(logged.insert(id, head.seq).is_none(), || {
            format!("{id} is logged twice")
        })?;
    }
    must(
        head.seq == 0 || world.office.head(site) == Some(head),
        || format!("the chain of {site} does not hold"),
    )
}

/// Every event ever made is in the log and nowhere in an outbox, or in the outbox and visibly
/// not in the log.
fn everything_made_is_once_somewhere(
    world: &World,
    phone: usize,
    logged: &BTreeMap<EventId, u64>,
) -> Promise {
    let one = &world.phones[phone];
    for made in &one.made {
        let in_log = logged.contains_key(&made.id);
        let in_outbox = one.disk.outbox.iter().any(|item| item.id == made.id);
        must(in_log != in_outbox, || {
            format!(
                "{} is in the log: {in_log}, in the outbox: {in_outbox}",
                made.id
            )
        })?;
        let lost = world.acked.contains(&made.id) && !in_log && !world.restored;
        must(!lost, || {
            format!("{} was acknowledged and is lost", made.id)
        })?;
        must(
            in_log || world.restored || world.scenario.roles_change,
            || format!("{} was refused for no reason", made.id),
        )?;
    }
    Ok(())
}

/// A phone's copy is the server's log row by row, with exactly what its user may not hold
/// withheld; and nothing at all where they may not read.
fn copy_is_the_log(world: &World, phone: usize, site: SiteId) -> Promise {
    let one = &world.phones[phone];
    let copy = one.disk.copies.get(&site);
    let rows = copy.map_or(&[][..], |copy| &copy.rows);
    if !reads(world, phone, site) {
        // The next contact drops it.
        return Ok(());
    }
    let log: Vec<&StoredRow> = world.office.log(site).collect();
    must(rows.len() == log.len(), || {
        format!("phone {phone} has {} of {} rows", rows.len(), log.len())
    })?;
    for (mine, theirs) in rows.iter().zip(&log) {
        let (row, other) = (&mine.row, &theirs.logged);
        let same = (row.seq, row.received_at) == (other.seq, other.received_at)
            && row.event.envelope == other.event.envelope;
        must(same, || {
            format!("phone {phone} has another row {}", row.seq)
        })?;
        parts_are_right(world, phone, site, mine, theirs)?;
    }
    Ok(())
}

fn parts_are_right(
    world: &World,
    phone: usize,
    site: SiteId,
    mine: &super::phone::Kept,
    theirs: &StoredRow,
) -> Promise {
    let me = world.phones[phone].pen.author;
    let roles = world.scenario.roles(phone, site, world.true_time());
    for (name, state) in &mine.row.event.parts {
        let may = mine.known.device == me.device
            || sees(&roles, me.person, theirs.kind, theirs.author, *name);
        let right = match state {
            PartState::Present(_) => may && theirs.logged.event.parts.get(name) == Some(state),
            PartState::Absent { absent } => !may && *absent == Absence::Withheld,
        };
        let seq = mine.row.seq;
        must(right, || {
            format!("phone {phone} wrongly has or lacks {name:?} of row {seq}")
        })?;
    }
    Ok(())
}

/// What one phone made about one subject is logged in the order it was made. A restored server
/// may get back an earlier one after a later one.
fn order_is_kept(world: &World, phone: usize, logged: &BTreeMap<EventId, u64>) -> Promise {
    if world.restored {
        return Ok(());
    }
    let mut last = BTreeMap::new();
    for made in &world.phones[phone].made {
        if let Some(seq) = logged.get(&made.id) {
            let before = last.insert(made.subject, *seq);
            must(before.is_none_or(|before| before < *seq), || {
                format!("{} overtook an earlier one", made.id)
            })?;
        }
    }
    Ok(())
}

/// Whether a waiting item refers to something that no server and no phone will bring any more.
fn waits_in_vain(world: &World, one: &Phone, id: EventId) -> bool {
    let Some(known) = one.made.iter().find(|made| made.id == id) else {
        return false;
    };
    let logged: BTreeSet<EventId> = world
        .office
        .log(known.site)
        .filter_map(|row| Some(world.library.find(&row.logged.event).ok()?.id))
        .collect();
    let missing = known.after.iter().find(|after| !logged.contains(after));
    missing.is_some_and(|missing| {
        let kept = world.phones.iter().flat_map(|phone| &phone.disk.outbox);
        let on_its_way = kept
            .filter(|item| item.id == *missing)
            .any(|item| match item.state {
                ItemState::Refused { .. } | ItemState::Deposited { .. } => false,
                ItemState::Received { .. } => true,
                ItemState::Waiting => {
                    let owner = world
                        .phones
                        .iter()
                        .find(|phone| phone.made.iter().any(|made| made.id == *missing));
                    owner.is_none_or(|owner| !waits_in_vain(world, owner, *missing))
                }
            });
        !on_its_way
    })
}

fn reads(world: &World, phone: usize, site: SiteId) -> bool {
    reads_log(&world.scenario.roles(phone, site, world.true_time()))
}

fn is_received(item: &SavedItem) -> bool {
    matches!(item.state, ItemState::Received { .. })
}

fn copies(one: &Phone) -> String {
    let ends = one.disk.copies.iter();
    let ends: Vec<String> = ends
        .map(|(site, copy)| format!("{site} at {}", copy.end.head.seq))
        .collect();
    ends.join(", ")
}
