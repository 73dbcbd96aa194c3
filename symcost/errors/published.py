"""A published `config.json`, and the `config hf` that reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from symcost.diagnostics import Label, Span
from symcost.errors.base import SymcostError
from symcost.errors.words import did_you_mean, listed


class NoMapping(SymcostError):
    """A published file was given, and the architecture does not say how to read one."""

    code = "no-mapping"

    def __init__(self, name: str, model: str | None = None) -> None:
        """`model`: the model that was asked for; others of the file may say how to read one."""
        super().__init__(
            f"`{name}` does not say what {f'`{model}`' if model else 'it'} needs of a published file",
            helps=[
                f'add for example `config hf {model or "Name"} for "llama" as "LlamaForCausalLM" '
                "{ D = hidden_size, L = num_hidden_layers }`, dimensions at the left"
            ],
        )


class UnknownMapping(SymcostError):
    """A mapping that is like one that is not there."""

    code = "unknown-mapping"

    def __init__(self, name: str, known: Iterable[str], span: Span) -> None:
        super().__init__(
            f"no `config hf` for `{name}` stands in this file nor in those that it uses",
            span,
            helps=did_you_mean(name, known),
        )


class OtherType(SymcostError):
    """A published file of a type of which no mapping speaks."""

    code = "other-type"

    def __init__(self, file: str, found: str | None, known: Sequence[str], span: Span) -> None:
        notes = [f"the architecture speaks of {listed(known)}"] if known else []
        mend = [_add_type(known)]
        if found is None:
            super().__init__(f"`{file}` does not say its `model_type`", None, notes=notes, helps=mend)
        else:
            # What it is, is said; the mend is a mapping, unless there are others.
            helps = [] if known else mend
            super().__init__(f"`{file}` is of type `{found}`", span, "not spoken of", notes=notes, helps=helps)


def _add_type(known: Sequence[str]) -> str:
    return f'add it to the file: `"model_type": "{known[0]}"`' if known else 'write `config hf Name for "type"`'


class OtherClass(SymcostError):
    """A published file of a class of models of which no mapping speaks."""

    code = "other-class"

    def __init__(self, file: str, found: Sequence[object], known: Sequence[str], span: Span) -> None:
        written = " and ".join(f"`{name}`" for name in found) or "nothing"
        super().__init__(
            f"`{file}` is of {written}, another model of its type",
            span,
            "not spoken of",
            notes=[f"the architecture speaks of {listed(known)}"] if known else [],
            helps=[f'for that one, write `"architectures": ["{known[0]}"]`']
            if known
            else ['write `as "…"` behind `for`'],
        )


class SeveralSpellings(SymcostError):
    """Two names of one key, with two values."""

    code = "several-spellings"

    def __init__(self, one: str, other: str, first: Span, second: Span) -> None:
        super().__init__(
            f"`{one}` and `{other}` say different things of the same",
            second,
            "this is",
            others=[Label(first, "not this")],
            helps=["take one of them out"],
        )


class MisplacedAssumption(SymcostError):
    """An `assume` in a configuration that gives its numbers itself."""

    code = "misplaced-assumption"

    def __init__(self, span: Span) -> None:
        super().__init__(
            "only `config hf` assumes something, of the file that it reads",
            span,
            helps=["write it outside of the configuration, over dimensions"],
        )


class MisplacedMapping(SymcostError):
    """A model, `for`, `as` or `like` in a configuration that gives its numbers itself."""

    code = "misplaced-mapping"

    def __init__(self, span: Span) -> None:
        super().__init__(
            "only `config hf` speaks of one model and of types of published files",
            span,
            helps=["a configuration of the file itself has its name only: `config tiny { … }`"],
        )


class NumbersElsewhere(SymcostError):
    """`hf` was asked for like a configuration with numbers of its own."""

    code = "numbers-elsewhere"

    def __init__(self, name: str, span: Span, asked: Span | None = None) -> None:
        super().__init__(
            f"the numbers of `{name}` stand in a published file",
            asked or span,
            "" if asked else "names of that file",
            others=[Label(span, "names of that file")] if asked else [],
            helps=['give the file with `--hf config.json`, or `.configured_from("config.json")`'],
        )


class NotJson(SymcostError):
    """A published file that is not JSON, or holds something else than an object."""

    code = "not-json"

    def __init__(self, name: str, span: Span, label: str, holds: str | None = None) -> None:
        """`holds`: what it is, where it is JSON."""
        if holds is None:
            super().__init__(f"`{name}` is no JSON object", span, label)
            return
        super().__init__(
            f"`{name}` is no configuration: it holds {holds}, not an object",
            span,
            label,
            helps=['a `config.json` begins with `{ "model_type": "llama"`, for example'],
        )


class MissingKey(SymcostError):
    """A name that a published file has not, and for which the library has no value either."""

    code = "missing-key"

    def __init__(
        self, path: Sequence[str], file: str, known: Iterable[str], span: Span, typed: bool = False
    ) -> None:  # fmt: skip
        """`path`: the key, behind those of the tables around it. `typed`: the library was asked for a value."""
        notes = ["the library has no value for it, either"] if typed else []
        super().__init__(
            f"`{file}` has no `{'.'.join(path)}`",
            span,
            "read here",
            notes=notes,
            helps=did_you_mean(path[-1], [name for name in known if name.isidentifier()]),
        )


class OtherArchitecture(SymcostError):
    """A published file that is not what a mapping assumes of it."""

    code = "other-architecture"

    def __init__(self, file: str, span: Span, places: Sequence[Label]) -> None:
        """`places`: where the file says what the assumption is about; it is pointed at first."""
        assumed = Label(span, "assumed here")
        first, *others = (*places, assumed)
        super().__init__(
            f"`{file}` is of another architecture: `{span.text}` does not hold",
            first.span,
            first.text,
            others=others,
        )


class WrongKey(SymcostError):
    """A name of a published file that says something of another kind than is wanted."""

    code = "wrong-key"

    def __init__(
        self, key: str, found: str, span: Span, asked: Span | None = None, *,
        wanted: str = "a number", usual: str | None = None, helps: Sequence[str] = (), notes: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """`asked`: where a mapping of the reader's own reads it. `usual`: what the library says for lack of the key."""
        mends = list(helps)
        if usual is not None:
            mends.append(f'write for example `"{key.rpartition(".")[2]}": {usual}`, as the library has it by default')
        elif not mends and asked is None:
            mends = [f"give it {wanted}"]
        super().__init__(
            f"`{key}` is {found}, not {wanted}",
            span,
            f"is {found}",
            others=[] if asked is None else [Label(asked, "read here")],
            notes=[*notes, *(OR_NULL if found == "null" and asked is not None else ())],
            helps=mends,
        )


OR_NULL = ("write behind `or` what the library takes then, or `null` for the default of the signature",)


class NoSuchModel(SymcostError):
    """A published file whose values, put together, come to something that no model has."""

    code = "no-such-model"

    def __init__(self, file: str, problem: str, expr: Span, places: Sequence[Label]) -> None:
        """`places`: where the file has what the expression is worked out of."""
        first, *others = (*places, Label(expr, "worked out here"))
        super().__init__(
            f"`{file}` describes no model: {problem}",
            first.span,
            first.text,
            others=others,
            helps=["compare these values with the file that came with the checkpoint"],
        )


class UnreadKey(SymcostError):
    """A key of a published file that no mapping reads, and that may change a count."""

    code = "unread-key"

    def __init__(
        self, path: Sequence[str], found: str, file: str, span: Span, *, known: bool, usual: str | None
    ) -> None:  # fmt: skip
        """`known`: the library has such a key; `usual`: what it takes it to say where the file says nothing."""
        name = ".".join(path)
        notes = ["it may change what is counted, and this architecture is not told apart by it"]
        helps = []
        if not known:
            notes = ["the library has no such key for this type; code that comes with a checkpoint may read it"]
            helps = ["where it changes nothing, take it out of a copy of the file"]
        elif usual is not None:
            helps = [f'what is counted has `"{path[-1]}": {usual}`']
        super().__init__(f"`{file}` says of `{name}` what nobody counts", span, f"is {found}", notes=notes, helps=helps)


class UndividedHeads(SymcostError):
    """A published file whose width is no multiple of its heads, in a type where the library refuses that."""

    code = "undivided-heads"

    def __init__(self, file: str, width: int, heads: int, span: Span) -> None:
        super().__init__(
            f"`{file}` describes no model: {heads} heads do not divide a width of {width}",
            span,
            "read here",
            notes=["the library refuses it: `hidden_size` has to be a multiple of `num_attention_heads`"],
        )


class UnsharedHeads(SymcostError):
    """A published file whose heads of queries are no multiple of its heads of keys and values."""

    code = "unshared-heads"

    def __init__(self, file: str, heads: int, shared: int, span: Span) -> None:
        """`shared`: the heads of keys and values."""
        super().__init__(
            f"`{file}` describes no model: {heads} heads cannot share {shared} heads of keys and values equally",
            span,
            "read here",
            notes=["the library builds it, and its first pass fails: `num_attention_heads` has to be a multiple of it"],
            helps=["compare both with the file that came with the checkpoint"],
        )


class OtherLength(SymcostError):
    """A published file with a list that says something of each layer, of more or fewer than there are."""

    code = "other-length"

    def __init__(self, file: str, key: str, length: int, layers: str, count: int, span: Span) -> None:
        super().__init__(
            f"`{file}` describes no model: `{key}` speaks of {length} layers, `{layers}` says {count}",
            span,
            f"{length} items",
            notes=["the library refuses it: there has to be an item for each layer"],
            helps=[f'write `"{layers}": {length}`, or as many items as that says'],
        )


class UnknownType(SymcostError):
    """A published file of which no architecture speaks that ships with the package."""

    code = "unknown-type"

    def __init__(
        self, file: str, found: str | None, known: Iterable[str], span: Span | None, adapts: str | None = None,
        *, exists: bool = False,
    ) -> None:  # fmt: skip
        """`adapts`: the model that it is an adapter for, where it is one; `exists`: it is a type of the library."""
        if adapts is not None:
            super().__init__(
                f"`{file}` is an adapter for `{adapts}` and describes no model",
                helps=[f"ask `symcost adapter {file}`, with `--base` for the `config.json` of what it adapts"],
            )
            return
        message = f"`{file}` does not say its `model_type`" if found is None else f"nothing is known of type `{found}`"
        helps = _meant(found, known, exists=exists) if found else []
        if exists:
            message = f"models of type `{found}` are not counted yet"
            helps = helps or [f"`symcost import hf:{file}` makes a text of one, with PyTorch and transformers"]
        super().__init__(
            message,
            span,
            "this type",
            helps=helps or ["`symcost models` lists what is known; a file of your own reads it with `--hf`"],
        )


def _meant(name: str, known: Iterable[str], *, exists: bool) -> list[str]:
    """The help line for a type of which nothing is known: the text model in it, or what was misspelt.

    Another number, or a part more, is another architecture: `llama` is not what a file of `llama4` means.
    """
    types = set(known)
    if (text := f"{name}_text") in types:
        return [f"the text model in it is `{text}`: what stands in its `text_config`, by itself, can be read"]
    if exists:
        return []
    return did_you_mean(name, [other for other in types if _numbers(other) == _numbers(name) and _alike(other, name)])


def _numbers(name: str) -> list[str]:
    return re.findall("[0-9]+", name)


def _alike(one: str, other: str) -> bool:
    """Whether two names have as many parts, or are the same but for what stands between those."""
    parts, others = re.split("[-_]", one), re.split("[-_]", other)
    return len(parts) == len(others) or "".join(parts) == "".join(others)
