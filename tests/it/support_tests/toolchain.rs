//! The wrapped toolchain: variables, compilers, libraries.

use std::path::{Path, PathBuf};

use indoc::indoc;
use tempfile::TempDir;

use test_support::machine::machine;
use test_support::prefix::{activated, install, output};
use test_support::project::Project;
use test_support::toolchain::{self, Extra, channel, gcc_name, rust_name};

/// A build and a host prefix, as in a build.
struct Environments {
    _temp: TempDir,
    build: PathBuf,
    host: PathBuf,
}

fn environments() -> Environments {
    let temp = tempfile::tempdir().expect("a folder");
    let (build, host) = (temp.path().join("bld"), temp.path().join("host"));
    let records = channel().closure([rust_name(), gcc_name()]);
    install(&build, machine().subdir, &records);
    install(&host, machine().subdir, &channel().closure(["libgcc"]));
    Environments {
        _temp: temp,
        build,
        host,
    }
}

fn in_build(environments: &Environments, script: &str) -> String {
    let mut command = activated(&environments.build, script);
    output(command.env("PREFIX", &environments.host))
}

#[test]
fn activation_sets_what_conda_forge_sets() {
    let environments = environments();
    let (build, host) = (environments.build.display(), environments.host.display());
    let (triple, upper) = (&machine().triple, machine().env_triple());
    let lower = triple.replace('-', "_");
    let cc = format!("{build}/bin/{}-cc", machine().conda_triple);
    let rpath = format!("-C link-arg=-Wl,-rpath-link,{host}/lib -C link-arg=-Wl,-rpath,{host}/lib");
    let cflags = in_build(&environments, "echo \"$CFLAGS\"");
    let expected = [
        ("CARGO_HOME", format!("{build}/.cargo")),
        ("CARGO_CONFIG", format!("{build}/.cargo/config")),
        ("RUSTUP_HOME", format!("{build}/.cargo/rustup")),
        ("CARGO_BUILD_TARGET", triple.clone()),
        (&format!("CARGO_TARGET_{upper}_LINKER"), cc.clone()),
        ("CARGO_BUILD_RUSTFLAGS", rpath),
        ("CC", cc.clone()),
        (&format!("CC_{lower}"), cc),
        (&format!("CFLAGS_{lower}"), cflags.clone()),
        (
            &format!("PKG_CONFIG_PATH_{upper}"),
            format!("{host}/lib/pkgconfig"),
        ),
        ("CONDA_RUST_HOST", upper.clone()),
        ("CONDA_RUST_TARGET", upper.clone()),
    ];
    for (name, value) in expected {
        assert_eq!(
            in_build(&environments, &format!("echo \"${name}\"")),
            value,
            "{name}"
        );
    }
    assert!(
        cflags.contains(&format!("-isystem {host}/include")),
        "{cflags}"
    );
    assert!(
        cflags.contains(&format!("-fdebug-prefix-map={host}=")),
        "{cflags}"
    );
    let ldflags = in_build(&environments, "echo \"$LDFLAGS\"");
    assert!(ldflags.ends_with(&format!("-L{host}/lib")), "{ldflags}");
    let path = in_build(&environments, "echo \"$PATH\"");
    assert!(
        path.starts_with(&format!("{build}/.cargo/bin:{build}/bin:")),
        "{path}"
    );
}

#[test]
fn activation_keeps_a_cargo_home() {
    let environments = environments();
    let mut command = activated(&environments.build, "echo \"$CARGO_HOME $RUSTUP_HOME\"");
    let home = environments.host.join("cargo");
    let said = output(command.env("CARGO_HOME", &home));
    assert_eq!(said, format!("{0} {0}/rustup", home.display()));
}

#[test]
fn the_wrapped_cargo_builds_a_program() {
    let environments = environments();
    let which = in_build(&environments, "command -v cargo; cargo --version");
    let wrapper = environments.build.join("bin/cargo");
    assert!(
        which.starts_with(wrapper.to_str().expect("UTF-8")),
        "{which}"
    );
    assert!(which.contains(&machine().rust_version), "{which}");

    let project = Project::hello();
    let mut command = activated(
        &environments.build,
        "cargo build --release --locked --offline",
    );
    output(
        command
            .env("PREFIX", &environments.host)
            .current_dir(project.dir()),
    );
    let program = Path::new("target")
        .join(&machine().triple)
        .join("release/hello");
    let mut program = std::process::Command::new(project.dir().join(program));
    assert_eq!(output(&mut program), "hello from conda");
}

#[test]
fn openssl_links_through_pkg_config() {
    let Some(channel) = toolchain::channel_or_skip(&[Extra::Openssl, Extra::PkgConfig]) else {
        return;
    };
    let record = &channel.record("openssl").package_record;
    let exports = record
        .run_exports
        .as_ref()
        .expect("openssl has run exports");
    assert!(exports.weak[0].starts_with(&format!("openssl >={},<", record.version)));

    let environments = environments();
    install(
        &environments.build,
        machine().subdir,
        &channel.closure([rust_name(), "pkg-config".to_owned()]),
    );
    install(
        &environments.host,
        machine().subdir,
        &channel.closure(["openssl"]),
    );
    let source = environments.host.join("main.c");
    let program = indoc! {"
        #include <stdio.h>
        #include <openssl/crypto.h>
        int main(void) { puts(OpenSSL_version(OPENSSL_VERSION)); return 0; }
    "};
    fs_err::write(&source, program).expect("own folder");
    let said = in_build(
        &environments,
        r#"
            export PKG_CONFIG_PATH="$PREFIX/lib/pkgconfig"
            flags="$(pkg-config --cflags --libs openssl)"
            case "$flags" in *"-L$PREFIX/lib"*) ;; *) echo "unexpected: $flags"; exit 1 ;; esac
            "$CC" $CFLAGS "$PREFIX/main.c" -o "$PREFIX/main" $flags $LDFLAGS
            "$PREFIX/main"
            ldd "$PREFIX/main" | grep -q "$PREFIX/lib/libcrypto"
        "#,
    );
    assert!(
        said.starts_with(&format!("OpenSSL {}", record.version)),
        "{said}"
    );
}

#[test]
fn sccache_runs_from_a_prefix() {
    let Some(channel) = toolchain::channel_or_skip(&[Extra::Sccache]) else {
        return;
    };
    let temp = tempfile::tempdir().expect("a folder");
    install(temp.path(), machine().subdir, &channel.closure(["sccache"]));
    let said = output(&mut activated(temp.path(), "sccache --version"));
    assert!(said.starts_with("sccache "), "{said}");
}

#[test]
fn the_toolchain_channel_is_written_once() {
    let again = toolchain::channel_with(&[]).expect("no extras, nothing to miss");
    assert_eq!(again.root(), channel().root());
}
