//! The interface's description (OpenAPI 3.1), made from the route table and the types that
//! travel. Not written by hand anywhere, so it can only say what the table says.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use doorstep_domain::sync::wire::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::page;
use crate::route::{Access, Asked, Named, Route};
use crate::routes::ROUTES;

const ABOUT: &str = "Doorstep's interface. Failures have one shape (RFC 9457); `code` says which. \
     An address that is not here answers `not_found`, a method that is not here \
     `method_not_allowed`. Requests that change something come from Doorstep's own page or \
     from no page, as JSON or, where it is said, as bytes.";
const SESSION_COOKIE: &str = "session";

static DOCUMENT: LazyLock<Value> = LazyLock::new(describe);

/// The description, the same for everybody.
pub fn document() -> &'static Value {
    &DOCUMENT
}

fn describe() -> Value {
    let mut schemas = SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
        .into_generator();
    let problem = schemas.subschema_for::<Problem>().to_value();
    let mut paths = Map::new();
    for route in &ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        let method = route.method.as_str().to_ascii_lowercase();
        path[method] = operation(route, &mut schemas, &problem);
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Doorstep",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "securitySchemes": {
                SESSION_COOKIE: {"type": "apiKey", "in": "cookie", "name": crate::session::NAME},
            },
        },
    });
    plain(&mut document);
    document
}

fn operation(route: &Route, schemas: &mut SchemaGenerator, problem: &Value) -> Value {
    let mut operation = json!({
        "summary": route.summary,
        "operationId": operation_id(route),
        "responses": responses(route, schemas, problem),
    });
    if let Some(takes) = route.takes {
        let schema = (takes.schema)(schemas);
        operation["requestBody"] = json!({
            "required": true,
            "description": format!("At most {} bytes.", takes.max_bytes),
            "content": {takes.media_type: {"schema": schema}},
        });
    }
    let named = route.names.map(|named| parameter(route, named));
    let asked = route.asks.iter().map(query);
    let parameters: Vec<Value> = named.into_iter().chain(asked).collect();
    if !parameters.is_empty() {
        operation["parameters"] = json!(parameters);
    }
    if route.access.needs_session() {
        operation["security"] = json!([{SESSION_COOKIE: []}]);
    }
    if let Access::May(action) = route.access {
        operation["x-action"] = json!(format!("{:?}", action(false)));
    }
    operation
}

/// `post_api_v1_login`.
fn operation_id(route: &Route) -> String {
    let words = route.path.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    let method = route.method.as_str().to_ascii_lowercase();
    [method.as_str()]
        .into_iter()
        .chain(words)
        .collect::<Vec<_>>()
        .join("_")
}

fn parameter(route: &Route, named: Named) -> Value {
    let name = route.path.split(['{', '}']).nth(1).unwrap_or_default();
    let description = match named {
        Named::Device => "A device's id: SHA-256 of its public key, base64url.",
        Named::Person => "A person's id.",
        Named::Draft => "The id of the record that the draft is to become.",
        Named::Seal => "A record's seal: a SHA-256, base64url.",
        Named::Household => "A household's id.",
        Named::Photo => "SHA-256 of a photo's bytes, base64url.",
    };
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": description,
        "schema": {"type": "string"},
    })
}

fn query(asked: &Asked) -> Value {
    let schema: Value = serde_json::from_str(asked.schema).expect("the table holds JSON");
    json!({
        "name": asked.name,
        "in": "query",
        "required": false,
        "description": asked.about,
        "schema": schema,
    })
}

/// The answer when all is well, then one entry for each status of its problems.
fn responses(route: &Route, schemas: &mut SchemaGenerator, problem: &Value) -> Value {
    let mut responses = Map::new();
    let gives = &route.gives;
    let reason = gives.status.canonical_reason().unwrap_or("Fine");
    let mut fine = json!({"description": reason});
    if let Some(content) = gives.content {
        let schema = (content.schema)(schemas);
        fine["content"] = json!({content.media_type: {"schema": schema}});
    }
    responses.insert(gives.status.as_str().to_owned(), fine);
    let mut by_status: BTreeMap<u16, Vec<ProblemCode>> = BTreeMap::new();
    for code in route.problem_codes() {
        by_status.entry(code.status()).or_default().push(code);
    }
    for (status, codes) in by_status {
        let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
        let one_of_these = json!({"properties": {"code": {"enum": names}}});
        let schema = json!({"allOf": [problem, one_of_these]});
        let mut answer = json!({
            "description": names.join(", "),
            "content": {PROBLEM_MEDIA_TYPE: {"schema": schema}},
        });
        if gives.is_page() {
            // For whoever accepts pages.
            answer["content"][page::MEDIA_TYPE] = json!({"schema": {"type": "string"}});
        }
        responses.insert(status.to_string(), answer);
    }
    Value::Object(responses)
}

/// Takes the links of Rust's documentation out of the descriptions.
fn plain(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "description" => {
                        *text = text.replace("[`", "`").replace("`]", "`");
                    }
                    _ => plain(field),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(plain),
        _ => {}
    }
}
