"""Files: definitions and what stands beside them, and their text."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from symcost.arguments import FOLDER, NOTHING, taking
from symcost.build.body import Body
from symcost.build.expressions import NOWHERE, Words, name, node
from symcost.syntax import ast
from symcost.syntax.unwritten import placed
from symcost.syntax.writer import write

if TYPE_CHECKING:
    from symcost.document import Document

TITLE = "<build>"
"""What reports call the text."""


class File:
    """A text that is being written: `str` is that text, `document` loads it."""

    def __init__(self) -> None:
        self._items: list[ast.Item | Body] = []

    def use(self, path: str) -> None:
        """`use "blocks.arch"`, relative to where the text will lie."""
        self._items.append(ast.Use(NOWHERE, ast.String(NOWHERE, Words(path).text)))

    def dims(self, **words: str) -> None:
        """`dim T "time", H "hidden channels"`"""
        for word, said in words.items():
            self._items.append(ast.Dim(NOWHERE, name(word), Words(said).text, None))

    def module(self, title: str, doc: str | None = None, /, **ports: object) -> Body:
        """A module: a list is the shape of a tensor, None a static, anything else the default of one."""
        return self._opened(Body("module", title, doc, ports))

    def model(self, title: str, doc: str | None = None, /, **ports: object) -> Body:
        """A model, with ports as those of a module."""
        return self._opened(Body("model", title, doc, ports))

    def _opened(self, body: Body) -> Body:
        self._items.append(body)
        return body

    def config(self, title: str, /, **values: object) -> None:
        """`config tiny { D = 384, L = 4 }`"""
        entries = tuple(ast.Keyword(NOWHERE, name(word), node(value)) for word, value in values.items())
        self._items.append(ast.Config(NOWHERE, name(title), entries, ()))

    @property
    def _tree(self) -> list[ast.Item]:
        return [item._definition() if isinstance(item, Body) else item for item in self._items]

    def __str__(self) -> str:
        return write(self._tree)

    def __repr__(self) -> str:
        names = [item.name for item in self._items if isinstance(item, Body)]
        return f"<File {', '.join(names)}>"

    @taking(base=FOLDER | NOTHING)
    def document(self, base: str | PathLike[str] | None = None) -> Document:
        """The text, loaded; with `base` it may `use` what lies in that folder.

        Where nothing in it can be refused, it is written only when somebody wants to see it.
        Raises SymcostError with every fault found in it.
        """
        from symcost.document import Document, loads
        from symcost.graph.files import Unit

        tree = placed(self._tree, TITLE)
        return loads(str(self), TITLE, base=base) if tree is None else Document(Unit(tree))
