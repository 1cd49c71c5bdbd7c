#!/usr/bin/env bash
# sccache as Cargo and the `cc` crate see it; `cc` looks for this name.
#
# sccache puts the current folder, most CARGO_* variables, the file of a C compiler and nearly
# every argument into the key of a compilation. With the paths in them a second checkout would
# find nothing. Here they get names that are the same everywhere; `rustc` and `compiler`
# beside this file take them back.
here=${BASH_SOURCE[0]%/*}

# A cache that fails must not fail the build. Compilers do not end with 2.
run() {
  local status=0
  "$PIXI_BUILD_RUST_SCCACHE" "$@" || status=$?
  if [ "$status" -eq 2 ]; then
    echo "warning: compiled without the cache: ${1##*/}" >&2
    exec "$@"
  fi
  exit "$status"
}

# conda writes the path of the prefix into compilers. What they consist of is in the key:
# see `server.sh`.
compile_c() {
  local compiler=$1 folder stand_in
  folder=$(cd "${compiler%/*}/" 2>/dev/null && pwd -P)
  case $folder/ in
    "$(cd "$BUILD_PREFIX" && pwd -P)"/*)
      stand_in=$PIXI_BUILD_RUST_STAND_INS/${compiler##*/}
      # Another process may make the same link at the same time.
      ln -s "$here/compiler" "$stand_in" 2>/dev/null || [ -e "$stand_in" ] || run "$@"
      shift
      PIXI_BUILD_RUST_COMPILER=$compiler run "$stand_in" "$@"
      ;;
    *) run "$@" ;;
  esac
}

# The argument without what names a folder.
stable() {
  local argument=$1
  if [ "$PWD" != / ]; then argument=${argument//"$PWD"/%FOLDER%}; fi
  if [ -n "${CARGO_HOME:-}" ]; then argument=${argument//"$CARGO_HOME"/%CARGO_HOME%}; fi
  argument=${argument//"$PIXI_BUILD_RUST_PROJECT"/%PROJECT%}
  arguments+=("$argument")
}

# An option that sccache takes for a path. It looks there itself, from another folder.
absolute() {
  local kind=''
  case $1 in *=*) kind=${1%%=*}= ;; esac
  case ${1#"$kind"} in
    /*) arguments+=("$1") ;;
    *) arguments+=("$kind$PWD/${1#"$kind"}") ;;
  esac
}

case " $* " in
  *' --crate-name'[\ =]*' --out-dir'[\ =]*) ;;
  # Questions about the compiler.
  *' -vV '* | *' --print'*) exec "$@" ;;
  *) compile_c "$@" ;;
esac

rustc=$1
shift
links=''
macros=''
folders=()
libraries=()
option=''
for argument; do
  case $option$argument in
    # A file of arguments, and one that can be read only once.
    @*) run "$rustc" "$@" ;;
    -) exec "$rustc" "$@" ;;
    --crate-type*bin | --crate-type*dylib | --crate-type*proc-macro) links=yes ;;
    --extern*.so | --extern*.dylib) macros=yes ;;
    -Lnative=* | -Lall=*) folders+=("${argument#*=}") ;;
    -lstatic*=*) libraries+=("${argument##*=}") ;;
  esac
  option=$argument
done

arguments=()
while [ "$#" -gt 0 ]; do
  case $1${2:-} in
    # What is not linked does not depend on the linker.
    -Clinker=*)
      if [ -z "$links" ]; then
        shift 2
        continue
      fi
      ;;
  esac
  case $1 in
    -L)
      arguments+=("$1")
      absolute "${2:-}"
      shift
      ;;
    --extern | --out-dir | --target)
      arguments+=("$1" "${2:-}")
      shift
      ;;
    --extern=* | --out-dir=* | --target=* | -L*) arguments+=("$1") ;;
    *) stable "$1" ;;
  esac
  shift
done

# What decides the result and is in no list: libraries to pack, which sccache misses when they
# have modifiers, and what macros read in a crate that is not from a registry. They see
# the variables of the configuration as well.
more=''
for library in "${libraries[@]}"; do
  for folder in "${folders[@]}"; do
    if [ -f "$folder/lib${library%%:*}.a" ]; then more=$more$(cksum <"$folder/lib${library%%:*}.a"); fi
  done
done
if [ -n "$macros" ]; then
  more=$more$PIXI_BUILD_RUST_VARIABLES
  case $PWD/ in
    "${CARGO_HOME:-%}"/*) ;;
    *)
      more=$more$(
        cd "$CARGO_MANIFEST_DIR" &&
          find . \( -name .git -o -name .pixi -o -name target \) -prune -o -type f -exec cksum {} + |
          LC_ALL=C sort | cksum
      )
      ;;
  esac
fi

for name in $(compgen -e CARGO_); do
  case $name in
    CARGO_PKG_* | CARGO_CRATE_NAME | CARGO_PRIMARY_PACKAGE | CARGO_MAKEFLAGS) ;;
    *)
      export "PIXI_BUILD_RUST_KEPT_$name=${!name}"
      unset "$name"
      ;;
  esac
done
export CARGO_PIXI_BUILD_RUST_KEY=$more
export PIXI_BUILD_RUST_FOLDER=$PWD
export PIXI_BUILD_RUST_RUSTC=$rustc
cd / || exit 1
run "$here/rustc" "${arguments[@]}"
