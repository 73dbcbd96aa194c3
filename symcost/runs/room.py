"""Room: how many texts fit at once, with all that lives beside weights and caches while they are read and written.

Two kinds of passes have to fit, on all devices of a copy, each with what lives at once in it at most (see
analysis/memory/peak.py: nothing is written over what it was made of):

    writing   a token of each text, behind the longest cache: what a text keeps, its states and its scores
    reading   a prompt, at once or a part of it; in a pipeline each stage has another one. The other texts keep their
              caches meanwhile; where prompts are read in chunks, they write in the same pass

Devices that share products hold what lies outside of them each in full: a state, what is read of it, and up to two sums
of partial products, as wide as the model (Shoeybi et al., Megatron-LM, 2019, section 3), and the scores once they are
gathered (section 5 there keeps them apart; servers that sample gather them).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from symcost.errors import SymcostError
from symcost.formula import Form, add, floor_div, maximum, minimum, mul, num
from symcost.hardware.workload import carried
from symcost.once import once
from symcost.records import dataclass
from symcost.timing import Timing

OUTSIDE = 4
"""Tensors as wide as the model that each of the devices that share products holds in full, at most."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """What devices that share products hold several times.

    `devices` of them; `copies` of each cache; bytes of the states of a token, as wide as the model, and of its scores.
    """

    devices: int
    copies: Fraction
    state: Fraction
    scores: Fraction

    def outside(self, tokens: int, scored: int) -> Fraction:
        """Bytes outside of products, for so many tokens, of which so many get scores."""
        return OUTSIDE * tokens * self.state + scored * self.scores

    def on_all(self, alive: Form, carried_: Form, outside: Fraction) -> Form:
        """Bytes on all of them of what one device would hold: no device holds more than that one."""
        if self.devices == 1:
            return alive
        work = add(alive, -carried_)
        again = minimum(work, num(outside))
        return add(mul(num(self.copies), carried_), work, mul(num(self.devices - 1), again))


@dataclass(frozen=True, slots=True)
class Living:
    """Bytes of one text that live at once, at most, its cache with them: while it writes, and while it is read.

    `cache`: at its longest. `readers`: prompts that are read at the same time. `beside`: the others write meanwhile.
    """

    cache: Fraction
    writing: Fraction
    reading: Fraction
    readers: int
    beside: bool

    def needed(self, texts: int) -> Fraction:
        """Bytes of so many, at most."""
        read = min(texts, self.readers)
        others = self.writing if self.beside else self.cache
        return max(texts * self.writing, read * self.reading + (texts - read) * others)

    def most(self, there: Fraction) -> int:
        """The most texts that surely fit in so many bytes."""
        writing = int(max(there, Fraction(0)) // self.writing)
        if not self.beside:
            return min(writing, self._others(there, self.cache))
        return min(writing, self._others(there, self.writing))

    def _others(self, there: Fraction, each: Fraction) -> int:
        """Those that are read, and as many others as fit beside them."""
        left = there - self.readers * self.reading
        if left < 0:
            return int(max(there, Fraction(0)) // self.reading)
        return self.readers + int(left // each)

    def beside_a_draft(self, small: Living) -> Living:
        """With what lives in the small model, too; the cache is that of both already."""
        writing, reading = self.writing + small.writing, self.reading + small.reading
        return replace(self, writing=writing, reading=reading)

    def formula(self, there: Fraction, cache: Form, writing: Sequence[Form]) -> Form:
        """The same over the tokens in the cache, for the prompt that was asked for; `writing`: what may be the most."""
        fits = [floor_div(num(there), one) for one in writing]
        left = there - self.readers * self.reading
        if left < 0:
            return minimum(*fits, num(self._others(there, self.cache)))
        others = writing if self.beside else (cache,)
        return minimum(*fits, *(add(num(self.readers), floor_div(num(left), one)) for one in others))


class Pass:
    """What lives in a pass of one text over some tokens, of which some get scores."""

    def __init__(self, timing: Timing, sharing: Sharing, tokens: int, scored: int) -> None:
        self.timing: Timing = timing
        self.sharing: Sharing = sharing
        self.outside: Fraction = sharing.outside(tokens, scored)

    @once
    def alive(self) -> Fraction | None:
        """Bytes on all devices; None where it is not decided what lives at once."""
        found = self.timing.footprint()
        if found.alive is None:
            return None
        whole = self.sharing.on_all(num(found.alive), num(found.state), self.outside)
        return Fraction(whole.evaluate({}))

    def forms(self) -> tuple[Form, ...]:
        """The same with the tokens in the cache open: the largest of these. Empty where it is not decided."""
        timing = self.timing
        types, shown = timing.types, timing.model.shown
        try:
            peaks = timing.model.answers.peaks_in(types.widths.by_kind)
        except SymcostError:
            return ()
        state = shown(mul(num(types.bytes("state")), carried(timing.model.subject))).expand()
        wider = num(1 - types.bytes("activations") / types.bytes("state"))
        found = (add(shown(peak.form), mul(wider, state)).expand() for peak in peaks)
        return tuple(self.sharing.on_all(maximum(one, state), state, self.outside).expand() for one in found)
