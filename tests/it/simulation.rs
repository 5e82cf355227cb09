//! Seeds by the thousand: see `doorstep_tests::simulation`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use doorstep_tests::simulation::{Broken, Tally, run, traced};

/// Seeds in every run of the tests. `DOORSTEP_SEEDS=from..to` runs others, e.g. `0..1000000`.
const SEEDS: std::ops::Range<u64> = 0..10_000;

#[test]
fn ten_thousand_stories_end_well() {
    let seeds = std::env::var("DOORSTEP_SEEDS").map_or(SEEDS, |text| {
        let (from, to) = text.split_once("..").expect("DOORSTEP_SEEDS is from..to");
        from.parse().expect("a number")..to.parse().expect("a number")
    });
    let threads = thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let failed = AtomicBool::new(false);
    let one_share = |share: u64| -> Result<Tally, Broken> {
        let mut tally = Tally::default();
        let mine = seeds.clone().filter(|seed| seed % threads == share);
        for seed in mine.take_while(|_| !failed.load(Ordering::Relaxed)) {
            let ended = run(seed);
            failed.fetch_or(ended.is_err(), Ordering::Relaxed);
            tally += ended?;
        }
        Ok(tally)
    };
    let outcomes: Vec<Result<Tally, Broken>> = thread::scope(|scope| {
        let shares: Vec<_> = (0..threads)
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
            Err(broken) => panic!("{broken}"),
        }
    }
    println!("seeds {seeds:?}: {tally}");
    // A simulation in which nothing goes wrong shows nothing.
    assert!(tally.network_faults > 0 && tally.crashes > 0 && tally.restores > 0);
    assert!(tally.resets > 0 && tally.refused > 0 && tally.appended > 0);
}

#[test]
fn the_same_seed_tells_the_same_story() {
    for seed in SEEDS.step_by(997) {
        let ((first, one), (second, other)) = (traced(seed), traced(seed));
        assert_eq!(one, other, "seed {seed}");
        assert_eq!(first.unwrap(), second.unwrap(), "seed {seed}");
        assert!(one.len() > 10, "seed {seed} has no story");
    }
    let (_, one) = traced(1);
    let (_, other) = traced(2);
    assert_ne!(one, other);
}
