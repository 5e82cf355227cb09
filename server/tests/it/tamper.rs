//! A sample log with events of every kind, whose bytes are changed, one at a time: of each column
//! of each row of each table, and of an exported file. `doorstep verify` must name the event and
//! the part each time. `DOORSTEP_EVERY_BYTE=1` leaves no byte out.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::Parser;
use doorstep_domain::event::{Event, Kind, canonical};
use doorstep_domain::plan::{CallFact, CallResult, CalledOff};
use doorstep_domain::quarantine::Verdict as Aside;
use doorstep_domain::review::{About, Decision, Verdict};
use doorstep_domain::topic::Topic;
use doorstep_server::command::{CommandLine, run};
use doorstep_server::export_file::{Header, Row};
use rusqlite::types::{Value as Cell, ValueRef};
use rusqlite::{Connection, params_from_iter};
use serde_json::Value;

use crate::harness::Company;
use crate::phone::Phone;
use crate::photos::visit_with;
use crate::problems::PHOTO;
use crate::server::Server;
use crate::verify::stands_apart;

/// With this set, every byte is changed; every seventh otherwise, others in each cell and line.
const EVERY_BYTE: &str = "DOORSTEP_EVERY_BYTE";

/// From one changed byte to the next.
fn stride() -> usize {
    if std::env::var_os(EVERY_BYTE).is_some() {
        1
    } else {
        7
    }
}

/// A site with an event of every kind.
pub(crate) fn sample() -> Company {
    let company = Company::with_site();
    company.add_user("lin", "director@jinhaiwan");
    let file = company.write("a.csv", "楼栋,房号,姓名\n1,101,陈佳慧\n1,102,何俊\n");
    company.import(&file).ok();
    let server = Server::start(&company);
    let mut lin = Phone::of(&server, "lin");
    let visit = lin.visit();
    lin.push(&server, std::slice::from_ref(&visit));
    lin.send_photo(&server, &PHOTO);
    let pictured = visit_with(&mut lin, &[&PHOTO]);
    lin.push(&server, &[pictured]);
    let on = visit.open().unwrap().envelope.id;
    let about = canonical(&About { on });
    let written = lin.addition(&visit, Kind::OpinionWritten, about.clone(), "请工程部查看");
    let decision = canonical(&Decision {
        on,
        topic: Topic::Cleaning,
        verdict: Verdict::Adopt,
    });
    let decided = lin.addition(&visit, Kind::OpinionDecided, decision, "");
    let voided = lin.addition(&visit, Kind::VisitVoided, about, "记错了日期");
    let answered = lin.answer(&visit);
    let corrected = lin.corrected(&visit, "业主姓名写错");
    let reply = lin.push(&server, &[written, decided, answered, corrected, voided]);
    let rows = &reply["sites"][lin.site().to_string()]["page"]["rows"];
    let mut rows = rows.as_array().unwrap().iter();
    let registered = rows.find_map(|row| {
        let event: Event = serde_json::from_value(row["event"]["event"].clone()).ok()?;
        (event.open().ok()?.envelope.known_kind()? == Kind::HouseholdChanged).then_some(event)
    });
    let registered = registered.unwrap();
    let household = registered.open().unwrap().envelope.subject.into();
    let plan = lin.planned(household);
    let off = canonical(&CalledOff {
        on: plan.open().unwrap().envelope.id,
    });
    let off = lin.addition(&plan, Kind::VisitCalledOff, off, "业主出差");
    let result = CallResult::NoAnswer;
    let call = canonical(&CallFact { household, result });
    let call = lin.addition(&registered, Kind::HouseholdCalled, call, "");
    let phrase = lin.phrase("电梯异响");
    lin.push(&server, &[plan, off, call, phrase]);
    let twin = lin.rewritten(&visit, |envelope| envelope.skew_ms = Some(5));
    lin.push(&server, std::slice::from_ref(&twin));
    lin.push(&server, &[lin.aside(&twin, Aside::Reject)]);
    let erase = ["erase", &on.to_string(), "--site", "jinhaiwan"];
    let order = ["--part", "private", "--reason", "unlawful"];
    let order = [&order[..], &["--ordered-by", "lin"]].concat();
    company.run(&[&erase[..], &order].concat()).ok();
    let erase = ["household", "erase", "--site", "jinhaiwan", "1-102"];
    let order = ["--reason", "unlawful", "--ordered-by", "lin"];
    company.run(&[&erase[..], &order].concat()).ok();
    let lost = Phone::of(&server, "lin").device().to_string();
    company.run(&["device", "revoke", &lost]).ok();
    company.run(&["heads", "--state"]).ok();
    server.kill();
    company
}

/// What `doorstep verify --json` says, in this very process; nothing when it only refuses.
fn verify(arguments: &[&str]) -> Option<Value> {
    let line = ["doorstep", "--json"].iter().chain(arguments);
    let mut out = Vec::new();
    run(CommandLine::try_parse_from(line).unwrap(), &mut out).ok()?;
    Some(serde_json::from_slice(&out).unwrap())
}

/// What was found, by event (id or `log:seq`) and part.
fn found(answer: &Value) -> BTreeSet<(String, String)> {
    let mut named = BTreeSet::new();
    for log in answer["logs"].as_array().unwrap() {
        for finding in log["findings"].as_array().unwrap() {
            let part = finding["part"].as_str().unwrap().to_owned();
            let id = finding["event"].as_str().unwrap_or_default();
            named.insert((id.to_owned(), part.clone()));
            let seq = &finding["seq"];
            named.insert((format!("{}:{seq}", log["log"].as_str().unwrap()), part));
        }
    }
    named
}

#[test]
fn the_sample_has_every_kind_and_is_sound() {
    let company = sample();
    let connection = Connection::open(company.database()).unwrap();
    let mut query = connection
        .prepare("SELECT DISTINCT kind FROM event")
        .unwrap();
    let kinds = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let kinds: BTreeSet<String> = kinds.map(Result::unwrap).collect();
    for kind in Kind::ALL {
        assert!(kinds.contains(kind.as_str()), "{}", kind.as_str());
    }
    company.run(&["verify"]).ok();
}

/// A cell of the database.
#[derive(Debug, Clone)]
struct Place {
    table: String,
    column: String,
    /// All columns and values of its row.
    row: Vec<(String, Cell)>,
    /// The id and the place, `log:seq`, of the event whose row it is.
    event: Option<[String; 2]>,
}

impl Place {
    fn value(&self) -> &Cell {
        let mut row = self.row.iter();
        &row.find(|(name, _)| *name == self.column).unwrap().1
    }

    fn cell(&self, name: &str) -> &str {
        let mut row = self.row.iter();
        match &row.find(|(column, _)| column == name).unwrap().1 {
            Cell::Text(text) => text,
            other => panic!("{name}: {other:?}"),
        }
    }

    /// Puts `new` in the place of `old`.
    fn put(&self, connection: &Connection, old: &Cell, new: &Cell) {
        let keys = self.row.iter().map(|(name, _)| format!("{name} IS ?"));
        let keys: Vec<String> = keys.collect();
        // A text may be no UTF-8 any more.
        let (cast, new) = match (self.value(), new) {
            (Cell::Text(_), Cell::Blob(bytes)) => ("CAST(? AS TEXT)", Cell::Blob(bytes.clone())),
            (_, new) => ("?", new.clone()),
        };
        let old_text = matches!((self.value(), old), (Cell::Text(_), Cell::Blob(_)));
        let values = self.row.iter().map(|(name, value)| {
            if *name == self.column {
                old.clone()
            } else {
                value.clone()
            }
        });
        let keys = keys.join(" AND ");
        let keys = if old_text {
            let own = format!("{} IS ?", self.column);
            keys.replace(&own, &format!("{} IS CAST(? AS TEXT)", self.column))
        } else {
            keys
        };
        let statement = format!(
            "UPDATE {} SET {} = {cast} WHERE {keys}",
            self.table, self.column
        );
        let values = std::iter::once(new).chain(values);
        let mut update = connection.prepare_cached(&statement).unwrap();
        let changed = update.execute(params_from_iter(values)).unwrap();
        assert_eq!(changed, 1, "{self:?}");
    }

    /// Every value with one byte changed.
    fn changed(&self) -> Vec<Cell> {
        let bytes = |bytes: &[u8]| -> Vec<Cell> {
            let first = bytes.len() / 2 % stride().min(bytes.len().max(1));
            let places = (first..bytes.len()).step_by(stride());
            let changed = places.map(|place| {
                let mut changed = bytes.to_vec();
                changed[place] ^= 1;
                Cell::Blob(changed)
            });
            changed.collect()
        };
        match self.value() {
            Cell::Text(text) => bytes(text.as_bytes()),
            Cell::Blob(blob) => bytes(blob),
            Cell::Integer(number) => {
                // In each byte a bit that leads to no place that is taken.
                let bytes = 0..8;
                bytes
                    .map(|byte| Cell::Integer(number ^ (32 << (8 * byte))))
                    .collect()
            }
            Cell::Null => vec![match self.column.as_str() {
                "salt" => Cell::Blob(vec![7; 16]),
                "seal" => Cell::Blob(vec![7; 32]),
                "until_ms" | "revoked_at" => Cell::Integer(7),
                _ => Cell::Text("x".into()),
            }],
            Cell::Real(_) => panic!("no column holds floats: {self:?}"),
        }
    }

    /// Which part must be named, one of these.
    fn parts(&self) -> Vec<String> {
        let parts: &[&str] = match (self.table.as_str(), self.column.as_str()) {
            ("event", "site") => &["event.site"],
            ("event", "received_at") => &["received_at", "row"],
            ("event", "hash") => &["hash", "row"],
            // One of the two was changed: the signature is only good for its envelope.
            ("event", "envelope") => &["envelope", "signature"],
            ("part", "site" | "seq" | "name") => &["parts"],
            ("part", _) => return vec![self.cell("name").to_owned()],
            (_, column) => return vec![column.to_owned()],
        };
        parts.iter().map(|part| (*part).to_owned()).collect()
    }

    /// Whether what was found names this place.
    fn is_named(&self, found: &BTreeSet<(String, String)>) -> bool {
        match &self.event {
            Some(event) => {
                let parts = self.parts();
                found
                    .iter()
                    .any(|(it, part)| event.contains(it) && parts.contains(part))
            }
            None => found.iter().any(|(_, part)| {
                let table = part.split('.').next().unwrap();
                table == self.table || (self.table == "meta" && part == "database")
            }),
        }
    }
}

/// Every cell that some log tells of.
fn places(database: &Path) -> Vec<Place> {
    let connection = Connection::open(database).unwrap();
    let strings = |query: &str| -> Vec<String> {
        let mut query = connection.prepare(query).unwrap();
        let found = query.query_map([], |row| row.get(0)).unwrap();
        found.map(Result::unwrap).collect()
    };
    let mut places = Vec::new();
    for table in strings("SELECT name FROM sqlite_schema WHERE type = 'table'") {
        let columns = strings(&format!("SELECT name FROM pragma_table_info('{table}')"));
        let mut query = connection
            .prepare(&format!("SELECT * FROM {table}"))
            .unwrap();
        let mut rows = query.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells = columns.iter().enumerate().map(|(index, name)| {
                let value: ValueRef<'_> = row.get_ref(index).unwrap();
                (name.clone(), Cell::try_from(value).unwrap())
            });
            let cells: Vec<(String, Cell)> = cells.collect();
            for column in columns.iter().filter(|it| !stands_apart(&table, it)) {
                let mut place = Place {
                    table: table.clone(),
                    column: column.clone(),
                    row: cells.clone(),
                    event: None,
                };
                let key = |name: &str| cells.iter().find(|(it, _)| it == name).unwrap().1.clone();
                match table.as_str() {
                    "event" | "part" => {
                        let event = "SELECT id, coalesce((SELECT code FROM site
                                     WHERE site.id = event.site), 'organisation') || ':' || seq
                                     FROM event WHERE site = ?1 AND seq = ?2";
                        let keys = [key("site"), key("seq")];
                        let event =
                            connection.query_row(event, keys, |row| Ok([row.get(0)?, row.get(1)?]));
                        place.event = Some(event.unwrap());
                    }
                    // A hint for phones.
                    "meta" if place.cell("key") == "epoch" => continue,
                    _ => {}
                }
                places.push(place);
            }
        }
    }
    places
}

#[test]
fn a_change_of_any_byte_of_any_row_is_named_with_its_event_and_part() {
    let company = sample();
    let places = places(&company.copy().database());
    assert!(places.len() > 200, "{}", places.len());
    let changes: usize = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            let (places, company) = (&places, company.copy());
            scope.spawn(move || {
                let database = company.database();
                let connection = Connection::open(&database).unwrap();
                connection
                    .execute_batch(
                        "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;
                         PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;",
                    )
                    .unwrap();
                let database = database.to_str().unwrap();
                let arguments = ["--database", database, "verify"];
                let sound = verify(&arguments).unwrap();
                assert_eq!(sound["sound"], true, "{sound}");
                let (mut changes, mut unnamed) = (0, Vec::new());
                for place in places.iter().skip(half).step_by(2) {
                    for new in place.changed() {
                        place.put(&connection, place.value(), &new);
                        let answer = verify(&arguments);
                        let named = answer.as_ref().is_some_and(|it| place.is_named(&found(it)));
                        if !named {
                            unnamed.push(format!("{new:?} in {place:?}: {answer:?}"));
                        }
                        place.put(&connection, &new, place.value());
                        changes += 1;
                    }
                }
                let sound = verify(&arguments).unwrap();
                assert_eq!(sound["sound"], true, "{sound}");
                assert!(unnamed.is_empty(), "{}: {:#?}", unnamed.len(), &unnamed[0]);
                changes
            })
        });
        halves.into_iter().map(|half| half.join().unwrap()).sum()
    });
    println!("{changes} changed bytes, each named");
    assert!(changes > 10_000 / stride(), "{changes}");
}

/// A line of an export: which event, and where in it each part stands.
struct Line {
    range: Range<usize>,
    /// Id, and `log:seq`.
    event: Option<[String; 2]>,
    regions: Vec<(Range<usize>, Vec<&'static str>)>,
}

fn lines(text: &str) -> Vec<Line> {
    let header: Header = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let mut start = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        let range = start..start + line.len();
        start = range.end;
        let Ok(row) = serde_json::from_str::<Row>(line) else {
            lines.push(Line {
                range,
                event: None,
                regions: vec![],
            });
            continue;
        };
        let mut regions = Vec::new();
        // A name that is broken is no part's; the event is named all the same.
        let mut region = |name: &str, value: &str, parts: &[&'static str]| {
            let text = format!("\"{name}\":{value}");
            let place = line
                .find(&text)
                .unwrap_or_else(|| panic!("{text} in {line}"));
            let end = range.start + place + text.len();
            regions.push((end - value.len()..end, parts.to_vec()));
        };
        let log = serde_json::to_value(row.log).unwrap();
        let log = log.as_str().unwrap();
        region("log", &format!("\"{log}\""), &["log"]);
        region("seq", &row.seq.to_string(), &["seq"]);
        let at = row.received_at.to_string();
        region("received_at", &at, &["received_at"]);
        region("hash", &format!("\"{}\"", row.hash), &["hash"]);
        let envelope = serde_json::to_string(&row.event.envelope).unwrap();
        region("envelope", &envelope, &["envelope", "signature"]);
        for (name, part) in &row.event.parts {
            let part = serde_json::to_string(part).unwrap();
            region(name.as_str(), &part, &[name.as_str()]);
        }
        let envelope = row.event.read_envelope().unwrap();
        let code = if log == "site" {
            &header.site.code
        } else {
            log
        };
        lines.push(Line {
            range,
            event: Some([envelope.id.to_string(), format!("{code}:{}", row.seq)]),
            regions,
        });
    }
    lines
}

#[test]
fn a_change_of_any_byte_of_an_export_is_named_with_its_event_and_part() {
    let company = sample();
    let text = company.run(&["export", "--site", "jinhaiwan"]).ok().out;
    let lines = lines(&text);
    let write = |name: &str, bytes: &[u8]| -> PathBuf { company.write(name, bytes) };
    std::thread::scope(|scope| {
        for half in [0, 1] {
            let (lines, text, write) = (&lines, text.as_bytes(), &write);
            scope.spawn(move || {
                let mut changed = text.to_vec();
                for place in (half * stride()..text.len()).step_by(2 * stride()) {
                    changed[place] ^= 1;
                    let file = write(&format!("{half}.jsonl"), &changed);
                    let answer = verify(&["verify", file.to_str().unwrap()]);
                    changed[place] ^= 1;
                    let line = lines.iter().find(|it| it.range.contains(&place)).unwrap();
                    let near = &text[place.saturating_sub(40)..(place + 40).min(text.len())];
                    let near = String::from_utf8_lossy(near);
                    let Some(event) = &line.event else {
                        // Of a first line that is none there is only to say that it is none.
                        let found = answer.is_none_or(|it| it["sound"] == false);
                        assert!(found, "{near}");
                        continue;
                    };
                    let found = found(&answer.unwrap());
                    let mut regions = line.regions.iter();
                    let region = regions.rfind(|(range, _)| range.contains(&place));
                    let mut named = found.iter().filter(|(id, _)| event.contains(id));
                    let named = match region {
                        Some((_, parts)) => named.any(|(_, it)| parts.contains(&it.as_str())),
                        None => named.next().is_some(),
                    };
                    assert!(named, "byte {place}, near {near}, {region:?}: {found:#?}");
                }
            });
        }
    });
    assert!(text.len() > 10_000, "{}", text.len());
}
