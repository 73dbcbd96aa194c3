"""Serving: prompts are read, and tokens written behind them, for many texts at once, on one device or on many.

Two kinds of figures that are never mixed: at least (`bound`), which no machine with these peaks undercuts, and likely,
under a profile of the program, with what devices send each other behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from symcost.errors import DoesNotFit, NoLinks, UnevenLayout, UnsaidSize
from symcost.formula import Form, add, div, floor_div, mul, num, symbol
from symcost.hardware import Bound, Device, stored_bytes
from symcost.hardware.likely import Likely, Spent
from symcost.hardware.profile import Profile
from symcost.hardware.regimes import Regime
from symcost.hardware.workload import carried
from symcost.model import Model
from symcost.once import once
from symcost.records import dataclass
from symcost.runs.bill import UNKNOWN, Bill, Rates, bill
from symcost.runs.layout import Layout, Wire, demand, demand_even, divisors, size_of, wire
from symcost.runs.traffic import Sent, added_up, gathered, time
from symcost.timing import Timing

BATCH = symbol("batch")
"""Texts that one copy of the model has at once."""

MILLION = 10**6
MOST_DEVICES = 1024
"""So many are tried where it does not fit."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is served: tokens of a prompt, tokens that are written, texts at once (None: as many as fit).

    `memory`: the part of the memory that is used, as vLLM's `gpu_memory_utilization`; what a program reserves besides
    is a figure of its profile. `link`: over which devices that share products talk.
    """

    prompt: int
    write: int
    batch: int | None = None
    memory: Fraction = Fraction(1)
    link: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for what is not positive, and for more memory than there is."""
        if min(self.prompt, self.write, 1 if self.batch is None else self.batch) < 1 or not 0 < self.memory <= 1:
            raise ValueError("prompt, write and batch are at least 1, memory is above 0 and at most 1")


@dataclass(frozen=True, slots=True)
class Pace:
    """One of the two: seconds until the first token, and of a token; and tokens a second."""

    first: Fraction
    token: Fraction
    batch: int
    copies: int
    write: int
    of_texts: Fraction
    """Seconds that a copy spends on so many texts, from their prompts to their last tokens."""

    @property
    def writing(self) -> Fraction:
        """Tokens a second while nothing is read."""
        return self.copies * self.batch / self.token

    @property
    def steady(self) -> Fraction:
        """Tokens a second when a new prompt is read for each text that ends."""
        return self.copies * self.batch * self.write / self.of_texts


class Service:
    """A model that is served. Bytes, seconds; formulas over `batch` and the tokens in the cache."""

    def __init__(
        self, model: Model, device: Device, dtype: Mapping[str, str] | str, ask: Ask, layout: Layout,
        rates: Rates = UNKNOWN,
    ) -> None:  # fmt: skip
        """Raises NotDecoded, UnknownNumberType, UnevenLayout, UnsaidSize, NoLinks."""
        demand_even(model, layout)
        if layout.expert not in (1, layout.tensor):
            raise UnevenLayout("expert", layout.expert, "devices that share products", layout.tensor, (layout.tensor,))
        self.model = model
        self.device = device
        self.ask = ask
        self.layout = layout
        self.rates = rates
        self.link: Wire | None = wire(device, ask.link) if layout.group > 1 else None
        self._dtype = dtype
        step = model.step()
        texts, tokens, self._cached = (info.name for info in step.symbols[:3])
        # A file may say how many tokens a text has; a step has one.
        self._step = step.at(**{texts: 1, tokens: 1})
        if BATCH.name in step.ports:
            raise ValueError(f"`{BATCH}` is a dimension of {model.name}; call it otherwise")

    # The three models that run --------------------------------------------------------------------

    @once
    def open_step(self) -> Timing:
        """A token of each text, with the number of tokens in the cache open."""
        return Timing(self._step, self.device, self._dtype, BATCH, self.layout.group)

    def step(self, cached: int, batch: Form | int) -> Timing:
        """A token of each text behind so many that are cached."""
        return Timing(self._step.at(**{self._cached: cached}), self.device, self._dtype, batch, self.layout.group)

    @once
    def reading(self) -> Timing:
        """A prompt, up to the first token."""
        prompt = self.model.generate()
        texts, tokens, written = (info.name for info in prompt.symbols[:3])
        sizes = {texts: 1, tokens: self.ask.prompt, written: 1}
        return Timing(prompt.at(**sizes), self.device, self._dtype, 1, self.layout.group)

    @property
    def mean(self) -> int:
        """Tokens in the cache while writing, in the mean, rounded down."""
        return self.ask.prompt + max(0, self.ask.write - 2) // 2

    @property
    def longest(self) -> int:
        """Tokens of a text in the end, the last of which is never read again."""
        return self.ask.prompt + self.ask.write - 1

    # Memory ---------------------------------------------------------------------------------------

    @once
    def weights(self) -> Fraction:
        """Bytes of all parameters of one copy."""
        timing = self.open_step
        return Fraction(self._step.number(stored_bytes(timing.stored, num(0), timing.types, 1)))

    @once
    def copies_of_cache(self) -> Fraction:
        """How often the cache of a text lies in the devices that share products.

        Heads of keys are shared out; where there are fewer of them than devices, several hold the same. Latents (MLA)
        belong to all heads, and every device holds them.
        """
        tensor = self.layout.tensor
        if tensor == 1:
            return Fraction(1)
        if size_of(self.model, "latent") is not None:
            return Fraction(tensor)
        heads = size_of(self.model, "kv_heads") or demand(self.model, "heads")
        return max(Fraction(1), Fraction(tensor, heads))

    @once
    def cache(self) -> Form:
        """Bytes of the cache of one text, over the tokens that are cached and the one that is added."""
        step = self._step
        bytes_ = mul(num(self.open_step.types.bytes("state") * self.copies_of_cache), carried(step.subject))
        return step.shown(bytes_).expand()

    def cache_of(self, tokens: int) -> Fraction:
        """Bytes of the cache of a text of so many tokens."""
        return Fraction(self.cache.evaluate({self._cached: tokens - 1}))

    @once
    def activations(self) -> Fraction:
        """Bytes that live at once while a prompt is read, if operations are by themselves; on all devices of a copy."""
        found = self.reading._alive(Fraction(0))
        return Fraction(0) if found is None else found

    @property
    def there(self) -> Fraction:
        """Bytes of all devices that hold a copy, as far as they may be used. Raises MissingFigure."""
        return self.device.size * self.layout.group * self.ask.memory

    def reserved(self, profile: Profile | None) -> Fraction:
        """Bytes that a program takes for itself on all devices of a copy."""
        return Fraction(0) if profile is None else profile.reserved * self.layout.group

    @property
    def most(self) -> Form:
        """The most texts that fit, over the tokens that are cached: floor((memory - weights) / cache)."""
        return floor_div(num(self.there - self.weights), self.cache)

    def most_at(self, tokens: int) -> int:
        """With so many tokens each; with nothing left for activations."""
        cache = self.cache_of(tokens)
        return max(0, int((self.there - self.weights) // cache)) if cache else 0

    @property
    def batch(self) -> int:
        """Texts at once: as many as were asked for, else as many as fit with the activations of a prompt beside them.

        Raises DoesNotFit.
        """
        fitting = self.most_at(self.longest)
        wanted = self.ask.batch or 1
        if fitting < wanted:
            raise self._too_large(wanted)
        if self.ask.batch is not None:
            return self.ask.batch
        left = self.there - self.weights - self.activations
        return max(1, int(left // self.cache_of(self.longest)))

    def _too_large(self, batch: int) -> DoesNotFit:
        needed = self.weights + batch * self.cache_of(self.longest)
        what = f"`{self.model.name}` with {counted(batch, 'text')} of {counted(self.longest, 'token')}"
        each = needed / self.layout.group
        return DoesNotFit(what, _gigabytes(each), _gigabytes(self.there / self.layout.group), self._nearest(batch))

    def _nearest(self, batch: int) -> str | None:
        """A smaller batch; else the fewest devices that share products, or the fewest stages, in which it fits."""
        smaller = self.most_at(self.longest)
        if batch > 1 and smaller:
            return f"`--batch {smaller}` fits"
        layouts = sorted(self._other_layouts(), key=lambda one: one.group)
        fitting = next((layout for layout in layouts if self._fits(layout, batch)), None)
        if fitting is None:
            return None
        option = "tensor" if fitting.tensor > 1 else "pipeline"
        return f"`--{option} {fitting.group}` fits"

    def _other_layouts(self) -> Iterator[Layout]:
        """Devices that share products, and stages."""
        for count in self._parts_of("heads"):
            yield Layout(tensor=count)
        for count in self._parts_of("layers"):
            yield Layout(pipeline=count)

    def _parts_of(self, what: str) -> list[int]:
        """Numbers of devices that heads or layers can be shared among."""
        size = size_of(self.model, what) or 1
        return [count for count in divisors(size) if 1 < count <= MOST_DEVICES]

    def _fits(self, layout: Layout, batch: int) -> bool:
        try:
            other = Service(self.model, self.device, self._dtype, self.ask, layout)
        except (NoLinks, UnsaidSize):
            return False
        return other.most_at(self.longest) >= batch

    # What devices send ----------------------------------------------------------------------------

    def sent(self, tokens: int) -> tuple[Sent, ...]:
        """What each device sends in a pass over so many tokens of each text, over `batch`."""
        return tuple(self._sent(num(tokens)))

    def _sent(self, tokens: Form) -> Iterator[Sent]:
        if self.link is None:
            return
        width = self.open_step.types.bytes("activations")
        layers = demand(self.model, "layers")
        states = mul(num(width * demand(self.model, "width")), tokens, BATCH)
        tensor, pipeline = num(self.layout.tensor), num(self.layout.pipeline)
        if self.layout.tensor > 1:
            both = num(2 * layers if self.layout.expert == 1 else layers)
            yield Sent(
                "sums of partial products, two in each layer", "Megatron-LM (2019), section 3",
                mul(both, added_up(states, tensor)), mul(both, num(2 * (self.layout.tensor - 1))), self.link,
            )  # fmt: skip
        if self.layout.expert > 1:
            chosen = num(size_of(self.model, "active_experts") or 1)
            moved = mul(num(2 * layers), gathered(mul(chosen, states), num(self.layout.expert)))
            yield Sent(
                "tokens to their experts and back, in each layer", "GShard (2020), section 3.2",
                div(moved, num(self.layout.expert)), num(2 * layers * (self.layout.expert - 1)), self.link,
            )  # fmt: skip
        if self.layout.pipeline > 1:
            stages = add(pipeline, num(-1))
            yield Sent(
                "states from stage to stage", "Narayanan et al. (2021), section 2.2",
                mul(stages, states), stages, self.link,
            )  # fmt: skip

    # Time -----------------------------------------------------------------------------------------

    @property
    def passed(self) -> int:
        """Texts of a batch that go through the stages together: each stage has others."""
        return -(-self.batch // self.layout.pipeline)

    def least(self) -> Pace:
        """What no machine with these peaks undercuts; links take nothing. Raises MissingFigure.

        Prompts may be read in the passes that write other texts: they share the parameters that those move. The least
        time is convex in what is cached, so that the mean of all tokens takes no less than a token in the middle.

        Texts   max(for each unit all its work, bytes of the writing / bandwidth)
        """
        reading, writing, tokens = self.reading.bound(), self.decoding(), self.ask.write - 1
        units = {*reading.units, *writing.units}
        longest = Fraction(tokens * writing.memory)
        for unit in units:
            busy = self.batch * reading.units.get(unit, 0) + tokens * writing.units.get(unit, 0)
            longest = max(longest, Fraction(busy))
        return self._pace(reading.time, writing.time, longest)

    def decoding(self) -> Bound:
        """A step in the middle of the writing, at least."""
        return self.step(self.mean, self.batch).bound()

    def likely(self, profile: Profile) -> tuple[Pace, tuple[Fraction, Fraction]]:
        """The likely pace under a profile, and the factors of its range; sending is not hidden behind anything.

        Each prompt is read by itself, and nothing is written meanwhile; in a pipeline each stage has another prompt.

        Tensor  arithmetic and bytes of each kernel over the devices that share products; launches stay
        """
        reading, writing = self.reading.likely(profile), self.step(self.mean, self.passed).likely(profile)
        first = self._shared(reading) + time(self.sent(self.ask.prompt), {BATCH.name: 1})
        token = self._shared(writing) + time(self.sent(1), {BATCH.name: self.passed})
        texts = self.batch * first / self.layout.pipeline + (self.ask.write - 1) * token
        return self._pace(first, token, texts), profile.range

    def _shared(self, found: Likely) -> Fraction:
        tensor = self.layout.tensor
        kernels = tuple(_over(kernel, tensor) for kernel in found.kernels)
        return replace(found, kernels=kernels, least=Fraction(0)).time

    def _pace(self, first: Fraction, token: Fraction, texts: Fraction) -> Pace:
        return Pace(first, token, self.batch, self.layout.data, self.ask.write, texts)

    def turn(self) -> Regime:
        """For which batch a step in the middle of the writing is bound by memory."""
        return self.step(self.mean, BATCH).regimes(BATCH.name)[0]

    @property
    def chooses(self) -> bool:
        """Whether the experts of one position alone are counted where a batch needs more of them."""
        return size_of(self.model, "experts") is not None

    # Cost -----------------------------------------------------------------------------------------

    def bill(self, pace: Pace) -> Bill:
        """What a million tokens cost in the steady state; prompts that are read for them included."""
        return bill(MILLION / pace.steady * self.layout.devices, self.device, self.rates)


def _over(kernel: Spent, tensor: int) -> Spent:
    return replace(kernel, arithmetic=kernel.arithmetic / tensor, memory=kernel.memory / tensor)


def counted(number: int, word: str) -> str:
    """`1 token`, `2 tokens`"""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _gigabytes(size: Fraction) -> str:
    return f"{float(size / 10**9):.3g} GB"
