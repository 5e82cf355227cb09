//! What is kept aside: who sees it, with what in it, page by page; what becomes of it.

use doorstep_domain::event::{Event, Kind, canonical};
use doorstep_domain::id::HouseholdId;
use doorstep_domain::policy::Role;
use doorstep_domain::quarantine::{Held, Quarantine, Verdict, Why};
use doorstep_domain::review::About;
use doorstep_domain::time::SiteTime;
use doorstep_server::clock;
use serde_json::json;

use crate::harness::Company;
use crate::phone::Phone;
use crate::server::Server;

/// The office with a visit of lin's that came after her role had ended.
struct Scene {
    company: Company,
    server: Server,
    lin: Phone,
    shen: Phone,
}

impl Scene {
    fn new() -> Self {
        let company = Company::with_people();
        let server = Server::start(&company);
        let lin = Phone::of(&server, "lin");
        let shen = Phone::of(&server, "shen");
        company
            .run(&["user", "revoke", "lin", "--role", "supervisor@jinhaiwan"])
            .ok();
        Self {
            company,
            server,
            lin,
            shen,
        }
    }

    /// A visit of lin's, kept aside.
    fn aside(&mut self) -> Event {
        let visit = self.lin.visit();
        let reply = self.lin.push(&self.server, std::slice::from_ref(&visit));
        assert_eq!(reply["refused"][0]["params"]["kept"], true, "{reply}");
        visit
    }

    #[track_caller]
    fn list(&self, phone: &Phone, query: &str) -> Quarantine {
        let path = format!("/api/v1/quarantine{query}");
        let answer = self.server.get(&path, &[phone.cookie()]);
        assert_eq!(answer.status, 200, "{}", answer.json());
        serde_json::from_value(answer.json()).unwrap()
    }
}

#[test]
fn the_sites_director_reads_what_is_kept_aside_with_its_content_and_nobody_else_does() {
    let mut scene = Scene::new();
    let visit = scene.aside();
    let add = ["site", "add", "--code", "elsewhere", "--name", "别处"];
    scene.company.run(&add).ok();
    for (login, role) in [
        ("elsewhere", "director@elsewhere"),
        ("supervisor", "supervisor@jinhaiwan"),
        ("operations", "operations"),
        ("admin", "admin"),
        ("steward", "steward@jinhaiwan"),
    ] {
        scene.company.add_user(login, role);
        let phone = Phone::of(&scene.server, login);
        let list = scene.list(&phone, "");
        assert_eq!((list.held.len(), list.more), (0, false), "{login}");
    }
    assert_eq!(scene.list(&scene.lin, "").held, []);
    scene.company.add_user("everywhere", "director");
    let everywhere = Phone::of(&scene.server, "everywhere");
    for phone in [&scene.shen, &everywhere] {
        let list = scene.list(phone, "");
        let [held] = list.held.as_slice() else {
            panic!("one is kept, not {:?}", list.held)
        };
        let opened = visit.open().unwrap();
        assert_eq!((&held.event, held.site), (&visit, scene.shen.site()));
        assert_eq!(held.id, opened.envelope.id);
        assert_eq!(held.envelope_hash, opened.envelope_hash);
        assert_eq!(held.why, Why::NotAuthorised);
        assert_eq!(held.params["role"], "supervisor");
        assert_eq!(held.carrier.person, scene.lin.session().person);
        assert_eq!(held.carrier.device, scene.lin.device());
        assert_eq!(held.decided, None);
    }
}

#[test]
fn the_list_is_read_page_by_page() {
    let mut scene = Scene::new();
    let visits: Vec<Event> = (0..53).map(|_| scene.aside()).collect();
    let first = scene.list(&scene.shen, "");
    assert_eq!((first.held.len(), first.more), (50, true));
    let last = first.held[49].number;
    let second = scene.list(&scene.shen, &format!("?after={last}"));
    assert_eq!((second.held.len(), second.more), (3, false));
    let read: Vec<Held> = [first.held, second.held].concat();
    let events: Vec<&Event> = read.iter().map(|held| &held.event).collect();
    assert_eq!(events, visits.iter().collect::<Vec<_>>());
    let end = format!("?after={}", i64::MAX as u64 + 1);
    assert_eq!(scene.list(&scene.shen, &end).held, []);
}

#[test]
fn what_is_logged_after_all_waits_no_longer() {
    let mut scene = Scene::new();
    let visit = scene.aside();
    let grant = ["user", "grant", "lin", "--role", "supervisor@jinhaiwan"];
    scene.company.run(&grant).ok();
    let reply = scene.lin.push(&scene.server, &[visit]);
    assert_eq!(reply["acks"][0]["seq"], 1, "{reply}");
    assert_eq!(scene.list(&scene.shen, "").held, []);
    let kept = "SELECT count(*) FROM quarantine";
    assert_eq!(scene.company.count(kept), 1, "its content stays");
}

#[test]
fn a_director_takes_one_in_and_turns_one_down_and_the_log_stays_sound() {
    let mut scene = Scene::new();
    let (one, other) = (scene.aside(), scene.aside());
    let adopt = scene.shen.aside(&one, Verdict::Adopt);
    let reject = scene.shen.aside(&other, Verdict::Reject);
    let reply = scene.shen.push(&scene.server, &[adopt.clone(), reject]);
    assert_eq!(reply["refused"], serde_json::json!([]), "{reply}");
    assert_eq!(reply["acks"][0]["seq"], 1);
    assert_eq!(reply["acks"][1]["seq"], 3);
    let rows = &reply["sites"][scene.shen.site().to_string()]["page"]["rows"];
    let taken_in: Event = serde_json::from_value(rows[1]["event"]["event"].clone()).unwrap();
    assert_eq!(taken_in, one);
    assert_eq!(scene.list(&scene.shen, "").held, []);
    // Asked again it is the same; decided otherwise it is refused.
    let again = scene.shen.push(&scene.server, &[adopt]);
    assert_eq!(again["acks"][0], reply["acks"][0]);
    let late = scene.shen.aside(&one, Verdict::Reject);
    let late = scene.shen.push(&scene.server, &[late]);
    assert_eq!(late["refused"][0]["code"], "already_decided");
    let kept = "SELECT count(*) FROM quarantine WHERE event != '' AND decided_by IS NOT NULL";
    assert_eq!(scene.company.count(kept), 2);
    scene.company.run(&["verify"]).ok();
}

#[test]
fn a_colleague_carries_the_visits_of_a_lost_phone_and_nothing_is_doubled() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let (mut lost, zhou) = (Phone::of(&server, "lin"), Phone::of(&server, "zhou"));
    // Signed since the role was given.
    let now = SiteTime::at(clock::now(), 480).unwrap();
    let [sent, unsent] = [lost.visit(), lost.visit()]
        .map(|visit| lost.rewritten(&visit, |envelope| envelope.at = now));
    lost.push(&server, std::slice::from_ref(&sent));
    let both = [sent, unsent];
    for _ in 0..2 {
        let reply = zhou.carry(&server, &both);
        assert_eq!(reply["refused"], serde_json::json!([]), "{reply}");
        assert_eq!(
            (&reply["acks"][0]["seq"], &reply["acks"][1]["seq"]),
            (&1.into(), &2.into())
        );
    }
    // The same person on another phone carries them as well.
    let other = Phone::of(&server, "lin");
    assert_eq!(other.carry(&server, &both)["acks"][1]["seq"], 2);
    let visits = "SELECT count(*) FROM event WHERE kind = 'visit.recorded'";
    assert_eq!(company.count(visits), 2);
    let carried = "SELECT count(*) FROM event WHERE carrier_person IS NOT NULL";
    assert_eq!(company.count(carried), 1);
    company.run(&["verify"]).ok();
}

#[test]
fn what_a_revoked_phone_had_signed_is_carried_aside_and_taken_in_by_the_director() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lost = Phone::of(&server, "lin");
    let (shen, other) = (Phone::of(&server, "shen"), Phone::of(&server, "lin"));
    let visit = lost.visit();
    let device = lost.device().to_string();
    company.run(&["device", "revoke", &device]).ok();
    let reply = other.carry(&server, std::slice::from_ref(&visit));
    assert_eq!(reply["refused"][0]["code"], "device_revoked", "{reply}");
    // Not by somebody else's key, revoked or not.
    let forged = Phone::new().rewritten(&visit, |_| ());
    let reply = other.carry(&server, &[forged]);
    assert_eq!(reply["refused"][0]["code"], "bad_signature", "{reply}");
    let adopt = shen.aside(&visit, Verdict::Adopt);
    let reply = shen.push(&server, &[adopt]);
    assert_eq!(reply["acks"][0]["seq"], 1, "{reply}");
    let visits = "SELECT count(*) FROM event WHERE kind = 'visit.recorded'";
    assert_eq!(company.count(visits), 1);
    company.run(&["verify"]).ok();
}

/// What is kept of the event in the table, whatever became of it.
fn kept(company: &Company, event: &Event) -> Event {
    let hash = event.open().unwrap().envelope_hash.0;
    let connection = rusqlite::Connection::open(company.database()).unwrap();
    let query = "SELECT event FROM quarantine WHERE envelope_hash = ?1";
    let text: String = connection
        .query_row(query, [hash], |row| row.get(0))
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn whatever_it_is_kept_aside_for_a_director_decides_and_its_content_stays() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let (mut lin, shen) = (Phone::of(&server, "lin"), Phone::of(&server, "shen"));
    let visit = lin.visit();
    let plan = lin.planned(HouseholdId::mint(1, &[1; 10]));
    lin.push(&server, &[visit.clone(), plan.clone()]);
    let twin = |ms| lin.rewritten(&visit, |envelope| envelope.skew_ms = Some(ms));
    let on_plan = || {
        let on = plan.open().unwrap().envelope.id;
        lin.addition(
            &plan,
            Kind::OpinionWritten,
            canonical(&About { on }),
            "请工程部查看",
        )
    };
    let elsewhere = |visit: Event| {
        let at: SiteTime = "2026-11-23T15:02:00.000+00:00".parse().unwrap();
        lin.rewritten(&visit, |envelope| envelope.at = at)
    };
    let claimed = || lin.visit_as(lin.site(), Role::Director);
    let own = || lin.visit_as(lin.site(), Role::Supervisor);
    let pushed = [
        (Why::IdConflict, [twin(5), twin(6)]),
        (Why::Invalid, [elsewhere(own()), elsewhere(own())]),
        (Why::WrongSubject, [on_plan(), on_plan()]),
        (Why::NotAuthorised, [claimed(), claimed()]),
    ];
    for (why, events) in &pushed {
        let reply = lin.push(&server, events);
        for item in 0..2 {
            let refused = &reply["refused"][item];
            assert_eq!(refused["code"], why.as_str(), "{reply}");
            assert_eq!(refused["params"]["kept"], true, "{reply}");
        }
    }
    let deposited = [own(), own()];
    let body = lin.deposit(clock::now(), &deposited);
    assert_eq!(server.post("/api/v1/deposit", &[], &body).status, 200);
    let revoked = [own(), own()];
    let device = lin.device().to_string();
    company.run(&["device", "revoke", &device]).ok();
    Phone::of(&server, "lin").carry(&server, &revoked);
    let late = [(Why::Deposited, deposited), (Why::DeviceRevoked, revoked)];
    let all: Vec<(Why, [Event; 2])> = pushed.into_iter().chain(late).collect();

    let answer = server.get("/api/v1/quarantine", &[shen.cookie()]);
    let list: Quarantine = serde_json::from_value(answer.json()).unwrap();
    let shown = list.held.iter().map(|held| (held.why, held.event.clone()));
    let expected = all
        .iter()
        .flat_map(|(why, events)| events.clone().map(|it| (*why, it)));
    assert_eq!(shown.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    for (why, [one, other]) in &all {
        let what = why.as_str();
        let reply = shen.push(&server, &[shen.aside(one, Verdict::Adopt)]);
        // What the log cannot take is refused with the reason, and turned down it is closed.
        let takes = matches!(
            why,
            Why::NotAuthorised | Why::Deposited | Why::DeviceRevoked
        );
        if takes {
            assert_eq!(reply["refused"], json!([]), "{what}: {reply}");
        } else {
            assert_eq!(reply["refused"][0]["code"], "not_adoptable", "{what}");
            assert_eq!(reply["refused"][0]["params"]["code"], what);
            let reply = shen.push(&server, &[shen.aside(one, Verdict::Reject)]);
            assert_eq!(reply["refused"], json!([]), "{what}: {reply}");
        }
        let reply = shen.push(&server, &[shen.aside(other, Verdict::Reject)]);
        assert_eq!(reply["refused"], json!([]), "{what}: {reply}");
        for event in [one, other] {
            assert_eq!(kept(&company, event), *event, "{what}");
        }
        let id = one.open().unwrap().envelope.id;
        let logged = format!("SELECT count(*) FROM event WHERE id = '{id}'");
        let expected = takes || *why == Why::IdConflict;
        assert_eq!(company.count(&logged), i64::from(expected), "{what}");
    }
    let open = "SELECT count(*) FROM quarantine WHERE decided_by IS NULL";
    assert_eq!(company.count(open), 0);
    company.run(&["verify"]).ok();
}
