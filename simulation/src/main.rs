//! `sim`: runs seeds on all cores, says how fast and what happened, and prints the shortest story
//! found of a seed that breaks a promise. `cargo xtask sim` builds and runs it.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use doorstep_simulation::{Archive, Chance, Keys, Tally, run, shrink, traced};

const USAGE: &str = "\
usage: sim [--seeds N] [--from S] [--trace]

  --seeds N   how many seeds to run (10000)
  --from S    the first of them (0)
  --trace     run only the first seed and print everything that happens";

/// Seeds that a thread takes at a time.
const AT_A_TIME: u64 = 256;

struct Arguments {
    seeds: u64,
    from: u64,
    trace: bool,
}

fn main() -> ExitCode {
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("{problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if arguments.trace {
        return print_trace(arguments.from);
    }
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let start = Instant::now();
    let outcome = run_all(&arguments, threads);
    let seconds = start.elapsed().as_secs_f64();
    match outcome {
        Ok(tally) => {
            println!("{tally}");
            #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
            let each_second = tally.runs as f64 / seconds;
            println!(
                "{} seeds from {} on {threads} threads in {seconds:.1} s, \
                 {each_second:.0} schedules/s",
                arguments.seeds, arguments.from
            );
            println!("sim: 1 passed, 0 failed");
            ExitCode::SUCCESS
        }
        Err(seed) => {
            print_shortest(seed);
            println!("sim: 0 passed, 1 failed");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments {
        seeds: 10_000,
        from: 0,
        trace: false,
    };
    while let Some(word) = words.next() {
        let mut number = || {
            let value = words.next().ok_or(format!("{word} needs a number"))?;
            value
                .parse()
                .map_err(|_| format!("not a number after {word}: {value}"))
        };
        match word.as_str() {
            "--seeds" => arguments.seeds = number()?,
            "--from" => arguments.from = number()?,
            "--trace" => arguments.trace = true,
            _ => return Err(format!("unknown option {word}")),
        }
    }
    Ok(arguments)
}

/// Runs all seeds; the first one found to break a promise ends it.
fn run_all(arguments: &Arguments, threads: usize) -> Result<Tally, u64> {
    let next = AtomicU64::new(0);
    let failed = AtomicBool::new(false);
    let share = || -> Result<Tally, u64> {
        let mut archive = Archive::new(Keys::STUB);
        let mut tally = Tally::default();
        loop {
            let from = next.fetch_add(AT_A_TIME, Ordering::Relaxed);
            let to = (from + AT_A_TIME).min(arguments.seeds);
            if from >= to || failed.load(Ordering::Relaxed) {
                return Ok(tally);
            }
            for seed in from..to {
                let seed = arguments.from + seed;
                let Ok(part) = run(seed, &mut archive, None) else {
                    failed.store(true, Ordering::Relaxed);
                    return Err(seed);
                };
                tally += part;
            }
        }
    };
    thread::scope(|scope| {
        let shares: Vec<_> = (0..threads).map(|_| scope.spawn(share)).collect();
        let mut tally = Tally::default();
        let mut first_failed: Option<u64> = None;
        for share in shares {
            match share.join().expect("no thread panics") {
                Ok(part) => tally += part,
                Err(seed) => first_failed = Some(first_failed.map_or(seed, |it| it.min(seed))),
            }
        }
        first_failed.map_or(Ok(tally), Err)
    })
}

fn print_shortest(seed: u64) {
    let mut archive = Archive::new(Keys::STUB);
    match traced(Chance::of_seed(seed), &mut archive, None).0 {
        Ok(_) => println!("seed {seed} failed once and not again: it is not deterministic"),
        Err(broken) => {
            println!("seed {seed}: {}", broken.promise);
            println!("the shortest story found that breaks a promise:");
            println!("{}", shrink(broken, &mut archive, None));
        }
    }
}

fn print_trace(seed: u64) -> ExitCode {
    let mut archive = Archive::new(Keys::STUB);
    let (outcome, trace) = traced(Chance::of_seed(seed), &mut archive, None);
    for line in trace {
        println!("{line}");
    }
    match outcome {
        Ok(tally) => {
            println!("{tally}");
            ExitCode::SUCCESS
        }
        Err(broken) => {
            println!("{}", broken.promise);
            ExitCode::FAILURE
        }
    }
}
