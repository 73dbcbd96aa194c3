"""Operations that leave the numbers as they are, and those that only look at them."""

from __future__ import annotations

from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import SAME, Refused, Site


@rule(*SAME)
def same(site: Site) -> None:
    """Another type of number, another place, a copy, dropout in inference: the same value."""
    site.understood(*site.node.args)
    names = [name for name in ("input", "self") if name in site.node.args]
    value = site.value(names[0]) if names else site.value("a0")
    if value.shape != site.result.shape:
        raise Refused("it changes the shape")
    if value.kind == "index" and site.result.floating:  # indices that are counted with: a mask, a step of diffusion
        site.emit(site.ref(value), value.axes)
        return
    site.alias(value)


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
    if not isinstance(whole, tuple) or not 0 <= place < len(whole):
        raise Refused("it reads a result that is not followed")
    part = whole[place]
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
