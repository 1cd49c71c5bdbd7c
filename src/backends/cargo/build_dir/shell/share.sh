# Sourced by the build script once the environments are activated.
#
# One build directory serves all work directories of a workspace. That works only
# if nothing that differs between them gets into Cargo's fingerprints: conda's
# activation puts the paths of the prefixes into rustflags and linker variables, and
# Cargo hashes both into every unit. Here they move into variables that a linker
# wrapper at a stable path reads.

# pixi_build_rust_share FOLDER ORIGIN BUILD_DIR PROJECT CRATE CHECK...
#
# FOLDER     shared by the builds of the workspace; holds `linker`
# ORIGIN     how a program names its own folder in a run path
# BUILD_DIR  a line of Cargo's configuration
# PROJECT    the folder with everything of the user's
# CRATE      the folder of the crate
# CHECK      a `cargo tree` that fails there when the lock file does not fit
#
# What is for the one cargo of the script goes into `shared.toml`: build scripts that run
# another cargo would inherit variables, and wait for a build directory that is in use.
pixi_build_rust_share() {
  local trace=${-//[!x]/}
  { set +x; } 2>/dev/null
  local folder=$1 origin=$2 build_dir=$3 project=$4 crate=$5
  shift 5
  : >shared.toml

  pixi_build_rust_wrap_linkers "$folder"
  pixi_build_rust_stabilize_flags "$origin"
  pixi_build_rust_alias_compilers "$folder" "$project"
  if pixi_build_rust_knows_build_dir; then
    pixi_build_rust_shared=$folder
    printf '[build]\n%s\n' "$build_dir" >>shared.toml
    echo "intermediate artifacts are shared below $folder/target"
  else
    echo "intermediate artifacts are not shared: that needs Rust 1.91"
  fi
  pixi_build_rust_stay_offline "$crate" "$@"
  if [ -n "$trace" ]; then set -x; fi
}

# Cargo 1.91 does. The name of the package says which one is installed.
pixi_build_rust_knows_build_dir() {
  local record minor=91
  for record in "$BUILD_PREFIX"/conda-meta/rust-1.*.json; do
    if [ -e "$record" ]; then
      minor=${record##*/rust-1.}
      minor=${minor%%.*}
    fi
  done
  [ "$minor" -ge 91 ]
}

# `cargo install` asks the registry for yanked crates in every build. Where each crate
# that any feature needs is here already, the network is not needed.
pixi_build_rust_stay_offline() {
  local crate=$1
  shift
  if (cd "$crate" && "$@" --quiet --offline --all-features >/dev/null 2>&1); then
    printf '[net]\noffline = %s\n' "${CARGO_NET_OFFLINE:-true}" >>shared.toml
    unset CARGO_NET_OFFLINE
    export PIXI_BUILD_RUST_LOCK_FILE_FITS=true
  fi
}

# Puts the wrapper in the place of every linker that activation has chosen. Without
# activation the linker's name is the same everywhere, and nothing needs to be done.
pixi_build_rust_wrap_linkers() {
  local folder=$1 variable target
  for variable in $(compgen -e); do
    case $variable in
      CARGO_TARGET_*_LINKER)
        target=${variable#CARGO_TARGET_}
        target=${target%_LINKER}
        export "PIXI_BUILD_RUST_LINKER_$target=${!variable}"
        export "PIXI_BUILD_RUST_LINK_ARGS_$target="
        # Another build may create the same link at the same time.
        ln -s linker "$folder/linker-$target" 2>/dev/null || [ -e "$folder/linker-$target" ]
        export "$variable=$folder/linker-$target"
        ;;
    esac
  done
}

# Moves link arguments that name a prefix from the rustflags to the wrapper of their
# target. Run paths into a prefix are replaced by the relative one: a reused
# program must not point into the prefix of another build.
pixi_build_rust_stabilize_flags() {
  local origin=$1 variable target
  for variable in $(compgen -e); do
    case $variable in
      RUSTFLAGS | CARGO_BUILD_RUSTFLAGS)
        target=$(printf '%s' "${CARGO_BUILD_TARGET:-}" | tr 'a-z.-' 'A-Z__')
        ;;
      CARGO_TARGET_*_RUSTFLAGS)
        target=${variable#CARGO_TARGET_}
        target=${target%_RUSTFLAGS}
        ;;
      *) continue ;;
    esac
    local wrapper="PIXI_BUILD_RUST_LINKER_$target"
    if [ -z "$target" ] || [ -z "${!wrapper:-}" ]; then continue; fi
    pixi_build_rust_move_link_args "$variable" "$target"
  done
  target=$(printf '%s' "${CARGO_BUILD_TARGET:-}" | tr 'a-z.-' 'A-Z__')
  wrapper="PIXI_BUILD_RUST_LINKER_$target"
  if [ -n "$target" ] && [ -n "${!wrapper:-}" ]; then
    # Also where the project's own rustflags make Cargo ignore those of the environment.
    pixi_build_rust_add_link_arg "$target" "-Wl,-rpath,$origin/../lib"
  fi
}

pixi_build_rust_move_link_args() {
  local variable=$1 target=$2 word kept='' after_c=''
  local noglob=${-//[!f]/}
  set -f
  for word in ${!variable}; do
    case $after_c$word in
      -Clink-arg=*"$PREFIX"* | -Clink-arg=*"$BUILD_PREFIX"*)
        word=${word#-C}
        word=${word#link-arg=}
        case $word in
          -Wl,-rpath,*) ;;
          *) pixi_build_rust_add_link_arg "$target" "$word" ;;
        esac
        after_c=''
        ;;
      -C) after_c=-C ;;
      *)
        kept="$kept${kept:+ }${after_c:+-C }$word"
        after_c=''
        ;;
    esac
  done
  if [ -z "$noglob" ]; then set +f; fi
  export "$variable=$kept"
}

# Arguments are separated by line ends: a prefix may hold blanks.
pixi_build_rust_add_link_arg() {
  local variable="PIXI_BUILD_RUST_LINK_ARGS_$1"
  export "$variable=${!variable:+${!variable}
}$2"
}

# Build scripts that compile C ask Cargo to run them again when the compiler or its
# flags change, and those name the prefixes. Here they name links to the prefixes, at a
# path that is made of what is installed: another work directory with the same packages
# changes nothing, another compiler or header does.
pixi_build_rust_alias_compilers() {
  local content alias variable
  read -r content <"$1/latest-environments"
  alias="$1/environments/$content"
  case $alias in
    *[!A-Za-z0-9/._+@%~-]*)
      # Flags are separated by blanks, and a path has one. What is installed still counts.
      export CFLAGS="${CFLAGS:-} -DPIXI_BUILD_RUST_ENVIRONMENT=$content"
      export CXXFLAGS="${CXXFLAGS:-} -DPIXI_BUILD_RUST_ENVIRONMENT=$content"
      return 0
      ;;
  esac
  mkdir -p "$alias"
  # No other build is here: the folder is locked.
  ln -sfn "$BUILD_PREFIX" "$alias/build"
  ln -sfn "$PREFIX" "$alias/host"
  for variable in $(compgen -e); do
    case $variable in
      CC | CXX | AR | RANLIB | NM | OPENSSL_DIR | \
        CC_* | CXX_* | AR_* | RANLIB_* | NM_* | \
        HOST_CC | HOST_CXX | HOST_AR | HOST_RANLIB | \
        TARGET_CC | TARGET_CXX | TARGET_AR | TARGET_RANLIB)
        pixi_build_rust_alias "$variable" "$alias"
        ;;
      CFLAGS | CXXFLAGS | CPPFLAGS | CFLAGS_* | CXXFLAGS_* | CPPFLAGS_* | \
        HOST_CFLAGS | HOST_CXXFLAGS | TARGET_CFLAGS | TARGET_CXXFLAGS)
        pixi_build_rust_alias "$variable" "$alias"
        pixi_build_rust_map_paths "$variable" "$alias" "$2"
        ;;
    esac
  done
}

pixi_build_rust_alias() {
  local value=${!1}
  value=${value//"$BUILD_PREFIX"/"$2/build"}
  value=${value//"$PREFIX"/"$2/host"}
  export "$1=$value"
}

# Nothing is compiled in the script's own folder: a map for its paths maps nothing. What
# C takes from the project, from crates and from headers that land in a program names no
# folder of this machine.
pixi_build_rust_map_paths() {
  local word kept='' noglob=${-//[!f]/}
  set -f
  for word in ${!1}; do
    case $word in
      -f*-prefix-map="$SRC_DIR"=*) ;;
      *) kept="$kept${kept:+ }$word" ;;
    esac
  done
  if [ -z "$noglob" ]; then set +f; fi
  case $kept in
    *"$2/host"*) kept="$kept -fmacro-prefix-map=$2/host=/usr/local/src/conda-prefix" ;;
  esac
  for word in "$3=/project" "${CARGO_HOME:-$3}=/cargo"; do
    case $word in
      *[!A-Za-z0-9/._+@%~=-]*) ;;
      *) kept="$kept -ffile-prefix-map=$word" ;;
    esac
  done
  export "$1=$kept"
}
