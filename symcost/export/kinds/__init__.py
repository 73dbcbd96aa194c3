r"""What `symcost latex` can set: every file here is one kind, named after what it sets.

A file has a function `write(wish)`, which gives a `Body`: LaTeX for `\input`, with the packages that it needs. That it
lies here is all that `--kind` needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Literal

from symcost.export import notation
from symcost.export.typesetting.latex import Setting
from symcost.formula.named import Naming, names_in
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.formula import Form
    from symcost.model import Model

Order = Literal["author", "factored", "expanded", "collected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be set, and how. `width` is in points; None where nothing was said of it.

    `units` are `none` for exact numbers, or `si` for `1.5 G`; `numbers` tells whether numbers stand beside formulas.
    """

    models: Sequence[tuple[str, Model]]
    quantity: str = "macs"
    convention: str = "default"
    form: Order = "author"
    powers: bool = False
    width: float | None = None
    caption: str | None = None
    short: str | None = None
    label: str | None = None
    landscape: bool = False
    units: Literal["none", "si"] = "none"
    solutions: bool = False
    dmath: bool = False
    depth: int = 2
    every: bool = False

    @property
    def model(self) -> Model:
        """The only one, or the first."""
        return self.models[0][1]

    def setting(self, *forms: Form) -> Setting:
        """How formulas over the dimensions of all models are set.

        Raises UnsafeLatex.
        """
        infos = {info.name: info for _, model in self.models for info in model.symbols}
        symbols = [(info.name, info.latex, info.span) for info in infos.values()]
        lets = [(let.name, let.latex, let.origin) for let in names_in(*forms).values() if let.name not in infos]
        return Setting(notation.notation([*symbols, *lets]), self.powers)

    def naming(self, forms: Iterable[Form]) -> Naming:
        """What each named size stands for in all of these forms; none is called as a dimension of a model."""
        taken = {info.name for _, model in self.models for info in model.symbols}
        return Naming(forms, taken)

    def ordered(self, form: Form) -> Form:
        """The formula in the order of the text, or as SymPy factors, expands or collects it."""
        from symcost.formula.algebra import in_order

        return in_order(form, self.form)


@dataclass(frozen=True, slots=True)
class Body:
    """LaTeX to be put into a text, with the packages that it needs; `frames` where it is made of those of beamer.

    `mathematics` is for mathematics mode; `above` is then what stands over it in a text of its own.
    """

    text: str
    packages: tuple[str, ...] = ("amsmath",)
    frames: bool = False
    mathematics: bool = False
    above: str = ""

    @property
    def fragment(self) -> str:
        r"""For `\input`, its packages named in its first line."""
        return self.text if self.mathematics else f"% needs {', '.join(self.packages)}\n{self.text}"


def names() -> list[str]:
    """All kinds: the files of this folder."""
    return sorted(module.name for module in iter_modules(__path__))


def body(kind: str, wish: Wish) -> Body:
    """What was wished, as this kind has it.

    Raises TooNarrow, UnsafeLatex, TooManyBlocks, UnknownQuantity.
    """
    made: Body = import_module(f"{__name__}.{kind}").write(wish)
    return made
