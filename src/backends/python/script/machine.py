"""Makes the Python of the machine available in the host prefix.

Creates a virtual environment that can use the packages of the machine, and installs the installer
and the requirements of the build that the machine does not have. They do not become a part of the
package.
"""

import importlib.util
import os
import shutil
import sys
import venv

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from unsatisfied import install, is_offline, missing


def has(installer):
    if installer == "pip":
        return importlib.util.find_spec("pip") is not None
    return shutil.which(installer) is not None


def check(minors):
    """Refuses a Python for which the package is not, although its name says so."""
    running = "%d.%d" % sys.version_info[:2]
    if minors and running not in minors:
        asked = minors[0] if len(minors) == 1 else minors[0] + " to " + minors[-1]
        # `failure/mod.rs` recognizes this line.
        sys.exit("the package is for Python " + asked + ", and the machine has " + running)


def main(installer, minors, *requirements):
    check(minors.split())
    prefix = os.environ["PREFIX"]
    venv.EnvBuilder(system_site_packages=True, symlinks=os.name != "nt").create(prefix)
    folder = "Scripts" if os.name == "nt" else "bin"
    python = os.path.join(prefix, folder, "python")
    wanted = list(dict.fromkeys(missing(requirements, python)))
    if not has(installer):
        wanted.append(installer)
    if not wanted:
        return
    code = install(wanted, python)
    if code:
        # `failure/uninstallable.rs` recognizes these lines.
        for requirement in wanted:
            print("not installed for the build: " + requirement, flush=True)
    if code and is_offline():
        sys.exit(
            "neither the machine nor the cache of uv has "
            + ", ".join(wanted)
            + ", and the build is offline: install them, or build without `--offline`"
        )
    sys.exit(code)


main(*sys.argv[1:])
