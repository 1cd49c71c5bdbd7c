//! The layouts whose edits are judged.

use std::path::PathBuf;

use serde_json::json;

use test_support::project::Project;
use test_support::requests::Initialize;

/// A project and how pixi opens it.
pub struct Layout {
    pub project: Project,
    pub initialize: Initialize,
    pub package: &'static str,
}

const PIXI: &str = "[package]\nname = \"app\"\nversion = \"1.0.0\"\n";

fn manifest(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n{rest}")
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
    let main = "mod deep;\nfn main() {\n    println!(\"{}{}\", deep::X, include_str!(\"../assets/greeting.txt\"));\n}\n";
    let project = Project::new()
        .file("Cargo.toml", manifest("app", "license = \"MIT\"\n"))
        .file("src/main.rs", main)
        .file(
            "src/deep/mod.rs",
            "#[cfg(windows)]\nmod windows;\npub const X: u8 = 1;\n",
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
    let root = "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"3\"\n\
        [workspace.package]\nversion = \"1.0.0\"\n\
        [workspace.dependencies]\nhelper = { path = \"crates/helper\" }\n";
    let app = "[package]\nname = \"app\"\nversion.workspace = true\nedition = \"2024\"\n\
        [dependencies]\nhelper.workspace = true\n\
        [dev-dependencies]\nother = { path = \"../other\" }\n";
    let project = Project::new()
        .file("Cargo.toml", root)
        .file("crates/app/Cargo.toml", app)
        .file(
            "crates/app/src/main.rs",
            "fn main() {\n    println!(\"{}\", helper::answer());\n}\n",
        )
        .file("crates/helper/Cargo.toml", manifest("helper", ""))
        .file(
            "crates/helper/src/lib.rs",
            "mod inner;\npub fn answer() -> &'static str {\n    inner::text()\n}\n",
        )
        .file(
            "crates/helper/src/inner.rs",
            "pub fn text() -> &'static str {\n    include_str!(\"../../../texts/text.txt\")\n}\n",
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

/// A virtual workspace whose package's manifest lies apart from the code.
pub fn virtual_workspace() -> Layout {
    let root = "[workspace]\nmembers = [\"app\", \"lib\", \"tool\"]\nresolver = \"3\"\n\
        [profile.release]\nopt-level = 1\n";
    let app = "[dependencies]\nlib = { path = \"../lib\" }\n\
        [target.'cfg(unix)'.dependencies]\nunixy = { path = \"../unixy\" }\n\
        [target.'cfg(windows)'.dependencies]\nwindowsy = { path = \"../windowsy\" }\n";
    let project = Project::new()
        .file("code/Cargo.toml", root)
        .file("code/app/Cargo.toml", manifest("app", app))
        .file(
            "code/app/src/main.rs",
            "fn main() {\n    println!(\"{}{}\", lib::X, unixy::X);\n}\n",
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

/// A build script that compiles C, generates code from a folder, and watches both.
pub fn build_script() -> Layout {
    let script = "mod support {\n    pub fn watch(path: &str) {\n        println!(\"cargo::rerun-if-changed={path}\");\n    }\n}\n\
        fn main() {\n    for path in [\"build.rs\", \"native/answer.c\", \"native/answer.h\", \"schema\"] {\n        support::watch(path);\n    }\n    \
        cc::Build::new().file(\"native/answer.c\").include(\"native\").compile(\"answer\");\n    \
        let count = std::fs::read_dir(\"schema\").unwrap().count();\n    \
        let out = std::env::var(\"OUT_DIR\").unwrap();\n    \
        std::fs::write(format!(\"{out}/generated.rs\"), format!(\"pub const COUNT: usize = {count};\")).unwrap();\n}\n";
    let main = "include!(concat!(env!(\"OUT_DIR\"), \"/generated.rs\"));\n\
        unsafe extern \"C\" {\n    fn answer() -> i32;\n}\n\
        fn main() {\n    println!(\"{} {COUNT}\", unsafe { answer() });\n}\n";
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
    // `cc` is downloaded once for this machine, not for every test.
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

/// A path dependency outside of the package's folder, in a workspace of its own.
pub fn outside() -> Layout {
    let app = "[dependencies]\nlibrary = { path = \"../libs/library\" }\n[workspace]\n";
    let project = Project::new()
        .file("app/Cargo.toml", manifest("app", app))
        .file("app/src/main.rs", "fn main() {\n    println!(\"{}\", library::X);\n}\n")
        .file("libs/Cargo.toml", "[workspace]\nmembers = [\"*\"]\nresolver = \"3\"\n[workspace.package]\nedition = \"2024\"\n")
        .file("libs/library/Cargo.toml", "[package]\nname = \"library\"\nversion = \"1.0.0\"\nedition.workspace = true\n[features]\nextra = []\n")
        .file("libs/library/build.rs", "fn main() {}\n")
        .file("libs/library/src/lib.rs", "pub const X: &str = include_str!(\"my text [1].txt\");\n")
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
