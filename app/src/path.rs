//! Every address of the app, typed: pages link with [`Path`], never with a string.
//! Not the route table; that is in [`crate::app`] and is checked against this file by a test.

use core::fmt;

use doorstep_domain::id::{EventId, HouseholdId, SubjectId};
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// A screen and what it is about. `Display` writes the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// What is next today.
    Today,
    /// Logging in.
    Login,
    /// The register, searched by room or name.
    Households,
    /// One household and its visits.
    Household(HouseholdId),
    /// Planning a visit to a household.
    Planning(HouseholdId),
    /// Moving a planned visit to a household, or noting what was agreed.
    Replanning(HouseholdId, SubjectId),
    /// All visits of the site.
    Visits,
    /// One visit's record and its review.
    Visit(SubjectId),
    /// The forms of one visit's record, to be printed.
    Printing(SubjectId),
    /// A visit being written, at the door.
    Listening(SubjectId),
    /// The owner's page of a visit being written.
    Owner(SubjectId),
    /// A visit just sealed.
    Sealed(EventId),
    /// Oneself: account, settings, what is unsent.
    Me,
    /// Another password for the account.
    Password,
    /// The code that takes the phone back from an owner.
    Code,
    /// The devices of the account, and those the person looks after.
    Devices,
    /// Records kept aside, for a director to decide on.
    Aside,
    /// Taking in the file that another phone has saved.
    Rescue,
    /// The office's list of phrases.
    Phrases,
}

/// A place of the tab bar (phone) and of the rail (desk).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// [`Path::Today`].
    Today,
    /// [`Path::Visits`] and single records.
    Visits,
    /// [`Path::Households`] and single ones.
    Households,
    /// [`Path::Me`].
    Me,
}

impl Tab {
    /// All, in the order shown.
    pub const ALL: [Self; 4] = [Self::Today, Self::Visits, Self::Households, Self::Me];

    /// Where the tab leads.
    pub fn path(self) -> Path {
        match self {
            Self::Today => Path::Today,
            Self::Visits => Path::Visits,
            Self::Households => Path::Households,
            Self::Me => Path::Me,
        }
    }
}

impl Path {
    /// Reads an address (without query); `None` for one that is no screen of ours.
    pub fn parse(address: &str) -> Option<Self> {
        let mut parts = address.split('/').filter(|part| !part.is_empty());
        let parts = [parts.next(), parts.next(), parts.next(), parts.next()];
        Some(match parts {
            [None, ..] => Self::Today,
            [Some("login"), None, ..] => Self::Login,
            [Some("households"), None, ..] => Self::Households,
            [Some("households"), Some(id), None, _] => Self::Household(id.parse().ok()?),
            [Some("households"), Some(id), Some("plan"), None] => Self::Planning(id.parse().ok()?),
            [Some("households"), Some(id), Some("plan"), Some(plan)] => {
                Self::Replanning(id.parse().ok()?, plan.parse().ok()?)
            }
            [Some("visits"), None, ..] => Self::Visits,
            [Some("visits"), Some(id), None, _] => Self::Visit(id.parse().ok()?),
            [Some("visits"), Some(id), Some("print"), None] => Self::Printing(id.parse().ok()?),
            [Some("drafts"), Some(id), None, _] => Self::Listening(id.parse().ok()?),
            [Some("drafts"), Some(id), Some("owner"), None] => Self::Owner(id.parse().ok()?),
            [Some("sealed"), Some(id), None, _] => Self::Sealed(id.parse().ok()?),
            [Some("me"), None, ..] => Self::Me,
            [Some("me"), Some("password"), None, _] => Self::Password,
            [Some("me"), Some("code"), None, _] => Self::Code,
            [Some("me"), Some("devices"), None, _] => Self::Devices,
            [Some("me"), Some("aside"), None, _] => Self::Aside,
            [Some("me"), Some("rescue"), None, _] => Self::Rescue,
            [Some("me"), Some("phrases"), None, _] => Self::Phrases,
            _ => return None,
        })
    }

    /// The tab this screen stands under; `None` on the visiting path and at the log-in, which
    /// fill the whole screen.
    pub fn tab(self) -> Option<Tab> {
        match self {
            Self::Today => Some(Tab::Today),
            Self::Visits | Self::Visit(_) | Self::Printing(_) => Some(Tab::Visits),
            Self::Households | Self::Household(_) | Self::Planning(_) | Self::Replanning(..) => {
                Some(Tab::Households)
            }
            Self::Me
            | Self::Password
            | Self::Code
            | Self::Devices
            | Self::Aside
            | Self::Rescue
            | Self::Phrases => Some(Tab::Me),
            Self::Login | Self::Listening(_) | Self::Owner(_) | Self::Sealed(_) => None,
        }
    }

    /// Whether the owner is looking on: they only ever meet their own record, so nothing of the
    /// app (banners, tabs) is shown.
    pub fn is_owners(self) -> bool {
        matches!(self, Self::Owner(_) | Self::Sealed(_))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Today => f.write_str("/"),
            Self::Login => f.write_str("/login"),
            Self::Households => f.write_str("/households"),
            Self::Household(id) => write!(f, "/households/{id}"),
            Self::Planning(id) => write!(f, "/households/{id}/plan"),
            Self::Replanning(id, plan) => write!(f, "/households/{id}/plan/{plan}"),
            Self::Visits => f.write_str("/visits"),
            Self::Visit(id) => write!(f, "/visits/{id}"),
            Self::Printing(id) => write!(f, "/visits/{id}/print"),
            Self::Listening(id) => write!(f, "/drafts/{id}"),
            Self::Owner(id) => write!(f, "/drafts/{id}/owner"),
            Self::Sealed(id) => write!(f, "/sealed/{id}"),
            Self::Me => f.write_str("/me"),
            Self::Password => f.write_str("/me/password"),
            Self::Code => f.write_str("/me/code"),
            Self::Devices => f.write_str("/me/devices"),
            Self::Aside => f.write_str("/me/aside"),
            Self::Rescue => f.write_str("/me/rescue"),
            Self::Phrases => f.write_str("/me/phrases"),
        }
    }
}

/// Goes to a screen; back leads here again.
pub fn use_go() -> impl Fn(Path) + Clone {
    let navigate = use_navigate();
    move |path| navigate(&path.to_string(), NavigateOptions::default())
}

/// Goes to a screen in this one's place: back does not lead to what is finished.
pub fn use_go_on() -> impl Fn(Path) + Clone {
    let navigate = use_navigate();
    move |path| {
        let options = NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        };
        navigate(&path.to_string(), options);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> [Path; 19] {
        let subject = SubjectId::mint(1, &[1; 10]);
        [
            Path::Today,
            Path::Login,
            Path::Households,
            Path::Household(HouseholdId::mint(1, &[2; 10])),
            Path::Planning(HouseholdId::mint(1, &[2; 10])),
            Path::Replanning(HouseholdId::mint(1, &[2; 10]), subject),
            Path::Visits,
            Path::Visit(subject),
            Path::Printing(subject),
            Path::Listening(subject),
            Path::Owner(subject),
            Path::Sealed(EventId::mint(1, &[3; 10])),
            Path::Me,
            Path::Password,
            Path::Code,
            Path::Devices,
            Path::Aside,
            Path::Rescue,
            Path::Phrases,
        ]
    }

    #[test]
    fn every_address_reads_back() {
        for path in all() {
            assert_eq!(Path::parse(&path.to_string()), Some(path));
        }
    }

    #[test]
    fn other_addresses_are_nothing() {
        for address in [
            "/nothing",
            "/visits/7",
            "/drafts",
            "/me/too",
            "/households/a/b",
        ] {
            assert_eq!(Path::parse(address), None, "{address}");
        }
    }

    #[test]
    fn the_visiting_path_fills_the_screen() {
        let without_tab: Vec<String> = all()
            .into_iter()
            .filter(|path| path.tab().is_none())
            .map(|p| p.to_string())
            .collect();
        assert_eq!(without_tab.len(), 4);
        assert!(without_tab.iter().all(|path| {
            ["/login", "/drafts", "/sealed"]
                .iter()
                .any(|start| path.starts_with(start))
        }));
    }
}
