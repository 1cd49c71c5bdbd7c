//! The build script: `cargo install`, and the commands before and after it.

use crate::backend::script::{Script, Step, StepCondition, Word};
use crate::backend::{Platforms, Request};
use crate::backends::cargo::build_dir::shared_build_dir;
use crate::backends::cargo::compiler_cache::SccacheSetup;
use crate::backends::cargo::config::Config;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout::{self, TARGET_DIR};
use crate::backends::cargo::context::packages::Member;
use crate::backends::cargo::context::tools::Tools;
use crate::backends::cargo::libraries;
use crate::backends::cargo::script::environment::ScriptEnvironment;
use crate::backends::cargo::script::{commands, message, progress, rustflags, system_libraries};
use crate::backends::cargo::third_party;

/// The first day that a zip archive can store, in seconds since 1970. It is the same in every
/// build.
const SOURCE_DATE: &str = "315532800";

/// Variables of the machine that rattler-build passes on, although packages must not depend on
/// them.
const LEAKED_VARIABLES: [&str; 8] = [
    "CONDA_ENV_SHLVL_*",
    "CONDA_SHLVL",
    "CROSSCOMPILING_EMULATOR",
    "DEJAGNU",
    "DISPLAY",
    "LD_RUN_PATH",
    "QEMU_LD_PREFIX",
    "QEMU_UNAME",
];

/// Installs the binaries of the crate into the host prefix.
pub(crate) fn install(build: CrateBuild<'_>) -> Script {
    let request = build.request;
    let Request {
        project,
        config,
        platforms,
        ..
    } = *request;
    let tools = Tools {
        build: platforms.build,
    };

    let cache = SccacheSetup::of(build, &tools);
    let check = lock_file_check(build);
    let shared = shared_build_dir::settings(build, check.clone());
    let environment = ScriptEnvironment::of(build, &tools, shared, cache.server);

    let mut steps = vec![Step::unset(&LEAKED_VARIABLES)];
    steps.extend(config.env.steps(platforms.build));
    steps.extend(prefixes(config, platforms, &tools));
    steps.extend(system_libraries::variables(request, &tools));
    steps.extend(cargo_settings(request));
    steps.push(stop_config_search(build));
    steps.extend(rustflags::variables(build));
    steps.extend(cache.variables);
    steps.extend(environment.before);
    // `cargo install` reads the configuration of the directory of the crate, but other commands
    // read that of the directory in which they run. They run in the directory of the crate, so
    // that all use the same configuration.
    let root = Word::literal(build.root.display().to_string());
    let check = [tools.tool("cargo")]
        .into_iter()
        .chain(check.into_iter().map(Word::literal));
    let check = Step::RunIn(root.clone(), check.collect());
    steps.push(match build.shared_folder {
        Some(_) => Step::When(ScriptEnvironment::lock_file_is_unknown(), vec![check]),
        None => check,
    });
    steps.extend(cache.before);
    let in_root = |command| Step::RunIn(root.clone(), command);
    steps.extend(commands::test(build, &tools).map(in_root));
    if libraries::installs_programs(build) {
        let members = build.members.iter();
        steps.extend(members.map(|member| Step::Run(command(build, member, &tools))));
    }
    steps.extend(commands::library(build, &tools).map(in_root));
    steps.extend(commands::c_library(build, &tools).map(in_root));
    steps.extend(cache.after);
    steps.extend(third_party::steps(build, &tools));
    steps.extend(environment.after);

    let declared = project.model.secrets.iter().flatten().cloned();
    Script {
        steps,
        templates: config.env.templates(),
        secrets: declared.chain(cache.secrets).collect(),
        files: environment.files,
        lock: build.shared_folder.as_deref().map(shared_build_dir::lock),
    }
}

/// Variables that make crates use the tools and libraries of the environments, unless the user
/// sets them.
fn prefixes(config: &Config, platforms: Platforms, tools: &Tools) -> Vec<Step> {
    let unset = |name: &str| !config.env.contains_key(name);
    let mut steps = Vec::new();
    let prefix = tools.library_prefix("PREFIX");
    let separator = tools.separator();
    let headers = prefix
        .clone()
        .then(format!("{separator}include{separator}openssl"));
    // Without the variables, a crate that contains OpenSSL would silently compile its own copy.
    let openssl = [("OPENSSL_DIR", prefix), ("OPENSSL_NO_VENDOR", "1".into())];
    let openssl = openssl.into_iter().filter(|(name, _)| unset(name));
    let openssl: Vec<Step> = openssl
        .map(|(name, value)| Step::Set(name.to_string(), value))
        .collect();
    if !openssl.is_empty() {
        steps.push(Step::When(StepCondition::Folder(headers), openssl));
    }
    if platforms.build != platforms.host && unset("PKG_CONFIG_ALLOW_CROSS") {
        // The host environment is for the target platform, so pkg-config finds the correct
        // libraries in it.
        let name = "PKG_CONFIG_ALLOW_CROSS".to_string();
        steps.push(Step::Set(name, "1".into()));
    }
    steps.extend(self::tools(tools));
    steps
}

/// Makes everything use the toolchain of the build environment. The paths are absolute, because
/// a proxy of rustup may come first on PATH.
pub(crate) fn tools(tools: &Tools) -> Vec<Step> {
    let named = [
        ("CARGO", "cargo"),
        ("RUSTC", "rustc"),
        ("RUSTDOC", "rustdoc"),
    ];
    let set = |(name, tool): (&str, &str)| Step::Set(name.to_string(), tools.tool(tool));
    named.map(set).into()
}

/// Settings for Cargo's downloads and output, and the date of the build.
fn cargo_settings(request: &Request<'_, Config>) -> Vec<Step> {
    let Request {
        config,
        folders,
        env,
        run,
        ..
    } = *request;
    let mut steps = Vec::new();
    if !config.env.contains_key("SOURCE_DATE_EPOCH") {
        // rattler-build sets the time of the build. Build scripts that compile C watch this
        // variable, so that Cargo would compile the C code again in every build.
        let date = env.get("SOURCE_DATE_EPOCH").unwrap_or(SOURCE_DATE);
        steps.push(Step::Set("SOURCE_DATE_EPOCH".to_string(), date.into()));
    }
    if let Some(home) = layout::cargo_home(folders)
        && !config.env.contains_key("CARGO_HOME")
    {
        let home = Word::literal(home.display().to_string());
        steps.push(Step::Set("CARGO_HOME".to_string(), home));
    }
    steps.extend(progress::settings(run));
    steps
}

/// Makes Cargo ignore configuration files above the project. Cargo reads the configuration of
/// every directory above the crate, including that of the user if the project is below the home
/// directory. It has no option to prevent this. The only way is a variable that Cargo's own
/// tests use. A test in this repository fails if a new version of Cargo ignores the variable.
pub(crate) fn stop_config_search(build: CrateBuild<'_>) -> Step {
    let top = build.cargo_config.top().display().to_string();
    Step::Set("__CARGO_TEST_ROOT".to_string(), Word::literal(top))
}

fn command(build: CrateBuild<'_>, member: &Member, tools: &Tools) -> Vec<Word> {
    let arguments = &member.arguments;
    // Cargo refuses an option that is repeated.
    let unless_given = |flag: &'static str| (!arguments.has(flag)).then(|| Word::from(flag));
    let mut command = vec![tools.tool("cargo")];
    if build.request.config.auditable {
        command.push("auditable".into());
    }
    command.push("install".into());
    command.extend(unless_given("--locked"));
    command.extend([
        "--root".into(),
        Word::variable("PREFIX"),
        "--path".into(),
        Word::literal(member.folder.display().to_string()),
        "--target-dir".into(),
        TARGET_DIR.into(),
    ]);
    command.extend(unless_given("--no-track"));
    command.extend(arguments.words().map(Word::literal));
    for binary in &member.binaries {
        command.push("--bin".into());
        command.push(Word::literal(binary));
    }
    command.extend(unless_given("--force"));
    if build.request.config.package.needs_out_dir() {
        command.extend(message::ARGUMENTS.map(Word::from));
    }
    // Later settings have priority, so this follows the settings of the user.
    if build.shared_folder.is_some() {
        let [option, file] = ScriptEnvironment::arguments();
        // cargo-auditable passes the path to a cargo that runs in the directory of the crate,
        // so it must be absolute.
        let file = if build.request.config.auditable {
            Word::variable("SRC_DIR").then(format!("{}{file}", tools.separator()))
        } else {
            file.into()
        };
        command.extend([option.into(), file]);
    }
    command.extend(rustflags::arguments(build).into_iter().map(Word::literal));
    command
}

/// The arguments of a command that fails if the lock file is missing or outdated.
/// `cargo install --locked` of a directory does not fail then: it resolves the versions again.
/// `cargo tree` reads the same packages and fails.
fn lock_file_check(build: CrateBuild<'_>) -> Vec<String> {
    let manifest = build.root.join("Cargo.toml").display().to_string();
    // Everything that the check passes over is not downloaded, and later commands are offline.
    let edges = if commands::runs_tests(build) {
        "normal,build,dev"
    } else {
        "no-dev"
    };
    let command = ["tree", "--locked", "--edges", edges, "--depth", "0"];
    let mut arguments: Vec<String> = command.map(str::to_string).to_vec();
    arguments.extend(["--manifest-path".to_string(), manifest]);
    arguments.extend(build.package_arguments());
    let own = build.arguments.words_for_the_lock_file();
    arguments.extend(own.map(str::to_string));
    arguments
}
