//! Parses a line with a response as strictly as pixi.

use serde_json::Value;

/// Parses a response as pixi does. The outer error is the reason why pixi would fail.
pub fn understand(line: &[u8], id: u64) -> Result<Result<Value, Value>, String> {
    let line = line.strip_suffix(b"\n").ok_or("the line has no end")?;
    let text = std::str::from_utf8(line).map_err(|error| format!("not UTF-8 ({error})"))?;
    let answer: Value = serde_json::from_str(text).map_err(|error| format!("no JSON ({error})"))?;
    if answer["jsonrpc"] != "2.0" {
        return Err("not JSON-RPC 2.0".to_owned());
    }
    if answer["id"] != id {
        return Err(format!("not the answer to {id}"));
    }
    match (answer.get("result"), answer.get("error")) {
        (Some(result), None) => Ok(Ok(result.clone())),
        (None, Some(error)) => {
            check_error(error)?;
            Ok(Err(error.clone()))
        }
        _ => Err("neither or both of `result` and `error`".to_owned()),
    }
}

fn check_error(error: &Value) -> Result<(), String> {
    let members = error.as_object().ok_or("`error` is not an object")?;
    let strange = members
        .keys()
        .find(|key| !["code", "message", "data"].contains(&key.as_str()));
    if let Some(key) = strange {
        return Err(format!("an error must not have `{key}`"));
    }
    let code = error["code"]
        .as_i64()
        .and_then(|code| i32::try_from(code).ok());
    code.ok_or("`code` is not a 32-bit integer")?;
    error["message"].as_str().ok_or("`message` is not text")?;
    Ok(())
}
