//! The run's random numbers, all from its one seed. What processes make of them also hangs on how
//! the machine schedules them: a seed repeats the choices, not the run.

/// A sequence of random numbers.
#[derive(Debug, Clone)]
pub(crate) struct Chance(fastrand::Rng);

impl Chance {
    /// The sequence of a seed.
    pub(crate) fn of(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// Another sequence that this one determines, for a thread of its own.
    pub(crate) fn split(&mut self) -> Self {
        Self(self.0.fork())
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        self.0.u32(low..=high)
    }

    /// True once in `n` times.
    pub(crate) fn once_in(&mut self, n: u32) -> bool {
        self.0.u32(0..n) == 0
    }

    /// Bytes for an id.
    pub(crate) fn bytes(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.0.fill(&mut bytes);
        bytes
    }

    /// One of `choices`; `None` when there are none.
    pub(crate) fn one_of<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        (!choices.is_empty()).then(|| &choices[self.0.usize(0..choices.len())])
    }
}
