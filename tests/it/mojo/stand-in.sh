#!/bin/sh
# Stands in for the Mojo compiler: accepts and rejects the same arguments, and writes a copy of
# the source, or a script that prints the same lines, instead of compiled code.
fail() { echo "mojo: error: $1" >&2; exit 1; }
command=$1
[ $# -eq 0 ] || shift
case $command in
  --version) echo "Mojo @VERSION@ (stand-in)"; exit 0 ;;
  build | precompile | run) ;;
  *) fail "no such command '$command'" ;;
esac
output='' path='' emit=exe
while [ $# -gt 0 ]; do
  case $1 in
    --help) echo "mojo-$command"; exit 0 ;;
    -o) output=$2; shift ;;
    --emit) emit=$2; shift ;;
    -I) shift ;;
    -D | -j | -Xlinker | --target-cpu | --mcpu)
      [ "$command" != precompile ] || fail "unrecognized argument '$1'"
      shift ;;
    -strip-file-prefix) shift ;;
    -*) ;;
    *) path=$1 ;;
  esac
  shift
done
[ -e "$path" ] || fail "cannot open input file '$path': No such file or directory"
case $command in
  precompile)
    [ -f "$path/__init__.mojo" ] || fail "'$path' does not correspond to a Mojo package"
    case $output in
      *.mojoc | *.mojopkg) ;;
      *) fail "output path must have a '.mojoc' extension" ;;
    esac
    cat "$path/__init__.mojo" >"$output" ;;
  build)
    [ "$emit" != exe ] || grep -q 'def main(' "$path" || fail "module does not contain a 'main' function"
    { echo '#!/bin/sh'; sed -n 's/^ *print("\(.*\)")$/echo "\1"/p' "$path"; } >"$output"
    chmod +x "$output" ;;
  run) sed -n 's/^ *print("\(.*\)")$/\1/p' "$path" ;;
esac
