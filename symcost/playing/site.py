"""A playground as a folder of files, which a browser runs alone: for any server of files, such as that of a course.

Python is Pyodide, from npm, of one version whose hash is known here. symcost and what it needs are taken as they are
installed; SymPy lies by itself, as few texts need it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha512
from importlib.util import find_spec
from pathlib import Path

from symcost.errors import NoPyodide, NotEmpty
from symcost.export.webpage.assembled import digest, filled, script_of_page
from symcost.graph.files import Unit, open_file
from symcost.playing.server import own_file
from symcost.syntax.tables import grammar

PYODIDE = "pyodide@0.28.3"
"""Python 3.13.2; see tests/browser."""

INTEGRITY = "rtCsyTU55oNGpLzSVuAd55ZvruJDEX8o6keSdWKN9jPeBVSNlynaKFG7eRqkiIgU7i2M6HEgYtm0atCEQX3u4A=="
"""SHA-512 of the archive that npm has of it."""

OF_PYODIDE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")

LIBRARY = ("symcost", "lark", "networkx")
SYMPY = ("sympy", "mpmath")

DATA = (".py", ".lark", ".arch", ".toml", ".html", ".css", ".js", ".woff2", ".txt")
"""Endings of what a package needs to run, and of the licence of a font."""

LEFT_OUT = {"tests", "__pycache__", "cli", "sphinx", "importing", "examples", "grammar"}
"""Folders that no page needs, or that are put in by themselves."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive: the same packages make the same archive."""

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' '{page}'; style-src 'self' 'unsafe-inline'; "
    "font-src data:; img-src data:; connect-src 'self'; worker-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)


def build(folder: Path, text: str, path: Path | None) -> None:
    """Write a playground into a folder that is new or empty; it begins with a text, and the files that this uses.

    Raises NotEmpty, NoPyodide, OSError.
    """
    if folder.exists() and any(folder.iterdir()):
        raise NotEmpty(str(folder))
    with tempfile.TemporaryDirectory() as room:
        made = Path(room) / "site"
        (made / "pyodide").mkdir(parents=True)
        _python(Path(room), made / "pyodide")
        _own(made)
        start = _project(made, text, path)
        (made / "start.json").write_text(json.dumps(start), encoding="utf-8")
        shutil.copytree(made, folder, dirs_exist_ok=True)


def _own(made: Path) -> None:
    """The page, its scripts and style."""
    policy = POLICY.format(page=digest(script_of_page()))
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    page = filled(own_file("play.html"), way="alone", head=head)
    (made / "index.html").write_text(page, encoding="utf-8")
    for name in ("play.js", "play.css", "worker.js"):
        (made / name).write_text(own_file(name), encoding="utf-8")


# Python --------------------------------------------------------------------------------------------


def _python(room: Path, into: Path) -> None:
    """Pyodide's files. Raises NoPyodide."""
    archive = _fetched(room)
    found = b64encode(sha512(archive.read_bytes()).digest()).decode()
    if found != INTEGRITY:
        raise NoPyodide(PYODIDE, "npm has another archive of it than the one that is known here")
    with tarfile.open(archive) as packed:
        for name in OF_PYODIDE:
            member = packed.extractfile(f"package/{name}")
            assert member is not None
            (into / name).write_bytes(member.read())


def _fetched(room: Path) -> Path:
    """The archive that npm has. Raises NoPyodide."""
    npm = shutil.which("npm")
    if npm is None:
        raise NoPyodide(PYODIDE, "npm is not installed")
    ran = subprocess.run([npm, "pack", PYODIDE, "--silent"], cwd=room, capture_output=True, text=True)
    archives = sorted(room.glob("pyodide-*.tgz"))
    if ran.returncode or not archives:
        last = (ran.stderr.strip().splitlines() or ["it has none"])[-1]
        raise NoPyodide(PYODIDE, f"npm cannot fetch it: {last[:200]}")
    return archives[0]


# The library ----------------------------------------------------------------------------------------


def _project(made: Path, text: str, path: Path | None) -> dict[str, str]:
    """Packs the library, with the files that the text uses; what the page begins with."""
    used = {} if path is None else _files_of(path)
    shown = next(iter(used), None)
    _pack(made / "library.zip", LIBRARY, {f"project/{name}": data for name, data in used.items()})
    _pack(made / "sympy.zip", SYMPY, {})
    return {
        "text": text,
        "name": path.name if path else "",
        "path": "" if shown is None else f"/library/project/{shown}",
    }


def _files_of(path: Path) -> dict[str, bytes]:
    """A file and those it uses, by their places below the folder that holds them all; the file itself first."""
    sources = [path.resolve(), *(Path(source).resolve() for source in dict.fromkeys(_used(open_file(path))))]
    root = Path(os.path.commonpath([str(source.parent) for source in sources]))
    return {source.relative_to(root).as_posix(): source.read_bytes() for source in sources}


def _used(unit: Unit) -> Iterator[str]:
    for other in unit.used:
        yield other.tree.source.name
        yield from _used(other)


def _pack(archive: Path, packages: Iterable[str], more: dict[str, bytes]) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, data in (*_contents(packages), *more.items()):
            packed.writestr(_entry(name), data)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _contents(packages: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for package in packages:
        yield from _installed(package)
        if package == "symcost":
            yield "symcost/grammar/arch.lark", grammar().encode()


def _installed(package: str) -> Iterator[tuple[str, bytes]]:
    """What an installed package needs in order to run, by the places of its files."""
    spec = find_spec(package)
    assert spec is not None and spec.origin is not None
    root = Path(spec.origin).parent
    for file in sorted(root.rglob("*")):
        place = file.relative_to(root.parent)
        if file.suffix in DATA and LEFT_OUT.isdisjoint(place.parts):
            yield place.as_posix(), file.read_bytes()
