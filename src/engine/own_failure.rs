//! Adds the place in the recipe to errors of rattler-build about a user's recipe.
//!
//! These errors mention options of rattler-build's command line and have no places. Tests
//! with failing builds notice when their texts change.

use std::path::Path;

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use crate::diagnostic::{SourceFile, nearest};
use crate::recipe::{RecipeText, bad_script_template};

/// Returns `error` with the part of the recipe that has to be changed, or unchanged.
pub(super) fn pointed(error: Report, text: &RecipeText) -> Report {
    let message = error.to_string();
    let cause = error.chain().nth(1).map(ToString::to_string);
    let cause = cause.unwrap_or_default();
    contents(&message, text)
        .or_else(|| no_license(&message, text))
        .or_else(|| template(&cause, text))
        .or_else(|| no_script(&cause, text))
        .or_else(|| overlinking(&message, text))
        .or_else(|| no_interpreter(&message, text))
        .unwrap_or(error)
}

fn span(text: &RecipeText, word: &str) -> Option<SourceSpan> {
    let found = text.word(word, 0)?;
    Some((found.start, found.len()).into())
}

fn contents(message: &str, text: &RecipeText) -> Option<Report> {
    let reason = message.strip_prefix("failed package content tests:")?;
    let glob = reason.rsplit("glob: ").next().unwrap_or_default().trim();
    let program = glob.strip_prefix("bin/").unwrap_or(glob);
    let help = if is_entry_point(text.as_str(), program) {
        format!(
            "`{program}` is an entry point, which is made when the package is installed: run it \
             in a test with `script`"
        )
    } else {
        "change what the script installs, or the test".to_string()
    };
    let at = text.find(glob).filter(|_| !glob.is_empty());
    let contents = Contents {
        help,
        reason: reason.trim().to_string(),
        at: at.or_else(|| span(text, "package_contents")),
        file: text.file(),
    };
    Some(contents.into())
}

fn no_license(message: &str, text: &RecipeText) -> Option<Report> {
    message.contains("icense files were").then(|| {
        NoLicense {
            at: span(text, "license_file"),
            file: text.file(),
        }
        .into()
    })
}

fn template(cause: &str, text: &RecipeText) -> Option<Report> {
    let reason = cause.strip_prefix("Failed to render jinja template in build script content: ")?;
    Some(bad_script_template(text, reason))
}

fn no_script(cause: &str, text: &RecipeText) -> Option<Report> {
    let script = cause.strip_prefix("could not resolve recipe file \"")?;
    let script = script.strip_suffix('"')?;
    let missing = NoScript {
        script: script.to_string(),
        meant: meant(script, text),
        at: span(text, script),
        file: text.file(),
    };
    Some(missing.into())
}

fn overlinking(message: &str, text: &RecipeText) -> Option<Report> {
    let linked = Overlinking {
        library: overlinked(message)?,
        at: span(text, "overlinking_behavior"),
        file: text.file(),
    };
    Some(linked.into())
}

fn no_interpreter(message: &str, text: &RecipeText) -> Option<Report> {
    let rest = message.strip_prefix("interpreter `")?;
    let (interpreter, rest) = rest.split_once('`')?;
    let at = text.value_of("interpreter", interpreter);
    rest.contains("was not found").then(|| {
        NoInterpreter {
            interpreter: interpreter.to_string(),
            at: at.or_else(|| span(text, "script")),
            file: text.file(),
        }
        .into()
    })
}

/// Whether a recipe defines an entry point with this name.
fn is_entry_point(text: &str, name: &str) -> bool {
    let Some((_, points)) = text.split_once("entry_points:") else {
        return false;
    };
    let mut places = points.match_indices(name);
    !name.is_empty()
        && places.any(|(at, _)| {
            let before = points[..at].chars().next_back();
            let after = points[at + name.len()..].trim_start();
            after.starts_with('=') && before.is_some_and(|c| !c.is_alphanumeric() && c != '-')
        })
}

/// The library in rattler-build's error for a library that is linked and that no dependency has.
pub(super) fn overlinked(message: &str) -> Option<String> {
    let (_, library) = message.split_once("linking check error: Overlinking against: ")?;
    Some(library.split(" (file").next()?.trim().to_string())
}

/// The error for a package that may be installed on Windows and has these symbolic links.
pub(super) fn links(links: &[String], text: &RecipeText) -> Report {
    Links {
        links: links.join(", "),
        at: span(text, "noarch"),
        file: text.file(),
    }
    .into()
}

#[derive(Debug, Error, Diagnostic)]
#[error(
    "the package is for all platforms, but it contains symbolic links, which do not work on \
     Windows: {links}"
)]
#[diagnostic(
    code(build::links),
    help(
        "write `- __unix` into `requirements: run` if the package is not for Windows, or copy the files"
    )
)]
struct Links {
    links: String,
    #[source_code]
    file: SourceFile,
    #[label("for all platforms")]
    at: Option<SourceSpan>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("the package does not contain what its test expects: {reason}")]
#[diagnostic(code(build::package_contents), help("{help}"))]
struct Contents {
    help: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this test")]
    at: Option<SourceSpan>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("the package is linked with `{library}`, which none of its dependencies contains")]
#[diagnostic(
    code(build::overlinking),
    help(
        "write the package of the library into `requirements: host`, whose run export makes it a \
         dependency, or the library into `dynamic_linking: missing_dso_allowlist`"
    )
)]
struct Overlinking {
    library: String,
    #[source_code]
    file: SourceFile,
    #[label("makes this an error")]
    at: Option<SourceSpan>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("a license file of the recipe is neither in the sources nor next to the recipe")]
#[diagnostic(
    code(build::no_license),
    help("paths are relative to the work directory of the script, or to the recipe")
)]
struct NoLicense {
    #[source_code]
    file: SourceFile,
    #[label("these files")]
    at: Option<SourceSpan>,
}

/// A question about the script beside the recipe whose name is nearest, or nothing.
fn meant(script: &str, text: &RecipeText) -> String {
    let folder = text.path().parent().unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let names: Vec<String> = names.filter(|name| name.contains('.')).collect();
    match nearest(script, names.iter().map(String::as_str)) {
        Some(name) => format!("did you mean `{name}`? "),
        None => String::new(),
    }
}

#[derive(Debug, Error, Diagnostic)]
#[error("the script `{script}` does not exist")]
#[diagnostic(
    code(build::no_script),
    help(
        "{meant}scripts are looked for in the directory of the recipe; a name without an ending is a \
         file with `.sh`, and with `.bat` on Windows"
    )
)]
struct NoScript {
    script: String,
    /// A question about the file with the nearest name, or nothing.
    meant: String,
    #[source_code]
    file: SourceFile,
    #[label("named here")]
    at: Option<SourceSpan>,
}

#[derive(Debug, Error, Diagnostic)]
#[error("the interpreter `{interpreter}` is not in the build environment")]
#[diagnostic(
    code(build::no_interpreter),
    help("write `- {interpreter}` into `requirements: build` of the recipe")
)]
struct NoInterpreter {
    interpreter: String,
    #[source_code]
    file: SourceFile,
    #[label("asks for it")]
    at: Option<SourceSpan>,
}
