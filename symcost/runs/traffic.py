"""Traffic: what devices send each other, as formulas, and how long that takes.

A ring sends (n - 1)/n of what is gathered or scattered over each link, and twice that to add up: Thakur, Rabenseifner &
Gropp, Optimization of collective communication operations in MPICH (2005), section 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from symcost.formula import Form, add, div, mul, num
from symcost.records import dataclass
from symcost.runs.layout import Wire

Operand = Form | int | Fraction


@dataclass(frozen=True, slots=True)
class Sent:
    """What one device sends: `bytes` in `messages`, over a link, and why. Nothing else goes on in the meantime.

    `way`: the way of sharing that needs it, as layouts call it.
    """

    words: str
    source: str
    bytes: Form
    messages: Form
    link: Wire
    way: str

    def seconds(self, values: Mapping[str, int]) -> Fraction:
        """Bytes over bandwidth, and the latency of each message where the sheet has one."""
        spent = Fraction(self.bytes.evaluate(values)) / self.link.bandwidth
        if self.link.latency is not None:
            spent += Fraction(self.messages.evaluate(values)) * self.link.latency
        return spent


def rest(devices: Form) -> Form:
    """(n - 1)/n"""
    return div(add(devices, num(-1)), devices)


def added_up(size: Operand, devices: Form) -> Form:
    """Bytes that each of n devices sends until all have the sum: 2·(n - 1)/n of its size."""
    return mul(num(2), rest(devices), size)


def gathered(size: Operand, devices: Form) -> Form:
    """Bytes that each sends until all have all of it, or each its part of the sum: (n - 1)/n of the whole size."""
    return mul(rest(devices), size)


def time(sent: Iterable[Sent], values: Mapping[str, int]) -> Fraction:
    """Seconds, one behind the other."""
    return sum((one.seconds(values) for one in sent), Fraction(0))
