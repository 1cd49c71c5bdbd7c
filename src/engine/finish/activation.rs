//! `activation`: variables and scripts of environments with the package.
//!
//! On Unix the variables go into a file of conda's own, which is read for every shell and by
//! `pixi global`. On Windows the prefix that conda puts into such a file would be full of
//! backslashes, which JSON takes for escapes, so scripts set them there and keep what they
//! replace.

use miette::Report;
use rattler_build_core::types::Output;
use serde_json::{Map, Value};

use super::matches::Source;
use super::prefix::PackagePrefix;
use crate::backend::extras::{Activation, OptionKeys};

/// Installs everything about activation.
///
/// # Errors
/// Scripts that are not there, files that are installed twice.
pub(super) fn install(
    activation: &Activation,
    source: &Source<'_>,
    prefix: &mut PackagePrefix<'_>,
    output: &Output,
) -> Result<(), Report> {
    let package = output.name().as_normalized();
    for (at, path) in &activation.scripts {
        for it in source.files(path, at)? {
            let to = format!("etc/conda/activate.d/{}", it.below);
            prefix.copy(&it.file, &to, None, at)?;
        }
    }
    if activation.env.is_empty() {
        return Ok(());
    }
    let at: OptionKeys = vec!["activation".to_string(), "env".to_string()];
    if source.spot.host.is_windows() {
        let [on, off] =
            ["activate.d", "deactivate.d"].map(|it| format!("etc/conda/{it}/{package}"));
        for (suffix, texts) in scripts(&activation.env) {
            for (place, text) in [(&on, &texts[0]), (&off, &texts[1])] {
                prefix.write(&format!("{place}.{suffix}"), text.as_bytes(), &at)?;
            }
        }
        return Ok(());
    }
    // Conda replaces the prefix that the file was built with.
    let built = output.prefix().display().to_string();
    let variables = activation.env.iter();
    let variables = variables.map(|(name, value)| {
        let value = value
            .replace("${PREFIX}", "$PREFIX")
            .replace("$PREFIX", &built);
        (name.clone(), Value::String(value))
    });
    let variables: Map<String, Value> = variables.collect();
    let text = format!("{:#}\n", Value::Object(variables));
    prefix.write(
        &format!("etc/conda/env_vars.d/{package}.json"),
        text.as_bytes(),
        &at,
    )?;
    Ok(())
}

/// For cmd, PowerShell and bash: what sets the variables and what restores them.
fn scripts(env: &[(String, String)]) -> [(&'static str, [String; 2]); 3] {
    let each = |line: &dyn Fn(&str, &str) -> String, end: &str| {
        let lines = env.iter().map(|(name, value)| line(name, value));
        lines.collect::<Vec<_>>().join(end) + end
    };
    let value = |value: &str, prefix: &str| {
        let value = value.replace("${PREFIX}", "$PREFIX");
        value.replace("$PREFIX", prefix)
    };
    [
        (
            "bat",
            [
                each(
                    &|name, text| {
                        let text = value(
                            &text.replace('%', "%%").replace('/', "\\"),
                            "%CONDA_PREFIX%",
                        );
                        format!("@set \"_CONDA_OLD_{name}=%{name}%\"\r\n@set \"{name}={text}\"")
                    },
                    "\r\n",
                ),
                each(
                    &|name, _| {
                        format!(
                            "@set \"{name}=%_CONDA_OLD_{name}%\"\r\n@set \"_CONDA_OLD_{name}=\""
                        )
                    },
                    "\r\n",
                ),
            ],
        ),
        (
            "ps1",
            [
                each(
                    &|name, text| {
                        let text = value(&text.replace('\'', "''"), "' + $Env:CONDA_PREFIX + '");
                        format!("$Env:_CONDA_OLD_{name} = $Env:{name}\n$Env:{name} = '{text}'")
                    },
                    "\n",
                ),
                each(
                    &|name, _| {
                        format!("$Env:{name} = $Env:_CONDA_OLD_{name}\n$Env:_CONDA_OLD_{name} = ''")
                    },
                    "\n",
                ),
            ],
        ),
        (
            "sh",
            [
                each(
                    &|name, text| {
                        let text = value(&text.replace('\'', "'\\''"), "'\"${CONDA_PREFIX}\"'");
                        format!(
                            "export _CONDA_OLD_{name}=\"${{{name}:-}}\"\nexport {name}='{text}'"
                        )
                    },
                    "\n",
                ),
                each(
                    &|name, _| {
                        format!(
                            "if [ -n \"${{_CONDA_OLD_{name}:-}}\" ]; then export {name}=\"$_CONDA_OLD_{name}\"; \
                             else unset {name}; fi\nunset _CONDA_OLD_{name}"
                        )
                    },
                    "\n",
                ),
            ],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::scripts;

    #[test]
    fn scripts_keep_what_they_replace() {
        let env = [("DATA".to_string(), "$PREFIX/share/it's".to_string())];
        let all = scripts(&env);
        let text = all.map(|(suffix, [on, off])| format!("{suffix}\n{on}--\n{off}"));
        insta::assert_snapshot!(text.join("\n").replace('\r', ""), @"");
    }
}
