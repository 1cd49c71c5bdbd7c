"""Lets the Python of this machine stand in for an environment.

Makes an environment in the host prefix that sees the packages of the machine, and adds what
the build needs and the machine lacks. None of that becomes part of the package.
"""

import os
import re
import shutil
import subprocess
import sys
import venv


def missing(requirements, python):
    """Those whose package is not there. Whether the version fits is left to the build."""
    code = "import importlib.metadata as m, sys\nfor n in sys.argv[1:]:\n try: m.version(n)\n except Exception: print(n)"
    names = {re.match(r"[\w.-]+", entry).group(0): entry for entry in requirements}
    out = subprocess.check_output([python, "-c", code, *names], text=True)
    return [names[name] for name in out.split()]


def main(requirements):
    prefix = os.environ["PREFIX"]
    venv.EnvBuilder(system_site_packages=True, symlinks=os.name != "nt").create(prefix)
    folder = "Scripts" if os.name == "nt" else "bin"
    python = os.path.join(prefix, folder, "python")
    wanted = missing(requirements, python)
    if shutil.which("uv") is None:
        wanted.append("uv")
    if not wanted:
        return
    if os.environ.get("UV_OFFLINE") or os.environ.get("PIP_OFFLINE"):
        sys.exit("this machine lacks " + ", ".join(wanted) + ", and the network is left alone")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    if shutil.which("uv") is None:
        command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    else:
        command = ["uv", "pip", "install", "--quiet", "--python", python]
    print("installing " + ", ".join(wanted) + " for the build", flush=True)
    sys.exit(subprocess.call(command + wanted, env=environment))


main(sys.argv[1:])
