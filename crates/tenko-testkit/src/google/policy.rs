//! IAM policies as they are given.

use serde_json::{Map, Value, json};

use super::ask::Ask;

/// The version that a request asks for.
pub(super) fn version(ask: &Ask<'_>) -> i64 {
    let names = ["options.requestedPolicyVersion", "optionsRequestedPolicyVersion"];
    let asked = names.into_iter().find_map(|name| ask.one(name)?.parse().ok());
    let body = || ask.body.pointer("/options/requestedPolicyVersion").and_then(Value::as_i64);
    asked.or_else(body).unwrap_or(0)
}

/// The policy in the version that was asked for. Below 3, bindings with conditions lose them,
/// and their roles get other names, as Google does it.
pub(super) fn as_asked(policy: Option<&Value>, version: i64) -> Value {
    let Some(Value::Object(policy)) = policy else { return json!({ "etag": "ACAB" }) };
    let mut policy = policy.clone();
    policy.entry("etag").or_insert_with(|| json!("BwWKmjvelug="));
    let conditional = |b: &Value| b.get("condition").is_some();
    let bindings = policy.get("bindings").and_then(Value::as_array);
    let has_conditions = bindings.is_some_and(|all| all.iter().any(conditional));
    if has_conditions && version < 3 {
        policy.insert("version".into(), json!(1));
        if let Some(Value::Array(bindings)) = policy.get_mut("bindings") {
            bindings.iter_mut().filter_map(Value::as_object_mut).for_each(hide_condition);
        }
    } else {
        policy.entry("version").or_insert_with(|| json!(if has_conditions { 3 } else { 1 }));
    }
    Value::Object(policy)
}

fn hide_condition(binding: &mut Map<String, Value>) {
    if binding.remove("condition").is_none() {
        return;
    }
    let role = binding.get("role").and_then(Value::as_str).unwrap_or_default();
    let role = format!("{role}_withcond_2b17cc25d2cd9e2c54d8");
    binding.insert("role".into(), json!(role));
}
