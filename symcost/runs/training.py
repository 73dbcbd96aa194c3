"""Training: how long so many tokens take on so many devices, what lies on each of them, and what they send.

Work is derived from the graph (forward and backward), or six for each parameter and token where that is asked for.
Three times that are never mixed: at least, which no machine with these peaks undercuts; for a given part of the peak,
as it was measured (MFU, in which stages that wait and sending are); and likely, for the part of the peak that products
reach while they run, with waiting and sending apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from symcost import optimizers
from symcost.analysis.training.layers import Layers
from symcost.errors import ImpossibleMfu, NotAlike, UnevenBatch, UnevenLayout
from symcost.formula import Form, add, div, mul, num, symbol
from symcost.hardware import Device
from symcost.hardware.device import FLOP_PER_MAC
from symcost.model import Model
from symcost.once import once
from symcost.records import dataclass
from symcost.runs.bill import UNKNOWN, Bill, Rates, bill
from symcost.runs.kept import WHOLE, Activations, Recompute
from symcost.runs.laws import Count, Law, Layered, layered, one_for_each, whole
from symcost.runs.layout import ALONE, Layout, Wire, demand, demand_even, nearest, share_out, size_of, wire
from symcost.runs.program import Program, Reached
from symcost.runs.required import require
from symcost.runs.states import BATCH, DATA, EXPERT, MICRO, PIPELINE, TENSOR, Kinds, Parameters, States, width_of
from symcost.runs.traffic import Sent, added_up, gathered, rest, time
from symcost.timing import rounded_down

SIX = 6
"""FLOPs for each parameter and token: Kaplan et al., Scaling laws (2020), section 2.1."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a model is trained.

    `tokens` in all; `batch` sequences a step on all devices, `micro` at a time on each copy. `mfu`: the part of the
    peak that the work without recomputation reaches in all, as measured; `efficiency`: the part that products reach
    while they run; `program`: what runs it, with what it reaches on a type of device. `six`: work as six for each
    parameter and token.
    """

    tokens: int
    devices: int
    batch: int
    layout: Layout = ALONE
    micro: int = 1
    zero: int = 0
    recompute: Recompute = "none"
    sequence: bool = False
    interleave: int = 1
    optimizer: str = "adam"
    states: str = "fp32"
    gradients: str | None = None
    master: bool = True
    mfu: Fraction | None = None
    efficiency: Fraction | None = None
    program: Program | None = None
    six: bool = False
    link: str | None = None
    between: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a type that there is not, and for what is not positive."""
        width_of(self.states)
        if self.gradients is not None:
            width_of(self.gradients)
        least = min(self.tokens, self.devices, self.batch, self.micro, self.interleave)
        require(least >= 1, "tokens, devices, batch, micro and interleave are at least 1")

        has_program = self.program is not None
        require(
            self.efficiency is None or not has_program,
            "likely times are those of a program, or for the part of the peak that products reach",
        )
        tells_apart = has_program or self.recompute == "early"
        require(
            not (self.six and tells_apart),
            "six for each parameter and token tell nothing apart: not for a program, nor for `early`",
        )


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one step: products, stages that wait, sending.

    Under a program apart from them: scores of attention, and what goes through memory elsewhere.
    """

    products: Fraction
    waiting: Fraction
    sending: Fraction
    scores: Fraction = Fraction(0)
    elsewhere: Fraction = Fraction(0)

    @property
    def time(self) -> Fraction:
        """All, one behind the other."""
        return self.products + self.scores + self.elsewhere + self.waiting + self.sending


@dataclass(frozen=True, slots=True)
class Told:
    """What was counted, and why layers cannot be told apart, where they cannot."""

    count: Layered
    fault: NotAlike | None = None

    def known(self, *, apart: bool) -> Layered:
        """Raises NotAlike where they have to be."""
        if apart and self.fault is not None:
            raise self.fault
        return self.count


class Counts:
    """What is counted of a model once, whatever the layout."""

    def __init__(self, model: Model) -> None:
        """The model has numbers for all its dimensions."""
        self.model = model
        self.tokens: str = _length(model)
        self._kept: dict[str, Told] = {}

    @property
    def length(self) -> int:
        """Tokens of a sequence."""
        return self.model.values[self.tokens]

    @once
    def training(self) -> Fraction:
        """Multiply-accumulates of one sequence, forward and backward."""
        return Fraction(self.model.quantity("training")())

    @once
    def forward(self) -> Layered:
        """Those of the forward pass. Raises NotAlike."""
        return layered(lambda model: model.macs(), self.model, self.tokens)

    @once
    def early(self) -> Layered:
        """Those that layers perform once more where that stops early. Raises NotAlike."""
        return layered(_early, self.model, self.tokens)

    def kept(self, kind: str, *, apart: bool) -> Layered:
        """`numbers` or `masks` that are kept of one sequence: of layers and outside; all outside if not `apart`.

        Raises NotAlike where they have to be told apart and cannot be.
        """
        if kind not in self._kept:
            self._kept[kind] = self._told(lambda model: model.number(model.kept[kind]))
        return self._kept[kind].known(apart=apart)

    def parameters(self, *, apart: bool) -> Parameters:
        """Numbers of parameters, told apart by what shares them; all outside of layers if not `apart`."""
        experts = self._experts()
        try:
            each, outside = one_for_each(lambda model: model.params(), self.model)
        except NotAlike:
            if apart:
                raise
            return Parameters(Fraction(0), experts, Fraction(self.model.params()) - experts)
        return Parameters(each * (size_of(self.model, "layers") or 1) - experts, experts, outside)

    def _told(self, count: Count) -> Told:
        try:
            return Told(layered(count, self.model, self.tokens))
        except NotAlike as fault:
            return Told(whole(Fraction(count(self.model))), fault)

    def _experts(self) -> Fraction:
        """E/(E - k) of those that are not active in an example, where k of E experts are chosen."""
        count, chosen = size_of(self.model, "experts"), size_of(self.model, "active_experts")
        if count is None or chosen is None or count == chosen:
            return Fraction(0)
        idle = Fraction(self.model.params()) - Fraction(self.model.active())
        return idle * count / (count - chosen)


def _early(model: Model) -> int | Fraction:
    """Multiply-accumulates that layers perform once more where that stops early."""
    subject = model.subject
    return model.number(Layers(subject.assumptions).of(subject.graph)["mac"])


def _length(model: Model) -> str:
    """The dimension that says how many tokens a sequence has: the first of the first input."""
    for name, port in model.ports.items():
        if not port.static:
            return name
    raise NotAlike(model.name, "the length", "no dimension `T` says how many tokens there are", "call it `T`")


class Training:
    """A model that is trained under a plan. Bytes, seconds."""

    def __init__(self, counts: Counts, device: Device, dtype: str, plan: Plan, rates: Rates = UNKNOWN) -> None:
        """Raises UnknownNumberType, UnevenLayout, UnevenDevices, UnevenBatch, NoLinks, ImpossibleUtilization."""
        device.known(dtype)
        self.counts: Counts = counts
        self.device: Device = device
        self.dtype: str = dtype
        self.plan: Plan = plan
        self.rates: Rates = rates
        self.layout: Layout = share_out(plan.devices, plan.layout)
        demand_even(counts.model, self.layout)
        self._demand_even()
        several = self.layout.devices > 1
        self.link: Wire | None = wire(device, plan.link) if several else None
        self.between: Wire | None = self._between() if several else None
        if plan.mfu is not None:
            self._demand_possible(plan.mfu)

    def _between(self) -> Wire:
        """Between copies and stages: over the network where a program says what nodes have. Raises NoLinks."""
        plan = self.plan
        found = wire(self.device, plan.between or plan.link)
        if plan.program is None or plan.devices <= plan.program.node or plan.between is not None:
            return found
        return Wire("the network of a node", min(found.bandwidth, plan.program.network), None)

    def _demand_even(self) -> None:
        """Raises UnevenBatch, and UnevenLayout for what the options of the plan do not divide."""
        plan, layout = self.plan, self.layout
        length = self.counts.length
        if plan.sequence and length % layout.tensor:
            raise UnevenLayout(
                "tensor", layout.tensor, "tokens of a sequence", length, [*nearest(length, layout.tensor)]
            )
        if layout.data % layout.expert:
            words = "copies, among which experts lie"
            raise UnevenLayout("expert", layout.expert, words, layout.data, [*nearest(layout.data, layout.expert)])
        stage = demand(self.counts.model, "layers") // layout.pipeline if plan.interleave > 1 else 1
        if stage % plan.interleave:
            raise UnevenLayout(
                "interleave", plan.interleave, "layers of a stage", stage, [*nearest(stage, plan.interleave)]
            )
        group = layout.data * plan.micro
        if plan.batch % group:
            below = plan.batch // group * group
            words = f"{layout.data} copies with {plan.micro} at a time"
            raise UnevenBatch(plan.batch, group, words, [count for count in (below, below + group) if count])
        self._demand_whole_rounds(group)

    def _demand_whole_rounds(self, group: int) -> None:
        """Parts of stages take turns with as many micro-batches as there are stages: Narayanan et al., section 2.2."""
        plan, stages = self.plan, self.layout.pipeline
        whole = group * stages
        if plan.interleave == 1 or plan.batch % whole == 0:
            return
        below = plan.batch // whole * whole
        words = f"{group} at a time, in rounds of {stages} micro-batches, as `--interleave` needs it"
        raise UnevenBatch(plan.batch, whole, words, [count for count in (below, below + whole) if count])

    # Sizes ----------------------------------------------------------------------------------------

    @property
    def values(self) -> Mapping[str, int]:
        """The numbers of the layout, and of the length."""
        layout, plan = self.layout, self.plan
        named = ((TENSOR, layout.tensor), (PIPELINE, layout.pipeline), (DATA, layout.data), (EXPERT, layout.expert),
                 (MICRO, plan.micro), (BATCH, plan.batch), (self.length, self.counts.length))  # fmt: skip
        return {str(name): value for name, value in named}

    @property
    def length(self) -> Form:
        """Tokens of a sequence, as the model calls them."""
        return symbol(self.counts.tokens)

    @property
    def rounds(self) -> int:
        """Micro-batches of a step on each copy."""
        return self.plan.batch // (self.layout.data * self.plan.micro)

    @property
    def steps(self) -> Fraction:
        """Steps of the whole run."""
        return Fraction(self.plan.tokens, self.plan.batch * self.counts.length)

    # Memory ---------------------------------------------------------------------------------------

    @once
    def states(self) -> States:
        """Parameters, gradients, and what updates keep. Raises NotAlike, UnknownOptimizer."""
        plan = self.plan
        rule = optimizers.load(plan.optimizer)
        parameters = self.counts.parameters(apart=self.layout.pipeline > 1)
        kinds = Kinds.of(self.dtype, plan.gradients or self.dtype, rule, plan.states, master=plan.master)
        return States(parameters, kinds, plan.zero)

    @once
    def activations(self) -> Activations:
        """What is kept for the backward pass. Raises NotAlike."""
        counts, plan = self.counts, self.plan
        width = self.states.kinds.parameter
        shared = self.layout.tensor > 1 and not plan.sequence
        apart = shared or self.layout.pipeline > 1 or plan.recompute != "none"
        numbers, masks = (counts.kept(kind, apart=apart) for kind in ("numbers", "masks"))
        needs_width = shared or plan.recompute in WHOLE
        model_width = demand(counts.model, "width") if needs_width else 0
        return Activations(
            numbers, masks, width, model_width, self.length, plan.recompute, plan.sequence,
            plan.interleave, shared,
        )  # fmt: skip

    @property
    def memory(self) -> Mapping[str, Form]:
        """Bytes on one device, by what they are, as formulas."""
        states = self.states
        return {
            "parameters": states.weights,
            "gradients": states.gradients,
            "optimizer": states.optimizer,
            "activations": self.activations.bytes,
        }

    @once
    def needed(self) -> Mapping[str, Fraction]:
        """The same with the numbers of the layout."""
        return {name: Fraction(form.evaluate(self.values)) for name, form in self.memory.items()}

    @property
    def total(self) -> Fraction:
        """Bytes on one device."""
        return sum(self.needed.values(), Fraction(0))

    @property
    def fits(self) -> bool:
        """Whether they do. Raises MissingFigure."""
        return self.total <= self.device.size

    # Work -----------------------------------------------------------------------------------------

    @property
    def model_macs(self) -> Fraction:
        """Multiply-accumulates of one sequence without recomputation."""
        if self.plan.six:
            return Fraction(SIX, FLOP_PER_MAC) * Fraction(self.counts.model.active()) * self.counts.length
        return self.counts.training

    @property
    def macs(self) -> Fraction:
        """With what is made anew: of all layers in full, of attention what grows with the square of the length."""
        return self.model_macs + self._anew

    @property
    def _anew(self) -> Fraction:
        if self.plan.recompute == "none":
            return Fraction(0)
        if self.plan.six:
            return self.model_macs / 3 if self.plan.recompute == "full" else Fraction(0)
        again, length = self._again, self.counts.length
        return again.layer.at(length) * again.layers

    @property
    def _again(self) -> Layered:
        """What layers make anew."""
        forward = self.counts.forward
        if self.plan.recompute == "none":
            return whole(Fraction(0))
        if self.plan.recompute == "selective":
            scores = Law(Fraction(0), Fraction(0), forward.layer.square)
            return replace(forward, layer=scores)
        return self.counts.early if self.plan.recompute == "early" else forward

    @property
    def flops(self) -> Fraction:
        """Of the whole run, without recomputation."""
        return FLOP_PER_MAC * self.model_macs * Fraction(self.plan.tokens, self.counts.length)

    # Sending --------------------------------------------------------------------------------------

    @property
    def sent(self) -> tuple[Sent, ...]:
        """What one device sends in a step, as formulas; nothing of it is taken to go on beside products."""
        return tuple(self._sent())

    def _sent(self) -> Iterator[Sent]:
        layout = self.layout
        if self.link is None or self.between is None:
            return
        if layout.group > 1 or layout.expert > 1:
            yield from self._between_parts(self.link, self.between)
        if layout.data > 1:
            yield self._between_copies(self.between)

    def _between_parts(self, link: Wire, between: Wire) -> Iterator[Sent]:
        """States of micro-batches: once each way, and once more where the forward pass is made anew in full."""
        layout, passes = self.layout, 6 if self.plan.recompute in WHOLE else 4
        rounds = div(BATCH, mul(DATA, MICRO))
        width = num(self.states.kinds.parameter * demand(self.counts.model, "width"))
        states = mul(width, MICRO, self.length)
        times = mul(num(passes), div(num(demand(self.counts.model, "layers")), PIPELINE), rounds)
        if layout.tensor > 1:
            messages = mul(times, num(2 * (layout.tensor - 1)))
            words = "sums of partial products, two in each layer and direction"
            yield Sent(
                words, "Megatron-LM (2019), section 3", mul(times, added_up(states, TENSOR)), messages, link, "tensor"
            )
        if layout.expert > 1:
            chosen = mul(num(size_of(self.counts.model, "active_experts") or 1), states)
            words = "tokens to their experts and back, in each layer and direction"
            messages = mul(times, num(layout.expert - 1))
            sent = mul(times, gathered(chosen, EXPERT))
            yield Sent(words, "GShard (2020), section 3.2", sent, messages, link, "expert")
        if layout.pipeline > 1:
            messages = mul(num(2 * self.plan.interleave), rounds)
            words = "states and their gradients from stage to stage"
            yield Sent(
                words, "Narayanan et al. (2021), section 2.2", mul(messages, states), messages, between, "pipeline"
            )

    def _between_copies(self, between: Wire) -> Sent:
        """Gradients of all parameters; with ZeRO 3 parameters as well, forward and backward in each micro-batch."""
        words, source = "gradients", "ZeRO (2020), section 7"
        parameters = self.states.parameters
        held = self._between_some(parameters.shared_out, DATA)
        if parameters.experts:
            held = add(held, self._between_some(parameters.of_experts, div(DATA, EXPERT)))
        if self.plan.zero == 3:
            words = "gradients, and parameters as they are needed"
        return Sent(words, source, held, self._messages_of_copies(), between, "data")

    def _messages_of_copies(self) -> Form:
        """Of a ring: once around to add up, once to hand out; with ZeRO 3 once around for each layer that is fetched.

        A layer is fetched forward and backward in each micro-batch, and its gradients are added up once.
        """
        around = num(self.layout.data - 1)
        if self.plan.zero < 3:
            return mul(num(2), around)
        layers = div(num(demand(self.counts.model, "layers")), PIPELINE)
        rounds = div(BATCH, mul(DATA, MICRO))
        return mul(around, layers, add(mul(num(2), rounds), num(1)))

    def _between_some(self, held: Form, copies: Form) -> Form:
        """Bytes for so many parameters of which there are copies."""
        kinds = self.states.kinds
        if self.plan.zero < 3:
            return added_up(mul(num(kinds.gradient), held), copies)
        fetched = mul(num(2 * kinds.parameter), div(BATCH, mul(DATA, MICRO)))
        return mul(add(fetched, num(kinds.gradient)), held, rest(copies))

    # Time -----------------------------------------------------------------------------------------

    @property
    def bubble(self) -> Fraction:
        """Waiting for each second of products: (pipeline - 1)/(v · micro-batches). Narayanan et al., section 2.2."""
        return Fraction(self.layout.pipeline - 1, self.plan.interleave * self.rounds)

    @property
    def least(self) -> Fraction:
        """Seconds of the whole run that no machine with these peaks undercuts: products at their ceiling."""
        return self._of_step(self.device.ceiling("mac", self.dtype)) * self.steps

    def _of_step(self, rate: Fraction) -> Fraction:
        return self.macs * self.plan.batch / (rate * self.layout.devices)

    @property
    def measured(self) -> Fraction | None:
        """Seconds of the whole run at the part of the peak that is given; None without one."""
        if self.plan.mfu is None:
            return None
        rate = self.device.rate("mac", self.dtype) * self.plan.mfu * self.layout.devices
        return self.model_macs * self.plan.batch * self.steps / rate

    @once
    def likely(self) -> Spent | None:
        """Seconds of a step: under a program, or for the part of the peak that products reach; None without either.

        Raises NotFitted, NotAlike.
        """
        if self.plan.program is not None:
            return self._under(self.plan.program.on(self.device.id, self.dtype))
        if self.plan.efficiency is None:
            return None
        products = self._of_step(self.device.rate("mac", self.dtype) * self.plan.efficiency)
        return Spent(products, products * self.bubble, time(self.sent, self.values))

    def _under(self, reached: Reached) -> Spent:
        """What is shared out is shared evenly; sending goes on beside nothing."""
        peak, each = self.device.rate("mac", self.dtype), Fraction(self.plan.batch, self.layout.devices)
        scores = self.scores * each / (peak * reached.scores)
        products = (self.macs - self.scores) * each / (peak * reached.products)
        elsewhere = reached.passes * self.elsewhere * each / self.device.bandwidth
        waiting = (products + scores + elsewhere) * self.bubble
        return Spent(products, waiting, time(self.sent, self.values), scores, elsewhere)

    @property
    def scores(self) -> Fraction:
        """Multiply-accumulates of a sequence that grow with the square of its length.

        Both factors of these products are no parameters: backward they are three times what they are forward.
        """
        forward, length = self.counts.forward, self.counts.length
        square = 3 * forward.layer.square + self._again.layer.square
        return square * length * length * forward.layers

    @property
    def elsewhere(self) -> Fraction:
        """Bytes of a sequence that layers keep but for scores, and a third more where layers are made anew."""
        numbers, masks = (self.counts.kept(kind, apart=True) for kind in ("numbers", "masks"))
        width, length = self.states.kinds.parameter, self.counts.length
        layer = (width * numbers.layer.linear + masks.layer.linear) * length
        again = Fraction(4, 3) if self.plan.recompute in WHOLE else Fraction(1)
        return layer * numbers.layers * again

    @property
    def seconds(self) -> Fraction:
        """Of the whole run: as measured, else likely, else at least."""
        if self.measured is not None:
            return self.measured
        return self.least if self.likely is None else self.likely.time * self.steps

    @property
    def pace(self) -> Fraction:
        """Seconds of a step by which layouts are ranked: likely ones, else least ones with waiting and sending."""
        if self.likely is not None:
            return self.likely.time
        return self.least / self.steps * (1 + self.bubble) + time(self.sent, self.values)

    @property
    def bill(self) -> Bill:
        """What it costs."""
        return self.bill_of(self.seconds)

    def bill_of(self, seconds: Fraction) -> Bill:
        """What a run of so many seconds costs."""
        return bill(seconds * self.layout.devices, self.device, self.rates)

    @property
    def possible(self) -> Fraction:
        """The largest part of the peak that work without recomputation can reach: stages wait, some is done twice."""
        return self.model_macs / self.macs / (1 + self.bubble)

    def _demand_possible(self, mfu: Fraction) -> None:
        if mfu <= self.possible:
            return
        why = f"{float(self.macs / self.model_macs - 1):.1%} is made anew, and stages wait {float(self.bubble):.1%}"
        raise ImpossibleMfu(f"{float(mfu):g}", rounded_down(self.possible), why)
