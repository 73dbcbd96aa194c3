"""Serving: prompts are read, and tokens written behind them, for many texts at once, on one device or on many.

Two kinds of figures that are never mixed: at least (`bound`), which no machine with these peaks undercuts, and likely,
under a profile of the program, with what devices send each other behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product
from types import MappingProxyType

from symcost.errors import ChunkTooLarge, DoesNotFit, NoLinks, UnevenLayout, UnsaidSize
from symcost.formula import Form, add, div, floor_div, mul, num, symbol
from symcost.hardware import Bound, Device, stored_bytes
from symcost.hardware.likely import Likely, Spent
from symcost.hardware.profile import Profile
from symcost.hardware.regimes import Regime
from symcost.hardware.workload import carried
from symcost.model import Model
from symcost.once import once
from symcost.records import dataclass
from symcost.runs.ahead import Draft
from symcost.runs.bill import UNKNOWN, Bill, Rates, bill
from symcost.runs.experts import likely_with_experts
from symcost.runs.layout import Layout, Wire, demand, demand_even, divisors, size_of, wire
from symcost.runs.prompts import Part, in_all, last_scored, parts, together, without
from symcost.runs.required import require
from symcost.runs.room import Living, Pass, Sharing
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

    `memory`: the part of the memory that is used, as vLLM's `gpu_memory_utilization`; `reserved`: bytes of it that the
    program takes for itself on each device. `link`: over which devices that share products talk. `hit`: the part of a
    prompt that is cached already; `chunk`: so many tokens of it are read in a pass, beside the writing of others (None:
    all at once).
    """

    prompt: int
    write: int
    batch: int | None = None
    memory: Fraction = Fraction(1)
    link: str | None = None
    hit: Fraction = Fraction(0)
    chunk: int | None = None
    reserved: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        """Raises ValueError for what is not positive, and for more than there is; ChunkTooLarge."""
        batch = 1 if self.batch is None else self.batch
        require(
            min(self.prompt, self.write, batch) >= 1 and 0 < self.memory <= 1,
            "prompt, write and batch are at least 1, memory is above 0 and at most 1",
        )
        require(self.reserved >= 0, "what a program reserves is not negative")
        require(0 <= self.hit <= 1, "the part of a prompt that is cached is at least 0 and at most 1")
        if self.chunk is not None:
            self._check_chunk(self.chunk)

    def _check_chunk(self, chunk: int) -> None:
        require(chunk >= 1, "a chunk has at least one token")
        read = self.prompt - self.cached
        if chunk > read:
            raise ChunkTooLarge(chunk, read, self.prompt)

    @property
    def cached(self) -> int:
        """Tokens of a prompt that are cached already; the last is read in any case, for it says what comes first."""
        return min(int(self.hit * self.prompt), self.prompt - 1)


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
        rates: Rates = UNKNOWN, draft: Draft | None = None,
    ) -> None:  # fmt: skip
        """Raises NotDecoded, UnknownNumberType, UnevenLayout, UnsaidSize, NoLinks, OtherVocabulary."""
        demand_even(model, layout)
        if ask.chunk is not None and (draft is not None or layout.pipeline > 1):
            raise ValueError("chunks go neither with a draft nor with stages: that is not derived here")
        if draft is not None:
            draft.demand_same_words(model)
        if layout.expert not in (1, layout.tensor):
            raise UnevenLayout("expert", layout.expert, "devices that share products", layout.tensor, (layout.tensor,))
        self.model = model
        self.device = device
        self.ask = ask
        self.layout = layout
        self.rates = rates
        self.draft = draft
        self.link: Wire | None = wire(device, ask.link) if layout.group > 1 else None
        self._dtype = dtype
        step = model.step()
        texts, tokens, self._cached = (info.name for info in step.symbols[:3])
        # A file may say how many tokens a text has; a step has one.
        self._step = step.at(**{texts: 1, tokens: 1})
        self._tokens = tokens
        self._going_on = step.at(**{texts: 1})
        if BATCH.name in step.ports:
            raise ValueError(f"`{BATCH}` is a dimension of {model.name}; call it otherwise")

    # The three models that run --------------------------------------------------------------------

    @once
    def open_step(self) -> Timing:
        """A token of each text, with the number of tokens in the cache open."""
        return Timing(self._step, self.device, self._dtype, BATCH, self.layout.group)

    def step(self, cached: int, batch: Form | int, tokens: int = 1) -> Timing:
        """A token of each text, or several, behind so many that are cached."""
        sizes = {self._tokens: tokens, self._cached: cached}
        return Timing(self._going_on.at(**sizes), self.device, self._dtype, batch, self.layout.group)

    @once
    def drafting(self) -> Service | None:
        """The small model that writes ahead, on the same devices."""
        if self.draft is None:
            return None
        ask = replace(self.ask, chunk=None)
        return Service(self.draft.model, self.device, self._dtype, ask, self.layout)

    @once
    def reading(self) -> Timing:
        """A prompt, up to the first token."""
        return self.read(self.ask.prompt)

    def read(self, length: int) -> Timing:
        """So many tokens at once, with none before them."""
        prompt = self.model.generate()
        texts, tokens, written = (info.name for info in prompt.symbols[:3])
        sizes = {texts: 1, tokens: length, written: 1}
        return Timing(prompt.at(**sizes), self.device, self._dtype, 1, self.layout.group)

    @property
    def mean(self) -> int:
        """Tokens in the cache while writing, in the mean, rounded down."""
        return self.ask.prompt + max(0, self.ask.write - 2) // 2

    @property
    def longest(self) -> int:
        """Tokens of a text in the end, the last of which is never read again."""
        return self.ask.prompt + self.ask.write - 1

    @property
    def one_token(self) -> Model:
        """A step of one token, with the tokens in the cache open."""
        return self._step

    @property
    def cached_name(self) -> str:
        """What the model calls the tokens in the cache."""
        return self._cached

    @property
    def dtype(self) -> Mapping[str, str] | str:
        """Types as they were given."""
        return self._dtype

    # Memory ---------------------------------------------------------------------------------------

    @once
    def weights(self) -> Fraction:
        """Bytes of all parameters of one copy, those of a draft with them."""
        timing = self.open_step
        own = Fraction(self._step.number(stored_bytes(timing.stored, num(0), timing.types, 1)))
        return own if self.drafting is None else own + self.drafting.weights

    @once
    def copies_of_cache(self) -> Fraction:
        """How often the cache of a text lies in the devices that share products.

        Heads of keys are shared out; where there are fewer of them than devices, several hold the same. Latents (MLA)
        belong to all heads, and every device holds them.
        """
        tensor = self.layout.tensor
        if tensor == 1:
            return Fraction(1)
        if self.latent:
            return Fraction(tensor)
        heads = size_of(self.model, "kv_heads") or demand(self.model, "heads")
        return max(Fraction(1), Fraction(tensor, heads))

    @once
    def cache(self) -> Form:
        """Bytes of the cache of one text, over the tokens that are cached and the one that is added."""
        step = self._step
        bytes_ = mul(num(self.open_step.types.bytes("state") * self.copies_of_cache), carried(step.subject))
        own = step.shown(bytes_).expand()
        if self.drafting is None:
            return own
        draft = self.drafting
        return add(own, draft.cache.substitute({symbol(draft._cached): symbol(self._cached)})).expand()

    def cache_of(self, tokens: int) -> Fraction:
        """Bytes of the cache of a text of so many tokens."""
        return Fraction(self.cache.evaluate({self._cached: tokens - 1}))

    @once
    def sharing(self) -> Sharing:
        """What the devices that share products hold several times."""
        types, tensor = self.open_step.types, self.layout.tensor
        width = types.bytes("activations")
        if tensor == 1:
            return Sharing(1, Fraction(1), Fraction(0), Fraction(0))
        words = self._step.number(self._step.subject.graph.results[0].shape[-1])
        return Sharing(tensor, self.copies_of_cache, width * demand(self.model, "width"), width * words)

    @once
    def writing_pass(self) -> Pass:
        """A token of a text behind the longest cache; with a draft all that the large model looks at."""
        tokens = self.looked_at
        behind = max(1, self.longest - 1)
        return Pass(self.step(behind, 1, tokens), self.sharing, tokens, tokens)

    @once
    def reading_pass(self) -> Pass:
        """A prompt up to its end: all of it that is not cached, or its last chunk."""
        ask = self.ask
        tokens = ask.chunk or ask.prompt - ask.cached
        behind = ask.prompt - tokens
        timing = self.step(behind, 1, tokens) if behind else self.read(tokens)
        return Pass(timing, self.sharing, tokens, 1)

    @property
    def looked_at(self) -> int:
        """Tokens of a text that go through a pass of the writing."""
        return 1 if self.draft is None else self.draft.ahead + 1

    @once
    def living(self) -> Living | None:
        """What lives at once, at most; with a draft what lives in both models. None where that is not decided."""
        writing, reading = self.writing_pass.alive, self.reading_pass.alive
        if writing is None or reading is None:
            return None
        cache = self.cache_of(self.longest)
        own = Living(cache, writing, reading, self.layout.pipeline, self.ask.chunk is not None)
        if self.drafting is None:
            return own
        small = self.drafting.living
        return None if small is None else own.beside_a_draft(small)

    @property
    def activations(self) -> Fraction:
        """Bytes that live besides caches while the texts are read and written, at most; 0 where it is not decided."""
        return self._beside(self.batch)

    def _beside(self, texts: int) -> Fraction:
        if self.living is None:
            return Fraction(0)
        return self.living.needed(texts) - texts * self.living.cache

    @property
    def there(self) -> Fraction:
        """Bytes of all devices that hold a copy, as far as they may be used. Raises MissingFigure."""
        return (self.device.size * self.ask.memory - self.ask.reserved) * self.layout.group

    @property
    def most(self) -> Form:
        """The most texts for which there are caches, over the tokens in them: floor((memory - weights) / cache)."""
        return floor_div(num(self.there - self.weights), self.cache)

    @property
    def most_with_room(self) -> Form | None:
        """The most texts that fit with all that lives beside their caches, for the prompt that was asked for.

        None where that is not decided with the tokens in the cache open.
        """
        writing = self.alive_over_tokens()
        if self.living is None or not writing:
            return None
        return self.living.formula(self.there - self.weights, self.cache, writing)

    def alive_over_tokens(self) -> tuple[Form, ...]:
        """Bytes that live while a text writes, over the tokens in its cache: the largest of these; with a draft's."""
        open_pass = Timing(self._going_on.at(**{self._tokens: self.looked_at}), self.device, self._dtype)
        own = Pass(open_pass, self.sharing, self.looked_at, self.looked_at).forms()
        if self.drafting is None:
            return own
        renamed = {symbol(self.drafting.cached_name): symbol(self._cached)}
        drafts = [form.substitute(renamed) for form in self.drafting.alive_over_tokens()]
        return tuple(add(one, other) for one, other in product(own, drafts))

    def most_at(self, tokens: int) -> int:
        """With so many tokens each, and nothing left for what lives besides."""
        cache = self.cache_of(tokens)
        return max(0, int((self.there - self.weights) // cache)) if cache else 0

    @once
    def surely(self) -> int:
        """The most texts that fit whatever the order in a pass; without what lives beside caches if that is unknown."""
        if self.living is None:
            return self.most_at(self.longest)
        return self.living.most(self.there - self.weights)

    @property
    def batch(self) -> int:
        """Texts at once: as many as were asked for, else as many as fit with what lives beside their caches.

        One at least: it may fit where results are written over others. Raises DoesNotFit.
        """
        wanted = self.ask.batch or 1
        if self.most_at(self.longest) < wanted:
            raise self._too_large(wanted)
        return self.ask.batch or max(1, self.surely)

    def _too_large(self, batch: int) -> DoesNotFit:
        needed = self.weights + batch * self.cache_of(self.longest)
        what = f"`{self.model.name}` with {counted(batch, 'text')} of {counted(self.longest, 'token')}"
        each = needed / self.layout.group
        return DoesNotFit(what, _gigabytes(each), _gigabytes(self.there / self.layout.group), self._nearest(batch))

    def _nearest(self, batch: int) -> str | None:
        """A smaller batch; else the fewest devices that share products, or the fewest stages, in which it fits."""
        smaller = self.surely or min(1, self.most_at(self.longest))
        if batch > 1 and smaller:
            return f"`--batch {smaller}` fits"
        by_size = sorted(self._other_layouts(), key=lambda one: one.group)
        for layout in by_size:
            if self._fits(layout, batch):
                return f"`{_option(layout)}` fits"
        return None

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
            other = Service(self.model, self.device, self._dtype, self.ask, layout, draft=self.draft)
            fitting = other.most_at(self.longest)
        except (NoLinks, UnsaidSize, UnevenLayout):
            return False
        return fitting >= batch

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
                mul(both, added_up(states, tensor)), mul(both, num(2 * (self.layout.tensor - 1))), self.link, "tensor",
            )  # fmt: skip
        if self.layout.expert > 1:
            chosen = num(size_of(self.model, "active_experts") or 1)
            moved = mul(num(2 * layers), gathered(mul(chosen, states), num(self.layout.expert)))
            yield Sent(
                "tokens to their experts and back, in each layer", "GShard (2020), section 3.2",
                div(moved, num(self.layout.expert)), num(2 * layers * (self.layout.expert - 1)), self.link, "expert",
            )  # fmt: skip
        if self.layout.pipeline > 1:
            stages = add(pipeline, num(-1))
            yield Sent(
                "states from stage to stage", "Narayanan et al. (2021), section 2.2",
                mul(stages, states), stages, self.link, "pipeline",
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
        reading, writing, tokens = self.reading_bound, self.decoding(), self.ask.write - 1
        units = {*reading.units, *writing.units}
        longest = Fraction(tokens * writing.memory)
        for unit in units:
            busy = self.batch * reading.units.get(unit, 0) + tokens * writing.units.get(unit, 0)
            longest = max(longest, Fraction(busy))
        return self._pace(reading.time, writing.time, longest)

    @once
    def reading_bound(self) -> Bound:
        """What is read of a prompt, at least; each chunk reads the parameters, and what is cached, anew."""
        ask, whole = self.ask, self.reading.bound()
        read = parts(ask.prompt, ask.cached, ask.chunk)
        if len(read) == 1 and not ask.cached:
            return whole
        return in_all(self._pass_bound(part) for part in read)

    def _pass_bound(self, part: Part) -> Bound:
        """Of a part of a prompt: its products but for the scores of all tokens before the last, and its bytes.

        A step over one token reads what is cached, too, and writes less.
        """
        if not part.cached:
            return self.read(part.tokens).bound()
        step = self.step(part.cached, 1, part.tokens)
        kernels = step.kernels(Profile.load("none"))
        scores = [kernel.cost["mac"] for kernel in kernels if kernel.product][-1]
        macs = Fraction(step.model.number(scores)) * Fraction(part.tokens - 1, part.tokens)
        unwanted = macs / (self.device.ceiling("mac", step.types.products) * self.layout.group)
        products = without(step.bound(), unwanted).units
        return replace(self.step(part.cached, 1).bound(), units=products)

    def decoding(self) -> Bound:
        """A token in the middle of the writing, at least. With a draft in the mean over all that a pass writes."""
        draft, small = self.draft, self.drafting
        if draft is None or small is None:
            return self.step(self.mean, self.batch).bound()
        looks = self.step(self.mean, self.batch, draft.ahead + 1).bound()
        writes = small.step(self.mean, self.batch).bound()
        share = 1 / draft.tokens
        return added(looks, share, writes, draft.ahead * share)

    def likely(self, profile: Profile) -> tuple[Pace, tuple[Fraction, Fraction]]:
        """The likely pace under a profile, and the factors of its range; sending is not hidden behind anything.

        Each prompt is read by itself, and nothing is written meanwhile; in a pipeline each stage has another prompt.
        In chunks it is read beside the writing.

        Tensor  arithmetic and bytes of each kernel over the devices that share products; launches stay
        """
        token = self.token(profile)
        if self.ask.chunk is not None:
            return self._pace(*self._chunked(profile, token)), profile.range
        first = self.first(profile)
        read = first if self.drafting is None else first + self.drafting.first(profile)
        texts = self.batch * read / self.layout.pipeline + (self.ask.write - 1) * token
        return self._pace(first, token, texts), profile.range

    def first(self, profile: Profile) -> Fraction:
        """Seconds of a prompt that is read at once, or of what of it is not cached."""
        ask = self.ask
        if not ask.cached:
            return self._shared(likely_with_experts(self.reading, profile)) + time(
                self.sent(ask.prompt), {BATCH.name: 1}
            )
        (rest,) = parts(ask.prompt, ask.cached, None)
        return self._shared(self._part(rest, profile)) + time(self.sent(rest.tokens), {BATCH.name: 1})

    def token(self, profile: Profile) -> Fraction:
        """Seconds of a token of each text, in the middle of the writing."""
        draft, small = self.draft, self.drafting
        if draft is None or small is None:
            return self.writing(profile, self.passed)
        ahead = draft.ahead
        return (
            self.writing(profile, self.passed, ahead + 1) + ahead * small.writing(profile, self.passed)
        ) / draft.tokens

    def writing(self, profile: Profile, texts: int, tokens: int = 1) -> Fraction:
        """Seconds of a pass over some tokens of each text."""
        step = likely_with_experts(self.step(self.mean, texts, tokens), profile)
        return self._shared(step) + time(self.sent(tokens), {BATCH.name: texts})

    def _part(self, part: Part, profile: Profile) -> Likely:
        """Some tokens of a prompt; there is a token before the first: the difference is below that of one row."""
        step = likely_with_experts(self.step(max(1, part.cached), 1, part.tokens), profile)
        return last_scored(step, part.tokens)

    def beside(self, profile: Profile, texts: int) -> tuple[Fraction, ...]:
        """Seconds of each pass that reads a chunk of a prompt and writes a token of so many texts."""
        ask = self.ask
        writing = likely_with_experts(self.step(self.mean, texts), profile)
        found: list[Fraction] = []
        for part in parts(ask.prompt, ask.cached, ask.chunk):
            both = together(writing, self._part(part, profile))
            found.append(self._shared(both) + time(self.sent(1), {BATCH.name: texts + part.tokens}))
        return tuple(found)

    def waits(self, profile: Profile) -> tuple[Fraction, Fraction]:
        """Seconds of a token while a prompt of another text is read at once, and while it is read as was asked for."""
        alone = replace(self.ask, chunk=None)
        whole = Service(self.model, self.device, self._dtype, alone, self.layout, self.rates, self.draft)
        waiting = whole.first(profile) + whole.writing(profile, whole.passed)
        if self.ask.chunk is None:
            return waiting, waiting
        return waiting, max(self.beside(profile, self.batch))

    def _chunked(self, profile: Profile, token: Fraction) -> tuple[Fraction, Fraction, Fraction]:
        """Seconds to the first token, of a token beside no prompt, and of all texts in the steady state.

        Where passes with a chunk are more than those that write a text, reading keeps all busy: of the texts at once
        so many write as there are tokens to write for each chunk.
        """
        passes = self.beside(profile, self.batch)
        first = sum(passes, Fraction(0))
        chunks, tokens = self.batch * len(passes), self.ask.write - 1
        if chunks <= tokens:
            return first, token, self.batch * first + (tokens - chunks) * token
        writers = -(-tokens // len(passes))
        busy = self.beside(profile, max(1, min(self.batch, writers)))
        return first, token, self.batch * sum(busy, Fraction(0))

    def _shared(self, found: Likely) -> Fraction:
        tensor = self.layout.tensor
        kernels = tuple(_over(kernel, tensor) for kernel in found.kernels)
        return replace(found, kernels=kernels, least=Fraction(0)).time

    def _pace(self, first: Fraction, token: Fraction, texts: Fraction) -> Pace:
        return Pace(first, token, self.batch, self.layout.data, self.ask.write, texts)

    def turn(self) -> Regime:
        """For which batch a step in the middle of the writing is bound by memory."""
        return self.step(self.mean, BATCH, self.looked_at).regimes(BATCH.name)[0]

    @property
    def chooses(self) -> bool:
        """Whether the bound counts the experts of one position alone where a batch needs more of them."""
        return size_of(self.model, "experts") is not None

    @property
    def latent(self) -> bool:
        """Whether keys and values are made of latents that are cached (MLA)."""
        return size_of(self.model, "latent") is not None

    # Cost -----------------------------------------------------------------------------------------

    def bill(self, pace: Pace) -> Bill:
        """What a million tokens cost in the steady state; prompts that are read for them included."""
        return bill(MILLION / pace.steady * self.layout.devices, self.device, self.rates)


def _over(kernel: Spent, tensor: int) -> Spent:
    return replace(kernel, arithmetic=kernel.arithmetic / tensor, memory=kernel.memory / tensor)


def added(one: Bound, times: Fraction, other: Bound, others: Fraction) -> Bound:
    """So much of one least time, and so much of another behind it."""
    names = dict.fromkeys((*one.units, *other.units))
    units = {name: times * one.units.get(name, 0) + others * other.units.get(name, 0) for name in names}
    return Bound(
        units=MappingProxyType(units),
        bytes=times * one.bytes + others * other.bytes,
        again=times * one.again + others * other.again,
        memory=times * one.memory + others * other.memory,
        left_out=tuple(dict.fromkeys((*one.left_out, *other.left_out))),
    )


def counted(number: int, word: str) -> str:
    """`1 token`, `2 tokens`"""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _gigabytes(size: Fraction) -> str:
    return f"{float(size / 10**9):.3g} GB"


def _option(layout: Layout) -> str:
    """How a layout is asked for that shares in one way alone."""
    way = "tensor" if layout.tensor > 1 else "pipeline"
    return f"--{way} {layout.group}"
