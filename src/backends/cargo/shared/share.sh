# Sourced by the build script once the environments are activated.
#
# One build directory serves all work directories of a workspace. That works only
# if nothing that differs between them gets into Cargo's fingerprints: conda's
# activation puts the paths of the prefixes into rustflags and linker variables, and
# Cargo hashes both into every unit. Here they move into variables that a linker
# wrapper at a stable path reads.

# pixi_build_rust_share FOLDER PACKAGE MANIFEST ORIGIN [PROFILE...]
#
# FOLDER    shared by the builds of the workspace; holds `linker`
# PACKAGE   the Cargo package that is installed
# MANIFEST  its Cargo.toml
# ORIGIN    how a program names its own folder in a run path
# PROFILE   arguments of `cargo clean` that select the profile
pixi_build_rust_share() {
  local trace=${-//[!x]/}
  { set +x; } 2>/dev/null
  local folder=$1 package=$2 manifest=$3 origin=$4
  shift 4

  pixi_build_rust_wrap_linkers "$folder"
  pixi_build_rust_stabilize_flags "$origin"
  if pixi_build_rust_forget_other_prefix "$folder" "$package" "$manifest" "$@"; then
    export CARGO_BUILD_BUILD_DIR="$folder/build"
    echo "intermediate artifacts are shared below $CARGO_BUILD_BUILD_DIR"
  else
    echo "intermediate artifacts are not shared: cargo cannot clean $package there" >&2
  fi
  pixi_build_rust_stay_offline "$manifest"
  if [ -n "$trace" ]; then set -x; fi
}

# `cargo install` asks the registry for yanked crates in every build. Where each crate
# that any feature needs is here already, the network is not needed.
pixi_build_rust_stay_offline() {
  if [ -n "${CARGO_NET_OFFLINE:-}" ]; then return 0; fi
  if "$CARGO" tree --quiet --locked --offline --all-features --edges no-dev --depth 0 \
    --manifest-path "$1" >/dev/null 2>&1; then
    export CARGO_NET_OFFLINE=true
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

# What the linker and undeclared build scripts take from the prefixes is invisible to
# Cargo. When they are not those of the last build of this package, the package
# itself is compiled and linked again; its dependencies are not.
pixi_build_rust_forget_other_prefix() {
  local folder=$1 package=$2 manifest=$3
  shift 3
  local stamp="$folder/prefixes-of-$package" prefixes
  prefixes=$(
    {
      printf '%s\n' "$PREFIX" "$BUILD_PREFIX" "${MACOSX_DEPLOYMENT_TARGET:-}"
      cat "$PREFIX"/conda-meta/*.json "$BUILD_PREFIX"/conda-meta/*.json 2>/dev/null || true
    } | cksum
  )
  if [ "$prefixes" = "$(cat "$stamp" 2>/dev/null)" ]; then return 0; fi
  local clean=("$CARGO" clean --quiet --locked -p "$package" --manifest-path "$manifest" "$@")
  if [ -d "$folder/build" ]; then
    CARGO_BUILD_BUILD_DIR="$folder/build" "${clean[@]}" --target-dir target || return 1
    if [ -n "${CARGO_BUILD_TARGET:-}" ]; then
      CARGO_BUILD_BUILD_DIR="$folder/build" "${clean[@]}" --target-dir target \
        --target "$CARGO_BUILD_TARGET" || return 1
    fi
  fi
  printf '%s\n' "$prefixes" >"$stamp.part" && mv "$stamp.part" "$stamp"
}
