#!/usr/bin/env bash
# A compiler of the build environment as sccache sees it: the same file in every prefix.
if [ "$*" = -print-prog-name=as ]; then
  # The assembler belongs to the same environment.
  printf '%s\n' "${BASH_SOURCE[0]}"
  exit 0
fi
exec "$PIXI_BUILD_RUST_COMPILER" "$@"
