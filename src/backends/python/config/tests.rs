//! Compares the documentation of the options with the options.

use rattler_conda_types::Subdir;
use serde_json::Value;

use super::*;
use crate::project::config::ConfigTables;
use crate::project::manifest::Manifest;

const PAGE: &str = include_str!("../../../../docs/backends/python.md");

fn examples() -> impl Iterator<Item = &'static str> {
    let blocks = PAGE.split("```toml\n").skip(1);
    blocks.map(|block| block.split("```").next().expect("a block ends"))
}

fn read(example: &str) -> Result<ConfigTables, miette::Report> {
    let manifest: Value = toml_edit::de::from_str(example).expect("examples are TOML");
    let build = &manifest["package"]["build"];
    let targets = build["target"].as_object().into_iter().flatten();
    let targets = targets.map(|(name, table)| (name.clone(), table["config"].clone()));
    let missing = Manifest::at("does-not-exist/pixi.toml".as_ref());
    let config = Some(build["config"].clone());
    ConfigTables::read::<Config>("test", config, Some(targets.collect()), &missing)
}

fn config(lines: &str) -> Result<Config, miette::Report> {
    read(&format!("[package.build.config]\n{lines}"))?.merged(Subdir::Linux64)
}

#[test]
fn every_example_of_the_page_can_be_read_for_every_platform() {
    assert!(examples().count() > Config::KEYS.len() - 2);
    for example in examples() {
        let tables = read(example).unwrap_or_else(|report| panic!("{report:?} in\n{example}"));
        for host in [Subdir::Linux64, Subdir::OsxArm64, Subdir::Win64] {
            tables.merged::<Config>(host).expect("an example");
        }
    }
}

#[test]
fn values_that_make_no_sense_are_mistakes() {
    for lines in [
        "installer = 'conda'",
        "pypi-conda-map = { torch = true }",
        "pypi-conda-map = { torch = 'not a name!' }",
        "pypi-conda-map = { torch = 'pytorch >=2' }",
        "extra-args = ['--editable']",
        "compilers = ['c++']",
        "editable = 'yes'",
        "check = true",
        "version-from = 'file:'",
        "version-from = 'hg'",
        "profile = 'fast'",
        "build-dir = 'build'",
        "entry-points = ['hello = hello']",
        "exclude = ['a[b']",
        "python-versions = ['312']",
    ] {
        assert!(config(lines).is_err(), "{lines}");
    }
}

#[test]
fn values_are_what_they_say() {
    let read = |lines: &str| config(lines).expect(lines);
    assert!(!read("").maps_dependencies() && !read("").maps_build_system());
    let maps = read("ignore-pypi-mapping = false");
    assert!(maps.maps_dependencies() && maps.maps_build_system());
    let build = read("build-system-requires = 'map'");
    assert!(!build.maps_dependencies() && build.maps_build_system());
    assert_eq!(read("editable = 'auto'").editable, Editable::Auto);
    assert_eq!(
        read("skip-pyc-compilation = true").skip_pyc_compilation.0,
        ["**/*.py"]
    );
    let warnings = read("pypi-conda-map = { My_Pkg = 'a', my-pkg = 'b' }").warnings();
    assert_eq!(warnings.len(), 2);
}
