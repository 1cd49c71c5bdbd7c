//! Python modules, built with the Python of the host environment.

use indoc::indoc;
use serde_json::json;

use super::project;
use test_support::cmake::{Order, PackageBuilder};
use test_support::python::{add_python, channel_or_skip, version};

#[test]
fn a_module_is_built_for_the_python_of_the_host_environment() {
    let Some(version) = channel_or_skip().map(version) else {
        return;
    };
    let project = project(indoc! {r#"
            find_package(Python COMPONENTS Interpreter Development.Module REQUIRED)
            Python_add_library(greet MODULE WITH_SOABI greet.c)
            install(TARGETS greet DESTINATION ${Python_SITEARCH})
            file(GENERATE OUTPUT where.txt CONTENT "${Python_EXECUTABLE} ${Python_SITEARCH}")
            install(FILES ${CMAKE_BINARY_DIR}/where.txt DESTINATION share)
        "#})
    .file(
        "greet.c",
        indoc! {r#"
            #include <Python.h>
            static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "greet", NULL, -1, NULL};
            PyMODINIT_FUNC PyInit_greet(void) { return PyModule_Create(&module); }
        "#},
    );
    let Some(workshop) = PackageBuilder::open(project, |channel| {
        add_python(channel);
    }) else {
        return;
    };
    let order = |work| Order {
        work,
        host: &[("python", "*")],
        config: json!({}),
        ..Order::default()
    };
    let built = workshop.build(order("one"));
    let files = built.archive.files();
    let module = files
        .iter()
        .find(|file| file.contains("greet."))
        .expect("the package has a module");
    let site = format!("lib/python{version}/site-packages/greet.cpython-");
    assert!(module.starts_with(&site), "{module}");
    let text = built.archive.text("share/where.txt");
    let work = workshop.work("one");
    assert!(
        text.starts_with(work.to_str().expect("the path is UTF-8")),
        "{text}"
    );
    assert_eq!(workshop.build(order("two")).compiled(), [""; 0]);
}
