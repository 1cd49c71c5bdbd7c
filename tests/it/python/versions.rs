//! Versions that the tools of a project compute, and those that the manifest sets.

use std::process::Command;

use serde_json::json;

use super::builds::built;
use super::described::described;
use super::{initialize, plain, project};
use test_support::git::{commit, git};
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::python::channel_or_skip;
use test_support::render_error::render_error;
use test_support::requests::Outputs;

#[test]
fn versions_are_found_where_tools_would_find_them() {
    let hatch = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\
                 [project]\nname = \"h\"\ndynamic = [\"version\"]\n";
    let setuptools = "[project]\nname = \"h\"\ndynamic = [\"version\"]\n";
    let about = "__version__ = \"2.1\"\n";
    for (table, file, content) in [
        (
            "[tool.hatch.version]\npath = \"src/h/about.py\"",
            "src/h/about.py",
            about,
        ),
        (
            "[tool.hatch.version]\nsource = \"code\"\npath = \"about.py\"",
            "about.py",
            about,
        ),
        (
            "[tool.hatch.version]\nsource = \"nodejs\"",
            "package.json",
            "{\"name\": \"h\", \"version\": \"2.1\"}",
        ),
        (
            "[tool.pdm.version]\nsource = \"file\"\npath = \"h.py\"",
            "h.py",
            about,
        ),
        (
            "[tool.setuptools.dynamic]\nversion = { attr = \"h.__version__\" }",
            "src/h/__init__.py",
            about,
        ),
        (
            "[tool.setuptools]\npackage-dir = { h = \"lib/code\" }\n\
             dynamic.version = { attr = \"h.__version__\" }",
            "lib/code/__init__.py",
            about,
        ),
        (
            "[tool.setuptools.dynamic]\nversion = { file = \"VERSION\" }",
            "VERSION",
            "2.1\n",
        ),
        (
            "[tool.setuptools_scm]",
            "PKG-INFO",
            "Name: h\nVersion: 2.1\n",
        ),
    ] {
        let head = if table.contains("hatch") {
            hatch
        } else {
            setuptools
        };
        let text = format!("{head}{table}\n");
        let files = [("pyproject.toml", text.as_str()), (file, content)];
        let shown = described(&files, plain(), json!({}));
        assert!(shown.starts_with("h 2.1 "), "{table}: {shown}");
    }
}

#[test]
fn versions_are_computed_from_git_without_running_it() {
    let text = "[project]\nname = \"h\"\ndynamic = [\"version\"]\n[tool.setuptools_scm]\n";
    let project = project(&[("pyproject.toml", text)]);
    let version = || {
        let mut pixi = Pixi::of(&project);
        pixi.initialize(&initialize(&project, &[], plain()));
        let outputs = pixi.outputs(&Outputs::new(&project.metadata_work("h")));
        let version = outputs[0]["metadata"]["version"].as_str();
        version.expect("the version is text").to_string()
    };
    // Two commits with the same parent, message and second would be the same commit.
    let mut made = 0;
    let mut commit = |times: usize| {
        for _ in 0..times {
            made += 1;
            let message = made.to_string();
            git(
                project.dir(),
                &["commit", "--quiet", "--allow-empty", "-m", &message],
            );
        }
    };
    git(project.dir(), &["init", "--quiet"]);
    commit(2);
    assert_eq!(version(), "0.1.dev2");
    git(project.dir(), &["tag", "v1.2"]);
    assert_eq!(version(), "1.2");
    commit(3);
    project.write("edited", "not committed");
    assert_eq!(version(), "1.3.dev3");
    // `git gc` moves the objects into a pack. An annotated tag is an object too.
    git(project.dir(), &["tag", "-a", "-m", "new", "v2.0rc1"]);
    git(project.dir(), &["tag", "nightly"]);
    commit(1);
    git(project.dir(), &["gc", "--quiet"]);
    assert_eq!(version(), "2.0rc2.dev1");
    git(
        project.dir(),
        &["checkout", "--quiet", "-b", "side", "HEAD~2"],
    );
    commit(2);
    git(project.dir(), &["merge", "--quiet", "--no-edit", "main"]);
    assert_eq!(version(), "2.0rc2.dev4");
}

/// Returns the version of a project with these files two commits after the tag `v1.2`, or the
/// error.
fn two_commits_later(files: &[(&str, &str)]) -> String {
    let project = project(files);
    commit(project.dir());
    git(project.dir(), &["tag", "v1.2"]);
    for message in ["one", "two"] {
        let args = ["commit", "--quiet", "--allow-empty", "-m", message];
        git(project.dir(), &args);
    }
    version_or_error(&project)
}

/// Returns the version of a project, or the error.
pub(super) fn version_or_error(project: &Project) -> String {
    let mut pixi = Pixi::of(project);
    pixi.initialize(&initialize(project, &[], plain()));
    let params = Outputs::new(&project.metadata_work("h")).params();
    match pixi.request("conda/outputs", params) {
        Ok(answer) => answer["outputs"][0]["metadata"]["version"].to_string(),
        Err(error) => {
            let drawn = render_error(project, &error);
            let lines = drawn.lines().map(str::trim);
            let told = lines.filter(|line| line.starts_with(['×', '│', 'h']));
            told.map(|line| line.trim_start_matches(['×', '│', ' ']))
                .collect::<Vec<_>>()
                .join(" ")
        }
    }
}

#[test]
fn options_that_change_the_version_count_or_are_an_error() {
    let hatch = |source: &str| {
        format!(
            "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\
             [project]\nname = \"h\"\ndynamic = [\"version\"]\n\
             [tool.hatch.version]\nsource = \"{source}\"\n"
        )
    };
    let uv = |options: &str| {
        let head = hatch("uv-dynamic-versioning");
        format!("{head}[tool.uv-dynamic-versioning]\n{options}\n")
    };
    let poetry = |options: &str| {
        format!(
            "[build-system]\nrequires = [\"poetry-core\"]\n\
             build-backend = \"poetry_dynamic_versioning.backend\"\n\
             [tool.poetry]\nname = \"h\"\nversion = \"0.0.0\"\n\
             [tool.poetry-dynamic-versioning]\nenable = true\n{options}\n"
        )
    };
    let scm = |options: &str| {
        format!(
            "[project]\nname = \"h\"\ndynamic = [\"version\"]\n[tool.setuptools_scm]\n{options}\n"
        )
    };
    let all = [
        uv("bump = false\npattern = \"default-unprefixed\""),
        uv("bump = true"),
        uv("bump = { enable = true, index = 0 }"),
        uv("format-jinja = \"{{ base }}\""),
        poetry("style = \"pep440\""),
        poetry("bump = true"),
        poetry("format = \"{base}\""),
        scm("local_scheme = \"no-local-version\""),
        scm("version_scheme = \"release-branch-semver\""),
        scm("version_scheme = [\"release-branch-semver\", \"guess-next-dev\"]"),
        scm("version_scheme = \"h:version\""),
        format!(
            "{}[tool.versioningit.format]\ndistance = \"{{base_version}}\"\n",
            hatch("versioningit")
        ),
        format!(
            "{}raw-options.git_describe_command = \"git describe\"\n",
            hatch("vcs")
        ),
    ];
    let mut all = all
        .map(|text| two_commits_later(&[("pyproject.toml", &text)]))
        .to_vec();
    let setup = "from setuptools import setup\n\
                 setup(name='h', use_scm_version={'version_scheme': 'post-release'})\n";
    all.push(two_commits_later(&[("setup.py", setup)]));
    insta::assert_snapshot!(all.join("\n"), @r#"
    "1.2.post2.dev0"
    "1.3.dev2"
    the package has no version: uv-dynamic-versioning computes it with `tool.uv-dynamic-versioning.bump.index` in pyproject.toml, which the backend does not support help: write `version = "…"` into `[package]` of the pixi manifest, and the
    the package has no version: uv-dynamic-versioning computes it with `tool.uv-dynamic-versioning.format-jinja` in pyproject.toml, which the backend does not support help: write `version = "…"` into `[package]` of the pixi manifest, and the
    "1.2.post2.dev0"
    "1.3.dev2"
    the package has no version: poetry-dynamic-versioning computes it with `tool.poetry-dynamic-versioning.format` in pyproject.toml, which the backend does not support help: write `version = "…"` into `[package]` of the pixi manifest, and the
    "1.3.dev2"
    the package has no version: setuptools-scm computes it by the scheme `release-branch-semver` help: write `version = "…"` into `[package]` of the pixi manifest, and the
    the package has no version: setuptools-scm computes it with `tool.setuptools_scm.version_scheme` in pyproject.toml, which the backend does not support help: write `version = "…"` into `[package]` of the pixi manifest, and the
    the package has no version: setuptools-scm computes it by the scheme `h:version` help: write `version = "…"` into `[package]` of the pixi manifest, and the
    the package has no version: versioningit computes it with `tool.versioningit.format` in pyproject.toml, which the backend does not support help: write `version = "…"` into `[package]` of the pixi manifest; or say
    the package has no version: hatch-vcs computes it with `git describe` without `--tags` in `tool.hatch.version.raw-options.git_describe_command` in pyproject.toml, which the backend does not support help: write `version = "…"` into `[package]` of the pixi manifest, and the
    the package has no version: setuptools-scm computes it with an option on line 2 of setup.py, which the backend does not support help: write `version = "…"` into `[package]` of the pixi manifest, and the
    "#);
}

/// Returns the version of a shallow clone of a project with this `pyproject.toml`, and the warnings,
/// or the error.
fn in_a_shallow_clone(pyproject: &str) -> String {
    let manifest = "[package]\n[package.build.backend]\n\
        name = \"pixi-build-python\"\nversion = \"*\"\n";
    let project = project(&[("origin/pyproject.toml", pyproject)]);
    project.write("origin/pixi.toml", manifest);
    let origin = project.dir().join("origin");
    commit(&origin);
    git(&origin, &["tag", "v1.2"]);
    git(
        &origin,
        &["commit", "--quiet", "--allow-empty", "-m", "one"],
    );
    let url = format!("file://{}", origin.display());
    git(
        project.dir(),
        &["clone", "--quiet", "--depth", "1", &url, "clone"],
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_pixi-build-python"));
    let command = command.arg("outputs").arg(project.dir().join("clone"));
    let output = command.env("NO_COLOR", "1").output();
    let output = output.expect("the executable can be run");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let told = format!("{stdout}{stderr}").replace(&project.dir().display().to_string(), "/ws");
    told.trim().to_string()
}

#[test]
fn a_shallow_clone_lacks_the_tags() {
    let start = "[project]\nname = \"h\"\ndynamic = [\"version\"]\n";
    let all = [
        in_a_shallow_clone(&format!("{start}[tool.setuptools_scm]\n")),
        in_a_shallow_clone(&format!("{start}[tool.versioningit]\n")),
        in_a_shallow_clone(&format!(
            "{start}[tool.versioningit.vcs]\ndefault-tag = \"v0.3\"\n"
        )),
    ];
    insta::assert_snapshot!(all.join("\n--\n"), @r#"
    Name  Version   Build         Platform  Variant
    h     0.1.dev1  pyh4616a5c_0  noarch
    warning: the version is 0.1.dev1, because the checkout is a shallow clone without tags (help: get the history with `git fetch --tags --unshallow`, or with `fetch-depth: 0` of actions/checkout; or write `version = "…"` into `[package]` of the pixi manifest)
    --
    python::dynamic_version

      × the package has no version: versioningit computes it from tags of Git, and
      │ the checkout is a shallow clone without tags
       ╭─[/ws/clone/pyproject.toml:3:12]
     2 │ name = "h"
     3 │ dynamic = ["version"]
       ·            ────┬────
       ·                ╰── the project leaves it open here
     4 │ [tool.versioningit]
       ╰────
      help: get the history with `git fetch --tags --unshallow`, or with `fetch-
            depth: 0` of actions/checkout; or write `version = "…"` into
            `[package]` of the pixi manifest
    --
    Name  Version  Build         Platform  Variant
    h     0.3      pyh4616a5c_0  noarch
    warning: the version is 0.3, because the checkout is a shallow clone without tags (help: get the history with `git fetch --tags --unshallow`, or with `fetch-depth: 0` of actions/checkout; or write `version = "…"` into `[package]` of the pixi manifest)
    "#);
}

#[test]
fn setuptools_scm_computes_nothing_unless_the_project_enables_it() {
    let text = |requires: &str, table: &str| {
        format!(
            "[build-system]\nrequires = [\"setuptools\", \"{requires}\"]\n\
             build-backend = \"setuptools.build_meta\"\n\
             [project]\nname = \"h\"\ndynamic = [\"version\"]\n{table}\n"
        )
    };
    let all = [
        text("setuptools-scm>=8", "[tool.setuptools_scm]"),
        text("setuptools_scm[simple]>=8", ""),
        text("setuptools-scm>=8", ""),
        text("setuptools-scm>=8", "[tool.setuptools-scm]"),
    ];
    let mut all = all
        .map(|text| two_commits_later(&[("pyproject.toml", &text)]))
        .to_vec();
    // The project uses setuptools-scm only to find its files.
    let table = "[tool.setuptools.dynamic]\nversion = { file = \"VERSION\" }";
    let text = text("setuptools-scm>=8", table);
    let files = [("pyproject.toml", text.as_str()), ("VERSION", "7.1\n")];
    all.push(two_commits_later(&files));
    insta::assert_snapshot!(all.join("\n"), @r#"
    "1.3.dev2"
    "1.3.dev2"
    the package has no version: setuptools-scm does not compute it, because pyproject.toml does not have the table `[tool.setuptools_scm]` help: add the table `[tool.setuptools_scm]` to pyproject.toml, which may be
    the package has no version: setuptools-scm does not compute it, because pyproject.toml does not have the table `[tool.setuptools_scm]` help: add the table `[tool.setuptools_scm]` to pyproject.toml, which may be
    "7.1"
    "#);
}

/// A project whose `setup.py` gets the version from versioneer.
const VERSIONEER: [(&str, &str); 3] = [
    (
        "setup.py",
        "import versioneer\nfrom setuptools import setup\n\
         setup(name='tool', version=versioneer.get_version(), packages=['tool'])\n",
    ),
    ("tool/__init__.py", "__version__ = '3.2.1'\n"),
    ("VERSION.txt", "4.5\n"),
];

#[test]
fn the_user_says_where_the_version_is() {
    let of = |from: &str| {
        let all = described(&VERSIONEER, json!({"version-from": from}), json!({}));
        all.lines().next().unwrap_or_default().to_string()
    };
    insta::assert_snapshot!(of("file:tool/__init__.py"), @r#"tool 3.2.1 py noarch ["pkg:pypi/tool"]"#);
    insta::assert_snapshot!(of("file:VERSION.txt"), @r#"tool 4.5 py noarch ["pkg:pypi/tool"]"#);

    let project = project(&VERSIONEER);
    let config = json!({"version-from": "git"});
    commit(project.dir());
    git(project.dir(), &["tag", "v1.4"]);
    let mut pixi = Pixi::of(&project);
    pixi.initialize(&initialize(&project, &[], config));
    let outputs = pixi.outputs(&Outputs::new(&project.metadata_work("hello")));
    assert_eq!(outputs[0]["metadata"]["version"], "1.4");
}

#[test]
fn versioneer_and_the_package_agree() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    for (style, table, expected) in [
        ("pep440", "pyproject.toml", "1.4"),
        ("pep440-pre", "setup.cfg", "1.4.post0.dev1"),
    ] {
        let settings = format!(
            "VCS = {{q}}git{{q}}\nstyle = {{q}}{style}{{q}}\nversionfile_source = {{q}}tool/_version.py{{q}}\n\
             versionfile_build = {{q}}tool/_version.py{{q}}\ntag_prefix = {{q}}v{{q}}\n"
        );
        let build = "[build-system]\nrequires = [\"setuptools\", \"versioneer\"]\n\
             build-backend = \"setuptools.build_meta\"\n\
             [project]\nname = \"tool\"\ndynamic = [\"version\"]\n";
        let (toml, cfg) = match table {
            "setup.cfg" => (
                String::new(),
                format!("[versioneer]\n{}", settings.replace("{q}", "")),
            ),
            _ => (
                format!("[tool.versioneer]\n{}", settings.replace("{q}", "\"")),
                String::new(),
            ),
        };
        let project = project(&[
            ("pyproject.toml", &format!("{build}{toml}")),
            ("setup.cfg", &cfg),
            (
                "setup.py",
                "import versioneer\nfrom setuptools import setup\n\
                 setup(version=versioneer.get_version(), cmdclass=versioneer.get_cmdclass(), packages=['tool'])\n",
            ),
            ("tool/__init__.py", ""),
            ("tool/_version.py", "# versioneer replaces this file\n"),
            (".gitignore", ".pixi\n"),
        ]);
        commit(project.dir());
        git(project.dir(), &["tag", "v1.4"]);
        git(project.dir(), &["tag", "nightly"]);
        git(
            project.dir(),
            &["commit", "--quiet", "--allow-empty", "-m", "more"],
        );
        let initialize = initialize(&project, &["setuptools", "versioneer"], plain());
        let package = built(&project, &initialize, channel, false);
        assert_eq!(package.index()["version"], expected, "{style}");
        assert!(
            package
                .text("site-packages/tool/_version.py")
                .contains("1.4")
        );
    }
}

#[test]
fn the_wheel_of_an_ignored_pyproject_has_the_version_of_the_manifest() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let text = "[build-system]\nrequires = [\"hatchling\", \"hatch-vcs\"]\n\
                build-backend = \"hatchling.build\"\n[tool.hatch.version]\nsource = \"vcs\"\n\
                [project]\nname = \"tool\"\ndynamic = [\"version\"]\n";
    let project = project(&[("pyproject.toml", text), ("tool.py", "")]);
    commit(project.dir());
    git(project.dir(), &["tag", "v1.4"]);
    let config = json!({"ignore-pyproject-manifest": true});
    // Some users write `dynamic`, which is a valid version for conda but not for hatchling.
    for (version, expected) in [("2.0", "2.0"), ("dynamic", "1.4")] {
        let initialize = initialize(&project, &["hatchling", "hatch-vcs"], config.clone());
        let initialize = initialize.package("conda-name-of-tool", version);
        let package = built(&project, &initialize, channel, false);
        assert_eq!(package.index()["name"], "conda-name-of-tool");
        assert_eq!(package.index()["version"], version);
        let metadata = format!("site-packages/tool-{expected}.dist-info/METADATA");
        assert!(package.has(&metadata), "{:?}", package.files());
    }
}

#[test]
fn settings_of_hatch_may_have_a_file_of_their_own() {
    let text = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\
                [project]\nname = \"tool\"\ndynamic = [\"version\"]\n\
                [tool.hatch.version]\npath = \"old.py\"\n\
                [tool.hatch.build.hooks.mypyc]\n";
    let files = [
        ("pyproject.toml", text),
        ("hatch.toml", "[version]\npath = \"new.py\"\n"),
        ("old.py", "__version__ = '1.0'\n"),
        ("new.py", "__version__ = '2.0'\n"),
    ];
    insta::assert_snapshot!(described(&files, plain(), json!({})), @r#"
    tool 2.0  linux-64 ["pkg:pypi/tool"]
    build: gcc_linux-64 *
    host: uv *, python *
    run: python *
    "#);
}

#[test]
fn a_wheel_with_a_name_that_code_computes_is_packed() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let project = project(&[
        (
            "setup.py",
            "from setuptools import setup\n\
             setup(name='-'.join(['my', 'tool']), version='1.0', py_modules=['tool'])\n",
        ),
        ("tool.py", ""),
    ]);
    let initialize = initialize(&project, &["setuptools"], plain()).package("conda-tool", "1.0");
    let package = built(&project, &initialize, channel, false);
    package.check_paths();
    assert!(package.has("site-packages/tool.py"));
    assert!(package.has("site-packages/my_tool-1.0.dist-info/METADATA"));
}

#[test]
fn setuptools_adds_its_suffix() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let pyproject = "[build-system]\nrequires = [\"setuptools\"]\n\
                     build-backend = \"setuptools.build_meta\"\n\
                     [project]\nname = \"hello\"\nversion = \"1.0\"\n";
    let project = project(&[
        ("pyproject.toml", pyproject),
        ("setup.cfg", "[egg_info]\ntag_build = .post2\n"),
        ("hello.py", ""),
    ]);
    let initialize = initialize(&project, &["setuptools"], plain());
    let package = built(&project, &initialize, channel, false);
    assert_eq!(package.index()["version"], "1.0.post2");
    assert!(package.has("site-packages/hello-1.0.post2.dist-info/METADATA"));
}
