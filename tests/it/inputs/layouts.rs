//! The layouts of projects for the tests of edits.

use std::path::PathBuf;

use indoc::{formatdoc, indoc};
use serde_json::json;

use test_support::project::Project;
use test_support::requests::Initialize;

/// A project, and the parameters with which pixi opens it.
pub struct Layout {
    pub project: Project,
    pub initialize: Initialize,
    pub package: &'static str,
}

const PIXI: &str = indoc! {r#"
    [package]
    name = "app"
    version = "1.0.0"
"#};

fn manifest(name: &str, rest: &str) -> String {
    formatdoc!(
        r#"
        [package]
        name = "{name}"
        version = "1.0.0"
        edition = "2024"
        {rest}"#
    )
}

fn noise(project: Project, folder: &str) -> Project {
    project
        .file(
            &format!("{folder}tests/integration.rs"),
            "#[test]\nfn works() {}\n",
        )
        .file(&format!("{folder}benches/speed.rs"), "fn main() {}\n")
        .file(&format!("{folder}examples/show.rs"), "fn main() {}\n")
        .file(&format!("{folder}README.md"), "# app\n")
        .file(&format!("{folder}.git/HEAD"), "ref: refs/heads/main\n")
}

fn member(project: &Project, folder: &str) -> Initialize {
    Initialize::member(project, folder).package("app", "1.0.0")
}

/// One crate with two binaries, an included text and a license.
pub fn single() -> Layout {
    let main = indoc! {r#"
        mod deep;
        fn main() {
            println!("{}{}", deep::X, include_str!("../assets/greeting.txt"));
        }
    "#};
    let project = Project::new()
        .file("Cargo.toml", manifest("app", "license = \"MIT\"\n"))
        .file("src/main.rs", main)
        .file(
            "src/deep/mod.rs",
            indoc! {"
                #[cfg(windows)]
                mod windows;
                pub const X: u8 = 1;
            "},
        )
        .file("src/deep/windows.rs", "pub const Y: u8 = 1;\n")
        .file("src/bin/second.rs", "fn main() {}\n")
        .file("assets/greeting.txt", "hello\n")
        .file("assets/unused.txt", "bye\n")
        .file("LICENSE", "do as you like\n")
        .file(".cargo/config.toml", "[net]\nretry = 1\n")
        .file("rust-toolchain.toml", "[toolchain]\nchannel = \"stable\"\n")
        .pixi_toml(PIXI);
    let project = noise(project, "").lock();
    let initialize = member(&project, "");
    Layout {
        project,
        initialize,
        package: "app",
    }
}

/// One crate that is built in a copy, without its configuration of Cargo.
pub fn copied() -> Layout {
    let mut layout = single();
    layout.initialize = layout
        .initialize
        .configuration(json!({"cargo-config": false}));
    layout
}

/// A member that inherits from its workspace and uses one of its neighbors.
pub fn workspace_member() -> Layout {
    let root = indoc! {r#"
        [workspace]
        members = ["crates/*"]
        resolver = "3"
        [workspace.package]
        version = "1.0.0"
        [workspace.dependencies]
        helper = { path = "crates/helper" }
    "#};
    let app = indoc! {r#"
        [package]
        name = "app"
        version.workspace = true
        edition = "2024"
        [dependencies]
        helper.workspace = true
        [dev-dependencies]
        other = { path = "../other" }
    "#};
    let project = Project::new()
        .file("Cargo.toml", root)
        .file("crates/app/Cargo.toml", app)
        .file(
            "crates/app/src/main.rs",
            indoc! {r#"
                fn main() {
                    println!("{}", helper::answer());
                }
            "#},
        )
        .file("crates/helper/Cargo.toml", manifest("helper", ""))
        .file(
            "crates/helper/src/lib.rs",
            indoc! {"
                mod inner;
                pub fn answer() -> &'static str {
                    inner::text()
                }
            "},
        )
        .file(
            "crates/helper/src/inner.rs",
            indoc! {r#"
                pub fn text() -> &'static str {
                    include_str!("../../../texts/text.txt")
                }
            "#},
        )
        .file("crates/helper/src/main.rs", "fn main() {}\n")
        .file("texts/text.txt", "shared\n")
        .file("texts/other.txt", "other\n")
        .file("crates/other/Cargo.toml", manifest("other", ""))
        .file("crates/other/src/lib.rs", "pub fn other() {}\n")
        .file("crates/app/pixi.toml", PIXI);
    let project = noise(project, "crates/app/").lock();
    let initialize = member(&project, "crates/app");
    Layout {
        project,
        initialize,
        package: "app",
    }
}

/// A virtual workspace. The manifest of the package is not beside the code.
pub fn virtual_workspace() -> Layout {
    let root = indoc! {r#"
        [workspace]
        members = ["app", "lib", "tool"]
        resolver = "3"
        [profile.release]
        opt-level = 1
    "#};
    let app = indoc! {r#"
        [dependencies]
        lib = { path = "../lib" }
        [target.'cfg(unix)'.dependencies]
        unixy = { path = "../unixy" }
        [target.'cfg(windows)'.dependencies]
        windowsy = { path = "../windowsy" }
    "#};
    let project = Project::new()
        .file("code/Cargo.toml", root)
        .file("code/app/Cargo.toml", manifest("app", app))
        .file(
            "code/app/src/main.rs",
            indoc! {r#"
                fn main() {
                    println!("{}{}", lib::X, unixy::X);
                }
            "#},
        )
        .file(
            "code/lib/Cargo.toml",
            manifest("lib", "[lib]\npath = \"lib.rs\"\n"),
        )
        .file("code/lib/lib.rs", "mod part;\npub const X: u8 = part::X;\n")
        .file("code/lib/part/mod.rs", "pub const X: u8 = 1;\n")
        .file("code/lib/tests/lib.rs", "#[test]\nfn works() {}\n")
        .file("code/unixy/Cargo.toml", manifest("unixy", ""))
        .file("code/unixy/src/lib.rs", "pub const X: u8 = 1;\n")
        .file("code/windowsy/Cargo.toml", manifest("windowsy", ""))
        .file("code/windowsy/src/lib.rs", "pub const X: u8 = 1;\n")
        .file("code/tool/Cargo.toml", manifest("tool", ""))
        .file("code/tool/src/main.rs", "fn main() {}\n")
        .file("packaging/pixi.toml", PIXI)
        .lock_in("code");
    let manifest = project.dir().join("packaging/pixi.toml");
    let initialize = member(&project, "code/app").set("manifestPath", manifest.to_str().into());
    Layout {
        project,
        initialize,
        package: "app",
    }
}

/// A build script that compiles C, generates code from a directory, and watches both.
pub fn build_script() -> Layout {
    let script = indoc! {r#"
        mod support {
            pub fn watch(path: &str) {
                println!("cargo::rerun-if-changed={path}");
            }
        }
        fn main() {
            for path in ["build.rs", "native/answer.c", "native/answer.h", "schema"] {
                support::watch(path);
            }
            cc::Build::new().file("native/answer.c").include("native").compile("answer");
            let count = std::fs::read_dir("schema").unwrap().count();
            let out = std::env::var("OUT_DIR").unwrap();
            std::fs::write(format!("{out}/generated.rs"), format!("pub const COUNT: usize = {count};")).unwrap();
        }
    "#};
    let main = indoc! {r#"
        include!(concat!(env!("OUT_DIR"), "/generated.rs"));
        unsafe extern "C" {
            fn answer() -> i32;
        }
        fn main() {
            println!("{} {COUNT}", unsafe { answer() });
        }
    "#};
    let project = Project::new()
        .file(
            "Cargo.toml",
            manifest("app", "[build-dependencies]\ncc = \"1\"\n"),
        )
        .file("build.rs", script)
        .file("src/main.rs", main)
        .file(
            "native/answer.c",
            "#include \"answer.h\"\nint answer(void) { return ANSWER; }\n",
        )
        .file("native/answer.h", "#define ANSWER 42\n")
        .file("native/unused.c", "int unused(void) { return 0; }\n")
        .file("schema/one.txt", "one\n")
        .file("schema/deep/two.txt", "two\n")
        .file("data/unrelated.txt", "nothing\n")
        .pixi_toml(PIXI);
    let project = noise(project, "").lock();
    // All tests share one download of `cc`.
    let initialize =
        member(&project, "").configuration(json!({"env": {"CARGO_HOME": cargo_home()}}));
    Layout {
        project,
        initialize,
        package: "app",
    }
}

fn cargo_home() -> PathBuf {
    let home = || std::env::home_dir().expect("a home folder").join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

/// A path dependency outside of the directory of the package, in another workspace.
pub fn outside() -> Layout {
    let app = indoc! {r#"
        [dependencies]
        library = { path = "../libs/library" }
        [workspace]
    "#};
    let project = Project::new()
        .file("app/Cargo.toml", manifest("app", app))
        .file(
            "app/src/main.rs",
            indoc! {r#"
            fn main() {
                println!("{}", library::X);
            }
        "#},
        )
        .file(
            "libs/Cargo.toml",
            indoc! {r#"
            [workspace]
            members = ["*"]
            resolver = "3"
            [workspace.package]
            edition = "2024"
        "#},
        )
        .file(
            "libs/library/Cargo.toml",
            indoc! {r#"
            [package]
            name = "library"
            version = "1.0.0"
            edition.workspace = true
            [features]
            extra = []
        "#},
        )
        .file("libs/library/build.rs", "fn main() {}\n")
        .file(
            "libs/library/src/lib.rs",
            "pub const X: &str = include_str!(\"my text [1].txt\");\n",
        )
        .file("libs/library/src/my text [1].txt", "text\n")
        .file("libs/library/templates/page.html", "<p>\n")
        .file("libs/library/tests/works.rs", "#[test]\nfn works() {}\n")
        .file("libs/neighbor/Cargo.toml", manifest("neighbor", ""))
        .file("libs/neighbor/src/lib.rs", "pub fn other() {}\n")
        .file("app/pixi.toml", PIXI)
        .lock_in("app");
    let initialize = member(&project, "app");
    Layout {
        project,
        initialize,
        package: "app",
    }
}
