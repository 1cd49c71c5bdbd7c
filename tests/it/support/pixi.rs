//! Plays pixi: starts the executable and talks to it over its standard streams.
//!
//! The client is as strict as pixi where pixi is strict: one line for each
//! answer, nothing else on stdout, an error object with no key but its three,
//! valid UTF-8 on stderr. And it is as careless where pixi is careless: stderr
//! is not read before the first `conda/` request.

use std::io::Write;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::answer::understand;
use super::archive::Archive;
use super::build::Build;
use super::channel::Channel;
use super::machine::forget_cargo;
use super::project::Project;
use super::requests::{Initialize, Outputs};
use super::streams::{Stderr, lines};

/// How long an answer may take. Compiling with dependencies is the longest.
const ANSWER: Duration = Duration::from_secs(300);

/// How long the backend may take to end after its input did.
const FAREWELL: Duration = Duration::from_secs(15);

/// A running backend.
///
/// Dropping it ends its input, waits for it, and fails the test if it printed
/// something nobody asked for or did not exit with success.
pub struct Pixi {
    child: Child,
    input: Option<ChildStdin>,
    answers: Receiver<Vec<u8>>,
    stderr: Stderr,
    next: u64,
    unanswered: u64,
    state: State,
}

/// Whether the backend was already waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Ended,
}

/// How a backend ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status. pixi does not look at it.
    pub status: ExitStatus,
    /// Every line it wrote to stderr.
    pub stderr: Vec<String>,
}

impl Pixi {
    /// Starts the backend as pixi does: no arguments, three pipes.
    pub fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// Starts the backend of a project.
    pub fn of(project: &Project) -> Self {
        Self::start_backend(project.backend(), |_| {})
    }

    /// Starts the executable `name` after `change` had its way with the command.
    pub fn start_backend(name: &str, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin(name));
        forget_cargo(&mut command);
        change(&mut command);
        Self::talk_to(command)
    }

    /// Starts the backend after `change` had its way with the command, for
    /// instance to set the environment.
    pub fn start_with(change: impl FnOnce(&mut Command)) -> Self {
        Self::start_backend("pixi-build-rust", change)
    }

    /// Starts the backend through a program that is told what to start.
    pub fn start_by(program: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments);
        command.arg(env!("CARGO_BIN_EXE_pixi-build-rust"));
        forget_cargo(&mut command);
        Self::talk_to(command)
    }

    /// Talks to any program that claims to be a backend.
    pub fn talk_to(mut command: Command) -> Self {
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped());
        command.stderr(Stdio::piped());
        let mut child = command.spawn().expect("the backend can be started");
        let output = child.stdout.take().expect("stdout is a pipe");
        let (sender, answers) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines(output) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            stderr: Stderr::new(child.stderr.take().expect("stderr is a pipe")),
            child,
            answers,
            next: 0,
            unanswered: 0,
            state: State::Running,
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Negotiates and initializes, and expects both to succeed.
    #[track_caller]
    pub fn initialize(&mut self, params: &Initialize) {
        let answer = self.try_initialize(params);
        let answer = answer.unwrap_or_else(|error| panic!("`initialize` failed: {error:#}"));
        assert_eq!(answer, json!({}), "pixi rejects any other answer");
    }

    /// Negotiates, and returns the answer to `initialize`.
    ///
    /// # Errors
    ///
    /// The error object of `initialize`.
    pub fn try_initialize(&mut self, params: &Initialize) -> Result<Value, Value> {
        let answer = self.request("negotiateCapabilities", json!({"capabilities": {}}));
        let answer = answer.unwrap_or_else(|error| panic!("negotiation failed: {error:#}"));
        for ability in ["providesCondaOutputs", "providesCondaBuildV1"] {
            assert_eq!(answer["capabilities"][ability], true, "{ability}");
        }
        self.request("initialize", params.params())
    }

    /// Asks for `conda/outputs` and returns the list.
    #[track_caller]
    pub fn outputs(&mut self, params: &Outputs) -> Vec<Value> {
        let answer = self.request("conda/outputs", params.params());
        let mut answer = answer.unwrap_or_else(|error| panic!("no outputs: {error:#}"));
        match answer["outputs"].take() {
            Value::Array(outputs) => outputs,
            other => panic!("`outputs` is not a list but {other}"),
        }
    }

    /// Asks for `conda/build_v1` and checks a success as pixi does.
    ///
    /// # Errors
    ///
    /// The error object.
    #[track_caller]
    pub fn build(&mut self, build: &Build) -> Result<Value, Value> {
        let answer = self.request("conda/build_v1", build.params())?;
        build.check(&answer);
        Ok(answer)
    }

    /// Builds the output called `package` from scratch or once more, the way pixi
    /// does: outputs for the build's work directory, environments, build.
    ///
    /// Panics with the error and with what was on stderr.
    #[track_caller]
    pub fn package(&mut self, project: &Project, channel: &Channel, package: &str) -> Archive {
        let work = project.build_work(package);
        let outputs = self.outputs(&Outputs::new(&work).channel(channel));
        let named = |output: &&Value| output["metadata"]["name"] == package;
        let output = outputs.iter().find(named);
        let output = output.unwrap_or_else(|| panic!("no `{package}` among {outputs:#?}"));
        let build = Build::prepare(output, &work, channel);
        let answer = self.build(&build).unwrap_or_else(|error| {
            panic!("build failed: {error:#}\n{}", self.stderr().join("\n"));
        });
        let archive = answer["output_file"].as_str();
        Archive::open(archive.expect("checked above"))
    }

    /// Sends one request and waits for its answer.
    ///
    /// # Errors
    ///
    /// The error object of the answer. Everything pixi would not survive panics.
    #[track_caller]
    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.send(method, params);
        self.answer_to(id)
    }

    /// Sends one request and returns its id.
    #[track_caller]
    pub fn send(&mut self, method: &str, params: Value) -> u64 {
        if let Ok(line) = self.answers.try_recv() {
            panic!("nobody asked for {:?}", String::from_utf8_lossy(&line));
        }
        if method.starts_with("conda/") {
            self.stderr.read();
        }
        let id = self.next;
        self.next += 1;
        self.unanswered += 1;
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.write_line(&request.to_string());
        id
    }

    /// Writes a line that need not be a request.
    #[track_caller]
    pub fn write_line(&mut self, line: &str) {
        let input = self.input.as_mut().expect("input has not ended");
        let written = writeln!(input, "{line}").and_then(|()| input.flush());
        if let Err(error) = written {
            panic!(
                "the backend does not read: {error}\n{}",
                self.stderr().join("\n")
            );
        }
    }

    /// Waits for the answer to a request that was sent.
    ///
    /// # Errors
    ///
    /// The error object of the answer. Everything pixi would not survive panics.
    #[track_caller]
    pub fn answer_to(&mut self, id: u64) -> Result<Value, Value> {
        let line = self.answers.recv_timeout(ANSWER).unwrap_or_else(|error| {
            let reason = match error {
                RecvTimeoutError::Timeout => "the backend still has no answer",
                RecvTimeoutError::Disconnected => "the backend ended without an answer",
            };
            panic!("{reason}\n{}", self.stderr().join("\n"))
        });
        self.unanswered -= 1;
        self.stderr.check();
        understand(&line, id).unwrap_or_else(|fault| {
            panic!("{fault}: {}", String::from_utf8_lossy(&line));
        })
    }

    /// Ends the input, as pixi does when it needs the backend no more.
    pub fn end_input(&mut self) {
        self.input = None;
    }

    /// Ends the input and waits. Unlike dropping, any exit status will do.
    #[track_caller]
    pub fn finish(mut self) -> Ended {
        self.wind_up()
    }

    /// What came on stderr so far. Call it after a `conda/` request; lines
    /// written just before the answer are waited for.
    #[track_caller]
    pub fn stderr(&mut self) -> Vec<String> {
        self.stderr.settled()
    }

    #[track_caller]
    fn wind_up(&mut self) -> Ended {
        self.state = State::Ended;
        self.input = None;
        self.stderr.read();
        let Some(status) = wait(&mut self.child, FAREWELL) else {
            self.child.kill().ok();
            self.child.wait().ok();
            panic!("the backend did not exit within {FAREWELL:?} after its input ended");
        };
        loop {
            match self.answers.recv_timeout(FAREWELL) {
                // Input may end while a request is being worked on.
                Ok(_) if self.unanswered > 0 => self.unanswered -= 1,
                Ok(line) => panic!("nobody asked for {:?}", String::from_utf8_lossy(&line)),
                Err(RecvTimeoutError::Timeout) => panic!("a child of the backend holds its stdout"),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let stderr = self.stderr.all(FAREWELL);
        Ended { status, stderr }
    }
}

impl Drop for Pixi {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.child.kill().ok();
            self.child.wait().ok();
        } else if self.state == State::Running {
            let Ended { status, stderr } = self.wind_up();
            assert!(
                status.success(),
                "the backend ended with {status}\n{}",
                stderr.join("\n")
            );
        }
    }
}

/// Waits for a process to end, but not for ever.
fn wait(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + patience;
    loop {
        let status = child.try_wait().expect("own child can be waited for");
        if status.is_some() || Instant::now() > deadline {
            return status;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
