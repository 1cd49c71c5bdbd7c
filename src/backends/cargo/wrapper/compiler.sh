#!/usr/bin/env bash
# Stands in for a compiler of the build environment. sccache hashes this file instead of the
# compiler, because it is the same in every prefix.
if [ "$*" = -print-prog-name=as ]; then
  # The assembler is in the same environment as the compiler. This file stands in for both.
  printf '%s\n' "${BASH_SOURCE[0]}"
  exit 0
fi
exec "$PIXI_BUILD_RUST_COMPILER" "$@"
