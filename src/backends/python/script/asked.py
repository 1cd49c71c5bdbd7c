"""Prints the requirements that a build backend returns from a hook and that are not installed.

An installer that uses an existing environment does not call the hook. The build may succeed
without the requirements, so they are not an error here. If `machine.py` created the environment,
this program installs them.
"""

import importlib
import os
import sys

from unsatisfied import install, is_offline, missing


def requirements(backend):
    module, _, attributes = backend.partition(":")
    hooks = importlib.import_module(module)
    for attribute in attributes.split(".") if attributes else []:
        hooks = getattr(hooks, attribute)
    ask = getattr(hooks, "get_requires_for_build_wheel", None)
    return ask({}) if ask else []


def main(source, backend, *paths):
    os.chdir(source)
    sys.path[:0] = [os.path.join(source, path) for path in paths]
    try:
        wanted = missing(requirements(backend), sys.executable)
    except BaseException:
        # The build fails with the same error, and reports it in full.
        return
    for entry in wanted:
        print("the build backend asks for: " + entry, flush=True)
    if wanted and not is_offline() and os.environ.get("PIXI_BUILD_PYTHON_SYSTEM"):
        sys.exit(install(wanted, sys.executable))


main(*sys.argv[1:])
