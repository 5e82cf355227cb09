//! The look people chose: as the phone is set, light or dark.
//! Not the colours; those are the tokens of `style/tokens.css`.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::browser::{document, preferences};

/// A choice of look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// As the phone is set.
    #[default]
    Auto,
    /// Ink on paper.
    Light,
    /// The reverse.
    Dark,
}

impl Look {
    /// All, in the order offered.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The value of `data-theme`; none leaves it to the phone.
    fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Auto => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// The look of the app.
#[derive(Clone, Copy)]
pub struct Theme(RwSignal<Look>);

impl Theme {
    /// The look now; tracked.
    pub fn get(self) -> Look {
        self.0.get()
    }

    /// Switches, and remembers the choice on this phone.
    pub fn set(self, look: Look) {
        preferences::set_look(look);
        self.0.set(look);
    }
}

/// Provides the look remembered on this phone and keeps the document in step.
pub fn provide_theme() {
    let theme = Theme(RwSignal::new(preferences::look().unwrap_or_default()));
    Effect::new(move || document::set_theme(theme.get().attribute()));
    provide_context(theme);
}

/// The look of the app.
pub fn use_theme() -> Theme {
    expect_context()
}
