//! The forms that outlive programs (D10): exported logs with events of every kind, and a sync's
//! request and reply, as they were written when the forms were frozen. Today's program reads,
//! verifies and folds them, and writes each byte as it was.
//!
//! `DOORSTEP_WRITE_GOLDEN=1 cargo test -p doorstep-server --test it golden` makes the files where
//! there are none. A file that is there is never made anew: another form is another version, with a
//! file of its own beside it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use doorstep_domain::erasure::{Erasure, HouseholdErasure};
use doorstep_domain::event::{
    Event, Kind, Opened, PartName, canonical, envelope_hash, read_canonical,
};
use doorstep_domain::follow_up::{Answer, AnswerGiven};
use doorstep_domain::heads::HeadStated;
use doorstep_domain::household::{HouseholdCard, HouseholdFact};
use doorstep_domain::id::HouseholdId;
use doorstep_domain::ink::Ink;
use doorstep_domain::phrase::{PhraseFact, PhraseText};
use doorstep_domain::plan::{CallFact, CalledOff, PlanContent, PlanFact};
use doorstep_domain::quarantine;
use doorstep_domain::review::{About, Decision, Words};
use doorstep_domain::state::SiteState;
use doorstep_domain::sync::wire::{SyncReply, SyncRequest};
use doorstep_domain::visit::{Signing, VisitContent, VisitFact};
use doorstep_server::export_file::{self, Header, Log, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::harness::Company;
use crate::phone::Phone;
use crate::photos::visit_with;
use crate::problems::PHOTO;
use crate::server::Server;
use crate::tamper;

/// With this set, files that are not there are made.
const WRITE: &str = "DOORSTEP_WRITE_GOLDEN";

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/golden")
        .join(name)
}

/// The file's text; made by `make` first where it is asked for.
fn golden(name: &str, make: impl FnOnce() -> String) -> String {
    let path = file(name);
    if std::env::var_os(WRITE).is_some() && !path.exists() {
        std::fs::write(&path, make()).unwrap();
    }
    std::fs::read_to_string(&path).unwrap()
}

fn log() -> String {
    golden("log-v1.jsonl", || {
        let company = tamper::sample();
        company.run(&["export", "--site", "jinhaiwan"]).ok().out
    })
}

/// A log whose household was erased, which no log of the first file was.
fn erased_log() -> String {
    golden("log-v1-household-erased.jsonl", || {
        let company = Company::with_people();
        let server = Server::start(&company);
        let mut lin = Phone::of(&server, "lin");
        let visit = lin.visit();
        lin.push(&server, &[visit]);
        let household = HouseholdId::mint(1, &[1; 10]).to_string();
        let erase = ["household", "erase", "--site", "jinhaiwan", &household];
        let order = ["--reason", "consent_withdrawn", "--ordered-by", "shen"];
        company.run(&[&erase[..], &order].concat()).ok();
        company.run(&["export", "--site", "jinhaiwan"]).ok().out
    })
}

/// A log in which an owner was given an answer, which none of the files before had.
fn answered_log() -> String {
    golden("log-v1-answer.jsonl", || {
        let company = Company::with_people();
        let server = Server::start(&company);
        let mut lin = Phone::of(&server, "lin");
        let visit = lin.visit();
        let answer = lin.answer(&visit);
        lin.push(&server, &[visit, answer]);
        company.run(&["export", "--site", "jinhaiwan"]).ok().out
    })
}

/// A log in which a record was corrected, which none of the files before had.
fn corrected_log() -> String {
    golden("log-v1-corrected.jsonl", || {
        let company = Company::with_people();
        let server = Server::start(&company);
        let mut lin = Phone::of(&server, "lin");
        let visit = lin.visit();
        let corrected = lin.corrected(&visit, "业主姓名写错");
        lin.push(&server, &[visit, corrected]);
        company.run(&["export", "--site", "jinhaiwan"]).ok().out
    })
}

/// A log with a photo in a record and a phrase, which none of the files before had.
fn pictured_log() -> String {
    golden("log-v1-photo-phrase.jsonl", || {
        let company = Company::with_people();
        let server = Server::start(&company);
        let mut lin = Phone::of(&server, "lin");
        lin.send_photo(&server, &PHOTO);
        let visit = visit_with(&mut lin, &[&PHOTO]);
        lin.push(&server, &[visit, lin.phrase("电梯异响")]);
        company.run(&["export", "--site", "jinhaiwan"]).ok().out
    })
}

fn rows(text: &str) -> Vec<Row> {
    let lines = text.lines().skip(1);
    lines
        .map(|line| export_file::read(line.as_bytes()).unwrap())
        .collect()
}

/// What a part says is written today as it was then.
#[track_caller]
fn same<T: Serialize + DeserializeOwned>(opened: &Opened<'_>, name: PartName) {
    let Some(part) = opened.event.part(name) else {
        return;
    };
    let read = read_canonical::<T>(&part.body);
    assert!(
        read.is_some(),
        "{} {name:?}: {}",
        opened.envelope.kind,
        part.body
    );
}

/// Every part of an event of a site's log, in its form.
fn same_parts(opened: &Opened<'_>) {
    use PartName::{Content, Fact};
    match opened.envelope.known_kind().unwrap() {
        Kind::VisitRecorded | Kind::VisitCorrected => {
            same::<VisitFact>(opened, Fact);
            same::<VisitContent>(opened, Content);
            same::<Signing>(opened, PartName::Signing);
            same::<Ink>(opened, PartName::Ink);
        }
        Kind::VisitVoided | Kind::OpinionWritten => {
            same::<About>(opened, Fact);
            same::<Words>(opened, Content);
        }
        Kind::OpinionDecided => {
            same::<Decision>(opened, Fact);
            same::<Words>(opened, Content);
        }
        Kind::VisitPlanned => {
            same::<PlanFact>(opened, Fact);
            same::<PlanContent>(opened, Content);
        }
        Kind::VisitCalledOff => {
            same::<CalledOff>(opened, Fact);
            same::<Words>(opened, Content);
        }
        Kind::HouseholdChanged => {
            same::<HouseholdFact>(opened, Fact);
            same::<HouseholdCard>(opened, Content);
        }
        Kind::HouseholdCalled => {
            same::<CallFact>(opened, Fact);
            same::<Words>(opened, Content);
        }
        Kind::PhraseChanged => {
            same::<PhraseFact>(opened, Fact);
            same::<PhraseText>(opened, Content);
        }
        Kind::QuarantineDecided => {
            same::<quarantine::Decision>(opened, Fact);
            same::<Words>(opened, Content);
        }
        Kind::AnswerGiven => {
            same::<AnswerGiven>(opened, Fact);
            same::<Answer>(opened, Content);
        }
        Kind::BodyErased => same::<Erasure>(opened, Fact),
        Kind::HouseholdErased => same::<HouseholdErasure>(opened, Fact),
        Kind::HeadsStated => same::<HeadStated>(opened, Fact),
        Kind::SiteOpened
        | Kind::AccountAdded
        | Kind::RoleGranted
        | Kind::DeviceEnrolled
        | Kind::DeviceRevoked => {}
    }
}

#[test]
fn a_log_of_the_first_version_is_verified_and_written_as_it_was() {
    let mut kinds = BTreeSet::new();
    for (name, text) in [
        ("log-v1.jsonl", log()),
        ("log-v1-household-erased.jsonl", erased_log()),
        ("log-v1-answer.jsonl", answered_log()),
        ("log-v1-corrected.jsonl", corrected_log()),
        ("log-v1-photo-phrase.jsonl", pictured_log()),
    ] {
        let header: Header = export_file::read(text.lines().next().unwrap().as_bytes()).unwrap();
        assert_eq!(header.format, "doorstep-export/1");
        for row in rows(&text) {
            let opened = row.event.open().unwrap();
            assert_eq!(canonical(&opened.envelope), row.event.envelope);
            assert_eq!(opened.envelope_hash, envelope_hash(&row.event.envelope));
            same_parts(&opened);
            kinds.insert(opened.envelope.known_kind().unwrap());
        }
        let path = file(name);
        let company = Company::with_site();
        company.run(&["verify", path.to_str().unwrap()]).ok();
    }
    assert_eq!(kinds, BTreeSet::from(Kind::ALL));
}

#[test]
fn a_log_of_the_first_version_says_what_it_said() {
    let text = log();
    let rows = rows(&text);
    let of_site = rows.into_iter().filter(|row| row.log == Log::Site);
    let of_site: Vec<_> = of_site.map(Row::logged).collect();
    let state = SiteState::fold(&of_site);
    assert_eq!(state.unreadable, 0);
    let counts = [
        state.households.len(),
        state.visits.len(),
        state.plans.len(),
        state.aside.len(),
        state.open_plans().len(),
    ];
    assert_eq!(counts, [1, 1, 1, 1, 0]);
    let visit = state.visits.values().next().unwrap();
    assert!(visit.is_voided());
    assert_eq!((visit.opinions.len(), visit.decisions.len()), (1, 1));
    let finish = visit.counted().unwrap();
    assert_eq!(finish.content.as_ref().unwrap().met, "陈佳慧");
    assert!(finish.seal.is_some());
    let household = state.households.keys().next().unwrap();
    assert_eq!(state.calls_to(*household).len(), 1);
    assert!(state.plans.values().next().unwrap().is_called_off());
}

/// A request that pushes a visit and an opinion on what is not there, and its reply.
fn exchange() -> String {
    let company = Company::with_people();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    let on = visit.open().unwrap().envelope.id;
    let about = canonical(&About { on });
    let opinion = lin.addition(&visit, Kind::OpinionWritten, about, "请工程部查看");
    let ahead: Event = lin.rewritten(&opinion, |envelope| envelope.after.clear());
    let request = lin.sync(&lin.genesis(), &[ahead, visit]);
    let reply = lin.post_sync(&server, &request).json();
    let request: SyncRequest = serde_json::from_value(request).unwrap();
    let reply: SyncReply = serde_json::from_value(reply).unwrap();
    [
        serde_json::to_string(&request).unwrap(),
        serde_json::to_string(&reply).unwrap(),
        String::new(),
    ]
    .join("\n")
}

#[test]
fn a_sync_of_the_first_version_is_read_and_written_as_it_was() {
    let text = golden("sync-v1.jsonl", exchange);
    let [request, reply] = text.lines().collect::<Vec<_>>().try_into().unwrap();
    let read: SyncRequest = serde_json::from_str(request).unwrap();
    assert_eq!(read.push.len(), 2);
    assert_eq!(serde_json::to_string(&read).unwrap(), request);
    let read: SyncReply = serde_json::from_str(reply).unwrap();
    assert_eq!((read.acks.len(), read.refused.len()), (1, 1));
    assert_eq!(serde_json::to_string(&read).unwrap(), reply);
}
