//! Python modules, built with the python of the host environment.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::project;
use crate::support::cmake::{Order, PackageBuilder};
use crate::support::machine::on_path;
use crate::support::packages::Package;
use crate::support::prefix::output;

/// The python of this machine as a package, without a copy of its library.
fn python() -> Option<(Package, String)> {
    let python = on_path("python3")?;
    let ask = |code: &str| output(Command::new(&python).args(["-c", code]));
    let root = ask("import sys; print(sys.base_prefix)");
    let root = Path::new(&root);
    let version = ask("import sys; print('%d.%d' % sys.version_info[:2])");
    let include = root.join(format!("include/python{version}"));
    if !include.join("Python.h").is_file() {
        return None;
    }
    let name = format!("bin/python{version}");
    let mut package = Package::new("python", &version)
        .executable(&name, fs_err::read(root.join(&name)).expect("it is there"))
        .symlink("bin/python", &format!("python{version}"))
        .file(
            &format!("lib/python{version}/site-packages/README.txt"),
            "\n",
        );
    let library = root.join(format!("lib/python{version}"));
    for entry in fs_err::read_dir(&library).expect("it is there") {
        let entry = entry.expect("it is there");
        let file = entry.file_name().into_string().expect("UTF-8");
        if file != "site-packages" {
            let target = entry.path();
            let target = target.to_str().expect("UTF-8");
            package = package.symlink(&format!("lib/python{version}/{file}"), target);
        }
    }
    for entry in fs_err::read_dir(&include).expect("it is there") {
        let entry = entry.expect("it is there");
        let file = entry.file_name().into_string().expect("UTF-8");
        let target = entry.path();
        package = package.symlink(
            &format!("include/python{version}/{file}"),
            target.to_str().expect("UTF-8"),
        );
    }
    Some((package, version))
}

#[test]
fn a_module_is_built_for_the_python_of_the_host_environment() {
    let Some((package, version)) = python() else {
        return;
    };
    let project = project(
        "find_package(Python COMPONENTS Interpreter Development.Module REQUIRED)\n\
         Python_add_library(greet MODULE WITH_SOABI greet.c)\n\
         install(TARGETS greet DESTINATION ${Python_SITEARCH})\n\
         file(GENERATE OUTPUT where.txt CONTENT \"${Python_EXECUTABLE} ${Python_SITEARCH}\")\n\
         install(FILES ${CMAKE_BINARY_DIR}/where.txt DESTINATION share)\n",
    )
    .file(
        "greet.c",
        "#include <Python.h>\nstatic struct PyModuleDef module = {PyModuleDef_HEAD_INIT, \"greet\", NULL, -1, NULL};\n\
         PyMODINIT_FUNC PyInit_greet(void) { return PyModule_Create(&module); }\n",
    );
    let Some(workshop) = PackageBuilder::open(project, |channel| {
        channel.add(package);
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
        .expect("a module");
    let site = format!("lib/python{version}/site-packages/greet.cpython-");
    assert!(module.starts_with(&site), "{module}");
    let text = built.archive.text("share/where.txt");
    let work = workshop.work("one");
    assert!(text.starts_with(work.to_str().expect("UTF-8")), "{text}");
    assert_eq!(workshop.build(order("two")).compiled(), [""; 0]);
}
