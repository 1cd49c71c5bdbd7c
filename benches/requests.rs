//! Whole-process figures of the server: what a user waits for and pays.
//!
//! `cargo bench --bench requests` prints medians of 20 runs: from the start of the
//! process to the first `conda/outputs` answer, each further answer, peak memory
//! (Linux), and the size of the executable on disk.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_pixi-build-rust");
const RUNS: usize = 20;
const FURTHER: usize = 20;

fn main() {
    let project = tempfile::tempdir().expect("a folder for the project");
    write_project(project.path());
    // The first run fills the page cache and is not counted.
    Run::of(project.path());
    let runs: Vec<Run> = (0..RUNS).map(|_| Run::of(project.path())).collect();

    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let mut first: Vec<f64> = runs.iter().map(|run| milliseconds(run.first)).collect();
    let mut further: Vec<f64> = runs.iter().map(|run| milliseconds(run.further)).collect();
    let mut memory: Vec<f64> = runs.iter().filter_map(|run| run.memory).collect();
    let size = std::fs::metadata(EXECUTABLE)
        .expect("the executable exists")
        .len();

    println!("| figure | median of {RUNS} |");
    println!("| --- | --- |");
    println!(
        "| start to first `conda/outputs` answer | {:.1} ms |",
        median(&mut first)
    );
    println!(
        "| further `conda/outputs` answer | {:.2} ms |",
        median(&mut further)
    );
    if !memory.is_empty() {
        println!("| peak memory | {:.1} MiB |", median(&mut memory));
    }
    println!("| executable | {:.1} MiB |", size as f64 / 1024.0 / 1024.0);
}

fn write_project(root: &Path) {
    let manifest =
        "[package]\nname = \"tool\"\nversion = \"1.0.0\"\nedition = \"2024\"\nlicense = \"MIT\"\n";
    std::fs::create_dir_all(root.join("src")).expect("own folder");
    std::fs::write(root.join("Cargo.toml"), manifest).expect("own folder");
    std::fs::write(root.join("src/main.rs"), "fn main() {}\n").expect("own folder");
    std::fs::write(root.join("pixi.toml"), "[package]\nname = \"tool\"\n").expect("own folder");
}

struct Run {
    first: Duration,
    further: Duration,
    /// Mebibytes.
    memory: Option<f64>,
}

impl Run {
    fn of(root: &Path) -> Self {
        let start = Instant::now();
        let mut client = Client::start();
        client.request("negotiateCapabilities", json!({"capabilities": {}}));
        client.request("initialize", initialize(root));
        client.request("conda/outputs", outputs(root));
        let first = start.elapsed();
        let start = Instant::now();
        for _ in 0..FURTHER {
            client.request("conda/outputs", outputs(root));
        }
        let further = start.elapsed() / u32::try_from(FURTHER).expect("a small number");
        let memory = client.peak_memory();
        client.end();
        Self {
            first,
            further,
            memory,
        }
    }
}

struct Client {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Client {
    fn start() -> Self {
        let mut process = Command::new(EXECUTABLE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the executable starts");
        let stdin = process.stdin.take().expect("piped");
        let stdout = BufReader::new(process.stdout.take().expect("piped"));
        Self {
            process,
            stdin,
            stdout,
        }
    }

    fn request(&mut self, method: &str, params: Value) {
        let request = json!({"jsonrpc": "2.0", "id": 0, "method": method, "params": params});
        writeln!(self.stdin, "{request}").expect("the process reads");
        let mut answer = String::new();
        self.stdout
            .read_line(&mut answer)
            .expect("the process answers");
        assert!(answer.contains("\"result\""), "{answer}");
    }

    /// That of the process that works, and what the one that watches it has for itself.
    fn peak_memory(&self) -> Option<f64> {
        let watcher = self.process.id();
        let children = format!("/proc/{watcher}/task/{watcher}/children");
        let worker = std::fs::read_to_string(children).ok()?;
        let worker = worker.trim().parse().ok()?;
        Some(mebibytes(worker, "VmHWM:")? + mebibytes(watcher, "RssAnon:")?)
    }

    fn end(mut self) {
        drop(self.stdin);
        let status = self.process.wait().expect("the process ends");
        assert!(status.success());
    }
}

fn initialize(root: &Path) -> Value {
    json!({
        "manifestPath": root.join("pixi.toml"),
        "sourceDirectory": root,
        "workspaceDirectory": root,
        "projectModel": {"name": "tool", "targets": {"defaultTarget": {
            "hostDependencies": {}, "buildDependencies": {}, "runDependencies": {}, "runConstraints": {},
        }}},
    })
}

fn outputs(root: &Path) -> Value {
    json!({
        "channels": ["https://conda.example/channel"],
        "hostPlatform": "linux-64",
        "buildPlatform": "linux-64",
        "variantConfiguration": {"c_stdlib": ["sysroot"], "c_stdlib_version": ["2.28"]},
        "variantFiles": [],
        "workDirectory": root.join("work"),
    })
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A line of what the system knows about a process.
fn mebibytes(process: u32, key: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kibibytes / 1024.0)
}
