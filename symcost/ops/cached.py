"""Texts that go on: what is kept of the tokens before, and which tokens are asked for scores.

A model says once, in its own text, what it keeps: `k -> cached` is `k` where a text is read from its beginning. Inside
of `resume c { ... }` the keys of c tokens stand in front, which some cache has kept; inside of `resume 0 { ... }` a
text is read so that it can go on, and only its last token gets scores. What does not grow with the text is kept too:
the last K inputs of a convolution (`x -> recent(K)`), and the state of a recurrence (`zeros([h, d]) -> kept`).
What a text is about, a sound or another text, is read when it is begun: `x -> once` is not computed again in a step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from symcost.formula import Form, add, maximum, minimum, num
from symcost.ops import reads
from symcost.ops.base import Applied, Count, Operand, Shape, Site, axis_of, op, product
from symcost.ops.constants import CONSTANT, NONE
from symcost.ops.gradient import MOVED_BACK
from symcost.ops.memory import COPIED, SEEN_OTHERWISE
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


def _columns_before_and_then(use: Use) -> tuple[Form, Form]:
    """As many each time. Where a text begins none are counted: the steps behind it keep them."""
    if use.given["begins"]:
        return ZERO, ZERO
    (new,) = use.inputs
    axis = use.given["axis"] % len(new.shape)
    columns = product(_longer(tuple(new.shape), axis, use.given["K"]))
    return columns, columns


def _zeros_are_not_read(use: Use) -> Mapping[int, Form | None]:
    """At the beginning nothing was kept, and zeros are filled in."""
    return {0: None} if use.given["begins"] else _all_that_is_there(use)


RECENT = COPIED._replace(makes="padded", moves=_zeros_are_not_read, caches=_columns_before_and_then)
"""The numbers of the input behind the last ones before them."""


@op(reads=reads.padded, gradient=MOVED_BACK, memory=RECENT, steps=no_steps)
def recent(site: Site, x: Operand, K: Count, axis: int = TOKENS) -> Applied:
    """The last K rows before, as a convolution keeps them, and behind them the new ones.

    A text that begins, to go on later, has zeros in front, if it is shorter than K.

    Shape   (..., n, c) -> (..., K + n, c); at the beginning (..., max(K, n), c)
    Counts  nothing
    """
    where = axis_of(x, axis, site)
    new = x.shape[where]
    begins = _begins(site)
    rows = site.sizes.tidy(maximum(K, new) if begins else add(K, new))
    in_front = site.sizes.tidy(add(rows, -new))
    return Applied((_longer(x.shape, where, rows),), given={"amount": (in_front, ZERO), "begins": begins})


def _state_before_and_then(use: Use) -> tuple[Form, Form]:
    """The same size each time."""
    (state,) = use.outputs
    return state.size, state.size


KEPT = SEEN_OTHERWISE._replace(caches=_state_before_and_then)
"""A state lies where it was left."""


@op(reads=select.reads, gradient=select.gradient, memory=KEPT, steps=no_steps)
def kept(site: Site, x: Operand) -> Applied:
    """The state in which a recurrence begins: x, or what was kept of the tokens before.

    Shape   (*shape) -> (*shape)
    Counts  nothing
    """
    whole = [Place(ZERO, keeps=True, step=ONE)] * len(x.shape)
    return Applied((x.shape,), given={"places": whole})


@op(reads=select.reads, gradient=select.gradient, memory=select.memory, steps=no_steps)
def scored(site: Site, x: Operand, every: bool = False) -> Applied:
    """Of a text that is read to go on with it, the last token, for which alone scores are needed.

    `every`: all tokens of it get scores, though nobody reads them.

    Shape   (..., n, c) -> (..., 1, c); (..., n, c) for every token
    Counts  nothing
    """
    where = axis_of(x, TOKENS, site)
    places = [Place(ZERO, keeps=True)] * len(x.shape)
    if every:
        whole = [Place(ZERO, keeps=True, step=ONE)] * len(x.shape)
        return Applied((x.shape,), given={"places": whole})
    places[where] = Place(add(x.shape[where], -ONE), keeps=True, step=ONE)
    return Applied((_longer(x.shape, where, ONE),), given={"places": places})


@op(reads=reads.nothing, gradient=NONE, memory=CONSTANT, steps=no_steps)
def once(site: Site, x: Operand) -> Applied:
    """What is computed when a text is begun, and not again in a step: the states of what the text is about.

    In a step nothing is counted of what only led to x. What a cache keeps of it is said behind it: `x -> once -> kept`.

    Shape   (*shape) -> (*shape)
    Counts  nothing
    """
    return Applied((x.shape,))


def _begins(site: Site) -> bool:
    """Whether nothing was kept before."""
    return site.resumed is None or site.resumed == ZERO


def _is_never_gone_on_with(site: Site, *_: object) -> bool:
    """A text is read from its beginning to its end."""
    return site.resumed is None


def _is_read_from_its_beginning(site: Site, *_: object) -> bool:
    """Nothing was kept before."""
    return _begins(site)


def _is_not_gone_on_with(site: Site, *_: object) -> bool:
    """All tokens get scores."""
    return site.resumed is None or site.resumed != ZERO


IDLE: Mapping[str, Callable[..., bool]] = {
    "cached": _is_read_from_its_beginning,
    "recent": _is_never_gone_on_with,
    "kept": _is_read_from_its_beginning,
    "once": _is_read_from_its_beginning,
    "scored": _is_not_gone_on_with,
}
"""Where each of them stands for the tensor that it is given, by name."""
