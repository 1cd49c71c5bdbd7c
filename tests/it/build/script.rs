//! The text of the build script for the shell of every platform.

use indoc::indoc;
use pixi_build_backends::backend::{AnyBackend, Env, Platforms};
use pixi_build_backends::backends::cargo::Cargo;
use pixi_build_backends::engine::{PlanRequest, Session, plan};
use pixi_build_backends::recipe::variants::VariantSelection;
use rattler_build_recipe::stage0::Recipe;
use rattler_conda_types::Subdir;
use serde_json::{Value, json};

use test_support::project::Project;

/// Returns the commands of the recipe for a build on `build` for `host`. `executable` is the
/// path of the backend.
fn script(build: Subdir, host: Subdir, executable: &str) -> String {
    let config = json!({
        "extra-args": ["--features", "a b", "--config", "profile.release.lto=\"thin\"", "100%"],
        "binaries": ["tool"],
        "env": {"FLAGS": "-L$PREFIX/lib it's", "PERCENT": "%PATH% & \"more\""},
    });
    configured(build, host, executable, config)
}

/// Returns the commands for another configuration.
fn configured(build: Subdir, host: Subdir, executable: &str, config: Value) -> String {
    let model = json!({"secrets": ["TOKEN"]});
    of_model(build, host, executable, config, model)
}

/// Returns the commands for another project model.
fn of_model(build: Subdir, host: Subdir, executable: &str, config: Value, model: Value) -> String {
    let project = Project::new().file(
        "Cargo.toml",
        indoc! {r#"
            [package]
            name = "tool"
            version = "1.0.0"
        "#},
    );
    let env = match executable {
        "" => Env::default(),
        path => Env::default().of_executable(path),
    };
    let configured = json!({"projectModel": model, "configuration": config});
    commands(&Cargo, &project, configured, env, Platforms { build, host })
}

/// Returns the commands of the script of a project. `configured` is the part of the parameters of
/// `initialize` that comes from the manifest.
pub fn commands(
    backend: &'static dyn AnyBackend,
    project: &Project,
    configured: Value,
    env: Env,
    platforms: Platforms,
) -> String {
    let mut params = json!({
        "manifestPath": project.dir().join("pixi.toml"),
        "sourceDirectory": project.dir(),
        "cacheDirectory": "/cache of pixi",
        "workspaceScratchDirectory": "/scratch",
    });
    for (key, value) in configured.as_object().expect("parameters have names") {
        params[key] = value.clone();
    }
    let params = serde_json::from_value(params).expect("the parameters are valid");
    let session = Session::open(backend, params, env).expect("the project is valid");
    let ask = PlanRequest {
        platforms,
        choice: VariantSelection::Matrix {
            files: Vec::new(),
            user: Default::default(),
        },
        editable: false,
    };
    let plan = plan(&session, &ask).expect("the package can be planned");
    let Recipe::SingleOutput(recipe) = plan.recipe.stage0() else {
        panic!("a draft is for one package");
    };
    let recipe = serde_json::to_value(&recipe.build.plan).expect("a plan is data");
    let commands = recipe["script"]["content"].as_array().expect("a list");
    let lines: Vec<&str> = commands.iter().filter_map(|line| line.as_str()).collect();
    let folder = project.dir().display().to_string();
    lines.join("\n").replace(&folder, "<project>")
}

const EXECUTABLE: &str = "/opt/bin/pixi-build-rust";

#[test]
fn bash_on_linux() {
    insta::assert_snapshot!(script(Subdir::Linux64, Subdir::Linux64, EXECUTABLE));
}

#[test]
fn bash_on_macos() {
    insta::assert_snapshot!(script(Subdir::OsxArm64, Subdir::OsxArm64, EXECUTABLE));
}

#[test]
fn cmd_on_windows() {
    let executable = "C:\\Program Files\\pixi-build-rust.exe";
    insta::assert_snapshot!(script(Subdir::Win64, Subdir::Win64, executable));
}

/// cargo-auditable runs cargo in the directory of the crate, so the path has to be absolute.
#[test]
fn cargo_auditable_finds_the_settings_from_any_directory() {
    let config = json!({"auditable": true});
    let text = configured(Subdir::Linux64, Subdir::Linux64, EXECUTABLE, config);
    assert!(
        text.contains(r#"cargo" auditable install --locked"#),
        "{text}"
    );
    assert!(
        text.contains(r#"--config "${SRC_DIR}/shared.toml""#),
        "{text}"
    );
}

/// Returns the lines that set variables of libraries, for a build on this platform.
fn about_libraries(platform: Subdir) -> String {
    let any = |names: &[&str]| -> Value {
        let specs = names.iter().map(|name| {
            let spec = json!({"binary": {"version": "*"}});
            (name.to_string(), spec)
        });
        Value::Object(specs.collect())
    };
    let model = json!({"targets": {"defaultTarget": {
        "hostDependencies": any(&["libgit2", "libssh2", "zstd", "oniguruma"]),
        "buildDependencies": any(&["libclang"]),
    }}});
    // The user sets one of the variables.
    let config = json!({"env": {"LIBSSH2_SYS_USE_PKG_CONFIG": false}});
    let text = of_model(platform, platform, "", config, model);
    let words = ["LIBGIT2", "LIBSSH2", "ZSTD", "ONIG", "LIBCLANG"];
    let lines = text.lines();
    let lines = lines.filter(|line| words.iter().any(|word| line.contains(word)));
    lines.map(str::trim).collect::<Vec<_>>().join("\n")
}

#[test]
fn libraries_of_the_environment_are_linked_with() {
    insta::assert_snapshot!(about_libraries(Subdir::Linux64), @r#"
    unset LIBSSH2_SYS_USE_PKG_CONFIG
    export LIBGIT2_NO_VENDOR=1
    export ZSTD_SYS_USE_PKG_CONFIG=1
    export RUSTONIG_SYSTEM_LIBONIG=1
    export LIBCLANG_PATH="${PREFIX}/lib"
    export LIBCLANG_PATH="${PREFIX}/lib"
    export LIBCLANG_PATH="${BUILD_PREFIX}/lib"
    export LIBCLANG_PATH="${BUILD_PREFIX}/lib"
    "#);
    insta::assert_snapshot!(about_libraries(Subdir::Win64), @r#"
    (if defined LIBSSH2_SYS_USE_PKG_CONFIG set "LIBSSH2_SYS_USE_PKG_CONFIG=")
    if exist "%PREFIX%\Library\include\git2.h" (set "LIBGIT2_NO_VENDOR=1")
    if exist "%PREFIX%\Library\include\zstd.h" (set "ZSTD_SYS_USE_PKG_CONFIG=1")
    if exist "%PREFIX%\Library\include\oniguruma.h" (set "RUSTONIG_SYSTEM_LIBONIG=1")
    if exist "%PREFIX%\Library\bin\libclang.dll" (set "LIBCLANG_PATH=%PREFIX%\Library\bin")
    if exist "%PREFIX%\Library\bin\libclang-13.dll" (set "LIBCLANG_PATH=%PREFIX%\Library\bin")
    if exist "%BUILD_PREFIX%\Library\bin\libclang.dll" (set "LIBCLANG_PATH=%BUILD_PREFIX%\Library\bin")
    if exist "%BUILD_PREFIX%\Library\bin\libclang-13.dll" (set "LIBCLANG_PATH=%BUILD_PREFIX%\Library\bin")
    "#);
}

#[test]
fn without_the_executable() {
    insta::assert_snapshot!(script(Subdir::Linux64, Subdir::Linux64, ""));
    insta::assert_snapshot!(script(Subdir::Win64, Subdir::Win64, ""));
}
