"""`einsum("b h i d, b h j d -> b h i j", q, k)`: index notation in a word, as in PyTorch, NumPy and einops."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from symcost.diagnostics import Span
from symcost.errors import BadIndexing, IndexCount, MissingArgument, MissingIndex, UnknownArgument
from symcost.graph.frame import Frame
from symcost.graph.graph import Tensor
from symcost.graph.values import Argument, Arguments, Value, refusal
from symcost.ops.base import Operand
from symcost.ops.contract import Factor, Left, Term, contract
from symcost.ops.indices import lone
from symcost.syntax.words import NAME

DOTS = "..."


def einsum(arguments: Arguments, frame: Frame, span: Span) -> Value:
    """The product of tensors, summed over the indices that stand in front of `->` only.

    Where blanks stand between indices, as in einops, they are words, `b heads d`; else each letter is one, as in
    PyTorch. Factors are multiplied from the left. Raises BadIndexing, IndexCount, MissingIndex and those of contract.
    """
    (pattern, place), *given = _in_order(arguments, span)
    if not isinstance(pattern, str):
        raise refusal('a pattern in quotes, such as "i k, k j -> i j"', pattern, place)

    parts, result = _read(pattern, place)
    if len(parts) != len(given):
        raise BadIndexing(f"the pattern is for {len(parts)} tensors; {len(given)} are given", place)
    tensors = [_tensor(argument) for argument in given]
    factors = [_factor(names, *one) for names, one in zip(parts, tensors, strict=True)]
    applied = contract(frame.site(span), _left(result, parts, place), [Term(tuple(factors))])
    return frame.apply([tensor for tensor, _ in tensors], applied, span)


def _in_order(arguments: Arguments, span: Span) -> Sequence[Argument]:
    """The arguments, none of which has a keyword. Raises UnknownArgument, MissingArgument."""
    for keyword in arguments.keywords:
        raise UnknownArgument("einsum", keyword, arguments.place(keyword), ())
    if not arguments.positional:
        raise MissingArgument("einsum", "pattern", span, None, 'einsum("i k, k j -> i j", x, y)')
    return arguments.positional


def _left(result: Sequence[str], parts: Iterable[Sequence[str]], place: Span) -> Left:
    """What stands behind the arrow. Raises MissingIndex."""
    read = set(chain.from_iterable(parts))
    for name in result:
        if name not in read:
            raise MissingIndex(name, place)
    dots = result.index(DOTS) if DOTS in result else None
    return Left(tuple(lone(name, place) for name in _named(result)), dots, place)


def _named(names: Sequence[str]) -> list[str]:
    """The indices without the dots."""
    return [name for name in names if name != DOTS]


def _tensor(argument: Argument) -> tuple[Tensor, Span]:
    value, place = argument
    if not isinstance(value, Tensor):
        raise refusal("a tensor", value, place)
    return value, place


def _read(pattern: str, place: Span) -> tuple[list[list[str]], list[str]]:
    """The indices of each tensor, and of the result. Raises BadIndexing."""
    before, arrow, behind = pattern.partition("->")
    if not arrow:
        mend = 'write `"i k, k j -> i j"`; behind the arrow of a sum over all indices stands nothing'
        raise BadIndexing("the pattern does not say what is left: indices behind `->`", place, mend)
    *parts, last = (part.strip() for part in (*before.split(","), behind))
    words = any(len(part.split()) > 1 for part in (*parts, last))
    read = [_indices(part, place, words=words) for part in parts]
    result = _indices(last, place, words=words)
    _check_result(result, read, place)
    return read, result


def _check_result(result: Sequence[str], read: Iterable[Sequence[str]], place: Span) -> None:
    """Raises BadIndexing, MissingIndex."""
    if len(set(result)) < len(result):
        raise BadIndexing("an index stands twice in the result", place)
    if DOTS not in result and any(DOTS in names for names in read):
        raise MissingIndex(DOTS, place)


def _indices(part: str, place: Span, *, words: bool) -> list[str]:
    """Raises BadIndexing for anything but names and, once, `...`."""
    found = part.replace(DOTS, f" {DOTS} ").split()
    if not words:
        found = list(chain.from_iterable(map(_letters, found)))
    for name in _named(found):
        if not NAME.fullmatch(name):
            raise BadIndexing(f"`{name}` is no index", place)
    if found.count(DOTS) > 1:
        raise BadIndexing("`...` stands only once", place)
    return found


def _letters(word: str) -> Sequence[str]:
    return [word] if word == DOTS else list(word)


def _factor(names: Sequence[str], tensor: Tensor, place: Span) -> Factor:
    """A tensor with an index on each axis. Raises IndexCount."""
    rank, named = len(tensor.shape), _named(names)
    first, fits = (names.index(DOTS), len(named) <= rank) if DOTS in names else (rank, len(named) == rank)
    if not fits:
        raise IndexCount(len(named), tensor.shape, place)
    last = rank - (len(named) - first)
    sizes = (*tensor.shape[:first], *tensor.shape[last:])
    axes = tuple((lone(name, place), size) for name, size in zip(named, sizes, strict=True))
    return Factor(Operand(tensor.shape, place, tensor.parameter), axes, tensor.shape[first:last], first)
