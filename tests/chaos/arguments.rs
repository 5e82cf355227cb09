//! What may be typed after `chaos`, read into [`Arguments`]; it does nothing itself.

use std::path::PathBuf;
use std::time::Duration;

/// The help text.
pub(crate) const USAGE: &str = "\
usage: chaos --program FILE [--seed N] [--cycles N | --minutes N] [--stride N]
             [--only PART]

  --program FILE  the `doorstep` program to kill
  --seed N        when to kill and what to push; drawn and printed if not given
  --cycles N      kill the server so often at random moments (default 100)
  --minutes N     kill it at random moments for so long instead
  --stride N      of the calls of one push and one command, fail each Nth (default 1: every one)
  --only PART     only the parts whose name contains PART";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// The program under test.
    pub(crate) program: PathBuf,
    /// Where the random numbers begin; `None` draws one.
    pub(crate) seed: Option<u64>,
    /// When the random kills end.
    pub(crate) until: Until,
    /// Each so-manieth call is failed.
    pub(crate) stride: u32,
    /// What the names of the parts to do contain.
    pub(crate) only: String,
}

/// When the random kills end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// After so many.
    Cycles(u64),
    /// With the first that ends after this.
    Elapsed(Duration),
}

impl Until {
    /// Whether, after `cycles` that took `elapsed`, there is another.
    pub(crate) fn goes_on(self, cycles: u64, elapsed: Duration) -> bool {
        match self {
            Self::Cycles(limit) => cycles < limit,
            Self::Elapsed(limit) => elapsed < limit,
        }
    }
}

/// Reads the words; an error is a sentence for the person who typed them.
pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut program = None;
    let mut arguments = Arguments {
        program: PathBuf::new(),
        seed: None,
        until: Until::Cycles(100),
        stride: 1,
        only: String::new(),
    };
    while let Some(option) = words.next() {
        let value = words
            .next()
            .ok_or_else(|| format!("`{option}` needs a value."))?;
        let number = || {
            let number = value.parse::<u64>();
            number.map_err(|_| format!("`{option}` takes a number, not `{value}`."))
        };
        match option.as_str() {
            "--program" => program = Some(value.into()),
            "--seed" => arguments.seed = Some(number()?),
            "--cycles" => arguments.until = Until::Cycles(number()?),
            "--minutes" => {
                let seconds = number()?.saturating_mul(60);
                arguments.until = Until::Elapsed(Duration::from_secs(seconds));
            }
            "--stride" => {
                let stride = u32::try_from(number()?).ok().filter(|stride| *stride > 0);
                arguments.stride = stride.ok_or("`--stride` takes a number from 1 on.")?;
            }
            "--only" => arguments.only = value,
            other => return Err(format!("There is no option `{other}`.")),
        }
    }
    arguments.program = program.ok_or("`--program` is missing.")?;
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Result<Arguments, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn reads_every_option() {
        let read = typed("--program a --seed 7 --minutes 2 --stride 3 --only push");
        let expected = Arguments {
            program: "a".into(),
            seed: Some(7),
            until: Until::Elapsed(Duration::from_mins(2)),
            stride: 3,
            only: "push".to_owned(),
        };
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn says_what_is_wrong() {
        for (line, problem) in [
            ("", "`--program` is missing."),
            ("--program", "`--program` needs a value."),
            ("--cycles many", "`--cycles` takes a number, not `many`."),
            ("--stride 0", "`--stride` takes a number from 1 on."),
            ("--fast 1", "There is no option `--fast`."),
        ] {
            assert_eq!(typed(line), Err(problem.to_owned()), "{line}");
        }
    }
}
