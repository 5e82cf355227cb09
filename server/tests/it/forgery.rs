//! Requests that a page of somebody else's can make a browser send (CSRF), and fields that nobody
//! may set (mass assignment): for every route of the table, refused without a change.

use doorstep_server::route::Route;
use doorstep_server::routes::ROUTES;
use serde_json::{Map, Value, json};

use crate::problems::{Scene, body, sent};

/// What another site's page can put into a request.
const FOREIGN: [(&str, &str); 5] = [
    ("origin", "https://evil.example"),
    ("origin", "null"),
    ("origin", "http://127.0.0.1"),
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-site", "same-site"),
];

/// What a form can send without asking first (Fetch §2.2.2, CORS-safelisted), and nothing at all.
const FORMS: [&str; 4] = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "",
];

fn changing() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| route.method != "GET")
}

fn takes_json(route: &Route) -> bool {
    route.takes.is_some_and(|takes| takes.is_json())
}

#[test]
fn foreign_pages_change_and_read_nothing() {
    let scene = Scene::new();
    let before = scene.company.dump();
    for route in ROUTES
        .iter()
        .filter(|route| route.path.starts_with("/api/"))
    {
        let body = sent(route, &scene.lin);
        for foreign in FOREIGN {
            let answer = scene.ask(route, &[foreign], &body);
            let what = format!("{} {} with {foreign:?}", route.method, route.path);
            assert_eq!(answer.problem(), "foreign_origin", "{what}");
            assert_eq!(answer.status, 403, "{what}");
        }
    }
    scene
        .company
        .unchanged_since(&before, "foreign pages and forms");
}

#[test]
fn forms_change_nothing() {
    let scene = Scene::new();
    let before = scene.company.dump();
    for route in changing() {
        let body = sent(route, &scene.lin);
        for form in FORMS {
            let answer = scene.ask(route, &[("content-type", form)], &body);
            let what = format!("{} {} as {form:?}", route.method, route.path);
            assert_eq!(answer.problem(), "wrong_content_type", "{what}");
            assert_eq!(answer.status, 415, "{what}");
        }
    }
    scene
        .company
        .unchanged_since(&before, "foreign pages and forms");
}

#[test]
fn our_own_page_is_let_in() {
    for route in &ROUTES {
        let scene = Scene::new();
        let own = [
            ("origin", scene.server.url.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        let body = sent(route, &scene.lin);
        let answer = scene.ask(route, &own, &body);
        assert_eq!(answer.status, route.gives.status, "{}", route.path);
    }
}

/// Fields of which the office alone decides, and one that nothing has ever heard of.
const FIELDS: [&str; 9] = [
    "role",
    "roles",
    "grants",
    "site",
    "person",
    "seq",
    "received_at",
    "hash",
    "anything",
];

#[test]
fn a_field_too_many_is_refused_wherever_it_stands() {
    for route in changing().filter(|route| takes_json(route)) {
        // One for each: what is refused uses up an allowance too.
        let mut scene = Scene::new();
        let visit = scene.lin.visit();
        // What a device tells of itself is kept whatever it pushes.
        scene
            .lin
            .post_sync(&scene.server, &scene.lin.sync_of_nothing());
        let mut body = body(route, &scene.lin);
        if let Some(push) = body.get_mut("push") {
            *push = json!([visit]);
        }
        let before = scene.company.dump();
        let mut places = Vec::new();
        objects(&body, "", &mut places);
        assert!(!places.is_empty());
        for place in places {
            for field in FIELDS {
                let mut more = body.clone();
                let object = more.pointer_mut(&place).and_then(Value::as_object_mut);
                let object: &mut Map<_, _> = object.unwrap();
                if object.contains_key(field) {
                    continue;
                }
                object.insert(field.into(), json!("admin"));
                let answer = scene.ask(route, &[], more.to_string().as_bytes());
                let what = format!("{} with {place}/{field}", route.path);
                // What stands in a pushed item spoils that item only.
                if place.starts_with("/push/") {
                    let reply = answer.json();
                    assert_eq!(reply["refused"][0]["code"], "malformed", "{what}");
                    assert_eq!(reply["acks"], json!([]), "{what}");
                } else {
                    assert_eq!(answer.problem(), "malformed_request", "{what}");
                }
            }
        }
        scene.company.unchanged_since(&before, route.path);
    }
}

/// The places of all objects in a value, as JSON pointers (RFC 6901).
fn objects(value: &Value, place: &str, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            places.push(place.to_owned());
            for (name, field) in fields {
                objects(field, &format!("{place}/{name}"), places);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                objects(item, &format!("{place}/{number}"), places);
            }
        }
        _ => {}
    }
}

/// A key that comes twice would be one thing to whoever takes the first and another to whoever
/// takes the last.
#[test]
fn a_key_that_comes_twice_is_refused() {
    let mut scene = Scene::new();
    let visit = scene.lin.visit();
    let twice = |text: &str, key: &str| {
        let value: Value = serde_json::from_str(text).unwrap();
        let again = json!({key: value[key]}).to_string();
        format!("{{{},{}", &again[1..again.len() - 1], &text[1..])
    };
    for route in changing().filter(|route| takes_json(route)) {
        let before = scene.company.dump();
        let body = body(route, &scene.lin);
        for key in body.as_object().unwrap().keys() {
            let body = twice(&body.to_string(), key);
            let answer = scene.ask(route, &[], body.as_bytes());
            let what = format!("{} with {key} twice", route.path);
            assert_eq!(answer.problem(), "malformed_request", "{what}");
        }
        scene.company.unchanged_since(&before, route.path);
    }
    // What is signed is refused where it is read, whoever signed it.
    let mut forged = visit.clone();
    forged.envelope = twice(&visit.envelope, "kind");
    let reply = scene.lin.push(&scene.server, &[forged]);
    assert_eq!(reply["refused"][0]["code"], "malformed", "{reply}");
}
