//! Sentences about the app as a whole that stand above a screen: log in again, storage trouble,
//! a new version. Not about a single field or record.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// How pressing a banner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Good to know.
    Quiet,
    /// Something waits for it.
    Amber,
    /// Work is at risk.
    Loud,
}

impl Weight {
    fn class(self) -> &'static str {
        match self {
            Self::Quiet => "banner",
            Self::Amber => "banner amber",
            Self::Loud => "banner loud",
        }
    }

    fn role(self) -> &'static str {
        if self == Self::Loud {
            "alert"
        } else {
            "status"
        }
    }
}

/// One sentence, and a button or link to do something about it.
#[component]
pub fn Banner(
    /// How pressing it is.
    weight: Weight,
    /// The sentence.
    #[prop(into)]
    text: Signal<String>,
    /// What to do about it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class=weight.class() role=weight.role()>
            <Icon glyph=if weight == Weight::Quiet { Glyph::Check } else { Glyph::Warning } />
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// All banners that apply now, most pressing first.
#[component]
pub fn Banners() -> impl IntoView {
    view! { <div class="banners"></div> }
}
