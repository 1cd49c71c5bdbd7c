#!/bin/sh
# The linker as Cargo sees it: a path that is the same in every work directory. The
# real one, and the link arguments that name a prefix, come from the environment.
target=${0##*/linker-}
eval "linker=\$PIXI_BUILD_RUST_LINKER_$target arguments=\$PIXI_BUILD_RUST_LINK_ARGS_$target"
if [ -z "$linker" ]; then
  echo "error: PIXI_BUILD_RUST_LINKER_$target is not set" >&2
  exit 1
fi
# One argument a line.
IFS='
'
set -f
exec "$linker" "$@" $arguments
