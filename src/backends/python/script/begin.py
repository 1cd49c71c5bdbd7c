"""Makes room for an installation into the host prefix.

A project that an environment needs for its own build, such as `packaging`, replaces files
of an installed package. They are put aside, and go back when the package is made.
"""

import os
import re
import shutil
import sys
import sysconfig

OWN = os.path.dirname(os.path.abspath(__file__))
WORK = os.path.dirname(OWN)


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(name):
    """The dist-info directories of the project that packages of the environment brought."""
    for key in ("purelib", "platlib"):
        directory = sysconfig.get_path(key)
        if not os.path.isdir(directory):
            continue
        for entry in sorted(os.listdir(directory)):
            stem, ending = os.path.splitext(entry)
            if ending == ".dist-info" and normalized(stem.rsplit("-", 1)[0]) == name:
                yield directory, entry


def put_aside(name):
    """Copies what an installer is about to remove. Its own list says what that is."""
    prefix = os.environ["PREFIX"]
    aside = os.path.join(OWN, "aside")
    for directory, entry in installed(name):
        record = os.path.join(directory, entry, "RECORD")
        if not os.path.exists(record):
            continue
        with open(record, encoding="utf-8") as file:
            paths = [line.rsplit(",", 2)[0].strip('"') for line in file]
        for path in paths:
            path = os.path.normpath(os.path.join(directory, path))
            below = os.path.relpath(path, prefix)
            if os.path.isfile(path) and not below.startswith(".."):
                copy = os.path.join(aside, below)
                os.makedirs(os.path.dirname(copy), exist_ok=True)
                shutil.copy2(path, copy)


def keep_out_of_the_sources(source):
    """Has setuptools build here, and not in the middle of the sources."""
    build = os.path.join(WORK, "build")
    # What an earlier version of the project had would be packed as well.
    for entry in os.listdir(build) if os.path.isdir(build) else []:
        if entry.startswith(("lib", "bdist")):
            shutil.rmtree(os.path.join(build, entry))
    lines = ["[build]", "build_base = " + build]
    # A source distribution brings the list of its data files in this directory.
    if not os.path.exists(os.path.join(source, "PKG-INFO")):
        metadata = os.path.join(WORK, "egg-info")
        shutil.rmtree(metadata, ignore_errors=True)
        os.makedirs(metadata)
        lines += ["[egg_info]", "egg_base = " + metadata]
    with open(os.path.join(OWN, "setuptools.cfg"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


for leftover in ("opened", "installed"):
    if os.path.exists(os.path.join(OWN, leftover)):
        os.remove(os.path.join(OWN, leftover))
shutil.rmtree(os.path.join(OWN, "aside"), ignore_errors=True)
put_aside(normalized(sys.argv[1]))
keep_out_of_the_sources(sys.argv[2])
