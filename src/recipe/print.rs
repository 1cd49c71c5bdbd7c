//! The recipe as a file for rattler-build.
//!
//! The file is for users; builds do not use it. Text that contains `${{` is escaped, and
//! dependencies that only pixi understands are replaced by the nearest equivalent.

use miette::Report;
use rattler_build_recipe::stage0::Build;
use serde_yaml::Value;

use crate::diagnostic::Warning;
use crate::protocol::spec::PackageSpec;
use crate::recipe::build::escape;
use crate::recipe::{Drafted, Origin, Recipe};

impl Recipe {
    /// The recipe as YAML, with warnings about dependencies that it cannot express.
    ///
    /// # Errors
    /// A recipe that YAML cannot represent.
    pub fn to_yaml(&self) -> Result<(String, Vec<Warning>), Report> {
        let drafted = match &self.origin {
            Origin::Drafted(drafted) => drafted,
            // The recipe is already a file of the user.
            Origin::Own(own) => return Ok((own.text.as_str().to_string(), Vec::new())),
        };
        let unwritable =
            |error: serde_yaml::Error| miette::miette!("the recipe cannot be written: {error}");
        let mut recipe = serde_yaml::to_value(&drafted.stage0).map_err(unwritable)?;
        let mut lost = Vec::new();
        if let Value::Mapping(tables) = &mut recipe {
            for (name, table) in tables.iter_mut() {
                match name.as_str() {
                    Some("requirements") => self.requirements(table, &mut lost),
                    Some("build") => drafted.build(table).map_err(unwritable)?,
                    _ => each_text(table, &mut |text| *text = escape(text)),
                }
            }
        }
        if let Value::Mapping(tables) = &mut recipe {
            tables.retain(|_, table| !is_empty(table));
        }
        let text = serde_yaml::to_string(&recipe).map_err(unwritable)?;
        Ok((text, lost))
    }

    /// Replaces placeholders with their dependencies.
    fn requirements(&self, table: &mut Value, lost: &mut Vec<Warning>) {
        each_text(table, &mut |text| {
            let Some((mut spec, original)) = self.passthrough.named_in(text) else {
                return;
            };
            let what = match original {
                PackageSpec::Binary(_) => None,
                PackageSpec::Source(_) => Some("is built from source by pixi"),
                PackageSpec::PinCompatible(_) | PackageSpec::PinSubpackage(_) => {
                    Some("is pinned by pixi")
                }
            };
            spec.namespace = None;
            *text = spec.to_string();
            let warning =
                |what| Warning::new(format!("`{text}` {what}, which a recipe cannot express"));
            lost.extend(what.map(warning));
        });
    }
}

impl Drafted {
    /// Removes unset values, and adds the values that are not in the build section of the
    /// recipe. Values of `env` are templates, and commands are already escaped, so
    /// neither is escaped here.
    fn build(&self, table: &mut Value) -> serde_yaml::Result<()> {
        let Value::Mapping(build) = table else {
            return Ok(());
        };
        let unset = serde_yaml::to_value(Build::default())?;
        build.retain(|key, value| unset.get(key) != Some(value) && !is_empty(value));
        if let Some(prefix) = &self.build_string_prefix {
            let number = self.stage0.build.number.as_ref();
            let number = number.and_then(|number| number.as_concrete()).copied();
            let string = format!("{prefix}_h${{{{ hash }}}}_{}", number.unwrap_or_default());
            build.insert("string".into(), string.into());
        }
        let script = build.get_mut("script").and_then(Value::as_mapping_mut);
        if let Some(script) = script
            && script.len() == 1
            && let Some(commands) = script.remove("content")
        {
            build.insert("script".into(), commands);
        }
        Ok(())
    }
}

/// Whether a value is empty. Empty values are not written.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Sequence(items) => items.is_empty(),
        Value::Mapping(items) => items.values().all(is_empty),
        _ => false,
    }
}

/// Changes every string in `value`, except for keys.
fn each_text(value: &mut Value, change: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Sequence(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Mapping(items) => items.values_mut().for_each(|item| each_text(item, change)),
        _ => {}
    }
}
