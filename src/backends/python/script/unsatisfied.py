"""Finds and installs the requirements that the packages of an environment do not satisfy.

As a program, prints those of its arguments that the packages of its interpreter do not satisfy.
"""

import importlib
import importlib.metadata as metadata
import os
import re
import shutil
import subprocess
import sys


def parser():
    """Returns the function that parses a requirement, or None if no package has one."""
    for module in ("packaging", "setuptools._vendor.packaging", "pip._vendor.packaging"):
        try:
            return importlib.import_module(module + ".requirements").Requirement
        except Exception:
            # setuptools also raises an AssertionError, if somebody has imported distutils.
            continue
    return None


def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def applies(requirement, extra=""):
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def is_satisfied(requirement, parse):
    found = version(requirement.name)
    if found is None or not requirement.specifier.contains(found, prereleases=True):
        return False
    needed = [parse(text) for text in metadata.requires(requirement.name) or []]
    for extra in requirement.extras:
        for other in needed:
            if applies(other, extra) and not applies(other) and not is_satisfied(other, parse):
                return False
    return True


def unsatisfied(texts):
    """Yields the requirements that apply here and are not satisfied."""
    parse = parser()
    for text in texts:
        if parse is None:
            # Without a parser, only the name says whether something is missing.
            name = re.match(r"\s*([\w.-]+)", text)
            if name is not None and version(name.group(1)) is None:
                yield text.strip()
            continue
        requirement = parse(text)
        if not applies(requirement):
            continue
        if not is_satisfied(requirement, parse):
            yield text.strip()
        elif requirement.name == "setuptools" and int(version("setuptools").split(".")[0]) < 71:
            # It needs `wheel` to build a wheel, and requests it only in a hook.
            if version("wheel") is None:
                yield "wheel"


def missing(texts, python):
    """Returns the requirements that the packages of an interpreter do not satisfy.

    Another process imports their parser, because a build backend may not work after that.
    """
    if not texts:
        return []
    command = [python, os.path.abspath(__file__), *texts]
    return subprocess.check_output(command, text=True).splitlines()


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
    for text in unsatisfied(sys.argv[1:]):
        print(text)
