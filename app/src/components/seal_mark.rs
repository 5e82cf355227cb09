//! The small red seal, drawn from a hash. Not the sealing; the domain says what the hash covers.

use doorstep_domain::hash::Hash;
use doorstep_domain::seal::picture;
use leptos::prelude::*;

/// The seal of `hash`, as large as its CSS box.
#[component]
pub fn SealMark(
    /// What the picture is cut from.
    hash: Hash,
    /// What a screen reader says; leave it empty where words stand beside the seal.
    #[prop(into, optional)]
    label: Signal<String>,
) -> impl IntoView {
    let hidden = move || label.with(String::is_empty).then_some("true");
    let role = move || label.with(|label| (!label.is_empty()).then_some("img"));
    let words = move || label.with(|label| (!label.is_empty()).then(|| label.clone()));
    view! {
        <svg class="seal-mark" viewBox="0 0 60 60" aria-hidden=hidden role=role aria-label=words>
            <rect class="seal-frame" x="2.5" y="2.5" width="55" height="55" rx="5" />
            <path class="seal-cells" d=cells(&hash) />
        </svg>
    }
}

/// One path with a square for every cut cell.
fn cells(hash: &Hash) -> String {
    let mut path = String::new();
    for (row, line) in picture(hash).iter().enumerate() {
        for (column, _) in line.iter().enumerate().filter(|(_, cut)| **cut) {
            let (x, y) = ((9 + column * 7).to_string(), (9 + row * 7).to_string());
            path.extend(["M", &x, " ", &y, "h6v6h-6z"]);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_cell_is_a_square() {
        let hash = doorstep_domain::hash::sha256(b"doorstep");
        let cut = picture(&hash).iter().flatten().filter(|cut| **cut).count();
        assert!(cut > 0);
        assert_eq!(cells(&hash).matches("h6v6h-6z").count(), cut);
    }
}
