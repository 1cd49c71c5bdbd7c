//! Versions that a tool without a table in `pyproject.toml` computes.

use super::builds::built;
use super::{initialize, plain, project};
use test_support::git::{commit, git};
use test_support::python::channel_or_skip;

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
