//! Compares builds of a CMake project with CMake and ninja alone.
//!
//! `cargo bench --bench cmake` builds forty C++ files that include `<regex>`. Half of them also
//! include a header of a package. It prints each case beside plain `cmake -G Ninja`, `ninja`
//! and `cmake --install` of the same sources in the same run.

use std::fmt::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use test_support::cmake::{BACKEND, Built, Order, PackageBuilder};
use test_support::comparison::Comparison;
use test_support::packages::Package;
use test_support::prefix::output;
use test_support::project::Project;

const UNITS: usize = 40;

fn main() {
    let Some(workshop) = PackageBuilder::open(project(), packages) else {
        return;
    };
    let cold_alone = alone(&workshop, true);
    let print = |case: &str, backend: Duration| {
        let times = Comparison {
            backend,
            alone: cold_alone,
        };
        times.print_ratio(case, "the same alone, cold");
    };
    let (cold, built) = build(&workshop, "first", &HOST);
    print("everything cold", cold);
    assert_eq!(built.compiled().len(), UNITS + 1);

    let more = [HOST[0], ("data", "*")];
    let (changed, built) = build(&workshop, "second", &more);
    print("one more host package", changed);
    assert_eq!(built.compiled().len(), 0);

    let newer = [("header", "==2"), ("data", "*")];
    let (changed, built) = build(&workshop, "third", &newer);
    print("another header package", changed);
    assert_eq!(built.compiled().len(), UNITS / 2);

    alone(&workshop, false);
    workshop
        .project
        .write("main.cpp", main_source() + "// edited\n");
    let alone = alone(&workshop, false);
    let (backend, built) = build(&workshop, "third", &newer);
    assert_eq!(built.compiled(), ["main.cpp"]);
    Comparison { backend, alone }.print_difference("one-line edit");
}

const HOST: [(&str, &str); 1] = [("header", "==1")];

fn packages(channel: &mut test_support::channel::Channel) {
    for version in ["1", "2"] {
        let text = format!("#define HEADER {version}\n");
        channel.add(Package::new("header", version).file("include/header.h", text));
    }
    channel.add(Package::new("data", "1").file("share/data.txt", "data\n"));
}

fn main_source() -> String {
    "int main() { return 0; }\n".to_string()
}

fn project() -> Project {
    let mut project = Project::of(BACKEND)
        .pixi_toml("[package]\nname = \"app\"\n")
        .file("main.cpp", main_source());
    let mut sources = String::new();
    for unit in 0..UNITS {
        let header = match unit % 2 {
            0 => "#if __has_include(<header.h>)\n#include <header.h>\n#endif\n",
            _ => "",
        };
        let text = format!(
            "{header}#include <regex>\nbool unit{unit}(const char *text) {{\n  \
             return std::regex_match(text, std::regex(\"a*{unit}\"));\n}}\n"
        );
        let _ = write!(sources, " unit{unit}.cpp");
        project = project.file(&format!("unit{unit}.cpp"), text);
    }
    project.file(
        "CMakeLists.txt",
        format!(
            "cmake_minimum_required(VERSION 3.15)\nproject(app VERSION 1.0 LANGUAGES CXX)\n\
             add_executable(app main.cpp{sources})\ninstall(TARGETS app)\n"
        ),
    )
}

fn build(workshop: &PackageBuilder, work: &str, host: &[(&str, &str)]) -> (Duration, Built) {
    workshop.timed(Order {
        work,
        host,
        ..Order::default()
    })
}

/// Returns the time that CMake and ninja alone need, with the flags of conda's compilers.
fn alone(workshop: &PackageBuilder, anew: bool) -> Duration {
    let source = workshop.project.dir();
    let tree = workshop.project.cache().join("alone");
    let start = Instant::now();
    let run = |arguments: &[&str]| {
        let mut command = Command::new("cmake");
        command.args(arguments).current_dir(source);
        command.env("CXXFLAGS", "-fvisibility-inlines-hidden -ftree-vectorize -fPIC -fstack-protector-strong -fno-plt -O2 -ffunction-sections -pipe");
        output(&mut command);
    };
    let tree = tree.to_str().expect("temporary paths are UTF-8");
    if anew {
        run(&[
            "-G",
            "Ninja",
            "-S",
            ".",
            "-B",
            tree,
            "-DCMAKE_BUILD_TYPE=Release",
        ]);
    }
    run(&["--build", tree]);
    let prefix = format!("{tree}/prefix");
    run(&["--install", tree, "--prefix", &prefix]);
    start.elapsed()
}
