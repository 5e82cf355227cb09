//! Who works on this phone: the person logged in, their sites and posts (works without a
//! network, from what was kept at the last log-in).
//! Not logging in or out; that is [`super::entrance`]. Not who may do what; the domain decides.

use std::sync::Arc;

use doorstep_domain::account::{Session, Site};
use doorstep_domain::draft::Visitor;
use doorstep_domain::id::{PersonId, SiteId};
use doorstep_domain::policy::{Action, Role, may, roles_on};
use leptos::prelude::*;

use crate::browser::{clock, preferences};

/// Who works on this phone. All reads are tracked.
#[derive(Clone, Copy)]
pub struct SessionState {
    session: RwSignal<Option<Arc<Session>>>,
    site: RwSignal<Option<SiteId>>,
    ended: RwSignal<bool>,
}

impl SessionState {
    /// The person's session as last confirmed by the server; `None` when nobody is logged in.
    pub fn get(self) -> Option<Arc<Session>> {
        self.session.get()
    }

    /// The session, not tracked: for handlers and tasks.
    pub fn get_untracked(self) -> Option<Arc<Session>> {
        self.session.get_untracked()
    }

    /// Whether the server has ended the session: sending waits for a new log-in, all other work
    /// goes on.
    pub fn has_ended(self) -> bool {
        self.ended.get()
    }

    /// The person.
    pub fn person(self) -> Option<PersonId> {
        self.session
            .with(|session| session.as_ref().map(|session| session.person))
    }

    /// The site being worked on.
    pub fn site(self) -> Option<Site> {
        let chosen = self.site.get();
        self.session.with(|session| {
            let sites = &session.as_ref()?.sites;
            let known = sites.iter().find(|site| Some(site.id) == chosen);
            known.or(sites.first()).cloned()
        })
    }

    /// The sites to choose from.
    pub fn sites(self) -> Vec<Site> {
        self.session
            .with(|it| it.as_ref().map(|it| it.sites.clone()).unwrap_or_default())
    }

    /// Works on another site from now on.
    pub fn choose_site(self, site: SiteId) {
        preferences::set_site(site);
        self.site.set(Some(site));
    }

    /// The IANA zone of the site being worked on; UTC before there is one.
    pub fn zone(self) -> String {
        self.site()
            .map_or_else(|| "UTC".to_owned(), |site| site.zone)
    }

    /// The posts held on the site now, sorted.
    pub fn roles(self) -> Vec<Role> {
        let Some(site) = self.site() else {
            return Vec::new();
        };
        self.session.with(|session| {
            session.as_ref().map_or_else(Vec::new, |session| {
                roles_on(&session.grants, site.id, clock::now_ms())
            })
        })
    }

    /// The post in which the person may do `action` on the site; `None` when in none. Of several
    /// the highest in the office's order that is not above what is needed: the first that may.
    pub fn role_for(self, action: Action) -> Option<Role> {
        self.roles().into_iter().find(|role| may(*role, action))
    }

    /// The person as a visit's record names them; `None` without a site or a post that visits.
    pub fn visitor(self) -> Option<Visitor> {
        let post = self.role_for(Action::RecordVisit)?;
        let site = self.site()?;
        self.session.with(|session| {
            let name = session.as_ref()?.name.clone();
            Some(Visitor {
                name,
                post,
                site: site.name,
            })
        })
    }

    /// Sets who works here, or nobody.
    pub(super) fn set(self, session: Option<Session>) {
        self.session.set(session.map(Arc::new));
    }

    /// Notes whether the server has ended the session.
    pub(crate) fn set_ended(self, ended: bool) {
        if self.ended.get_untracked() != ended {
            self.ended.set(ended);
        }
    }
}

/// Provides the state; nobody is logged in yet.
pub fn provide_session() {
    provide_context(SessionState {
        session: RwSignal::new(None),
        site: RwSignal::new(preferences::site()),
        ended: RwSignal::new(false),
    });
}

/// Who works on this phone.
pub fn use_session() -> SessionState {
    expect_context()
}
