//! `activation`: the variables and scripts that activating an environment with the package applies.
//!
//! On Unix, the variables are written to conda's `etc/conda/env_vars.d`, which applies to every
//! shell and to `pixi global`. On Windows, conda would insert a prefix with backslashes into that
//! file, and JSON reads backslashes as escapes. There, scripts set the variables and restore the
//! previous values.

use miette::Report;
use rattler_build_core::types::Output;
use serde_json::{Map, Value};

use super::matches::Source;
use super::prefix::PackagePrefix;
use crate::backend::extras::{Activation, OptionKeys};

/// Installs the variables and scripts of `activation`.
///
/// # Errors
/// Scripts that do not exist, files that are installed twice.
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
    // During installation, conda replaces the prefix that the file was built with.
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

/// Returns, for cmd, PowerShell and bash, the script that sets the variables and the script that
/// restores them.
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
                        let text = text.replace('%', "%%");
                        let is_path = text.starts_with("$PREFIX") || text.starts_with("${PREFIX}");
                        let text = if is_path {
                            text.replace('/', "\\")
                        } else {
                            text
                        };
                        let text = value(&text, "%CONDA_PREFIX%");
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
        let env = [
            ("DATA".to_string(), "$PREFIX/share/it's".to_string()),
            ("SITE".to_string(), "https://example.org/50%".to_string()),
        ];
        let [(_, [cmd, _]), (_, [power, _]), (_, [bash, off])] = scripts(&env);
        let lines = |text: &str| text.lines().map(str::to_string).collect::<Vec<_>>();
        assert_eq!(
            lines(&cmd),
            [
                "@set \"_CONDA_OLD_DATA=%DATA%\"",
                "@set \"DATA=%CONDA_PREFIX%\\share\\it's\"",
                "@set \"_CONDA_OLD_SITE=%SITE%\"",
                "@set \"SITE=https://example.org/50%%\"",
            ]
        );
        let prefix = "$Env:DATA = '' + $Env:CONDA_PREFIX + '/share/it''s'";
        assert_eq!(lines(&power)[1], prefix);
        let prefix = "export DATA=''\"${CONDA_PREFIX}\"'/share/it'\\''s'";
        assert_eq!(lines(&bash)[1], prefix);
        assert_eq!(lines(&off)[1], "unset _CONDA_OLD_DATA");
    }
}
