//! A text with the piece that was searched for marked in it.
//! Not the search; a match by other spelling (`321502`) is found and has nothing to mark.

use core::ops::Range;

use doorstep_domain::household::half_width;
use leptos::prelude::*;

/// The text.
#[component]
pub(super) fn Marked(
    /// The text.
    text: String,
    /// What was typed.
    query: Signal<String>,
) -> impl IntoView {
    let pieces = move || {
        let found = query.with(|query| matched(&text, query)).unwrap_or(0..0);
        let [before, piece, after] = [0..found.start, found.clone(), found.end..text.len()]
            .map(|range| text[range].to_owned());
        let mark = (!piece.is_empty()).then(|| view! { <mark>{piece}</mark> });
        (before, mark, after)
    };
    view! { {pieces} }
}

/// Where `query` stands in `text` as typed, capital letters and full width aside.
fn matched(text: &str, query: &str) -> Option<Range<usize>> {
    let query = half_width(query).trim().to_ascii_lowercase();
    if query.is_empty() {
        return None;
    }
    // ASCII lower case keeps every byte's place.
    let start = text.to_ascii_lowercase().find(&query)?;
    Some(start..start + query.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_piece_is_found_as_typed() {
        for (text, query, found) in [
            ("3-2-1502", "1502", Some(4..8)),
            ("3-2-1502", " １５ ", Some(4..6)),
            ("A-1-101", "a-1", Some(0..3)),
            ("陈佳慧", "佳", Some(3..6)),
            ("3-2-1502", "321502", None),
            ("3-2-1502", "  ", None),
        ] {
            assert_eq!(matched(text, query), found, "{query}");
        }
    }
}
