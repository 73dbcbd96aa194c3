"""One model under many conventions: what each one counts, and where they part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symcost.analysis.counts.flops import Flops
from symcost.conventions import Convention, Rule
from symcost.cost import CLASSES
from symcost.errors import LayerNotCounted
from symcost.export import numbers
from symcost.export.page import Page
from symcost.export.parts import Figure, Layout, Line, Notes, Paragraph, Part, Row, Section, Table
from symcost.export.summary import Row as BlockRow, Summary, folded
from symcost.formula import Form
from symcost.graph.graph import Block, Graph
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.model import Model

RULES = """\
layers counted as a whole: operations by class inside; input, output: for each
number that goes in, comes out; learned: for each that goes in, if it has weights;
scores, attended: for each pair, each product of an attention without its mask"""

MOST_LABEL = 14
"""Columns of a block's name beside those of all conventions."""


@dataclass(frozen=True, slots=True)
class Views:
    """A model and the conventions that look at it."""

    model: Model
    conventions: tuple[Convention, ...]

    def total(self, convention: Convention) -> Form | None:
        """What a convention counts; None where it cannot say."""
        try:
            return self.model.shown(self.model.tree.flops(convention))
        except LayerNotCounted:
            return None

    def counts(self, convention: Convention) -> bool:
        """Whether what a convention counts is a number."""
        total = self.total(convention)
        return total is not None and total.number is not None

    @property
    def known(self) -> bool:
        """Whether all operations are numbers."""
        return all(self.model.shown(form).number is not None for form in self.model.cost.counts.values())

    @property
    def classes(self) -> list[str]:
        """The operation classes that occur."""
        return [name for name in CLASSES if name in self.model.cost.counts]

    def rules(self, convention: Convention) -> dict[str, Rule]:
        """The rules that it follows here."""
        found: dict[str, Rule] = {}
        fold, seen = Flops(convention), set[Graph]()

        def walk(graph: Graph) -> None:
            for node in graph if graph not in seen else ():
                if named := fold.named(node):
                    layer, rule = named
                    found[layer] = found.get(layer, rule) if not rule.refused else rule
                elif isinstance(node, Block) and node.kind != "layer":
                    walk(node.graph)
            seen.add(graph)

        walk(self.model.graph)
        return {layer: found[layer] for layer in convention.layers if layer in found}

    def said(self, convention: Convention) -> str:
        """The same in words."""
        return "; ".join(f"{layer}: {rule.refused or rule}" for layer, rule in self.rules(convention).items())


def page(views: Views, depth: int, *, every: bool = False) -> Page:
    """What each convention counts; at a glance also by which weights and rules, and block by block."""
    title = f"{views.model.name}: FLOPs under each convention"
    return Page(
        "",
        parts=lambda: (_table(views, f"{title}."),),
        brief=lambda: _brief(views, title, depth, every),
        data=lambda: _data(views),
        symbols=views.model.symbols,
    )


def _brief(views: Views, title: str, depth: int, every: bool) -> Iterator[Part]:
    """Totals, then the weights that make them, then the blocks where all numbers are known."""
    yield Paragraph(title)
    totals = tuple(Row((one.name, _total(views, one))) for one in views.conventions)
    yield Table(("convention", "FLOPs"), totals, Layout.LINES)
    weights = tuple(Row((one.name, *_weights(views, one))) for one in views.conventions)
    yield Table(("weights", *views.classes), weights, stiff=True, side="right")
    yield from _rules(views)
    if views.known:
        yield _blocks(views, depth, every)
    yield Notes(tuple(f"assuming {fact}" for fact in views.model.assumptions))


def _rules(views: Views) -> Iterator[Part]:
    """The layers that conventions count as a whole, where there are any here."""
    rules = ((one.name, views.said(one)) for one in views.conventions)
    rows = tuple(Row((name, said)) for name, said in rules if said)
    if rows:
        lead = max(len(one.name) for one in views.conventions)
        yield Section("", (Paragraph(RULES), Table(("convention", "layers"), rows, Layout.LINES, lead=lead)))


def _total(views: Views, convention: Convention) -> str:
    """What it counts, for each MAC too where there are any; or why it cannot say."""
    total, macs = views.total(convention), views.model.macs.form.number
    if total is None:
        refused = (layer for layer, rule in views.rules(convention).items() if rule.refused)
        return f"? it cannot count {', '.join(refused)}"
    if total.number is None or not macs:
        return str(total)
    return f"{numbers.exact(total.number):>16}  = {float(total.number / macs):.4f} · MACs"


def _weights(views: Views, convention: Convention) -> list[str]:
    """What an operation of each class weighs."""
    return [_weight(convention.weights.get(name)) for name in views.classes]


def _weight(weight: Form | None) -> str:
    return "1 each" if weight is None else str(weight)  # of multiplications and additions


def _blocks(views: Views, depth: int, every: bool) -> Table:
    """Each block under each convention whose total is a number; without those that count nothing under any."""
    counting = [one for one in views.conventions if views.counts(one)]
    tables = [Summary(views.model, one).all_rows(depth) for one in counting]
    rows = tuple(_row(views, block) for block in _shown(list(zip(*tables, strict=True)), every))
    return Table(("block", *(one.name for one in counting)), rows, stiff=True)


def _shown(blocks: Sequence[Sequence[BlockRow]], every: bool) -> list[Sequence[BlockRow]]:
    """The blocks that cost something under some convention, each as the conventions see it; or `every` one."""
    firsts = [block[0] for block in blocks]
    nothing = [all(row.costs_nothing for row in block) for block in blocks]
    kept = set(map(id, folded(firsts, nothing, every=every)))
    return [block for block in blocks if id(block[0]) in kept]


def _row(views: Views, block: Sequence[BlockRow]) -> Row:
    """A block, as each convention sees it."""
    figures = (Figure(views.model.number(seen.flops)) for seen in block)
    return Row((_shortened(block[0]), *figures))


def _shortened(block: BlockRow) -> str:
    """The name of a block in a narrow column, set in by how deep it stands."""
    label = "  " * block.level + ("(own)" if block.own else block.label)
    return label if len(label) <= MOST_LABEL else label[: MOST_LABEL - 1] + "…"


def _table(views: Views, caption: str) -> Table:
    """One line for each convention."""
    rows = []
    for one in views.conventions:
        total = views.total(one)
        flops: Line = "?" if total is None else total
        rows.append(Row((one.name, flops, *_weights(views, one), views.said(one), one.title)))
    return Table(("convention", "FLOPs", *views.classes, "layers", "meaning"), tuple(rows), caption=caption)


def _data(views: Views) -> Mapping[str, Any]:
    """One entry for each convention; `flops` is None where it cannot say."""
    entries = {}
    for one in views.conventions:
        total = views.total(one)
        entries[one.name] = {
            "title": one.title,
            "source": one.source,
            "flops": None if total is None else {"form": total, "value": total.number},
            "layers": {layer: rule.refused or str(rule) for layer, rule in views.rules(one).items()},
            "notes": one.notes,
        }
    return {"model": views.model.name, "values": views.model.values, "conventions": entries}
