"""The likely time over open sizes: a sum of pieces, one for each kind of kernel, the numbers of the device last.

What `likely` computes in numbers stands here as counts beside the rates that they are divided by. Which level of memory
holds what a launch moves is a step in the sizes: it is told as a condition, and decided where sizes are numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from symcost.formula import Form, add, mul, num
from symcost.hardware.bound import Limits
from symcost.hardware.device import Device
from symcost.hardware.kernels import Kernel
from symcost.hardware.profile import Profile
from symcost.hardware.types import Types
from symcost.hardware.workload import STORED
from symcost.records import dataclass

PRODUCTS = "products"
DEPTHWISE = "depthwise products"


@dataclass(frozen=True, slots=True)
class Reached:
    """What is reached under a profile: operations or bytes a second, and what they are of."""

    name: str
    rate: Fraction
    peak: Fraction
    unit: str

    @property
    def part(self) -> Fraction:
        """Of the peak."""
        return self.rate / self.peak


@dataclass(frozen=True, slots=True)
class Work:
    """So many operations of a kernel at a rate, in all its launches.

    `copied`: operations in whose time its parameters are copied, where the amount is more than there are `parameters`.
    """

    amount: Form
    at: Reached
    copied: Form = num(0)
    parameters: Form = num(0)

    def seconds(self, values: Mapping[str, int]) -> Fraction:
        """With numbers for all sizes."""
        amount = Fraction(self.amount.evaluate(values))
        if self.copied != 0 and amount > self.parameters.evaluate(values):
            amount += Fraction(self.copied.evaluate(values))
        return amount / self.at.rate


@dataclass(frozen=True, slots=True)
class Piece:
    """Kernels of one kind: how many of the text, and of each of them its work, bytes and launches."""

    name: str
    many: int
    launches: Form
    works: tuple[Work, ...]
    stored: Form
    moved: Form
    latency: Fraction


@dataclass(frozen=True, slots=True)
class Pieces:
    """The likely time: `run` for each of `runs`, and the pieces, one behind the other; no less than the least time.

    `least` is None where runs follow one another: there what is in a cache need not come from memory once more.
    """

    pieces: tuple[Piece, ...]
    run: Fraction
    runs: Form
    overlap: Fraction
    levels: tuple[Reached, ...]
    sizes: tuple[Fraction, ...]
    """Of the levels before the last: data are read from the first that holds them."""
    warm: bool
    least: Limits | None

    def at(self, values: Mapping[str, int]) -> Fraction:
        """Seconds, with numbers for all sizes."""
        kept = self._level(self._stored(values)) if self.warm else self.levels[-1]
        time = self.run * Fraction(self.runs.evaluate(values))
        for piece in self.pieces:
            time += piece.many * self._each(piece, kept, values)
        return time if self.least is None else max(time, self.least.each(values).time)

    def _each(self, piece: Piece, kept: Reached, values: Mapping[str, int]) -> Fraction:
        """The larger of arithmetic and memory, what of the smaller does not go on beside it, and the launches."""
        stored, moved, launches = (
            Fraction(form.evaluate(values)) for form in (piece.stored, piece.moved, piece.launches)
        )
        arithmetic = sum((work.seconds(values) for work in piece.works), Fraction(0))
        source = self._level((stored + moved) / max(launches, Fraction(1)))
        memory = stored / kept.rate + moved / source.rate
        longer, shorter = max(arithmetic, memory), min(arithmetic, memory)
        return longer + (1 - self.overlap) * shorter + piece.latency * launches

    def _level(self, bytes_: Fraction) -> Reached:
        """The first that holds so many; else the last."""
        for level, size in zip(self.levels[:-1], self.sizes, strict=True):
            if bytes_ <= size:
                return level
        return self.levels[-1]

    def _stored(self, values: Mapping[str, int]) -> Fraction:
        """Bytes of all parameters."""
        return sum((piece.many * Fraction(piece.stored.evaluate(values)) for piece in self.pieces), Fraction(0))


class Maker:
    """Makes the pieces of a device and types under a profile, with a batch that may be open."""

    def __init__(self, device: Device, types: Types, profile: Profile, batch: Form) -> None:
        self.device = device
        self.types = types
        self.profile = profile
        self.batch = batch

    def of(self, found: Sequence[Kernel], runs: Form, least: Limits) -> Pieces:
        """The likely time of kernels. Raises UnknownNumberType, MissingFigure."""
        levels = list(self._levels())
        warm = self.profile.warm
        return Pieces(
            pieces=tuple(_joined(map(self._piece, found))),
            run=self.profile.run,
            runs=runs,
            overlap=self.profile.overlap,
            levels=tuple(reached for reached, _ in levels),
            sizes=tuple(size for _, size in levels if size is not None),
            warm=warm,
            least=None if warm else least,
        )

    def _levels(self) -> Iterator[tuple[Reached, Fraction | None]]:
        """Those that data are read from, the main memory last."""
        for level in self.device.levels:
            if level.name != "main" and level.size is not None and level.bandwidth is not None:
                yield self._level(level.name, level.bandwidth), level.size
        yield self._level("main memory", self.device.bandwidth), None

    def _level(self, name: str, bandwidth: Fraction) -> Reached:
        return Reached(name, bandwidth * self.profile.memory, bandwidth, "B/s")

    def _piece(self, kernel: Kernel) -> Piece:
        others = tuple(role for role in kernel.moved if role not in STORED)
        return Piece(
            name=PRODUCTS if kernel.name == "contract" else kernel.name,
            many=1,
            launches=kernel.launches,
            works=tuple(_by_rate(self._works(kernel))),
            stored=self._bytes(kernel, STORED),
            moved=self._bytes(kernel, others),
            latency=self.profile.launch(kernel.product),
        )

    def _bytes(self, kernel: Kernel, roles: Sequence[str]) -> Form:
        """Bytes of these roles: of parameters once, of the rest for the whole batch."""
        found: list[Form] = []
        for role in roles:
            if role in kernel.moved:
                times = num(1) if role in STORED else self.batch
                found.append(mul(num(self.types.bytes(role)), kernel.moved[role], times))
        return add(*found)

    def _works(self, kernel: Kernel) -> Iterator[Work]:
        for name, form in kernel.cost.counts.items():
            amount = mul(form, self.batch)
            if name == "mac":
                yield from self._products(kernel, amount)
            elif amount != 0:
                yield Work(amount, self._other(name))

    def _products(self, kernel: Kernel, macs: Form) -> Iterator[Work]:
        if macs == 0:
            return
        own = self.device.depthwise(self.types.products)
        if kernel.depthwise and own is not None:
            yield Work(macs, Reached(DEPTHWISE, own, own, "MAC/s"))
        else:
            yield self._matrix_products(kernel, macs)

    def _matrix_products(self, kernel: Kernel, macs: Form) -> Work:
        """Products at the rate of matrix products; their parameters are copied first where the library packs them."""
        dtype = self.types.products
        peak = self.device.rate("mac", dtype)
        part = self.profile.of_products(self.device.width(dtype))
        stored = [kernel.moved[role] for role in STORED if role in kernel.moved]
        parameters = add(*stored)
        copied = mul(num(self.profile.packing), parameters)
        return Work(macs, Reached(PRODUCTS, peak * part, peak, "MAC/s"), copied, parameters)

    def _other(self, name: str) -> Reached:
        """Of a class of operations; those with the same rate are told together."""
        peak = self.device.rate(name, self.types.products)
        return Reached(self.device.unit(name), peak * self.profile.vector, peak, "OP/s")


def _by_rate(works: Iterable[Work]) -> Iterator[Work]:
    """What has the same rate, together; products have one of their own."""
    found: dict[Reached, list[Work]] = {}
    for work in works:
        found.setdefault(work.at, []).append(work)
    for reached, same in found.items():
        yield Work(add(*(work.amount for work in same)), reached, same[0].copied, same[0].parameters)


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Kernels that do the same, told once, with how many there are."""
    found: dict[Piece, int] = {}
    for piece in pieces:
        found[piece] = found.get(piece, 0) + 1
    for piece, many in found.items():
        yield Piece(piece.name, many, piece.launches, piece.works, piece.stored, piece.moved, piece.latency)


def rates_of(pieces: Pieces) -> Mapping[str, Reached]:
    """Every rate that is in it, by a name of its own."""
    found = dict.fromkeys(work.at for piece in pieces.pieces for work in piece.works)
    named: dict[str, Reached] = {}
    for reached in (*found, *pieces.levels):
        name = reached.name
        while name in named:
            name += "'"
        named[name] = reached
    return named
