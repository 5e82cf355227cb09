//! The simulation's own tests, one binary: seeds by the thousand, every order of a small story,
//! planted bugs, and that the same seed tells the same story.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use doorstep_simulation::{
    Archive, Broken, Bug, Chance, Crash, Exhausted, Fault, Keys, Tally, exhaust, run, shrink,
    traced,
};

/// Seeds in every run of the tests; `cargo xtask test` runs more, by the program `sim`.
const SEEDS: u64 = 10_000;
/// Seeds within which each planted bug has to be found.
const WITHIN: u64 = 10_000;

thread_local! {
    static ARCHIVE: RefCell<Archive> = RefCell::new(Archive::new(Keys::STUB));
}

fn threads() -> u64 {
    thread::available_parallelism().map_or(1, |n| n.get() as u64)
}

fn report(seed: u64, bug: Option<Bug>) -> String {
    let mut archive = Archive::new(Keys::STUB);
    match traced(Chance::of_seed(seed), &mut archive, bug).0 {
        Ok(_) => format!("seed {seed} failed only once"),
        Err(broken) => format!("seed {seed}: {}", shrink(broken, &mut archive, bug)),
    }
}

#[test]
fn ten_thousand_stories_end_well_and_every_fault_happens() {
    let failed = AtomicBool::new(false);
    let one_share = |share: u64| -> Result<Tally, u64> {
        let mut archive = Archive::new(Keys::STUB);
        let mut tally = Tally::default();
        for seed in (0..SEEDS).filter(|seed| seed % threads() == share) {
            if failed.load(Ordering::Relaxed) {
                break;
            }
            let Ok(part) = run(seed, &mut archive, None) else {
                failed.store(true, Ordering::Relaxed);
                return Err(seed);
            };
            tally += part;
        }
        Ok(tally)
    };
    let outcomes: Vec<Result<Tally, u64>> = thread::scope(|scope| {
        let shares: Vec<_> = (0..threads())
            .map(|share| scope.spawn(move || one_share(share)))
            .collect();
        shares
            .into_iter()
            .map(|share| share.join().unwrap())
            .collect()
    });
    let mut tally = Tally::default();
    for outcome in outcomes {
        match outcome {
            Ok(share) => tally += share,
            Err(seed) => panic!("{}", report(seed, None)),
        }
    }
    println!("{tally}");
    assert_eq!(tally.runs, SEEDS);
    // A simulation in which something never goes wrong shows nothing about it.
    for fault in Fault::ALL {
        assert!(tally.of(*fault) > 0, "no {}", fault.name());
    }
    assert!(tally.resets > 0 && tally.refused > 0 && tally.quarantined > 0);
    assert!(tally.adopted > 0 && tally.turned_down > 0 && tally.erased > 0 && tally.carried > 0);
    assert!(tally.appended > SEEDS);
}

#[test]
fn the_same_seed_tells_the_same_story() {
    // One archive has seen other stories before, the other has not: it makes no difference.
    let mut old = Archive::new(Keys::STUB);
    for seed in (0..SEEDS).step_by(97) {
        let (first, one) = traced(Chance::of_seed(seed), &mut old, None);
        let mut fresh = Archive::new(Keys::STUB);
        let (second, other) = traced(Chance::of_seed(seed), &mut fresh, None);
        assert_eq!(one, other, "seed {seed}");
        assert_eq!(first.unwrap(), second.unwrap(), "seed {seed}");
        assert!(one.len() > 10, "seed {seed} has no story");
    }
    let (_, one) = traced(Chance::of_seed(1), &mut old, None);
    let (_, other) = traced(Chance::of_seed(2), &mut old, None);
    assert_ne!(one, other);
}

#[test]
fn choices_tell_the_same_story_as_the_seed_they_came_from() {
    let mut archive = Archive::new(Keys::STUB);
    for seed in 0..50 {
        let (_, story) = traced(Chance::of_seed(seed), &mut archive, Some(Bug::TimerLost));
        let outcome = traced(Chance::of_seed(seed), &mut archive, Some(Bug::TimerLost)).0;
        let Err(Broken { choices, .. }) = outcome else {
            continue;
        };
        let (_, again) = traced(Chance::of_list(choices), &mut archive, Some(Bug::TimerLost));
        assert_eq!(story, again, "seed {seed}");
    }
}

#[test]
fn every_planted_bug_is_found() {
    let next = AtomicU64::new(0);
    let hunt = || {
        let mut found = Vec::new();
        loop {
            let at = usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap();
            let Some(bug) = Bug::ALL.get(at) else {
                return found;
            };
            let mut archive = Archive::new(Keys::STUB);
            let seed = (0..WITHIN).find(|seed| run(*seed, &mut archive, Some(*bug)).is_err());
            found.push((*bug, seed));
        }
    };
    let found: Vec<(Bug, Option<u64>)> = thread::scope(|scope| {
        let hunters: Vec<_> = (0..threads()).map(|_| scope.spawn(hunt)).collect();
        let all = hunters
            .into_iter()
            .flat_map(|hunter| hunter.join().unwrap());
        all.collect()
    });
    let missed: Vec<Bug> = found
        .iter()
        .filter(|(_, seed)| seed.is_none())
        .map(|(bug, _)| *bug)
        .collect();
    let latest = found
        .iter()
        .filter_map(|(bug, seed)| Some((seed.as_ref()?, bug)));
    println!(
        "{} planted bugs, the last found: {:?}",
        found.len(),
        latest.max_by_key(|(seed, _)| **seed)
    );
    assert_eq!(found.len(), Bug::ALL.len());
    assert!(missed.is_empty(), "not found: {missed:?}");
}

#[test]
fn a_broken_story_is_made_short() {
    ARCHIVE.with_borrow_mut(|archive| {
        let bug = Some(Bug::CommitForgets);
        let broken = (0..100)
            .find_map(|seed| traced(Chance::of_seed(seed), archive, bug).0.err())
            .expect("the bug is found");
        let before = (broken.choices.len(), broken.trace.len());
        let short = shrink(broken, archive, bug);
        let after = (short.choices.len(), short.trace.len());
        assert!(
            after.0 < before.0 && after.1 <= before.1,
            "{before:?} to {after:?}"
        );
        assert!(after.1 < 40, "{short}");
        assert!(short.trace.iter().any(|line| line.contains("finished")));
    });
}

#[test]
fn every_order_of_two_phones_three_operations_and_one_crash_ends_well() {
    let exhausted: Vec<(Crash, Exhausted)> = thread::scope(|scope| {
        let hunters: Vec<_> = Crash::ALL
            .into_iter()
            .map(|crash| {
                scope.spawn(move || {
                    let mut archive = Archive::new(Keys::STUB);
                    match exhaust(&mut archive, crash, None) {
                        Ok(exhausted) => (crash, exhausted),
                        Err(broken) => panic!("{crash:?}: {broken}"),
                    }
                })
            })
            .collect();
        hunters
            .into_iter()
            .map(|hunter| hunter.join().unwrap())
            .collect()
    });
    for (crash, exhausted) in exhausted {
        println!("{crash:?}: {exhausted:?}");
        assert!(exhausted.orders > 50_000, "{crash:?}: {exhausted:?}");
    }
}

#[test]
fn going_through_every_order_finds_what_only_some_orders_show() {
    let planted = [
        (Crash::None, Bug::CommitForgets),
        (Crash::None, Bug::OutboxNotStored),
        (Crash::Phone(0), Bug::TornWrite),
        (Crash::Phone(1), Bug::ForgetWhenSent),
        (Crash::BeforeCommit, Bug::AckBeforeCommit),
        (Crash::AfterCommit, Bug::FindNamesOtherPlace),
    ];
    ARCHIVE.with_borrow_mut(|archive| {
        for (crash, bug) in planted {
            let broken = exhaust(archive, crash, Some(bug)).expect_err("the bug is found");
            assert!(broken.trace.len() > 3, "{bug:?}: {broken}");
        }
    });
}
