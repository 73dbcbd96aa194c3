"""The modules that a node of a file stands in, by what exporters of PyTorch leave there."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from symcost.importing.program import Scope

SCOPES, CLASSES = "pkg.torch.onnx.name_scopes", "pkg.torch.onnx.class_hierarchy"


def scopes_of(name: str, metadata: Mapping[str, str]) -> tuple[Scope, ...]:
    """Outermost first: from the metadata of newer files, or from names such as `/layer1/layer1.0/conv1/Conv`."""
    if SCOPES in metadata and CLASSES in metadata:
        return _told(metadata[SCOPES], metadata[CLASSES])
    return _guessed(name.split("/")[1:-1]) if name.startswith("/") else ()


def _told(paths: str, classes: str) -> tuple[Scope, ...]:
    """Both are lists of texts; the last entry is the operation itself."""
    named, kinds = _texts(paths), _texts(classes)
    pairs = list(zip(named, kinds, strict=False))[:-1]
    return tuple(Scope(path, cls.rpartition(".")[2]) for path, cls in pairs if path)


def _texts(written: str) -> list[str]:
    try:
        found = ast.literal_eval(written)
    except (ValueError, SyntaxError):
        return []
    return [str(each) for each in found] if isinstance(found, list) else []


def _guessed(parts: list[str]) -> tuple[Scope, ...]:
    """A part that begins with the one before it is an entry of a container; classes are called as their attributes."""
    scopes: list[Scope] = []
    path = ""
    for before, part, following in zip([None, *parts], parts, [*parts[1:], ""], strict=False):
        path = _inner(path, before, part)
        is_container = following.startswith(f"{part}.")
        scopes.append(Scope(path, "Sequential" if is_container else _class(part)))
    return tuple(scopes)


def _inner(path: str, before: str | None, part: str) -> str:
    """`layer1.0` under `layer1` adds `0` to the path, `conv1` under `layer1.0` all of it."""
    if before is not None and part.startswith(f"{before}."):
        return f"{path}.{part.removeprefix(before + '.')}"
    return f"{path}.{part}".strip(".")


def _class(part: str) -> str:
    """`layer1.0` is a Layer, `encoder_layer_3` an EncoderLayer."""
    words = re.sub(r"[\d.]+", " ", part).replace("_", " ").split()
    return "".join(word[:1].upper() + word[1:] for word in words) or "Block"
