#!/usr/bin/env bash
# Packages programs of other people from their registry sources, with the manifests in
# examples/gallery and the machine's toolchain, and prints the table of docs/gallery.md.
#
# tests/gallery.sh [NAME...]     all of them where none is named
#
# BACKEND is the executable, GALLERY the folder to build in; both have defaults. What a recipe
# of the program packs is in recipe-files.txt, under the names that pixi looks for.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
backend=${BACKEND:-$root/target/debug/pixi-build-rust}
folder=${GALLERY:-$root/target/gallery}
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  mapfile -t names < <(cut -d' ' -f1 "$root/examples/gallery/crates.txt")
fi

# Cargo knows the registry that the machine uses. It downloads the crate as a dependency.
fetch() {
  local name=$1 version=$2 sum=$3 crate=$folder/fetch archive
  mkdir -p "$crate/src" && touch "$crate/src/lib.rs"
  cat >"$crate/Cargo.toml" <<TOML
[package]
name = "fetch"
[dependencies]
$name = "=$version"
TOML
  cargo fetch --quiet --manifest-path "$crate/Cargo.toml" 2>"$crate/log"
  archive=$(find "${CARGO_HOME:-$HOME/.cargo}/registry/cache" -name "$name-$version.crate" | head -1)
  echo "$sum  $archive" | sha256sum --check --status
  rm -rf "$folder/$name/source"
  mkdir -p "$folder/$name/source"
  tar -xzf "$archive" -C "$folder/$name/source" --strip-components 1
}

# The files of a package that are installed, without tests and what conda says about it.
listed() {
  python3 - "$1" <<'PYTHON'
import io, json, sys, zipfile, subprocess
with zipfile.ZipFile(sys.argv[1]) as archive:
    name = next(name for name in archive.namelist() if name.startswith("info-"))
    tar = subprocess.run(["zstd", "-dc"], input=archive.read(name), capture_output=True, check=True)
import tarfile
with tarfile.open(fileobj=io.BytesIO(tar.stdout)) as info:
    paths = json.load(info.extractfile("info/paths.json"))["paths"]
    licenses = [name for name in info.getnames() if name.startswith("info/licenses/")]
print("\n".join(sorted(path["_path"] for path in paths)))
print("\n".join(sorted(licenses)), file=sys.stderr)
PYTHON
}

mkdir -p "$folder"
echo "| program | as in the recipe | beside it | licenses of crates |"
echo "| --- | --- | --- | --- |"
for name in "${names[@]}"; do
  read -r _ version sum < <(grep "^$name " "$root/examples/gallery/crates.txt")
  mkdir -p "$folder/$name"
  fetch "$name" "$version" "$sum"
  cp "$root/examples/gallery/$name/pixi.toml" "$folder/$name/"
  package=$(cd "$folder/$name" && "$backend" build --system-toolchain 2>"$folder/$name/build.log" | tail -1)
  listed "$package" >"$folder/$name/files.txt" 2>"$folder/$name/licenses.txt"
  expected=$root/examples/gallery/$name/recipe-files.txt
  missing=$(comm -23 <(sort "$expected") <(sort "$folder/$name/files.txt"))
  if [ -n "$missing" ]; then
    echo "the package of $name lacks: $missing" >&2
    exit 1
  fi
  # shellcheck disable=SC2016 # backticks for a table of Markdown
  more=$(comm -13 <(sort "$expected") <(sort "$folder/$name/files.txt") | sed 's/.*/`&`/' | paste -sd' ')
  crates=no
  if grep -q THIRDPARTY "$folder/$name/licenses.txt"; then crates=yes; fi
  echo "| $name $version | $(wc -l <"$expected") of $(wc -l <"$expected") files | ${more:-nothing} | $crates |"
done
