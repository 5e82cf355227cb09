//! Line icons, drawn in the text's colour. Always beside a word or a label, never alone.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// A house: today.
    Home,
    /// A book: visits.
    Book,
    /// A door: households.
    Door,
    /// A person: oneself.
    Person,
    /// A telephone.
    Phone,
    /// A cloud with an arrow up: only on this phone.
    Cloud,
    /// A tick: saved, received.
    Check,
    /// A closed lock.
    Lock,
    /// An arrow to the left: back.
    Back,
    /// An arrow down: opens what is beneath.
    Down,
    /// A magnifying glass.
    Search,
    /// An arrow turning back: undo.
    Undo,
    /// A triangle with a mark: something needs attention.
    Warning,
    /// A cross: close.
    Close,
    /// An arrow down to a tray: save as a file.
    Download,
    /// A leaf of a calendar: planned.
    Calendar,
    /// A camera: take a photo.
    Camera,
    /// A framed landscape: pictures there are.
    Picture,
}

impl Glyph {
    /// The path's text, in a square of 24.
    fn path(self) -> &'static str {
        match self {
            Self::Home => "M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-5v-6h-4v6H5a1 1 0 0 1-1-1z",
            Self::Book => {
                "M6 4h11a1 1 0 0 1 1 1v15H7a2 2 0 0 1-2-2V5a1 1 0 0 1 1-1zm-1 14a2 2 0 0 1 2-2h11M9 \
                 8h6M9 11h4"
            }
            Self::Door => "M6 21V4a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v17M3 21h18M14.5 12.5v.01",
            Self::Person => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7 8a7 7 0 0 1 14 0",
            Self::Phone => {
                "M6 3h3l2 5-2.5 1.5a11 11 0 0 0 5 5L15 12l5 2v3a3 3 0 0 1-3 3A14 14 0 0 1 4 6a3 3 0 \
                 0 1 2-3z"
            }
            Self::Cloud => {
                "M7 18h10a4 4 0 0 0 .6-8A6 6 0 0 0 6 9.5 4.3 4.3 0 0 0 7 18zM12 15v-5m-2 2 2-2 2 2"
            }
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Lock => "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
            Self::Back => "M15 5l-7 7 7 7",
            Self::Down => "M6 9l6 6 6-6",
            Self::Search => "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm5-2 4 4",
            Self::Undo => "M8 5 4 9l4 4M4 9h9a6 6 0 0 1 0 12h-3",
            Self::Warning => "M12 4 2.5 20h19zM12 10v4.5M12 17.2v.01",
            Self::Close => "M6 6l12 12M18 6 6 18",
            Self::Calendar => {
                "M5 5h14a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM4 10h16M8 3v4M16 3v4"
            }
            Self::Camera => {
                "M4 8h3l2-3h6l2 3h3a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1zM12 \
                 17a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z"
            }
            Self::Picture => {
                "M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zm-1 11 5-5 4 4 \
                 3-3 6 6M15.5 9.5v.01"
            }
            Self::Download => "M12 4v11m-4-4 4 4 4-4M5 20h14",
        }
    }
}

/// An icon of the line of text it stands in; hidden from screen readers.
#[component]
pub fn Icon(
    /// What it shows.
    glyph: Glyph,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=glyph.path() />
        </svg>
    }
}
