//! The bytes of requests and responses of the real process.

use std::io::Write;
use std::process::{Command, ExitStatus, Stdio};

use indoc::indoc;
use serde_json::{Value, json};

use test_support::machine::forget_cargo;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};

/// Writes everything, closes the input, and reads until the backend ends.
fn converse(input: &[u8]) -> (ExitStatus, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pixi-build-rust"));
    forget_cargo(&mut command);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the backend can be started");
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    std::thread::scope(|scope| {
        // The backend may end before it has read everything.
        scope.spawn(move || stdin.write_all(input).ok());
        let output = child.wait_with_output().expect("the backend ends");
        let stdout = String::from_utf8(output.stdout).expect("answers are UTF-8");
        (output.status, stdout)
    })
}

#[track_caller]
fn answers(input: &str) -> Vec<Value> {
    let (status, stdout) = converse(input.as_bytes());
    assert!(status.success(), "{status}");
    assert!(stdout.is_empty() || stdout.ends_with('\n'), "{stdout}");
    let read = |line: &str| serde_json::from_str(line).expect("answers are JSON");
    stdout.lines().map(read).collect()
}

const NEGOTIATE: &str =
    r#"{"jsonrpc":"2.0","id":0,"method":"negotiateCapabilities","params":{"capabilities":{}}}"#;

fn negotiate(id: &str) -> String {
    NEGOTIATE.replace("\"id\":0", &format!("\"id\":{id}"))
}

#[test]
fn ids_come_back_with_their_type() {
    for id in [
        "0",
        "7",
        "18446744073709551615",
        "\"7\"",
        "\"\"",
        "\"a\\\"b\"",
    ] {
        let answers = answers(&format!("{}\n", negotiate(id)));
        let expected: Value = serde_json::from_str(id).expect("own id");
        assert_eq!(answers.len(), 1, "{id}");
        assert_eq!(answers[0]["id"], expected, "{id}");
        assert_eq!(answers[0]["jsonrpc"], "2.0");
    }
}

#[test]
fn a_last_line_without_an_end_is_answered() {
    assert_eq!(answers(NEGOTIATE).len(), 1);
    assert_eq!(answers(&format!("{NEGOTIATE}\r\n\n{NEGOTIATE}")).len(), 2);
}

#[test]
fn no_input_is_no_error() {
    assert_eq!(answers(""), Vec::<Value>::new());
    assert_eq!(answers("\n\r\n  \n"), Vec::<Value>::new());
}

#[test]
fn notifications_are_not_answered() {
    let lines = [
        r#"{"jsonrpc":"2.0","method":"initialize","params":{}}"#,
        r#"{"jsonrpc":"2.0","method":"$/cancel"}"#,
        r#"{"jsonrpc":"2.0","id":null,"method":"conda/outputs","params":{}}"#,
        NEGOTIATE,
    ];
    let answers = answers(&format!("{}\n", lines.join("\n")));
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0]["id"], 0);
}

#[test]
fn what_cannot_be_answered_ends_the_process_without_an_answer() {
    let lines: [&[u8]; 11] = [
        b"hello",
        b"{",
        b"[]",
        b"[{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\"}]",
        b"3",
        b"{\"jsonrpc\":\"2.0\",\"id\":0}",
        b"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":5}",
        b"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"initialize\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"initialize\"}",
        b"{\"jsonrpc\":\"1.0\",\"id\":0,\"method\":\"negotiateCapabilities\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"\xff\"}",
    ];
    for line in lines {
        let input = [line, b"\n", NEGOTIATE.as_bytes(), b"\n"].concat();
        let (status, stdout) = converse(&input);
        let line = String::from_utf8_lossy(line);
        assert_eq!(stdout, "", "{line}");
        assert!(!status.success(), "{line}");
    }
}

#[test]
fn a_line_of_twenty_megabytes_is_read() {
    let project = Project::new().file(
        "Cargo.toml",
        indoc! {r#"
            [package]
            name = "demo"
            version = "1.2.3"
        "#},
    );
    let padding = "x".repeat(20 << 20);
    let outputs = Outputs::new(&project.metadata_work("demo")).set("padding", json!(padding));
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::of(&project));
    let answer = pixi.request("conda/outputs", outputs.params());
    let answer = answer.expect("the line is read");
    assert_eq!(answer["outputs"][0]["metadata"]["name"], "demo");
}
