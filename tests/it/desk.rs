//! A desk for the accept core's tests: a company, people with roles, a store, and requests as
//! one would write them by hand.

use std::collections::BTreeMap;

use doorstep_domain::event::Event;
use doorstep_domain::hash::Hash;
use doorstep_domain::id::{EventId, SiteId, SubjectId};
use doorstep_domain::log::Head;
use doorstep_domain::policy::{Grant, Role};
use doorstep_domain::sync::accept::{Context, Failure, accept};
use doorstep_domain::sync::memory::MemoryStore;
use doorstep_domain::sync::wire::{
    Page, Problem, Pushed, RefusalCode, SiteReply, SyncReply, SyncRequest,
};
use doorstep_tests::company::{Author, Company, EPOCH_MS, grant};
use doorstep_tests::events::{Pen, Setting};

/// A server's desk.
pub(crate) struct Desk {
    pub(crate) company: Company,
    pub(crate) store: MemoryStore,
    pub(crate) now: i64,
}

impl Desk {
    /// A company of two sites, an empty store.
    pub(crate) fn new() -> Self {
        Self {
            company: Company::with_sites(2),
            store: MemoryStore::default(),
            now: EPOCH_MS,
        }
    }

    pub(crate) fn site(&self) -> SiteId {
        self.company.sites[0]
    }

    pub(crate) fn genesis(&self, site: SiteId) -> Head {
        Head::genesis(self.company.organisation, site)
    }

    /// Person `number` with `roles` on the first site, and their pen.
    pub(crate) fn person(&mut self, number: u8, roles: &[Role]) -> Pen {
        let author = Author::number(number);
        let site = self.site();
        let grants = roles.iter().map(|role| grant(*role, site));
        self.regrant(author, grants.collect());
        Pen::of(author)
    }

    /// Gives somebody other grants.
    pub(crate) fn regrant(&mut self, author: Author, grants: Vec<Grant>) {
        self.company.grants.insert(author.person, grants);
    }

    /// A setting on the first site for something new.
    pub(crate) fn setting(&self, pen: &mut Pen, role: Role) -> Setting {
        Setting {
            site: self.site(),
            role,
            at: self.now,
            subject: pen.begin(self.now),
            after: Vec::new(),
        }
    }

    /// A visit in `role` on the first site.
    pub(crate) fn visit(&self, pen: &mut Pen, role: Role) -> Event {
        let setting = self.setting(pen, role);
        pen.visit(&setting)
    }

    /// A new household of the first site, entered in `role`.
    pub(crate) fn household(&self, pen: &mut Pen, role: Role) -> Event {
        let household = pen.household(self.now);
        let setting = self.setting(pen, role);
        pen.household_changed(&setting, household)
    }

    /// A request of `author`'s that pushes `events` and reads the first site from the start.
    pub(crate) fn request(&self, author: Author, events: &[Event]) -> SyncRequest {
        let site = self.site();
        SyncRequest {
            device: author.device,
            build: "test".into(),
            epoch: None,
            cursors: BTreeMap::from([(site, self.genesis(site))]),
            scope: BTreeMap::new(),
            unsent: 0,
            push: events.iter().cloned().map(Pushed::Event).collect(),
            carried: Vec::new(),
            limit: 100,
        }
    }

    /// The core's answer to a request in `author`'s session.
    pub(crate) fn answer(
        &mut self,
        author: Author,
        request: &SyncRequest,
    ) -> Result<SyncReply, Problem> {
        let grants = self.company.grants.get(&author.person);
        let context = Context {
            organisation: self.company.organisation,
            person: author.person,
            device: author.device,
            grants: grants.map_or(&[], Vec::as_slice),
            now: self.now,
            epoch: 1,
            signatures: &self.company,
            sites: &self.company,
        };
        self.now += 1_000;
        accept(&context, request, &mut self.store).map_err(|failure| match failure {
            Failure::Refused(problem) => problem,
            Failure::Store(error) => panic!("the core misused its store: {error}"),
        })
    }

    /// Pushes `events` and reads.
    pub(crate) fn push(&mut self, author: Author, events: &[Event]) -> SyncReply {
        let request = self.request(author, events);
        self.answer(author, &request).expect("a sound request")
    }

    /// Pushes one event; its place, or the code of its refusal.
    pub(crate) fn offer(&mut self, author: Author, event: &Event) -> Result<u64, RefusalCode> {
        let reply = self.push(author, std::slice::from_ref(event));
        match (reply.acks.as_slice(), reply.refused.as_slice()) {
            ([ack], []) => Ok(ack.seq),
            ([], [refusal]) => {
                assert_eq!(refusal.retryable, refusal.code.retryable());
                Err(refusal.code)
            }
            other => panic!("one item has one answer, not {other:?}"),
        }
    }

    /// All rows of all logs.
    pub(crate) fn logged(&self) -> Vec<String> {
        let sites = self.company.sites.iter().copied();
        let logs = sites.chain([self.company.organisation.into()]);
        let rows = logs.flat_map(|site| self.store.log(site));
        rows.map(|row| format!("{row:?}")).collect()
    }

    /// All there is in the store, to see that something changed nothing.
    pub(crate) fn contents(&self) -> Vec<String> {
        let mut contents = self.logged();
        contents.extend(
            self.store
                .quarantine()
                .iter()
                .map(|held| format!("{held:?}")),
        );
        contents
    }
}

/// The page in a reply about `site`.
pub(crate) fn page_of(reply: &SyncReply, site: SiteId) -> &Page {
    match &reply.sites[&site] {
        SiteReply::Page(page) => page,
        SiteReply::Reset(reset) => panic!("a page, not a reset: {reset:?}"),
    }
}

pub(crate) fn id_of(event: &Event) -> EventId {
    event.open().expect("it opens").envelope.id
}

pub(crate) fn subject_of(event: &Event) -> SubjectId {
    event.open().expect("it opens").envelope.subject
}

pub(crate) fn hash_of(event: &Event) -> Hash {
    event.open().expect("it opens").envelope_hash
}
