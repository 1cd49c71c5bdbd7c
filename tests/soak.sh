#!/usr/bin/env bash
# The long half of docs/reliability.md: crashes, full disks, many backends at once, and
# what strangers may send. Needs what .ci/run needs, and some 90 minutes on two cores;
# MINUTES (10) is how long each fuzz target runs. As root full disks are tried as well.
# With KEEP=1 what fuzzing found becomes a test: see tests/it/robustness/corpus.
set -euo pipefail
cd "$(dirname "$0")/.."
minutes="${MINUTES:-10}"
export PATH="${XDG_CACHE_HOME:-$HOME/.cache}/pixi-build-backends/tools/bin:$PATH"

cargo test --test it --no-run
timeout 45m cargo test --test it -- --ignored --nocapture --test-threads 1 soak::

targets=(line initialize outputs build_v1 manifest cargo_toml)
if cargo +nightly --version >/dev/null 2>&1 && command -v cargo-fuzz >/dev/null; then
  cargo test --test it -- --ignored --exact hostile::seeds_are_written
  cd fuzz
  cargo +nightly fuzz build --dev --sanitizer none
  for target in "${targets[@]}"; do
    # A crash, a second without an end or 512 MiB stop the target and this script.
    timeout "$((minutes + 2))m" cargo +nightly fuzz run --dev --sanitizer none "$target" -- \
      -max_total_time="$((minutes * 60))" -timeout=1 -rss_limit_mb=512 -max_len=65536 \
      -print_final_stats=1
  done
  if [ -n "${KEEP:-}" ]; then
    rm -rf minimal
    for target in "${targets[@]}"; do
      mkdir -p "minimal/$target"
      cargo +nightly fuzz run --dev --sanitizer none "$target" "minimal/$target" "corpus/$target" -- \
        -set_cover_merge=1 -use_counters=0 -max_len=65536
    done
    cargo test --manifest-path ../Cargo.toml --test it -- \
      --ignored --exact hostile::what_fuzzing_found_is_kept
  fi
else
  echo "no nightly toolchain with cargo-fuzz: random changes without feedback stand in" >&2
  SECONDS_A_TARGET="$((minutes * 60))" timeout "$((minutes * ${#targets[@]} + 5))m" \
    cargo test --test it -- --ignored --nocapture --exact \
    hostile::changed_fixtures_are_survived_for_long
fi
