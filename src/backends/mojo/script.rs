//! The commands of the script: compiling, testing and copying.
//!
//! All files are first written to a stage. The compiler creates its output before it
//! searches for imports, and would otherwise find the incomplete file on the import path.
//! Commands run in the source directory and use relative paths, so that packaged files do
//! not contain the path of the source.

mod install;

use std::path::{Component, Path, PathBuf};

use rattler_conda_types::Subdir;

use super::arguments;
use super::closure;
use super::config::Config;
use super::plan::{Item, Kind, Plan};
use super::source::Source;
use super::variables;
use crate::backend::Request;
use crate::backend::inputs::plain;
use crate::backend::script::{Script, Step, StepCondition, Word};

/// The directory for all output, below the directory of the script.
const STAGE: &str = "stage";

/// The beginning of the line in the log before each test. The path of the test follows.
pub(super) const TEST: &str = "running the test ";

/// Creates a file in the directory `$1` whose name is the command that precompiles. Compilers
/// before 1.0 have another command.
const WHICH_COMMAND: &str = r#"if mojo precompile --help >/dev/null 2>&1; then : >"$1/precompile"; else : >"$1/package"; fi"#;

/// The commands that precompile a library, with the extensions of their outputs.
const COMMANDS: [(&str, &str); 2] = [("precompile", "mojoc"), ("package", "mojopkg")];

/// The script of a build.
pub(super) fn of(request: &Request<'_, Config>, source: &Source) -> Script {
    let plan = &source.plan;
    let build = Build { request, plan };
    let env = &request.config.env;
    let mut steps = env.steps(request.platforms.build);
    steps.extend(variables::of_the_compiler(request));
    steps.extend(build.directories());
    steps.push(run(["mojo", "--version"]));
    if plan.libraries().next().is_some() {
        let command = ["sh", "-c", WHICH_COMMAND, "sh"].map(Word::from);
        let command = command.into_iter().chain([stage("")]);
        steps.push(Step::Run(command.collect()));
    }
    for item in plan.libraries() {
        steps.extend(build.library(item));
    }
    for item in plan.items.iter().filter(|item| !item.kind.is_library()) {
        steps.push(build.program(item));
    }
    steps.extend(build.tests(&source.tests));
    steps.extend(plan.items.iter().flat_map(|item| build.install(item)));
    let secrets = request.project.model.secrets.iter().flatten();
    Script {
        steps,
        templates: env.templates(),
        secrets: secrets.cloned().collect(),
        ..Script::default()
    }
}

struct Build<'a> {
    request: &'a Request<'a, Config>,
    plan: &'a Plan,
}

impl Build<'_> {
    fn directories(&self) -> Vec<Step> {
        let mut needed = vec![stage("bin"), stage("lib/mojo"), stage("src")];
        let prefix = |below: &str| Word::variable("PREFIX").then(format!("/{below}"));
        let kinds: Vec<Kind> = self.plan.items.iter().map(|item| item.kind).collect();
        if kinds.contains(&Kind::Program) {
            needed.push(prefix("bin"));
        }
        if kinds.iter().any(|kind| kind.is_library()) {
            needed.push(prefix("lib/mojo"));
        }
        if kinds.contains(&Kind::SharedLibrary) {
            needed.push(prefix("lib"));
        }
        if kinds.contains(&Kind::PythonModule) {
            needed.push(Word::variable("SP_DIR"));
        }
        let made = ["mkdir".into(), "-p".into()].into_iter().chain(needed);
        let removed = Word::variable("SRC_DIR").then(format!("/{STAGE}"));
        vec![
            Step::Run(vec!["rm".into(), "-rf".into(), removed]),
            Step::Run(made.collect()),
        ]
    }

    /// Precompiles a library, even if its sources are packaged, so that its errors appear
    /// in this build and not in a later one.
    fn library(&self, item: &Item) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut arguments = Vec::new();
        let directory = if item.is_renamed() {
            // The compiler identifies a package by its directory name, and its modules
            // import each other by that name. Therefore a link gives the directory the name of
            // the library. Import paths are absolute, because the command runs next to the link.
            let source = &self.request.project.source;
            let own = arguments::import_paths(&item.arguments).into_iter();
            let own = own.map(|path| source.join(path));
            let root = closure::implicit_root(&item.path).map(Path::to_path_buf);
            let roots = root.into_iter().chain(own);
            arguments.extend(as_options(roots.map(|root| literal(&root))));
            arguments.extend(self.import_paths(literal));
            arguments.extend(self.of_the_user(item));
            arguments.push(Word::literal(&item.name));
            let link = stage(&format!("src/{}", item.name));
            let command = vec!["ln".into(), "-s".into(), literal(&item.path), link];
            steps.push(Step::Run(command));
            stage("src")
        } else {
            arguments.extend(self.import_paths(|path| self.relative(path)));
            arguments.extend(self.of_the_user(item));
            arguments.push(self.relative(&item.path));
            literal(&self.request.project.source)
        };
        steps.extend(COMMANDS.map(|(command, suffix)| {
            let mut words: Vec<Word> = vec!["mojo".into(), command.into()];
            words.extend(arguments.iter().cloned());
            words.extend([
                "-o".into(),
                stage(&format!("lib/mojo/{}.{suffix}", item.name)),
            ]);
            let run = Step::RunIn(directory.clone(), words);
            Step::When(StepCondition::File(stage(command)), vec![run])
        }));
        steps
    }

    fn program(&self, item: &Item) -> Step {
        let mut command: Vec<Word> = ["mojo", "build"].map(Word::from).into();
        if !matches!(item.kind, Kind::Program) {
            command.extend(["--emit", "shared-lib"].map(Word::from));
        }
        command.extend(self.options(self.request.platforms.host, &item.arguments));
        command.extend(["-j".into(), Word::variable(variables::JOBS)]);
        command.extend(self.import_paths(|path| self.relative(path)));
        command.extend(self.of_the_user(item));
        command.push(self.relative(&item.path));
        command.extend(["-o".into(), stage(&format!("bin/{}", self.file(item)))]);
        self.in_source(command)
    }

    fn tests(&self, files: &[PathBuf]) -> Vec<Step> {
        let test = |file: &PathBuf| {
            let path = below(file, &self.request.project.source);
            let note = format!("{TEST}{}", path.display());
            let note = Step::Run(vec!["echo".into(), Word::literal(note)]);
            let mut command: Vec<Word> = ["mojo", "run"].map(Word::from).into();
            // A package for another platform is tested on that of the build.
            command.extend(self.options(self.request.platforms.build, &[]));
            command.extend(self.import_paths(|path| self.relative(path)));
            command.push(self.relative(file));
            [note, self.in_source(command)]
        };
        files.iter().flat_map(test).collect()
    }

    /// The options for compiling to machine code of `platform`.
    fn options(&self, platform: Subdir, arguments: &[String]) -> Vec<Word> {
        let config = self.request.config;
        let cpu = match config.target_cpu.as_deref() {
            Some("native") => None,
            None | Some("baseline") => baseline(platform),
            Some(cpu) => Some(cpu),
        };
        let cpu = cpu.filter(|_| !arguments::choose_processor(arguments));
        let cpu = cpu.into_iter().flat_map(|cpu| ["--target-cpu", cpu]);
        let source = self.request.project.source.display();
        let stripped = ["-strip-file-prefix".to_string(), format!("{source}/")];
        let words = cpu
            .map(str::to_string)
            .chain(stripped)
            .chain(config.defines());
        words.map(Word::literal).collect()
    }

    /// The directories that every command searches for imports, after the directory of its
    /// main file.
    fn import_paths(&self, path_of: impl Fn(&Path) -> Word) -> Vec<Word> {
        let source = &self.request.project.source;
        let configured = self.request.config.import_paths.iter();
        let configured = configured.map(|path| path_of(&plain(&source.join(path))));
        let environments = ["PREFIX", "BUILD_PREFIX"];
        let environments = environments.map(|prefix| Word::variable(prefix).then("/lib/mojo"));
        let staged = self.plan.libraries().next().map(|_| stage("lib/mojo"));
        as_options(configured.chain(staged).chain(environments))
    }

    /// The arguments of the user. Libraries that they link are also searched in the host
    /// environment.
    fn of_the_user(&self, item: &Item) -> Vec<Word> {
        let words = item.arguments.iter();
        let mut words: Vec<Word> = words.map(|word| Word::with_references(word)).collect();
        if item.arguments.iter().any(|word| word.starts_with("-l")) {
            let folder = Word::with_references("-L$PREFIX/lib");
            words.extend(["-Xlinker".into(), folder]);
        }
        words
    }

    /// `path` relative to the source directory.
    fn relative(&self, path: &Path) -> Word {
        let path = below(path, &self.request.project.source)
            .display()
            .to_string();
        // A name that begins with a dash must not be read as an option.
        if path.starts_with('-') {
            Word::literal(format!("./{path}"))
        } else {
            Word::literal(path)
        }
    }

    fn in_source(&self, command: Vec<Word>) -> Step {
        Step::RunIn(literal(&self.request.project.source), command)
    }
}

/// The instruction set of all processors that conda packages support.
fn baseline(host: Subdir) -> Option<&'static str> {
    match host {
        Subdir::Linux64 | Subdir::Osx64 => Some("x86-64-v2"),
        Subdir::LinuxAarch64 => Some("generic"),
        Subdir::OsxArm64 => Some("apple-m1"),
        _ => None,
    }
}

/// The relative path from the directory `from` to `to`. Both are absolute.
pub(super) fn below(to: &Path, from: &Path) -> PathBuf {
    let common = to.components().zip(from.components());
    let common = common.take_while(|(to, from)| to == from).count();
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(to.components().skip(common)).collect();
    if path.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        path
    }
}

fn literal(path: &Path) -> Word {
    Word::literal(path.display().to_string())
}

fn as_options(paths: impl Iterator<Item = Word>) -> Vec<Word> {
    paths.flat_map(|path| ["-I".into(), path]).collect()
}

fn stage(below: &str) -> Word {
    let path = format!("/{STAGE}/{below}");
    Word::variable("SRC_DIR").then(path.trim_end_matches('/'))
}

fn run<const N: usize>(command: [&str; N]) -> Step {
    Step::Run(command.map(Word::from).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_from_the_source() {
        let relative = |to: &str| below(Path::new(to), Path::new("/w/app"));
        assert_eq!(relative("/w/app/main.mojo"), Path::new("main.mojo"));
        assert_eq!(relative("/w/app"), Path::new("."));
        assert_eq!(relative("/w/common/lib"), Path::new("../common/lib"));
    }
}
