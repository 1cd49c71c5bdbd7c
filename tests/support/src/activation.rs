//! Activation scripts with the variables of conda-forge's compiler packages.
//!
//! Almost every value contains the path of the build or the host prefix. The scripts are
//! complete, because tests without these values would hide problems of caches whose keys
//! depend on the environment.

use super::machine::Machine;

/// The variables of `gcc_<platform>`: the compiler, and flags that contain the host
/// prefix.
pub fn gcc(machine: &Machine) -> String {
    let conda = &machine.conda_triple;
    let tools: String = (machine.binutils.iter())
        .map(|(name, _)| {
            let variable = name.to_uppercase();
            format!("export {variable}=\"$CONDA_PREFIX/bin/{conda}-{name}\"\n")
        })
        .collect();
    let cxx = match machine.cxx {
        Some(_) => format!("export CXX=\"$CONDA_PREFIX/bin/{conda}-c++\"\n"),
        None => String::new(),
    };
    format!(
        r#"_host="${{PREFIX:-$CONDA_PREFIX}}"
export HOST="{conda}"
export BUILD="{conda}"
export CC="$CONDA_PREFIX/bin/{conda}-cc"
export CC_FOR_BUILD="$CC"
export GCC="$CONDA_PREFIX/bin/{conda}-gcc"
{cxx}{tools}_map="-fdebug-prefix-map=$_host=/usr/local/src/conda-prefix"
if [ -n "${{SRC_DIR:-}}" ]; then
    _map="-fdebug-prefix-map=$SRC_DIR=/usr/local/src/conda/${{PKG_NAME:-}}-${{PKG_VERSION:-}} $_map"
fi
export CPPFLAGS="-DNDEBUG -D_FORTIFY_SOURCE=2 -O2 -isystem $_host/include"
export CFLAGS="-ftree-vectorize -fPIC -fstack-protector-strong -fno-plt -O2 -ffunction-sections -pipe -isystem $_host/include $_map"
export CXXFLAGS="-fvisibility-inlines-hidden $CFLAGS"
export LDFLAGS="-Wl,-O2 -Wl,--sort-common -Wl,--as-needed -Wl,-z,relro -Wl,-z,now -Wl,--disable-new-dtags -Wl,--gc-sections -Wl,--allow-shlib-undefined -Wl,-rpath,$_host/lib -Wl,-rpath-link,$_host/lib -L$_host/lib"
unset _host _map
"#
    )
}

/// The variables of `rust_<platform>` for a native build.
pub fn rust(machine: &Machine) -> String {
    let Machine {
        triple,
        conda_triple,
        ..
    } = machine;
    let upper = machine.env_triple();
    let lower = triple.replace('-', "_");
    // conda-forge sets the variables of the build triple first and those of the host
    // triple after them. In a native build the names are equal, and the second values
    // apply.
    format!(
        r#"_host="${{PREFIX:-$CONDA_PREFIX}}"
export CARGO_HOME="${{CARGO_HOME:-$CONDA_PREFIX/.cargo}}"
export CARGO_CONFIG="${{CARGO_CONFIG:-$CARGO_HOME/config}}"
export RUSTUP_HOME="${{RUSTUP_HOME:-$CARGO_HOME/rustup}}"
[ -d "$CARGO_HOME" ] || mkdir -p "$CARGO_HOME"
export PATH="$CARGO_HOME/bin:$PATH"
export CONDA_RUST_HOST="{upper}"
export CONDA_RUST_TARGET="{upper}"
export CARGO_BUILD_TARGET="{triple}"
export CARGO_TARGET_{upper}_LINKER="${{CC:-$CONDA_PREFIX/bin/{conda_triple}-cc}}"
export CARGO_BUILD_RUSTFLAGS="-C link-arg=-Wl,-rpath-link,$_host/lib -C link-arg=-Wl,-rpath,$_host/lib"
export CC_{lower}="${{CC_FOR_BUILD:-$CONDA_PREFIX/bin/{conda_triple}-cc}}"
export CFLAGS_{lower}="-isystem $CONDA_PREFIX/include"
export CPPFLAGS_{lower}="-isystem $CONDA_PREFIX/include"
export CXXFLAGS_{lower}="-isystem $CONDA_PREFIX/include"
export CC_{lower}="${{CC:-$CONDA_PREFIX/bin/{conda_triple}-cc}}"
export CFLAGS_{lower}="${{CFLAGS:-}}"
export CPPFLAGS_{lower}="${{CPPFLAGS:-}}"
export CXXFLAGS_{lower}="${{CXXFLAGS:-}}"
export PKG_CONFIG_PATH_{upper}="$CONDA_PREFIX/lib/pkgconfig"
export PKG_CONFIG_PATH_{upper}="$_host/lib/pkgconfig"
unset _host
"#
    )
}
