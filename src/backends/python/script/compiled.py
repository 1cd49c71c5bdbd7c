"""Adds the files that compilers read to the list of opened files, one line for each path.

The build tools of the compilers record these files. `sitecustomize.py` begins the list with the
files that Python opens.
"""

import glob
import os
import re
import shutil
import subprocess
import sys

OWN = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(os.path.dirname(OWN), "build")
# The directory for the final artifacts of Cargo, if maturin uses the shared tree.
TARGET = os.path.join(os.path.dirname(OWN), "target")
SOURCE = sys.argv[1]


def below(directory, ending):
    """Yields the files at any depth, including those in hidden directories, which `glob` skips.

    Compilers repeat the absolute path of a source in the path of its object.
    """
    for folder, _, names in os.walk(directory):
        for name in names:
            if name.endswith(ending):
                yield os.path.join(folder, name)


def words(text):
    """Returns the paths in a rule of make, in which spaces are escaped."""
    text = text.replace("\\\n", " ").replace("\\\r\n", " ")
    found = re.findall(r"(?:\\.|[^\s\\])+", text)
    return [re.sub(r"\\(.)", r"\1", word) for word in found]


def rules(path, base):
    """Yields the paths on which the targets of the rules in a file depend."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            text = file.read()
    except OSError:
        return
    for rule in text.replace("\\\n", " ").splitlines():
        target, colon, paths = rule.partition(": ")
        if colon and not target.startswith("#"):
            for word in words(paths):
                yield os.path.join(base, word)


def ninja(directory):
    """Yields the files that a build with ninja read, and the sources of its rules."""
    program = shutil.which("ninja") or shutil.which("ninja-build") or shutil.which("samu")
    if program is None:
        return
    run = [program, "-C", directory, "-t"]
    for tool in (["deps"], ["inputs", "all"], ["inputs", "build.ninja"]):
        result = subprocess.run(
            run + tool, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        for line in result.stdout.splitlines():
            is_path = line.startswith("    ") or (tool[0] == "inputs" and line)
            if is_path:
                yield os.path.join(directory, line.strip())
    with open(os.path.join(directory, "build.ninja"), encoding="utf-8") as file:
        text = file.read().replace("$\n", " ")
    for line in re.findall(r"^build build\.ninja\b[^:]*: \w+ (.*)$", text, re.MULTILINE):
        for word in re.findall(r"(?:\$.|[^\s$])+", line):
            yield os.path.join(directory, re.sub(r"\$(.)", r"\1", word))


def make(directory):
    """Yields the files that CMake read to generate makefiles."""
    with open(os.path.join(directory, "CMakeFiles", "Makefile.cmake"), encoding="utf-8") as file:
        for path in re.findall(r'^  "(.*)"$', file.read(), re.MULTILINE):
            yield os.path.join(directory, path)


def cargo(directory):
    """Yields the sources of crates that are not downloaded, and the manifests of these crates."""
    # The directory has the name of the profile. It may be in a directory for the target.
    pattern = os.path.join(glob.escape(directory), "*", "*.d")
    nested = os.path.join(glob.escape(directory), "*", "*", "*.d")
    for path in glob.glob(pattern) + glob.glob(nested):
        # These are the rules of all crates, including those that the build no longer uses.
        if os.path.basename(os.path.dirname(path)) == "deps":
            continue
        for source in rules(path, SOURCE):
            yield source
            yield manifest(source)


def manifest(source):
    """Returns the manifest of the crate that contains a source, or the source if there is none."""
    folder = os.path.dirname(source)
    while not os.path.exists(os.path.join(folder, "Cargo.toml")):
        above = os.path.dirname(folder)
        if above == folder:
            return source
        folder = above
    return os.path.join(folder, "Cargo.toml")


def everything():
    # setuptools runs the compiler in the directory of the sources. Paths are relative to it.
    for directory in glob.glob(os.path.join(glob.escape(BUILD), "temp*")):
        for rule in below(directory, ".d"):
            yield from rules(rule, SOURCE)
    for path in below(BUILD, "build.ninja"):
        yield from ninja(os.path.dirname(path))
    for path in below(BUILD, "Makefile.cmake"):
        directory = os.path.dirname(os.path.dirname(path))
        yield from make(directory)
        for rule in below(directory, ".o.d"):
            yield from rules(rule, directory)
    yield from cargo(os.path.join(BUILD, "cargo"))
    yield from cargo(TARGET)


with open(os.path.join(OWN, "opened"), "a", encoding="utf-8", errors="surrogateescape") as file:
    for path in sorted({os.path.normpath(path) for path in everything()}):
        if os.path.isfile(path):
            file.write("R " + path + "\n")
