//! The description says what the service does, no more and no less.

use std::collections::BTreeSet;

use chop_testpki::Holder;
use serde_json::{Value, json};

use crate::scene::{Files, Running, SESSION, card, sign_in};

const DESCRIPTION: &str = include_str!("../../openapi.json");

fn description() -> Value {
    serde_json::from_str(DESCRIPTION).unwrap()
}

/// What of `value` is not as `schema` has it: as much of JSON Schema as the description uses.
fn faults(schema: &Value, value: &Value, place: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let pointer = name.trim_start_matches('#');
        return faults(description().pointer(pointer).unwrap(), value, place);
    }
    let mut found = Vec::new();
    let mut fault = |what: &str| found.push(format!("{place}: {what}: {value}"));
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = choices
            .iter()
            .filter(|one| faults(one, value, place).is_empty());
        if fits.count() != 1 {
            fault("not exactly one choice");
        }
    }
    if !schema["const"].is_null() && schema["const"] != *value {
        fault("not the constant");
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        fault("none of the words");
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !types.is_empty() && !types.contains(&kind) {
        fault("of another type");
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.get(name.as_str().unwrap()).is_none() {
            fault(&format!("without {name}"));
        }
    }
    if let Some(object) = value.as_object() {
        for (name, inner) in object {
            match schema["properties"].get(name) {
                Some(schema) => found.extend(faults(schema, inner, &format!("{place}/{name}"))),
                None if schema["additionalProperties"] == false => {
                    found.push(format!("{place}: {name} is not described"));
                }
                None => {}
            }
        }
    }
    for inner in value.as_array().into_iter().flatten() {
        found.extend(faults(&schema["items"], inner, place));
    }
    found
}

#[test]
fn the_paths_that_are_described_are_those_that_there_are() {
    let description = description();
    let described: BTreeSet<_> = description["paths"].as_object().unwrap().keys().collect();
    let known: BTreeSet<_> = ROUTES.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(described, known.iter().collect());
}

/// As `routes.rs` has them; whoever adds one adds it here and to the description.
const ROUTES: [(&str, &str); 8] = [
    ("/v1/challenges", "post"),
    ("/v1/sign-ins", "post"),
    ("/v1/hipki-sign-ins", "post"),
    ("/v1/documents", "post"),
    ("/health/live", "get"),
    ("/health/ready", "get"),
    ("/metrics", "get"),
    ("/openapi.json", "get"),
];

#[tokio::test]
async fn every_route_answers_with_a_status_and_a_body_that_are_described() {
    let service = Running::new(Files::new()).await;
    let mut caller = service.connect().await;
    let description = description();
    for (path, method) in ROUTES {
        let operation = &description["paths"][path][method];
        let answer = match method {
            "get" => caller.get(path).await,
            _ => caller.post(path, &json!({})).await,
        };
        let described = operation["responses"].get(answer.status.to_string());
        let described = described.unwrap_or_else(|| panic!("{path}: {answer:?}"));
        let described = match described["$ref"].as_str() {
            Some(name) => description.pointer(name.trim_start_matches('#')).unwrap(),
            None => described,
        };
        let kind = answer.kind.split(';').next().unwrap();
        let schema = &described["content"][kind]["schema"];
        assert!(schema.is_object(), "{path}: {kind} is not described");
        if kind == "application/json" {
            assert_eq!(faults(schema, &answer.json(), path), Vec::<String>::new());
        }
    }
}

#[tokio::test]
async fn verdicts_are_as_described() {
    let service = Running::new(Files::new()).await;
    let mut caller = service.connect().await;
    let schemas = &description()["components"]["schemas"];
    for holder in [Holder::company(), Holder::citizen(), Holder::agency()] {
        let answer = sign_in(&mut caller, &card(&holder)).await;
        let found = faults(&schemas["SignIn"], &answer.json(), "sign-in");
        assert_eq!(found, Vec::<String>::new());
    }
    let issued = caller
        .post("/v1/challenges", &json!({ "session": SESSION }))
        .await;
    assert_eq!(
        faults(&schemas["Challenge"], &issued.json(), "challenge"),
        Vec::<String>::new()
    );
    // The measure itself can tell.
    let odd = json!({ "accepted": true, "code": "x", "message": "y", "extra": 1 });
    assert_eq!(faults(&schemas["Problem"], &odd, "problem").len(), 2);
}

#[tokio::test]
async fn the_service_gives_its_description() {
    let service = Running::new(Files::new()).await;
    let answer = service.connect().await.get("/openapi.json").await;
    assert_eq!(answer.json(), description());
}
