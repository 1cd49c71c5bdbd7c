//! `conda/build_v1` with the real cargo: the package contains the values of the request.

use std::path::Path;

use indoc::indoc;
use serde_json::{Value, json};

use test_support::archive::Archive;
use test_support::build::Build;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain::channel;

/// A package that can be built any number of times.
struct Job {
    project: Project,
    pixi: Pixi,
    build: Build,
}

impl Job {
    fn new(model: Value) -> Self {
        let project = Project::hello();
        let mut pixi = Pixi::start();
        pixi.initialize(
            &Initialize::of(&project)
                .package("hello", "0.3.1")
                .model(model),
        );
        let work = project.build_work("hello");
        let outputs = pixi.outputs(&Outputs::new(&work).channel(channel()));
        let build = Build::prepare(&outputs[0], &work, channel());
        Self {
            project,
            pixi,
            build,
        }
    }

    /// Builds with these members of the request.
    #[track_caller]
    fn package(&mut self, members: Value) -> Archive {
        let mut build = self.build.clone();
        for (key, value) in members.as_object().expect("an object") {
            build = build.set(key, value.clone());
        }
        let answer = self.pixi.build(&build).unwrap_or_else(|error| {
            panic!("{error:#}\n{}", self.pixi.stderr().join("\n"));
        });
        test_support::strict::build(&answer).unwrap_or_else(|fault| panic!("{fault}: {answer:#}"));
        Archive::open(answer["output_file"].as_str().expect("checked"))
    }
}

fn dep(spec: Value) -> Value {
    json!({"spec": spec, "source": null})
}

#[test]
fn every_package_format_is_made_where_it_was_asked_for() {
    let mut job = Job::new(json!({}));
    let work = job.project.build_work("hello");
    let dist = job.project.dir().join("dist");
    let level = |kind: &str, level: Value| json!({"archiveType": kind, "compressionLevel": level});
    let formats = [
        (Value::Null, "conda"),
        (json!({"archiveType": "conda"}), "conda"),
        (level("conda", json!("default")), "conda"),
        (level("conda", json!(-7)), "conda"),
        (level("conda", json!(1)), "conda"),
        (
            json!({"archiveType": "tar_bz2", "compressionLevel": null}),
            "tar.bz2",
        ),
        (level("tar_bz2", json!("lowest")), "tar.bz2"),
        (level("tar_bz2", json!("highest")), "tar.bz2"),
        (level("tar_bz2", json!(9)), "tar.bz2"),
    ];
    for (number, (format, extension)) in formats.into_iter().enumerate() {
        let (output, folder) = match number % 2 {
            0 => (Value::Null, work.join("output")),
            _ => (json!(dist), dist.clone()),
        };
        let archive = job.package(json!({
            "packageFormat": format, "outputDirectory": output, "editable": number % 3 == 0,
        }));
        let name = format!("linux-64/hello-0.3.1-hb0f4dca_0.{extension}");
        let expected = folder.join(name.replace("linux-64", subdir()));
        assert_eq!(archive.path(), Path::new(&expected));
        assert_eq!(archive.files(), ["bin/hello"]);
    }
}

fn subdir() -> &'static str {
    test_support::machine::machine().subdir.as_str()
}

#[test]
fn match_specs_of_api_4_become_the_same_package() {
    let mut job = Job::new(json!({}));
    let mut request = json!({
        "runDependencies": [
            dep(json!({"name": "openssl", "version": ">=3.5.1,<4.0a0"})),
            dep(json!({"name": "python", "version": "3.12.*", "build": "*_cpython"})),
            dep(json!({"name": "built", "build": "h*_1"})),
            dep(json!({"name": "channeled", "version": "1.7.*",
                       "channel": {"base_url": "https://c.example/forge", "name": "forge"}})),
            dep(json!({"name": "numbered", "version": ">=1", "build_number": ">=3"})),
            {"spec": {"name": "libgcc", "version": ">=14"},
             "source": {"type": "runExport", "from": "build", "runExport": "gcc_linux-64"}},
            {"spec": {"name": "odd"}, "source": {"type": "ofTheFuture", "runExport": 1}},
        ],
        "runConstraints": [dep(json!({"name": "oldtool", "version": ">=2"}))],
        "runExports": {"weak": [dep(json!({"name": "hello", "version": ">=0.3.1,<0.4.0a0"}))],
                       "strong": null, "weakConstrains": [dep(json!({"name": "oldtool"}))]},
    });
    let objects = job.package(request.clone());
    request["runDependencies"] = json!([
        dep(json!("openssl >=3.5.1,<4.0a0")),
        dep(json!("python 3.12.* *_cpython")),
        dep(json!("built * h*_1")),
        dep(json!("channeled 1.7.*[channel=\"https://c.example/forge\"]")),
        dep(json!("numbered[version='>=1', build_number='>=3']")),
        {"spec": "libgcc >=14",
         "source": {"type": "runExport", "from": "build", "runExport": "gcc_linux-64"}},
        {"spec": "odd", "source": null},
    ]);
    request["runConstraints"] = json!([dep(json!("oldtool >=2"))]);
    request["runExports"] = json!({"weak": [dep(json!("hello >=0.3.1,<0.4.0a0"))],
                                   "weakConstrains": [dep(json!("oldtool"))]});
    // Early releases of API 4 send fewer members.
    for key in [
        "extraDependencies",
        "packageFormat",
        "outputDirectory",
        "editable",
    ] {
        request[key] = Value::Null;
    }
    let texts = job.package(request);

    let depends = [
        "openssl >=3.5.1,<4.0a0",
        "python 3.12.* *_cpython",
        "built * h*_1",
        "channeled 1.7.*[channel=\"https://c.example/forge/\"]",
        "numbered >=1[build_number=\">=3\"]",
        "libgcc >=14",
        "odd",
    ];
    for archive in [objects, texts] {
        let index = archive.index();
        assert_eq!(index["depends"], json!(depends));
        assert_eq!(index["constrains"], json!(["oldtool >=2"]));
        assert_eq!(index.get("repodata_revision"), None, "{index:#}");
        assert_eq!(
            archive.run_exports(),
            json!({"weak": ["hello >=0.3.1,<0.4.0a0"], "weak_constrains": ["oldtool"]})
        );
    }
}

#[test]
fn extras_flags_and_conditions_need_metadata_of_revision_3() {
    let mut job = Job::new(json!({"buildFlags": ["tls:openssl"]}));
    let condition = json!({"And": [
        {"MatchSpec": {"name": "python", "version": ">=3.10"}}, {"MatchSpec": {"name": "__unix"}},
    ]});
    let archive = job.package(json!({
        "runDependencies": [dep(json!({"name": "helper", "version": ">=1", "condition": condition}))],
        "extraDependencies": {"completion": [dep(json!({"name": "shell", "extras": ["all"], "flags": ["fast"]}))]},
    }));
    let index = archive.index();
    assert_eq!(index["repodata_revision"], 3, "{index:#}");
    assert_eq!(index["flags"], json!(["tls:openssl"]));
    assert_eq!(
        index["depends"],
        json!(["helper[version=\">=1\",when=\"python>=3.10 and __unix\"]"])
    );
    assert_eq!(
        index["extra_depends"],
        json!({"completion": ["shell[extras=[all],flags=[fast]]"]})
    );
}

#[test]
fn prefixes_may_say_little() {
    let mut job = Job::new(json!({}));
    let prefix = |path: &Path| json!({"prefix": path, "platform": subdir(), "packages": null});
    let archive = job.package(json!({
        "channels": null,
        "buildPrefix": prefix(job.build.build_prefix()),
        "hostPrefix": prefix(job.build.host_prefix()),
        "runDependencies": null, "runConstraints": null, "runExports": null,
    }));
    assert!(archive.has("bin/hello"));
    assert_eq!(archive.index()["depends"], json!([]));
}

#[test]
fn secrets_reach_the_build_and_nothing_else_does() {
    let project = Project::hello().file(
        "build.rs",
        indoc! {r#"
            fn main() {
                        let token = std::env::var("A_TOKEN").expect("it is passed on");
                        println!("cargo::warning=the token is {token}");
                        assert!(std::env::var("OTHER_TOKEN").is_err());
                    }
        "#},
    );
    let mut pixi = Pixi::start_with(|command| {
        command.env("A_TOKEN", "hunter2-hunter2");
        command.env("OTHER_TOKEN", "x");
    });
    let initialize = Initialize::of(&project)
        .package("hello", "0.3.1")
        .model(json!({"secrets": ["A_TOKEN", "UNSET_TOKEN"]}));
    pixi.initialize(&initialize);
    let archive = pixi.package(&project, channel(), "hello");
    assert!(archive.has("bin/hello"));
    let seen = pixi.stderr().join("\n");
    assert!(seen.contains("the token is"), "{seen}");
    assert!(!seen.contains("hunter2"), "{seen}");
}
