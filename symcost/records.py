"""Dataclasses whose methods are written when they are first needed.

`dataclasses` compiles five or six functions for each frozen class while a module is loaded; of the hundreds of classes
here most are never used in one run, and a short command spent a quarter of its time on that. `dataclass` here takes the
fields as `dataclasses` reads them, so that `fields`, `replace` and `match` work as ever; comparing, hashing and
showing are written once for all classes, and `__init__` is compiled for classes of which hundreds are made.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from reprlib import recursive_repr
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(
        cls: type | None = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True, repr: bool = True,
        kw_only: bool = False,
    ) -> Any:  # fmt: skip
        """As `dataclasses.dataclass` does, but later. Methods that the class defines itself are left alone."""

        def made(given: type) -> type:
            return _made(given, frozen=frozen, slots=slots, eq=eq, shown=repr, kw_only=kw_only)

        return made if cls is None else made(cls)


def _made(given: type, *, frozen: bool, slots: bool, eq: bool, shown: bool, kw_only: bool) -> type:
    """The class with its fields, its slots, and the methods that it does not have."""
    own = {name for name, value in given.__dict__.items() if value is not None}  # `__hash__` is, beside an `__eq__`
    read = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)
    cls: type = read(given)
    methods: dict[str, Any] = {"__init__": _first_init(cls, frozen)}
    if shown:
        methods["__repr__"] = _repr
    if eq:
        methods |= _comparing(cls, frozen)
    if frozen:
        methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        if slots:  # what `copy` and `pickle` would do by setting attributes
            methods |= {"__getstate__": _state, "__setstate__": _put_back}
    for name, method in methods.items():
        if name not in own:
            setattr(cls, name, method)
    if "__init__" not in own:
        type.__setattr__(cls, "__signature__", _Signature())
    return cls


# __init__ ----------------------------------------------------------------------------------------


SELDOM, SLOWLY = 400, 8
"""How much filling field by field is worth a compiled method: it takes as long as some 400 instances of which each is
told all its values in their order, and as 50 of those that name them.
"""


def _first_init(cls: type, frozen: bool) -> Callable[..., None]:
    """Fills the first instances, then has the method compiled, which puts itself in this one's place."""
    fields = dataclasses.fields(cls)
    names, behind = _in_order(fields)
    least, most = len(names) - len(behind), len(names)
    goes_on = hasattr(cls, "__post_init__")
    put, spent = object.__setattr__, 0

    def __init__(self: Any, *given: Any, **named: Any) -> None:  # noqa: N807  # it is the method
        nonlocal spent
        if least <= len(given) <= most and given and not named:
            spent += 1
            for name, value in zip(names, given + behind[len(given) - least :], strict=True):
                put(self, name, value)
        else:
            spent += SLOWLY
            if not _filled(self, fields, cls.__match_args__, given, named):  # type: ignore[attr-defined]
                spent = SELDOM  # the compiled method says what is wrong with the arguments
                _compiled(cls, frozen)(self, *given, **named)
                return
        if spent >= SELDOM:
            _compiled(cls, frozen)
        if goes_on:
            self.__post_init__()

    __init__.__qualname__ = f"{cls.__qualname__}.__init__"
    __init__.__dict__["of_fields"] = True
    return __init__


def _in_order(fields: Sequence[dataclasses.Field[Any]]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """The names of fields that can all be told in their order, with the defaults of the last of them; else nothing."""
    if not all(field.init and not field.kw_only for field in fields):
        return (), ()
    behind: list[Any] = []
    for field in reversed(fields):
        if field.default is dataclasses.MISSING:
            break
        behind.insert(0, field.default)
    return tuple(field.name for field in fields), tuple(behind)


def _filled(
    self: Any, fields: Sequence[dataclasses.Field[Any]], places: Sequence[str], given: Sequence[Any],
    named: dict[str, Any],
) -> bool:  # fmt: skip
    """Whether every field got its value; what is wrong with the arguments, the compiled method says."""
    values = dict(zip(places, given, strict=False))
    if len(given) > len(places) or not values.keys().isdisjoint(named):
        return False
    values.update(named)
    for field in fields:
        if field.init and field.name in values:
            value = values.pop(field.name)
        elif field.default is not dataclasses.MISSING:
            value = field.default
        elif field.default_factory is not dataclasses.MISSING:
            value = field.default_factory()
        elif field.init:
            return False
        else:
            continue
        object.__setattr__(self, field.name, value)
    return not values


def _compiled(cls: type, frozen: bool) -> Callable[..., None]:
    """The method that `dataclasses` would write, in a fourth of its time: it compiles two more beside each."""
    known: dict[str, Any] = {"_put": object.__setattr__, "_made_anew": MADE_ANEW}
    places, named, lines = ["self"], ["*"], ["pass"]
    for field in dataclasses.fields(cls):
        if field.init:
            (named if field.kw_only else places).append(_parameter(field, known))
        if value := _value(field, known):
            lines.append(_set(cls, field.name, value, known) if frozen else f"self.{field.name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    parameters = ", ".join(places + (named if len(named) > 1 else []))
    exec(f"def __init__({parameters}):\n  " + "\n  ".join(lines), known)  # noqa: S102  # of names of our own fields
    method: Callable[..., None] = known["__init__"]
    method.__qualname__ = f"{cls.__qualname__}.__init__"
    method.__dict__["of_fields"] = True
    type.__setattr__(cls, "__init__", method)
    return method


def _set(cls: type, name: str, value: str, known: dict[str, Any]) -> str:
    """How a field of a frozen class gets its value: by its slot, where it has one, which takes no look for it."""
    place = getattr(cls, name, None)
    if not isinstance(place, MemberDescriptorType):
        return f"_put(self, {name!r}, {value})"
    known[f"_slot_{name}"] = place.__set__
    return f"_slot_{name}(self, {value})"


MADE_ANEW = object()
"""Stands for a default that is made for each instance."""


def _parameter(field: dataclasses.Field[Any], known: dict[str, Any]) -> str:
    """How a field is taken: `size=_default_size`."""
    if field.default_factory is not dataclasses.MISSING:
        return f"{field.name}=_made_anew"
    if field.default is dataclasses.MISSING:
        return field.name
    known[f"_default_{field.name}"] = field.default
    return f"{field.name}=_default_{field.name}"


def _value(field: dataclasses.Field[Any], known: dict[str, Any]) -> str:
    """What a field is set to; nothing where it stays as it is."""
    name = field.name
    if field.default_factory is not dataclasses.MISSING:
        known[f"_make_{name}"] = field.default_factory
        return f"_make_{name}() if {name} is _made_anew else {name}" if field.init else f"_make_{name}()"
    if field.init:
        return name
    if field.default is dataclasses.MISSING:
        return ""
    known[f"_default_{name}"] = field.default
    return f"_default_{name}"


def _described(cls: type) -> Callable[..., None]:
    """The method that `dataclasses` writes, of a class that has the same fields and nothing else: for who asks."""
    fields = dataclasses.fields(cls)
    inside: dict[str, Any] = {field.name: _again(field) for field in fields}
    inside |= {"__annotations__": {field.name: field.type for field in fields}, "__module__": cls.__module__}
    inside |= {"__doc__": cls.__doc__ or cls.__name__}  # without one, `dataclasses` writes a signature into it
    shadow = dataclasses.dataclass(repr=False, eq=False, match_args=False)
    method: Callable[..., None] = shadow(type(cls.__name__, (), inside)).__init__  # type: ignore[misc]
    return method


def _again(field: dataclasses.Field[Any]) -> Any:
    """A field as it was said in the text of the class."""
    if field.default_factory is not dataclasses.MISSING:
        return dataclasses.field(default_factory=field.default_factory, init=field.init, kw_only=bool(field.kw_only))
    return dataclasses.field(default=field.default, init=field.init, kw_only=bool(field.kw_only))


class _Signature:
    """What `inspect` asks a class for: that of the compiled method, without `self`."""

    def __get__(self, instance: object, owner: type) -> Any:
        import inspect  # only who asks needs it

        home = next(cls for cls in owner.__mro__ if "__init__" in cls.__dict__)
        method = home.__dict__["__init__"]
        of_method = inspect.signature(_described(home) if hasattr(method, "of_fields") else method)
        return of_method.replace(parameters=list(of_method.parameters.values())[1:])


# The others --------------------------------------------------------------------------------------


@recursive_repr()
def _repr(self: Any) -> str:
    said = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(said)})"


def _comparing(cls: type, hashed: bool) -> dict[str, Any]:
    """`==` over the fields of the same class, and the hash that goes with it; none where fields may change."""
    fields = dataclasses.fields(cls)
    told = _tuple_of(field.name for field in fields if field.compare)

    def __eq__(self: Any, other: object) -> Any:  # noqa: N807  # it is the method
        return told(self) == told(other) if other.__class__ is self.__class__ else NotImplemented

    if hashed:
        kept = _tuple_of(field.name for field in fields if (field.compare if field.hash is None else field.hash))

        def __hash__(self: Any) -> int:  # noqa: N807  # it is the method
            return hash(kept(self))

        return {"__eq__": __eq__, "__hash__": __hash__}
    return {"__eq__": __eq__, "__hash__": None}


def _tuple_of(names: Iterable[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What gets some attributes of a thing."""
    wanted = tuple(names)
    if len(wanted) > 1:
        return attrgetter(*wanted)
    if not wanted:
        return lambda thing: ()
    one = attrgetter(wanted[0])
    return lambda thing: (one(thing),)


def _refuse_to_set(self: Any, name: str, value: object) -> None:
    """As `dataclasses` has it: a class below, which is none of these itself, may set what is its own."""
    if _is_frozen(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, value)


def _refuse_to_delete(self: Any, name: str) -> None:
    if _is_frozen(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
    object.__delattr__(self, name)


def _is_frozen(self: Any, name: str) -> bool:
    return "__dataclass_fields__" in type(self).__dict__ or name in self.__dataclass_fields__


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _put_back(self: Any, state: Iterable[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
