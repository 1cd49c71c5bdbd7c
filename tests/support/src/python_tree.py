# The interpreter of this machine as the files of one prefix.
#
# Most Pythons have such a prefix. The Python of Debian and its derivatives is distributed over
# the system, and installs modules into other directories. It is converted to the layout of
# python.org.

import os
import re
import sys
import sysconfig

VERSION = "{}.{}".format(*sys.version_info)
LEFT_OUT = "__pycache__ site-packages dist-packages test idlelib tkinter ensurepip lib2to3 turtledemo share".split()
# Files that a prefix must not contain: the mark of an interpreter into which pip must not install,
# the code for the layout of Debian, a hook of the system, and the directory with files for
# embedding Python. setuptools contains its own distutils.
OF_DEBIAN = re.compile(r"/(EXTERNALLY-MANAGED|_distutils_system_mod\.py|sitecustomize\.py|distutils/|config-)")

# Appended to `sysconfig`: the layout of every other Python.
SCHEMES = """

for _name in ("posix_local", "deb_system"):
    _INSTALL_SCHEMES[_name] = _INSTALL_SCHEMES["posix_prefix"]


def _get_preferred_schemes():
    return {"prefix": "posix_prefix", "home": "posix_home", "user": "posix_user"}
"""

# The `site` of Debian is a part of the executable, and searches only `dist-packages`.
SITE = "import os, site; site.addsitedir(os.path.join(sys.prefix, {!r}))\n"


def read(path):
    with open(path, "rb") as file:
        return file.read(), os.stat(path).st_mode & 0o777


def below(folder, place):
    """Yields the files in a directory, at the same paths below another directory."""
    for directory, names, found in os.walk(folder):
        names[:] = [name for name in names if name not in LEFT_OUT]
        for name in found:
            path = os.path.join(directory, name)
            where = os.path.normpath(os.path.join(place, os.path.relpath(path, folder)))
            if name.endswith(".a") or "/pkgconfig/" in where:
                continue
            if os.path.islink(path) and not os.path.isabs(os.readlink(path)):
                yield where, (os.readlink(path), 0o777)
            elif os.path.exists(path):
                yield where, read(path)


def of_a_prefix():
    root, files = sys.base_prefix, {}
    programs = ("bin/python", "bin/python3", "bin/python" + VERSION)
    for folder in ("bin", "lib", "include"):
        for path, content in below(os.path.join(root, folder), folder):
            if folder != "bin" or path in programs:
                files[path] = content
    return files


def of_debian():
    library, headers = "lib/python" + VERSION, "include/python" + VERSION
    executable = "bin/python" + VERSION
    files = {executable: read(os.path.realpath(sys.executable))}
    files["bin/python"] = files["bin/python3"] = ("python" + VERSION, 0o777)
    for path, content in below(sysconfig.get_path("stdlib"), library):
        if not OF_DEBIAN.search(path):
            files[path] = content
    include = sysconfig.get_path("include", "posix_prefix")
    if not os.path.exists(os.path.join(include, "Python.h")):
        sys.exit("the headers of Python are needed (Debian: python3-dev)")
    files.update(below(include, headers))
    # The `pyconfig.h` of Debian includes the one of the architecture.
    architecture = sysconfig.get_config_var("MULTIARCH") or ""
    name = "python{}/pyconfig.h".format(VERSION)
    config = os.path.join(os.path.dirname(include), architecture, name)
    if os.path.exists(config):
        files[headers + "/pyconfig.h"] = read(config)
    of_sysconfig = (library + "/sysconfig.py", library + "/sysconfig/__init__.py")
    for path in of_sysconfig:
        if path in files:
            content, mode = files[path]
            files[path] = (content + SCHEMES.encode(), mode)
    text = SITE.format(library + "/site-packages")
    files["lib/python3/dist-packages/packages.pth"] = (text.encode(), 0o644)
    return files


def tree():
    """Returns the files by path: the content or the target of a link, and a mode."""
    return of_debian() if sys.base_prefix == "/usr" else of_a_prefix()
