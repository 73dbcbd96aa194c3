"""The tables of the grammar outlive a run only where nobody else could have written them."""

import os
from pathlib import Path

import pytest

from symcost.syntax import cache


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "symcost"


def test_kept() -> None:
    """What was saved under a key is found under it, and under no other."""
    cache.save("key", {1: ["a", (2, 3)]})
    assert cache.load("key") == {1: ["a", (2, 3)]}
    assert cache.load("other") is None


def test_damaged(folder: Path) -> None:
    """A file with a changed byte, or half a file, is not read."""
    cache.save("key", [1, 2, 3])
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    for content in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), b""):
        file.write_bytes(content)
        assert cache.load("key") is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owners here")
def test_writable_by_others(folder: Path) -> None:
    """Nothing is read from, or written to, a place where others may write."""
    cache.save("key", [1])
    (file,) = folder.iterdir()
    file.chmod(0o666)
    assert cache.load("key") is None
    file.chmod(0o600)
    folder.chmod(0o777)
    assert cache.load("key") is None
    cache.save("other", [1])
    assert list(folder.iterdir()) == [file]


def test_no_folder(folder: Path) -> None:
    """Where nothing can be kept, nothing is kept, silently."""
    folder.write_text("a file where the folder should be")
    cache.save("key", [1])
    assert cache.load("key") is None
