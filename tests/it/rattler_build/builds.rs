//! Real builds: the environment of scripts, and the contents of packages.

use std::path::Path;
use std::process::Command;

use indoc::{formatdoc, indoc};
use serde_json::json;

use super::{build, build_all, build_in, empty_channel, project};
use test_support::cli_command::CliCommand;
use test_support::machine::machine;
use test_support::pixi::Pixi;
use test_support::prefix::output;
use test_support::requests::Initialize;
use test_support::requests::Outputs;

const HELLO: &str = "package: {name: foobar, version: 0.1.0}\n";

#[test]
fn a_recipe_without_anything_is_an_empty_package() {
    assert_eq!(build(HELLO).files(), Vec::<String>::new());
}

#[test]
fn a_noarch_script_takes_the_branch_of_the_machine() {
    let package = build(&formatdoc!(
        "
            {HELLO}build:
              noarch: generic
              script:
                - if: unix
                  then: echo ${{{{ host_platform }}}} > $PREFIX/unix.txt
                  else: exit 1
                - if: win or osx and not linux
                  then: exit 1
        "
    ));
    let unix = package.text("unix.txt");
    assert!(
        unix.starts_with("linux") || unix.starts_with("osx"),
        "{unix}"
    );
    assert_eq!(package.index()["noarch"], "generic");
}

#[test]
fn scripts_come_in_every_form() {
    let file = "echo file > $PREFIX/out.txt\n";
    let forms = [
        ("script: echo inline > $PREFIX/out.txt", "inline"),
        ("script: ['true', 'echo list > $PREFIX/out.txt']", "list"),
        ("script: {file: other.sh}", "file"),
        ("script: other", "file"),
        (
            "script: {content: 'echo $FOO > $PREFIX/out.txt', env: {FOO: '${{ 1 + 1 }}'}}",
            "2",
        ),
        ("number: 1", "build.sh"),
        (
            "script: {interpreter: bash, content: 'echo bash > $PREFIX/out.txt'}",
            "bash",
        ),
    ];
    for (form, expected) in forms {
        let project = project(&format!("{HELLO}build:\n  {form}\n"))
            .file("build.sh", "echo build.sh > $PREFIX/out.txt\n")
            .file("other.sh", file);
        assert_eq!(
            build_in(&project).text("out.txt").trim(),
            expected,
            "{form}"
        );
    }
}

#[test]
fn steps_run_in_order_when_experimental_features_are_on() {
    let project = project(&formatdoc!(
        "
            {HELLO}build:
              steps:
                - run: echo one > $PREFIX/a.txt
                - if: win
                  run: exit 1
                - run: [echo $X >> $PREFIX/a.txt]
                  env: {{X: two}}
        "
    ));
    let config = json!({"experimental": true});
    let initialize = Initialize::of(&project).configuration(config);
    let channel = super::empty_channel(&project);
    let mut pixi = Pixi::of(&project);
    pixi.initialize(&initialize);
    let outputs = pixi.outputs(&Outputs::new(&project.metadata_work("x")).channel(&channel));
    assert_eq!(outputs.len(), 1);
    let package = pixi.package(&project, &channel, "foobar");
    assert_eq!(package.text("a.txt"), "one\ntwo\n");
}

#[test]
fn what_is_packed_is_what_the_recipe_says() {
    let script =
        "script: 'mkdir $PREFIX/d; echo > $PREFIX/d/a.txt; echo > $PREFIX/b.a; echo > $PREFIX/c'";
    let files = |rule: &str| {
        build(&formatdoc!(
            "
        {HELLO}build:
          {script}
          {rule}
    "
        ))
        .files()
    };
    assert_eq!(files("files: [d/*, c]"), ["c", "d/a.txt"]);
    assert_eq!(files("files: {exclude: ['*.a']}"), ["c", "d/a.txt"]);
    assert_eq!(
        files("files: {include: ['**'], exclude: [d]}"),
        ["b.a", "c"]
    );
    assert_eq!(files("files: []"), Vec::<String>::new());
    assert_eq!(files("number: 0"), ["b.a", "c", "d/a.txt"]);
}

#[test]
fn heirs_begin_with_what_their_staging_made() {
    let project = project(
        indoc! {"
            recipe: {name: x, version: 1.0.0}
            source: {path: src}
            outputs:
              - staging: {name: compile}
                build: {script: 'cat a.txt > $PREFIX/lib.txt; echo $PKG_NAME. > made.txt; echo x > $PREFIX/dev.h'}
              - package: {name: lib}
                inherit: compile
                build: {files: [lib.txt]}
              - package: {name: dev}
                inherit: compile
                build: {files: [dev.h, made.txt], script: 'cp made.txt $PREFIX'}
        "},
    )
    .file("src/a.txt", "source\n");
    let built = build_all(&project, json!({}));
    assert_eq!(built[0].files(), ["lib.txt"]);
    assert_eq!(built[0].text("lib.txt"), "source\n");
    assert_eq!(built[1].files(), ["dev.h", "made.txt"]);
    assert_eq!(built[1].text("made.txt"), ".\n", "a staging has no name");
}

#[test]
fn metadata_is_that_of_the_recipe() {
    let project = project(&formatdoc!(
        "
            {HELLO}source: {{path: src}}
            build:
              noarch: python
              number: 3
              python: {{entry_points: ['foo = foo:main']}}
            requirements:
              run: [python >=3.9]
            about:
              license: MIT
              license_file: [LICENSE, COPYING]
              summary: Says hello
              homepage: https://example.com
            tests:
              - python: {{imports: [foo]}}
              - script: [test -f data.txt]
                files: {{recipe: [data.txt]}}
            extra: {{recipe-maintainers: [somebody]}}
        "
    ))
    .file("src/LICENSE", "text\n")
    .file("COPYING", "more\n")
    .file("data.txt", "data\n");
    let package = build_in(&project);
    assert_eq!(package.index()["build"], "pyh4616a5c_3");
    assert_eq!(package.index()["license"], "MIT");
    assert_eq!(package.about()["summary"], "Says hello");
    let link = package.json("info/link.json");
    assert_eq!(link["noarch"]["entry_points"], json!(["foo = foo:main"]));
    let info = package.info_files();
    for file in [
        "info/licenses/LICENSE",
        "info/licenses/COPYING",
        "info/tests/tests.yaml",
    ] {
        assert!(info.contains(&file.to_string()), "{file} in {info:?}");
    }
    let files = package.files();
    assert!(
        files.iter().any(|file| file.ends_with("data.txt")),
        "{files:?}"
    );
    assert!(
        !info.iter().any(|file| file.contains("recipe.yaml")),
        "{info:?}"
    );
}

#[test]
fn prefixes_in_files_are_found_unless_the_recipe_says_otherwise() {
    let script = "script: 'echo $PREFIX/bin/x > $PREFIX/a.txt; cp $PREFIX/a.txt $PREFIX/b.txt'";
    let rule = "prefix_detection: {ignore: [b.txt]}";
    let package = build(&formatdoc!(
        "
        {HELLO}build:
          {script}
          {rule}
    "
    ));
    assert_eq!(package.path_entry("a.txt")["file_mode"], "text");
    assert!(package.path_entry("b.txt")["file_mode"].is_null());
}

#[test]
fn used_variants_are_variables_of_the_script() {
    let project = project(&format!(
        "{HELLO}build: {{variant: {{use_keys: [mode]}}, script: 'echo $mode > $PREFIX/mode.txt'}}\n"
    ));
    let built = build_all(&project, json!({"mode": ["fast", "small"]}));
    let modes: Vec<String> = built
        .iter()
        .map(|package| package.text("mode.txt"))
        .collect();
    assert_eq!(modes, ["fast\n", "small\n"]);
}

#[test]
fn a_kept_work_directory_has_what_the_last_build_made() {
    let project = project(&formatdoc!("
            {HELLO}source: {{path: src}}
            build:
              script: 'test -f made.txt && cp made.txt $PREFIX; ls > made.txt; ls > $PREFIX/list.txt'
        "
    ))
    .file("src/a.txt", "")
    .file("src/b.txt", "");
    let initialize = Initialize::of(&project).configuration(json!({"work-directory": "keep"}));
    let channel = super::empty_channel(&project);
    let package = || {
        let mut pixi = Pixi::of(&project);
        pixi.initialize(&initialize);
        pixi.package(&project, &channel, "foobar")
    };
    assert!(!package().has("made.txt"));
    project.remove("src/b.txt");
    project.write("src/c.txt", "");
    let second = package();
    assert!(second.has("made.txt"), "it was kept");
    let list = second.text("list.txt");
    assert!(!list.contains("b.txt") && list.contains("c.txt"), "{list}");
    let recipe =
        fs_err::read_to_string(project.dir().join("recipe.yaml")).expect("the file exists");
    project.write("recipe.yaml", recipe.replace("ls >", "ls -1 >"));
    assert!(!package().has("made.txt"), "another script begins anew");
}

#[test]
fn a_kept_work_directory_sees_that_an_older_file_replaced_a_file() {
    // Like `make`, the script compares only times.
    let project = project(&formatdoc!(
        r#"
            {HELLO}source: [{{path: src}}, {{path: single.txt}}]
            build:
              script: |
                for it in a b single; do
                  test -f $it.out && ! test $it.txt -nt $it.out && continue
                  cp $it.txt $it.out
                  echo $it >> made
                done
                cp *.out made $PREFIX
        "#
    ))
    .file("src/a.txt", "1\n")
    .file("src/b.txt", "1\n")
    .file("single.txt", "1\n");
    let initialize = Initialize::of(&project).configuration(json!({"work-directory": "keep"}));
    let channel = super::empty_channel(&project);
    let package = || {
        let mut pixi = Pixi::of(&project);
        pixi.initialize(&initialize);
        pixi.package(&project, &channel, "foobar")
    };
    let made = "a\nb\nsingle\n";
    assert_eq!(package().text("made"), made);
    let replace = |name: &str, text: &str| {
        project.write(name, text);
        let file = fs_err::File::options()
            .write(true)
            .open(project.dir().join(name))
            .expect("the file exists");
        let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_500_000_000);
        file.file().set_modified(old).expect("own file");
    };
    replace("src/a.txt", "2\n");
    let second = package();
    assert_eq!(second.text("a.out"), "2\n");
    assert_eq!(second.text("made"), format!("{made}a\n"), "`b` is kept");
    replace("single.txt", "2\n");
    let third = package();
    assert_eq!(third.text("single.out"), "2\n");
    assert_eq!(third.text("made"), format!("{made}a\nsingle\n"));
    assert_eq!(package().text("made"), format!("{made}a\nsingle\n"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_needs_only_the_system_is_packed_without_patchelf() {
    let project = project(&formatdoc!(
        "
            {HELLO}source: {{path: pre}}
            build: {{script: 'mkdir -p $PREFIX/bin; cp tool $PREFIX/bin/'}}
        "
    ))
    .file(
        "pre/tool.c",
        "int puts(const char *);\nint main(void) { return puts(\"found\") < 0; }\n",
    );
    let folder = project.dir().join("pre");
    let mut compile = Command::new(&machine().cc);
    output(compile.current_dir(&folder).args(["-o", "tool", "tool.c"]));
    let compiled = fs_err::read(folder.join("tool")).expect("it is compiled");
    let package = build_in(&project);
    let packed = package.root().join("bin/tool");
    assert_eq!(output(&mut Command::new(&packed)), "found");
    let packed = fs_err::read(packed).expect("it is packed");
    assert!(packed == compiled, "it is not modified");
}

#[cfg(unix)]
#[test]
fn the_log_has_the_lines_of_both_streams_in_their_order() {
    let project = project(&formatdoc!(
        "
            {HELLO}build:
              script: |
                {{ set +x; }} 2>/dev/null
                for number in {{1..300}}; do echo one $number; echo two $number >&2; done
                head -c 3000000 /dev/zero | tr '\\0' x
                sleep 600 &
        "
    ));
    build_in(&project);
    let only = |folder: &Path| {
        let mut entries = fs_err::read_dir(folder).expect("a build creates it");
        entries
            .next()
            .expect("there is one")
            .expect("own folder")
            .path()
    };
    let work = only(&only(&project.dir().join(".pixi/bld")));
    let log = fs_err::read_to_string(work.join("debug/build.log")).expect("a build has a log");
    let mut lines = log.lines().skip_while(|line| *line != "one 1");
    for number in 1..=300 {
        for stream in ["one", "two"] {
            assert_eq!(lines.next(), Some(format!("{stream} {number}").as_str()));
        }
    }
    let written: usize = lines
        .filter(|line| line.starts_with('x'))
        .map(str::len)
        .sum();
    assert_eq!(written, 3_000_000);
}

#[cfg(unix)]
#[test]
fn a_process_that_never_stops_writing_does_not_hold_the_build() {
    let project = project(&formatdoc!(
        "
            {HELLO}build:
              script: |
                {{ set +x; }} 2>/dev/null
                while true; do echo again; done &
        "
    ));
    build_in(&project);
}

#[test]
fn what_is_hardly_meant_is_told_during_the_build() {
    let project = project(indoc! {r#"
            # ä
            recipe: {name: x, version: 1.0.0}
            outputs:
              - staging: {name: base}
                build:
                  script: [echo $PKG_VERSION]
              - package: {name: one}
                inherit: base
                build:
                  skip:
                    - not linux-aarch64 and win
                  script: ['echo "${{ nothing }}" ${{ PREFIX }} ${{ target_platform }} ${{ unix }}']
                about: {license: MIT}
              - package: {name: two}
                about: {license: MIT, description: two, summary: "${{ env.get('HOME') }}"}
        "#})
    .pixi_toml(indoc! {r#"
        [package]
        license = "MIT"
        description = "ours"
        [package.run-exports.weak]
        one = { path = "." }
    "#})
    .file("build.sh", "echo\n")
    .file("variants.yaml", "channel_sources: [conda-forge]\n");
    let ended = CliCommand::build(&project, "")
        .channel(&empty_channel(&project))
        .args(["--json"])
        .run();
    assert_eq!(ended.code(), 0, "{}", ended.stderr());
    let text = ended.stdout();
    for part in [
        "`nothing` in a script of the recipe, line 12, is not defined",
        "`linux-aarch64` in the condition of the recipe, line 11, is a subtraction",
        "`PKG_VERSION` is empty in the script of the staging output `base`",
        "the recipe reads variables of the environment, and pixi does not notice when that changes",
        "`two` has no script: `build.sh` is only used when a recipe has one package",
        "`channel_sources` in a variant file has no effect",
        "`description` of `[package]` is not part of the package",
        "`[package.run-exports]` is not used",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("`unix`"), "{text}");
}

#[test]
fn only_the_conditions_of_the_package_that_is_built_are_told() {
    let project = project(indoc! {r#"
        recipe: {name: x, version: 1.0.0}
        outputs:
          - package: {name: liba}
          - package: {name: pya}
            build: {skip: ['match(python, "<3.12")', 'match(numpy, "<2")']}
    "#})
    .file("variants.yaml", "python: [3.11.*, 3.12.*]\n");
    let ended = CliCommand::build(&project, "")
        .channel(&empty_channel(&project))
        .args(["--json"])
        .run();
    let text = ended.stdout();
    assert_eq!(ended.code(), 0, "{}", ended.stderr());
    let mut warnings = text.lines().filter(|line| line.contains("skips nothing"));
    let is_meant = |line: &str| line.contains("\"pya-1.0.0") && line.contains("`match(numpy");
    assert!(warnings.next().is_some_and(is_meant), "{text}");
    assert!(warnings.all(is_meant), "{text}");
}

#[test]
fn licenses_are_not_searched_for_in_environments() {
    let project = project(&format!(
        "{HELLO}source: {{path: src}}\nabout: {{license_file: ['LICENSE*', 'docs/*.txt', NOTICE]}}\n"
    ))
    .file("LICENSE-MIT", "mine\n")
    .file("docs/terms.txt", "mine\n")
    .file("src/NOTICE", "mine\n")
    .file("src/LICENSE-APACHE", "mine\n")
    .file(".pixi/envs/default/docs/LICENSE-OTHER", "not mine\n")
    .file(".pixi/envs/default/docs/other.txt", "not mine\n");
    let package = build_in(&project);
    let info = package.info_files().into_iter();
    let licenses: Vec<String> = info.filter(|file| file.contains("licenses")).collect();
    assert_eq!(
        licenses,
        [
            "info/licenses/LICENSE-APACHE",
            "info/licenses/LICENSE-MIT",
            "info/licenses/NOTICE",
            "info/licenses/docs/terms.txt"
        ]
    );
}

#[test]
fn licenses_keep_their_paths_and_may_be_directories_that_the_script_writes() {
    let recipe = formatdoc! {"
        {HELLO}source: {{path: src}}
        build:
          script: mkdir -p third_party/b && echo b > third_party/b/LICENSE
        about:
          license_file:
            - LICENSE
            - crate/LICENSE
            - third_party/
            - extra
            - ../COPYING
            - 'vendor/*/LICENSE*'
    "};
    let project = project("")
        .file("recipe/recipe.yaml", recipe)
        .file("COPYING", "above\n")
        .file("recipe/LICENSE", "mine\n")
        .file("recipe/extra/a.txt", "extra\n")
        .file("recipe/src/LICENSE", "theirs\n")
        .file("recipe/src/crate/LICENSE", "crate\n")
        .file("recipe/src/third_party/a/LICENSE", "a\n")
        .file("recipe/src/vendor/x/LICENSE-MIT", "x\n")
        .file("recipe/src/vendor/x/other.txt", "no license\n");
    project.remove("recipe.yaml");
    let package = build_in(&project);
    let info = package.info_files().into_iter();
    let licenses: Vec<String> = info.filter(|file| file.contains("licenses")).collect();
    assert_eq!(
        licenses,
        [
            "info/licenses/COPYING",
            "info/licenses/LICENSE",
            "info/licenses/crate/LICENSE",
            "info/licenses/extra/a.txt",
            "info/licenses/third_party/a/LICENSE",
            "info/licenses/third_party/b/LICENSE",
            "info/licenses/vendor/x/LICENSE-MIT",
        ]
    );
    assert_eq!(package.text("info/licenses/LICENSE"), "mine\n");
}

#[cfg(unix)]
#[test]
fn a_license_that_is_a_link_is_packed_as_a_file() {
    let recipe = format!("{HELLO}source: {{path: src}}\nabout: {{license_file: cli/LICENSE}}\n");
    let project = project(&recipe)
        .file("src/LICENSE", "text\n")
        .file("src/cli/main.c", "");
    let link = project.dir().join("src/cli/LICENSE");
    fs_err::os::unix::fs::symlink("../LICENSE", link).expect("the test owns the directory");
    let package = build_in(&project);
    assert_eq!(package.text("info/licenses/cli/LICENSE"), "text\n");
}

#[test]
fn an_output_that_pins_one_of_other_variants_is_built() {
    let recipe = indoc! {"
        recipe: {name: foobar, version: 0.1.0}
        outputs:
          - package: {name: foobar-base}
            build: {noarch: generic, skip: new_api}
          - package: {name: foobar}
            build: {noarch: generic}
            requirements:
              run:
                - ${{ pin_subpackage('foobar-base', exact=true) }}
                - if: new_api
                  then: api >=2
                  else: api <2
    "};
    let project = project(recipe).file("variants.yaml", "new_api: [true, false]\n");
    let built = build_all(&project, json!({}));
    let mut built: Vec<String> = built
        .iter()
        .map(|package| format!("{} {}", package.index()["name"], package.index()["build"]))
        .collect();
    built.sort();
    insta::assert_snapshot!(built.join("\n"), @r#"
    "foobar" "h6bc7900_0"
    "foobar" "hd8b763b_0"
    "foobar-base" "hf613ff2_0"
    "#);
}
