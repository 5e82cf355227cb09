//! How long something has waited, in words. Not the clock; minutes are handed in.

use doorstep_domain::language::Language;

use super::t;

/// So many minutes in the largest whole unit; days only from the second on.
pub fn age(lang: Language, minutes: u64) -> String {
    match minutes {
        0 => t::age_now(lang).to_owned(),
        1..60 => t::age_minutes(lang, minutes),
        60..2_880 => t::age_hours(lang, minutes / 60),
        _ => t::age_days(lang, minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use doorstep_domain::language::Language::English;

    use super::*;

    #[test]
    fn ages_are_told_in_whole_units() {
        let told = [0, 1, 59, 60, 47 * 60 + 59, 48 * 60].map(|minutes| age(English, minutes));
        let words = [
            "just now",
            "1 minute",
            "59 minutes",
            "1 hour",
            "47 hours",
            "2 days",
        ];
        assert_eq!(told, words);
    }
}
