//! What screen readers are told of a control's state. Not its words.

/// A state as an ARIA attribute wants it written: `aria-pressed`, `aria-expanded`.
pub fn truth(holds: bool) -> &'static str {
    if holds { "true" } else { "false" }
}
