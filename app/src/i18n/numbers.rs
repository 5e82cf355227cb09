//! Whole numbers as both languages write them: thousands set apart by a comma.
//! Not currency nor decimals; nothing in the app has them.

/// `1208` as `1,208`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let written = [0, 999, 1_000, 1_208, 1_000_000].map(grouped);
        assert_eq!(written, ["0", "999", "1,000", "1,208", "1,000,000"]);
    }
}
