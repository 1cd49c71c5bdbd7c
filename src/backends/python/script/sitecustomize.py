"""Records the files of a project that Python opens during the build.

Python runs this file when it starts. It records only paths below the directories in
PIXI_BUILD_PYTHON_ROOTS and PIXI_BUILD_PYTHON_LINKED, one line for each path: R for a file that was
read, W for a file that was written, D for a directory that was listed.

It also lets Python keep the byte code of the modules in the host prefix for the next build. Without
byte code, the modules of the project are opened in each build, and are recorded.
"""

import os
import sys


def begin(log, roots, prefix):
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    log = os.open(log, flags, 0o644)
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT
    seen = set()

    def note(kind, path):
        if path is None or isinstance(path, int):
            return
        path = os.path.abspath(os.fsdecode(path))
        if (kind, path) in seen or not path.startswith(roots):
            return
        seen.add((kind, path))
        os.write(log, (kind + " " + path + "\n").encode("utf-8", "surrogateescape"))

    def hook(event, arguments):
        if event == "open":
            path, mode, flags = arguments
            if isinstance(path, str) and path.endswith(".py"):
                # `import` opens a module that has no byte code, and reads this afterwards.
                sys.dont_write_bytecode = not path.startswith(prefix)
            if isinstance(mode, str):
                writes = any(sign in mode for sign in "wax+")
            elif os.path.isabs(path) if isinstance(path, (str, bytes)) else False:
                writes = bool(flags & writing)
            else:
                # The path may be relative to an open directory.
                return
            note("W" if writes else "R", path)
        elif event in ("os.listdir", "os.scandir"):
            # `import` lists directories too, but finds modules by their names.
            caller = sys._getframe(2).f_code.co_filename
            if not caller.startswith("<frozen importlib"):
                note("D", arguments[0] if arguments[0] is not None else ".")
        elif event == "os.rename":
            note("W", arguments[1])

    def safe(event, arguments):
        try:
            hook(event, arguments)
        except Exception:
            # An error in this hook must not affect the build.
            pass

    sys.addaudithook(safe)


def run_the_next():
    """Runs the `sitecustomize.py` that Python would run if this file did not exist."""
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    own = os.path.dirname(os.path.abspath(__file__))
    others = [path for path in sys.path if os.path.abspath(path or ".") != own]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(module_from_spec(spec))


LOG = os.environ.get("PIXI_BUILD_PYTHON_TRACE")
ROOTS = os.environ.get("PIXI_BUILD_PYTHON_ROOTS")
LINKED = os.environ.get("PIXI_BUILD_PYTHON_LINKED")
if LOG and ROOTS and hasattr(sys, "addaudithook"):
    # Nothing is below this file if a build tool has removed the variable.
    PREFIX = os.path.join(os.environ.get("PREFIX", os.devnull), "")
    NAMED = [root for root in ROOTS.split("\n") + [LINKED] if root]
    # Build tools may resolve symbolic links.
    ALL = {path.rstrip(os.sep) + os.sep for root in NAMED for path in (root, os.path.realpath(root))}
    begin(LOG, tuple(ALL), PREFIX)
run_the_next()
