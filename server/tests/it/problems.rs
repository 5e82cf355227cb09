//! Every problem that the description promises of a route is brought about, one by one. A route
//! or a code that is new fails here until it is said how.

use doorstep_domain::hash::{Hash, sha256};
use doorstep_domain::id::{HouseholdId, SiteId};
use doorstep_domain::policy::Role;
use doorstep_domain::seal::{receipt_code, seal};
use doorstep_domain::sync::wire::ProblemCode;
use doorstep_server::clock;
use doorstep_server::pace::Who;
use doorstep_server::route::{Named, Route};
use doorstep_server::routes::ROUTES;
use serde_json::{Value, json};

use crate::harness::Company;
use crate::phone::{PASSWORD, Phone};
use crate::server::{Answer, Inside, Server};

/// Somebody at a server.
pub(crate) struct Scene {
    pub(crate) company: Company,
    pub(crate) server: Server,
    /// An admin, supervisor and director.
    pub(crate) lin: Phone,
    /// The id of a steward.
    zhou: String,
    /// The entity tag of lin's draft of [`DRAFT`].
    draft: String,
    /// The seal of a visit of lin's.
    sealed: Hash,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let company = Company::with_people();
        let server = Server::start(&company);
        company
            .run(&["user", "grant", "lin", "--role", "admin"])
            .ok();
        company
            .run(&["user", "grant", "lin", "--role", "director@jinhaiwan"])
            .ok();
        let mut lin = Phone::of(&server, "lin");
        lin.learn_escrow_key(&server);
        let users = company.run(&["user", "list", "--json"]).ok().json();
        let zhou = users
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["login"] == "zhou");
        let zhou = zhou.unwrap()["person"].as_str().unwrap().to_owned();
        let body = json!({"site": lin.site(), "body": "{}"}).to_string();
        let json = ("content-type", "application/json");
        let headers = [json, lin.cookie(), ("if-none-match", "*")];
        let path = format!("/api/v1/drafts/{DRAFT}");
        let draft = server.send("PUT", &path, &headers, Some(body.as_bytes()));
        let draft = draft.header("etag").to_owned();
        let visit = lin.visit_as(lin.site(), Role::Supervisor);
        lin.push(&server, std::slice::from_ref(&visit));
        let sealed = seal(&visit.open().unwrap().envelope.parts).unwrap();
        lin.send_photo(&server, &PHOTO);
        Self {
            company,
            server,
            lin,
            zhou,
            draft,
            sealed,
        }
    }

    /// An address of the route's that is there.
    pub(crate) fn path(&self, route: &Route) -> String {
        match route.names {
            None if route.path == "/r" => format!("/r?code={}", receipt_code(&self.sealed)),
            None => route.path.to_owned(),
            Some(Named::Seal) => path_to(route, &self.sealed.to_string()),
            Some(Named::Device) => path_to(route, &self.lin.device().to_string()),
            Some(Named::Person) => path_to(route, &self.zhou),
            Some(Named::Draft) => path_to(route, DRAFT),
            Some(Named::Household) => path_to(route, &HouseholdId::mint(1, &[1; 10]).to_string()),
            Some(Named::Photo) => path_to(route, &sha256(&PHOTO).to_string()),
        }
    }

    /// Asks as lin, whatever is wrong with it.
    pub(crate) fn ask(&self, route: &Route, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut all = headers.to_vec();
        // An empty value stands for none.
        all.retain(|(_, value)| !value.is_empty());
        let mut usual = vec![self.lin.cookie()];
        usual.extend_from_slice(beside(route));
        if route.names == Some(Named::Draft) && route.method != "GET" {
            usual.push(("if-match", &self.draft));
        }
        for (name, value) in usual {
            if !headers.iter().any(|(known, _)| *known == name) {
                all.push((name, value));
            }
        }
        let path = self.path(route);
        let body = (route.method != "GET").then_some(body);
        self.server.send(route.method.as_str(), &path, &all, body)
    }

    /// Asks as lin, rightly.
    pub(crate) fn ask_well(&self, route: &Route) -> Answer {
        self.ask(route, &[], &sent(route, &self.lin))
    }

    /// Asks with another body.
    fn ask_with(&self, route: &Route, body: &Value) -> Answer {
        self.ask(route, &[], body.to_string().as_bytes())
    }
}

const ESCROW: &str = "/api/v1/escrow";

/// A data key.
const ESCROWED: [u8; 32] = [7; 32];

const ERASURE: &str = "/api/v1/households/{household}/erasure";

/// The draft that is there.
pub(crate) const DRAFT: &str = "01890000-0000-7000-8000-000000000001";

/// The bytes of the photo that is there: as few as begin a JPEG, and one.
pub(crate) const PHOTO: [u8; 5] = [0xff, 0xd8, 0xff, 0xe0, 1];

/// What goes beside a body that the route takes.
pub(crate) fn beside(route: &Route) -> &'static [(&'static str, &'static str)] {
    match route.takes {
        Some(takes) if !takes.is_json() => &[
            ("content-type", "application/octet-stream"),
            ("content-range", "bytes 0-4/5"),
        ],
        _ => &[("content-type", "application/json")],
    }
}

/// The bytes of a body that the route takes from the holder of `phone`.
pub(crate) fn sent(route: &Route, phone: &Phone) -> Vec<u8> {
    match route.takes {
        Some(takes) if !takes.is_json() => PHOTO.to_vec(),
        _ => body(route, phone).to_string().into_bytes(),
    }
}

/// The JSON that the route takes from the holder of `phone`.
pub(crate) fn body(route: &Route, phone: &Phone) -> Value {
    match route.path {
        "/api/v1/login" => phone.login(phone.login_name(), PASSWORD),
        "/api/v1/sync" => phone.sync_of_nothing(),
        "/api/v1/password" => json!({"old": PASSWORD, "new": "battery staple"}),
        "/api/v1/deposit" => phone.deposit(clock::now(), &[]),
        ESCROW => json!({"password": PASSWORD, "escrow": phone.sealed_data_key(&ESCROWED)}),
        ERASURE => {
            json!({"reason": "consent_withdrawn", "password": PASSWORD})
        }
        "/api/v1/drafts/{subject}" if route.method == "PUT" => {
            json!({"site": SiteId::mint(1, &[1; 10]), "body": "{}"})
        }
        path => {
            assert!(route.takes.is_none(), "say here what {path} takes");
            json!({})
        }
    }
}

/// The route's address of `what`.
pub(crate) fn path_to(route: &Route, what: &str) -> String {
    let (before, rest) = route.path.split_once('{').unwrap();
    let (_, after) = rest.split_once('}').unwrap();
    format!("{before}{what}{after}")
}

/// Asks so that the route answers `code`; `None` where that takes what no test can bring about.
fn provoke(scene: &mut Scene, route: &Route, code: ProblemCode) -> Option<Answer> {
    let good = sent(route, &scene.lin);
    let good = good.as_slice();
    let answer = match code {
        ProblemCode::NotLoggedIn => scene.ask(route, &[("cookie", "")], good),
        ProblemCode::ForeignOrigin => scene.ask(route, &[("origin", "https://evil.example")], good),
        ProblemCode::WrongContentType => scene.ask(route, &[("content-type", "text/plain")], good),
        ProblemCode::MalformedRequest => {
            if route.takes.is_some() {
                let answer = scene.ask(route, &[], b"{");
                assert_eq!(answer.problem(), code.as_str(), "{}", route.path);
            }
            // What may be asked behind the path is in the table, and nothing twice.
            let path = scene.path(route);
            let headers = [beside(route), &[scene.lin.cookie()]].concat();
            let ask = |query: &str| {
                let body = (route.method != "GET").then_some(good);
                let path = format!("{path}?{query}");
                scene
                    .server
                    .send(route.method.as_str(), &path, &headers, body)
            };
            for asked in route.asks {
                let answer = ask(&format!("{0}=1&{0}=2", asked.name));
                assert_eq!(answer.problem(), code.as_str(), "{} twice", asked.name);
            }
            ask("nonsense=1")
        }
        ProblemCode::TooDeep => scene.ask(route, &[], "[".repeat(17).as_bytes()),
        ProblemCode::TooLarge => {
            let limit = route.takes.unwrap().max_bytes;
            scene.ask(route, &[], " ".repeat(limit + 1).as_bytes())
        }
        ProblemCode::NotFound if route.path == "/r" => scene.server.get("/r?code=0000-0000", &[]),
        ProblemCode::NotFound => {
            let none = match route.takes {
                // What is not here yet is what is sent.
                Some(takes) if !takes.is_json() => "nonsense".to_owned(),
                _ => Phone::new().device().to_string(),
            };
            let path = path_to(route, &none);
            let headers = [beside(route), &[scene.lin.cookie()]].concat();
            let good = (route.method != "GET").then_some(good);
            scene
                .server
                .send(route.method.as_str(), &path, &headers, good)
        }
        ProblemCode::TooManyRequests => hurried(scene, route),
        ProblemCode::PasswordDue => {
            let due =
                "UPDATE person SET one_time_until = 1 + 1000 * unixepoch() WHERE login = 'lin'";
            scene.company.tamper(due);
            let answer = scene.ask_well(route);
            scene
                .company
                .tamper("UPDATE person SET one_time_until = NULL");
            answer
        }
        ProblemCode::Internal => return broken(scene, route),
        ProblemCode::Unavailable => return held(scene, route),
        code => special(scene, route, code),
    };
    Some(answer)
}

/// Whoever asks has used up their allowance: the person, or the address of nobody.
fn hurried(scene: &Scene, route: &Route) -> Answer {
    let inside = Inside::start(&scene.company);
    let person = scene.lin.session().person;
    let (who, from) = if route.access.needs_session() {
        (Who::Person(person), scene.lin.cookie())
    } else {
        let address = "192.0.2.1";
        let who = Who::Address(address.parse().unwrap());
        (who, ("x-forwarded-for", address))
    };
    inside.use_up(route.pace, who);
    let headers = [beside(route), &[from]].concat();
    let body = (route.method != "GET").then_some(&b"{"[..]);
    let answer = inside.send(route.method.as_str(), &scene.path(route), &headers, body);
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert_eq!(answer.json()["params"]["retry_after_s"], wait);
    answer
}

/// What only the photos' route answers.
fn special_of_photos(scene: &Scene, route: &Route, code: ProblemCode) -> Answer {
    scene.company.tamper("DELETE FROM photo");
    let mut bytes = PHOTO;
    match code {
        ProblemCode::NotThePhoto => bytes[4] = 2,
        ProblemCode::TooMany => scene.company.tamper(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
             INSERT INTO photo SELECT randomblob(32), 2, x'ff', id, unixepoch() * 1000, 0
                               FROM n, person WHERE login = 'lin'",
        ),
        code => panic!("say here how photos come to answer {}", code.as_str()),
    }
    scene.ask(route, &[], &bytes)
}

/// What only some routes answer.
fn special(scene: &mut Scene, route: &Route, code: ProblemCode) -> Answer {
    if route.names == Some(Named::Photo) {
        return special_of_photos(scene, route, code);
    }
    let mut body = body(route, &scene.lin);
    match (route.path, code) {
        ("/api/v1/login", ProblemCode::PasswordExpired) => {
            let expired = "UPDATE person SET one_time_until = 1 WHERE login = 'lin'";
            scene.company.tamper(expired);
        }
        ("/api/v1/password", ProblemCode::WrongPassword) => {
            body["old"] = json!("incorrect horse");
        }
        ("/api/v1/password", ProblemCode::UnfitPassword) => body["new"] = json!("88888888"),
        ("/api/v1/password", ProblemCode::TooManyAttempts) => {
            body["old"] = json!("incorrect horse");
            for _ in 0..10 {
                scene.ask_with(route, &body);
            }
        }
        (ERASURE | ESCROW, ProblemCode::WrongPassword)
        | ("/api/v1/login", ProblemCode::WrongLogin) => {
            body["password"] = json!("incorrect horse");
        }
        (ERASURE | ESCROW | "/api/v1/login", ProblemCode::TooManyAttempts) => {
            body["password"] = json!("incorrect horse");
            for _ in 0..10 {
                scene.ask_with(route, &body);
            }
        }
        (ESCROW, ProblemCode::NotTheEscrow) => {
            // Sealed on another phone of the same person.
            let mut other = Phone::of(&scene.server, "lin");
            other.learn_escrow_key(&scene.server);
            body["escrow"] = other.sealed_data_key(&ESCROWED);
        }
        ("/api/v1/login", ProblemCode::BadDeviceProof) => {
            body["device"]["proof"] = json!("AAAA");
        }
        ("/api/v1/login", ProblemCode::DeviceOfAnother) => {
            body = scene.lin.login("shen", PASSWORD);
        }
        ("/api/v1/login", ProblemCode::DeviceRevoked) => {
            let device = scene.lin.device().to_string();
            scene.company.run(&["device", "revoke", &device]).ok();
        }
        ("/api/v1/sync", ProblemCode::TooMany) => body["push"] = json!(vec![17; 101]),
        ("/api/v1/sync", ProblemCode::WrongDevice) => {
            body["device"] = json!(Phone::new().device());
        }
        ("/api/v1/deposit", ProblemCode::TooMany) => {
            body["events"] = json!(vec![scene.lin.visit(); 101]);
        }
        ("/api/v1/deposit", ProblemCode::BadDeviceProof) => body["proof"] = json!("AAAA"),
        ("/api/v1/deposit", ProblemCode::StaleProof) => body = scene.lin.deposit(1, &[]),
        (_, ProblemCode::RevisionNeeded) => {
            let body = body.to_string();
            return scene.ask(route, &[("if-match", "")], body.as_bytes());
        }
        (_, ProblemCode::StaleRevision) => {
            let body = body.to_string();
            return scene.ask(route, &[("if-match", "\"1\"")], body.as_bytes());
        }
        ("/api/v1/drafts/{subject}", ProblemCode::AlreadyRecorded) => {
            let draft = DRAFT.parse().unwrap();
            let visit = scene.lin.visit();
            let visit = scene
                .lin
                .rewritten(&visit, |envelope| envelope.subject = draft);
            scene.lin.push(&scene.server, &[visit]);
            let new = [("if-match", ""), ("if-none-match", "*")];
            return scene.ask(route, &new, body.to_string().as_bytes());
        }
        ("/api/v1/drafts/{subject}", ProblemCode::HouseholdErased) => {
            let visit = scene.lin.visit();
            scene.lin.push(&scene.server, &[visit]);
            let household = HouseholdId::mint(1, &[1; 10]).to_string();
            let erase = ["household", "erase", "--site", "jinhaiwan", &household];
            let order = ["--reason", "unlawful", "--ordered-by", "shen"];
            scene.company.run(&[&erase[..], &order].concat()).ok();
            body["site"] = json!(scene.lin.site());
            body["body"] = json!(household);
        }
        ("/api/v1/drafts/{subject}", ProblemCode::TooMany) => {
            scene.company.tamper(
                "DELETE FROM draft;
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
                 INSERT INTO draft SELECT id, printf('01890000-0000-7000-9000-%012d', i), id, i,
                                          unixepoch() * 1000, zeroblob(32), ''
                                   FROM n, person WHERE login = 'lin'",
            );
            let new = [("if-match", ""), ("if-none-match", "*")];
            let answer = scene.ask(route, &new, body.to_string().as_bytes());
            *scene = Scene::new();
            return answer;
        }
        (path, code) => panic!("say here how {path} comes to answer {}", code.as_str()),
    }
    scene.ask_with(route, &body)
}

/// Whether the route asks the database at all.
fn asks_the_database(route: &Route) -> bool {
    route.path != "/api/openapi.json"
}

/// The tables are gone.
fn broken(scene: &Scene, route: &Route) -> Option<Answer> {
    let tables = ["meta", "session", "person", "device"];
    let rename = |from: &str, to: &str| {
        let statements = tables.map(|it| format!("ALTER TABLE {it}{from} RENAME TO {it}{to};"));
        scene.company.tamper(&statements.concat());
    };
    rename("", "_gone");
    let answer = scene.ask_well(route);
    rename("_gone", "");
    asks_the_database(route).then_some(answer)
}

/// Another program holds the database. Who only reads waits for nobody.
fn held(scene: &mut Scene, route: &Route) -> Option<Answer> {
    if route.method == "GET" || route.path == ESCROW {
        return None;
    }
    let holder = rusqlite::Connection::open(scene.company.database()).unwrap();
    let hold = || holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    if route.names == Some(Named::Photo) {
        scene.company.tamper("DELETE FROM photo");
        hold();
        return Some(scene.ask_well(route));
    }
    let mut body = body(route, &scene.lin);
    if route.path == "/api/v1/sync" {
        body["push"] = json!([scene.lin.visit()]);
    }
    if route.path == "/api/v1/deposit" {
        body = scene.lin.deposit(
            clock::now(),
            &[scene.lin.visit_as(scene.lin.site(), Role::Supervisor)],
        );
    }
    hold();
    Some(scene.ask_with(route, &body))
}

#[test]
fn every_route_answers_every_problem_it_promises() {
    // Side by side: some of it is waiting.
    std::thread::scope(|scope| {
        for route in &ROUTES {
            scope.spawn(|| answers_its_problems(route));
        }
    });
}

fn answers_its_problems(route: &Route) {
    let mut scene = Scene::new();
    for code in route.problem_codes() {
        let what = format!("{} {} {}", route.method, route.path, code.as_str());
        let Some(answer) = provoke(&mut scene, route, code) else {
            continue;
        };
        assert_eq!(answer.problem(), code.as_str(), "{what}");
        assert_eq!(answer.status, code.status(), "{what}");
        if matches!(
            code,
            ProblemCode::TooManyAttempts
                | ProblemCode::AlreadyRecorded
                | ProblemCode::DeviceRevoked
                | ProblemCode::PasswordExpired
        ) {
            scene = Scene::new();
        }
    }
}

#[test]
fn every_route_answers_well_when_asked_well() {
    for route in &ROUTES {
        let scene = Scene::new();
        let answer = scene.ask_well(route);
        assert_eq!(answer.status, route.gives.status.as_u16(), "{}", route.path);
    }
}

/// Every problem there is can be the answer of some route, or of an address that is none.
#[test]
fn no_problem_is_described_that_nothing_answers() {
    let of_no_route = [ProblemCode::NotFound, ProblemCode::MethodNotAllowed];
    for code in ProblemCode::ALL {
        let answered = ROUTES.iter().any(|it| it.problem_codes().contains(code));
        assert!(answered || of_no_route.contains(code), "{}", code.as_str());
    }
}
