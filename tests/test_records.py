"""Our dataclasses behave as Python's own do, whatever is asked of them first."""

import copy
import dataclasses
import inspect
import pickle
from dataclasses import field, fields, replace

import pytest

from symcost import records


def pair(dataclass):
    """The same classes by either decorator."""

    @dataclass(frozen=True, slots=True)
    class Base:
        """A base."""

        name: str
        size: int = 3

    @dataclass(frozen=True, slots=True)
    class Thing(Base):
        """With a list of its own, a secret, and what it works out."""

        parts: list[int] = field(default_factory=list, compare=False)
        secret: int = field(default=7, repr=False, kw_only=True)
        worked_out: int = field(init=False, default=0)

        def __post_init__(self):
            object.__setattr__(self, "worked_out", self.size * 2)

    return Base, Thing


def said(dataclass, given, named):
    """What comes of making one: its fields and how it is shown, or the complaint."""
    try:
        made = dataclass(*given, **named)
    except TypeError as refused:
        return str(refused)
    return {known.name: getattr(made, known.name) for known in fields(made)}, repr(made)


OURS, THEIRS = pair(records.dataclass), pair(dataclasses.dataclass)


@pytest.mark.parametrize("count", [1, records.SELDOM + 5])
@pytest.mark.parametrize("place", [0, 1], ids=["plain", "with all sorts of fields"])
@pytest.mark.parametrize(
    ("given", "named"),
    [
        (("a",), {}), (("a", 4), {}), (("a", 4, [1]), {"secret": 1}), ((), {"size": 1, "name": "b"}),
        ((), {}), (("a", 1, [], 4), {}), (("a",), {"name": "b"}), (("a",), {"other": 1}), (("a",), {"worked_out": 1}),
    ],
)  # fmt: skip
def test_made_alike(count, place, given, named):
    """The first instances and those after them: the same fields, or the same complaint."""
    ours, theirs = pair(records.dataclass)[place], pair(dataclasses.dataclass)[place]
    for _ in range(count):
        assert said(ours, given, named) == said(theirs, given, named)


def test_compared_and_hashed():
    """Over the fields that count, of one class only."""
    base, thing = OURS
    assert thing("a", 1, [1]) == thing("a", 1, [2]) != thing("a", 2, [1])
    assert hash(thing("a", 1, [1])) == hash(thing("a", 1, [2]))
    assert base("a", 1) != thing("a", 1) and base("a") != ("a", 3)


def test_frozen():
    """Nothing is set, added or taken away."""
    made = OURS[0]("a")
    for refused in (lambda: setattr(made, "name", 1), lambda: setattr(made, "new", 1), lambda: delattr(made, "name")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            refused()


def test_a_class_below_sets_its_own():
    """One that is no dataclass itself has attributes beside the fields."""

    class Below(records.dataclass(frozen=True)(type("Above", (), {"__annotations__": {"name": str}}))):
        pass

    made = Below("a")
    made.other = 1
    assert made.other == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.name = "b"


def test_known_to_dataclasses():
    """`replace`, `copy`, `match` and `inspect` see what they know."""
    thing = OURS[1]
    made = replace(thing("a", 2), size=5)
    assert (made.size, made.worked_out) == (5, 10)
    assert copy.copy(made) == copy.deepcopy(made) == made
    assert inspect.signature(thing) == inspect.signature(THEIRS[1])
    match made:
        case thing(name, 5):
            assert name == "a"
        case _:
            pytest.fail("no match")


@records.dataclass(frozen=True, slots=True)
class Sent:
    """One that travels."""

    size: int


def test_pickled():
    """Also in a process that made none yet."""
    assert pickle.loads(pickle.dumps(Sent(3))) == Sent(3)


def test_that_may_change():
    """One that is not frozen has no hash, and fields that are set."""

    @records.dataclass
    class Open:
        size: int = 1

    made = Open()
    made.size = 2
    assert made == Open(2)
    with pytest.raises(TypeError):
        hash(made)


def test_signature_of_a_class_below():
    """One that is no dataclass and takes other things says so."""

    class Below(OURS[0]):
        def __init__(self, words: str) -> None:
            super().__init__(words)

    assert str(inspect.signature(Below)) == "(words: str) -> None"
    assert Below("a").name == "a"
