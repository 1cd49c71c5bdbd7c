#!/usr/bin/env bash
# rustc as sccache sees it: takes back what `sccache` beside this file did to hide
# folders from the key, and keeps them out of the artifact as well.
for name in $(compgen -e PIXI_BUILD_RUST_KEPT_); do
  export "${name#PIXI_BUILD_RUST_KEPT_}=${!name}"
  unset "$name"
done
unset CARGO_PIXI_BUILD_RUST_KEY
folder=$PIXI_BUILD_RUST_FOLDER
cd "$folder" || exit 1

# What the flags of a build map themselves comes later and wins.
remap=()
if [ -n "${CARGO_HOME:-}" ]; then remap+=("--remap-path-prefix=$CARGO_HOME=/cargo"); fi
case $folder/ in
  "${CARGO_HOME:-%}"/*) ;;
  *) remap+=("--remap-path-prefix=$folder=.") ;;
esac
if [ -n "${OUT_DIR:-}" ]; then remap+=("--remap-path-prefix=$OUT_DIR=/out"); fi

arguments=()
option=''
input=''
list=''
for argument; do
  argument=${argument//%PROJECT%/$PIXI_BUILD_RUST_PROJECT}
  argument=${argument//%CARGO_HOME%/${CARGO_HOME:-}}
  argument=${argument//%FOLDER%/$folder}
  case $option in -o) list=$argument ;; esac
  case $argument in
    -*) ;;
    *.rs) input=${input:-${#arguments[@]}} ;;
  esac
  arguments+=("$argument")
  option=$argument
done
if [ -z "$list" ]; then
  exec "$PIXI_BUILD_RUST_RUSTC" "${remap[@]}" "${arguments[@]}"
fi

# sccache asks for the files and variables that the key depends on.
case ${arguments[input]} in
  /*) ;;
  *) arguments[input]=$folder/${arguments[input]} ;;
esac
"$PIXI_BUILD_RUST_RUSTC" "${remap[@]}" "${arguments[@]}" || exit
if [ -z "${OUT_DIR:-}" ] || ! grep -q '^# env-dep:OUT_DIR=' "$list"; then exit 0; fi

# Where generated code lies does not matter, as long as it is included and the program
# does not get to see the path.
files=()
while IFS= read -r line; do
  case $line in
    *:)
      line=${line%:}
      files+=("${line//\\ / }")
      ;;
  esac
done <"$list"
if ! grep -h OUT_DIR "${files[@]}" | grep -qv include; then
  grep -v '^# env-dep:OUT_DIR=' "$list" >"$list.part" && mv "$list.part" "$list"
fi
