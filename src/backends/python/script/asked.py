"""Tells what a build backend asks for in a hook, and its environment lacks.

An installer that builds in an environment which is there already calls no such hook. Nothing is
decided here: the build may do without.
"""

import importlib
import importlib.metadata
import os
import re
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
        # The build runs into the same, and tells more.
        return
    for entry in wanted:
        name = re.match(r"\s*([\w.-]+)", entry)
        try:
            importlib.metadata.version(name.group(1))
        except importlib.metadata.PackageNotFoundError:
            print("the build backend asks for: " + entry.strip(), flush=True)


main(*sys.argv[1:])
