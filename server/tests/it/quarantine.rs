//! What is kept aside: who sees it, with what in it, page by page; what becomes of it.

use doorstep_domain::event::Event;
use doorstep_domain::quarantine::{Held, Quarantine, Why};

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
