//! Dependencies that a project declares outside of `[project]`.

use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rattler_digest::{Sha256, compute_bytes_digest};
use serde_json::{Value, json};

use super::builds::{built, tried};
use super::described::{described, described_as};
use super::{initialize, project};
use test_support::pixi::Pixi;
use test_support::python::{channel_or_skip, version};
use test_support::render_error::render_error;
use test_support::requests::Outputs;

const SETUPTOOLS: &str = "[build-system]\nrequires = [\"setuptools\"]\n\
    build-backend = \"setuptools.build_meta\"\n[project]\nname = \"a\"\nversion = \"1\"\n";

/// Returns the run dependencies and the extra dependencies of a package with this
/// `pyproject.toml` and these files.
#[track_caller]
fn required(pyproject: &str, files: &[(&str, &str)]) -> String {
    let project = project(files);
    if !pyproject.is_empty() {
        project.write("pyproject.toml", pyproject);
    }
    let config = json!({"ignore-pypi-mapping": false, "extras": true});
    let initialize = initialize(&project, &[], config);
    let shown = described_as(&project, &initialize, json!({}));
    let run = shown.lines().find(|line| line.starts_with("run"));
    let mut lines = vec![run.unwrap_or_default().to_string()];
    let mut pixi = Pixi::of(&project);
    pixi.initialize(&initialize);
    let outputs = pixi.outputs(&Outputs::new(&project.metadata_work("a")));
    let groups = outputs[0]["extraDependencies"].as_object().cloned();
    lines.extend(groups.into_iter().flatten().map(|(group, specs)| {
        let specs = specs.as_array().into_iter().flatten();
        let names = specs.map(|spec| spec["name"].as_str().unwrap_or("?").to_string());
        format!("{group}: {}", names.collect::<Vec<_>>().join(", "))
    }));
    lines.join("\n")
}

#[test]
fn dynamic_dependencies_are_read_where_the_build_backend_reads_them() {
    let dynamic = format!("{SETUPTOOLS}dynamic = [\"dependencies\", \"optional-dependencies\"]\n");
    let setup_py = "from setuptools import setup\nNEEDS = ['click>=8', 'rich; os_name == \"nt\"']\n\
                    setup(install_requires=NEEDS, extras_require={'test': ['pytest'], ':os_name==\"nt\"': ['x']})\n";
    let setup_cfg = "[options]\ninstall_requires =\n    click>=8  # for it\n    rich\n\
                     [options.extras_require]\ntest = pytest>=7; attrs\n";
    let in_files = format!(
        "{dynamic}[tool.setuptools.dynamic]\n\
         dependencies = {{ file = [\"requirements.txt\", \"more.txt\"] }}\n\
         optional-dependencies.test = {{ file = \"test.txt\" }}\n"
    );
    let hatch = "[build-system]\nrequires = [\"hatchling\", \"hatch-requirements-txt\"]\n\
                 build-backend = \"hatchling.build\"\n\
                 [project]\nname = \"a\"\nversion = \"1\"\ndynamic = [\"dependencies\"]\n\
                 [tool.hatch.metadata.hooks.requirements_txt]\nfiles = [\"requirements.txt\"]\n";
    let poetry = "[build-system]\nrequires = [\"poetry-core\"]\n\
                  build-backend = \"poetry.core.masonry.api\"\n\
                  [project]\nname = \"a\"\nversion = \"1\"\ndynamic = [\"dependencies\"]\n\
                  [tool.poetry.dependencies]\npython = \">=3.9\"\nclick = \"^8\"\n\
                  rich = { version = \"^13\", optional = true }\n\
                  Other_Lib = { version = \"*\", optional = true }\n\
                  [tool.poetry.extras]\ncolor = [\"rich\", \"other-lib\"]\nall = [\"rich\"]\n";
    let requirements = "# all\nclick>=8  # a comment\n\nrich \\\n >=13\n";
    let files = [
        ("requirements.txt", requirements),
        ("more.txt", "attrs\n"),
        ("test.txt", "pytest\n"),
    ];
    let py = [("setup.py", setup_py)];
    let cfg = [("setup.cfg", setup_cfg)];
    let all = [
        ("setup.py", required(&dynamic, &py)),
        ("setup.cfg", required(&dynamic, &cfg)),
        ("setup.py wins", required(&dynamic, &[py[0], cfg[0]])),
        ("setup.py, not dynamic", required(SETUPTOOLS, &py)),
        (
            "setup.py alone",
            required(
                "",
                &[(
                    "setup.py",
                    &setup_py.replace("setup(", "setup(name='a', version='1', "),
                )],
            ),
        ),
        ("files", required(&in_files, &files)),
        ("a plugin of hatch", required(hatch, &files)),
        ("poetry", required(poetry, &[])),
    ];
    let all = all.map(|(what, shown)| format!("{what}:\n{shown}"));
    insta::assert_snapshot!(all.join("\n"), @r#"
    setup.py:
    run: python *, click >=8, __unix *
    test: pytest
    setup.cfg:
    run: python *, click >=8, rich *
    test: pytest, attrs
    setup.py wins:
    run: python *, click >=8, __unix *
    test: pytest
    setup.py, not dynamic:
    run: python *
    setup.py alone:
    run: python *, click >=8, __unix *
    test: pytest
    files:
    run: python *, click >=8, rich >=13, attrs *
    test: pytest
    a plugin of hatch:
    run: python *, click >=8, rich >=13
    poetry:
    run: python >=3.9, click >=8,<9
    all: rich
    color: rich, other-lib
    "#);
}

#[test]
fn the_user_spells_a_mapped_dependency_with_an_underscore() {
    let text = format!(
        "{SETUPTOOLS}dependencies = [\"my_core>=1\", \"other.lib>=2\", \"third-one\", \"fourth\"]\n"
    );
    let project = project(&[("pyproject.toml", &text)]);
    let run = json!({
        "my_core": {"source": {"path": {"path": "../core"}}},
        "Other_Lib": {"binary": {"version": "<3"}},
        "third_one": {"binary": {"version": "<4"}},
    });
    let initialize = initialize(&project, &[], json!({"ignore-pypi-mapping": false}));
    let model = json!({"targets": {"defaultTarget": {"runDependencies": run}}});
    let shown = described_as(&project, &initialize.model(model), json!({}));
    let run = shown.lines().find(|line| line.starts_with("run"));
    insta::assert_snapshot!(run.unwrap_or_default(), @r#"run: my_core *, Other_Lib <3, third_one <4, python *, Other_Lib >=2, fourth *"#);
}

#[test]
fn conditions_of_poetry_count_like_markers() {
    let poetry = "[build-system]\nrequires = [\"poetry-core\"]\n\
        build-backend = \"poetry.core.masonry.api\"\n\
        [tool.poetry]\nname = \"a\"\nversion = \"1\"\n\
        [tool.poetry.dependencies]\npython = \">=3.8 <3.13\"\n\
        click = \">=7 <9\"\nbeta = \"^2.0b1\"\nrequests = \"^2.28 || ^3\"\n\
        colorama = { version = \"*\", platform = \"win32\" }\n\
        tomli = { version = \"*\", python = \"<3.8\" }\n\
        rich = { version = \"^13\", markers = \"python_version >= '3.8'\" }\n\
        near = { path = \"../near\" }\n\
        [[tool.poetry.dependencies.numpy]]\nversion = \"^1.21\"\npython = \"<3.8\"\n\
        [[tool.poetry.dependencies.numpy]]\nversion = \"^1.26\"\npython = \">=3.8\"\n";
    insta::assert_snapshot!(required(poetry, &[]), @r#"
    run: python >=3.8,<3.13, click >=7,<9, beta >=2.0b1,<3, requests >=2.28,<4, __unix *, rich >=13,<14, near *, numpy >=1.26,<2
    "#);
}

/// A numpy for old and one for new versions of Python, and a package for old versions.
const NUMPY: &str = "requires-python = \">=3.10\"\n\
    dependencies = [\"numpy>=2.1; python_version>='3.13'\", \
    \"numpy>=1.21,<2; python_version<'3.13'\", \"tomli; python_version<'3.11'\"]\n";

#[test]
fn an_output_needs_what_applies_to_its_version_of_python() {
    let text = format!("{SETUPTOOLS}{NUMPY}");
    let files = [("pyproject.toml", text.as_str())];
    let config = json!({"ignore-pypi-mapping": false, "noarch": false});
    let variants = json!({"python": ["3.10.*", "3.12", "3.13.* *_cp313"]});
    let mapped = described(&files, config, variants);
    let own = json!({"ignore-pypi-mapping": false, "noarch": false, "python-versions": ["3.13"]});
    let own = described(&files, own, json!({}));
    let runs = |shown: &str| -> String {
        let lines = shown.lines().filter(|line| line.starts_with("run"));
        lines.map(|line| format!("{line}\n")).collect()
    };
    insta::assert_snapshot!(format!("{}--\n{}", runs(&mapped), runs(&own)), @r#"
    run: python >=3.10, numpy >=1.21,<2, tomli *
    run: python >=3.10, numpy >=1.21,<2
    run: python >=3.10, numpy >=2.1
    --
    run: python >=3.10, numpy >=2.1
    "#);
}

#[test]
fn a_package_for_all_versions_of_python_accepts_what_each_of_them_needs() {
    let poetry = "[build-system]\nrequires = [\"poetry-core\"]\n\
        build-backend = \"poetry.core.masonry.api\"\n\
        [tool.poetry]\nname = \"a\"\nversion = \"1\"\n\
        [tool.poetry.dependencies]\npython = \"^3.9\"\n\
        numpy = [{version = \"^1.24\", python = \"<3.12\"}, {version = \"^2.0\", python = \">=3.12\"}]\n";
    let pep621 = format!("{SETUPTOOLS}{NUMPY}");
    let all = [
        required(&pep621, &[]),
        warned(&pep621, &[]),
        required(poetry, &[]),
        warned(poetry, &[]),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    run: python >=3.10, numpy >=2.1|>=1.21,<2, tomli *
    warning: `numpy>=2.1; python_version>='3.13'` and `numpy>=1.21,<2; python_version<'3.13'` do not apply together, but the package serves all these cases: it asks for `numpy >=2.1|>=1.21,<2` (help: to have one of them for each version of Python, set `noarch = false` and `python-versions` in `[package.build.config]`)
    run: python >=3.9,<4, numpy >=1.24,<2|>=2.0,<3
    warning: `numpy>=1.24,<2 ; python_version < '3.12'` and `numpy>=2.0,<3 ; python_version >= '3.12'` do not apply together, but the package serves all these cases: it asks for `numpy >=1.24,<2|>=2.0,<3` (help: to have one of them for each version of Python, set `noarch = false` and `python-versions` in `[package.build.config]`)
    "#);
}

#[test]
fn a_built_output_lacks_nothing_that_only_other_versions_of_python_need() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let python = version(channel);
    let text = format!(
        "{SETUPTOOLS}requires-python = \">=3.8\"\n\
         dependencies = [\"tomli; python_version<'{python}'\", \"click; python_version>='{python}'\"]\n"
    );
    let project = project(&[("pyproject.toml", &text), ("a.py", "")]);
    // The channel has no tomli.
    let config = json!({
        "ignore-pypi-mapping": false, "noarch": false, "check": "error",
        "python-versions": [python],
    });
    let package = built(&project, &initialize(&project, &[], config), channel, false);
    let depends = package.index()["depends"].to_string();
    assert!(
        depends.contains("click") && !depends.contains("tomli"),
        "{depends}"
    );
    let config = json!({"noarch": false, "check": "error", "python-versions": [python]});
    let initialize = initialize(&project, &["setuptools"], config);
    let error = tried(&project, &initialize, channel, false).expect_err("click is missing");
    let drawn = render_error(&project, &error);
    assert!(
        drawn.contains("`click`") && !drawn.contains("tomli"),
        "{drawn}"
    );
}

/// Packages for different platforms have the same file name if nothing tells them apart.
#[test]
fn groups_with_conditions_restrict_a_package_to_its_platform() {
    let text = format!(
        "{SETUPTOOLS}[project.optional-dependencies]\n\
         gpu = [\"triton; sys_platform=='linux'\"]\nwin = [\"pywin32; sys_platform=='win32'\"]\n"
    );
    let project = project(&[("pyproject.toml", text.as_str())]);
    let described = |platform: &str| {
        let mut pixi = Pixi::of(&project);
        pixi.initialize(&initialize(&project, &[], json!({"extras": true})));
        let params = Outputs::new(&project.metadata_work("a")).host_platform(platform);
        let outputs = pixi.outputs(&params);
        let names = |specs: &Value| -> Vec<String> {
            let specs = specs.as_array().into_iter().flatten();
            let names = specs.map(|spec| spec["name"].as_str().unwrap_or("?").to_string());
            names.collect()
        };
        let groups = outputs[0]["extraDependencies"].as_object().cloned();
        let groups = groups.into_iter().flatten();
        let groups: Vec<String> = groups
            .map(|(group, specs)| format!("{group}: {:?}", names(&specs)))
            .collect();
        let run = names(&outputs[0]["runDependencies"]["depends"]);
        let build = outputs[0]["metadata"]["build"].to_string();
        (format!("{run:?} {}", groups.join(" ")), build)
    };
    let (linux, linux_build) = described("linux-64");
    let (windows, windows_build) = described("win-64");
    assert_ne!(linux_build, windows_build);
    insta::assert_snapshot!(format!("{linux}\n{windows}"), @r#"
    ["python", "__linux", "__unix"] gpu: ["triton"] win: []
    ["python", "__win"] gpu: [] win: ["pywin32"]
    "#);
}

/// Returns the warnings about a project with this `pyproject.toml` and these files.
fn warned(pyproject: &str, files: &[(&str, &str)]) -> String {
    let manifest = "[package]\nname = \"a\"\n[package.build.backend]\n\
        name = \"pixi-build-python\"\nversion = \"*\"\n\
        [package.build.config]\nignore-pypi-mapping = false\n";
    let project = project(files).pixi_toml(manifest);
    project.write("pyproject.toml", pyproject);
    let mut command = Command::new(env!("CARGO_BIN_EXE_pixi-build-python"));
    let output = command.arg("outputs").arg(project.dir()).output();
    let output = output.expect("the executable can be run");
    String::from_utf8_lossy(&output.stderr).trim().to_string()
}

#[test]
fn dependencies_that_only_the_build_knows_are_a_warning() {
    let dynamic = format!("{SETUPTOOLS}dynamic = [\"dependencies\"]\n");
    let code = "from setuptools import setup\n\
                setup(install_requires=['click', *open('more.txt')])\n";
    let hook = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\
                [project]\nname = \"a\"\nversion = \"1\"\ndynamic = [\"dependencies\"]\n\
                [tool.hatch.metadata.hooks.custom]\n";
    let options = format!(
        "{dynamic}[tool.setuptools.dynamic]\ndependencies = {{ file = [\"needs.txt\"] }}\n"
    );
    let poetry = "[build-system]\nrequires = [\"poetry-core\"]\n\
        build-backend = \"poetry.core.masonry.api\"\n[tool.poetry]\nname = \"a\"\nversion = \"1\"\n\
        [tool.poetry.dependencies]\npython = \">=3.8,<3.9 || >=3.10\"\nclick = \"^banana\"\n\
        near = { path = \"../near\" }\nrich = { version = \"*\", extras = [\"jupyter\"] }\n";
    let all = [
        warned(&dynamic, &[("setup.py", code)]),
        warned(hook, &[]),
        warned(&options, &[("needs.txt", "click\n-r more.txt\n")]),
        warned(poetry, &[]),
    ];
    insta::assert_snapshot!(all.join("\n--\n"), @r#"
    warning: only the build knows some dependencies of the project: `install_requires` in setup.py (help: write them into `[package.run-dependencies]`; the build says which ones are missing)
    --
    warning: only the build knows some dependencies of the project: `dependencies` in `dynamic` on line 7 of pyproject.toml (help: write them into `[package.run-dependencies]`; the build says which ones are missing)
    --
    warning: only the build knows some dependencies of the project: `-r more.txt` in needs.txt (help: write them into `[package.run-dependencies]`; the build says which ones are missing)
    --
    warning: `python` in `[tool.poetry.dependencies]`: `>=3.8,<3.9 || >=3.10` has a gap that is lost: conda gets >=3.8
    warning: `click` in `[tool.poetry.dependencies]`: `^banana` is not a version that conda can compare, so any version is used
    warning: `near @ ../near`: a conda package cannot say where a dependency comes from
    warning: `rich[jupyter]`: conda packages have no extras such as `jupyter`
    "#);
}

#[test]
fn dependencies_that_code_adds_are_found_after_the_build() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let setup = "from setuptools import setup\n\
                 setup(install_requires=['click', *open('more.txt').read().split()], py_modules=['a'])\n";
    let project = project(&[
        (
            "pyproject.toml",
            &format!("{SETUPTOOLS}dynamic = [\"dependencies\"]\n"),
        ),
        ("setup.py", setup),
        ("more.txt", "pluggy"),
        ("a.py", ""),
    ]);
    let config = json!({"ignore-pypi-mapping": false, "check": "error"});
    let error = tried(&project, &initialize(&project, &[], config), channel, false);
    let drawn = render_error(&project, &error.expect_err("a dependency is missing"));
    insta::assert_snapshot!(drawn, @r#"
    python::missing_dependencies

      × the project needs packages that the conda package does not ask for:
      │ `pluggy`
      help: write `pluggy = "*"` into `[package.run-dependencies]`
    "#);
}

#[test]
fn the_metadata_names_a_dependency_in_a_directory_without_its_path() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let poetry = "[build-system]\nrequires = [\"poetry-core\"]\n\
        build-backend = \"poetry.core.masonry.api\"\n\
        [tool.poetry]\nname = \"a\"\nversion = \"1\"\ndescription = \"\"\nauthors = []\n\
        packages = [{ include = \"a.py\" }]\n\
        [tool.poetry.dependencies]\npython = \">=3.9\"\nclick = \">=8\"\n\
        other = { path = \"other\", develop = true, extras = [\"x\"], markers = \"os_name == 'posix'\" }\n";
    let setuptools = format!(
        "{SETUPTOOLS}dependencies = [\"other[x] @ file:///home/me/other ; os_name == 'posix'\", \"click>=8\"]\n\
         [tool.setuptools]\npy-modules = [\"a\"]\n"
    );
    let other = "[build-system]\nrequires = [\"poetry-core\"]\n\
        build-backend = \"poetry.core.masonry.api\"\n[tool.poetry]\nname = \"other\"\nversion = \"2\"\n\
        description = \"\"\nauthors = []\n";
    for (host, text) in [("poetry-core", poetry), ("setuptools", setuptools.as_str())] {
        let project = project(&[
            ("pyproject.toml", text),
            ("a.py", ""),
            ("other/pyproject.toml", other),
            ("other/other.py", ""),
        ]);
        let config = json!({"ignore-pypi-mapping": false, "pypi-conda-map": {"other": false}});
        let initialize = initialize(&project, &[host], config);
        let package = built(&project, &initialize, channel, false);
        let mut files = package.files().into_iter();
        let metadata = files.find(|file| file.ends_with("dist-info/METADATA"));
        let metadata = metadata.expect("the metadata is installed");
        let content = package.text(&metadata);
        let lines = content
            .lines()
            .filter(|line| line.starts_with("Requires-Dist"));
        let mut lines: Vec<String> = lines.map(|line| line.replace('"', "'")).collect();
        lines.sort();
        assert_eq!(
            lines,
            [
                "Requires-Dist: click>=8",
                "Requires-Dist: other[x] ; os_name == 'posix'"
            ]
            .map(|line| match host {
                "poetry-core" => line.replace("click>=8", "click (>=8)"),
                _ => line.to_string(),
            }),
            "{host}"
        );
        let record = package.text(&metadata.replace("METADATA", "RECORD"));
        let digest = compute_bytes_digest::<Sha256>(&content);
        let digest = BASE64_URL_SAFE_NO_PAD.encode(digest);
        let row = format!("METADATA,sha256={digest},{}", content.len());
        assert!(record.contains(&row), "{row}\n{record}");
    }
}
