"""Named sizes: which stand in a form, and forms without them; no name means two things to one reader."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from symcost.formula.arithmetic import counter
from symcost.formula.form import Form, Let, Sum, Symbol
from symcost.formula.keys import Key
from symcost.formula.makers import Rebuilding


def names_in(*forms: Form) -> dict[str, Let]:
    """The named sizes that stand in forms, also in what they stand for; of several with one name the first."""
    found: dict[str, Let] = {}
    for node in _nodes(forms):
        if isinstance(node, Let):
            found.setdefault(node.name, node)
    return found


def inlined(item: Form) -> Form:
    """The form with every named size written out."""
    return _without(item, lambda let: True) if _has_names(item) else item


def opened(item: Form, at: Symbol) -> Form:
    """The form with those named sizes written out whose value depends on a counter: outside its loop it has none."""
    return _without(item, lambda let: at in let.free_symbols) if _has_names(item) else item


def spread(item: Form) -> Form:
    """`expand` with named sizes kept together, unless it is shorter when they are written out."""
    plain = item.expand()
    if not _has_names(item) or not plain.free_symbols:
        return plain
    together, back = kept(item)
    spread_out = back(together.expand())
    return plain if len(str(plain)) < len(str(spread_out)) else spread_out


def kept(item: Form) -> tuple[Form, Callable[[Form], Form]]:
    """The form with a symbol in the place of each named size, for algebra that would open them, and the way back."""
    lets: dict[Key, Let] = {}
    for node in _nodes((item,)):
        if isinstance(node, Let):
            lets.setdefault(node.key, node)
    if not lets:
        return item, lambda made: made
    signs = {key: counter(let.name, 0) for key, let in lets.items()}
    there = _Replaced(dict(signs))
    back = _Replaced({sign.key: lets[key] for key, sign in signs.items()})
    return there.of(item), back.of


def without_numbers(item: Form) -> Form:
    """The form with those named sizes written out that are numbers: `1500` among other numbers."""
    return _without(item, lambda let: not let.free_symbols) if _has_names(item) else item


class Naming:
    """Which names stand for what on one page: those that are met first, unless a dimension is called so."""

    def __init__(self, forms: Iterable[Form], taken: Collection[str] = ()) -> None:
        """`taken` are names that mean something else there."""
        nodes = list(_nodes(forms))
        taken = {*taken, *_letters(nodes)}
        self._meant: dict[str, Let] = {}
        for node in nodes:
            if isinstance(node, Let) and node.name not in taken:
                self._meant.setdefault(node.name, node)

    def __bool__(self) -> bool:
        return bool(self._meant)

    def of(self, item: Form) -> Form:
        """The form with those named sizes written out whose name means something else here."""
        return _without(item, self._is_other) if _has_names(item) else item

    def _is_other(self, let: Let) -> bool:
        meant = self._meant.get(let.name)
        return meant is None or meant.key != let.key

    def said(self, forms: Iterable[Form]) -> tuple[Let, ...]:
        """The named sizes of forms of this page, each behind those that it is made of."""
        found: dict[Key, Let] = {}
        for node in _nodes(forms):
            if isinstance(node, Let):
                found.setdefault(node.key, node)
        return tuple(sorted(found.values(), key=lambda let: let.depth))


def apart(item: Form) -> Form:
    """A form that was made of forms of several models, where one name may mean two things."""
    return Naming((item,)).of(item) if _has_names(item) else item


def _without(item: Form, is_written_out: Callable[[Let], bool]) -> Form:
    return _WrittenOut(is_written_out).of(item)


class _WrittenOut(Rebuilding):
    """Some named sizes as what they stand for; a node that stands in several places is made once."""

    def __init__(self, is_written_out: Callable[[Let], bool]) -> None:
        self._is_written_out = is_written_out
        self._results: dict[int, Form] = {}

    def of(self, item: Form) -> Form:
        result = self._results.get(id(item))
        if result is None:
            result = self._results[id(item)] = item.accept(self) if _has_names(item) else item
        return result

    def of_let(self, item: Let) -> Form:
        value = self.of(item.value)
        return value if self._is_written_out(item) else item.of_value(value)

    def of_sum(self, item: Sum) -> Form:
        return Sum(item.counter, self.of(item.low), self.of(item.high), self.of(item.body))


class _Replaced(Rebuilding):
    """Symbols or named sizes in the place of others, by their keys."""

    def __init__(self, table: Mapping[Key, Form]) -> None:
        self._table = table
        self._results: dict[int, Form] = {}

    def of(self, item: Form) -> Form:
        if isinstance(item, Symbol | Let) and item.key in self._table:
            return self._table[item.key]
        result = self._results.get(id(item))
        if result is None:
            result = self._results[id(item)] = item.accept(self)
        return result

    def of_sum(self, item: Sum) -> Form:
        return Sum(item.counter, self.of(item.low), self.of(item.high), self.of(item.body))


def _has_names(item: Form) -> bool:
    return any(isinstance(node, Let) for node in _nodes((item,)))


def _nodes(forms: Iterable[Form]) -> Iterator[Form]:
    """Every node once, the first first."""
    visited: set[int] = set()
    waiting = list(forms)[::-1]
    while waiting:
        node = waiting.pop()
        if id(node) in visited:
            continue
        visited.add(id(node))
        yield node
        waiting.extend(reversed(node.children))


def _letters(nodes: Iterable[Form]) -> Iterator[str]:
    """The names of dimensions and counters, those that sums bind too."""
    for node in nodes:
        if isinstance(node, Symbol):
            yield node.name
        elif isinstance(node, Sum):
            yield node.counter.name
