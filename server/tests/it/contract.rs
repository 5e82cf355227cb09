//! The interface's description held against every answer that any test here gets: its status,
//! content type and shape must be among those that `/api/openapi.json` tells. Not what an answer
//! says, which is each test's.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use doorstep_server::openapi;
use doorstep_server::route::Route;
use doorstep_server::routes::ROUTES;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::harness::Company;
use crate::server::{Answer, Server};

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::of(openapi::document()));

/// What the description promises, ready to be asked.
struct Contract {
    /// By path, then by method in lower case.
    paths: BTreeMap<String, BTreeMap<String, Operation>>,
}

struct Operation {
    takes: Option<Validator>,
    /// By status: the content types it may have and what is in each; none for an empty answer.
    gives: BTreeMap<String, BTreeMap<String, Validator>>,
}

impl Contract {
    fn of(document: &Value) -> Self {
        let operation = |operation: &Value| Operation {
            takes: operation.get("requestBody").and_then(|body| {
                let json = body["content"].get("application/json")?;
                Some(validator(document, &json["schema"]))
            }),
            gives: fields(&operation["responses"])
                .map(|(status, answer)| {
                    let content = answer.get("content").into_iter().flat_map(fields);
                    let content = content.map(|(media_type, content)| {
                        (media_type, validator(document, &content["schema"]))
                    });
                    (status, content.collect())
                })
                .collect(),
        };
        let paths = fields(&document["paths"]).map(|(path, operations)| {
            let operations = fields(operations)
                .map(|(method, it)| (method, operation(it)))
                .collect();
            (path, operations)
        });
        Self {
            paths: paths.collect(),
        }
    }
}

fn fields(value: &Value) -> impl Iterator<Item = (String, &Value)> {
    let fields = value.as_object().unwrap().iter();
    fields.map(|(name, value)| (name.clone(), value))
}

/// The references inside a schema are to the document's own components.
fn validator(document: &Value, schema: &Value) -> Validator {
    let mut schema = schema.clone();
    if let Value::Object(fields) = &mut schema {
        fields.insert("components".into(), document["components"].clone());
    }
    jsonschema::draft202012::new(&schema).unwrap()
}

/// Whether `path` is one that the template stands for.
fn fits(template: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap();
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template
            .zip(path)
            .all(|(one, other)| one == other || (one.starts_with('{') && !other.is_empty()))
}

/// Holds an answer against the description, and its headers against what all answers carry.
#[track_caller]
pub(crate) fn check(method: &str, path: &str, body: Option<&[u8]>, answer: &Answer) {
    guarded(path, answer);
    let described = CONTRACT.paths.iter().find(|(it, _)| fits(it, path));
    let Some((_, operations)) = described else {
        let known = !path.starts_with("/api") || matches!(answer.status, 404 | 405);
        assert!(known, "{method} {path} is not described: {answer:?}");
        return;
    };
    let Some(operation) = operations.get(&method.to_ascii_lowercase()) else {
        let refused = method == "HEAD" || matches!(answer.status, 403 | 405 | 415);
        assert!(refused, "{method} {path} is not described: {answer:?}");
        return;
    };
    let status = answer.status.to_string();
    let promised = operation.gives.get(&status);
    let promised = promised.unwrap_or_else(|| panic!("{method} {path}: {status} undescribed"));
    if promised.is_empty() {
        assert!(answer.body.is_empty(), "{method} {path}: {answer:?}");
    } else {
        let media_type = answer.header("content-type");
        let schema = promised.get(media_type);
        let schema = schema.unwrap_or_else(|| panic!("{method} {path}: {media_type}"));
        let content = match media_type {
            text if text.starts_with("text/") => Value::String(answer.text()),
            // Bytes have no schema.
            image if image.starts_with("image/") => Value::Null,
            _ => answer.json(),
        };
        holds(schema, &content, &format!("{method} {path} {status}"));
    }
    if let Some(takes) = &operation.takes
        && answer.status < 300
    {
        let body: Value = serde_json::from_slice(body.unwrap()).unwrap();
        holds(takes, &body, &format!("what {method} {path} took"));
    }
}

/// No other page may read an answer, guess its type, frame it or keep it.
#[track_caller]
fn guarded(path: &str, answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(
        answer.header("cross-origin-resource-policy"),
        "same-origin",
        "{path}"
    );
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; "), "{path}");
    assert!(policy.contains("frame-ancestors 'none'"), "{path}");
    if path.starts_with("/api/") {
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[track_caller]
fn holds(schema: &Validator, value: &Value, what: &str) {
    let errors: Vec<String> = schema
        .iter_errors(value)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}\n{value}");
}

/// The description's entry of a route.
pub(crate) fn described<'a>(document: &'a Value, route: &Route) -> &'a Value {
    let method = route.method.as_str().to_ascii_lowercase();
    &document["paths"][route.path][method]
}

#[test]
fn the_description_is_served_and_names_every_route_and_no_other() {
    let company = Company::empty();
    let server = Server::start(&company);
    let document = server.get("/api/openapi.json", &[]).json();
    assert_eq!(&document, openapi::document());
    assert_eq!(document["openapi"], "3.1.0");
    let mut count = 0;
    for (_, operations) in fields(&document["paths"]) {
        count += fields(operations).count();
    }
    assert_eq!(count, ROUTES.len());
    for route in &ROUTES {
        let described = described(&document, route);
        assert_eq!(described["summary"], route.summary, "{}", route.path);
        // An address that is there answers anything but "nothing here".
        let answer = server.send("OPTIONS", route.path, &[], None);
        assert_ne!(answer.status, 404, "{}", route.path);
    }
}

#[test]
fn other_methods_are_answered_with_the_one_problem_and_those_that_are_there() {
    let company = Company::empty();
    let server = Server::start(&company);
    for route in &ROUTES {
        let known: Vec<_> = ROUTES.iter().filter(|it| it.path == route.path).collect();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if known.iter().any(|it| it.method == method) {
                continue;
            }
            let json = [("content-type", "application/json")];
            let answer = server.send(method, route.path, &json, None);
            let what = format!("{method} {}", route.path);
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (405, "method_not_allowed"),
                "{what}"
            );
            let allowed = answer.header("allow");
            assert!(allowed.contains(route.method.as_str()), "{what}: {allowed}");
        }
    }
}

#[test]
fn every_reference_in_the_description_leads_somewhere() {
    fn walk(document: &Value, value: &Value) {
        if let Some(target) = value.get("$ref").and_then(Value::as_str) {
            let place = target.strip_prefix('#').unwrap();
            assert!(document.pointer(place).is_some(), "{target}");
        }
        match value {
            Value::Object(fields) => fields.values().for_each(|it| walk(document, it)),
            Value::Array(items) => items.iter().for_each(|it| walk(document, it)),
            _ => {}
        }
    }
    walk(openapi::document(), openapi::document());
}

#[test]
fn the_contract_sees_an_answer_of_another_shape() {
    let operation = &CONTRACT.paths["/api/v1/session"]["get"];
    let schema = &operation.gives["200"]["application/json"];
    assert!(!schema.is_valid(&json!({"person": 1})));
    let schema = &operation.gives["401"]["application/problem+json"];
    let problem = |code: &str| {
        json!({
            "type": "urn:doorstep:problem:x", "title": "", "status": 401, "code": code,
            "params": {},
        })
    };
    assert!(schema.is_valid(&problem("not_logged_in")));
    assert!(!schema.is_valid(&problem("wrong_login")));
}
