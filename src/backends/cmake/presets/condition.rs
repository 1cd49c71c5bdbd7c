//! Evaluates the condition of a preset.

use serde_json::Value;

use super::Wanted;

/// The values of macros in presets.
pub(super) struct Context {
    macros: [(&'static str, String); 4],
}

impl Context {
    pub(super) fn of(wanted: &Wanted<'_>) -> Self {
        let system = match wanted.build {
            platform if platform.is_windows() => "Windows",
            platform if platform.is_osx() => "Darwin",
            _ => "Linux",
        };
        Self {
            macros: [
                ("${hostSystemName}", system.to_string()),
                ("${sourceDir}", wanted.source.display().to_string()),
                ("${presetName}", wanted.name.to_string()),
                ("${dollar}", "\0".to_string()),
            ],
        }
    }

    /// `text` with all macros replaced. `None` if one is not known.
    pub(super) fn expanded(&self, text: &str) -> Option<String> {
        let replaced = self
            .macros
            .iter()
            .fold(text.to_string(), |text, (name, value)| {
                text.replace(name, value)
            });
        (!replaced.contains('$')).then(|| replaced.replace('\0', "$"))
    }

    /// Whether `condition` is true. `None` if that is not known.
    pub(super) fn is_met(&self, condition: &Value) -> Option<bool> {
        let text = |key: &str| self.expanded(condition.get(key)?.as_str()?);
        let conditions = || condition.get("conditions")?.as_array();
        let listed = || {
            let list = condition.get("list")?.as_array()?;
            let list = list.iter().map(|value| self.expanded(value.as_str()?));
            Some(
                list.collect::<Option<Vec<String>>>()?
                    .contains(&text("string")?),
            )
        };
        if let Some(constant) = condition.as_bool() {
            return Some(constant);
        }
        match condition.get("type").and_then(Value::as_str) {
            None => Some(true),
            Some("const") => condition.get("value")?.as_bool(),
            Some("equals") => Some(text("lhs")? == text("rhs")?),
            Some("notEquals") => Some(text("lhs")? != text("rhs")?),
            Some("inList") => listed(),
            Some("notInList") => listed().map(|listed| !listed),
            Some("not") => self.is_met(condition.get("condition")?).map(|met| !met),
            Some("allOf") => self.decide(conditions()?, false),
            Some("anyOf") => self.decide(conditions()?, true),
            // The regular expressions of CMake have their own syntax.
            Some(_) => None,
        }
    }

    /// `decisive` if one of `conditions` has that value; otherwise all must be known.
    fn decide(&self, conditions: &[Value], decisive: bool) -> Option<bool> {
        let met: Vec<Option<bool>> = conditions.iter().map(|one| self.is_met(one)).collect();
        if met.contains(&Some(decisive)) {
            return Some(decisive);
        }
        (!met.contains(&None)).then_some(!decisive)
    }
}
