//! Bad input on the accept core: malformed, oversized, for another site, replayed, forged. Each
//! is refused with its code, changes nothing in the store, and holds up nothing else.

use doorstep_domain::event::{
    Absence, Envelope, Event, Kind, Part, PartName, PartState, Salt, canonical, part_hash,
};
use doorstep_domain::id::SiteId;
use doorstep_domain::policy::Role;
use doorstep_domain::quarantine::Why;
use doorstep_domain::sync::limits::{
    ENVELOPE_BYTES, INK_BYTES, JSON_DEPTH, PART_BYTES, PUSH_MAX, SITES_MAX,
};
use doorstep_domain::sync::wire::{ProblemCode, Pushed, RefusalCode};
use doorstep_domain::time::SiteTime;
use doorstep_tests::company::Author;
use doorstep_tests::events::Pen;
use serde_json::json;

use crate::desk::{Desk, id_of};

const ROLE: Role = Role::Supervisor;

/// A bad item, what is bad about it, and the code it must be refused with.
type Case = (&'static str, Pushed, RefusalCode);

/// Bad items made of one good event.
struct Cases<'a> {
    desk: &'a Desk,
    pen: Pen,
    good: &'a Event,
    all: Vec<Case>,
}

/// Signs `event` anew after `change` to its envelope.
fn resigned(pen: &Pen, event: &Event, change: impl FnOnce(&mut Envelope)) -> Event {
    let mut envelope = event.open().expect("it opens").envelope;
    envelope.sig = None;
    change(&mut envelope);
    let parts = event.parts.keys();
    let parts = parts.map(|name| (*name, event.part(*name).expect("whole").clone()));
    pen.seal(envelope, parts.collect())
}

fn with_part(event: &Event, name: PartName, state: PartState) -> Event {
    let mut event = event.clone();
    event.parts.insert(name, state);
    event
}

impl Cases<'_> {
    fn event(&mut self, what: &'static str, event: Event, code: RefusalCode) {
        self.all.push((what, Pushed::Event(event), code));
    }

    fn unreadable(&mut self, what: &'static str, item: serde_json::Value) {
        let item = Pushed::Unreadable(item);
        self.all.push((what, item, RefusalCode::Malformed));
    }

    /// The good one with another text in its envelope, nothing signed anew.
    fn edited(&mut self, what: &'static str, from: &str, to: &str, code: RefusalCode) {
        let envelope = &self.good.envelope;
        assert!(envelope.contains(from), "{from} is in {envelope}");
        let envelope = envelope.replacen(from, to, 1);
        let parts = self.good.parts.clone();
        self.event(what, Event { envelope, parts }, code);
    }

    /// The good one with its envelope changed and signed anew by its author.
    fn signed(
        &mut self,
        what: &'static str,
        code: RefusalCode,
        change: impl FnOnce(&mut Envelope),
    ) {
        self.event(what, resigned(&self.pen, self.good, change), code);
    }

    /// The good one with another state of one part, nothing signed anew.
    fn part(&mut self, what: &'static str, name: PartName, state: PartState, code: RefusalCode) {
        self.event(what, with_part(self.good, name, state), code);
    }

    /// A visit, well signed, of this part alone.
    fn body(&mut self, what: &'static str, name: PartName, body: String, code: RefusalCode) {
        let setting = self.desk.setting(&mut self.pen, ROLE);
        let event = self
            .pen
            .write(Kind::VisitRecorded, &setting, [(name, body)]);
        self.event(what, event, code);
    }

    fn good_part(&self, name: PartName) -> Part {
        self.good.part(name).expect("the good one has it").clone()
    }
}

fn malformed(cases: &mut Cases<'_>) {
    use RefusalCode::{LaterVersion, Malformed};
    cases.unreadable("a number", json!(17));
    cases.unreadable("nothing", json!(null));
    let envelope = &cases.good.envelope;
    cases.unreadable(
        "an unknown field",
        json!({"envelope": envelope, "parts": {}, "x": 1}),
    );
    cases.unreadable(
        "an unknown part",
        json!({"envelope": envelope, "parts": {"soul": {}}}),
    );
    for (what, from, to) in [
        ("not JSON", "{", ""),
        ("truncated", "\"v\":1}", ""),
        ("another spelling", "\"v\":1", "\"v\": 1"),
        ("a field more", "\"v\":1", "\"v\":1,\"w\":1"),
        ("a field twice", "\"v\":1", "\"v\":1,\"v\":1"),
        ("a float", "\"kv\":1", "\"kv\":1.0"),
        ("an unknown role", "\"supervisor\"", "\"king\""),
        ("no signature", "\"sig\":", "\"gis\":"),
    ] {
        cases.edited(what, from, to, Malformed);
    }
    cases.edited("a later envelope", "\"v\":1", "\"v\":2", LaterVersion);
    cases.signed("a later kind", LaterVersion, |envelope| {
        envelope.kind = "visit.dreamt".into();
    });
    cases.signed("a later body", LaterVersion, |envelope| envelope.kv = 2);
    cases.signed("nine heads", Malformed, |envelope| {
        envelope.after = vec![envelope.id; 9];
    });
}

fn with_bad_parts(cases: &mut Cases<'_>) {
    use PartName::{Fact, Ink, Private};
    use PartState::Present;
    use RefusalCode::{Invalid, Malformed, PartChanged, PartMissing};
    let fact = cases.good_part(Fact);
    let more = fact.body.replace('}', ",\"zeal\":1}");
    let spaced = Part {
        body: fact.body.replace("\":", "\": "),
        ..fact.clone()
    };
    let salted = Part {
        salt: Salt([1; 16]),
        ..fact.clone()
    };
    let absent = Absence::Withheld;
    cases.part("a part more", Ink, Present(fact), Malformed);
    let withheld = PartState::Absent { absent };
    cases.part("a part withheld", Private, withheld, PartMissing);
    let other = "a part spelled otherwise";
    cases.part(other, Fact, Present(spaced), PartChanged);
    cases.part("another salt", Fact, Present(salted), PartChanged);
    let mut less = cases.good.clone();
    less.parts.remove(&Private);
    cases.event("a part less", less, Malformed);
    cases.body("a body of no form", Fact, "{}".into(), Invalid);
    cases.body("a body with a field more", Fact, more, Invalid);
    cases.body("a body that is no JSON", Fact, "nonsense".into(), Invalid);
    cases.signed("another time zone", Invalid, |envelope| {
        envelope.at = SiteTime::at(envelope.at.unix_ms(), 0).expect("a time");
    });
}

fn oversized(cases: &mut Cases<'_>) {
    use RefusalCode::{TooDeep, TooLarge};
    for (what, name, limit) in [
        ("a long fact", PartName::Fact, PART_BYTES),
        ("a long content", PartName::Content, PART_BYTES),
        ("a long signing", PartName::Signing, PART_BYTES),
        ("a long note", PartName::Private, PART_BYTES),
        ("long ink", PartName::Ink, INK_BYTES),
    ] {
        let one_more = format!("\"{}\"", "x".repeat(limit - 1));
        cases.body(what, name, one_more, TooLarge);
    }
    let deep = "[".repeat(JSON_DEPTH + 1) + &"]".repeat(JSON_DEPTH + 1);
    let after = format!("\"after\":{deep}");
    cases.edited("a deep envelope", "\"after\":[]", &after, TooDeep);
    cases.body("a deep part", PartName::Content, deep, TooDeep);
    cases.signed("a long envelope", TooLarge, |envelope| {
        envelope.kind = "x".repeat(ENVELOPE_BYTES);
    });
}

fn forged(cases: &mut Cases<'_>) {
    use RefusalCode::{BadSignature, OtherDevice, OtherPerson, PartChanged};
    let content = cases.good_part(PartName::Content);
    let changed = Part {
        body: content.body.replace("3-2-1502", "3-2-1503"),
        ..content
    };
    // A changed part with its new hash in the envelope, but the old signature.
    let mut envelope = cases.good.open().expect("it opens").envelope;
    let hash = part_hash(PartName::Content, &changed);
    envelope.parts.insert(PartName::Content, hash);
    let state = PartState::Present(changed);
    let rehashed = Event {
        envelope: canonical(&envelope),
        ..with_part(cases.good, PartName::Content, state.clone())
    };
    cases.event("a changed part with its hash", rehashed, BadSignature);
    cases.part("a changed part", PartName::Content, state, PartChanged);

    let stranger = Pen::of(Author::number(7));
    let author = stranger.author;
    let by_stranger = resigned(&stranger, cases.good, |_| {});
    cases.event("a stranger's key", by_stranger, BadSignature);
    let device = resigned(&stranger, cases.good, |envelope| {
        envelope.device = author.device;
    });
    cases.event("a stranger's device", device, OtherDevice);
    cases.signed("a stranger's name", OtherPerson, |envelope| {
        envelope.actor = author.person;
    });
    // Every field of the envelope is under the signature.
    let after = "\"after\":[\"01a2106e-bdd9-7e6e-8000-000000000005\"]";
    for (what, from, to) in [
        ("another role held", "\"supervisor\"", "\"steward\""),
        ("another skew", "\"skew_ms\":null", "\"skew_ms\":1"),
        ("another age", "\"skew_age_s\":null", "\"skew_age_s\":1"),
        ("another kind", "visit.recorded", "visit.voided"),
        ("another year", "2026-", "2025-"),
        ("another head", "\"after\":[]", after),
        ("another signature", "\"sig\":\"", "\"sig\":\"A"),
    ] {
        cases.edited(what, from, to, BadSignature);
    }
}

fn unauthorised(cases: &mut Cases<'_>) {
    use RefusalCode::{NotAuthorised, NotForPush};
    for (what, role) in [
        ("a role not held", Role::Director),
        ("the office's role", Role::Office),
    ] {
        cases.signed(what, NotAuthorised, |envelope| envelope.role = role);
    }
    let company = &cases.desk.company;
    let (elsewhere, organisation) = (company.sites[1], company.organisation);
    for (what, site, code) in [
        ("another site", elsewhere, NotAuthorised),
        ("no site", SiteId::mint(1, &[0x33; 10]), NotAuthorised),
        ("the organisation's log", organisation.into(), NotForPush),
    ] {
        cases.signed(what, code, |envelope| envelope.site = site);
    }
    for kind in [
        Kind::SiteOpened,
        Kind::AccountAdded,
        Kind::RoleGranted,
        Kind::DeviceEnrolled,
        Kind::DeviceRevoked,
        Kind::HeadsStated,
    ] {
        let name = kind.as_str();
        cases.signed(name, NotForPush, |envelope| envelope.kind = name.into());
    }
}

/// Every bad item there is here, made of `good`.
fn bad_items(desk: &Desk, pen: &Pen, good: &Event) -> Vec<Case> {
    let pen = pen.clone();
    let all = Vec::new();
    let mut cases = Cases {
        desk,
        pen,
        good,
        all,
    };
    malformed(&mut cases);
    with_bad_parts(&mut cases);
    oversized(&mut cases);
    forged(&mut cases);
    unauthorised(&mut cases);
    cases.all
}

#[test]
fn bad_items_are_refused_with_their_code_change_nothing_and_hold_up_nothing() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[ROLE, Role::Steward]);
    let good = desk.visit(&mut pen, ROLE);
    let cases = bad_items(&desk, &pen, &good);
    for (what, bad, code) in &cases {
        let (log, held) = (desk.logged(), desk.store.quarantine().len());
        let mut request = desk.request(pen.author, &[]);
        request.push = vec![bad.clone()];
        let reply = desk
            .answer(pen.author, &request)
            .expect("the request is sound");
        let codes: Vec<RefusalCode> = reply.refused.iter().map(|one| one.code).collect();
        assert_eq!(codes, [*code], "{what}");
        assert!(
            reply.acks.is_empty() && !reply.refused[0].retryable,
            "{what}"
        );
        assert_eq!(desk.logged(), log, "{what}");
        // What is rightly signed is kept aside, and nothing else.
        let kept = Why::of(*code).is_some();
        let held = desk.store.quarantine().len() - held;
        assert_eq!(held, usize::from(kept), "{what}");
        let told = reply.refused[0].params.get("kept");
        assert_eq!(told, kept.then_some(json!(true)).as_ref(), "{what}");
    }
    let kept_before = desk.store.quarantine().len();
    // All of them around a good one: it is logged, each of them refused in its place.
    let mut request = desk.request(pen.author, &[]);
    request.push = cases.iter().map(|case| case.1.clone()).collect();
    let middle = cases.len() / 2;
    request.push.insert(middle, Pushed::Event(good.clone()));
    let reply = desk
        .answer(pen.author, &request)
        .expect("the request is sound");
    assert_eq!(reply.acks.len(), 1);
    assert_eq!(reply.acks[0].id, id_of(&good));
    let refused: Vec<usize> = reply.refused.iter().map(|refusal| refusal.item).collect();
    let expected: Vec<usize> = (0..=cases.len()).filter(|item| *item != middle).collect();
    assert_eq!(refused, expected);
    let logged: Vec<&Event> = desk
        .store
        .log(desk.site())
        .map(|row| &row.logged.event)
        .collect();
    assert_eq!(logged, [&good]);
    // Those under its id are another event of a logged one now; the rest is kept from before.
    let held = &desk.store.quarantine()[kept_before..];
    assert!(held.iter().all(|held| held.why == Why::IdConflict));
}

#[test]
fn a_revoked_device_signs_nothing_any_more() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[ROLE]);
    let event = desk.visit(&mut pen, ROLE);
    desk.company.revoked.insert(pen.author.device);
    assert_eq!(
        desk.offer(pen.author, &event),
        Err(RefusalCode::BadSignature)
    );
    assert!(desk.contents().is_empty());
}

#[test]
fn anothers_event_cannot_be_replayed_in_ones_own_session() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[ROLE]);
    let thief = desk.person(2, &[ROLE]).author;
    let event = desk.visit(&mut pen, ROLE);
    assert_eq!(desk.offer(thief, &event), Err(RefusalCode::OtherPerson));
    assert!(desk.contents().is_empty());
    assert_eq!(desk.offer(pen.author, &event), Ok(1));
    assert_eq!(desk.offer(thief, &event), Err(RefusalCode::OtherPerson));
    assert_eq!(desk.contents().len(), 1);
}

#[test]
fn requests_beyond_their_limits_are_refused_whole() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[ROLE]);
    let other = desk.person(2, &[ROLE]).author;
    let event = desk.visit(&mut pen, ROLE);
    let good = desk.request(pen.author, std::slice::from_ref(&event));
    let genesis = desk.genesis(desk.site());
    let mut many = good.clone();
    many.push = vec![Pushed::Event(event.clone()); PUSH_MAX + 1];
    let site = |n: usize| SiteId::mint(n as u64, &[1; 10]);
    let mut cursors = good.clone();
    cursors.cursors = (0..=SITES_MAX).map(|n| (site(n), genesis)).collect();
    let mut scopes = good.clone();
    scopes.scope = (0..=SITES_MAX).map(|n| (site(n), genesis.hash)).collect();
    let mut device = good.clone();
    device.device = other.device;
    for (what, request, code) in [
        ("101 items", many, ProblemCode::TooMany),
        ("1001 cursors", cursors, ProblemCode::TooMany),
        ("1001 scopes", scopes, ProblemCode::TooMany),
        ("another device", device, ProblemCode::WrongDevice),
    ] {
        let problem = desk.answer(pen.author, &request).expect_err(what);
        assert_eq!(problem.code, code, "{what}");
        assert!((400..500).contains(&problem.status), "{what}");
        assert!(desk.contents().is_empty(), "{what}");
    }
    // At the limit it passes.
    let mut full = good;
    full.push = vec![Pushed::Event(event); PUSH_MAX];
    full.cursors = (0..SITES_MAX).map(|n| (site(n), genesis)).collect();
    let reply = desk.answer(pen.author, &full).expect("at the limit");
    assert_eq!(reply.acks.len(), PUSH_MAX);
    assert_eq!(desk.contents().len(), 1);
}

#[test]
fn refusals_say_what_a_sentence_needs() {
    let mut desk = Desk::new();
    let mut pen = desk.person(1, &[ROLE]);
    let good = desk.visit(&mut pen, ROLE);
    let setting = desk.setting(&mut pen, ROLE);
    let long = format!("\"{}\"", "x".repeat(INK_BYTES));
    let large = pen.write(Kind::VisitRecorded, &setting, [(PartName::Ink, long)]);
    let empty = pen.write(
        Kind::VisitRecorded,
        &setting,
        [(PartName::Fact, "{}".into())],
    );
    let director = resigned(&pen, &good, |envelope| envelope.role = Role::Director);
    let absent = Absence::Erased;
    let erased = with_part(&good, PartName::Private, PartState::Absent { absent });
    for (event, name, value) in [
        (large.clone(), "part", json!("ink")),
        (large, "limit", json!(INK_BYTES)),
        (empty, "reason", json!("invalid_body")),
        (director, "role", json!("director")),
        (erased, "part", json!("private")),
    ] {
        let reply = desk.push(pen.author, &[event]);
        assert_eq!(reply.refused[0].params.get(name), Some(&value));
    }
}
