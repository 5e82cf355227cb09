//! The owner's receipt: what its page confirms of a sealed record, in each state the record can be
//! in, and what it never shows.

use doorstep_domain::event::{Event, Kind, canonical};
use doorstep_domain::hash::{Hash, sha256};
use doorstep_domain::policy::Role;
use doorstep_domain::review::About;
use doorstep_domain::seal::{receipt_code, seal};
use doorstep_server::pace::{Class, Who};

use crate::harness::Company;
use crate::phone::Phone;
use crate::server::{Answer, Inside, Server};

/// A site with a record that its owner signed, at the office.
struct Scene {
    company: Company,
    server: Server,
    lin: Phone,
    visit: Event,
    seal: Hash,
}

impl Scene {
    fn new() -> Self {
        let company = Company::with_people();
        let server = Server::start(&company);
        let lin = Phone::of(&server, "lin");
        let visit = lin.visit_as(lin.site(), Role::Supervisor);
        lin.push(&server, std::slice::from_ref(&visit));
        Self {
            company,
            server,
            seal: seal_of(&visit),
            lin,
            visit,
        }
    }

    /// As a browser of an English reader asks.
    fn page(&self, path: &str) -> Answer {
        let headers = [("accept", "text/html"), ("accept-language", "en-GB")];
        self.server.get(path, &headers)
    }

    fn receipt(&self) -> String {
        let answer = self.page(&format!("/r/{}", self.seal));
        assert_eq!(answer.status, 200);
        answer.text()
    }

    fn code(&self) -> String {
        receipt_code(&self.seal)
    }
}

fn seal_of(visit: &Event) -> Hash {
    seal(&visit.open().unwrap().envelope.parts).unwrap()
}

const UNCHANGED: &str = "nothing of it was changed";
const CHANGED: &str = "the record kept is not the one that was signed";

#[test]
fn a_receipt_confirms_a_record_and_shows_nothing_of_it() {
    let scene = Scene::new();
    let page = scene.receipt();
    assert!(
        page.contains("The office has received this record"),
        "{page}"
    );
    assert!(
        page.contains(UNCHANGED) && !page.contains(CHANGED),
        "{page}"
    );
    assert!(page.contains(&scene.code()), "{page}");
    assert!(page.contains("金海湾花园"), "the site's name: {page}");
    let received = scene
        .company
        .count("SELECT received_at FROM event WHERE seal IS NOT NULL");
    let zone = doorstep_server::clock::zone("Asia/Shanghai").unwrap();
    let local = doorstep_server::clock::at_site(received, zone)
        .unwrap()
        .local();
    let time = format!("{} (UTC+08:00)", local.replace('T', " "));
    assert!(page.contains(&time), "{time}: {page}");
    // Names, room, words, the note, who visited.
    for secret in ["陈佳慧", "1502", "业主无意见", "不便明说", "林晓雯", "lin"] {
        let words = page.replace("lin-", "").replace("line", "");
        assert!(!words.contains(secret), "{secret}: {page}");
    }
}

#[test]
fn a_receipt_is_read_in_both_languages_without_script() {
    let scene = Scene::new();
    let path = format!("/r/{}", scene.seal);
    let chinese = scene
        .server
        .get(&path, &[("accept-language", "zh-CN,en;q=0.8")]);
    assert!(chinese.text().contains("办公室已收到这份记录"));
    assert!(chinese.text().contains(r#"<html lang="zh-CN">"#));
    let english = scene.server.get(&format!("{path}?lang=en"), &[]);
    assert!(english.text().contains(r#"<html lang="en">"#));
    assert!(english.text().contains(r#"href="?lang=zh-CN""#));
    let policy = english.header("content-security-policy");
    assert!(
        !policy.contains("script-src") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert!(!english.text().contains("<script"));
    assert_eq!(english.header("cache-control"), "no-store");
    assert_eq!(english.header("referrer-policy"), "no-referrer");
    // The one style there is, is the one that the policy lets in.
    let text = english.text();
    let style = text
        .split("<style>")
        .nth(1)
        .unwrap()
        .split("</style>")
        .next()
        .unwrap();
    let hash = sha256(style.as_bytes())
        .to_string()
        .replace('-', "+")
        .replace('_', "/");
    assert!(
        policy.contains(&format!("style-src 'sha256-{hash}='")),
        "{policy}"
    );
    assert!(!text.contains("style="), "{text}");
}

#[test]
fn what_became_of_a_record_is_said() {
    let scene = Scene::new();
    let on = scene.visit.open().unwrap().envelope.id;
    let about = canonical(&About { on });
    let voided = scene
        .lin
        .addition(&scene.visit, Kind::VisitVoided, about, "敲错了门");
    let corrected = scene.lin.corrected(&scene.visit, "姓名写错");
    scene.lin.push(&scene.server, &[corrected]);
    let page = scene.receipt();
    assert!(
        page.contains("corrected later on") && page.contains(UNCHANGED),
        "{page}"
    );
    assert!(
        !page.contains("姓名写错") && !page.contains("marked as void"),
        "{page}"
    );
    scene.lin.push(&scene.server, &[voided]);
    let page = scene.receipt();
    assert!(
        page.contains("marked as void") && page.contains(UNCHANGED),
        "{page}"
    );
    assert!(!page.contains("敲错了门"), "{page}");
    let on = on.to_string();
    let order = ["--reason", "unlawful", "--ordered-by", "shen"];
    let erase = ["erase", &on, "--site", "jinhaiwan", "--part", "ink"];
    scene.company.run(&[&erase[..], &order].concat()).ok();
    let page = scene.receipt();
    assert!(
        page.contains("were erased") && page.contains(UNCHANGED),
        "{page}"
    );
}

#[test]
fn a_record_that_was_changed_is_not_confirmed_as_unchanged() {
    for statement in [
        "UPDATE part SET body = replace(body, '无意见', '很满意') WHERE name = 'content'",
        "UPDATE part SET body = replace(body, '1000,2000', '1001,2000') WHERE name = 'ink'",
        // Erased, but by no event.
        "UPDATE part SET salt = NULL, body = NULL, absence = 'erased' WHERE name = 'ink'",
        "UPDATE event SET received_at = received_at - 1 WHERE seal IS NOT NULL",
        "UPDATE event SET envelope = replace(envelope, 'supervisor', 'director')
         WHERE seal IS NOT NULL",
        "UPDATE event SET seal = CAST(substr(seal, 1, 31) || x'00' AS BLOB) WHERE seal IS NOT NULL",
    ] {
        let mut scene = Scene::new();
        assert!(scene.receipt().contains(UNCHANGED));
        scene.company.tamper(statement);
        if statement.contains("substr") {
            scene.seal.0[31] = 0;
        }
        let page = scene.receipt();
        assert!(
            page.contains(CHANGED) && !page.contains(UNCHANGED),
            "{statement}: {page}"
        );
    }
}

#[test]
fn a_record_that_is_still_on_the_phone_is_said_not_to_be_received_yet() {
    let scene = Scene::new();
    let waiting = seal_of(&scene.lin.visit_as(scene.lin.site(), Role::Supervisor));
    let path = format!("/r/{waiting}");
    let answer = scene.page(&path);
    assert_eq!(answer.status, 404);
    assert!(
        answer
            .text()
            .contains("has not received this record, or not yet")
    );
    // For programs it is the one shape.
    let answer = scene.server.get(&path, &[("accept", "application/json")]);
    assert_eq!(answer.problem(), "not_found");
    // A link that was cut off is no record that is missing.
    let cut = scene.page(&path[..20]);
    assert_eq!(cut.status, 400);
    assert!(cut.text().contains("This is no address of a receipt"));
}

#[test]
fn a_code_finds_its_record_and_only_says_what_the_whole_seal_would() {
    let scene = Scene::new();
    let form = scene.page("/r").text();
    assert!(form.contains(r#"name="code""#), "{form}");
    assert!(!form.contains(&scene.code()), "{form}");
    let typed = scene.code().to_lowercase().replace('-', "+");
    let found = scene.page(&format!("/r?code={typed}&lang=en"));
    assert_eq!(found.status, 200);
    let found = found.text();
    assert!(
        found.contains(UNCHANGED) && found.contains("scan the QR code"),
        "{found}"
    );
    // Whoever has only the code learns no more of the seal.
    assert!(!found.contains(&scene.seal.to_string()), "{found}");
    let none = scene.page("/r?code=0000-0000");
    assert_eq!(none.status, 404);
    for (query, status) in [("code=hello", 400), ("code=%3Cb%3E", 400), ("kode=1", 400)] {
        let answer = scene.page(&format!("/r?{query}"));
        assert_eq!(answer.status, status, "{query}");
        assert!(!answer.text().contains("<b>hello") && !answer.text().contains("<b>\u{3e}"));
    }
    // Another record's seal with the same code, which 2^20 records would come upon by chance.
    let twin = "UPDATE event SET seal = CAST(substr(e.seal, 1, 31) || x'07' AS BLOB)
                FROM (SELECT seal FROM event WHERE seal IS NOT NULL LIMIT 1) AS e
                WHERE event.seal IS NOT NULL AND event.seq = 2";
    let other = scene.lin.visit_as(scene.lin.site(), Role::Supervisor);
    scene.lin.push(&scene.server, &[other]);
    scene.company.tamper(twin);
    let several = scene.page(&format!("/r?code={}", scene.code())).text();
    assert!(several.contains("More than one record"), "{several}");
    assert!(!several.contains(UNCHANGED), "{several}");
}

#[test]
fn codes_are_not_to_be_tried_one_after_the_other() {
    let scene = Scene::new();
    let inside = Inside::start(&scene.company);
    inside.use_up(Class::LookUp, Who::Address("192.0.2.1".parse().unwrap()));
    let ask = |path: &str, accept: &str| {
        let from = [("x-forwarded-for", "192.0.2.1"), ("accept", accept)];
        inside.send("GET", path, &from, None)
    };
    let code = format!("/r?code={}", scene.code());
    let program = ask(&code, "*/*");
    assert_eq!(program.problem(), "too_many_requests");
    let page = ask(&code, "text/html");
    assert_eq!(page.status, 429);
    let seconds = page.header("retry-after").to_owned();
    assert!(page.text().contains(&seconds), "{}", page.text());
    // Whoever holds the whole seal has nothing to guess.
    assert_eq!(ask(&format!("/r/{}", scene.seal), "text/html").status, 200);
}
