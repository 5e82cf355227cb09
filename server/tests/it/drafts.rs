//! Copies of drafts: taken over on another phone, never overwritten unseen, nobody else's, gone
//! with the record.

use doorstep_domain::draft_copy::{DraftCopy, DraftEntry, Drafts};
use doorstep_domain::id::SubjectId;
use serde_json::json;

use crate::harness::Company;
use crate::phone::Phone;
use crate::server::{Answer, Server};

const NEW: (&str, &str) = ("if-none-match", "*");

fn path(subject: SubjectId) -> String {
    format!("/api/v1/drafts/{subject}")
}

fn subject(n: u8) -> SubjectId {
    SubjectId::mint(1, &[n; 10])
}

fn save(
    server: &Server,
    phone: &Phone,
    subject: SubjectId,
    condition: (&str, &str),
    body: &str,
) -> Answer {
    let body = json!({"site": phone.site(), "body": body}).to_string();
    let json = ("content-type", "application/json");
    let headers = [json, phone.cookie(), condition];
    server.send("PUT", &path(subject), &headers, Some(body.as_bytes()))
}

fn drop_it(server: &Server, phone: &Phone, subject: SubjectId, tag: &str) -> Answer {
    let json = ("content-type", "application/json");
    let headers = [json, phone.cookie(), ("if-match", tag)];
    server.send("DELETE", &path(subject), &headers, Some(b"{}"))
}

fn read(server: &Server, phone: &Phone, subject: SubjectId) -> Answer {
    server.get(&path(subject), &[phone.cookie()])
}

fn list(server: &Server, phone: &Phone) -> Vec<DraftEntry> {
    let answer = server.get("/api/v1/drafts", &[phone.cookie()]);
    let drafts: Drafts = serde_json::from_value(answer.json()).unwrap();
    drafts.drafts
}

#[test]
fn whoever_loses_the_phone_goes_on_with_the_draft_on_another() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lost = Phone::of(&server, "lin");
    let visit = lost.visit();
    let subject = visit.open().unwrap().envelope.subject;
    let words = r#"{"met":"陈佳慧 \"!\"","ink":[[1,2]]}"#;
    let saved = save(&server, &lost, subject, NEW, words);
    assert_eq!(saved.status, 200, "{}", saved.json());
    let tag = saved.header("etag").to_owned();
    let later = save(&server, &lost, subject, ("if-match", &tag), words);
    let device = lost.device().to_string();
    company.run(&["device", "revoke", &device]).ok();

    let other = Phone::of(&server, "lin");
    let [entry] = list(&server, &other).try_into().unwrap();
    assert_eq!((entry.subject, entry.device), (subject, lost.device()));
    assert_eq!(json!(entry), later.json());
    let answer = read(&server, &other, subject);
    assert_eq!(answer.header("etag"), later.header("etag"));
    let copy: DraftCopy = serde_json::from_value(answer.json()).unwrap();
    assert_eq!((copy.body.as_str(), copy.entry.clone()), (words, entry));
    let tag = format!("\"{}\"", copy.entry.revision);
    let taken_over = save(&server, &other, subject, ("if-match", &tag), "{}");
    assert_eq!(taken_over.json()["device"], json!(other.device()));

    // Once the visit is recorded there is no draft of it, and none can be saved any more.
    let recorded = other.rewritten(&visit, |envelope| envelope.device = other.device());
    assert_eq!(other.push(&server, &[recorded])["acks"][0]["seq"], 1);
    assert_eq!(list(&server, &other), []);
    assert_eq!(read(&server, &other, subject).problem(), "not_found");
    let late = save(&server, &other, subject, NEW, "{}");
    assert_eq!(
        (late.status, late.problem().as_str()),
        (409, "already_recorded")
    );
}

#[test]
fn the_draft_of_a_correction_goes_with_the_event_whose_id_it_has() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    let corrected = lin.corrected(&visit, "姓名写错");
    let draft = corrected.open().unwrap().envelope.id.into();
    lin.push(&server, &[visit]);
    assert_eq!(save(&server, &lin, draft, NEW, "{}").status, 200);
    lin.push(&server, &[corrected]);
    assert_eq!(list(&server, &lin), []);
    let late = save(&server, &lin, draft, NEW, "{}");
    assert_eq!(late.problem(), "already_recorded");
}

#[test]
fn of_two_phones_neither_overwrites_what_the_other_saved() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let [one, other] = [(); 2].map(|()| Phone::of(&server, "lin"));
    let first = save(&server, &one, subject(1), NEW, "first");
    let tag = first.header("etag").to_owned();
    let second = save(&server, &other, subject(1), ("if-match", &tag), "second");
    assert_eq!(second.status, 200);
    let revision = second.json()["revision"].clone();
    assert!(revision.as_i64() > first.json()["revision"].as_i64());
    for condition in [("if-match", tag.as_str()), NEW, ("if-match", "nonsense")] {
        let stale = save(&server, &one, subject(1), condition, "third");
        assert_eq!(
            (stale.status, stale.problem().as_str()),
            (412, "stale_revision")
        );
        assert_eq!(stale.json()["params"], json!({"revision": revision}));
    }
    assert_eq!(drop_it(&server, &one, subject(1), &tag).status, 412);
    let none = save(&server, &one, subject(2), ("if-match", "*"), "x");
    assert_eq!(
        (none.status, none.json()["params"].clone()),
        (412, json!({}))
    );
    for unconditional in [("x-nothing", "1"), ("if-none-match", &tag)] {
        let answer = save(&server, &one, subject(1), unconditional, "third");
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (428, "revision_needed")
        );
    }
    assert_eq!(read(&server, &one, subject(1)).json()["body"], "second");
    let tag = second.header("etag").to_owned();
    assert_eq!(drop_it(&server, &one, subject(1), &tag).status, 204);
    assert_eq!(read(&server, &one, subject(1)).status, 404);
}

#[test]
fn a_draft_is_nobody_elses() {
    let company = Company::with_people();
    company.add_user("root", "admin");
    let server = Server::start(&company);
    let lin = Phone::of(&server, "lin");
    let saved = save(&server, &lin, subject(1), NEW, "private");
    let tag = saved.header("etag").to_owned();
    for login in ["shen", "zhou", "root"] {
        let other = Phone::of(&server, login);
        assert_eq!(list(&server, &other), [], "{login}");
        let (mine, none) = (
            read(&server, &other, subject(1)),
            read(&server, &other, subject(9)),
        );
        assert_eq!((mine.status, &mine.body), (404, &none.body), "{login}");
        assert_eq!(drop_it(&server, &other, subject(1), &tag).status, 412);
    }
    // The same number at somebody else is another draft.
    let shen = Phone::of(&server, "shen");
    assert_eq!(save(&server, &shen, subject(1), NEW, "hers").status, 200);
    assert_eq!(read(&server, &lin, subject(1)).json()["body"], "private");
    assert_eq!(read(&server, &shen, subject(1)).json()["body"], "hers");
    // Whose record it is not, does not end it.
    let mut zhou = Phone::of(&server, "zhou");
    let visit = zhou.visit();
    let visit = zhou.rewritten(&visit, |envelope| envelope.subject = subject(1));
    assert_eq!(zhou.push(&server, &[visit])["acks"][0]["seq"], 1);
    assert_eq!(list(&server, &lin).len(), 1);
    assert_eq!(
        save(&server, &lin, subject(1), ("if-match", &tag), "on").status,
        200
    );
}

#[test]
fn so_many_drafts_are_kept_of_somebody_and_so_long_ones() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let lin = Phone::of(&server, "lin");
    let fifty = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
        INSERT INTO draft SELECT id, printf('01890000-0000-7000-8000-%012d', i), id, i,
                                 unixepoch() * 1000, zeroblob(32), '' FROM n, person WHERE login = 'lin'";
    let long = "x".repeat(700 << 10);
    let saved = save(&server, &lin, subject(1), NEW, &long);
    assert_eq!(saved.status, 200);
    assert_eq!(read(&server, &lin, subject(1)).json()["body"], long);
    let tag = saved.header("etag").to_owned();
    company.tamper("DELETE FROM draft");
    company.tamper(fifty);
    let full = save(&server, &lin, subject(1), NEW, "");
    assert_eq!(full.problem(), "too_many");
    assert_eq!(full.json()["params"], json!({"limit": 50}));
    let first: SubjectId = "01890000-0000-7000-8000-000000000001".parse().unwrap();
    assert_eq!(
        save(&server, &lin, first, ("if-match", "\"1\""), "").status,
        200
    );
    assert_eq!(
        save(&server, &lin, subject(1), ("if-match", &tag), "").status,
        412
    );
    let longer = "x".repeat(1 << 20);
    assert_eq!(
        save(&server, &lin, first, ("if-match", "*"), &longer).status,
        413
    );
}

#[test]
fn a_draft_that_nobody_finished_within_two_months_is_dropped_with_the_next_saving_of_anybody() {
    let company = Company::with_people();
    let server = Server::start(&company);
    let (lin, zhou) = (Phone::of(&server, "lin"), Phone::of(&server, "zhou"));
    for n in [1, 2] {
        assert_eq!(save(&server, &lin, subject(n), NEW, "").status, 200);
    }
    let days_ago = |n: u8, days: i64| {
        company.tamper(&format!(
            "UPDATE draft SET saved_at = (unixepoch() - {days} * 86400) * 1000
             WHERE subject = '{}'",
            subject(n)
        ));
    };
    days_ago(1, 63);
    days_ago(2, 61);
    assert_eq!(list(&server, &lin).len(), 2);
    assert_eq!(save(&server, &zhou, subject(3), NEW, "").status, 200);
    let left: Vec<SubjectId> = list(&server, &lin).iter().map(|it| it.subject).collect();
    assert_eq!(left, [subject(2)]);
}
