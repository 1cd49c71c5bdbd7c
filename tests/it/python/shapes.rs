//! Projects as people really have them: each build backend with what is particular about it.

use serde_json::{Value, json};

use super::builds::built;
use super::{initialize, plain, project};
use test_support::archive::Archive;
use test_support::git::{commit, git};
use test_support::python::channel_or_skip;

/// Builds a project of pure Python, and says what became of it: name, version, programs, and
/// the files without those of the metadata.
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
            "[metadata]\nname = old-style\nversion = attr: old_style.__version__\n\
             license_files = COPYING.txt\n\
             [options]\npackages = find:\npackage_dir =\n    = lib\ninclude_package_data = True\n\
             [options.packages.find]\nwhere = lib\n\
             [options.data_files]\nshare/old = data/old.conf\n\
             [options.entry_points]\nconsole_scripts =\n    old = old_style:main\n",
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
            "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\
             [project]\nname = \"Acme.Tools\"\ndynamic = [\"version\"]\nlicense = \"MIT AND Apache-2.0\"\n\
             license-files = [\"LICEN[CS]E*\", \"vendor/*/LICENSE\"]\n\
             [project.scripts]\nacme = \"acme.tools.cli:main\"\n\
             [project.gui-scripts]\nacme-window = \"acme.tools.cli:window\"\n\
             [project.optional-dependencies]\nall = [\"click\"]\n\
             [tool.hatch.version]\npath = \"src/acme/tools/about.py\"\n\
             [tool.hatch.build.targets.wheel]\npackages = [\"src/acme\"]\n\
             [tool.hatch.build.targets.wheel.shared-data]\n\"share\" = \"share\"\n",
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
            "[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n\
             [tool.poetry]\nname = \"versifier\"\nversion = \"1.0-1\"\ndescription = \"\"\nauthors = []\n\
             packages = [{ include = \"verse\" }]\ninclude = [{ path = \"verse/rhymes.json\", format = \"wheel\" }]\n\
             [tool.poetry.dependencies]\npython = \"^3.9\"\n\
             [tool.poetry.scripts]\nverse = \"verse:main\"\n",
        ),
        ("verse/__init__.py", "def main(): pass\n"),
        ("verse/rhymes.json", "{}\n"),
    ];
    let flit = [
        (
            "pyproject.toml",
            "[build-system]\nrequires = [\"flit_core\"]\nbuild-backend = \"flit_core.buildapi\"\n\
             [project]\nname = \"flitter\"\ndynamic = [\"version\", \"description\"]\n\
             [tool.flit.external-data]\ndirectory = \"data\"\n",
        ),
        ("flitter.py", "\"\"\"Flits.\"\"\"\n__version__ = \"0.4\"\n"),
        ("data/share/man/man1/flitter.1", ".TH\n"),
    ];
    let pdm = [
        (
            "pyproject.toml",
            "[build-system]\nrequires = [\"pdm-backend\"]\nbuild-backend = \"pdm.backend\"\n\
             [project]\nname = \"pedal\"\ndynamic = [\"version\"]\n\
             [tool.pdm.version]\nsource = \"file\"\npath = \"src/pedal/__init__.py\"\n",
        ),
        ("src/pedal/__init__.py", "__version__ = \"7.0\"\n"),
        ("src/pedal/gear.json", "{}\n"),
    ];
    let uv = [
        (
            "pyproject.toml",
            "[build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n\
             [project]\nname = \"ultra-violet\"\nversion = \"1.2\"\nlicense = \"MIT\"\n\
             license-files = [\"MIT.txt\"]\n\
             [tool.uv.build-backend]\nmodule-root = \"\"\nmodule-name = \"violet.ultra\"\n\
             [tool.uv.build-backend.data]\ndata = \"data\"\n",
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
            "[build-system]\nrequires = [\"setuptools\", \"setuptools-scm\"]\n\
             build-backend = \"setuptools.build_meta\"\n\
             [tool.setuptools_scm]\nversion_file = \"src/tagged/version.py\"\n",
        ),
        (
            &["hatchling", "hatch-vcs"],
            "[build-system]\nrequires = [\"hatchling\", \"hatch-vcs\"]\n\
             build-backend = \"hatchling.build\"\n[tool.hatch.version]\nsource = \"vcs\"\n\
             [tool.hatch.build.hooks.vcs]\nversion-file = \"src/tagged/version.py\"\n",
        ),
    ];
    for (host, tables) in projects {
        let Some(channel) = channel_or_skip() else {
            return;
        };
        let text = format!("{tables}[project]\nname = \"tagged\"\ndynamic = [\"version\"]\n");
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
            "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"own\"\nbackend-path = [\"tools\"]\n\
             [project]\nname = \"own\"\nversion = \"1.0\"\n[tool.setuptools]\npy-modules = [\"mine\"]\n",
        ),
        (
            "tools/own.py",
            "from setuptools.build_meta import *\nfrom setuptools import build_meta\n\
             def get_requires_for_build_wheel(settings=None):\n    return ['Not-There>=1; python_version>\"3\"']\n\
             def build_wheel(directory, *rest):\n    \
             if FAIL: raise NameError('not_there')\n    return build_meta.build_wheel(directory, *rest)\n\
             FAIL = open('fail').read() == 'yes'\n",
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
    let drawn = test_support::render_error::render_error(&project, &error.expect_err("it fails"));
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
    let text = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\
                [project]\nname = \"one\"\nversion = \"1.0\"\n[tool.pixi.package]\n";
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
    let text = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\
                [project]\nname = \"tested\"\nversion = \"1.0\"\n";
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
