//! Where a run's choices come from: a seed, or a list of choices made before. Every choice is a
//! number below a bound, and 0 is always the calm one: a run of zeros is a run in which nothing
//! goes wrong, which is what makes shrinking a list of choices meaningful.

use fastrand::Rng;

/// A choice that was made, and the bound it was below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// What was chosen.
    pub chosen: u32,
    /// How many there were to choose from.
    pub of: u32,
}

/// Makes a run's choices.
#[derive(Debug, Clone)]
pub struct Chance {
    from: From,
    made: Option<Vec<Choice>>,
}

#[derive(Debug, Clone)]
enum From {
    Seed(Rng),
    List { choices: Vec<u32>, next: usize },
}

impl Chance {
    /// Choices of this seed.
    pub fn of_seed(seed: u64) -> Self {
        Self {
            from: From::Seed(Rng::with_seed(seed)),
            made: None,
        }
    }

    /// These choices (each cut to its bound), and zeros after them.
    pub fn of_list(choices: Vec<u32>) -> Self {
        Self {
            from: From::List { choices, next: 0 },
            made: None,
        }
    }

    /// The same, remembering what was chosen.
    #[must_use]
    pub fn remembering(mut self) -> Self {
        self.made = Some(Vec::new());
        self
    }

    /// What was chosen so far, when it was remembered.
    pub fn made(&self) -> &[Choice] {
        self.made.as_deref().unwrap_or_default()
    }

    /// A number below `of`, which is at least 1.
    pub fn below(&mut self, of: u32) -> u32 {
        let chosen = match &mut self.from {
            From::Seed(rng) => rng.u32(0..of),
            From::List { choices, next } => {
                let chosen = choices.get(*next).copied().unwrap_or(0).min(of - 1);
                *next += 1;
                chosen
            }
        };
        if let Some(made) = &mut self.made {
            made.push(Choice { chosen, of });
        }
        chosen
    }

    /// A number from `from` up to below `to`.
    pub(crate) fn between(&mut self, from: u64, to: u64) -> u64 {
        let of = u32::try_from(to - from).unwrap_or(u32::MAX);
        from + u64::from(self.below(of))
    }

    /// True once in so many times.
    pub(crate) fn one_in(&mut self, times: u32) -> bool {
        self.below(times) == times - 1
    }

    /// True in so many of a thousand times.
    pub(crate) fn per_mille(&mut self, times: u32) -> bool {
        times > 0 && self.below(1_000) >= 1_000 - times
    }

    /// One of these, the first being the calm one.
    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let at = self.below(u32::try_from(all.len()).unwrap_or(1));
        all[at as usize]
    }

    /// An index into something of this length, which is not 0.
    pub(crate) fn index(&mut self, len: usize) -> usize {
        self.below(u32::try_from(len).unwrap_or(u32::MAX)) as usize
    }
}
