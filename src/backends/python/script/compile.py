"""Compiles the modules of a project to byte code that does not depend on the time of the build.

Modules that match a pattern are left out. A pattern is relative to the prefix or to
`site-packages`. The modules that Python cannot compile are templates, or are written for another
version. They are listed beside this file for `check::byte_code`.
"""

import csv
import fnmatch
import os
import py_compile
import re
import sys
import sysconfig

PREFIX = os.environ["PREFIX"]


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def records(name):
    """Yields the lists of installed files of the project, each with its base directory."""
    for folder in sorted({sysconfig.get_path(key) for key in ("purelib", "platlib")}):
        for entry in os.listdir(folder) if os.path.isdir(folder) else []:
            stem, ending = os.path.splitext(entry)
            if ending == ".dist-info" and normalized(stem.rsplit("-", 1)[0]) == name:
                yield folder, os.path.join(folder, entry, "RECORD")


def is_left_out(path, patterns):
    below = os.path.relpath(path, PREFIX).replace(os.sep, "/")
    if not path.endswith(".py") or below.startswith(("bin/", "Scripts/", "..")):
        return True
    names = [below, "/" + below, below.partition("site-packages/")[2]]
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns for name in names)


def reason(error):
    """Returns the place in the file, if it is known, and the message of the compiler."""
    cause = error.exc_value
    if isinstance(cause, SyntaxError) and cause.lineno:
        return f"line {cause.lineno}: {cause.msg}"
    return str(cause)


def main(name, *patterns):
    uncompiled = []
    for folder, record in records(name):
        with open(record, newline="", encoding="utf-8") as file:
            rows = [row for row in csv.reader(file) if row]
        for row in rows:
            path = os.path.normpath(os.path.join(folder, row[0]))
            if is_left_out(path, patterns) or not os.path.exists(path):
                continue
            below = os.path.relpath(path, PREFIX).replace(os.sep, "/")
            mode = py_compile.PycInvalidationMode.CHECKED_HASH
            try:
                py_compile.compile(path, dfile=below, doraise=True, invalidation_mode=mode)
            except py_compile.PyCompileError as error:
                module = below.partition("site-packages/")[2] or below
                uncompiled.append(f"{module}\t{reason(error)}\n")
    report = os.path.join(os.path.dirname(__file__), "uncompiled")
    with open(report, "w", encoding="utf-8") as file:
        file.writelines(uncompiled)


main(*sys.argv[1:])
