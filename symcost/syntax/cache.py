"""Plain data kept between runs in the user's cache folder, where nobody else can have written it."""

from __future__ import annotations

import marshal
import os
import zlib
from pathlib import Path
from typing import Any

CHECKSUM = 8
"""Bytes in front of what is kept."""


def load(key: str) -> Any:
    """What was saved under a key; None if there is nothing, if it is damaged, or if it is not surely ours."""
    try:
        file = _file(key)
        if not (_is_ours(file.parent) and _is_ours(file)):
            return None
        content = file.read_bytes()
        if _checksum(content[CHECKSUM:]) != content[:CHECKSUM]:
            return None
        kept, value = marshal.loads(content[CHECKSUM:])
    except (OSError, RuntimeError, ValueError, EOFError, TypeError):
        return None
    return value if kept == key else None


def save(key: str, value: Any) -> None:
    """Keep a value, where that is possible. It is moved into place, so that no one ever reads half of it."""
    import tempfile  # slow to load, and needed once

    try:
        file, data = _file(key), marshal.dumps((key, value))
        if not file.parents[2].is_dir():
            return  # a home that is not there is not made: who has none wants none
        file.parent.parent.mkdir(mode=0o700, exist_ok=True)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        if not _is_ours(file.parent):
            return
        handle, name = tempfile.mkstemp(dir=file.parent)
    except (OSError, RuntimeError):
        return
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(_checksum(data) + data)
        os.replace(name, file)
    except OSError:
        Path(name).unlink(missing_ok=True)


def _file(key: str) -> Path:
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    folder = base if base.is_absolute() else Path.home() / ".cache"
    return folder / "symcost" / _checksum(key.encode()).hex()


def _checksum(data: bytes) -> bytes:
    """Of what is ours: against accidents. Nobody else can write there, and a file says which key it is of."""
    return zlib.crc32(data).to_bytes(CHECKSUM // 2) + zlib.adler32(data).to_bytes(CHECKSUM // 2)


def _is_ours(path: Path) -> bool:
    """Whether the user owns it and nobody else may write there (asked only where files have owners)."""
    about = path.stat()
    return not hasattr(os, "getuid") or (about.st_uid == os.getuid() and not about.st_mode & 0o022)
