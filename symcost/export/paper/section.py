r"""A section of a paper: symbols, formulas, derivation, comparison, crossover and growth, for `\input`.

It is as wide as a column, and about a page and a half long in two columns: of a long derivation only the outermost
blocks are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from symcost.export import notation
from symcost.export.kinds import Body, Wish
from symcost.export.kinds.beamer import height
from symcost.export.kinds.derivation import Set, breakable, paragraph
from symcost.export.kinds.table import PACKAGES, Figures, heading, letters
from symcost.export.naming import forms_in, mapped, where
from symcost.export.paper.comparison import against, in_short, side_by_side
from symcost.export.paper.figure import figure
from symcost.export.paper.study import Study
from symcost.export.parts import Legend, Line, Notes, Paragraph, Relation
from symcost.export.reports.formula import in_words
from symcost.export.steps import Statement, statements
from symcost.export.subject import Subject
from symcost.export.typesetting.latex import COLUMN, Setting, rows
from symcost.export.typesetting.widths import of_formula
from symcost.export.writings.latex import InlineLatexPrinter, said
from symcost.formula import Form, num, symbol
from symcost.ops.sizes import Fact
from symcost.records import dataclass

DERIVED = 330.0
"""How high a derivation may be, in points."""
MOST_ROWS = 16
"""Formulas of more lines than this stand in the table alone."""
OPENED = r"\par\smallskip\noindent"
"""Before a paragraph with a title."""
NUMBERED = 24.0
"""What the number of an equation takes."""


@dataclass(frozen=True)
class Section:
    """All that is said in one section. `width` is that of a column, in points."""

    study: Study
    title: str
    label: str
    width: float = COLUMN

    @cached_property
    def wish(self) -> Wish:
        """How it is set."""
        models = [(one.label, one.model) for one in self.study.subjects]
        return Wish(models=models, width=self.width, powers=True, units="si", convention=self.study.convention)

    # What is told -------------------------------------------------------------------------------

    @cached_property
    def steps(self) -> Sequence[Statement]:
        """The derivation of the own model, over the letters of the section."""
        own = self.study.own
        told = statements(own.model, self.study.of, self.study.convention)
        renamed = {symbol(name): form for name, form in own.renamed.items()}
        return mapped(told, lambda form: form.substitute(renamed)) if renamed else told

    @cached_property
    def _figures(self) -> Figures:
        """For each quantity the formula of each model."""
        return [(heading(name), self.study.forms(name)) for name in self.study.quantities]

    @cached_property
    def _told(self) -> tuple[Sequence[Statement], Figures]:
        """Derivation and formulas, a name of a size meaning one thing in all of them."""
        both = (list(self.steps), self._figures)
        naming = self.wish.naming(forms_in(both))
        return mapped(both, naming.of)

    @cached_property
    def setting(self) -> Setting:
        """How the letters are set."""
        return self.wish.setting(*forms_in(self._told))

    # LaTeX --------------------------------------------------------------------------------------

    def body(self) -> Body:
        """The section.

        Raises TooNarrow, UnsafeLatex, TooManyBlocks and the faults of the models.
        """
        drawn = figure(self.study, self.setting, self.label)
        listed = [
            rf"\section{{{notation.text(self.title)}}}",
            rf"\label{{sec:{self.label}}}",
            self._words(self._opening()),
            *self._equations(),
            *self._derivation(),
            *self._comparison(has_figure=bool(drawn)),
            *drawn,
        ]
        text = "\n".join(filter(None, listed)) + "\n"
        # Some classes have their own amssymb and take no other: it is asked for only where it is needed.
        needed = [name for name in PACKAGES if name != "amssymb" or r"\mathbb" in text]
        return Body(text, (*needed, *(("pgfplots",) if drawn else ())))

    def _words(self, lines: Iterable[Line | Legend | Notes], title: str = "") -> str:
        printer = InlineLatexPrinter(self.setting.names, powers=True)
        parts = [line if isinstance(line, Legend | Notes) else Paragraph(line) for line in lines]
        before = rf"\textit{{{title}}} " if title else ""
        return paragraph(before + said(parts, printer)).rstrip("\n")

    # Symbols ------------------------------------------------------------------------------------

    def _opening(self) -> Iterator[Line | Legend | Notes]:
        study = self.study
        others = _listed([study.subjects[place].label for place in study.others])
        own = study.own.label
        yield f"We compare {own} with {others}." if others else f"This is what {own} costs."
        yield Legend(tuple(letters(self.wish, self._found)))
        renamed = self._renamed()
        if renamed:
            yield ("Here ", *with_commas(renamed), ".")
        yield Notes(in_words(self._facts))
        lets = self.wish.naming(forms_in(self._told)).said(tuple(forms_in(self._told)))
        if lets:
            yield Notes((where(lets),))
        yield from self._sizes()

    def _renamed(self) -> list[Relation]:
        """What names stand for that have another meaning here than in the text of a model."""
        found: dict[str, Form] = {}
        for one in self.study.subjects:
            found.update(one.renamed)
        return [Relation(symbol(name), "=", form) for name, form in found.items()]

    @cached_property
    def _facts(self) -> list[Fact]:
        """What is assumed of open dimensions, by any of the models."""
        facts = dict.fromkeys(fact for one in self.study.subjects for fact in one.told(""))
        return [fact for fact in facts if any(form.free_symbols for form in fact.forms)]

    @property
    def _found(self) -> set[str]:
        """The letters that occur."""
        assumed = [form for fact in self._facts for form in fact.forms]
        return {one.name for form in (*forms_in(self._told), *assumed) for one in form.free_symbols}

    def _sizes(self) -> Iterator[Line]:
        """For which sizes the numbers are."""
        study = self.study
        sizes = [Relation(symbol(name), "=", num(value)) for name, value in study.sizes.items()]
        for one in study.sized:
            own = self._own_sizes(one)
            if own:
                yield (f"The numbers of {one.label} are for ", *with_commas(own), ".")
        if sizes:
            yield ("Numbers are for ", *with_commas(sizes), ".")

    def _own_sizes(self, one: Subject) -> list[Relation]:
        """The sizes of a model that are other ones in another."""
        values = one.model.values
        names = [name for name in sorted(self.study.apart) if name in values]
        return [Relation(symbol(name), "=", num(values[name])) for name in names]

    # Formulas -----------------------------------------------------------------------------------

    def _equations(self) -> Iterator[str]:
        """What the own model costs, each quantity with a number of its own."""
        told = [(name, forms[0]) for name, (_, forms) in zip(self.study.quantities, self._told[1], strict=True)]
        leads = {name: rf"\text{{{notation.text(heading(name))}}}" for name, _ in told}
        first = max(map(of_formula, leads.values())) + of_formula("= ")
        listed: list[str] = []
        for name, form in told:
            listed += self._equation(form, leads[name], first, f"eq:{self.label}-{notation.key(name)}")
        if len(listed) > MOST_ROWS and self.study.others:
            yield rf"{OPENED}\textit{{Formulas.}} They are long, and stand in Table~\ref{{tab:{self.label}}}.\par"
            return
        # The words and what they say are one paragraph: a formula that begins one has an empty line above it.
        own = breakable(notation.text(self.study.own.label))
        yield rf"\par\smallskip{{\sloppy\allowdisplaybreaks\noindent\textit{{Formulas.}} {own} needs"
        yield r"\begin{align}"
        yield " \\\\\n".join(f"  {row}" for row in listed)
        yield r"\end{align}"
        yield r"\par}"

    def _equation(self, form: Form, lead: str, first: float, label: str) -> Iterator[str]:
        """The lines of one equation, of which the last has the number. `first`: how wide its lead may be."""
        lines = self.setting.lines(form, self.width - NUMBERED, first=first)
        begin = f"{lead} &="
        *others, last = [row.removeprefix("& ") for row in rows(lines)]
        for row in others:
            yield rf"{begin} {row} \notag"
            begin = r"&\quad"
        yield rf"{begin} {last} \label{{{label}}}"

    # Derivation ---------------------------------------------------------------------------------

    def _derivation(self) -> Iterator[str]:
        blocks = self._told[0]
        if not blocks:
            return
        kept = self._kept([Set(block, self.wish).rows for block in blocks])
        words = in_short(self.study.of)
        which = "" if len(kept) == len(blocks) else ", the outermost blocks"
        yield rf"{OPENED}\textit{{Derivation.}} The {notation.text(words)} as its text adds them up{which}:"
        yield r"\begingroup\allowdisplaybreaks\small"
        yield r"\begin{align*}"
        yield " \\\\\n".join(f"  {row}" for block in kept for row in block)
        yield r"\end{align*}"
        yield r"\endgroup"

    @staticmethod
    def _kept(blocks: Sequence[Sequence[str]]) -> list[Sequence[str]]:
        """The last blocks for which there is room; at least the total."""
        kept: list[Sequence[str]] = []
        left = DERIVED
        for block in reversed(blocks):
            left -= sum(map(height, block))
            if left < 0 and kept:
                break
            kept.insert(0, block)
        return kept

    # Comparison ---------------------------------------------------------------------------------

    def _comparison(self, *, has_figure: bool) -> Iterator[str]:
        if not self.study.others:
            return
        yield from side_by_side(self.study, self._told[1], self.setting, self.label, self.width)
        shown = rf"Table~\ref{{tab:{self.label}}} has them side by side"
        also = rf"; Fig.~\ref{{fig:{self.label}}} shows how they grow" if has_figure else ""
        yield rf"{OPENED}\textit{{Comparison.}} {shown}{also}.\par"
        yield from (self._words(against(self.study, place)) for place in self.study.others)


def with_commas(pieces: Sequence[Relation]) -> Iterator[Relation | str]:
    """`T = 1, D = 2`"""
    for number, piece in enumerate(pieces):
        if number:
            yield ", "
        yield piece


def _listed(names: Sequence[str]) -> str:
    """`A, B and C`"""
    *others, last = names or [""]
    return f"{', '.join(others)} and {last}" if others else last
