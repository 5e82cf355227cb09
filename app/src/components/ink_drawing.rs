//! A signature drawn from its strokes, at any size. Not taking one; that is the owner's page.

use doorstep_domain::ink::{Ink, PAD_HEIGHT, PAD_WIDTH, Stroke, outline};
use leptos::prelude::*;

/// The pad's own units as an SVG view box.
pub fn pad_view_box() -> String {
    ["0 0 ", &PAD_WIDTH.to_string(), " ", &PAD_HEIGHT.to_string()].concat()
}

/// The ink, in the colour of the text around it.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns its props")]
pub fn InkDrawing(
    /// What was drawn.
    ink: Ink,
    /// What a screen reader says.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let path = |stroke: &Stroke| view! { <path d=outline(stroke) /> };
    view! {
        <svg class="ink" viewBox=pad_view_box() role="img" aria-label=label>
            {ink.strokes.iter().map(path).collect_view()}
        </svg>
    }
}
