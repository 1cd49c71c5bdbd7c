//! One function for each kind of input that an untrusted source may send. Each function accepts
//! any bytes and fails only when the backend has a bug.
//!
//! The fuzz targets call these functions. So does `tests/it/robustness/hostile_input.rs`, which
//! does not need a nightly toolchain.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use pixi_build_backends::backend::Env;
use pixi_build_backends::backends::cargo::Cargo;
use pixi_build_backends::project::load;
use pixi_build_backends::server::{self, stdio};
use rattler_conda_types::Subdir;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The manifest of the crate that the requests describe.
const CARGO_TOML: &str =
    "[package]\nname = \"tool\"\nversion = \"1.0.0\"\nedition = \"2024\"\nlicense = \"MIT\"\n";

/// Returns a project, in memory if the machine has a file system in memory.
fn project() -> &'static Path {
    static PROJECT: OnceLock<TempDir> = OnceLock::new();
    let made = || {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() {
            memory.to_path_buf()
        } else {
            std::env::temp_dir()
        };
        let folder = tempfile::tempdir_in(parent).expect("a folder for the project");
        write(folder.path(), "Cargo.toml", CARGO_TOML.as_bytes());
        write(folder.path(), "LICENSE", b"MIT\n");
        std::fs::create_dir(folder.path().join("src")).expect("own folder");
        write(folder.path(), "src/main.rs", b"fn main() {}\n");
        folder
    };
    PROJECT.get_or_init(made).path()
}

fn write(folder: &Path, name: &str, content: &[u8]) {
    std::fs::write(folder.join(name), content).expect("own folder");
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let build = || tokio::runtime::Builder::new_current_thread().build();
    RUNTIME.get_or_init(|| build().expect("a runtime"))
}

/// Sends lines to a new backend and returns its response to the last one. `None` if the backend
/// ends or does not respond.
///
/// # Panics
///
/// When a handler panicked, or when a response is not JSON.
fn answers(lines: &[Vec<u8>]) -> Option<Value> {
    let methods = server::methods(&Cargo, Env::default());
    let mut last = None;
    for line in lines {
        let Ok(answer) = runtime().block_on(stdio::answer(&methods, line)) else {
            // The process would print the reason and end.
            return None;
        };
        let answer = answer?;
        assert!(
            !answer.contains(['\n', '\r']),
            "an answer is one line: {answer}"
        );
        let answer: Value = serde_json::from_str(&answer).expect("answers are JSON");
        assert_ne!(answer["error"]["data"]["code"], "bug", "{answer:#}");
        last = Some(answer);
    }
    last
}

fn request(method: &str, params: &[u8]) -> Vec<u8> {
    let start = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":"#);
    // A line end in the parameters would end the request.
    let params = params.iter().copied().filter(|byte| *byte != b'\n');
    start.bytes().chain(params).chain(*b"}").collect()
}

fn initialized() -> Vec<u8> {
    let folder = project();
    let params = json!({
        "manifestPath": folder.join("pixi.toml"),
        "sourceDirectory": folder,
        "workspaceDirectory": folder,
        "cacheDirectory": folder.join("cache"),
        "workspaceScratchDirectory": folder.join("scratch"),
        "projectModel": {},
    });
    request("initialize", params.to_string().as_bytes())
}

/// Replaces the directories in parameters, because requests write and remove files.
fn tamed(data: &[u8]) -> Option<Value> {
    let mut params: Value = serde_json::from_slice(data).ok()?;
    let work = project().join("work");
    let members = params.as_object_mut()?;
    members.insert("workDirectory".to_string(), json!(work));
    members.insert("outputDirectory".to_string(), Value::Null);
    for (key, name) in [("buildPrefix", "bld"), ("hostPrefix", "host")] {
        if let Some(prefix) = members.get_mut(key).and_then(Value::as_object_mut) {
            prefix.insert("prefix".to_string(), json!(work.join(name)));
        }
    }
    Some(params)
}

/// Sends one line as the first of a session and after `initialize`.
pub fn line(data: &[u8]) {
    let data: Vec<u8> = data.iter().copied().filter(|byte| *byte != b'\n').collect();
    // Requests with directories may write there. They have their own targets.
    if data.windows(6).any(|part| part == b"conda/") {
        return;
    }
    answers(std::slice::from_ref(&data));
    answers(&[initialized(), data]);
}

/// Sends the parameters of `initialize`, and then a request for outputs.
pub fn initialize(data: &[u8]) {
    let ask = json!({
        "channels": [],
        "hostPlatform": "linux-64",
        "buildPlatform": "linux-64",
        "workDirectory": project().join("work"),
    });
    answers(&[
        request("initialize", data),
        request("conda/outputs", ask.to_string().as_bytes()),
    ]);
}

/// Sends the parameters of `conda/outputs`.
pub fn outputs(data: &[u8]) {
    match tamed(data) {
        Some(params) => answers(&[
            initialized(),
            request("conda/outputs", params.to_string().as_bytes()),
        ]),
        None => answers(&[initialized(), request("conda/outputs", data)]),
    };
}

/// Sends the parameters of `conda/build_v1` for a package that the project does not have, so
/// that nothing is compiled.
pub fn build_v1(data: &[u8]) {
    let Some(mut params) = tamed(data) else {
        answers(&[initialized(), request("conda/build_v1", data)]);
        return;
    };
    if let Some(output) = params.get_mut("output").and_then(Value::as_object_mut) {
        output.insert("name".to_string(), json!("somebody-else"));
    }
    let answer = answers(&[
        initialized(),
        request("conda/build_v1", params.to_string().as_bytes()),
    ]);
    assert!(answer.is_none_or(|answer| answer.get("result").is_none()));
}

/// Reads the text of `pixi.toml` as the commands without pixi do.
pub fn manifest(data: &[u8]) {
    let folder = project().join("manifest");
    std::fs::create_dir_all(&folder).expect("own folder");
    write(&folder, "pixi.toml", data);
    let request = load::LoadRequest {
        path: PathBuf::from("."),
        inline: None,
        source_directory: None,
        host_platform: Subdir::Linux64,
        build_platform: Subdir::Linux64,
        variants: Default::default(),
        variant_files: Vec::new(),
        channels: Vec::new(),
        build_number: None,
        build_string_prefix: None,
        suggested_backend: "pixi-build-rust",
        home: None,
        current_folder: folder,
    };
    if let Err(errors) = load::load(&request) {
        // Drawing the labels can also fail.
        let report = miette::Report::from(errors);
        assert!(!format!("{report:?}").is_empty());
    }
}

/// Uses the text as the `Cargo.toml` of a crate. The workspace directory has a valid crate.
pub fn cargo_toml(data: &[u8]) {
    let folder = project().join("crate");
    std::fs::create_dir_all(folder.join("src")).expect("own folder");
    write(&folder, "Cargo.toml", data);
    write(&folder, "src/main.rs", b"fn main() {}\n");
    let params = json!({
        "manifestPath": folder.join("pixi.toml"),
        "sourceDirectory": folder,
        "workspaceDirectory": project(),
        "projectModel": {"name": "tool"},
    });
    let ask = json!({
        "channels": [],
        "hostPlatform": "linux-64",
        "buildPlatform": "linux-64",
        "workDirectory": project().join("work"),
    });
    answers(&[
        request("initialize", params.to_string().as_bytes()),
        request("conda/outputs", ask.to_string().as_bytes()),
    ]);
}
