"""Which texts are published configurations: told by how they begin, before anything is loaded to read one."""

from __future__ import annotations


def holds_published(text: bytes, name: str = "") -> bool:
    """Whether this begins a published configuration and no architecture: by what a file is called, or how it begins.

    An architecture begins with a word, a comment or a text; JSON that is no object with a bracket or a number.
    """
    first = text.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return name.lower().endswith(".json") or (first != b"" and first in b"{[-0123456789")
