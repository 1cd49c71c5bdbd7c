"""Finds and installs the requirements that the packages of an environment do not satisfy.

As a program, prints those of its arguments that the packages of its interpreter do not satisfy.
"""

import importlib.metadata as metadata
import os
import re
import shutil
import subprocess
import sys

try:
    from packaging.requirements import Requirement
except ImportError:
    try:
        from pip._vendor.packaging.requirements import Requirement
    except ImportError:
        try:
            from setuptools._vendor.packaging.requirements import Requirement
        except ImportError:
            Requirement = None


def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def applies(requirement, extra=""):
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def is_satisfied(requirement):
    found = version(requirement.name)
    if found is None or not requirement.specifier.contains(found, prereleases=True):
        return False
    needed = [Requirement(text) for text in metadata.requires(requirement.name) or []]
    for extra in requirement.extras:
        for other in needed:
            if applies(other, extra) and not applies(other) and not is_satisfied(other):
                return False
    return True


def unsatisfied(texts):
    """Returns the requirements that apply here and are not satisfied."""
    found = []
    for text in texts:
        if Requirement is None:
            # Without a parser, only a name alone says whether something is missing.
            name = re.fullmatch(r"\s*([\w.-]+)\s*", text)
            if name is not None and version(name.group(1)) is None:
                found.append(text.strip())
            continue
        requirement = Requirement(text)
        if not applies(requirement):
            continue
        if not is_satisfied(requirement):
            found.append(text.strip())
        elif requirement.name == "setuptools" and int(version("setuptools").split(".")[0]) < 71:
            # It needs `wheel` to build a wheel, and requests it only in a hook.
            if version("wheel") is None:
                found.append("wheel")
    return found


def is_offline():
    return os.environ.get("UV_OFFLINE", "").lower() in ("1", "true", "t", "yes", "y", "on")


def install(requirements, python):
    """Installs requirements in the environment of an interpreter. Returns the exit code."""
    uv = shutil.which("uv") or os.path.join(os.path.dirname(python), "uv")
    if os.path.exists(uv):
        command = [uv, "pip", "install", "--quiet", "--python", python]
    else:
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
        command += ["install", "--quiet"]
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PIP_", "PYTHON"))
    }
    print("installing " + ", ".join(requirements) + " for the build", flush=True)
    return subprocess.call(command + requirements, env=environment)


if __name__ == "__main__":
    print("\n".join(unsatisfied(sys.argv[1:])))
