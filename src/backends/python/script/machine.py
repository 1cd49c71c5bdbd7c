"""Makes the Python of the machine available in the host prefix.

Creates a virtual environment that can use the packages of the machine, and installs the
requirements of the build that the machine does not have. They do not become a part of the package.
"""

import os
import shutil
import subprocess
import sys
import venv


# Prints the requirements that the packages of the interpreter do not satisfy. An old setuptools
# needs `wheel` to build a wheel, and requests it only in a hook.
CHECK = """
import importlib.metadata as metadata
import sys

try:
    from packaging.requirements import Requirement
except ImportError:
    from pip._vendor.packaging.requirements import Requirement


def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


for text in sys.argv[1:]:
    requirement = Requirement(text)
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        continue
    found = version(requirement.name)
    if found is None or not requirement.specifier.contains(found, prereleases=True):
        print(text)
    elif requirement.name == "setuptools" and int(found.split(".")[0]) < 71:
        if version("wheel") is None:
            print("wheel")
"""


def missing(requirements, python):
    """Returns the requirements that the packages of the machine do not satisfy."""
    out = subprocess.check_output([python, "-c", CHECK, *requirements], text=True)
    return out.splitlines()


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
        sys.exit("this machine lacks " + ", ".join(wanted) + ", and the network may not be used")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    if shutil.which("uv") is None:
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
        command += ["install", "--quiet"]
    else:
        command = ["uv", "pip", "install", "--quiet", "--python", python]
    print("installing " + ", ".join(wanted) + " for the build", flush=True)
    sys.exit(subprocess.call(command + wanted, env=environment))


main(sys.argv[1:])
