"""Operations that leave the numbers as they are, and those that only look at them."""

from __future__ import annotations

from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import SAME, Refused, Site
from symcost.importing.aten.values import Value


@rule(*SAME)
def same(site: Site) -> None:
    """Another type of number, another place, a copy, dropout in inference: the same value."""
    site.understood(*site.node.args)
    value = _operand(site)
    if value.shape != site.result.shape:
        raise Refused("it changes the shape")
    if value.kind == "index" and site.result.floating:  # indices that are counted with: a mask, a step of diffusion
        site.emit(site.ref(value), value.axes)
        return
    site.alias(value)


def _operand(site: Site) -> Value:
    for name in ("input", "self"):
        if name in site.node.args:
            return site.value(name)
    return site.value("a0")


@rule("native_dropout")
def native_dropout(site: Site) -> None:
    """Dropout and its mask."""
    site.understood("p", "train")
    site.give(site.value("input"), None)


@rule("getitem")
def getitem(site: Site) -> None:
    """One of several results."""
    place = site.integer("a1")
    link = site.argument("a0")
    whole = site.whole.values.get(getattr(link, "node", ""))
    parts = whole if isinstance(whole, tuple) else ()
    part = parts[place] if 0 <= place < len(parts) else None
    if part is None:
        raise Refused("it reads a result that is not followed")
    site.alias(part)


@rule("_assert_tensor_metadata", "_assert_async", "_assert_scalar", "sym_constrain_range", "_functional_assert_async")
def nothing(site: Site) -> None:
    """A check of the source; it has no result."""
    site.understood(*site.node.args)
    site.give()


@rule("argmax", "argmin", "argsort", "nonzero", "searchsorted", "bucketize", "multinomial")
def places(site: Site) -> None:
    """Which ones: comparisons that the language does not write."""
    site.understood(*site.node.args)
    site.note(f"{site.node.op} in {site.node.where} is not counted: it only says which ones")
    if len(site.result.shape) > len(site.read_values()[0].shape) + 1:
        raise Refused("its result has another shape each time")
    site.alias(site.constant("which ones"))
