"""Texts that go on: what is kept of the tokens before, and which tokens are asked for scores.

A model says once, in its own text, what it keeps: `k -> cached` is `k` where a text is read from its beginning. Inside
of `resume c { ... }` the keys of c tokens stand in front, which some cache has kept; inside of `resume 0 { ... }` a
text is read so that it can go on, and only its last token gets scores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from symcost.formula import Form, add, minimum, num
from symcost.ops import reads
from symcost.ops.base import Applied, Count, Operand, Shape, Site, axis_of, op, product
from symcost.ops.gradient import MOVED_BACK
from symcost.ops.memory import COPIED
from symcost.ops.move import Place, select
from symcost.ops.steps import no_steps
from symcost.ops.use import Use

ZERO = num(0)
ONE = num(1)

TOKENS: Final = -2
"""The axis of tokens, in front of that of channels."""


def _all_that_is_there(use: Use) -> Mapping[int, Form]:
    """Also what was kept is read, to put it in front."""
    (result,) = use.outputs
    return {0: result.size}


def _kept(tokens: Form, window: Form) -> Form:
    """How many of the tokens before are kept."""
    return tokens if window == ZERO else minimum(tokens, add(window, -ONE))


def _longer(shape: Shape, axis: int, size: Form) -> Shape:
    return (*shape[:axis], size, *shape[axis + 1 :])


def _before_and_then(use: Use) -> tuple[Form, Form]:
    """What stands in front, and what is kept as soon as the new numbers are read."""
    (result,), (new,) = use.outputs, use.inputs
    axis = use.given["axis"] % len(new.shape)
    tokens = add(use.given["tokens"], new.shape[axis])
    then = product(_longer(tuple(new.shape), axis, _kept(tokens, use.given["window"])))
    return add(result.size, -new.size), then


CACHED = COPIED._replace(makes="padded", moves=_all_that_is_there, caches=_before_and_then)
"""The numbers of the input behind those that were kept."""


@op(reads=reads.padded, gradient=MOVED_BACK, memory=CACHED, steps=no_steps)
def cached(site: Site, x: Operand, window: Count = ZERO, axis: int = TOKENS) -> Applied:
    """What a cache has kept of the tokens before, and behind it that of the new ones.

    Of a window of W tokens the W - 1 before a new one are kept; without a window, 0, all of them.

    Shape   (..., n, c) -> (..., kept + n, c), where kept = min(tokens before, window - 1)
    Counts  nothing
    """
    where = axis_of(x, axis, site)
    tokens = ZERO if site.resumed is None else site.resumed
    before = _kept(tokens, window)
    shape = _longer(x.shape, where, site.sizes.tidy(add(x.shape[where], before)))
    return Applied((shape,), given={"amount": (before, ZERO), "tokens": tokens})


@op(reads=select.reads, gradient=select.gradient, memory=select.memory, steps=no_steps)
def scored(site: Site, x: Operand) -> Applied:
    """Of a text that is read to go on with it, the last token, for which alone scores are needed.

    Shape   (..., n, c) -> (..., 1, c)
    Counts  nothing
    """
    where = axis_of(x, TOKENS, site)
    places = [Place(ZERO, keeps=True)] * len(x.shape)
    places[where] = Place(add(x.shape[where], -ONE), keeps=True, step=ONE)
    return Applied((_longer(x.shape, where, ONE),), given={"places": places})


def _is_read_from_its_beginning(site: Site, *_: object) -> bool:
    """Nothing was kept before."""
    return site.resumed is None or site.resumed == ZERO


def _is_not_gone_on_with(site: Site, *_: object) -> bool:
    """All tokens get scores."""
    return site.resumed is None or site.resumed != ZERO


IDLE: Mapping[str, Callable[..., bool]] = {
    "cached": _is_read_from_its_beginning,
    "scored": _is_not_gone_on_with,
}
"""Where each of them stands for the tensor that it is given, by name."""
