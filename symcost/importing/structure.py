"""From the programs of one model, one for each configuration, to the text of its file."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.importing.align import align
from symcost.importing.definitions import define
from symcost.importing.growing import grown, without_aliases
from symcost.importing.idioms import rewritten
from symcost.importing.normal import normal
from symcost.importing.program import Program
from symcost.importing.routing import routed
from symcost.importing.text import Written, written
from symcost.importing.tree import dissolved, unwrapped


def arch_text(programs: Sequence[Program]) -> str:
    """The `.arch` text by itself. Raises NotAligned where the programs differ in more than sizes."""
    return arch_written(programs).text


def arch_written(programs: Sequence[Program]) -> Written:
    """The `.arch` text; sizes that vary have names where they have one, the others are those of the first program.

    Raises NotAligned where the programs differ in more than sizes.
    """
    aligned = align([grown(without_aliases(program)) for program in programs])
    program, outs = aligned.program, aligned.program.outputs
    items = rewritten(program, routed(program, normal(aligned.items)), outs)
    path, items = unwrapped(dissolved(items))
    items = rewritten(program, items, outs)
    return written(define(program, items, path))
