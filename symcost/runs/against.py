"""Two models, or two devices, when served: for which lengths and batches which of them is better.

Thresholds are of the bound, and of room before it is rounded to whole texts: both are formulas, which are solved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from symcost.formula import Assumptions, Form, Symbol, mul, num, symbol
from symcost.hardware.regimes import Regime, Solver
from symcost.once import once
from symcost.records import dataclass
from symcost.runs.serving import BATCH, Service
from symcost.timing import Timing

TOKENS = symbol("c")
"""Tokens in the cache of a text."""


@dataclass(frozen=True, slots=True)
class Named:
    """A service, and what it is called beside the other."""

    name: str
    service: Service


def names(one: Service, other: Service) -> tuple[Named, Named]:
    """What differs tells them apart: the model, the device, or both; where the models are called alike, A and B."""
    devices = one.device.id != other.device.id
    if one.model is other.model:
        return Named(one.device.id, one), Named(other.device.id, other)
    alike = one.model.name == other.model.name
    words = ("A", "B") if alike else (one.model.name, other.model.name)
    if not devices:
        return Named(words[0], one), Named(words[1], other)
    return Named(f"{words[0]} on {one.device.id}", one), Named(f"{words[1]} on {other.device.id}", other)


class Against:
    """One that is served, and another."""

    def __init__(self, one: Named, other: Named, batch: int) -> None:
        self.one = one
        self.other = other
        self.batch = batch

    @once
    def regimes(self) -> tuple[Regime, ...]:
        """Where one of the two is better: more texts, and less time for a token, over tokens and over the batch."""
        return tuple(self._regimes())

    def _regimes(self) -> Iterator[Regime]:
        pairs = ((self.one, self.other), (self.other, self.one))
        for better, worse in pairs:
            yield self._has_room(better, worse)
        for better, worse in pairs:
            yield self._faster_over_tokens(better, worse)
        for better, worse in pairs:
            yield self._faster_over_batch(better, worse)

    def _has_room(self, better: Named, worse: Named) -> Regime:
        more = f"{better.name} has room for more texts"
        less_room, room = crossed(worse.service, better.service)
        return self._faster(more, TOKENS, [[less_room], [room]])

    def _faster_over_tokens(self, better: Named, worse: Named) -> Regime:
        faster = f"{better.name} takes less for a token of {self.batch} at least"
        return self._faster(faster, TOKENS, [over_tokens(one.service, self.batch) for one in (better, worse)])

    def _faster_over_batch(self, better: Named, worse: Named) -> Regime:
        cached = self.one.service.mean
        faster = f"{better.name} takes less for a token behind {cached} at least"
        return self._faster(faster, BATCH, [over_batch(one.service, cached) for one in (better, worse)])

    def _faster(self, words: str, dimension: Symbol, sides: Sequence[Sequence[Form]]) -> Regime:
        better, worse = sides
        return Solver(dimension, Assumptions()).all_smaller(words, better, worse)


def crossed(one: Service, other: Service) -> tuple[Form, Form]:
    """Which has room for more texts, with fractions of one: what weights leave, over the cache of a text.

    left/cache < left'/cache', both sides multiplied with both caches, which are not negative.
    """
    return mul(num(_left(one)), _cache(other)), mul(num(_left(other)), _cache(one))


def _left(service: Service) -> Fraction:
    """Bytes that weights leave."""
    return max(Fraction(0), service.there - service.weights)


def _cache(service: Service) -> Form:
    """Bytes of a text over `c`."""
    return service.cache.substitute({symbol(service.cached_name): TOKENS})


def over_tokens(service: Service, batch: int) -> list[Form]:
    """Seconds of a token of so many texts at least: the largest of these, over the tokens in the cache."""
    found = Timing(service.one_token, service.device, service.dtype, batch, service.layout.group)
    return [form.substitute({symbol(service.cached_name): TOKENS}) for form in _seconds(found)]


def over_batch(service: Service, cached: int) -> list[Form]:
    """The same behind so many cached tokens, over the batch."""
    return _seconds(service.step(cached, BATCH))


def _seconds(timing: Timing) -> list[Form]:
    least, shown = timing.limits, timing.model.shown
    return [shown(form) for form in (*least.arithmetic, *least.memory)]
