"""Bodies: the statements of a module or model, in the order in which they are said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from symcost.arguments import FLAG, NAME, NOTHING, TEXT, Kind, taking
from symcost.build.expressions import NOWHERE, Named, Value, call, computed, name, node, shape, shared_home
from symcost.syntax import ast

KIND = Kind("`param` or `buffer`", lambda value: value in ("param", "buffer"))


class Body:
    """A definition that is being written; its ports are attributes, as are the names that it was given by `let`."""

    @taking(doc=TEXT | NOTHING)
    def __init__(self, kind: Literal["module", "model"], title: str, doc: str | None, ports: dict[str, object]) -> None:
        if doc is not None and '"""' in doc:
            raise ValueError("a documentation cannot hold three quotation marks")
        self._kind, self._title, self._doc = kind, name(title), doc
        self._ports = tuple(_port(word, given) for word, given in ports.items())
        self._open: list[list[ast.Statement]] = [[]]
        self._written: dict[int, ast.Expr] = {}

    @property
    def name(self) -> str:
        """As it is called."""
        return self._title.text

    def __getattr__(self, word: str) -> Value:
        """A port, or whatever has this name in the body."""
        if word.startswith("_"):
            raise AttributeError(word)
        return Value(name(word), self)

    def __getitem__(self, word: str) -> Value:
        """The same for a name that Python has another use for: `body["lambda"]`."""
        return Value(name(word), self)

    # Statements -----------------------------------------------------------------------------------

    def call(self, layer: str | Named, *arguments: object, **keywords: object) -> Value:
        """A layer and all it is given: `Embedding(tokens, V, D)`."""
        return call(layer, *arguments, **keywords)

    @taking(names=NAME)
    def let(self, names: str, value: object) -> Value | tuple[Value, ...]:
        """`h = x -> Linear(H)`; several names, `"q, k, v"`, for several results."""
        targets = tuple(name(word.strip()) for word in names.split(","))
        self._say(ast.Assign(NOWHERE, targets, self._node(value)))
        made = tuple(Value(target, self) for target in targets)
        return made[0] if len(made) == 1 else made

    def size(self, word: str, value: object, words: str | None = None, latex: str | None = None) -> Value:
        """`let d = D/heads "head width"`: a size that keeps its name in formulas."""
        self._say(ast.Let(NOWHERE, name(word), self._node(value), words, latex))
        return Value(name(word), self)

    @taking(kind=KIND)
    def param(self, word: str, sizes: Sequence[object], kind: Literal["param", "buffer"] = "param") -> Value:
        """`param W: [I, O]`; with `kind` a buffer, which is stored and not learned."""
        self._say(ast.Param(NOWHERE, (ast.ParamEntry(NOWHERE, name(word), shape(sizes)),), kind))
        return Value(name(word), self)

    def layer(self, word: str, layer: str | Named, *arguments: object, **keywords: object) -> str:
        """`layer f = Linear(H)`: one set of parameters for many calls of `f`."""
        made = call(layer, *arguments, **keywords).node
        assert isinstance(made, ast.Call)
        self._say(ast.Layer(NOWHERE, name(word), made if made.args or made.keywords else made.function))
        return word

    def index(self, word: str, indices: Sequence[object], value: object) -> Value:
        """Index notation: `body.index("y", ["t", "o"], "x[t, i] * W[i, o]")`."""
        self._say(ast.IndexAssign(NOWHERE, name(word), shape(indices).items, self._node(value)))
        return Value(name(word), self)

    def emit(self, word: str, value: object) -> None:
        """`emit y = h`: one value for each round of a loop."""
        self._say(ast.Emit(NOWHERE, name(word), self._node(value)))

    def assume(self, divisor: object, *, divides: object) -> None:
        """`assume heads divides D`"""
        self._say(ast.Divides(NOWHERE, self._node(divisor), self._node(divides)))

    def returns(self, *values: object) -> None:
        """`return y, state`"""
        self._say(ast.Return(NOWHERE, tuple(map(self._node, values))))

    # Blocks ---------------------------------------------------------------------------------------

    @contextmanager
    @taking(counter=NAME | NOTHING, shared=FLAG)
    def repeat(self, count: object, *, counter: str | None = None, shared: bool = False) -> Iterator[None]:
        """`repeat l in L shared { ... }`"""
        with self._block() as body:
            yield
        self._say(ast.Repeat(NOWHERE, name(counter) if counter else None, self._node(count), shared, (), tuple(body)))

    @contextmanager
    def scan(self, counter: str, over: object, **carried: Sequence[object]) -> Iterator[None]:
        """`scan t in T with h: [H] { ... }`; where nothing is carried, `for t in T { ... }`."""
        carries = tuple(ast.Carry(NOWHERE, name(word), shape(sizes), None) for word, sizes in carried.items())
        kind: Literal["scan", "for"] = "scan" if carries else "for"
        with self._block() as body:
            yield
        self._say(ast.Scan(NOWHERE, name(counter), self._node(over), carries, tuple(body), kind))

    @contextmanager
    def choose(self, active: object, *, of: object) -> Iterator[None]:
        """`choose k of E { ... }`"""
        with self._block() as body:
            yield
        self._say(ast.Choose(NOWHERE, self._node(active), self._node(of), tuple(body)))

    @contextmanager
    def when(self, condition: object) -> Iterator[None]:
        """`if bias { ... }`, decided by statics."""
        with self._block() as body:
            yield
        self._say(ast.If(NOWHERE, self._node(condition), tuple(body), ()))

    @contextmanager
    def _block(self) -> Iterator[list[ast.Statement]]:
        """What is said inside goes into a body of its own; nothing stays open where an exception ends it."""
        body: list[ast.Statement] = []
        self._open.append(body)
        try:
            yield body
        finally:
            self._open.remove(body)

    def _node(self, value: object) -> ast.Expr:
        """What stands for a value in this body.

        Raises ValueError for a value of another body, or for one that was computed and stands somewhere already: its
        text would be there twice, and be computed twice.
        """
        if shared_home((value,)) not in (None, self):
            raise ValueError(f"a value of another definition has no meaning in {self.name}")
        written = node(value)
        for part in computed(written):
            if id(part) in self._written:
                raise ValueError(f"`{Value(part)}` is used twice: give it a name by `let`, or it is computed twice")
            self._written[id(part)] = part
        return written

    def _say(self, statement: ast.Statement) -> None:
        self._open[-1].append(statement)

    def _definition(self) -> ast.Definition:
        return ast.Definition(
            NOWHERE, self._kind, self._title, self._ports, (), tuple(self._open[0]), self._doc, NOWHERE
        )


def _port(word: str, given: object) -> ast.Port:
    """A list is the shape of a tensor, None a static without a default, anything else its default."""
    if isinstance(given, list | tuple):
        return ast.Port(NOWHERE, name(word), shape(given), None)
    return ast.Port(NOWHERE, name(word), None, None if given is None else node(given))
