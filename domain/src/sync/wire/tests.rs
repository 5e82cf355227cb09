use serde_json::json;

use super::*;
use crate::hash::sha256;
use crate::id::OrganisationId;

fn site() -> SiteId {
    SiteId::mint(1, &[1; 10])
}

#[test]
fn a_request_reads_back_and_more_fields_are_refused() {
    let head = Head::genesis(OrganisationId::mint(1, &[2; 10]), site());
    let request = SyncRequest {
        device: sha256(b"device"),
        build: "0.1.0".into(),
        epoch: None,
        cursors: BTreeMap::from([(site(), head)]),
        scope: BTreeMap::new(),
        unsent: 0,
        push: vec![],
        carried: Vec::new(),
        limit: 100,
    };
    let mut value = serde_json::to_value(&request).unwrap();
    assert_eq!(
        serde_json::from_value::<SyncRequest>(value.clone()).unwrap(),
        request
    );
    value["more"] = json!(1);
    assert!(serde_json::from_value::<SyncRequest>(value).is_err());
}

#[test]
fn an_item_of_another_shape_does_not_spoil_its_neighbours() {
    let pushed: Vec<Pushed> = serde_json::from_value(json!([
        {"envelope": "{}", "parts": {}},
        {"envelope": "{}", "parts": {"from_later": {"absent": "withheld"}}},
        17,
    ]))
    .unwrap();
    assert!(matches!(pushed[0], Pushed::Event(_)));
    assert!(matches!(pushed[1], Pushed::Unreadable(_)));
    assert!(matches!(pushed[2], Pushed::Unreadable(_)));
}

#[test]
fn codes_are_spelled_on_the_wire_as_they_are_named() {
    for code in RefusalCode::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), json!(code.as_str()));
    }
    for code in ProblemCode::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), json!(code.as_str()));
        assert!((400..600).contains(&code.status()));
    }
    let later: RefusalCode = serde_json::from_value(json!("of_a_later_server")).unwrap();
    assert_eq!(later, RefusalCode::Other);
}

#[test]
fn a_problem_has_the_fields_of_rfc_9457() {
    let problem = Problem::new(ProblemCode::TooLarge).with("limit", 5);
    assert_eq!(
        serde_json::to_value(&problem).unwrap(),
        json!({
            "type": "urn:doorstep:problem:too_large", "title": "The body is too long",
            "status": 413, "code": "too_large", "params": {"limit": 5},
        })
    );
}

#[test]
fn rows_and_resets_are_told_apart_by_name() {
    let stub = Row::Stub(Stub {
        seq: 1,
        received_at: 2,
        envelope_hash: sha256(b"e"),
    });
    assert!(serde_json::to_value(&stub).unwrap().get("stub").is_some());
    assert_eq!(
        serde_json::to_value(SiteReply::Reset(Reset::NoAccess)).unwrap(),
        json!({"reset": "no_access"})
    );
}

#[test]
fn the_scope_digest_follows_the_roles() {
    let one = scope_digest(&[Role::Steward]);
    assert_eq!(one, scope_digest(&[Role::Steward]));
    assert_ne!(one, scope_digest(&[Role::Steward, Role::Director]));
    assert_ne!(one, scope_digest(&[]));
}
