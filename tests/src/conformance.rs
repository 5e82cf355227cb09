//! What every store must do (`domain::sync::store`), as one suite that each implementation runs.
//! Not a test itself: hand it a way to make an empty store and one to close and reopen it.

mod cases;

use std::fmt::Debug;

use doorstep_domain::event::{Event, Kind};
use doorstep_domain::id::{SiteId, SubjectId};
use doorstep_domain::log::Head;
use doorstep_domain::policy::Role;
use doorstep_domain::sync::store::{Intent, NewRow, SiteTransaction, Store};

use crate::company::{Author, Company, EPOCH_MS};
use crate::events::{Pen, Setting};

/// Runs the whole suite. `fresh` makes an empty store, `reopen` closes one and opens it again on
/// the same data (the identity for a store in memory).
///
/// # Panics
/// At the first thing the store does otherwise.
pub fn store_conformance<S: Store>(fresh: impl Fn() -> S, reopen: impl Fn(S) -> S)
where
    S::Error: Debug,
{
    cases::an_empty_log_has_nothing(fresh());
    cases::a_transaction_reads_its_own_writes(fresh());
    cases::what_is_dropped_leaves_nothing(fresh(), &reopen);
    cases::what_is_committed_stays_byte_for_byte(fresh(), &reopen);
    cases::an_id_is_logged_once(fresh(), &reopen);
    cases::a_place_is_taken_once(fresh());
    cases::sites_are_apart(fresh(), &reopen);
    cases::rows_come_in_order_without_a_gap(fresh());
    cases::a_subject_is_summed_up_by_its_first_event(fresh(), &reopen);
    cases::quarantine_keeps_each_once_and_has_a_cap(fresh(), &reopen);
    cases::what_is_kept_aside_comes_back_whole_and_is_decided_once(fresh(), &reopen);
    cases::what_is_decided_or_logged_makes_room(fresh(), &reopen);
    cases::who_carried_an_event_stays_beside_it(fresh(), &reopen);
    cases::what_is_erased_stays_erased(fresh(), &reopen);
    cases::what_is_kept_aside_is_erased_too(fresh(), &reopen);
    cases::the_largest_event_fits(fresh(), &reopen);
    cases::the_accept_core_runs_on_it(fresh(), &reopen);
}

/// What the cases write with.
struct Desk {
    company: Company,
    pen: Pen,
    at: i64,
}

impl Desk {
    fn new() -> Self {
        Self {
            company: Company::with_sites(2),
            pen: Pen::of(Author::number(1)),
            at: EPOCH_MS,
        }
    }

    fn of(number: u8) -> Self {
        Self {
            pen: Pen::of(Author::number(number)),
            ..Self::new()
        }
    }

    fn site(&self) -> SiteId {
        self.company.sites[0]
    }

    fn setting(&mut self, site: SiteId) -> Setting {
        self.at += 1_000;
        Setting {
            site,
            role: Role::Supervisor,
            at: self.at,
            subject: self.pen.begin(self.at),
            after: Vec::new(),
        }
    }

    /// A visit with a subject of its own.
    fn visit(&mut self, site: SiteId) -> Event {
        let setting = self.setting(site);
        self.pen.visit(&setting)
    }

    /// An addition to the record that `to` began.
    fn opinion(&mut self, to: &Event) -> Event {
        let opened = to.open().expect("own events open");
        let setting = Setting {
            subject: opened.envelope.subject,
            after: vec![opened.envelope.id],
            ..self.setting(opened.envelope.site)
        };
        self.pen.opinion(&setting, opened.envelope.id)
    }

    /// Appends events to the log of `site`, chained onto what is there.
    fn append<T: SiteTransaction>(&self, site: SiteId, transaction: &mut T, events: &[Event])
    where
        T::Error: Debug,
    {
        for event in events {
            let genesis = Head::genesis(self.company.organisation, site);
            let before = transaction.head().expect("head").unwrap_or(genesis);
            put(transaction, before, event).expect("an append that fits");
        }
    }

    /// The same in a transaction of its own.
    fn log<S: Store>(&self, store: &mut S, site: SiteId, events: &[Event])
    where
        S::Error: Debug,
    {
        let mut transaction = begin(store, site);
        self.append(site, &mut transaction, events);
        transaction.commit().expect("commit");
    }
}

/// Appends one event after `before`, received at a time made from its place.
fn put<T: SiteTransaction>(
    transaction: &mut T,
    before: Head,
    event: &Event,
) -> Result<Head, T::Error> {
    let opened = event.open().expect("own events open");
    let kind = opened.envelope.known_kind().expect("own kinds are known");
    let received_at = EPOCH_MS + i64::try_from(before.seq).expect("short logs") * 7;
    let head = before.next(&opened.envelope_hash, received_at);
    transaction.append(&NewRow {
        head,
        received_at,
        kind,
        opened: &opened,
        carrier: None,
    })?;
    Ok(head)
}

fn begin<S: Store>(store: &mut S, site: SiteId) -> S::Transaction<'_>
where
    S::Error: Debug,
{
    store.begin(site, Intent::Append).expect("begin")
}

fn read<S: Store>(store: &mut S, site: SiteId) -> S::Transaction<'_>
where
    S::Error: Debug,
{
    store.begin(site, Intent::Read).expect("begin to read")
}

/// All events of a site's log, as stored.
fn events<S: Store>(store: &mut S, site: SiteId) -> Vec<Event>
where
    S::Error: Debug,
{
    let rows = read(store, site).rows_after(0, 10_000).expect("rows");
    rows.into_iter().map(|row| row.logged.event).collect()
}

fn subject_of(event: &Event) -> SubjectId {
    event.open().expect("own events open").envelope.subject
}

fn kind_of(event: &Event) -> Kind {
    let opened = event.open().expect("own events open");
    opened.envelope.known_kind().expect("own kinds are known")
}
