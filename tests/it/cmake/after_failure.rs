//! Builds after a failed one in the same tree, which must not use what it left.

use std::time::{Duration, SystemTime};

use indoc::indoc;

use super::project;
use test_support::cmake::{Order, PackageBuilder};
use test_support::project::Project;

/// A program whose first build fails. `None` without CMake.
fn failed(project: Project) -> Option<PackageBuilder> {
    let workshop = PackageBuilder::open(project, |_| {})?;
    let error = workshop.error(Order::default());
    assert!(error.contains("failed with exit code 1"), "{error}");
    Some(workshop)
}

/// Writes a source that is older than every object of the last build.
fn write_older(workshop: &PackageBuilder, path: &str, text: &str) {
    workshop.project.write(path, text);
    let file = fs_err::File::options()
        .write(true)
        .open(workshop.project.dir().join(path));
    let file = file.expect("the test owns the file");
    let time = SystemTime::now() - Duration::from_secs(24 * 60 * 60);
    file.file()
        .set_modified(time)
        .expect("the test owns the file");
}

#[test]
fn a_source_that_is_added_to_a_pattern_is_compiled() {
    let project = project(indoc! {"
        file(GLOB SOURCES src/*.c)
        add_executable(app ${SOURCES})
        install(TARGETS app)
    "})
    .file(
        "src/main.c",
        "int other(); int main() { return other(); }\n",
    );
    let Some(workshop) = failed(project) else {
        return;
    };
    workshop
        .project
        .write("src/other.c", "int other() { return 0; }\n");
    let built = workshop.build(Order::default());
    assert_eq!(built.compiled(), ["other.c"]);
}

#[test]
fn a_script_that_is_corrected_runs_again() {
    let script = |text: &str| format!("file(WRITE ${{FILE}} \"{text}\")\n");
    let project = project(indoc! {"
        add_custom_command(OUTPUT made.h
          COMMAND ${CMAKE_COMMAND} -DFILE=${CMAKE_BINARY_DIR}/made.h -P ${CMAKE_SOURCE_DIR}/make.cmake)
        add_executable(app main.c made.h)
        target_include_directories(app PRIVATE ${CMAKE_BINARY_DIR})
        install(TARGETS app)
    "})
    .file("main.c", "#include \"made.h\"\nint main() { return MADE; }\n")
    .file("make.cmake", script("no code"));
    let Some(workshop) = failed(project) else {
        return;
    };
    workshop
        .project
        .write("make.cmake", script("#define MADE 0"));
    workshop.build(Order::default());
}

#[test]
fn an_option_whose_default_changes_counts() {
    let lists = |default: &str| {
        format!(
            "option(MANUAL \"\" {default})\nadd_executable(app main.c)\ninstall(TARGETS app)\n\
             if(MANUAL)\n  install(FILES manual.txt DESTINATION share)\nendif()\n"
        )
    };
    let project = project(&lists("OFF"))
        .file("main.c", "int main() { return undeclared; }\n")
        .file("manual.txt", "");
    let Some(workshop) = failed(project) else {
        return;
    };
    workshop
        .project
        .write("main.c", "int main() { return 0; }\n");
    workshop
        .project
        .write("CMakeLists.txt", format!("{}{}", super::HEAD, lists("ON")));
    let built = workshop.build(Order::default());
    assert!(built.archive.has("share/manual.txt"));
}

#[test]
fn a_source_that_an_older_file_replaces_is_compiled() {
    let other = |value: u32| format!("#include <stdio.h>\nvoid other() {{ puts(\"{value}\"); }}\n");
    let main = "void other(); int main() { other(); return 0; }\n";
    let project = project("add_executable(app other.c main.c)\ninstall(TARGETS app)\n")
        .file("other.c", other(1))
        .file("main.c", "int main() { return undeclared; }\n");
    let Some(workshop) = failed(project) else {
        return;
    };
    write_older(&workshop, "other.c", &other(2));
    workshop.project.write("main.c", main);
    assert_eq!(workshop.build(Order::default()).says("bin/app"), "2");

    // The failed build compiles what the next build must not use.
    workshop.project.write("other.c", other(3));
    workshop
        .project
        .write("main.c", "int main() { return undeclared; }\n");
    workshop.error(Order::default());
    write_older(&workshop, "other.c", &other(2));
    workshop.project.write("main.c", main);
    let built = workshop.build(Order::default());
    assert_eq!(built.says("bin/app"), "2");

    workshop.project.write("main.c", format!("{main}\n"));
    let built = workshop.build(Order::default());
    assert_eq!(built.compiled(), ["main.c"]);
    assert!(!built.configured(), "{}", built.log);
}
