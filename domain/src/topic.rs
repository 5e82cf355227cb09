//! The ten opinion topics (R3.2) and the marks an owner gives (R3.22).

use serde::{Deserialize, Serialize};

/// An opinion topic; the order is the regulation's (R3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// (1) Security and guards: work and attitude.
    Security,
    /// (2) Cleaning: work and attitude.
    Cleaning,
    /// (3) Landscaping: work and attitude.
    Landscaping,
    /// (4) Repair staff: skill, attitude, speed.
    Repair,
    /// (5) Leisure and play facilities.
    Facilities,
    /// (6) Management staff: attitude, coordination.
    Management,
    /// (7) Convenience services.
    Convenience,
    /// (8) Special difficulties and needs.
    Difficulties,
    /// (9) Community culture.
    Culture,
    /// (10) Other.
    Other,
}

impl Topic {
    /// All ten in the regulation's order.
    pub const ALL: [Self; 10] = [
        Self::Security,
        Self::Cleaning,
        Self::Landscaping,
        Self::Repair,
        Self::Facilities,
        Self::Management,
        Self::Convenience,
        Self::Difficulties,
        Self::Culture,
        Self::Other,
    ];

    /// 1 to 10, the regulation's number.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

/// The mark on a topic (R3.22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Satisfaction {
    /// 满意.
    Satisfied,
    /// 基本满意.
    MostlySatisfied,
    /// 不满意.
    Dissatisfied,
}

impl Satisfaction {
    /// Best to worst, the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Satisfied, Self::MostlySatisfied, Self::Dissatisfied];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_numbered_one_to_ten_in_order() {
        let numbers: Vec<u8> = Topic::ALL.iter().map(|topic| topic.number()).collect();
        assert_eq!(numbers, (1..=10).collect::<Vec<u8>>());
    }
}
