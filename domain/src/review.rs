//! What happens to a record afterwards: the supervisor's opinion (R3.8), the director's
//! decision (R3.9), and voiding by an addition. Nothing here changes the record itself.

use serde::{Deserialize, Serialize};

use crate::id::EventId;
use crate::text::{TEXT_MAX, is_clean};
use crate::topic::Topic;

/// What an addition is about: part `fact` of `visit.voided` and `opinion.written`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The `visit.recorded` event that was judged; a revision not seen stays unjudged.
    pub on: EventId,
}

/// Words: part `content` of `visit.voided` (why), `opinion.written` (the opinion) and
/// `opinion.decided` (the reason).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The text; see [`Words::is_sound`].
    pub text: String,
}

impl Words {
    /// Whether the text is clean and within its limit, and there where one is `required`.
    pub fn is_sound(&self, required: bool) -> bool {
        is_clean(&self.text, TEXT_MAX) && !(required && self.text.is_empty())
    }
}

/// The director's verdict (R3.9). Escalation comes with the complaint centre's desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 采纳.
    Adopt,
    /// 不采纳; the reason is required.
    NotAdopt,
}

/// Part `fact` of `opinion.decided`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The `visit.recorded` event that was judged.
    pub on: EventId,
    /// Which of its opinions.
    pub topic: Topic,
    /// Adopted or not.
    pub verdict: Verdict,
}

impl Verdict {
    /// Whether a reason must be given.
    pub fn needs_reason(self) -> bool {
        self == Self::NotAdopt
    }
}
