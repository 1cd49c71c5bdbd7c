//! Projects as they exist in practice: each build backend with its particular features.

use indoc::{formatdoc, indoc};
use serde_json::{Value, json};

use super::builds::built;
use super::{initialize, plain, project};
use test_support::archive::Archive;
use test_support::git::{commit, git};
use test_support::python::channel_or_skip;

/// Builds a pure Python project, and returns the name, the version, the programs and the files of
/// the package. Of the metadata, only the license files are included.
#[track_caller]
fn packed(host: &[&str], files: &[(&str, &str)]) -> Option<String> {
    let channel = channel_or_skip()?;
    let project = project(files);
    let package = built(
        &project,
        &initialize(&project, host, plain()),
        channel,
        false,
    );
    Some(shown(&package))
}

fn shown(package: &Archive) -> String {
    let index = package.index();
    let programs = match index["noarch"] {
        Value::Null => Value::Null,
        _ => package.json("info/link.json")["noarch"]["entry_points"].clone(),
    };
    let files = package.files().into_iter();
    let own = files.filter(|file| !file.contains(".dist-info/"));
    let licenses = package.info_files().into_iter();
    let licenses = licenses.filter(|file| file.contains("licenses/"));
    let text = |key: &str| index[key].as_str().unwrap_or("-").to_string();
    let lines: Vec<String> = own.chain(licenses).collect();
    format!(
        "{} {} {programs}\n{}",
        text("name"),
        text("version"),
        lines.join("\n")
    )
}

#[test]
fn setup_cfg_with_a_manifest_of_data_files() {
    let files = [
        ("setup.py", "import setuptools\nsetuptools.setup()\n"),
        (
            "setup.cfg",
            indoc! {"
                [metadata]
                name = old-style
                version = attr: old_style.__version__
                license_files = COPYING.txt
                [options]
                packages = find:
                package_dir =
                    = lib
                include_package_data = True
                [options.packages.find]
                where = lib
                [options.data_files]
                share/old = data/old.conf
                [options.entry_points]
                console_scripts =
                    old = old_style:main
            "},
        ),
        ("COPYING.txt", "Do what you want\n"),
        ("MANIFEST.in", "recursive-include lib *.html\n"),
        ("data/old.conf", "a = 1\n"),
        (
            "lib/old_style/__init__.py",
            "__version__ = '1.5'\ndef main(): pass\n",
        ),
        ("lib/old_style/page.html", "<p>\n"),
        ("lib/old_style/notes.txt", "not packed\n"),
    ];
    let Some(packed) = packed(&["setuptools"], &files) else {
        return;
    };
    insta::assert_snapshot!(packed, @r#"
    old-style 1.5 ["old = old_style:main"]
    share/old/old.conf
    site-packages/old_style/__init__.py
    site-packages/old_style/page.html
    info/licenses/COPYING.txt
    "#);
}

#[test]
fn setup_py_alone() {
    let files = [
        (
            "setup.py",
            "from setuptools import setup\n\
             setup(name='alone', version='2.0', py_modules=['alone'], scripts=['bin/tool'])\n",
        ),
        ("alone.py", ""),
        ("bin/tool", "#!/usr/bin/env python\nprint('tool')\n"),
    ];
    let Some(packed) = packed(&["setuptools"], &files) else {
        return;
    };
    insta::assert_snapshot!(packed, @r#"
    alone 2.0 null
    python-scripts/tool
    site-packages/alone.py
    "#);
}

#[test]
fn hatchling_with_a_namespace_windows_and_licenses() {
    let files = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["hatchling"]
                build-backend = "hatchling.build"
                [project]
                name = "Acme.Tools"
                dynamic = ["version"]
                license = "MIT AND Apache-2.0"
                license-files = ["LICEN[CS]E*", "vendor/*/LICENSE"]
                [project.scripts]
                acme = "acme.tools.cli:main"
                [project.gui-scripts]
                acme-window = "acme.tools.cli:window"
                [project.optional-dependencies]
                all = ["click"]
                [tool.hatch.version]
                path = "src/acme/tools/about.py"
                [tool.hatch.build.targets.wheel]
                packages = ["src/acme"]
                [tool.hatch.build.targets.wheel.shared-data]
                "share" = "share"
            "#},
        ),
        ("LICENSE", "MIT\n"),
        ("vendor/one/LICENSE", "Apache\n"),
        ("share/acme/words.txt", "one\n"),
        ("src/acme/tools/about.py", "__version__ = '3.1rc1'\n"),
        (
            "src/acme/tools/cli.py",
            "def main(): pass\ndef window(): pass\n",
        ),
        ("src/acme/tools/py.typed", ""),
    ];
    let Some(packed) = packed(&["hatchling"], &files) else {
        return;
    };
    insta::assert_snapshot!(packed, @r#"
    acme.tools 3.1rc1 ["acme = acme.tools.cli:main","acme-window = acme.tools.cli:window"]
    share/acme/words.txt
    site-packages/acme/tools/about.py
    site-packages/acme/tools/cli.py
    site-packages/acme/tools/py.typed
    info/licenses/LICENSE
    info/licenses/vendor/one/LICENSE
    "#);
}

#[test]
fn poetry_flit_pdm_and_uv_with_tables_of_their_own() {
    let poetry = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["poetry-core"]
                build-backend = "poetry.core.masonry.api"
                [tool.poetry]
                name = "versifier"
                version = "1.0-1"
                description = ""
                authors = []
                packages = [{ include = "verse" }]
                include = [{ path = "verse/rhymes.json", format = "wheel" }]
                [tool.poetry.dependencies]
                python = "^3.9"
                [tool.poetry.scripts]
                verse = "verse:main"
            "#},
        ),
        ("verse/__init__.py", "def main(): pass\n"),
        ("verse/rhymes.json", "{}\n"),
    ];
    let flit = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["flit_core"]
                build-backend = "flit_core.buildapi"
                [project]
                name = "flitter"
                dynamic = ["version", "description"]
                [tool.flit.external-data]
                directory = "data"
            "#},
        ),
        ("flitter.py", "\"\"\"Flits.\"\"\"\n__version__ = \"0.4\"\n"),
        ("data/share/man/man1/flitter.1", ".TH\n"),
    ];
    let pdm = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["pdm-backend"]
                build-backend = "pdm.backend"
                [project]
                name = "pedal"
                dynamic = ["version"]
                [tool.pdm.version]
                source = "file"
                path = "src/pedal/__init__.py"
            "#},
        ),
        ("src/pedal/__init__.py", "__version__ = \"7.0\"\n"),
        ("src/pedal/gear.json", "{}\n"),
    ];
    let uv = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["uv_build"]
                build-backend = "uv_build"
                [project]
                name = "ultra-violet"
                version = "1.2"
                license = "MIT"
                license-files = ["MIT.txt"]
                [tool.uv.build-backend]
                module-root = ""
                module-name = "violet.ultra"
                [tool.uv.build-backend.data]
                data = "data"
            "#},
        ),
        ("MIT.txt", "MIT\n"),
        ("data/share/violet.txt", "violet\n"),
        ("violet/ultra/__init__.py", ""),
    ];
    let projects: [(&str, &[(&str, &str)]); 4] = [
        ("poetry-core", &poetry),
        ("flit-core", &flit),
        ("pdm-backend", &pdm),
        ("uv-build", &uv),
    ];
    let mut all = Vec::new();
    for (host, files) in projects {
        let Some(packed) = packed(&[host], files) else {
            return;
        };
        all.push(packed);
    }
    insta::assert_snapshot!(all.join("\n--\n"), @r#"
    versifier 1.0.post1 ["verse = verse:main"]
    site-packages/verse/__init__.py
    site-packages/verse/rhymes.json
    --
    flitter 0.4 null
    share/man/man1/flitter.1
    site-packages/flitter.py
    --
    pedal 7.0 null
    site-packages/pedal/__init__.py
    site-packages/pedal/gear.json
    --
    ultra-violet 1.2 null
    share/violet.txt
    site-packages/violet/ultra/__init__.py
    info/licenses/MIT.txt
    "#);
}

#[test]
fn versions_of_git_are_those_of_the_wheel() {
    let projects: [(&[&str], &str); 2] = [
        (
            &["setuptools", "setuptools-scm"],
            indoc! {r#"
                [build-system]
                requires = ["setuptools", "setuptools-scm"]
                build-backend = "setuptools.build_meta"
                [tool.setuptools_scm]
                version_file = "src/tagged/version.py"
            "#},
        ),
        (
            &["hatchling", "hatch-vcs"],
            indoc! {r#"
                [build-system]
                requires = ["hatchling", "hatch-vcs"]
                build-backend = "hatchling.build"
                [tool.hatch.version]
                source = "vcs"
                [tool.hatch.build.hooks.vcs]
                version-file = "src/tagged/version.py"
            "#},
        ),
    ];
    for (host, tables) in projects {
        let Some(channel) = channel_or_skip() else {
            return;
        };
        let text = formatdoc!(
            r#"
            {tables}[project]
            name = "tagged"
            dynamic = ["version"]
        "#
        );
        let project = project(&[("pyproject.toml", &text), ("src/tagged/__init__.py", "")]);
        commit(project.dir());
        git(project.dir(), &["tag", "v1.4"]);
        project.write("src/tagged/edited.py", "");
        let package = built(
            &project,
            &initialize(&project, host, plain()),
            channel,
            false,
        );
        assert_eq!(package.index()["version"], "1.4");
        let metadata = package.text("site-packages/tagged-1.4.dist-info/METADATA");
        assert!(metadata.contains("Version: 1.4\n"), "{metadata}");
        let written = package.text("site-packages/tagged/version.py");
        assert!(written.contains("1.4"), "{written}");
    }
}

#[test]
fn a_build_backend_in_the_project_says_what_it_needs() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let files = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["setuptools"]
                build-backend = "own"
                backend-path = ["tools"]
                [project]
                name = "own"
                version = "1.0"
                [tool.setuptools]
                py-modules = ["mine"]
            "#},
        ),
        (
            "tools/own.py",
            indoc! {r#"
                from setuptools.build_meta import *
                from setuptools import build_meta
                def get_requires_for_build_wheel(settings=None):
                    return ['Not-There>=1; python_version>"3"']
                def build_wheel(directory, *rest):
                    if FAIL: raise NameError('not_there')
                    return build_meta.build_wheel(directory, *rest)
                FAIL = open('fail').read() == 'yes'
            "#},
        ),
        ("mine.py", ""),
        ("fail", "no"),
    ];
    let project = project(&files);
    let initialize = initialize(&project, &["setuptools"], plain());
    let package = built(&project, &initialize, channel, false);
    assert!(package.has("site-packages/mine.py"));
    project.write("fail", "yes");
    let error = super::builds::tried(&project, &initialize, channel, false);
    let drawn =
        test_support::render_error::render_error(&project, &error.expect_err("the build fails"));
    let lines = drawn.lines().filter(|line| !line.contains("the whole log"));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    python::missing_requirement

      × `uv pip` failed with exit code 1: the build backend asks for `not-there`,
      │ which is not in the host environment
      help: write `not-there = "*"` into `[package.host-dependencies]`
    "#);
}

#[test]
fn everything_in_pyproject_toml() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let text = indoc! {r#"
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [project]
        name = "one"
        version = "1.0"
        [tool.pixi.package]
    "#};
    let project = test_support::project::Project::of(super::NAME)
        .file("pyproject.toml", text)
        .file("src/one/__init__.py", "");
    let path = project.dir().join("pyproject.toml");
    let initialize = initialize(&project, &["hatchling"], plain()).set("manifestPath", json!(path));
    assert!(built(&project, &initialize, channel, false).has("site-packages/one/__init__.py"));
}

#[test]
fn what_the_user_excludes_is_not_packed() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let text = indoc! {r#"
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [project]
        name = "tested"
        version = "1.0"
    "#};
    let project = project(&[
        ("pyproject.toml", text),
        ("src/tested/__init__.py", ""),
        ("src/tested/tests/test_it.py", ""),
        ("src/tested/data/big.bin", ""),
    ]);
    let config = json!({"exclude": ["*/tests/*", "tested/data/*"]});
    let package = built(
        &project,
        &initialize(&project, &["hatchling"], config),
        channel,
        false,
    );
    insta::assert_snapshot!(shown(&package), @r#"
    tested 1.0 null
    site-packages/tested/__init__.py
    "#);
    let record = package.text("site-packages/tested-1.0.dist-info/RECORD");
    assert!(
        !record.contains("test_it") && !record.contains("big.bin"),
        "{record}"
    );
}
