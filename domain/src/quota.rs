//! The month's visit quota (R3.3), the same on phone and desk. Integer arithmetic only.

/// How many households must be visited in a month, given all households of the site and those
/// occupied. The tier is chosen by all, the per cent taken of the occupied, rounded up (R3.3,
/// reading).
///
/// ```
/// assert_eq!(doorstep_domain::quota::required(301, 260), 13);
/// ```
pub fn required(households: u64, occupied: u64) -> u64 {
    let per_cent = match households {
        0..=300 => 4,
        301..=500 => 5,
        501..=800 => 6,
        801.. => 7,
    };
    // In u128, so that no count a u64 can hold overflows; the result is below `occupied`.
    let exact = (u128::from(occupied) * per_cent).div_ceil(100);
    u64::try_from(exact).expect("a tenth of a u64 fits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_change_after_300_500_and_800_households() {
        for (households, occupied, required_visits) in [
            (0, 0, 0),
            (1, 1, 1),
            (300, 300, 12),
            (301, 300, 15),
            (301, 260, 13),
            (500, 500, 25),
            (501, 500, 30),
            (800, 800, 48),
            (801, 800, 56),
            (1_208, 1_100, 77),
            (1_208, 1_101, 78),
            (10_000, 0, 0),
        ] {
            assert_eq!(
                required(households, occupied),
                required_visits,
                "{households} {occupied}"
            );
        }
    }

    #[test]
    fn the_largest_counts_do_not_overflow() {
        assert_eq!(required(u64::MAX, u64::MAX), 1_291_272_085_159_668_614);
    }
}
