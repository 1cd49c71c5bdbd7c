//! Commands that CMake does not know.

use super::blocks;
use super::optional::or_without;
use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;
use crate::backends::cmake::view::View;
use crate::diagnostic::nearest;

/// Who defines a command.
#[derive(Clone, Copy)]
enum Definer {
    /// `find_package` of this package, and the conda package that contains it.
    Package(&'static str, &'static str),
    /// `include` of this module of CMake.
    Module(&'static str),
}

use Definer::{Module, Package};

/// Who defines the commands that begin with a text, without regard to case.
const DEFINERS: [(&str, Definer); 25] = [
    ("ament_", Package("ament_cmake", "ros-<distro>-ament-cmake")),
    ("blt_", Package("BLT", "blt")),
    ("catch_discover_tests", Package("Catch2", "catch2")),
    ("catkin_", Package("catkin", "ros-noetic-catkin")),
    ("check_c_compiler_flag", Module("CheckCCompilerFlag")),
    ("check_cxx_compiler_flag", Module("CheckCXXCompilerFlag")),
    (
        "check_cxx_source_compiles",
        Module("CheckCXXSourceCompiles"),
    ),
    ("check_c_source_compiles", Module("CheckCSourceCompiles")),
    ("check_function_exists", Module("CheckFunctionExists")),
    ("check_include_file", Module("CheckIncludeFile")),
    ("check_ipo_supported", Module("CheckIPOSupported")),
    ("check_symbol_exists", Module("CheckSymbolExists")),
    ("cmake_dependent_option", Module("CMakeDependentOption")),
    (
        "configure_package_config_file",
        Module("CMakePackageConfigHelpers"),
    ),
    ("ExternalProject_", Module("ExternalProject")),
    ("FetchContent_", Module("FetchContent")),
    ("generate_export_header", Module("GenerateExportHeader")),
    ("gtest_", Module("GoogleTest")),
    ("nanobind_", Package("nanobind", "nanobind")),
    ("protobuf_generate", Package("Protobuf", "libprotobuf")),
    ("pybind11_", Package("pybind11", "pybind11")),
    (
        "rosidl_",
        Package(
            "rosidl_default_generators",
            "ros-<distro>-rosidl-default-generators",
        ),
    ),
    ("swig_", Module("UseSWIG")),
    (
        "write_basic_package_version_file",
        Module("CMakePackageConfigHelpers"),
    ),
    ("qt_", Package("Qt6 COMPONENTS Core", "qt6-main")),
];

/// Frequent commands of CMake.
const OWN: [&str; 24] = [
    "add_compile_definitions",
    "add_compile_options",
    "add_custom_command",
    "add_custom_target",
    "add_definitions",
    "add_executable",
    "add_library",
    "add_subdirectory",
    "add_test",
    "configure_file",
    "enable_testing",
    "execute_process",
    "find_library",
    "find_package",
    "find_path",
    "find_program",
    "include_directories",
    "install",
    "set_target_properties",
    "target_compile_definitions",
    "target_compile_features",
    "target_compile_options",
    "target_include_directories",
    "target_link_libraries",
];

/// A command that nothing defines.
pub(super) fn unknown(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let (name, message) = blocks::errors(log).into_iter().find_map(|message| {
        let text = message.text();
        let (_, name) = text.split_once("Unknown CMake command \"")?;
        Some((name.split('"').next()?.to_string(), message))
    })?;
    let help = match (definer(&name), nearest(&name, OWN)) {
        (Some(Package(package, conda)), _) => format!(
            "`find_package({package})` defines it: call it before, and add `{conda}` to \
             `[package.host-dependencies]`"
        ),
        (Some(Module(module)), _) => format!("write `include({module})` before it"),
        (None, Some(own)) => format!("did you mean `{own}`?"),
        (None, None) => {
            "call `find_package` or `include` for what defines it, and add its package \
                         to `[package.host-dependencies]`"
                .to_string()
        }
    };
    Some(Diagnosis {
        code: "cmake::unknown_command",
        message: format!("nothing that the project has included defines the command `{name}`"),
        help: Some(or_without(&help, view, &message)),
        place: message.place(blocks::source(view)),
        ..Default::default()
    })
}

fn definer(command: &str) -> Option<Definer> {
    let command = command.to_lowercase();
    let mut known = DEFINERS.iter();
    let (_, definer) = known.find(|(start, _)| command.starts_with(&start.to_lowercase()))?;
    Some(*definer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_lead_to_what_defines_them() {
        let module = |command| match definer(command) {
            Some(Module(module)) => module,
            Some(Package(_, conda)) => conda,
            None => "",
        };
        assert_eq!(module("gtest_discover_tests"), "GoogleTest");
        assert_eq!(module("fetchcontent_declare"), "FetchContent");
        assert_eq!(module("PYBIND11_ADD_MODULE"), "pybind11");
        assert_eq!(module("add_executable"), "");
    }
}
