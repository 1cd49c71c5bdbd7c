//! Hostile input, sent through the functions that the fuzz targets also call.

#[path = "../../../fuzz/src/lib.rs"]
mod ways_in;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bstr::{ByteSlice, ByteVec};
use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use indoc::{formatdoc, indoc};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use test_support::fixtures::{Fixture, requests};

/// A function that accepts input, with the name of its fuzz target.
type WayIn = (&'static str, fn(&[u8]));

const WAYS_IN: [WayIn; 6] = [
    ("line", ways_in::line),
    ("initialize", ways_in::initialize),
    ("outputs", ways_in::outputs),
    ("build_v1", ways_in::build_v1),
    ("manifest", ways_in::manifest),
    ("cargo_toml", ways_in::cargo_toml),
];

/// The initial inputs: the sessions and projects of the fixtures.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for fixture in Fixture::all() {
        let exchanges = || fixture.processes.iter().map(Vec::as_slice);
        let params = |method: &'static str| -> Vec<Value> {
            let all = exchanges().flat_map(|process| requests(process, method));
            all.map(|request| request.params.clone()).collect()
        };
        let found: Vec<String> = match target {
            "line" => ["negotiateCapabilities", "initialize"]
                .into_iter()
                .flat_map(|method| {
                    let line = move |params| {
                        serde_json::json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
                    };
                    params(method).into_iter().map(line)
                })
                .map(|line| line.to_string())
                .collect(),
            "initialize" => params("initialize").iter().map(Value::to_string).collect(),
            "outputs" => params("conda/outputs").iter().map(Value::to_string).collect(),
            "build_v1" => params("conda/build_v1").iter().map(Value::to_string).collect(),
            "manifest" => texts(fixture.project.dir(), "pixi.toml"),
            _ => texts(fixture.project.dir(), "Cargo.toml"),
        };
        seeds.extend(found.into_iter().map(String::into_bytes));
    }
    if target == "manifest" {
        let rich = include_str!("../../../src/project/load/tests/fixtures/rich.toml");
        seeds.push(rich.as_bytes().to_vec());
    }
    assert!(!seeds.is_empty(), "{target}");
    seeds
}

/// The contents of all files with this name below a directory.
fn texts(folder: &Path, name: &str) -> Vec<String> {
    let walk = ignore::WalkBuilder::new(folder).hidden(false).build();
    walk.map(|entry| entry.expect("own folder").into_path())
        .filter(|path| path.file_name().is_some_and(|found| found == name))
        .map(|path| fs_err::read_to_string(path).expect("own file"))
        .collect()
}

/// Text that is difficult for parsers.
fn odd() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop_oneof![
        Just("null"),
        Just("-0"),
        Just("1e999"),
        Just("184467440737095516160"),
        Just("-1"),
        Just("{}"),
        Just("[]"),
        Just("\"\""),
        Just("\\u0000"),
        Just("\u{0}"),
        Just("\u{1b}[31m"),
        Just("\u{202e}"),
        Just("../../"),
        Just("${{ x }}"),
        Just("\r"),
        Just("é"),
        Just("\u{10ffff}"),
        Just("true"),
        Just("\\ud800"),
        Just("[[["),
        Just("{{"),
        Just("'''"),
        Just("\"\"\""),
        Just("="),
        Just("."),
    ];
    prop_oneof![
        4 => pieces.prop_map(|piece| piece.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ]
}

/// A seed in which parts are replaced, or text is inserted.
fn changed(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let change = (
        any::<prop::sample::Index>(),
        0..24usize,
        odd(),
        any::<bool>(),
    );
    let changes = proptest::collection::vec(change, 0..6);
    (prop::sample::select(seeds), changes).prop_map(|(mut data, changes)| {
        for (index, length, odd, keeps) in changes {
            let start = index.index(data.len() + 1);
            let end = (start + length).min(data.len());
            let end = if keeps { start } else { end };
            data.splice(start..end, odd);
        }
        data
    })
}

/// Sends modified seeds until `ends` returns true, and returns their number.
fn send(target: &str, way_in: fn(&[u8]), mut ends: impl FnMut(u64) -> bool) -> u64 {
    let strategy = changed(seeds(target));
    let mut runner = TestRunner::new(Config::default());
    let mut sent = 0;
    while !ends(sent) {
        let data = strategy
            .new_tree(&mut runner)
            .expect("nothing is rejected")
            .current();
        survives(target, way_in, &data);
        sent += 1;
    }
    sent
}

fn survives(target: &str, way_in: fn(&[u8]), data: &[u8]) {
    let before = Instant::now();
    let survived = std::panic::catch_unwind(|| way_in(data));
    let text = String::from_utf8_lossy(data);
    assert!(survived.is_ok(), "{target} does not survive {text:?}");
    assert!(
        before.elapsed() < Duration::from_secs(20),
        "{target} hangs at {text:?}"
    );
}

#[test]
fn changed_fixtures_are_survived() {
    for (target, way_in) in WAYS_IN {
        send(target, way_in, |sent| sent == 150);
    }
}

#[test]
#[ignore = "soak: tests/soak.sh runs it, SECONDS_A_TARGET for each way in, for machines without cargo-fuzz"]
fn changed_fixtures_are_survived_for_long() {
    let seconds = std::env::var("SECONDS_A_TARGET").ok();
    let seconds = seconds
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(60);
    for (target, way_in) in WAYS_IN {
        let end = Instant::now() + Duration::from_secs(seconds);
        let sent = send(target, way_in, |_| Instant::now() > end);
        eprintln!("{target}: {sent} inputs");
    }
}

#[test]
#[ignore = "soak: tests/soak.sh runs it; writes fuzz/corpus, which cargo-fuzz begins with"]
fn seeds_are_written() {
    for (target, _) in WAYS_IN {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fuzz/corpus")
            .join(target);
        fs_err::create_dir_all(&folder).expect("own folder");
        let known = [seeds(target), kept(target)].concat();
        for (number, seed) in known.into_iter().enumerate() {
            fs_err::write(folder.join(format!("known-{number}")), seed).expect("own folder");
        }
    }
}

/// The compressed file with one input per line. The inputs are a minimal set that reaches all
/// code that fuzzing has reached.
fn corpus(target: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/robustness/corpus");
    folder.join(format!("{target}.txt.gz"))
}

fn kept(target: &str) -> Vec<Vec<u8>> {
    let file = fs_err::File::open(corpus(target)).expect("it is kept");
    let mut text = String::new();
    let read = GzDecoder::new(file).read_to_string(&mut text);
    read.expect("own file");
    text.lines().map(Vec::unescape_bytes).collect()
}

#[test]
fn what_fuzzing_found_is_survived() {
    for (target, way_in) in WAYS_IN {
        let inputs = kept(target);
        assert!(!inputs.is_empty(), "{target}");
        for data in inputs {
            survives(target, way_in, &data);
        }
    }
}

#[test]
#[ignore = "soak: tests/soak.sh runs it after fuzzing; writes tests/it/robustness/corpus"]
fn what_fuzzing_found_is_kept() {
    for (target, _) in WAYS_IN {
        let minimal = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/minimal");
        let files = fs_err::read_dir(minimal.join(target)).expect("soak.sh has made it");
        let mut lines: Vec<String> = files
            .map(|file| fs_err::read(file.expect("own folder").path()).expect("own file"))
            .map(|data| data.escape_bytes().to_string())
            .collect();
        lines.sort_by_key(|line| (line.len(), line.clone()));
        let file = fs_err::File::create(corpus(target)).expect("own folder");
        let mut compressed = GzBuilder::new().write(file, Compression::best());
        let written = compressed.write_all((lines.join("\n") + "\n").as_bytes());
        written.expect("own folder");
        compressed.finish().expect("own folder");
    }
}

/// Named inputs for every function.
fn nasty() -> Vec<(&'static str, Vec<u8>)> {
    let json = |text: &str| text.as_bytes().to_vec();
    let deep =
        |open: &str, close: &str| (open.repeat(100_000) + &close.repeat(100_000)).into_bytes();
    vec![
        ("nothing", Vec::new()),
        ("NUL", b"\0".to_vec()),
        ("invalid UTF-8", b"\xff\xfe{\x80}".to_vec()),
        ("deep lists", deep("[", "]")),
        ("deep objects", deep("{\"a\":", "}")),
        (
            "deep list in TOML",
            [b"a = ".to_vec(), deep("[", "]")].concat(),
        ),
        (
            "deep tables in TOML",
            format!("[{}a]", "a.".repeat(50_000)).into_bytes(),
        ),
        (
            "deep inline tables in TOML",
            [b"a = ".to_vec(), deep("{a=", "}")].concat(),
        ),
        (
            "a huge number",
            json(&format!(
                "{{\"jsonrpc\":\"2.0\",\"id\":{}}}",
                "9".repeat(100_000)
            )),
        ),
        (
            "huge numbers in TOML",
            json(&formatdoc!(
                "
                    [package]
                    version = {0}
                    build-number = {0}",
                "9".repeat(100_000)
            )),
        ),
        ("long text", vec![b'a'; 1_000_000]),
        (
            "a long name in TOML",
            json(&format!("[package]\nname = \"{}\"", "a".repeat(500_000))),
        ),
        (
            "doubled keys",
            json(
                "{\"id\":1,\"id\":2,\"method\":\"initialize\",\"method\":\"x\",\"manifestPath\":1,\"manifestPath\":2}",
            ),
        ),
        (
            "doubled keys in TOML",
            json(indoc! {r#"
                [package]
                name = "a"
                name = "b"
                [package]"#}),
        ),
        (
            "a path for a name",
            json(indoc! {r#"
                    [package]
                    name = "../../etc/passwd"
                    version = "../1"
                    [package.build.backend]
                    name = "pixi-build-rust""#}),
        ),
        (
            "control signs",
            json(indoc! {r#"
                [package]
                name = "a\u001b[31mb\u0007"
                version = "1\u0000""#}),
        ),
        (
            "marks from right to left",
            json("[package]\nname = \"a\u{202e}b\u{2066}\"\nversion = \"\u{200f}1\""),
        ),
        (
            "carriage returns",
            json("[package]\rname = \"a\"\r\r\nversion = \"1\"\r\n"),
        ),
        (
            "a byte order mark",
            b"\xef\xbb\xbf[package]\nname = \"a\"".to_vec(),
        ),
    ]
}

#[test]
fn nasty_inputs_are_survived() {
    for (name, data) in nasty() {
        println!("{name}");
        for (target, way_in) in WAYS_IN {
            survives(target, way_in, &data);
        }
    }
}

/// Parameters of `initialize` with `text` as every value that is text.
fn everywhere(text: &str) -> Value {
    serde_json::json!({
        "manifestPath": "pixi.toml",
        "projectModel": {
            "name": text, "version": text, "buildStringPrefix": text, "description": text,
            "license": text, "homepage": text, "licenseFile": text, "authors": [text],
            "targets": {"defaultTarget": {"runDependencies": {text: {"binary": {"version": text}}}}},
        },
        "configuration": {"extra-args": [text], "binaries": [text], "env": {"A": text}, "compilers": [text]},
    })
}

#[test]
fn nasty_text_is_survived_in_every_place() {
    for text in [
        "",
        " ",
        "\0",
        "\u{1b}[31m",
        "\u{202e}x",
        "../../x",
        "a/b",
        "${{ x }}",
        "{%",
        "\n",
        "\r\n",
        "\\",
        "\"",
        "%",
        "é",
        "\u{10ffff}",
        "*",
        "==1",
        ">=1,<",
        "[",
        "(",
        "1e9",
        "-",
        "_",
        ".",
        "a b c",
        "::",
        "noarch/",
        "https://u:p@h/t/tk/x",
    ] {
        for (member, value) in everywhere(text).as_object().expect("an object") {
            let mut one = serde_json::json!({"manifestPath": "pixi.toml", "projectModel": {}});
            one[member] = value.clone();
            ways_in::initialize(one.to_string().as_bytes());
        }
        ways_in::initialize(everywhere(text).to_string().as_bytes());
    }
}
