"""One way to say what can be said in several, so that equal things have equal text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from symcost.importing.program import Call, Size
from symcost.importing.spelling import CONVOLUTIONS, USUAL
from symcost.importing.walk import changed, sizes

T = TypeVar("T")


def normal(items: T) -> T:
    """Items whose convolutions say their stride, pad, dilation and groups, also where they are the usual ones."""
    return changed(items, _told)


def _told(node: Any) -> Any:
    if not isinstance(node, Call) or node.function not in CONVOLUTIONS:
        return node
    like = sizes(node.arguments)
    said = dict(node.keywords)
    if not like or not _is_one_for_all_axes(said):
        return node
    usual = {key: Size((number,) * len(like[0].values), key) for key, number in USUAL.items()}
    return Call(node.function, node.operands, node.arguments, tuple((usual | said).items()), node.owns)


def _is_one_for_all_axes(said: Mapping[str, Any]) -> bool:
    """Whether each keyword is one number: no pad by a word, no `stride_x`."""
    if "pad" in said and not isinstance(said["pad"], Size):
        return False
    return not any(key.rpartition("_")[2] in "xyz" for key in said)
