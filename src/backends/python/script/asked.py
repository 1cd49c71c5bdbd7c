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
    if wanted and os.environ.get("PIXI_BUILD_PYTHON_SYSTEM"):
        code = install(wanted, sys.executable)
        # An offline build may succeed without what the cache does not have.
        sys.exit(0 if is_offline() else code)


main(*sys.argv[1:])
