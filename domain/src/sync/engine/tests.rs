//! The engine driven by hand, one promise a test. Its behaviour under everything at once is the
//! simulation's.

use super::fixture::*;
use super::*;
use crate::event::{Absence, Event, PartName, PartState};
use crate::hash::sha256;
use crate::log::LoggedEvent;
use crate::sync::wire::{Ack, RefusalCode, Reset, Row, SiteReply, SyncReply, SyncRequest};

/// An engine with a clock and a memory of what it asked for last.
#[derive(Clone)]
struct Bench {
    engine: Engine,
    ms: u64,
    effects: Vec<Effect>,
}

impl Bench {
    fn new(saved: Saved) -> Self {
        let identity = Identity {
            organisation: organisation(),
            device: device(),
            build: "test".into(),
        };
        Self {
            engine: Engine::new(identity, saved),
            ms: 1_000,
            effects: Vec::new(),
        }
    }

    /// A phone that works on the one site and has the events `numbers` to send.
    fn started(numbers: &[u8]) -> Self {
        let empty = SiteCopy {
            head: genesis(),
            scope: None,
        };
        let waiting = |number: &u8| SavedItem {
            id: id(*number),
            event: event(*number, *number),
            state: ItemState::Waiting,
        };
        let mut bench = Self::new(Saved {
            sites: BTreeMap::from([(site(), empty)]),
            outbox: numbers.iter().map(waiting).collect(),
            contact: None,
        });
        bench.tell(Input::Started);
        bench
    }

    fn tell(&mut self, input: Input) {
        let moment = Moment {
            ms: self.ms,
            unix_ms: SERVER_MS + 700,
            jitter: 255,
        };
        self.effects = self.engine.step(moment, input);
    }

    fn later(&mut self, ms: u64, input: Input) {
        self.ms += ms;
        self.tell(input);
    }

    fn sent(&self) -> Option<(u64, &SyncRequest)> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Send { number, request } => Some((*number, &**request)),
            _ => None,
        })
    }

    fn pushed(&self) -> usize {
        self.sent().expect("a request").1.push.len()
    }

    fn batch(&self) -> Option<&Batch> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Store { batch, .. } => Some(batch),
            _ => None,
        })
    }

    fn wake(&self) -> Option<u64> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Wake { in_ms } => Some(*in_ms),
            _ => None,
        })
    }

    fn number(&self) -> u64 {
        self.engine.requests
    }

    fn reply(&mut self, reply: SyncReply) {
        let number = self.number();
        let reply = Box::new(reply);
        self.later(100, Input::Reply { number, reply });
    }

    fn stored(&mut self, returned: Vec<LoggedEvent>) {
        let number = self.number();
        self.later(10, Input::Stored { number, returned });
    }

    fn lost(&mut self, why: Lost) {
        let number = self.number();
        self.later(100, Input::Failed { number, why });
    }

    fn state(&self, number: u8) -> Option<&ItemState> {
        self.engine.outbox.get(id(number)).map(|item| &item.state)
    }

    fn head(&self) -> Head {
        self.engine.sites[&site()].head
    }
}

#[test]
fn an_event_goes_out_comes_back_as_a_stub_and_lands_whole_in_the_log() {
    let mut bench = Bench::started(&[1]);
    assert_eq!(bench.pushed(), 1);
    let head = head_after(genesis(), &[1]);
    bench.reply(reply(
        vec![ack(1, 1)],
        vec![],
        page(vec![stub(1, 1)], head, false),
    ));
    let batch = bench.batch().expect("something to store").clone();
    assert_eq!(batch.outbox, [OutboxChange::Remove(id(1))]);
    let change = &batch.sites[&site()];
    assert_eq!((change.from, change.to.head), (genesis(), head));
    assert_eq!(change.change, Change::Append(vec![logged(1, 1)]));
    // Nothing counts before it is stored.
    assert_eq!(bench.head(), genesis());
    assert_eq!(bench.engine.status().unsent, 1);
    bench.stored(vec![]);
    assert_eq!(bench.head(), head);
    assert_eq!((bench.engine.status().unsent, bench.sent()), (0, None));
    assert_eq!(bench.wake(), Some(POLL_MS));
}

#[test]
fn an_acknowledgement_of_other_bytes_removes_nothing() {
    let mut bench = Bench::started(&[1]);
    let mut other = ack(1, 1);
    other.envelope_hash = sha256(b"other bytes");
    bench.reply(reply(vec![other], vec![], page(vec![], genesis(), false)));
    assert_eq!(bench.batch().unwrap().outbox, []);
    bench.stored(vec![]);
    assert_eq!(bench.state(1), Some(&ItemState::Waiting));
    // And it is not asked again at once.
    assert_eq!((bench.sent(), bench.wake()), (None, Some(1_000)));
}

#[test]
fn an_acknowledged_event_stays_until_its_row_comes() {
    let mut bench = Bench::started(&[1]);
    let first = head_after(genesis(), &[2]);
    bench.reply(reply(
        vec![ack(2, 1)],
        vec![],
        page(vec![row(1, 2)], first, true),
    ));
    bench.stored(vec![]);
    assert_eq!(bench.state(1), Some(&ItemState::Received { seq: 2 }));
    assert_eq!(bench.engine.status().unsent, 0);
    // The rest is asked for at once, without pushing it again.
    assert_eq!(bench.pushed(), 0);
    let mut withheld = logged(2, 1);
    withheld.event = withheld.event.withholding(|_| false);
    let head = head_after(first, &[1]);
    bench.reply(reply(
        vec![],
        vec![],
        page(vec![Row::Event(withheld)], head, false),
    ));
    // The phone's own copy is the whole one.
    let change = &bench.batch().unwrap().sites[&site()].change;
    assert_eq!(*change, Change::Append(vec![logged(2, 1)]));
    bench.stored(vec![]);
    assert_eq!(bench.state(1), None);
}

#[test]
fn what_the_server_has_lost_is_offered_again() {
    let mut bench = Bench::started(&[1]);
    let first = head_after(genesis(), &[2]);
    bench.reply(reply(
        vec![ack(2, 1)],
        vec![],
        page(vec![row(1, 2)], first, true),
    ));
    bench.stored(vec![]);
    bench.reply(reply(vec![], vec![], page(vec![], first, false)));
    let waiting = OutboxChange::Mark(id(1), ItemState::Waiting);
    assert_eq!(bench.batch().unwrap().outbox, [waiting]);
    bench.stored(vec![]);
    assert_eq!(bench.sent(), None);
    let wait = bench.wake().expect("a wait");
    bench.later(wait, Input::Tick);
    assert_eq!(bench.pushed(), 1);
}

#[test]
fn what_was_received_waits_for_its_row_until_its_place_has_been_passed() {
    let head = |numbers: &[u8]| head_after(genesis(), numbers);
    let received = |seq| {
        let mut bench = Bench::started(&[1]);
        let page = page(vec![row(1, 2)], head(&[2]), true);
        bench.reply(reply(vec![ack(seq, 1)], vec![], page));
        bench.stored(vec![]);
        assert_eq!(bench.state(1), Some(&ItemState::Received { seq }));
        let page = self::page(vec![row(2, 3)], head(&[2, 3]), true);
        bench.reply(reply(vec![], vec![], page));
        bench.stored(vec![]);
        bench.state(1).cloned()
    };
    // Somebody else's event has its place; there is no need to read to the end to know.
    assert_eq!(received(2), Some(ItemState::Waiting));
    let to_come = ItemState::Received { seq: 3 };
    assert_eq!(received(3), Some(to_come));
}

#[test]
fn what_is_acknowledged_at_a_place_the_copy_has_passed_leaves() {
    let copy = SiteCopy {
        head: head_after(genesis(), &[1]),
        scope: Some(scope()),
    };
    // Logged, read, and offered once more, by a second tab.
    let mut bench = Bench::started(&[1]);
    bench.engine.sites.insert(site(), copy);
    bench.lost(Lost::Offline);
    bench.later(1, Input::Online);
    assert_eq!(bench.pushed(), 1);
    bench.reply(reply(
        vec![ack(1, 1)],
        vec![],
        page(vec![], copy.head, false),
    ));
    let removed = OutboxChange::Remove(id(1));
    assert_eq!(bench.batch().expect("a batch").outbox, [removed]);
}

#[test]
fn a_part_that_is_not_what_was_signed_is_taken_to_be_shown_as_broken() {
    let mut changed = logged(1, 2);
    for state in changed.event.parts.values_mut() {
        if let PartState::Present(part) = state {
            part.body = "[]".into();
        }
    }
    let head = head_after(genesis(), &[2]);
    let mut bench = Bench::started(&[1]);
    let page = page(vec![Row::Event(changed.clone())], head, false);
    bench.reply(reply(vec![], vec![], page));
    let Some(Change::Append(rows)) = bench
        .batch()
        .map(|batch| batch.sites[&site()].change.clone())
    else {
        panic!("the row is taken");
    };
    assert_eq!(rows, [changed]);
    assert_eq!(bench.engine.status().trouble, None);
}

#[test]
fn a_reply_that_does_not_fit_is_refused_whole() {
    let head = |numbers: &[u8]| head_after(genesis(), numbers);
    let mut lacking = logged(1, 2);
    lacking.event.parts.clear();
    let elsewhere = SiteId::mint(1, &[99; 10]);
    let mut foreign = reply(vec![], vec![], page(vec![], genesis(), false));
    foreign
        .sites
        .insert(elsewhere, page(vec![], genesis(), false));
    let rows = |rows, head| reply(vec![ack(1, 1)], vec![], page(rows, head, false));
    for (what, reply) in [
        ("a gap", rows(vec![row(2, 2)], head(&[2]))),
        (
            "another order",
            rows(vec![row(2, 2), row(1, 3)], head(&[2, 3])),
        ),
        ("a row twice", rows(vec![row(1, 2), row(1, 2)], head(&[2]))),
        ("another head", rows(vec![row(1, 2)], head(&[3]))),
        ("a head without its rows", rows(vec![], head(&[2]))),
        ("a stub of nobody's", rows(vec![stub(1, 2)], head(&[2]))),
        (
            "a part left out",
            rows(vec![Row::Event(lacking)], head(&[2])),
        ),
        ("a site not asked about", foreign),
        (
            "a refusal of nothing",
            reply(
                vec![],
                vec![refused(1, 1, RefusalCode::Invalid)],
                page(vec![], genesis(), false),
            ),
        ),
        (
            "an empty copy diverging",
            reply(vec![], vec![], SiteReply::Reset(Reset::Diverged)),
        ),
    ] {
        let mut bench = Bench::started(&[1]);
        bench.reply(reply);
        assert_eq!(bench.batch(), None, "{what}");
        assert_eq!(bench.state(1), Some(&ItemState::Waiting), "{what}");
        let status = bench.engine.status();
        assert_eq!(status.trouble, Some(Trouble::NotAnAnswer), "{what}");
        assert_eq!(bench.wake(), Some(1_000), "{what}");
    }
}

#[test]
fn an_envelope_of_a_later_program_is_carried_unread() {
    let mut bench = Bench::started(&[]);
    let mut later = logged(1, 2);
    later.event.envelope = later.event.envelope.replace(r#""v":1"#, r#""v":2"#);
    let hash = crate::event::envelope_hash(&later.event.envelope);
    let head = genesis().next(&hash, SERVER_MS);
    let rows = vec![Row::Event(later.clone())];
    bench.reply(reply(vec![], vec![], page(rows, head, false)));
    let change = &bench.batch().expect("it is taken").sites[&site()].change;
    assert_eq!(*change, Change::Append(vec![later]));
}

#[test]
fn another_scope_than_the_copys_is_refused_and_a_first_one_taken() {
    let mut bench = Bench::started(&[]);
    let head = head_after(genesis(), &[2]);
    bench.reply(reply(vec![], vec![], page(vec![row(1, 2)], head, false)));
    bench.stored(vec![]);
    assert_eq!(bench.engine.sites[&site()].scope, Some(scope()));
    bench.later(POLL_MS, Input::Tick);
    assert_eq!(bench.sent().unwrap().1.scope[&site()], scope());
    let mut other = reply(vec![], vec![], page(vec![], head, false));
    if let Some(SiteReply::Page(page)) = other.sites.get_mut(&site()) {
        page.scope = sha256(b"another");
    }
    bench.reply(other);
    assert_eq!(bench.batch(), None);
}

#[test]
fn after_a_divergence_own_events_return_and_the_log_is_read_from_the_start() {
    for reset in [Reset::Diverged, Reset::Scope] {
        let copy = SiteCopy {
            head: head_after(genesis(), &[1, 2]),
            scope: Some(scope()),
        };
        let mut bench = Bench::new(Saved {
            sites: BTreeMap::from([(site(), copy)]),
            ..Saved::default()
        });
        bench.tell(Input::Started);
        bench.reply(reply(vec![], vec![], SiteReply::Reset(reset)));
        let change = &bench.batch().unwrap().sites[&site()];
        assert_eq!(change.from, copy.head);
        assert_eq!(change.change, Change::Reset(reset));
        assert!(returns_own(reset));
        bench.stored(vec![logged(1, 1)]);
        let request = bench.sent().expect("goes on at once").1;
        assert_eq!(request.cursors[&site()], genesis());
        assert!(request.scope.is_empty() && request.push.is_empty());
        // The server has it still: it comes back, whole, and leaves the outbox.
        let head = head_after(genesis(), &[1]);
        bench.reply(reply(vec![], vec![], page(vec![row(1, 1)], head, false)));
        bench.stored(vec![]);
        assert_eq!(bench.state(1), None);
    }
}

#[test]
fn without_access_the_copy_goes_and_what_was_not_sent_stays() {
    let copy = SiteCopy {
        head: head_after(genesis(), &[9]),
        scope: Some(scope()),
    };
    let item = |number, state| SavedItem {
        id: id(number),
        event: event(number, number),
        state,
    };
    let mut bench = Bench::new(Saved {
        sites: BTreeMap::from([(site(), copy)]),
        outbox: vec![
            item(1, ItemState::Waiting),
            item(2, ItemState::Received { seq: 2 }),
            item(3, ItemState::Waiting),
        ],
        contact: None,
    });
    bench.tell(Input::Started);
    let refusal = refused(0, 1, RefusalCode::NotAuthorised);
    let no_access = SiteReply::Reset(Reset::NoAccess);
    bench.reply(reply(vec![ack(3, 3)], vec![refusal], no_access.clone()));
    assert!(!returns_own(Reset::NoAccess));
    bench.stored(vec![]);
    assert_eq!(bench.head(), genesis());
    assert!(matches!(bench.state(1), Some(ItemState::Refused { .. })));
    assert_eq!(bench.state(3), None);
    assert_eq!(bench.engine.status().refused, 1);
    // What was acknowledged before is offered once more: only now does nothing else tell whether
    // the office has it still.
    assert_eq!(bench.state(2), Some(&ItemState::Waiting));
    assert_eq!(bench.pushed(), 1);
    bench.reply(reply(vec![ack(2, 2)], vec![], no_access.clone()));
    bench.stored(vec![]);
    assert_eq!(bench.state(2), None);
    // Said again, it changes nothing and hurries nobody.
    bench.later(POLL_MS, Input::Tick);
    bench.reply(reply(vec![], vec![], no_access));
    assert!(bench.batch().unwrap().sites.is_empty());
    bench.stored(vec![]);
    assert_eq!(bench.sent(), None);
}

#[test]
fn one_sites_places_say_nothing_of_anothers() {
    let elsewhere = SiteId::mint(1, &[99; 10]);
    let here = event(2, 2);
    let mut envelope = here.read_envelope().unwrap();
    (envelope.site, envelope.sig) = (elsewhere, None);
    let part = here.part(PartName::Fact).unwrap().clone();
    let parts = BTreeMap::from([(PartName::Fact, part)]);
    let there = envelope.into_event(&[0; crate::event::SIGNATURE_BYTES], parts);
    let copy = SiteCopy {
        head: head_after(genesis(), &[8, 9]),
        scope: Some(scope()),
    };
    let mut bench = Bench::new(Saved {
        sites: BTreeMap::from([(site(), copy)]),
        outbox: vec![SavedItem {
            id: id(2),
            event: there.clone(),
            state: ItemState::Waiting,
        }],
        contact: None,
    });
    bench.tell(Input::Started);
    assert_eq!(bench.pushed(), 1);
    // Logged at place 1 there, while the copy of the site here has passed place 2.
    let ack = Ack {
        site: elsewhere,
        envelope_hash: there.open().unwrap().envelope_hash,
        ..ack(1, 2)
    };
    let mut answer = reply(vec![ack], vec![], page(vec![], copy.head, false));
    // Nothing is said of the other site's rows: the event stays until its own comes.
    let mut unread = bench.clone();
    unread.reply(answer.clone());
    unread.stored(vec![]);
    assert_eq!(unread.state(2), Some(&ItemState::Received { seq: 1 }));
    let no_access = SiteReply::Reset(Reset::NoAccess);
    answer.sites.insert(elsewhere, no_access);
    bench.reply(answer);
    bench.stored(vec![]);
    assert_eq!(bench.state(2), None);
    assert_eq!(bench.sent(), None);
}

#[test]
fn a_refused_item_stays_visible_and_holds_up_nothing() {
    let mut bench = Bench::started(&[1, 2]);
    let refusal = refused(0, 1, RefusalCode::Invalid).with("reason", "x");
    let params = refusal.params.clone();
    let head = head_after(genesis(), &[2]);
    bench.reply(reply(
        vec![ack(1, 2)],
        vec![refusal],
        page(vec![stub(1, 2)], head, false),
    ));
    bench.stored(vec![]);
    let code = RefusalCode::Invalid;
    assert_eq!(bench.state(1), Some(&ItemState::Refused { code, params }));
    assert_eq!(bench.state(2), None);
    let status = bench.engine.status();
    assert_eq!((status.unsent, status.refused), (1, 1));
    assert_eq!(status.oldest_unsent, Some(1_000));
    assert_eq!(bench.sent(), None);
    bench.later(10, Input::Retry(id(1)));
    assert_eq!(bench.pushed(), 1);
}

#[test]
fn what_is_retried_before_its_refusal_is_heard_of_goes_again() {
    let mut bench = Bench::started(&[1]);
    let refusal = refused(0, 1, RefusalCode::Invalid);
    bench.reply(reply(vec![], vec![refusal], page(vec![], genesis(), false)));
    // Another tab shows what is stored, and its user is quick.
    bench.later(1, Input::Retry(id(1)));
    bench.stored(vec![]);
    assert_eq!(bench.state(1), Some(&ItemState::Waiting));
    assert_eq!(bench.pushed(), 1);
}

#[test]
fn what_is_put_off_is_offered_again_later_and_later() {
    let mut bench = Bench::started(&[1]);
    for wait in [1_000, 2_000, 4_000] {
        let refusal = refused(0, 1, RefusalCode::UnknownAfter);
        bench.reply(reply(vec![], vec![refusal], page(vec![], genesis(), false)));
        bench.stored(vec![]);
        assert_eq!(bench.state(1), Some(&ItemState::Waiting));
        assert_eq!((bench.sent(), bench.wake()), (None, Some(wait)));
        bench.later(wait, Input::Tick);
        assert_eq!(bench.pushed(), 1);
    }
    // Something new does not wait for it, nor take it along.
    let refusal = refused(0, 1, RefusalCode::UnknownAfter);
    bench.reply(reply(vec![], vec![refusal], page(vec![], genesis(), false)));
    bench.stored(vec![]);
    bench.later(1, Input::Queued(event(2, 2)));
    assert_eq!(bench.pushed(), 1);
    // Others' events may be what it waits for.
    let head = head_after(genesis(), &[5, 2]);
    let rows = vec![row(1, 5), stub(2, 2)];
    bench.reply(reply(vec![ack(2, 2)], vec![], page(rows, head, false)));
    bench.stored(vec![]);
    assert_eq!(bench.pushed(), 1);
}

#[test]
fn what_is_put_off_is_asked_for_no_sooner_because_something_else_was_taken() {
    let put_off = |bench: &mut Bench| {
        let refusal = refused(0, 1, RefusalCode::UnknownAfter);
        let page = page(vec![], bench.head(), false);
        bench.reply(reply(vec![], vec![refusal], page));
        bench.stored(vec![]);
        bench.wake()
    };
    let mut bench = Bench::started(&[1]);
    assert_eq!(put_off(&mut bench), Some(1_000));
    bench.later(1, Input::Queued(event(2, 2)));
    assert_eq!(bench.pushed(), 1);
    let head = head_after(genesis(), &[2]);
    let taken = page(vec![stub(1, 2)], head, false);
    bench.reply(reply(vec![ack(1, 2)], vec![], taken));
    bench.stored(vec![]);
    bench.later(1_000, Input::Tick);
    assert_eq!(bench.pushed(), 1);
    assert_eq!(put_off(&mut bench), Some(2_000));
    // Taken at last; what is put off after it waits as for the first time.
    bench.later(2_000, Input::Tick);
    let taken = page(vec![stub(2, 1)], head_after(head, &[1]), false);
    bench.reply(reply(vec![ack(2, 1)], vec![], taken));
    bench.stored(vec![]);
    bench.later(1, Input::Queued(event(1, 1)));
    assert_eq!(put_off(&mut bench), Some(1_000));
}

#[test]
fn a_lost_request_is_repeated_with_growing_patience() {
    let mut bench = Bench::started(&[1]);
    for wait in [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] {
        bench.lost(Lost::Offline);
        assert_eq!(bench.engine.status().trouble, Some(Trouble::Offline));
        assert_eq!((bench.sent(), bench.wake()), (None, Some(wait)));
        // Something new does not knock at a door known to be shut.
        bench.later(0, Input::Queued(event(2, 2)));
        assert_eq!(bench.sent(), None);
        bench.later(wait, Input::Tick);
        assert_eq!(bench.pushed(), 2);
    }
    bench.lost(Lost::Server);
    bench.later(1, Input::Online);
    assert_eq!(bench.pushed(), 2);
    bench.reply(reply(vec![], vec![], page(vec![], genesis(), false)));
    bench.stored(vec![]);
    assert_eq!(bench.engine.status().trouble, None);
}

#[test]
fn silence_counts_as_lost_after_a_minute_and_a_late_answer_as_none() {
    let mut bench = Bench::started(&[1]);
    let late = bench.number();
    assert_eq!(bench.wake(), Some(REQUEST_TIMEOUT_MS));
    bench.later(REQUEST_TIMEOUT_MS - 1, Input::Tick);
    assert_eq!(
        (bench.engine.status().trouble, bench.wake()),
        (None, Some(1))
    );
    bench.later(1, Input::Tick);
    assert_eq!(bench.engine.status().trouble, Some(Trouble::Offline));
    let head = head_after(genesis(), &[1]);
    let answer = reply(vec![ack(1, 1)], vec![], page(vec![stub(1, 1)], head, false));
    let reply = Box::new(answer);
    bench.later(
        1,
        Input::Reply {
            number: late,
            reply,
        },
    );
    assert_eq!(bench.batch(), None);
    assert_eq!(bench.state(1), Some(&ItemState::Waiting));
}

#[test]
fn without_a_session_everything_is_kept_and_nothing_sent() {
    let mut bench = Bench::started(&[1]);
    bench.lost(Lost::Unauthorised);
    assert!(bench.engine.status().login_needed);
    for input in [
        Input::Tick,
        Input::Online,
        Input::Visible,
        Input::Queued(event(2, 2)),
    ] {
        bench.later(60_000, input);
        assert_eq!((bench.sent(), bench.wake()), (None, None));
    }
    bench.later(1, Input::LoggedIn);
    assert_eq!(bench.pushed(), 2);
    assert!(!bench.engine.status().login_needed);
}

#[test]
fn a_refusal_of_the_session_before_the_new_one_counts_for_nothing() {
    let mut bench = Bench::started(&[1]);
    bench.later(10, Input::LoggedIn);
    bench.lost(Lost::Unauthorised);
    assert!(!bench.engine.status().login_needed);
    assert_eq!(bench.pushed(), 1);
}

#[test]
fn too_large_a_request_is_halved_down_to_the_one_item_at_fault() {
    let mut bench = Bench::started(&[1, 2, 3, 4]);
    assert_eq!(bench.pushed(), 4);
    bench.lost(Lost::TooLarge);
    assert_eq!(bench.pushed(), 2);
    bench.lost(Lost::TooLarge);
    assert_eq!(bench.pushed(), 1);
    bench.lost(Lost::TooLarge);
    assert!(bench.batch().is_some());
    bench.stored(vec![]);
    let Some(ItemState::Refused { code, .. }) = bench.state(1) else {
        panic!("it is to be shown as refused")
    };
    assert_eq!(*code, RefusalCode::TooLarge);
    assert_eq!(bench.pushed(), 1, "the others go on");
}

#[test]
fn too_large_a_request_without_events_is_not_repeated_at_once() {
    let mut bench = Bench::started(&[]);
    bench.lost(Lost::TooLarge);
    let trouble = Trouble::Refused(crate::sync::wire::ProblemCode::TooLarge);
    assert_eq!(bench.engine.status().trouble, Some(trouble));
    assert_eq!((bench.sent(), bench.wake()), (None, Some(1_000)));
}

#[test]
fn an_answer_to_an_earlier_request_or_batch_counts_for_nothing() {
    let mut bench = Bench::started(&[1]);
    let late = bench.number();
    bench.lost(Lost::Offline);
    bench.later(1_000, Input::Tick);
    assert_eq!(bench.number(), late + 1);
    let head = head_after(genesis(), &[1]);
    let answer = reply(vec![ack(1, 1)], vec![], page(vec![stub(1, 1)], head, false));
    let late_answer = Input::Reply {
        number: late,
        reply: Box::new(answer.clone()),
    };
    let refused = Input::Failed {
        number: late,
        why: Lost::Unauthorised,
    };
    for input in [late_answer, refused] {
        bench.later(1, input);
        assert_eq!(
            (bench.batch(), bench.engine.status().login_needed),
            (None, false)
        );
        assert_eq!(bench.engine.status().activity, Activity::Sending);
    }
    bench.reply(answer);
    let returned = vec![];
    for input in [
        Input::NotStored { number: late },
        Input::Stored {
            number: late,
            returned,
        },
    ] {
        bench.later(1, input);
        assert_eq!(bench.engine.status().activity, Activity::Storing);
        assert_eq!(bench.head(), genesis());
    }
    bench.stored(vec![]);
    assert_eq!(bench.head(), head);
}

#[test]
fn what_could_not_be_stored_is_asked_for_again() {
    let mut bench = Bench::started(&[1]);
    let head = head_after(genesis(), &[1]);
    let answer = reply(vec![ack(1, 1)], vec![], page(vec![stub(1, 1)], head, false));
    bench.reply(answer.clone());
    let number = bench.number();
    bench.later(10, Input::NotStored { number });
    assert_eq!(
        (bench.head(), bench.state(1)),
        (genesis(), Some(&ItemState::Waiting))
    );
    assert_eq!(bench.engine.status().trouble, Some(Trouble::Storage));
    bench.later(1_000, Input::Tick);
    assert_eq!(bench.pushed(), 1);
    bench.reply(answer);
    bench.stored(vec![]);
    assert_eq!((bench.head(), bench.state(1)), (head, None));
}

#[test]
fn a_damaged_record_is_shown_and_the_others_are_sent() {
    let mut damaged = event(1, 1);
    let absent = Absence::Withheld;
    damaged
        .parts
        .insert(PartName::Ink, PartState::Absent { absent });
    let saved = |number, event| SavedItem {
        id: id(number),
        event,
        state: ItemState::Waiting,
    };
    let mut bench = Bench::new(Saved {
        outbox: vec![
            saved(1, damaged),
            saved(2, event(2, 2)),
            saved(3, event(4, 4)),
        ],
        ..Saved::default()
    });
    bench.tell(Input::Started);
    assert_eq!(bench.pushed(), 1);
    assert_eq!(bench.engine.status().refused, 2);
    bench.later(1, Input::Retry(id(1)));
    assert_eq!(bench.engine.status().refused, 2);
}

#[test]
fn a_new_event_made_while_a_request_is_out_goes_with_the_next_at_once() {
    let mut bench = Bench::started(&[]);
    bench.later(1, Input::Queued(event(1, 1)));
    bench.later(1, Input::Queued(event(1, 1)));
    assert_eq!(bench.sent(), None);
    bench.reply(reply(vec![], vec![], page(vec![], genesis(), false)));
    bench.stored(vec![]);
    assert_eq!(bench.pushed(), 1);
}

#[test]
fn the_answer_tells_how_far_the_clocks_are_apart() {
    let mut bench = Bench::started(&[]);
    bench.reply(reply(vec![], vec![], page(vec![], genesis(), false)));
    let contact = bench.batch().unwrap().contact.unwrap();
    // 700 ms ahead, of which half the round trip of 100 ms was the way back.
    assert_eq!((contact.skew_ms, contact.epoch), (650, 3));
    assert_eq!(contact.server_time(contact.at), SERVER_MS + 50);
    bench.stored(vec![]);
    assert_eq!(bench.engine.status().contact, Some(contact));
    bench.later(POLL_MS, Input::Tick);
    assert_eq!(bench.sent().unwrap().1.epoch, Some(3));
    // However mad the server's clock: the skew is signed, and must be a number all can read.
    let mut mad = reply(vec![], vec![], page(vec![], genesis(), false));
    mad.now = i64::MIN;
    bench.reply(mad);
    let contact = bench.batch().unwrap().contact.unwrap();
    assert_eq!(contact.skew_ms, (1 << 53) - 1);
}

#[test]
fn a_phone_without_sites_asks_nothing() {
    let mut bench = Bench::new(Saved::default());
    bench.tell(Input::Started);
    assert_eq!((bench.sent(), bench.wake()), (None, None));
    bench.tell(Input::Watch(vec![site()]));
    assert!(bench.sent().is_some());
    // One that it knows is no reason to ask.
    bench.reply(reply(vec![], vec![], page(vec![], genesis(), false)));
    bench.stored(vec![]);
    bench.tell(Input::Watch(vec![site()]));
    assert_eq!(bench.sent(), None);
}

#[test]
fn the_screen_is_told_when_something_has_changed_and_only_then() {
    let told = |bench: &Bench| bench.effects.contains(&Effect::Status);
    let mut bench = Bench::started(&[]);
    assert!(told(&bench));
    bench.later(1, Input::Visible);
    assert!(!told(&bench));
    bench.later(1, Input::Queued(event(1, 1)));
    assert!(told(&bench));
}

#[test]
fn http_answers_are_told_apart() {
    use crate::sync::wire::ProblemCode;
    for (status, code, lost) in [
        (401, Some(ProblemCode::NotLoggedIn), Lost::Unauthorised),
        (403, Some(ProblemCode::DeviceRevoked), Lost::Unauthorised),
        (401, None, Lost::NotAnAnswer),
        (200, None, Lost::NotAnAnswer),
        (302, None, Lost::NotAnAnswer),
        (413, None, Lost::TooLarge),
        (413, Some(ProblemCode::TooLarge), Lost::TooLarge),
        (429, None, Lost::Server),
        (502, None, Lost::Server),
        (500, Some(ProblemCode::Internal), Lost::Server),
        (
            400,
            Some(ProblemCode::MalformedRequest),
            Lost::Refused(ProblemCode::MalformedRequest),
        ),
    ] {
        assert_eq!(Lost::of_answer(status, code), lost, "{status} {code:?}");
    }
}

/// An event of another phone's.
fn of_another_phone() -> Event {
    let mut envelope = event(2, 2).open().unwrap().envelope;
    envelope.sig = None;
    envelope.device = sha256(b"a lost phone");
    let part = event(2, 2).part(PartName::Fact).unwrap().clone();
    let parts = BTreeMap::from([(PartName::Fact, part)]);
    envelope.into_event(&[0; crate::event::SIGNATURE_BYTES], parts)
}

#[test]
fn of_what_was_carried_only_what_the_server_shows_is_kept() {
    let carried = of_another_phone();
    let outbox = vec![SavedItem {
        id: id(2),
        event: carried.clone(),
        state: ItemState::Waiting,
    }];
    let mut bench = Bench::new(Saved {
        outbox,
        ..Saved::default()
    });
    bench.tell(Input::Started);
    let hash = carried.open().unwrap().envelope_hash;
    let shown = LoggedEvent {
        seq: 1,
        received_at: SERVER_MS,
        event: carried.withholding(|_| false),
    };
    let head = genesis().next(&hash, SERVER_MS);
    let rows = vec![Row::Event(shown.clone())];
    bench.reply(reply(vec![], vec![], page(rows, head, false)));
    let batch = bench.batch().expect("a batch");
    assert_eq!(batch.outbox, [OutboxChange::Remove(id(2))]);
    assert_eq!(batch.sites[&site()].change, Change::Append(vec![shown]));
}

#[test]
fn what_was_erased_before_it_came_back_is_not_kept_whole() {
    let mut bench = Bench::started(&[1]);
    let mut row = logged(1, 1);
    row.event = row.event.erasing(&[PartName::Fact]);
    let head = head_after(genesis(), &[1]);
    let rows = vec![Row::Event(row.clone())];
    bench.reply(reply(vec![], vec![], page(rows, head, false)));
    let batch = bench.batch().expect("a batch");
    assert_eq!(batch.outbox, [OutboxChange::Remove(id(1))]);
    assert_eq!(batch.sites[&site()].change, Change::Append(vec![row]));
}

#[test]
fn a_hand_in_and_a_refusal_under_way_at_once_come_to_the_same_in_any_order() {
    let refusal = || refused(0, 1, RefusalCode::Invalid);
    let answer = || reply(vec![], vec![refusal()], page(vec![], genesis(), false));
    let deposited = ItemState::Deposited { at: 77 };
    let mark = || Input::Deposited(vec![OutboxChange::Mark(id(1), deposited.clone())]);
    let mut before = Bench::started(&[1]);
    before.tell(mark());
    before.reply(answer());
    before.stored(vec![]);
    let mut between = Bench::started(&[1]);
    between.reply(answer());
    between.tell(mark());
    between.stored(vec![]);
    let mut after = Bench::started(&[1]);
    after.reply(answer());
    after.stored(vec![]);
    after.tell(mark());
    for bench in [before, between, after] {
        assert_eq!(bench.state(1), Some(&deposited));
    }
    // What is logged was not merely handed in.
    let received = ItemState::Received { seq: 1 };
    assert!(!received.gives_way_to(&deposited) && deposited.gives_way_to(&received));
}

#[test]
fn what_another_device_signed_is_pushed_as_carried_and_leaves_like_ones_own() {
    let carried = of_another_phone();
    let item = |number, event| SavedItem {
        id: id(number),
        event,
        state: ItemState::Waiting,
    };
    let outbox = vec![
        item(1, event(1, 1)),
        item(2, carried.clone()),
        item(3, event(3, 3)),
    ];
    let mut bench = Bench::new(Saved {
        outbox,
        ..Saved::default()
    });
    bench.tell(Input::Started);
    let request = bench.sent().expect("a request").1;
    assert_eq!((request.push.len(), &request.carried), (3, &vec![1]));
    // Nothing is said of it where there is nothing to say.
    let text = serde_json::to_string(bench.sent().unwrap().1).unwrap();
    assert!(text.contains(r#""carried":[1]"#));
    let own = Bench::started(&[1]);
    let text = serde_json::to_string(own.sent().unwrap().1).unwrap();
    assert!(!text.contains("carried"), "{text}");
    let hash = carried.open().unwrap().envelope_hash;
    let head = genesis().next(&hash, SERVER_MS);
    let stub = Row::Stub(crate::sync::wire::Stub {
        seq: 1,
        received_at: SERVER_MS,
        envelope_hash: hash,
    });
    let ack = crate::sync::wire::Ack {
        envelope_hash: hash,
        ..ack(1, 2)
    };
    bench.reply(reply(vec![ack], vec![], page(vec![stub], head, false)));
    let removed = OutboxChange::Remove(id(2));
    assert!(bench.batch().expect("a batch").outbox.contains(&removed));
}
