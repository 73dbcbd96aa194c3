"""From the programs of one model, one for each configuration, to the text of its file."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.importing.align import align
from symcost.importing.definitions import define
from symcost.importing.program import Program
from symcost.importing.text import text


def arch_text(programs: Sequence[Program]) -> str:
    """The `.arch` text; sizes that vary have names where they have one, the others are those of the first program.

    Raises NotAligned where the programs differ in more than sizes.
    """
    aligned = align(programs)
    return text(define(aligned.program, aligned.items))
