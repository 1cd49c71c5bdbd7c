# Sourced by the build script: sccache, with a server that lives as long as the script.

# pixi_build_rust_cache_compilations SCCACHE PROGRAMS CACHE PROJECT VARIABLES HOME [NAME...]
#
# SCCACHE    the program; when it is not there, nothing is cached
# PROGRAMS   folder of what stands between Cargo and the program
# CACHE      folder for what was compiled, unless the user has chosen a storage
# PROJECT    folder of the sources
# VARIABLES  stands for those of the configuration
# HOME       where the user keeps credentials and the configuration of sccache
# NAME       a variable for the server alone
pixi_build_rust_cache_compilations() {
  local trace=${-//[!x]/}
  { set +x; } 2>/dev/null
  local sccache=$1 programs=$2 cache=$3 project=$4 variables=$5 home=$6
  shift 6

  if ! [ -f "$sccache" ]; then
    :
  elif [ "${CARGO_INCREMENTAL:-}" = 1 ] || [ "${CARGO_BUILD_INCREMENTAL:-}" = 1 ]; then
    echo "warning: the compiler cache is not used: it excludes incremental compilation" >&2
  elif ! pixi_build_rust_is_recent "$sccache"; then
    echo "warning: the compiler cache is not used: it needs sccache 0.19 or newer" >&2
  elif ! pixi_build_rust_start_server "$sccache" "$cache" "$project" "$home"; then
    echo "warning: the compiler cache is not used: its server does not start" >&2
  else
    export CARGO_INCREMENTAL=0
    export RUSTC_WRAPPER=$programs/sccache
    export SCCACHE_IGNORE_SERVER_IO_ERROR=1
    export SCCACHE_C_CUSTOM_CACHE_BUSTER=${SCCACHE_C_CUSTOM_CACHE_BUSTER:-}$(pixi_build_rust_build_environment)
    export PIXI_BUILD_RUST_SCCACHE=$sccache
    export PIXI_BUILD_RUST_PROJECT=$project
    export PIXI_BUILD_RUST_STAND_INS=$PWD/.sccache
    export PIXI_BUILD_RUST_VARIABLES=$variables
  fi
  # Whatever compiles needs to know no more than where the server is.
  pixi_build_rust_forget "$@"
  if [ -n "$trace" ]; then set -x; fi
}

# Older ones have no private servers, or restore lists of files that belong to other folders.
pixi_build_rust_is_recent() {
  local version major minor
  version=$("$1" --version 2>/dev/null) || return 1
  IFS=. read -r major minor version <<<"${version##* }"
  [ "$major" -gt 0 ] 2>/dev/null || [ "$minor" -ge 19 ] 2>/dev/null
}

# Variables that say something about one compilation stay.
pixi_build_rust_forget() {
  local name
  for name; do
    case $name in
      SCCACHE_C_CUSTOM_CACHE_BUSTER | SCCACHE_LOG* | SCCACHE_RECACHE | SCCACHE_SERVER_UDS) ;;
      *) unset "$name" ;;
    esac
  done
}

# The packages of the build environment and the content of their files. What depends on where
# they are installed has another key.
pixi_build_rust_build_environment() {
  (
    cd "$BUILD_PREFIX/conda-meta" 2>/dev/null || exit 0
    {
      printf '%s\n' *.json
      grep -ho '"sha256": *"[0-9a-f]*"' ./*.json || true
    } | cksum
  )
}

# Leaves the process id in `pixi_build_rust_server`.
pixi_build_rust_start_server() {
  local sccache=$1 cache=$2 project=$3 home=$4 folder=$PWD/.sccache basedirs name
  rm -rf "$folder"
  mkdir -m 700 "$folder" || return 1
  SCCACHE_SERVER_UDS=$folder/socket
  if [ "${#SCCACHE_SERVER_UDS}" -gt 100 ]; then
    # Names of sockets are short, those of work directories are not.
    local process=${BASHPID:-$$}
    if ! exec 9<"$folder" || ! [ -d "/proc/$process/fd/9" ]; then
      echo "warning: the path of $folder is too long for the socket of a server" >&2
      return 1
    fi
    SCCACHE_SERVER_UDS=/proc/$process/fd/9/socket
  fi
  export SCCACHE_SERVER_UDS

  basedirs=$project
  local shared=${pixi_build_rust_shared:-} environments=''
  # Compilers and headers go by names in there: see `share.sh`.
  if [ -f "$shared/latest-environments" ]; then
    read -r name <"$shared/latest-environments"
    environments=$shared/environments/$name
  fi
  for name in "${CARGO_HOME:-}" "$shared" "$environments" "$PWD" "$PREFIX" "$BUILD_PREFIX"; do
    case $name in
      *:*) ;;
      /*) basedirs=$basedirs:$name ;;
    esac
  done
  (
    export SCCACHE_START_SERVER=1 SCCACHE_NO_DAEMON=1 HOME="${home:-$HOME}"
    export SCCACHE_DIR="${SCCACHE_DIR:-$cache}" SCCACHE_BASEDIRS="${SCCACHE_BASEDIRS:-$basedirs}"
    # No compiler takes that long for one crate.
    export SCCACHE_IDLE_TIMEOUT="${SCCACHE_IDLE_TIMEOUT:-7200}"
    exec "$sccache"
  ) &
  pixi_build_rust_server=$!
  pixi_build_rust_forget $(compgen -e SCCACHE_)

  local patience=$((SECONDS + 15))
  until [ -S "$folder/socket" ]; do
    if ! kill -0 "$pixi_build_rust_server" 2>/dev/null || [ "$SECONDS" -ge "$patience" ]; then
      kill -KILL "$pixi_build_rust_server" 2>/dev/null || true
      wait "$pixi_build_rust_server" 2>/dev/null || true
      return 1
    fi
    sleep 0.02
  done
  pixi_build_rust_sccache=$sccache
  pixi_build_rust_at_exit pixi_build_rust_end_server
}

# Does COMMAND when the script ends, after what is done then already.
pixi_build_rust_at_exit() {
  local command=$1
  eval "set -- $(trap -p EXIT)"
  trap "${3:+$3; }$command" EXIT
}

pixi_build_rust_end_server() {
  { set +x; } 2>/dev/null
  "$pixi_build_rust_sccache" --show-stats 2>/dev/null | pixi_build_rust_summary || true
  "$pixi_build_rust_sccache" --stop-server >/dev/null 2>&1 ||
    kill -KILL "$pixi_build_rust_server" 2>/dev/null || true
  # Until everything is stored.
  wait "$pixi_build_rust_server" 2>/dev/null || true
}

# Says in a few lines what the statistics of sccache come down to.
pixi_build_rust_summary() {
  local line name number hits=0 misses=0 unwritten=0 place='' reasons='' other=''
  while IFS= read -r line; do
    number=${line##* }
    name=${line%"$number"}
    name=${name%"${name##*[! ]}"}
    case $line in
      '') other='' ;;
      'Cache hits '*[0-9]) if [ "$name" = 'Cache hits' ]; then hits=$number; fi ;;
      'Cache misses '*) if [ "$name" = 'Cache misses' ]; then misses=$number; fi ;;
      'Cache write errors '*) unwritten=$number ;;
      'Cache location '*) place=${line#Cache location} place=${place#"${place%%[! ]*}"} ;;
      'Non-cacheable reasons:') other=yes ;;
      *) if [ -n "$other" ]; then reasons="$reasons${reasons:+, }$number $name"; fi ;;
    esac
  done
  echo "compiler cache: $hits hits, $misses misses in ${place:-the cache}"
  if [ -n "$reasons" ]; then echo "compiler cache: cannot be cached: $reasons"; fi
  if [ "$unwritten" != 0 ]; then
    echo "warning: the compiler cache could not keep $unwritten results" >&2
  fi
}
