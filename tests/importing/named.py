"""The named text of one model: how many of its sizes that vary have a name, and whether it holds where nobody looked.

The importer compares a text with PyTorch at a configuration that no name was made from. Here it is compared at one
more, which the importer has never seen: no text is exact by having been chosen for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

PINNED = re.compile(r"^assume (\w+) == (\d+)$", re.MULTILINE)
MOVED = ("B", "T", "U", "layers", "depth")
"""Keys that take the value of another configuration than the others, in the last one."""


def named(source: str, vary: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """What becomes of a model whose sizes are named."""
    import symcost
    from symcost.importing import imported

    session = Here(source)
    count = Counted()
    try:
        with _counting(count):
            if vary:
                text = imported.named_over(source, session, vary)
            else:
                text = imported.named_by_itself(source, session, session.ask([{}])[0])
    except symcost.SymcostError as fault:
        return {"status": "refused", "stage": "named", "why": str(fault)[:1500]}
    found = {"lines": text.count("\n"), "varying": count.varying, "nameless": count.nameless, "text": text}
    if "config traced" not in text:
        return {**found, "status": "unnamed", "why": session.why}
    return found | _at_one_more(source, session, text)


def _at_one_more(source: str, session: Here, text: str) -> dict[str, Any]:
    """The text beside PyTorch, at a configuration that was not asked for yet."""
    import symcost

    model = symcost.loads(text).model()
    sizes = _one_more(session.asked, {key: int(value) for key, value in PINNED.findall(text)})
    graphs = session.ask([], [sizes])
    if not graphs:
        return {"status": "exact", "more": "this size cannot be built"}
    from symcost.importing.aten import translate

    counts = translate(graphs[0]).counts
    theirs = (counts["params"][0], counts["macs"][0])
    wanted = {symbol.name for symbol in model.symbols}
    at = {key: value for key, value in graphs[0].configuration.items() if key in wanted}
    try:
        ours = (int(model.at(**at).params()), int(model.at(**at).macs()))
    except symcost.SymcostError as fault:
        return {"status": "exact", "more": str(fault)[:300]}
    return {"status": "exact" if ours == theirs else "wrong", "ours": ours, "theirs": theirs, "at": at, "more": "equal"}


def _one_more(asked: Sequence[Mapping[str, int]], pinned: Mapping[str, int]) -> dict[str, int]:
    """The last configuration that was asked for, with batch, tokens and layers of the one before."""
    before, last = asked[-2:] if len(asked) > 1 else (asked[-1], asked[-1])
    moved = {key: before[key] for key in last if key in before and key.endswith(MOVED)}
    return {**last, **moved, **pinned}


@dataclass
class Here:
    """Captures in this process what the importer captures in one of its own."""

    source: str
    asked: list[Mapping[str, int]] = field(default_factory=list)
    why: str = ""
    """What was said to the last size that could not be had."""

    def ask(self, configurations: Sequence[Mapping[str, int]], unseen: Sequence[Mapping[str, int]] = ()) -> list[Any]:
        """As `capture.Session` answers."""
        from symcost.errors import SymcostError

        graphs = [self._one(sizes) for sizes in configurations]
        for sizes in unseen:
            try:
                return [*graphs, self._one(sizes)]
            except SymcostError as fault:
                self.why = str(fault)[:500]
        return graphs

    def some(self, configurations: Sequence[Mapping[str, int]]) -> list[Any]:
        """As `capture.Session` answers; what is asked here names no size of the last plan."""
        asked = list(self.asked)
        found = [graph for sizes in configurations for graph in self.ask([], [sizes])]
        self.asked = asked
        return found

    def _one(self, sizes: Mapping[str, int]) -> Any:
        from symcost.errors import SymcostError
        from symcost.importing.capture import answered
        from symcost.importing.exporting.child import answer

        said = answer({"source": self.source, "configuration": sizes})
        try:
            graph = answered(json.loads(json.dumps(said)), self.source)
        except SymcostError as fault:
            self.why = str(fault)[:500]
            raise
        self.asked.append(sizes)
        return graph


@dataclass
class Counted:
    """Sizes that vary, as often as they are written, and those of them without a name."""

    varying: int = 0
    nameless: int = 0


@contextmanager
def _counting(count: Counted) -> Iterator[None]:
    """Counts what the last text writes: of a text that is refused nothing stays."""
    from symcost.importing import text as texts
    from symcost.importing.sizes import SizeTrees

    own, begun = SizeTrees.tree, texts._File.text

    def tree(self: Any, size: Any) -> Any:
        if len(set(size.values)) > 1:
            count.varying += 1
            count.nameless += not self.known(size)
        return own(self, size)

    def text(self: Any) -> str:
        count.varying = count.nameless = 0
        return begun(self)

    SizeTrees.tree, texts._File.text = tree, text  # type: ignore[method-assign]
    try:
        yield
    finally:
        SizeTrees.tree, texts._File.text = own, begun  # type: ignore[method-assign]
