//! `install`: files, links and literal texts.

use std::path::Path;

use miette::Report;
use rattler_build_core::types::Output;
use rattler_build_jinja::Jinja;

use super::matches::{Source, is_excluded};
use super::mistakes::{NoMatch, Several, UnreadableTemplate};
use super::prefix::{PackagePrefix, set_mode, unwritable};
use crate::backend::extras::{FileSource, Installed};

/// Installs each of these files.
///
/// # Errors
/// Files that do not exist or are installed twice.
pub(super) fn install(
    all: &[Installed],
    source: &Source<'_>,
    prefix: &mut PackagePrefix<'_>,
    output: &Output,
) -> Result<(), Report> {
    for installed in all {
        match &installed.from {
            FileSource::Files {
                from,
                exclude,
                template,
            } => {
                let files = Files {
                    installed,
                    from,
                    exclude,
                };
                files.install(source, prefix, template.then_some(output))?;
            }
            FileSource::Link(target) => link(installed, target, prefix)?,
            FileSource::Content(text) => {
                let path = prefix.write(&installed.to, text.as_bytes(), &installed.at)?;
                if let Some(mode) = installed.mode {
                    set_mode(&path, mode)?;
                }
            }
        }
    }
    Ok(())
}

/// Files that are copied.
struct Files<'a> {
    installed: &'a Installed,
    from: &'a str,
    exclude: &'a [String],
}

impl Files<'_> {
    fn install(
        &self,
        source: &Source<'_>,
        prefix: &mut PackagePrefix<'_>,
        template: Option<&Output>,
    ) -> Result<(), Report> {
        let Installed { at, to, mode, .. } = self.installed;
        let mut found = source.files(self.from, at)?;
        found.retain(|it| !is_excluded(&it.below, self.exclude));
        if found.is_empty() {
            return Err(NoMatch {
                option: at.join("."),
                path: self.from.to_string(),
                root: source.root.to_path_buf(),
                file: source.spot.file(),
                at: source.spot.at(at),
            }
            .into());
        }
        if !to.ends_with('/') && found.len() > 1 {
            return Err(Several {
                option: at.join("."),
                count: found.len(),
                file: source.spot.file(),
                at: source.spot.at(at),
            }
            .into());
        }
        for it in found {
            let to = if to.ends_with('/') {
                format!("{to}{}", it.below)
            } else {
                to.clone()
            };
            match template {
                None => prefix.copy(&it.file, &to, *mode, at)?,
                Some(output) => {
                    let text =
                        evaluated(&it.file, output).map_err(|reason| UnreadableTemplate {
                            path: it.file.clone(),
                            reason,
                            file: source.spot.file(),
                            at: source.spot.at(at),
                        })?;
                    let path = prefix.write(&to, text.as_bytes(), at)?;
                    if let Some(mode) = mode {
                        set_mode(&path, *mode)?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn evaluated(file: &Path, output: &Output) -> Result<String, String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let mut jinja = Jinja::new(output.build_configuration.selector_config());
    let context = jinja.context_mut();
    let (name, version) = (output.name().as_normalized(), output.version().to_string());
    context.insert("name".to_string(), name.into());
    context.insert("version".to_string(), version.into());
    let rendered = jinja.render_str(&text);
    let mut rendered = rendered.map_err(|error| error.to_string())?;
    // The template engine removes the last line end.
    if text.ends_with('\n') && !rendered.ends_with('\n') {
        rendered.push('\n');
    }
    Ok(rendered)
}

/// Creates a link. On systems other than Unix, links need rights that most users do not have, so
/// the file next to the link is copied instead.
fn link(installed: &Installed, target: &str, prefix: &mut PackagePrefix<'_>) -> Result<(), Report> {
    let path = prefix.place(&installed.to, &installed.at)?;
    #[cfg(unix)]
    let made = std::os::unix::fs::symlink(target, &path);
    #[cfg(not(unix))]
    let made = {
        let folder = path.parent().unwrap_or(&path);
        std::fs::copy(folder.join(target), &path).map(drop)
    };
    Ok(made.map_err(|error| unwritable(&path, error))?)
}
