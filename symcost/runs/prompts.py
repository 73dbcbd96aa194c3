"""How prompts are read: at once, behind a part that is cached already, or in chunks beside the writing of others.

Chunks  Agrawal et al., Sarathi-Serve (OSDI 2024), section 4: prompts are read some tokens at a time, in passes that
        also write a token of each other text, so that no token waits for a whole prompt
Cached  Kwon et al., vLLM (SOSP 2023), section 4.4: what prompts begin with alike is kept; the last token is read anew
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from symcost.hardware import Bound
from symcost.hardware.likely import Likely, Spent
from symcost.records import dataclass

PRODUCTS = "matrix products"


@dataclass(frozen=True, slots=True)
class Part:
    """So many tokens of a prompt that are read in a pass, behind those that are cached."""

    cached: int
    tokens: int


def parts(prompt: int, cached: int, chunk: int | None) -> tuple[Part, ...]:
    """The passes in which a prompt is read."""
    return tuple(_parts(prompt, cached, chunk or prompt))


def _parts(prompt: int, cached: int, chunk: int) -> Iterator[Part]:
    for begin in range(cached, prompt, chunk):
        yield Part(begin, min(chunk, prompt - begin))


def in_all(passes: Iterable[Bound]) -> Bound:
    """The least time of passes one behind the other: no less than all products, and than all that is moved."""
    told = tuple(passes)
    products = sum((one.units.get(PRODUCTS, Fraction(0)) for one in told), Fraction(0))
    memory = sum((one.memory for one in told), Fraction(0))
    bytes_ = sum((one.bytes for one in told), Fraction(0))
    return Bound(MappingProxyType({PRODUCTS: products}), bytes_, Fraction(0), memory)


def without(found: Bound, seconds: Fraction) -> Bound:
    """Less so much of the products; nothing is said of other units."""
    return replace(found, units=MappingProxyType({PRODUCTS: found.units[PRODUCTS] - seconds}))


def last_scored(found: Likely, tokens: int) -> Likely:
    """Of a step over some tokens of a prompt: scores, which the last product gives, are wanted of the last token."""
    kernels = list(found.kernels)
    last = max(index for index, kernel in enumerate(kernels) if kernel.product)
    kernels[last] = replace(kernels[last], arithmetic=kernels[last].arithmetic / tokens)
    return replace(found, kernels=tuple(kernels))


def together(writing: Likely, reading: Likely) -> Likely:
    """A pass that does both: kernels are launched once, and parameters read once."""
    pairs = zip(writing.kernels, reading.kernels, strict=True)
    return replace(writing, kernels=tuple(_both(*pair) for pair in pairs))


def _both(one: Spent, other: Spent) -> Spent:
    return replace(
        one,
        arithmetic=one.arithmetic + other.arithmetic,
        memory=one.memory + other.memory - min(one.stored, other.stored),
        latency=max(one.latency, other.latency),
    )
