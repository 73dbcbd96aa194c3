"""How the sizes of a program are written, and what was written so far: keys, ratios, numbers that nothing names."""

from __future__ import annotations

from symcost.importing.names import Names
from symcost.importing.program import Size
from symcost.syntax import ast, made


class SizeTrees:
    """A size as a tree of the language: a number if it is the same everywhere, else its name."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.keys: set[str] = set()
        """The keys that were written."""
        self.ratios: dict[tuple[str, str], None] = {}
        """What has to divide what."""
        self.unnamed: list[Size] = []
        """Sizes that vary and have no name; their numbers are those of the first configuration."""

    def tree(self, size: Size) -> ast.Expr:
        """The size as it is written; noted, if it has no name."""
        found = self.names.find(size.values)
        if found is not None:
            self.keys |= found.keys
            self.ratios |= dict.fromkeys(found.ratios)
            return found.tree()
        if not self.known(size):
            self.unnamed.append(size)
        return made.number(size.values[0])

    @property
    def pins(self) -> dict[str, int]:
        """The keys that numbers without a name may follow from, with the values that those numbers are for."""
        behind = [key for size in self.unnamed for key in self.names.behind(size.values)]
        return {key: self.names.keys[key][0] for key in dict.fromkeys(behind)}

    def known(self, size: Size) -> bool:
        """Whether a size is the same everywhere, or has a name."""
        return len(set(size.values)) == 1 or self.names.find(size.values) is not None


def told_apart(sizes: list[Size]) -> str:
    """Why numbers in a line are numbers."""
    shown = dict.fromkeys(f"{size.values[0]} ({_others(size)} at other sizes)" for size in sizes)
    verb = "has" if len(shown) == 1 else "have"
    return f"{' and '.join(shown)} {verb} no name in the keys"


def _others(size: Size) -> str:
    """What it is elsewhere, each once."""
    return ", ".join(map(str, dict.fromkeys(value for value in size.values if value != size.values[0])))
