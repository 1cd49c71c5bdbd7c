//! The client that acts as pixi, tested with backends that are short shell scripts.

use std::process::Command;

use serde_json::json;

use test_support::answer::understand;
use test_support::channel::Channel;
use test_support::packages::Package;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::Initialize;

/// Starts a backend that is a shell script.
fn backend(script: &str) -> Pixi {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Pixi::talk_to(command)
}

#[test]
fn answers_come_back_and_errors_are_errors() {
    let mut pixi = backend(
        r#"
            read -r _; echo '{"jsonrpc":"2.0","id":0,"result":{"x":1}}'
            read -r _; echo '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no"}}'
            cat
        "#,
    );
    assert_eq!(pixi.request("one", json!({})), Ok(json!({"x": 1})));
    let error = pixi
        .request("two", json!({}))
        .expect_err("an error was sent");
    assert_eq!(error["message"], "no");
}

#[test]
fn a_request_is_one_line_that_reads_as_pixi_writes_it() {
    let mut pixi = backend(
        r#"
            read -r line; printf '%s\n' "$line" >&2
            echo '{"jsonrpc":"2.0","id":0,"result":null}'
            cat >/dev/null
        "#,
    );
    pixi.request("conda/outputs", json!({"text": "two\nlines"}))
        .expect("a result");
    let lines = pixi.stderr();
    let [line] = lines.as_slice() else {
        panic!("more than one line: {lines:?}");
    };
    let sent: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
    let expected = json!({
        "jsonrpc": "2.0", "id": 0, "method": "conda/outputs", "params": {"text": "two\nlines"},
    });
    assert_eq!(sent, expected);
}

#[test]
fn a_package_is_asked_for_the_way_pixi_does() {
    let project = Project::new();
    let mut built = Channel::new(project.dir().join("built"));
    let package = Package::new("hello", "0.3.1").file("share/hello", "hello");
    let record = built.add(package);
    let none = json!({"depends": [], "constraints": []});
    let subdir = record.package_record.subdir;
    let answers = [
        json!({"capabilities": {"providesCondaOutputs": true, "providesCondaBuildV1": true}}),
        json!({}),
        json!({"inputGlobs": [], "outputs": [{
            "metadata": {
                "name": "hello", "version": "0.3.1", "build": "0", "buildNumber": 0,
                "subdir": subdir, "variant": {},
            },
            "runDependencies": none,
        }]}),
        json!({
            "output_file": record.url.to_file_path().expect("a file URL"), "input_globs": [],
            "name": "hello", "version": "0.3.1", "build": "0", "subdir": subdir,
        }),
    ];
    let lines = answers.iter().enumerate().map(|(id, result)| {
        format!(
            "{}\n",
            json!({"jsonrpc": "2.0", "id": id, "result": result})
        )
    });
    let answers = project.dir().join("answers");
    fs_err::write(&answers, lines.collect::<String>()).expect("own folder");

    let script = r#"while read -r _; do read -r answer <&3; printf '%s\n' "$answer"; done 3<"$1""#;
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(answers);
    let mut pixi = Pixi::talk_to(command);
    pixi.initialize(&Initialize::of(&project));
    let archive = pixi.package(&project, &built, "hello");
    assert_eq!(archive.files(), ["share/hello"]);
}

#[test]
fn finish_returns_status_and_stderr() {
    let pixi = backend("cat; echo bye >&2; exit 3");
    let ended = pixi.finish();
    assert_eq!(ended.status.code(), Some(3));
    assert_eq!(ended.stderr, ["bye"]);
}

#[test]
fn input_can_end_while_a_request_is_worked_on() {
    let mut pixi = backend(r#"cat >/dev/null; echo '{"jsonrpc":"2.0","id":0,"result":1}'"#);
    pixi.send("conda/outputs", json!({}));
    pixi.end_input();
    assert!(pixi.finish().status.success());
}

#[test]
#[should_panic(expected = "nobody asked for \"surprise\\n\"")]
fn a_line_nobody_asked_for_fails_the_test() {
    backend("cat; echo surprise");
}

#[test]
#[should_panic(expected = "the backend ended with exit status: 4")]
fn a_failing_exit_fails_the_test() {
    backend("cat; exit 4");
}

#[test]
#[should_panic(expected = "stderr is not UTF-8")]
fn bytes_that_are_no_text_on_stderr_fail_the_test() {
    backend(r"cat; printf '\377\n' >&2");
}

#[test]
#[should_panic(expected = "the backend ended without an answer\nlast words")]
fn a_backend_that_dies_is_quoted() {
    let mut pixi = backend("read -r _; echo last words >&2");
    pixi.request("conda/outputs", json!({})).ok();
}

#[test]
fn answers_pixi_would_not_survive_are_refused() {
    let refused = [
        ("\n", "no JSON"),
        ("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1}", "no end"),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":8,\"result\":1}\n",
            "not the answer to 7",
        ),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"result\":1}\n",
            "not the answer to 7",
        ),
        ("{\"id\":7,\"result\":1}\n", "not JSON-RPC"),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1,\"error\":null}\n",
            "neither or both",
        ),
        ("{\"jsonrpc\":\"2.0\",\"id\":7}\n", "neither or both"),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":1,\"message\":\"\",\"help\":1}}\n",
            "must not have `help`",
        ),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":3000000000,\"message\":\"\"}}\n",
            "32-bit",
        ),
    ];
    for (line, reason) in refused {
        let fault = understand(line.as_bytes(), 7).expect_err(line);
        assert!(fault.contains(reason), "{line}: {fault}");
    }
    let fine = understand(b"{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":null}\n", 7);
    assert_eq!(fine, Ok(Ok(json!(null))));
}
