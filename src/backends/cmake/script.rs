//! The commands of the script: configure, build, test, install.
//!
//! Every argument remains one argument. Values that CMake or a shell would split are in
//! the initial cache, which CMake reads before the project.

mod compiler_cache;
mod files;

use std::path::Path;

use indexmap::IndexMap;

use super::arguments::{self, Argument};
use super::unreported::TRACE;
use super::view::View;
use crate::backend::script::{Script, Step, StepCondition, Word};
pub(super) use files::configuration;
use files::{INIT, INSTALLED};

/// The first date that a zip archive can represent, in seconds since 1970. It is the same
/// in every build.
const SOURCE_DATE: &str = "315532800";

/// Variables of the machine that rattler-build passes on. Builds must not depend on them.
const OF_THE_MACHINE: [&str; 8] = [
    "CONDA_ENV_SHLVL_*",
    "CONDA_SHLVL",
    "CROSSCOMPILING_EMULATOR",
    "DEJAGNU",
    "DISPLAY",
    "LD_RUN_PATH",
    "QEMU_LD_PREFIX",
    "QEMU_UNAME",
];

/// The variable that stops Python from writing byte code.
const BYTE_CODE: &str = "PYTHONDONTWRITEBYTECODE";

/// The prefix of ninja's lines. It must be this one, because the progress is parsed from
/// it.
const STATUS: &str = "[%f/%t] ";

/// All steps from configuring to installing.
pub(super) fn install(view: &View<'_>) -> Script {
    let mut writer = Writer {
        view,
        steps: vec![Step::unset(&OF_THE_MACHINE)],
        templates: IndexMap::new(),
    };
    writer.variables();
    writer.settings();
    writer.configure();
    writer.build();
    writer.install();
    Script {
        steps: writer.steps,
        templates: writer.templates,
        secrets: (view.request.project.model.secrets.iter())
            .flatten()
            .cloned()
            .collect(),
        files: files::files(view),
        lock: Some(view.tree.lock()),
    }
}

struct Writer<'a> {
    view: &'a View<'a>,
    steps: Vec<Step>,
    templates: IndexMap<String, String>,
}

impl Writer<'_> {
    fn set(&mut self, name: &str, value: Word) {
        self.steps.push(Step::Set(name.to_string(), value));
    }

    /// `text` as a word. A template becomes a variable, because only the values of
    /// variables are rendered.
    fn word(&mut self, text: &str) -> Word {
        if !text.contains("${{") {
            return arguments::word(text, self.view.request.config.env.keys());
        }
        let name = format!("PIXI_BUILD_TEXT_{}", self.templates.len());
        self.templates.insert(name.clone(), text.to_string());
        Word::variable(name)
    }

    /// The user's variables.
    fn variables(&mut self) {
        let env = &self.view.request.config.env;
        let platform = self.view.request.platforms.build;
        let (steps, templates) = env.combined(platform);
        self.templates.extend(templates);
        if let Some(text) = env.get("CMAKE_ARGS") {
            // CMake receives them separately from those of the activation script, because
            // they have priority.
            let rendered = self
                .templates
                .iter()
                .find(|(_, template)| *template == text);
            let arguments = match rendered {
                Some((variable, _)) => Word::variable(variable.clone()),
                None => Word::with_references_on(platform, text),
            };
            self.set(USERS_CMAKE_ARGS, arguments);
        }
        self.steps.extend(steps);
    }

    /// Variables that must not depend on the environment.
    fn settings(&mut self) {
        let config = self.view.request.config;
        if !config.env.contains_key("SOURCE_DATE_EPOCH") {
            // The default of rattler-build is the time of the build, which would be part
            // of files that use `__DATE__`.
            let date = self.view.request.env.get("SOURCE_DATE_EPOCH");
            self.set("SOURCE_DATE_EPOCH", date.unwrap_or(SOURCE_DATE).into());
        }
        if !config.env.contains_key(BYTE_CODE) {
            // A command that runs Python would write byte code next to its modules, which are
            // sources and may be installed.
            self.set(BYTE_CODE, "1".into());
        }
        self.set("NINJA_STATUS", STATUS.into());
        if let Some(jobs) = config.jobs {
            self.set(JOBS, Word::literal(jobs.to_string()));
        }
        self.steps.extend(compiler_cache::settings(self.view));
    }

    fn configure(&mut self) {
        let view = self.view;
        let mut command = vec![
            view.cmake(),
            "-C".into(),
            path(&view.tree.beside(INIT)),
            "-G".into(),
            "Ninja".into(),
            "-S".into(),
            path(&view.source.folder),
            "-B".into(),
            path(&view.tree.binary()),
        ];
        let own = &view.request.config.extra_args;
        // The user's options for the trace also choose its form.
        if !own.iter().any(|argument| argument.starts_with("--trace")) {
            let redirect = view.tree.beside(TRACE);
            command.extend(["--trace-expand".into(), "--trace-format=json-v1".into()]);
            command.push(Word::literal(format!(
                "--trace-redirect={}",
                redirect.display()
            )));
        }
        if let Some(preset) = &view.request.config.preset {
            command.extend(["--preset".into(), Word::literal(preset)]);
        }
        for (name, value) in &view.request.config.define {
            let definition = format!("-D{name}={}", value.text());
            command.push(self.word(&definition));
        }
        for argument in arguments::parse(own) {
            let words: Vec<Word> = match argument {
                Argument::Define(name, value) => {
                    let is_file = name.split(':').next() == Some("CMAKE_TOOLCHAIN_FILE");
                    let value = if is_file {
                        view.file(value)
                    } else {
                        value.to_string()
                    };
                    vec![self.word(&format!("-D{name}={value}"))]
                }
                Argument::File(option, file) => vec![option.into(), self.word(&view.file(file))],
                Argument::Other(text) => vec![self.word(text)],
            };
            command.extend(words);
        }
        let marker = path(&view.tree.marker());
        let touch = vec![view.cmake(), "-E".into(), "touch".into(), marker.clone()];
        self.steps.push(Step::When(
            StepCondition::Missing(marker),
            vec![Step::Run(command), Step::Run(touch)],
        ));
    }

    fn build(&mut self) {
        let view = self.view;
        let tree = path(&view.tree.binary());
        let mut command = vec![view.cmake(), "--build".into(), tree.clone()];
        for target in &view.request.config.targets {
            command.extend(["--target".into(), Word::literal(target)]);
        }
        self.steps.push(Step::Run(command));
        if view.runs_tests() {
            self.steps.push(Step::Run(vec![
                view.tool("ctest"),
                "--test-dir".into(),
                tree,
                "--output-on-failure".into(),
                "--no-tests=error".into(),
            ]));
        }
    }

    fn install(&mut self) {
        let view = self.view;
        let config = view.request.config;
        let mut command = vec![view.cmake(), "--install".into(), path(&view.tree.binary())];
        if config.strip {
            command.push("--strip".into());
        }
        for component in &config.components {
            let mut command = command.clone();
            command.extend(["--component".into(), Word::literal(component)]);
            self.steps.push(Step::Run(command));
        }
        if config.components.is_empty() {
            self.steps.push(Step::Run(command));
        }
        if view.tree.is_linked {
            let script = path(&view.tree.beside(INSTALLED));
            self.steps
                .push(Step::Run(vec![view.cmake(), "-P".into(), script]));
        }
    }
}

/// The number of steps that ninja runs at the same time, for `cmake --build`.
pub(super) const JOBS: &str = "CMAKE_BUILD_PARALLEL_LEVEL";

/// The user's additions to `CMAKE_ARGS`.
const USERS_CMAKE_ARGS: &str = "PIXI_BUILD_CMAKE_ARGS";

fn path(path: &Path) -> Word {
    Word::literal(path.display().to_string())
}
