//! Many backends of one workspace at the same time.

use indoc::formatdoc;
use serde_json::json;

use test_support::archive::Archive;
use test_support::build::Build;
use test_support::pixi::Pixi;
use test_support::prefix::output;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain;

const PACKAGES: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// Four packages whose binaries have the same name, with a common dependency.
fn workspace() -> Project {
    let members = PACKAGES.map(|name| format!("\"{name}\"")).join(", ");
    let project = Project::new().file(
        "Cargo.toml",
        formatdoc!(
            r#"
            [workspace]
            members = [{members}]
            resolver = "3"
        "#
        ),
    );
    let project = PACKAGES.iter().fold(project, |project, name| {
        project
            .file(
                &format!("{name}/Cargo.toml"),
                formatdoc!(r#"
                        [package]
                        name = "{name}"
                        version = "1.0.0"
                        edition = "2024"

                        [[bin]]
                        name = "tool"
                        path = "main.rs"

                        [dependencies]
                        itoa = "1"
                    "#
                ),
            )
            .file(
                &format!("{name}/main.rs"),
                formatdoc!(r#"
                        fn main() {{
                            println!("{name} {{}} {{}}", env!("ROUND"), itoa::Buffer::new().format(42));
                        }}
                    "#
                ),
            )
            .file(
                &format!("{name}/pixi.toml"),
                "[package.build.backend]\nname = \"pixi-build-rust\"\n",
            )
    });
    project.lock()
}

/// Acts as one backend in one round: it requests outputs, or it builds and checks the package.
/// Two backends have the same package, in different work directories.
fn take_part(project: &Project, number: usize, round: usize) {
    let name = PACKAGES[number % PACKAGES.len()];
    let work = project.build_work(&format!("{name}-{}", number / PACKAGES.len()));
    let mut pixi = Pixi::start();
    pixi.initialize(
        &Initialize::member(project, name)
            .configuration(json!({"env": {"ROUND": (round / 3).to_string()}})),
    );
    let ask = Outputs::new(&work).channel(toolchain::channel());
    let outputs = pixi.outputs(&ask);
    assert_eq!(outputs[0]["metadata"]["name"], name);
    if (number + round).is_multiple_of(3) {
        assert_eq!(pixi.outputs(&ask), outputs);
        return;
    }
    let build = Build::prepare(&outputs[0], &work, toolchain::channel());
    let answer = pixi.build(&build).unwrap_or_else(|error| {
        panic!(
            "{name} in round {round}: {error:#}\n{}",
            pixi.stderr().join("\n")
        );
    });
    let archive = Archive::open(answer["output_file"].as_str().expect("checked"));
    archive.check_paths();
    assert_eq!(archive.files(), ["bin/tool"]);
    let mut tool = std::process::Command::new(archive.root().join("bin/tool"));
    assert_eq!(output(&mut tool), format!("{name} {} 42", round / 3));
}

fn rounds(rounds: usize) {
    let project = workspace();
    for round in 0..rounds {
        std::thread::scope(|scope| {
            for number in 0..8 {
                let project = &project;
                scope.spawn(move || take_part(project, number, round));
            }
        });
    }
}

#[test]
fn eight_backends_do_not_disturb_each_other() {
    rounds(2);
}

#[test]
#[ignore = "soak: tests/soak.sh runs it; twenty rounds of eight backends take minutes"]
fn eight_backends_do_not_disturb_each_other_in_twenty_rounds() {
    rounds(20);
}
