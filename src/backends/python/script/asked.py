"""Prints the requirements that a build backend returns from a hook and that are not installed.

An installer that uses an existing environment does not call the hook. The build may succeed
without the requirements, so they are not an error here. If `machine.py` created the environment,
this program installs them.
"""

import importlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys


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
        wanted = requirements(backend)
    except BaseException:
        # The build fails with the same error, and reports it in full.
        return
    missing = []
    for entry in wanted:
        name = re.match(r"\s*([\w.-]+)", entry)
        try:
            importlib.metadata.version(name.group(1))
        except importlib.metadata.PackageNotFoundError:
            missing.append(entry.strip())
    for entry in missing:
        print("the build backend asks for: " + entry, flush=True)
    offline = os.environ.get("UV_OFFLINE") or os.environ.get("PIP_OFFLINE")
    if missing and not offline and os.environ.get("PIXI_BUILD_PYTHON_SYSTEM"):
        install(missing)


def install(missing):
    uv = shutil.which("uv") or os.path.join(os.path.dirname(sys.executable), "uv")
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PIP_", "PYTHON"))
    }
    print("installing " + ", ".join(missing) + " for the build", flush=True)
    command = [uv, "pip", "install", "--quiet", "--python", sys.executable, *missing]
    sys.exit(subprocess.call(command, env=environment))


main(*sys.argv[1:])
