//! Who may do what and who sees what (the first table of the log and wire notes; R2.1, R3, R4).
//! Not authentication: who somebody is has been settled before these functions are asked.

use serde::{Deserialize, Serialize};

use crate::event::{Absence, Kind, PartName};
use crate::id::{PersonId, SiteId};
use crate::time::UnixMs;

/// Raised by one whenever this file changes what somebody may see; phones with another number
/// take their site anew (part of the scope digest).
pub const POLICY_VERSION: u32 = 1;

/// A post a person may hold on a site, or on all sites of the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 管家: any other staff member who visits.
    Steward,
    /// 客服主管: does and signs off visits.
    Supervisor,
    /// 管理处主任: heads the office, reviews and decides.
    Director,
    /// 运作部经理: oversees visiting on all sites (R2.1).
    Operations,
    /// 公司客户投诉中心: what exceeds a director's authority (R3.9).
    ComplaintCentre,
    /// 品质管理部: survey copies and reports (R3.27, R4.9).
    Quality,
    /// 公司领导: approves reports (R4.6).
    Executive,
    /// 财务部: checks the business part of reports (R4.6).
    Finance,
    /// Keeps accounts and devices, sees no records.
    Admin,
    /// The server itself, for the command line and its own jobs.
    Office,
}

impl Role {
    /// Every role a person can be given (the office key's is not among them).
    pub const GRANTABLE: [Self; 9] = [
        Self::Steward,
        Self::Supervisor,
        Self::Director,
        Self::Operations,
        Self::ComplaintCentre,
        Self::Quality,
        Self::Executive,
        Self::Finance,
        Self::Admin,
    ];

    /// The name in commands and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Steward => "steward",
            Self::Supervisor => "supervisor",
            Self::Director => "director",
            Self::Operations => "operations",
            Self::ComplaintCentre => "complaint_centre",
            Self::Quality => "quality",
            Self::Executive => "executive",
            Self::Finance => "finance",
            Self::Admin => "admin",
            Self::Office => "office",
        }
    }

    /// Reads a grantable role's name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::GRANTABLE
            .into_iter()
            .find(|role| role.as_str() == name)
    }
}

/// A role held on a site (or on every site) for a time, e.g. an acting director's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Grant {
    /// The role held.
    pub role: Role,
    /// The site it is held on; `None` for every site of the company.
    pub site: Option<SiteId>,
    /// First millisecond at which it holds.
    pub from: UnixMs,
    /// First millisecond at which it no longer holds; `None` for open-ended.
    pub until: Option<UnixMs>,
}

impl Grant {
    /// Whether the grant holds on `site` at `now`.
    pub fn holds(&self, site: SiteId, now: UnixMs) -> bool {
        self.site.is_none_or(|own| own == site) && self.from <= now && !self.ended(now)
    }

    /// Whether it holds no longer at `now`.
    pub fn ended(&self, now: UnixMs) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// The roles that hold on `site` at `now`, sorted, each once.
pub fn roles_on(grants: &[Grant], site: SiteId, now: UnixMs) -> Vec<Role> {
    let mut roles: Vec<Role> = grants
        .iter()
        .filter(|grant| grant.holds(site, now))
        .map(|grant| grant.role)
        .collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// Something a person in a role may or may not do; asked when an event arrives (and by the app,
/// to show or explain).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Record a visit (R2.1, R3.3, R4.11).
    RecordVisit,
    /// Plan a visit, move it or take it over; for oneself, or for somebody else.
    PlanVisit {
        /// The person who asks is to make the visit.
        own: bool,
    },
    /// Call a planned visit off, or note that a call agreed none: whoever the household tells.
    NoteCall,
    /// Correct a sealed record by a further revision; `own` when the person recorded it.
    CorrectVisit {
        /// The person who asks recorded the visit.
        own: bool,
    },
    /// Void a record by an addition; `own` when the person recorded it.
    VoidVisit {
        /// The person who asks recorded the visit.
        own: bool,
    },
    /// Write the opinion on a record (R3.8).
    WriteOpinion,
    /// Decide adopt / not adopt (R3.9).
    DecideOpinion,
    /// Write down the answer an owner was given (R3.10); `own` when the person made the visit.
    GiveAnswer {
        /// The person who asks made the visit.
        own: bool,
    },
    /// Change the register directly (R3.1).
    ChangeRegister,
    /// Change the office's list of phrases.
    ChangePhrases,
    /// See what is kept aside on a site, and take it into the log or turn it down.
    DecideQuarantine,
    /// Be given the office's statements of where a site's log stands, to keep them elsewhere.
    KeepHeads,
    /// Erase parts of what is held on a household (PIPL 47). An admin, who sees no records,
    /// carries a director's order out at the command line, where the office signs.
    EraseParts,
    /// Be given all that is held on a household, to hand it over (PIPL 45). An admin does this at
    /// the command line.
    ExportHousehold,
    /// Change accounts, roles and devices.
    ChangeAccounts,
    /// Give a one-time password to an account; never to one's own, which takes the old password.
    ResetPassword {
        /// It is the asker's.
        own: bool,
    },
    /// See devices and their log-ins, and revoke them; `own` when they are the asker's.
    ManageDevices {
        /// They are the asker's.
        own: bool,
    },
}

/// Whether `role` may do `action` on the site where it is held.
pub fn may(role: Role, action: Action) -> bool {
    use Role::{Admin, Director, Office, Steward, Supervisor};
    match action {
        Action::RecordVisit | Action::NoteCall => matches!(role, Steward | Supervisor | Director),
        Action::CorrectVisit { own }
        | Action::VoidVisit { own }
        | Action::PlanVisit { own }
        | Action::GiveAnswer { own } => {
            matches!(role, Supervisor | Director) || (own && role == Steward)
        }
        Action::WriteOpinion | Action::ChangePhrases => matches!(role, Supervisor | Director),
        Action::DecideOpinion
        | Action::DecideQuarantine
        | Action::KeepHeads
        | Action::ExportHousehold => role == Director,
        Action::ChangeRegister => matches!(role, Supervisor | Director | Admin | Office),
        Action::EraseParts => matches!(role, Director | Office),
        Action::ChangeAccounts => matches!(role, Admin | Office),
        Action::ResetPassword { own } => !own && matches!(role, Admin | Office),
        Action::ManageDevices { own } => own || matches!(role, Director | Admin | Office),
    }
}

/// Whether the holder of `grants` may do `action` to something of a person who holds `of`: on a
/// site that one of these names, or on all sites.
pub fn reaches(grants: &[Grant], of: &[Grant], action: Action, now: UnixMs) -> bool {
    let mut named = of.iter().filter(|grant| !grant.ended(now));
    may_everywhere(grants, action, now)
        || named.any(|grant| {
            grant
                .site
                .is_some_and(|site| may_on(grants, site, action, now))
        })
}

/// Whether the holder of `grants` may do `action` to the whole of a person who holds `of`: on
/// every site where these hold or will hold. Somebody who holds a role on all sites, or none at
/// all, is left to whoever may do it on all sites.
pub fn governs(grants: &[Grant], of: &[Grant], action: Action, now: UnixMs) -> bool {
    let mut named = of.iter().filter(|grant| !grant.ended(now)).peekable();
    may_everywhere(grants, action, now)
        || (named.peek().is_some()
            && named.all(|grant| {
                grant
                    .site
                    .is_some_and(|site| may_on(grants, site, action, now))
            }))
}

fn may_on(grants: &[Grant], site: SiteId, action: Action, now: UnixMs) -> bool {
    let roles = roles_on(grants, site, now);
    roles.into_iter().any(|role| may(role, action))
}

fn may_everywhere(grants: &[Grant], action: Action, now: UnixMs) -> bool {
    let mut held = grants.iter().filter(|grant| grant.site.is_none());
    held.any(|grant| grant.from <= now && !grant.ended(now) && may(grant.role, action))
}

/// Whether a person holding `roles` on the site receives the site's log at all.
pub fn reads_log(roles: &[Role]) -> bool {
    roles.iter().any(|role| {
        matches!(
            role,
            Role::Steward | Role::Supervisor | Role::Director | Role::Operations
        )
    })
}

/// Whether `reader` with `roles` may hold part `part` of an event of `kind` whose subject was
/// begun by `author`. What is refused here travels as `withheld`, so that the chain stays whole.
pub fn sees(
    roles: &[Role],
    reader: PersonId,
    kind: Kind,
    author: PersonId,
    part: PartName,
) -> bool {
    // What counting needs carries no names and goes to everybody who reads the log.
    if part == PartName::Fact {
        return reads_log(roles);
    }
    let staff = roles
        .iter()
        .any(|role| matches!(role, Role::Supervisor | Role::Director));
    let own = author == reader;
    let steward = roles.contains(&Role::Steward);
    match (kind, part) {
        // R3.7: what was seen of private life stays with the staff of the site.
        (_, PartName::Private) => staff || (steward && own),
        // A steward sees the household cards of the site, and own visits only. Whoever is at the
        // office when a household phones sees what is planned with it.
        (
            Kind::HouseholdChanged
            | Kind::HouseholdCalled
            | Kind::PhraseChanged
            | Kind::VisitPlanned
            | Kind::VisitCalledOff,
            _,
        ) => reads_log(roles),
        _ => staff || roles.contains(&Role::Operations) || (steward && own),
    }
}

/// Why a part that is not here is not: one the reader may hold was erased.
pub fn why_absent(
    roles: &[Role],
    reader: PersonId,
    kind: Kind,
    author: PersonId,
    part: PartName,
) -> Absence {
    if sees(roles, reader, kind, author, part) {
        Absence::Erased
    } else {
        Absence::Withheld
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u8) -> PersonId {
        PersonId::mint(1, &[n; 10])
    }

    #[test]
    fn the_table_of_roles_and_actions_holds_row_by_row() {
        use Role::{Admin, Director, Office, Steward, Supervisor};
        let everybody: Vec<Role> = Role::GRANTABLE.into_iter().chain([Office]).collect();
        let table: [(Action, &[Role]); 23] = [
            (Action::RecordVisit, &[Steward, Supervisor, Director]),
            (
                Action::PlanVisit { own: true },
                &[Steward, Supervisor, Director],
            ),
            (Action::PlanVisit { own: false }, &[Supervisor, Director]),
            (Action::NoteCall, &[Steward, Supervisor, Director]),
            (
                Action::CorrectVisit { own: true },
                &[Steward, Supervisor, Director],
            ),
            (Action::CorrectVisit { own: false }, &[Supervisor, Director]),
            (
                Action::VoidVisit { own: true },
                &[Steward, Supervisor, Director],
            ),
            (Action::VoidVisit { own: false }, &[Supervisor, Director]),
            (Action::WriteOpinion, &[Supervisor, Director]),
            (Action::ChangePhrases, &[Supervisor, Director]),
            (Action::DecideOpinion, &[Director]),
            (
                Action::GiveAnswer { own: true },
                &[Steward, Supervisor, Director],
            ),
            (Action::GiveAnswer { own: false }, &[Supervisor, Director]),
            (Action::DecideQuarantine, &[Director]),
            (Action::KeepHeads, &[Director]),
            (
                Action::ChangeRegister,
                &[Supervisor, Director, Admin, Office],
            ),
            (Action::EraseParts, &[Director, Office]),
            (Action::ExportHousehold, &[Director]),
            (Action::ChangeAccounts, &[Admin, Office]),
            (Action::ResetPassword { own: true }, &[]),
            (Action::ResetPassword { own: false }, &[Admin, Office]),
            (Action::ManageDevices { own: true }, &everybody),
            (
                Action::ManageDevices { own: false },
                &[Director, Admin, Office],
            ),
        ];
        for (action, allowed) in table {
            for role in Role::GRANTABLE.into_iter().chain([Office]) {
                assert_eq!(
                    may(role, action),
                    allowed.contains(&role),
                    "{role:?} {action:?}"
                );
            }
        }
    }

    #[test]
    fn a_grant_holds_on_its_site_from_its_first_to_before_its_last_moment() {
        let here = SiteId::mint(1, &[1; 10]);
        let there = SiteId::mint(1, &[2; 10]);
        let grant = Grant {
            role: Role::Director,
            site: Some(here),
            from: 10,
            until: Some(20),
        };
        assert_eq!(
            [9, 10, 19, 20].map(|now| grant.holds(here, now)),
            [false, true, true, false]
        );
        assert!(!grant.holds(there, 15));
        assert!(
            Grant {
                site: None,
                ..grant
            }
            .holds(there, 15)
        );
    }

    #[test]
    fn a_site_reaches_its_people_and_governs_those_who_are_nobody_elses() {
        let [here, there] = [1, 2].map(|n| SiteId::mint(1, &[n; 10]));
        let grant = |role, site| Grant {
            role,
            site,
            from: 0,
            until: None,
        };
        let until = |until, grant: Grant| Grant {
            until: Some(until),
            ..grant
        };
        let action = Action::ChangeAccounts;
        let both = |grants: &[Grant], of: &[Grant]| {
            (
                reaches(grants, of, action, 50),
                governs(grants, of, action, 50),
            )
        };
        let [ours, theirs] = [here, there].map(|site| grant(Role::Steward, Some(site)));
        let all = grant(Role::Operations, None);
        let local = [grant(Role::Admin, Some(here))];
        assert_eq!(both(&local, std::slice::from_ref(&ours)), (true, true));
        assert_eq!(both(&local, &[ours.clone(), theirs.clone()]), (true, false));
        assert_eq!(both(&local, &[ours.clone(), all]), (true, false));
        assert_eq!(both(&local, std::slice::from_ref(&theirs)), (false, false));
        assert_eq!(both(&local, &[until(50, ours.clone())]), (false, false));
        assert_eq!(both(&local, &[until(51, ours.clone())]), (true, true));
        assert_eq!(both(&local, &[]), (false, false));
        assert_eq!(both(&[grant(Role::Admin, None)], &[]), (true, true));
        let ended = until(50, grant(Role::Admin, None));
        assert_eq!(both(&[ended], std::slice::from_ref(&ours)), (false, false));
        let director = [grant(Role::Director, Some(here))];
        assert_eq!(both(&director, &[ours]), (false, false));
    }

    #[test]
    fn private_notes_never_reach_operations_nor_other_stewards() {
        let (author, other) = (person(1), person(2));
        let visit = Kind::VisitRecorded;
        let sees_private =
            |roles: &[Role], reader| sees(roles, reader, visit, author, PartName::Private);
        assert!(!sees_private(&[Role::Operations], other));
        assert!(!sees_private(&[Role::Steward], other));
        assert!(sees_private(&[Role::Steward], author));
        assert!(sees_private(&[Role::Director], other));
    }

    #[test]
    fn a_steward_sees_cards_and_own_visits_and_an_admin_nothing() {
        let (author, other) = (person(1), person(2));
        let content = PartName::Content;
        let steward = [Role::Steward];
        assert!(sees(
            &steward,
            other,
            Kind::HouseholdChanged,
            author,
            content
        ));
        assert!(!sees(&steward, other, Kind::VisitRecorded, author, content));
        assert!(sees(&steward, author, Kind::VisitRecorded, author, content));
        let why = |reader| why_absent(&steward, reader, Kind::VisitRecorded, author, content);
        assert_eq!(
            (why(other), why(author)),
            (Absence::Withheld, Absence::Erased)
        );
        assert!(!sees(
            &[Role::Admin],
            author,
            Kind::VisitRecorded,
            author,
            PartName::Fact
        ));
    }
}
