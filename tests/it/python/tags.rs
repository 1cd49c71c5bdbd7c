//! Versions in repositories with the tags of several packages.

use super::project;
use super::versions::version_or_error;
use test_support::git::{git, git_at};

#[test]
fn the_tags_of_one_package_are_selected_as_its_tool_does() {
    let hatch = |source: &str, options: &str| {
        format!(
            "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\
             [project]\nname = \"h\"\ndynamic = [\"version\"]\n\
             [tool.hatch.version]\nsource = \"{source}\"\n{options}\n"
        )
    };
    let table = |table: &str, options: &str| {
        let start = "[project]\nname = \"h\"\ndynamic = [\"version\"]\n";
        format!("{start}[tool.{table}]\n{options}\n")
    };
    let scm = |options: &str| table("setuptools_scm", options);
    let git_versioning = |options: &str| {
        table(
            "setuptools-git-versioning",
            &format!("enabled = true\n{options}"),
        )
    };
    let describe = "git describe --dirty --tags --long";
    let all = [
        scm(""),
        scm(&format!(
            "git_describe_command = \"{describe} --match 'a-*'\""
        )),
        scm(
            "scm.git.describe_command = [\"git\", \"describe\", \"--tags\", \"--match=a-*\", \"--exclude\", \"*rc*\"]",
        ),
        scm(&format!(
            "scm.git.describe_command = \"{describe} --match b/*\"\ntag_regex = '^b/(.+)$'"
        )),
        scm("tag.prefix = \"b/\""),
        scm("tag.prefix = \"c-\"\nfallback_version = \"1.0\""),
        scm(&format!(
            "git_describe_command = \"{describe} --first-parent\""
        )),
        scm("git_describe_command = \"./version.sh --short\""),
        scm("tag_regex = '^(?!b)(.+)$'"),
        hatch(
            "vcs",
            &format!(
                "tag-pattern = '^b/v(?P<version>.+)$'\n\
                 raw-options.git_describe_command = \"{describe} --match 'b/*'\""
            ),
        ),
        table("pdm.version", "source = \"scm\""),
        table("pdm.version", "source = \"scm\"\ntag_filter = \"a-*\""),
        table(
            "pdm.version",
            "source = \"scm\"\ntag_filter = \"c-*\"\nfallback_version = \"1.0\"",
        ),
        table("versioningit.vcs", "match = [\"c-*\"]"),
        table(
            "versioningit.vcs",
            "match = [\"c-*\"]\ndefault-tag = \"v0.3\"",
        ),
        table(
            "versioningit",
            "vcs = { match = [\"a-*\"], exclude = [\"*rc*\"] }\ntag2version.rmprefix = \"a-\"",
        ),
        table(
            "versioningit",
            "vcs.match = [\"b/*\"]\ntag2version.regex = '[0-9.]+$'",
        ),
        git_versioning("tag_filter = 'a-.*'\ntag_formatter = 'a-(?P<tag>.*)'"),
        git_versioning("tag_filter = 'c-'"),
        git_versioning("tag_filter = 'own.tags:filter'"),
        hatch(
            "uv-dynamic-versioning",
            "[tool.uv-dynamic-versioning]\npattern-prefix = \"(a-|c-)\"",
        ),
        hatch(
            "uv-dynamic-versioning",
            "[tool.uv-dynamic-versioning]\nbump = true\npattern = '^b/v(?P<base>[0-9.]+)'",
        ),
    ];
    let project = project(&[("h.py", "")]);
    // A tag has the date of its commit, which must differ.
    let mut seconds = 1_700_000_000;
    let mut commit = |tags: &[&[&str]]| {
        seconds += 100;
        let date = format!("{seconds} +0000");
        git(project.dir(), &["add", "--all"]);
        let args = ["commit", "--quiet", "--allow-empty", "-m", "a change"];
        git_at(project.dir(), &args, &date);
        for tag in tags {
            git_at(project.dir(), &[&["tag"], *tag].concat(), &date);
        }
    };
    git(project.dir(), &["init", "--quiet"]);
    commit(&[]);
    commit(&[&["a-v1.2"]]);
    commit(&[&["-a", "-m", "new", "a-v1.3rc1"], &["a-v1.3rc0"]]);
    commit(&[&["b/v3.0"], &["nightly"]]);
    commit(&[]);
    let versions = all.map(|text| {
        project.write("pyproject.toml", &text);
        version_or_error(&project)
    });
    insta::assert_snapshot!(versions.join("\n"), @r#"
    the package has no version: setuptools-scm computes it from the tag `b/ v3.0`, in which it does not find a version help: write `version = "…"` into `[package]` of the pixi manifest, and the
    "1.3rc2.dev2"
    "1.3.dev3"
    "3.1.dev1"
    "3.1.dev1"
    "1.1.dev5"
    the package has no version: setuptools-scm computes it with `--first- parent` in `tool.setuptools_scm.git_describe_command` in pyproject.toml, which the backend does not support help: write `version = "…"` into `[package]` of the pixi manifest, and the
    the package has no version: setuptools-scm computes it with `./version.sh --short` in `tool.setuptools_scm.git_describe_command` in pyproject.toml, which the backend does not support help: write `version = "…"` into `[package]` of the pixi manifest, and the
    the package has no version: setuptools-scm computes it with the pattern in `tool.setuptools_scm.tag_regex` in pyproject.toml, which the backend does not support help: write `version = "…"` into `[package]` of the pixi manifest, and the
    "3.1.dev1"
    "0.0.1.dev1"
    "1.3rc2.dev2"
    "0.1.dev5"
    the package has no version: versioningit computes it from tags of Git, and it does not select any of this checkout help: create a tag that the options of the tool select, or write `version =
    "0.3.post4"
    "1.2.post3"
    "3.0.post1"
    "1.3rc0.post2"
    "0.0.1"
    the package has no version: setuptools-git-versioning computes it with `tool.setuptools-git-versioning.tag_filter` in pyproject.toml, which the backend does not support help: write `version = "…"` into `[package]` of the pixi manifest; or say
    "1.3rc0.post2.dev0"
    "3.1.dev1"
    "#);
}
