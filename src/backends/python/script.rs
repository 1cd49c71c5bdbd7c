//! Creates the build script, which runs uv or pip.
//!
//! Both call the hooks of the project's build backend, and install the wheel into the host
//! prefix.

mod native;
mod rustflags;
mod variables;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use url::Url;

use super::Config;
use super::config::Installer;
use super::layout::{DIRECTORY, TRACE};
use super::license;
use super::maturin;
use super::pythons;
use super::shape::Shape;
use super::source::Source;
use crate::backend::Request;
use crate::backend::script::{Script, ScriptFile, Step, StepCondition, Word};
use crate::backends::cargo::guest::GuestScript;
pub(super) use native::{is_chosen as chooses_build_directory, uses_setuptools};

/// The environment variable with the path of the machine's Python, for a build that uses it
/// instead of an environment.
pub(super) const SYSTEM_PYTHON: &str = "PIXI_BUILD_PYTHON_SYSTEM";

/// The script that installs the project into the host prefix.
pub(super) fn install(request: &Request<'_, Config>, source: &Source, shape: &Shape) -> Script {
    let crates = native::shared(request, source, shape);
    let mut steps = variables::own(request, source);
    let (users, templates) = request.config.common.env.combined(request.platforms.build);
    steps.extend(users);
    steps.extend(machine(request, source, shape));
    steps.extend(native::prepare(request, source, shape, crates.as_ref()));
    steps.extend(traced(request, source));
    steps.extend(asked(request, source));
    steps.push(run(request, source, shape, crates.as_ref()));
    steps.push(Step::unset(&["PYTHONPATH"]));
    steps.extend(native::finish(request, source, shape));
    steps.extend(compile(request, source, shape));
    let declared = request.project.model.secrets.iter().flatten();
    Script {
        steps,
        templates,
        secrets: declared.cloned().collect(),
        files: files()
            .into_iter()
            .chain(licenses(source))
            .chain(crates.into_iter().flat_map(|crates| crates.files))
            .collect(),
        lock: shape.guest(source).map(|guest| guest.lock().to_path_buf()),
    }
}

/// The Python programs that the script runs. They are written to the directory in which the
/// script runs, because each build has its own.
fn files() -> Vec<ScriptFile> {
    let file = |name: &str, text: &str| ScriptFile {
        path: Path::new(DIRECTORY).join(name),
        text: text.to_string(),
        executable: false,
    };
    vec![
        file("asked.py", include_str!("script/asked.py")),
        file("compile.py", include_str!("script/compile.py")),
        file("compiled.py", include_str!("script/compiled.py")),
        file("machine.py", include_str!("script/machine.py")),
        file("unsatisfied.py", include_str!("script/unsatisfied.py")),
        file(
            "trace/sitecustomize.py",
            include_str!("script/sitecustomize.py"),
        ),
    ]
}

/// The license files that have the name of another one. rattler-build keeps their directories if
/// they are in the directory in which the script runs.
fn licenses(source: &Source) -> impl Iterator<Item = ScriptFile> {
    let copied = license::copied(&source.files).into_iter();
    copied.map(|license| ScriptFile {
        path: license.path,
        text: license.text,
        executable: false,
    })
}

/// A path below the directory in which the script runs.
fn below(request: &Request<'_, Config>, path: &str) -> Word {
    let windows = request.platforms.build.is_windows();
    let path = if windows {
        format!("\\{}", path.replace('/', "\\"))
    } else {
        format!("/{path}")
    };
    Word::variable("SRC_DIR").then(path)
}

/// The command that runs a Python program of this backend. The Python of the host prefix runs it,
/// without the modules of the user.
fn program(
    request: &Request<'_, Config>,
    name: &str,
    arguments: impl IntoIterator<Item = String>,
) -> Vec<Word> {
    let mut command = vec![Word::variable("PYTHON"), "-I".into()];
    command.push(below(request, &format!("{DIRECTORY}/{name}")));
    command.extend(arguments.into_iter().map(Word::literal));
    command
}

/// Makes the Python of the machine available in the host prefix, if the environment variable
/// names one.
fn machine(request: &Request<'_, Config>, source: &Source, shape: &Shape) -> Vec<Step> {
    let python = Word::variable(SYSTEM_PYTHON);
    let mut command = vec![python.clone(), "-I".into()];
    command.push(Word::variable("SRC_DIR").then(format!("/{DIRECTORY}/machine.py")));
    command.push(request.config.installer.name().into());
    command.push(Word::literal(
        pythons::minors_of_output(request, source, shape).join(" "),
    ));
    command.extend(source.build_requires().into_iter().map(Word::literal));
    vec![Step::When(
        StepCondition::File(python),
        vec![Step::Run(command)],
    )]
}

/// Makes every Python that starts later in the script record the files that it opens.
fn traced(request: &Request<'_, Config>, source: &Source) -> Vec<Step> {
    let set = |name: &str, value: Word| Step::Set(name.to_string(), value);
    let root = source.top(request);
    let literal = |path: &Path| Word::literal(path.display().to_string());
    let mut steps = vec![
        set("PIXI_BUILD_PYTHON_TRACE", below(request, TRACE)),
        set("PIXI_BUILD_PYTHON_ROOTS", literal(&root)),
        set("PYTHONPATH", below(request, &format!("{DIRECTORY}/trace"))),
    ];
    let linked = elsewhere(&source.files.folder, &root);
    steps.extend(linked.map(|path| set("PIXI_BUILD_PYTHON_LINKED", literal(&path))));
    steps
}

/// The real path of the project, if a symbolic link in its path leads out of `root`.
fn elsewhere(folder: &Path, root: &Path) -> Option<PathBuf> {
    let folder = dunce::canonicalize(folder).ok()?;
    let root = dunce::canonicalize(root).ok()?;
    (!folder.starts_with(root)).then_some(folder)
}

/// Prints the missing requirements of a build backend inside the project, which may request
/// them in a hook. `failure::missing::asked` recognizes the output.
fn asked(request: &Request<'_, Config>, source: &Source) -> Option<Step> {
    let paths = source.backend_path();
    let mut command = vec![Word::variable("PYTHON")];
    command.push(below(request, &format!("{DIRECTORY}/asked.py")));
    let folder = source.files.folder.display().to_string();
    let arguments = [folder, source.files.build_backend().to_string()];
    let arguments = arguments.into_iter().chain(paths.clone());
    command.extend(arguments.map(Word::literal));
    (!paths.is_empty()).then_some(Step::Run(command))
}

/// The installer with all arguments except for the last one, which is the project.
fn command(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
    crates: Option<&GuestScript>,
) -> Vec<Word> {
    let config = request.config;
    let python = || Word::variable("PYTHON");
    let mut command = match config.installer {
        Installer::Uv => {
            let mut command: Vec<Word> =
                ["uv", "pip", "install", "--python"].map(Word::from).into();
            command.extend([python(), "--reinstall".into()]);
            command
        }
        Installer::Pip => {
            let mut command = vec![python()];
            command.extend(
                ["-m", "pip", "install", "--force-reinstall", "--no-compile"].map(Word::from),
            );
            command
        }
    };
    let fixed = ["-vv", "--no-deps", "--no-build-isolation", "--no-index"];
    command.extend(fixed.map(Word::from));
    command.extend(native::settings(request, source, shape, crates));
    for (key, setting) in &config.config_settings {
        let values = setting.values().into_iter();
        // uv would read such a key as an option of its own.
        let option = if key.starts_with('-') { ONE_WORD } else { "" };
        let values = values.map(|value| Word::with_references(&format!("{option}{key}={value}")));
        let values = values.collect();
        let values = match crates {
            Some(crates) => maturin::with_arguments(config, key, values, &crates.arguments),
            None => values,
        };
        let before = option.is_empty().then(|| Word::from("-C"));
        command.extend(
            values
                .into_iter()
                .flat_map(|value| before.clone().into_iter().chain([value])),
        );
    }
    let arguments = joined(&config.common.extra_args);
    command.extend(
        arguments
            .iter()
            .flat_map(|argument| argument_words(argument)),
    );
    if shape.editable {
        command.push("--editable".into());
    }
    command
}

/// The options of uv and pip for a setting of the build backend.
const SETTINGS: [&str; 3] = ["-C", "--config-setting", "--config-settings"];

/// The start of a word that contains the option and the setting.
const ONE_WORD: &str = "--config-settings=";

/// The arguments, with settings whose key begins with a hyphen in the word of their option.
fn joined(arguments: &[String]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for argument in arguments {
        match joined.last_mut() {
            Some(last) if argument.starts_with('-') && SETTINGS.contains(&last.as_str()) => {
                *last = format!("{ONE_WORD}{argument}");
            }
            _ => joined.push(argument.clone()),
        }
    }
    joined
}

/// The step that installs the project. Installers read brackets in a path as extras, and uv reads
/// `#` as the start of a fragment. In such a directory, uv installs `.`, and pip, which reads the
/// brackets even then, a URL.
fn run(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
    crates: Option<&GuestScript>,
) -> Step {
    let path = &source.files.folder;
    let folder = path.display().to_string();
    let mut command = command(request, source, shape, crates);
    let is_misread = folder.contains(['[', ']', '#']);
    match request.config.installer {
        Installer::Uv if is_misread => {
            command.push(".".into());
            return Step::RunIn(Word::literal(folder), command);
        }
        Installer::Pip if is_misread => {
            let url = Url::from_directory_path(path);
            let url = url.expect("the directory of a project is absolute");
            // The grammar of URLs allows brackets here.
            let url = url.as_str().replace('[', "%5B").replace(']', "%5D");
            command.push(Word::literal(url));
        }
        Installer::Uv | Installer::Pip => command.push(Word::literal(folder)),
    }
    Step::Run(command)
}

/// The words of one argument. Existing configurations rely on a shell that reads the arguments: an
/// option and its value may be in one element, and the value may have quotes, as in `-Ca="b c"`.
fn argument_words(argument: &str) -> Vec<Word> {
    let word = |text: &str| Word::with_references(&unquoted(text));
    match argument.split_once(' ') {
        Some((option, value)) if option.starts_with('-') && !option.contains('=') => {
            [option, value.trim()].map(word).into()
        }
        _ => vec![word(argument)],
    }
}

/// The argument without the quotes around its value.
fn unquoted(argument: &str) -> Cow<'_, str> {
    let quoted = argument.split_once('=').and_then(|(name, value)| {
        let quote = value.chars().next().filter(|sign| "'\"".contains(*sign))?;
        let inside = value.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inside.contains(quote)).then(|| format!("{name}={inside}"))
    });
    quoted.map_or(Cow::Borrowed(argument), Cow::Owned)
}

/// The step that compiles the modules, if the package contains byte code.
fn compile(request: &Request<'_, Config>, source: &Source, shape: &Shape) -> Option<Step> {
    let skipped = &request.config.skip_pyc_compilation.0;
    let patterns = skipped.iter().chain(&request.config.exclude);
    let arguments = std::iter::once(source.name()).chain(patterns.cloned());
    let command = program(request, "compile.py", arguments);
    shape.compiles_modules().then_some(Step::Run(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_for_a_shell_are_removed() {
        for (argument, expected) in [
            ("-Csetup-args=\"-Da=false\"", vec!["-Csetup-args=-Da=false"]),
            (
                "-C setup-args='-Da=1 -Db=2'",
                vec!["-C", "setup-args=-Da=1 -Db=2"],
            ),
            ("-Ca=\"b", vec!["-Ca=\"b"]),
            ("-Ca=\"", vec!["-Ca=\""]),
            ("-Ca='b' 'c'", vec!["-Ca='b' 'c'"]),
        ] {
            let expected: Vec<Word> = expected.into_iter().map(Word::literal).collect();
            assert_eq!(argument_words(argument), expected, "{argument}");
        }
    }

    #[test]
    fn settings_that_look_like_options_stay_with_their_option() {
        let arguments = ["-v", "-C", "--build-option=--x", "-C", "a=b"].map(str::to_string);
        let expected = ["-v", "--config-settings=--build-option=--x", "-C", "a=b"];
        assert_eq!(joined(&arguments), expected);
    }
}
