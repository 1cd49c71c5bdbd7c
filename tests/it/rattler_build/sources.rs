//! Sources: fetched once, verified each time, filtered and patched.

use std::process::Command;

use indoc::{formatdoc, indoc};
use serde_json::json;

use super::{build_error, build_in, empty_channel, project};
use test_support::cli_command::CliCommand;
use test_support::git::git;
use test_support::packing::sha256;
use test_support::prefix::output;
use test_support::project::Project;
use test_support::web::serve;

fn with_source(source: &str) -> Project {
    project(&recipe(source))
}

/// A recipe whose package lists its sources.
fn recipe(source: &str) -> String {
    formatdoc!("
            package: {{name: foobar, version: 0.1.0}}
            source:
            {source}
            build: {{script: 'find . -type f | sort | grep -v -e conda_build -e build_env > $PREFIX/list.txt'}}
        "
    )
}

fn list(project: &Project) -> Vec<String> {
    let package = build_in(project);
    let list = package.text("list.txt");
    list.lines()
        .map(|line| line.trim_start_matches("./").to_string())
        .collect()
}

#[test]
fn directories_are_copied_by_the_rules_of_the_whole_repository() {
    let project = with_source("  - path: member\n  - path: more\n    target_directory: sub\n    filter: {exclude: ['*.a']}\n  - path: all\n    use_gitignore: false")
        .file(".gitignore", "dist/\n*.o\n")
        .file("member/dist/x", "")
        .file("member/a.o", "")
        .file("member/.hidden", "")
        .file("member/src/.gitignore", "!keep.o\nlocal\n")
        .file("member/src/keep.o", "")
        .file("member/src/local", "")
        .file("more/b.a", "")
        .file("more/b.txt", "")
        .file("all/c.o", "");
    git(project.dir(), &["init", "--quiet"]);
    assert_eq!(
        list(&project),
        [
            ".hidden",
            "c.o",
            "src/.gitignore",
            "src/keep.o",
            "sub/b.txt"
        ]
    );
}

#[test]
fn rules_above_the_repository_do_not_apply() {
    let project = Project::called("outer/ws")
        .built_by(super::BACKEND)
        .pixi_toml("[package]\n")
        .file("../.gitignore", "*\n")
        .file(".gitignore", "*.o\n")
        .file("src/a.c", "")
        .file("src/a.o", "");
    project.write("recipe.yaml", recipe("  - path: src"));
    git(project.dir(), &["init", "--quiet"]);
    assert_eq!(list(&project), ["a.c"]);
}

#[test]
fn the_root_of_a_workspace_can_be_the_source() {
    let project = Project::of(super::BACKEND)
        .pixi_toml("[package]\n")
        .file(
            "recipe/recipe.yaml",
            indoc! {"
                package: {name: foobar, version: 0.1.0}
                source: {path: ..}
                build: {script: 'find . -type f | sort | grep -v -e conda_build -e build_env > $PREFIX/list.txt'}
            "},
        )
        .file("a.txt", "")
        .file(".pixi/envs/default/x", "");
    assert_eq!(list(&project), ["a.txt", "pixi.toml", "recipe/recipe.yaml"]);
}

#[test]
fn files_and_archives_of_the_disk_are_sources() {
    let project = with_source("  - path: a.txt\n    file_name: b.txt\n    target_directory: sub\n  - path: pkg.tar\n  - path: pkg.tar\n    file_name: kept.tar")
        .file("a.txt", "a")
        .file("pkg/in.txt", "1");
    let pack = || {
        output(
            Command::new("tar")
                .current_dir(project.dir())
                .args(["cf", "pkg.tar", "pkg"]),
        )
    };
    pack();
    assert_eq!(list(&project), ["in.txt", "kept.tar", "sub/b.txt"]);
    project.write("pkg/new.txt", "2");
    pack();
    assert_eq!(
        list(&project),
        ["in.txt", "kept.tar", "new.txt", "sub/b.txt"]
    );
}

const PATCH: &str = indoc! {"
    --- a/a.txt
    +++ b/a.txt
    @@ -1,2 +1,2 @@
     one
    -two
    +three
"};

/// A patch as git writes it for a file whose name is not ASCII.
const QUOTED: &str = indoc! {r#"
    diff --git "a/\303\244.txt" "b/\303\244.txt"
    new file mode 100644
    --- /dev/null
    +++ "b/\303\244.txt"
    @@ -0,0 +1 @@
    +one
"#};

#[test]
fn patches_are_applied_or_pointed_at() {
    let recipe = indoc! {"
        package: {name: foobar, version: 0.1.0}
        source: {path: src, patches: [fix.patch]}
        build: {script: 'cp a.txt $PREFIX'}
    "};
    let project = project(recipe)
        .file("fix.patch", PATCH)
        .file("src/a.txt", "one\ntwo\n");
    assert_eq!(build_in(&project).text("a.txt"), "one\nthree\n");
    project.write("src/a.txt", "else\n");
    insta::assert_snapshot!(build_error(&project));
    project.remove("fix.patch");
    insta::assert_snapshot!(build_error(&project));
    project.write("fix.patch", QUOTED);
    insta::assert_snapshot!(build_error(&project));
    project.write("fix.patch", PATCH.replace("a.txt", "gone.txt"));
    let error = build_error(&project);
    assert!(error.contains("the sources do not contain"), "{error}");
}

#[test]
fn downloads_are_kept_and_checked() {
    let project = project("");
    let archives = project.dir().join("www");
    fs_err::create_dir_all(&archives).expect("the test owns the directory");
    fs_err::write(archives.join("pkg-1.txt"), "hello").expect("the test owns the directory");
    let url = format!("file://{}/pkg-1.txt", archives.display());
    let recipe = |sha256: &str| {
        formatdoc!(
            "
                package: {{name: foobar, version: 0.1.0}}
                source: {{url: '{url}', sha256: {sha256}}}
                build: {{script: 'cp pkg-1.txt $PREFIX'}}
            "
        )
    };
    project.write("recipe.yaml", recipe(&sha256("hello")));
    assert_eq!(build_in(&project).text("pkg-1.txt"), "hello");
    fs_err::remove_file(archives.join("pkg-1.txt")).expect("the test owns the file");
    assert_eq!(build_in(&project).text("pkg-1.txt"), "hello", "it was kept");

    fs_err::write(archives.join("pkg-1.txt"), "other").expect("the test owns the directory");
    project.write("recipe.yaml", recipe(&sha256("wrong")));
    let error = build_error(&project);
    assert!(error.contains("source::checksum"), "{error}");
    assert!(error.contains(&sha256("other")), "{error}");
    let md5 = recipe("0").replace("sha256: 0", "md5: 00000000000000000000000000000000");
    project.write("recipe.yaml", md5);
    let error = build_error(&project);
    assert!(error.contains("write `md5:"), "{error}");
}

#[test]
fn an_offline_build_asks_only_the_mirrors_of_this_machine() {
    let project = project("");
    let archives = project.cache().join("www");
    fs_err::create_dir_all(&archives).expect("own folder");
    let address = serve(&archives);
    fs_err::write(archives.join("pkg-1.txt"), "hello").expect("own folder");
    let recipe = |urls: &str| {
        formatdoc!(
            "
                package: {{name: foobar, version: 0.1.0}}
                source: {{url: [{urls}], sha256: {}}}
                build: {{script: 'cp pkg-1.txt $PREFIX'}}
            ",
            sha256("hello")
        )
    };
    let offline = || {
        CliCommand::build(&project, "")
            .channel(&empty_channel(&project))
            .args(["--offline"])
            .run()
    };
    let remote = format!("'{address}/pkg-1.txt'");
    let local = format!("'file://{}/pkg-1.txt'", archives.display());
    project.write("recipe.yaml", recipe(&format!("{remote}, {local}")));
    let ended = offline();
    assert_eq!(ended.code(), 0, "{}", ended.stderr());
    assert!(!ended.stderr().contains(&address), "{}", ended.stderr());
    // The cache has the file for the other address.
    let mirror = format!("'{address}/mirror/pkg-1.txt'");
    project.write("recipe.yaml", recipe(&mirror));
    let ended = offline();
    assert!(
        ended.stderr().contains("source::offline"),
        "{}",
        ended.stderr()
    );
    project.write("recipe.yaml", recipe(&format!("{mirror}, {local}")));
    assert_eq!(offline().code(), 0);
}

#[test]
fn branches_are_followed_and_commits_are_checked() {
    let project = project("");
    let repository = project.dir().join("repository");
    fs_err::create_dir_all(&repository).expect("the test owns the directory");
    let commit = |text: &str| {
        fs_err::write(repository.join("a.txt"), text).expect("the test owns the directory");
        git(&repository, &["add", "."]);
        git(&repository, &["commit", "--quiet", "-m", text]);
        git(&repository, &["rev-parse", "HEAD"]).trim().to_string()
    };
    git(&repository, &["init", "--quiet"]);
    let first = commit("1");
    git(&repository, &["tag", "v1"]);
    let text = |which: &str| {
        project.write(
            "recipe.yaml",
            formatdoc!(
                "
                    package: {{name: foobar, version: 0.1.0}}
                    source: {{git: repository, {which}}}
                    build: {{script: 'cp a.txt $PREFIX; test -d .git; test ! -e .ok'}}
                "
            ),
        );
        build_in(&project).text("a.txt")
    };
    assert_eq!(text("branch: main"), "1");
    let second = commit("2");
    assert_eq!(text("branch: main"), "2");
    assert_eq!(text("tag: v1"), "1");
    assert_eq!(text(&format!("rev: {second}")), "2");
    assert_eq!(text(&format!("tag: v1, expected_commit: {first}")), "1");
    let short = &second[..9];
    assert_eq!(text(&format!("rev: '{short}'")), "2");
    let expected = format!("rev: '{short}', expected_commit: {second}");
    assert_eq!(text(&expected), "2");
    let moved = format!("source: {{git: repository, tag: v1, expected_commit: {second}}}");
    project.write(
        "recipe.yaml",
        format!("package: {{name: foobar, version: 0.1.0}}\n{moved}\n"),
    );
    let error = build_error(&project);
    assert!(
        error.contains("source::commit") && error.contains(&first),
        "{error}"
    );
    // The commit that is found is verified, not only the part that the recipe has.
    let other = format!("{short}{}", "0".repeat(31));
    let source = format!("source: {{git: repository, rev: '{short}', expected_commit: {other}}}");
    project.write(
        "recipe.yaml",
        format!("package: {{name: foobar, version: 0.1.0}}\n{source}\n"),
    );
    let error = build_error(&project);
    assert!(
        error.contains("source::commit") && error.contains(&second),
        "{error}"
    );
}

#[test]
fn a_source_of_the_package_takes_the_place_of_all() {
    let project = project(indoc! {"
            package: {name: foobar, version: 0.1.0}
            source: {url: 'https://example.invalid/x.tar.gz', sha256: ''}
            build: {script: 'cp a.txt $PREFIX'}
        "})
    .file("code/a.txt", "here");
    let initialize =
        test_support::requests::Initialize::of(&project).configuration(json!({"source": "code"}));
    let channel = super::empty_channel(&project);
    let mut pixi = test_support::pixi::Pixi::of(&project);
    pixi.initialize(&initialize);
    assert_eq!(
        pixi.package(&project, &channel, "foobar").text("a.txt"),
        "here"
    );
}
