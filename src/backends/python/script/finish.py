"""Makes what an installer put into the host prefix fit for a conda package.

Finds the dist-info folder of the project, removes what tells of this machine, compiles
byte code in one go, and writes down which files belong to the package, because those
that replace files of an installed package would not be seen as new.
"""

import base64
import csv
import fnmatch
import hashlib
import io
import os
import re
import sys
import sysconfig

PREFIX = os.environ["PREFIX"]
OWN = os.path.dirname(os.path.abspath(__file__))


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def dist_infos(folders, name):
    """The dist-info folders of the project."""
    for folder in folders:
        if not os.path.isdir(folder):
            continue
        for entry in sorted(os.listdir(folder)):
            stem, ending = os.path.splitext(entry)
            if ending == ".dist-info" and normalized(stem.rsplit("-", 1)[0]) == name:
                yield os.path.join(folder, entry)


def read_record(folder):
    with open(os.path.join(folder, "RECORD"), newline="", encoding="utf-8") as file:
        return [row for row in csv.reader(file) if row]


def digest(path):
    with open(path, "rb") as file:
        content = file.read()
    value = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return "sha256=" + value.rstrip(b"=").decode(), str(len(content))


def write_record(folder, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(sorted(rows))
    with open(os.path.join(folder, "RECORD"), "w", newline="", encoding="utf-8") as file:
        file.write(text.getvalue())


def matches(path, patterns):
    """Whether a pattern fits a path below the prefix, or below the modules."""
    below = os.path.relpath(path, PREFIX).replace(os.sep, "/")
    names = [below, "/" + below, below.partition("site-packages/")[2]]
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns for name in names)


def clean(folder, rows, editable, excluded):
    """Drops notes about this machine, and names the one that will own the files."""
    own = os.path.basename(folder)
    unwanted = ["REQUESTED", "uv_cache.json", "uv_build.json"]
    if not editable:
        unwanted.append("direct_url.json")
    kept = []
    for row in rows:
        where, _, name = row[0].replace("\\", "/").rpartition("/")
        path = os.path.join(os.path.dirname(folder), row[0])
        if where == own and name in unwanted:
            if os.path.exists(path):
                os.remove(path)
        elif where == own and name == "INSTALLER":
            continue
        elif where != own and matches(path, excluded):
            if os.path.exists(path):
                os.remove(path)
        elif "/__pycache__/" not in "/" + row[0].replace("\\", "/"):
            if is_rewritten(path):
                kept.append([row[0], "", ""])
            else:
                kept.append(row)
    for name in unwanted:
        path = os.path.join(folder, name)
        if os.path.exists(path):
            os.remove(path)
    path = os.path.join(folder, "INSTALLER")
    with open(path, "w", newline="") as file:
        file.write("conda\n")
    kept.append([own + "/INSTALLER", *digest(path)])
    return kept


def is_rewritten(path):
    """Whether the packer changes a file: the first line of a program, or where libraries are."""
    try:
        with open(path, "rb") as file:
            start = file.read(300)
    except OSError:
        return False
    is_program = start.startswith(b"#!") and b"python" in start.split(b"\n")[0]
    native = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
    return is_program or start.startswith(native)


def compile_all(files, skipped):
    """Byte code that does not depend on the time of the build."""
    import py_compile

    made = []
    for path in files:
        below = os.path.relpath(path, PREFIX).replace(os.sep, "/")
        if not path.endswith(".py") or below.startswith(("bin/", "Scripts/")):
            continue
        if matches(path, skipped):
            continue
        try:
            mode = py_compile.PycInvalidationMode.CHECKED_HASH
            made.append(py_compile.compile(path, dfile=below, doraise=True, invalidation_mode=mode))
        except (py_compile.PyCompileError, SyntaxError, UnicodeError, ValueError):
            # Templates and code for other versions of Python.
            pass
    return made


def belongs(folder, rows):
    """The files of the project, and its directory of metadata."""
    base = os.path.dirname(folder)
    paths = {os.path.normpath(os.path.join(base, row[0])) for row in rows}
    return sorted(path for path in paths if os.path.lexists(path))


def main(arguments):
    name = normalized(arguments.pop(0))
    editable = "--editable" in arguments
    skipped = [word[7:] for word in arguments if word.startswith("--skip=")]
    excluded = [word[10:] for word in arguments if word.startswith("--exclude=")]
    found = list(dist_infos({sysconfig.get_path(key) for key in ("purelib", "platlib")}, name))
    if not found:
        # The check of the package says what is wrong.
        return
    # An installer removes others of the same name; what it wrote last counts.
    folder = max(found, key=os.path.getmtime)
    rows = clean(folder, read_record(folder), editable, excluded)
    write_record(folder, rows)
    files = belongs(folder, rows)
    if "--compile" in arguments:
        files += compile_all(files, skipped)
    with open(os.path.join(OWN, "installed"), "w", encoding="utf-8") as file:
        paths = [os.path.relpath(path, PREFIX) for path in [folder] + files]
        file.write("".join(path + "\n" for path in paths))
    replaces = os.path.isdir(os.path.join(OWN, "aside"))
    if replaces or os.path.exists(os.path.join(PREFIX, "pyvenv.cfg")):
        with open(os.environ["RATTLER_BUILD_PACKAGE_FILES"], "w", encoding="utf-8") as file:
            file.write("".join(path + "\n" for path in files))


main(sys.argv[1:])
