# Writes a conda channel with the Python of this machine, and build backends from wheels.
#
#     python3 -c (python_tree.py and this file) CHANNEL WHEELS
#
# Wheels are downloaded once, and each wheel becomes one package. The packages do not contain
# anything else of the machine. Python is copied without the files that tests do not need.

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile

CHANNEL = sys.argv[1]
# Wheels for another version of Python may not fit this one.
WHEELS = os.path.join(sys.argv[2], VERSION)
WANTED = (
    "uv pip hatchling hatch-vcs flit-core<4 poetry-core pdm-backend setuptools wheel setuptools-scm "
    "uv-build scikit-build-core meson-python meson ninja cmake cython pybind11 maturin "
    "setuptools-rust pathspec packaging editables pluggy click versioneer"
).split()
# Wheels that do not depend on the version of Python.
PROGRAMS = ("cmake", "maturin", "ninja", "uv")
TAG = "cp" + VERSION.replace(".", "")
SUBDIR = "linux-aarch64" if os.uname().machine == "aarch64" else "linux-64"
DATE = 1700000000
ABI = "python_abi {}.* *_{}".format(VERSION, TAG)
repodata = {SUBDIR: {}, "noarch": {}}


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def tarred(files):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for path, (content, mode) in sorted(files.items()):
            member = tarfile.TarInfo(path)
            member.mode, member.mtime = mode, DATE
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                tar.addfile(member)
            else:
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def stored(data):
    """A frame of Zstandard with blocks that are not compressed: quick to write and to read."""
    block = 128 * 1024
    frame = [b"\x28\xb5\x2f\xfd\xe0", len(data).to_bytes(8, "little")]
    starts = range(0, max(len(data), 1), block)
    for start in starts:
        piece = data[start : start + block]
        is_last = start == starts[-1]
        frame += [(len(piece) << 3 | is_last).to_bytes(3, "little"), piece]
    return b"".join(frame)


def pack(name, version, build, files, depends=(), noarch=False, run_exports=None, programs=()):
    """Writes one package. `files` maps paths to the content of a file or the target of a link, and
    to a mode."""
    subdir = "noarch" if noarch else SUBDIR
    index = {
        "name": name,
        "version": version,
        "build": build,
        "build_number": 0,
        "depends": list(depends),
        "subdir": subdir,
        "license": "BSD-3-Clause",
    }
    paths = []
    for path, (content, _) in sorted(files.items()):
        if isinstance(content, str):
            paths.append({"_path": path, "path_type": "softlink"})
        else:
            digest = hashlib.sha256(content).hexdigest()
            size = len(content)
            paths.append({"_path": path, "path_type": "hardlink", "sha256": digest, "size_in_bytes": size})
    info = {"files": "\n".join(sorted(files)), "paths.json": json.dumps({"paths": paths, "paths_version": 1})}
    if noarch:
        index["noarch"] = "python"
        link = {"noarch": {"type": "python", "entry_points": list(programs)}, "package_metadata_version": 1}
        info["link.json"] = json.dumps(link)
    if run_exports:
        info["run_exports.json"] = json.dumps(run_exports)
    info["index.json"] = json.dumps(index)
    entries = [("info/" + path, (text.encode(), 0o644)) for path, text in sorted(info.items())]
    info = {"info/" + path: (text.encode(), 0o644) for path, text in info.items()}
    stem = "{}-{}-{}".format(name, version, build)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("metadata.json"), '{"conda_pkg_format_version": 2}')
        for kind, content in (("pkg", files), ("info", info)):
            member = zipfile.ZipInfo("{}-{}.tar.zst".format(kind, stem))
            archive.writestr(member, stored(tarred(content)))
    packed = file.getvalue()
    folder = os.path.join(CHANNEL, subdir)
    os.makedirs(folder, exist_ok=True)
    file_name = stem + ".conda"
    with open(os.path.join(folder, file_name), "wb") as file:
        file.write(packed)
    record = dict(index, size=len(packed), timestamp=DATE * 1000)
    record["sha256"] = hashlib.sha256(packed).hexdigest()
    record["md5"] = hashlib.md5(packed).hexdigest()
    if run_exports:
        record["run_exports"] = run_exports
    repodata[subdir][file_name] = record


def python():
    exports = {"weak": [ABI], "noarch": ["python"]}
    version = sys.version.split()[0]
    pack("python", version, "h0_0_cpython", tree(), [ABI], run_exports=exports)
    pack("python_abi", VERSION, "8_" + TAG, {"share/python_abi": (b"", 0o644)})
    # Like the packages of conda-forge: code for the stable ABI of one version runs on later ones.
    needed = ["python {}.*".format(VERSION)]
    pack("cpython", version, "0", {"share/cpython": (b"", 0o644)}, needed)
    exports = {"weak": ["cpython >=3.9"]}
    pack("python-abi3", "3.9", "0", {"share/abi3": (b"", 0o644)}, ["cpython"], run_exports=exports)


def holds(marker):
    """Whether a marker holds on this machine, without any extra."""
    if not marker:
        return True
    from pip._vendor.packaging.markers import Marker

    return Marker(marker).evaluate({"extra": ""})


def depends(metadata):
    for entry in re.findall(r"^Requires-Dist: (.*)$", metadata, re.MULTILINE):
        requirement, _, marker = entry.partition(";")
        if holds(marker.strip()):
            yield conda_name(re.match(r"[\w.-]+", requirement).group(0))


def conda_name(name):
    name = normalized(name)
    return "typing_extensions" if name == "typing-extensions" else name


def programs(archive, folder):
    section, found = None, []
    path = folder + "/entry_points.txt"
    lines = archive.read(path).decode().splitlines() if path in archive.namelist() else []
    for line in (line.strip() for line in lines):
        if line.startswith("["):
            section = line
        elif section == "[console_scripts]" and "=" in line:
            found.append(re.sub(r"\s*\[.*\]", "", line))
    return found


# A shell runs the first lines. Python reads them as a string without an effect.
LAUNCHER = """#!/bin/sh
''':'
exec "$(dirname "$(readlink -f "$0")")/python" "$0" "$@"
'''
import sys
from {module} import {first}
sys.exit({function}())
"""


def place(path, pure, name):
    """Returns the path of a file of a wheel in the package, and whether the file is a program."""
    site = "site-packages/" if pure else "lib/python{}/site-packages/".format(VERSION)
    data = re.match(r"[^/]+\.data/(\w+)/(.*)", path)
    if data is None:
        return site + path, False
    kind, below = data.groups()
    folders = {
        "scripts": "python-scripts/" if pure else "bin/",
        "headers": "include/python{}/{}/".format(VERSION, name),
        "data": "",
    }
    return folders.get(kind, site) + below, kind == "scripts"


def wheel(path):
    archive = zipfile.ZipFile(path)
    names = archive.namelist()
    folder = next(name for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
    folder = folder.split("/")[0]
    metadata = archive.read(folder + "/METADATA").decode().split("\n\n")[0]
    name = normalized(re.search(r"^Name: (.*)$", metadata, re.MULTILINE).group(1))
    version = re.search(r"^Version: (.*)$", metadata, re.MULTILINE).group(1)
    pure, files = path.endswith("-none-any.whl"), {}
    for member in archive.infolist():
        if not member.filename.endswith("/"):
            where, is_program = place(member.filename, pure, name)
            executable = is_program or (member.external_attr >> 16) & 0o111
            files[where] = (archive.read(member), 0o755 if executable else 0o644)
    needed = ["python", *depends(metadata)]
    entries = programs(archive, folder)
    if not pure:
        for entry in entries:
            command, target = (part.strip() for part in entry.split("="))
            module, function = target.split(":")
            first = function.split(".")[0]
            text = LAUNCHER.format(module=module, first=first, function=function)
            files["bin/" + command] = (text.encode(), 0o755)
        if name not in PROGRAMS:
            needed.append(ABI)
    build = "pyh0_0" if pure else "py{}_0".format(VERSION.replace(".", ""))
    pack(conda_name(name), version, build, files, needed, noarch=pure, programs=entries)


def download():
    done = os.path.join(WHEELS, "done")
    wanted = " ".join(WANTED)
    if os.path.exists(done) and open(done).read() == wanted:
        return
    os.makedirs(WHEELS, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary", ":all:"]
    subprocess.run(command + ["--dest", WHEELS] + WANTED, check=True)
    with open(done, "w") as file:
        file.write(wanted)


download()
python()
for wheel_file in sorted(os.listdir(WHEELS)):
    if wheel_file.endswith(".whl"):
        wheel(os.path.join(WHEELS, wheel_file))
for subdir, packages in repodata.items():
    os.makedirs(os.path.join(CHANNEL, subdir), exist_ok=True)
    with open(os.path.join(CHANNEL, subdir, "repodata.json"), "w") as file:
        info = {"subdir": subdir}
        content = {"info": info, "packages": {}, "packages.conda": packages, "removed": []}
        json.dump(dict(content, repodata_version=1), file)
