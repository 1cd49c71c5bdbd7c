use super::*;

fn of(text: &str) -> CMakeProject {
    read(text, Path::new("/does-not-exist"))
}

fn name_and_version(text: &str) -> (Option<String>, Option<String>) {
    let project = of(text);
    (project.name, project.version)
}

fn pair(name: &str, version: Option<&str>) -> (Option<String>, Option<String>) {
    (Some(name.to_string()), version.map(str::to_string))
}

#[test]
fn literal_values_are_read() {
    let project = of(
        "cmake_minimum_required(VERSION 3.15...3.31)\nproject(hello VERSION 1.2.3 \
         DESCRIPTION \"a b\" HOMEPAGE_URL https://x.example SPDX_LICENSE MIT LANGUAGES C Fortran)\n",
    );
    assert_eq!(project.name.as_deref(), Some("hello"));
    assert_eq!(project.version.as_deref(), Some("1.2.3"));
    assert_eq!(project.description.as_deref(), Some("a b"));
    assert_eq!(project.homepage.as_deref(), Some("https://x.example"));
    assert_eq!(project.license.as_deref(), Some("MIT"));
    assert_eq!(project.languages, Some(vec!["C".into(), "Fortran".into()]));
    assert_eq!(project.minimum.expect("it is there").version, "3.15");
}

#[test]
fn an_included_file_may_set_the_version() {
    let folder = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs_err::create_dir_all(file.parent().expect("a directory")).expect("a directory");
        fs_err::write(file, text).expect("a file");
    };
    write(
        "cmake/version.cmake",
        "include(${CMAKE_CURRENT_LIST_DIR}/numbers.cmake)\nset(V ${M}.2)",
    );
    write("cmake/numbers.cmake", "set(M 1)");
    let read = |text: &str| read(text, folder.path());
    let project = read("include(cmake/version.cmake)\nproject(x VERSION ${V})");
    assert_eq!(project.version.as_deref(), Some("1.2"));
    assert_eq!(project.files.len(), 2);
    assert_eq!(project.computed_version, None);
    let project = read("include(version)\nproject(x VERSION ${V})");
    assert_eq!(project.version, None);
    assert!(project.computed_version.is_some());
    write("cmake/loop.cmake", "include(cmake/loop.cmake)");
    assert_eq!(
        read("include(cmake/loop.cmake)\nproject(x)")
            .name
            .as_deref(),
        Some("x")
    );
}

#[test]
fn languages_may_stand_behind_the_name_or_nowhere() {
    let languages = |text: &str| of(text).languages.expect("known").join(" ");
    assert_eq!(languages("project(x)"), "C CXX");
    assert_eq!(
        languages("project(x CXX)\nenable_language(CUDA)"),
        "CXX CUDA"
    );
    assert_eq!(languages("project(x LANGUAGES NONE)"), "");
    assert_eq!(of("project(x LANGUAGES ${L})").languages, None);
}

#[test]
fn a_variable_counts_when_it_is_set_once() {
    let text = |set: &str| format!("{set}\nproject(x VERSION ${{V}})");
    let known = [
        "set(V 1.2)",
        "set(M 1)\nset(V ${M}.2)",
        "set(V 1.2)\nmessage(STATUS V)",
    ];
    for set in known {
        assert_eq!(
            name_and_version(&text(set)),
            pair("x", Some("1.2")),
            "{set}"
        );
    }
    let unknown = [
        "",
        "set(V 1.1)\nset(V 1.2)",
        "if(A)\nset(V 1.1)\nendif()\nset(V 1.2)",
        "set(V 1.2)\nif(A)\nset(V 1.3)\nendif()",
        "set(V 1.2)\nget_version(V)",
        "set(V 1.2 CACHE STRING \"\")",
        "set(V ${A}.2)",
        "set(V v1.2)",
        "execute_process(COMMAND git OUTPUT_VARIABLE V)",
    ];
    for set in unknown {
        assert_eq!(name_and_version(&text(set)), pair("x", None), "{set}");
    }
}

#[test]
fn only_a_project_outside_of_blocks_counts() {
    assert_eq!(of("if(A)\nproject(x)\nendif()").name, None);
    let text = "function(f)\nproject(x)\nendfunction()\nproject(y VERSION 2)\nproject(z)";
    assert_eq!(name_and_version(text), pair("y", Some("2")));
    assert_eq!(name_and_version("PROJECT(\"a b\")"), pair("a b", None));
    assert_eq!(of("project(${N})").name, None);
}

#[test]
fn a_version_may_come_from_a_file_of_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("VERSION");
    std::fs::write(&file, "1.4.0\n").expect("own folder");
    for reading in [
        "file(READ VERSION V)\nstring(STRIP \"${V}\" V)",
        "file(STRINGS \"${CMAKE_CURRENT_SOURCE_DIR}/VERSION\" V LIMIT_COUNT 1)",
    ] {
        let project = read(
            &format!("{reading}\nproject(x VERSION ${{V}})"),
            folder.path(),
        );
        assert_eq!(project.version.as_deref(), Some("1.4.0"), "{reading}");
        assert_eq!(project.files, std::slice::from_ref(&file));
    }
    std::fs::write(&file, "1.4.0\nand more\n").expect("own folder");
    let project = read(
        "file(READ VERSION V)\nproject(x VERSION ${V})",
        folder.path(),
    );
    assert_eq!(project.version, None);
}

#[test]
fn it_is_known_what_cmake_4_refuses() {
    let refused = |text: &str| of(text).minimum.expect("there").is_refused_by_cmake_4();
    assert!(refused("cmake_minimum_required(VERSION 2.8)"));
    assert!(refused("cmake_minimum_required(VERSION 3.4.3 FATAL_ERROR)"));
    assert!(!refused("cmake_minimum_required(VERSION 3.1...3.20)"));
    assert!(!refused("cmake_minimum_required(VERSION 3.5)"));
}
