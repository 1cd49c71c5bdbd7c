//! Secrets that must not be written: values that the build receives, and credentials in URLs.

use std::path::Path;

use indoc::formatdoc;
use serde_json::{Value, json};

use test_support::build::Build;
use test_support::channel::Channel;
use test_support::pixi::Pixi;
use test_support::process::{kill, wait_for};
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain;

/// A value that every encoding modifies.
const TOKEN: &str = "ghp_s3cr3t/of+some=body's \"own\"";

/// The value in plain form, in Base64, in URLs, in JSON and in hexadecimal.
const FORMS: [&str; 7] = [
    TOKEN,
    "dXNlcjpnaHBfczNjcjN0L29mK3NvbWU9Ym9keSdzICJvd24i",
    "Z2hwX3MzY3IzdC9vZitzb21lPWJvZHkncyAib3duIg==",
    "ghp_s3cr3t%2Fof%2Bsome%3Dbody%27s%20%22own%22",
    "ghp_s3cr3t%2fof%2bsome%3dbody%27s+%22own%22",
    "ghp_s3cr3t/of+some=body's \\\"own\\\"",
    "6768705f7333637233742f6f662b736f6d653d626f6479277320226f776e22",
];

/// Pieces of these forms that do not occur in other text.
const PIECES: [&str; 5] = ["s3cr3t", "czNjcjN0", "zM2NyM3", "MzY3Iz", "733363723374"];

/// A toolchain whose cargo prints the secret in all forms, and installs files or fails on
/// request.
fn talkative(folder: &Path) -> Channel {
    let forms = folder.join("forms");
    fs_err::write(&forms, FORMS.join("\n")).expect("own folder");
    let cargo = formatdoc!(
        r#"
            [ "$1" = install ] || exit 0
            set -x
            : "$TOKEN"
            cat '{0}'; sed 's/^/error: /' '{0}' >&2
            case $WHAT in
            fail) exit 1 ;;
            wait) exec sleep 600 ;;
            install) mkdir -p "$PREFIX/share"; cp '{0}' "$PREFIX/share/forms" ;;
            esac
        "#,
        forms.display()
    );
    toolchain::with_cargo(folder, &cargo)
}

/// A session with a build that is ready to start.
fn prepare(what: &str) -> (Project, Pixi, Build) {
    let project = Project::hello();
    let channel = talkative(project.cache());
    let mut pixi = Pixi::start_with(|command| {
        command.env("TOKEN", TOKEN).env("EMPTY", "");
    });
    pixi.initialize(
        &Initialize::of(&project)
            .model(json!({"secrets": ["TOKEN", "EMPTY"]}))
            .configuration(json!({"env": {"WHAT": what}})),
    );
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(&channel));
    let build = Build::prepare(&outputs[0], &work, &channel);
    (project, pixi, build)
}

/// Builds and returns the response, after a check of everything that was written.
fn build(what: &str) -> (Project, Result<Value, Value>) {
    let (project, mut pixi, build) = prepare(what);
    let answer = pixi.build(&build);

    let stderr = pixi.stderr().join("\n");
    assert!(stderr.contains("********"), "{stderr}");
    assert!(
        stderr.contains("the secret `EMPTY` has no value"),
        "{stderr}"
    );
    no_piece(&PIECES, "stderr", stderr.as_bytes());
    no_piece(&PIECES, "the answer", format!("{answer:?}").as_bytes());
    look_around(&PIECES, project.dir());
    (project, answer)
}

#[track_caller]
fn no_piece(pieces: &[&str], place: &str, content: &[u8]) {
    for piece in pieces {
        let found = content
            .windows(piece.len())
            .position(|bytes| bytes == piece.as_bytes());
        if let Some(at) = found {
            let around = &content[at.saturating_sub(80)..(at + 80).min(content.len())];
            panic!("{piece} is in {place}: {}", String::from_utf8_lossy(around));
        }
    }
}

/// Checks every file below a directory, except the files that the build installed.
fn look_around(pieces: &[&str], folder: &Path) {
    let walk = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .filter_entry(|entry| entry.file_name() != "share")
        .build();
    for entry in walk {
        let path = entry.expect("own folder").into_path();
        if path.is_file() {
            let content = fs_err::read(&path).expect("own file");
            no_piece(pieces, &path.display().to_string(), &content);
        }
    }
}

#[test]
fn a_secret_is_in_no_log_whatever_its_form() {
    let (project, answer) = build("");
    answer.expect("an empty package is one");
    let log = project.build_work("hello").join("debug/build.log");
    let log = fs_err::read_to_string(log).expect("a log");
    assert!(log.matches("********").count() >= 2 * FORMS.len(), "{log}");
}

#[test]
fn a_secret_is_in_no_log_of_a_build_that_is_killed() {
    let (project, mut pixi, build) = prepare("wait");
    pixi.send("conda/build_v1", build.params());
    let log = project.build_work("hello").join("debug/build.log");
    let masks = || fs_err::read_to_string(&log).map_or(0, |log| log.matches("********").count());
    wait_for("every form to be printed", || masks() >= 2 * FORMS.len());
    kill("-KILL", pixi.id());
    pixi.finish();
    look_around(&PIECES, project.dir());
}

#[test]
fn a_secret_is_in_no_error() {
    let (_, answer) = build("fail");
    let error = answer.expect_err("cargo failed");
    let message = error["data"]["message"].as_str().expect("a message");
    assert!(message.contains("********"), "{message}");
}

#[test]
fn a_package_that_gives_a_secret_away_is_refused() {
    let (project, answer) = build("install");
    let error = answer.expect_err("the secret is in the package");
    assert_eq!(error["data"]["code"], "build::secret_in_package");
    let packages = project.build_work("hello").join("output/linux-64");
    let packages = fs_err::read_dir(packages).expect("it was made");
    let names = packages.map(|entry| entry.expect("own folder").file_name());
    let names: Vec<_> = names
        .filter(|name| name.to_string_lossy().contains("conda"))
        .collect();
    assert!(names.is_empty(), "{names:?}");
}

#[test]
fn credentials_of_channels_are_nowhere() {
    let project = Project::hello();
    let channel = talkative(project.cache());
    let pieces = ["pa55word", "t0k3n"];
    let secret = [
        "https://me:pa55word@conda.example/channel",
        "https://conda.example/t/t0k3n/channel",
    ];
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::of(&project));
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).set("channels", json!(secret)));
    let mut build = Build::prepare(&outputs[0], &work, &channel).set("channels", json!(secret));
    let mut prefix = build.params()["hostPrefix"].clone();
    let record = json!(channel.records()[0]).to_string();
    let record = record.replace("file://", "https://me:pa55word@conda.example/t/t0k3n");
    prefix["packages"] = json!([serde_json::from_str::<Value>(&record).expect("still JSON")]);
    build = build.set("hostPrefix", prefix);
    pixi.build(&build).expect("an empty package is one");
    no_piece(&pieces, "stderr", pixi.stderr().join("\n").as_bytes());
    look_around(&pieces, project.dir());
}
