//! Installs the files that tests of the package need, and adds the tests that are only known after
//! the script.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Report;
use rattler_build_core::types::Output;
use rattler_build_recipe::stage1::TestType;
use rattler_build_recipe::stage1::tests::{CommandsTest, CommandsTestFiles};
use rattler_build_script::{Script, ScriptContent};

use super::matches::Source;
use super::prefix::PackagePrefix;
use crate::backend::Finished;
use crate::backend::extras::VersionCheck;

/// Installs the files of tests where rattler-build would put them, and lets the tests run there.
/// rattler-build itself would look for them in the directory of the script, which does not contain
/// the sources.
///
/// # Errors
/// Files that do not exist.
pub(super) fn install_files(
    output: &mut Output,
    source: &Source<'_>,
    prefix: &mut PackagePrefix<'_>,
) -> Result<(), Report> {
    let name = output.name().as_normalized().to_string();
    let mut number = 0;
    for (index, test) in output.recipe.tests.iter_mut().enumerate() {
        let TestType::Commands(test) = test else {
            continue;
        };
        let globs = test.files.source.include_globs();
        let patterns: Vec<String> = globs.iter().map(|glob| glob.source().to_string()).collect();
        let folder = format!("etc/conda/test-files/{name}/{number}");
        number += 1;
        if patterns.is_empty() {
            continue;
        }
        let at = ["tests", &index.to_string(), "files", "source"].map(str::to_string);
        let mut placed = BTreeSet::new();
        for pattern in &patterns {
            for it in source.files(pattern, &at.to_vec())? {
                let below = it.file.strip_prefix(source.root).ok();
                let below = below.map(|it| it.display().to_string().replace('\\', "/"));
                let to = format!("{folder}/{}", below.unwrap_or(it.below));
                if placed.insert(to.clone()) {
                    prefix.copy(&it.file, &to, None, &at.to_vec())?;
                }
            }
        }
        test.files = CommandsTestFiles::default();
        test.script.cwd = Some(PathBuf::from(folder));
    }
    Ok(())
}

/// Adds a test that checks the version that each program prints.
pub(super) fn check_versions(
    output: &mut Output,
    check: &VersionCheck,
    finished: &Finished,
    made: &BTreeSet<PathBuf>,
    on_windows: bool,
) {
    let version = finished.version.clone();
    let version = version.unwrap_or_else(|| output.version().to_string());
    let programs: Vec<(String, Vec<String>)> = match check {
        VersionCheck::None => return,
        VersionCheck::Some(programs) => programs.clone(),
        VersionCheck::All => {
            let names = made.iter().filter_map(|path| program(path));
            let names: BTreeSet<String> = names.collect();
            let usual = || vec!["--version".to_string()];
            names.into_iter().map(|name| (name, usual())).collect()
        }
    };
    let lines = programs.iter().flat_map(|(name, args)| {
        let words = std::iter::once(name).chain(args);
        let command = words
            .map(|word| quoted(word, on_windows))
            .collect::<Vec<_>>();
        let command = command.join(" ");
        let finds = if on_windows {
            format!("{command} 2>&1 | findstr /L /C:\"{version}\"")
        } else {
            format!("{command} 2>&1 | grep -F -- '{version}'")
        };
        // The pipe hides the exit code of the program, so the program runs without it first.
        [command, finds]
    });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return;
    }
    let script = Script {
        content: ScriptContent::Commands(lines),
        ..Script::default()
    };
    output.recipe.tests.push(TestType::Commands(CommandsTest {
        script,
        requirements: Default::default(),
        files: Default::default(),
    }));
}

/// Returns the name of the program that a file contains. `None` if the file is not a program.
fn program(path: &Path) -> Option<String> {
    let folder = path.parent()?;
    let folders = ["bin", "Library/bin", "Scripts"];
    let name = path.file_name()?.to_str()?;
    let is_library = [".dll", ".pdb"].iter().any(|ending| name.ends_with(ending));
    let fits = folders.iter().any(|it| folder == Path::new(it)) && !is_library;
    fits.then(|| name.trim_end_matches(".exe").to_string())
}

fn quoted(word: &str, on_windows: bool) -> String {
    let harmless = |sign: char| sign.is_ascii_alphanumeric() || "-_./:=@%+,".contains(sign);
    match (!word.is_empty() && word.chars().all(harmless), on_windows) {
        (true, _) => word.to_string(),
        (false, true) => format!("\"{word}\""),
        (false, false) => format!("'{}'", word.replace('\'', r"'\''")),
    }
}
