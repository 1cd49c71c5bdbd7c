//! The requests of the test support have the form of pixi's requests.

use pixi_build_backends::protocol::{build, initialize, outputs};
use serde_json::{Value, json};

use test_support::build::Build;
use test_support::channel::Channel;
use test_support::machine::machine;
use test_support::packages::Package;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain::{self, channel, gcc_name, rust_name};

/// One output, as a backend describes it.
fn output(host: Value, run: Value) -> Value {
    json!({
        "metadata": {
            "name": "hello", "version": "0.3.1", "build": "hb0f4dca_0", "buildNumber": 0,
            "subdir": machine().subdir, "noarch": false,
            "variant": {"target_platform": "linux-64"},
        },
        "buildDependencies": {"depends": [
            {"name": rust_name(), "binary": {"version": null}},
            {"name": gcc_name(), "binary": {"version": "*"}},
        ], "constraints": []},
        "hostDependencies": {"depends": host, "constraints": []},
        "runDependencies": {"depends": run, "constraints": [
            {"name": "oldtool", "binary": {"version": ">=2"}},
        ]},
        "ignoreRunExports": {"byName": [], "fromPackage": []},
        "runExports": {
            "weak": [{"name": "hello", "source": {"path": {"path": "."}, "version": ">=0.3.1,<0.4.0a0"}}],
            "strong": [], "noarch": [], "weakConstrains": [], "strongConstrains": [],
        },
    })
}

fn names(packages: &Value) -> Vec<&str> {
    let packages = packages.as_array().expect("a list of records");
    packages
        .iter()
        .map(|record| record["name"].as_str().expect("records have names"))
        .collect()
}

#[test]
fn a_build_request_matches_the_recorded_one() {
    let project = Project::new();
    let work = project.build_work("hello");
    let build = Build::prepare(&output(json!([]), json!([])), &work, channel());
    let params = build.params();

    let gcc = gcc_name();
    let libgcc = json!({
        "spec": {"name": "libgcc", "version": ">=12"},
        "source": {"type": "runExport", "from": "build", "runExport": gcc},
    });
    assert_eq!(
        params["buildPrefix"]["dependencies"],
        json!([
            {"spec": {"name": rust_name()}, "source": null},
            {"spec": {"name": gcc}, "source": null},
        ])
    );
    assert!(names(&params["buildPrefix"]["packages"]).contains(&"rust"));
    assert_eq!(params["hostPrefix"]["dependencies"], json!([libgcc]));
    assert_eq!(names(&params["hostPrefix"]["packages"]), ["libgcc"]);
    assert_eq!(params["runDependencies"], json!([libgcc]));
    assert_eq!(
        params["runConstraints"],
        json!([
            {"spec": {"name": "oldtool", "version": ">=2"}, "source": null},
        ])
    );
    assert_eq!(
        params["runExports"]["weak"],
        json!([
            {"spec": {"name": "hello", "version": ">=0.3.1,<0.4.0a0"}, "source": null},
        ])
    );
    assert_eq!(
        params["output"]["variant"],
        json!({"target_platform": "linux-64"})
    );
    assert_eq!(params["workDirectory"], json!(work));

    assert!(build.build_prefix().join("bin/cargo").is_file());
    assert!(build.host_prefix().join("lib/libgcc_s.so.1").is_file());
    serde_json::from_value::<build::Params>(params).expect("the backend can read it");
}

#[test]
fn run_exports_and_pins_of_host_packages_reach_the_run_dependencies() {
    let project = Project::new();
    let temp = tempfile::tempdir().expect("a folder");
    let mut channel = Channel::new(temp.path());
    channel.include(toolchain::channel());
    channel.add(Package::new("libinner", "1.0").run_exports_weak(["libinner >=1"]));
    channel.add(
        Package::new("libfrob", "1.4.2")
            .depends(["libinner"])
            .run_exports_weak(["libfrob >=1.4.2,<2"])
            .run_exports_strong(["unwanted"]),
    );
    let mut output = output(
        json!([{"name": "libfrob", "binary": {"version": ">=1", "channel": "https://conda.example/frob/"}}]),
        json!([{"name": "libfrob", "pinCompatible": {
            "lowerBound": {"expression": "x.x"}, "upperBound": {"expression": "x"},
        }}]),
    );
    output["ignoreRunExports"]["byName"] = json!(["unwanted"]);
    output["ignoreRunExports"]["fromPackage"] = json!([gcc_name()]);
    let build = Build::prepare(&output, &project.build_work("hello"), &channel);
    let params = build.params();

    assert_eq!(
        params["hostPrefix"]["dependencies"],
        json!([{
            "spec": {
                "name": "libfrob", "version": ">=1",
                "channel": {"base_url": "https://conda.example/frob/"},
            },
            "source": null,
        }])
    );
    assert_eq!(
        names(&params["hostPrefix"]["packages"]),
        ["libfrob", "libinner"]
    );
    assert_eq!(
        params["runDependencies"],
        json!([
            {"spec": {"name": "libfrob", "version": ">=1.4,<2.0a0"}, "source": null},
            {
                "spec": {"name": "libfrob", "version": ">=1.4.2,<2"},
                "source": {"type": "runExport", "from": "host", "runExport": "libfrob"},
            },
        ])
    );
}

#[test]
fn an_answer_is_checked_as_pixi_checks_it() {
    let project = Project::new();
    let work = project.build_work("hello");
    let build = Build::prepare(&output(json!([]), json!([])), &work, channel());
    let archive = project.dir().join("hello-0.3.1-hb0f4dca_0.conda");
    project.write("hello-0.3.1-hb0f4dca_0.conda", "");
    let answer = json!({
        "output_file": archive, "input_globs": ["src/**"], "name": "hello", "version": "0.3.1",
        "build": "hb0f4dca_0", "subdir": machine().subdir,
    });
    build.check(&answer);

    let wrong = [
        ("version", json!("0.3.2")),
        ("output_file", json!("hello-0.3.1-hb0f4dca_0.conda")),
        ("output_file", json!(project.dir().join("Cargo.toml"))),
        ("input_globs", json!(["/src/**"])),
    ];
    for (key, value) in wrong {
        let mut answer = answer.clone();
        answer[key] = value;
        let checked = std::panic::catch_unwind(|| build.check(&answer));
        assert!(checked.is_err(), "{answer:#}");
    }
}

#[test]
fn earlier_requests_can_be_read_by_the_backend() {
    let project = Project::hello();
    let params = Initialize::of(&project)
        .package("hello", "0.3.1")
        .dependency("hostDependencies", "openssl", ">=3")
        .configuration(json!({"extra-args": ["--offline"]}))
        .params();
    assert_eq!(
        params["manifestPath"],
        json!(project.dir().join("pixi.toml"))
    );
    assert_eq!(params["projectModel"]["license"], Value::Null);
    serde_json::from_value::<initialize::Params>(params).expect("the backend can read it");

    let work = project.metadata_work("hello");
    let params = Outputs::new(&work).channel(channel()).params();
    serde_json::from_value::<outputs::Params>(params).expect("the backend can read it");
}

#[test]
fn a_project_is_a_locked_crate() {
    let project = Project::hello();
    let lock = fs_err::read_to_string(project.dir().join("Cargo.lock")).expect("it is locked");
    assert!(lock.contains("name = \"hello\""), "{lock}");
    project.write("src/main.rs", "fn main() {}\n");
    project.remove("Cargo.lock");
    assert!(!project.dir().join("Cargo.lock").exists());
}
