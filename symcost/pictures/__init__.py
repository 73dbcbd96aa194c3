"""Pictures of a model: a scene says what is shown, a drawing where, and one file for each writing how it is written.

>>> import symcost
>>> from symcost.pictures import graph
>>> picture = graph(symcost.load("examples/lecture/elman.arch").model(), unroll=3)
>>> picture
<Picture Elman: 22 boxes>
>>> picture.written("svg")[:27]
'<svg xmlns="http://www.w3.o'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symcost.pictures.picture import Picture as Picture

if TYPE_CHECKING:
    from symcost.model import Model


def graph(
    model: Model, *, of: str = "macs", levels: int | None = None, unroll: int | None = None, every: bool = False
) -> Picture:
    """The architecture: blocks in blocks, shapes beside the wires, what each counts of a quantity in it.

    Numbers and colours by share where all dimensions have a number, else formulas. `of` is a sum over the lines, such
    as `macs`, `params` or `flops`, or a depth: then the boxes on the longest path have their steps on it. Blocks are
    opened `levels` deep, else as deep as a page shows it; layers that everybody knows, such as `Linear` and `softmax`,
    stay closed unless `every` one is wanted. `unroll`: so many rounds of each recurrence side by side, the last one
    behind dots, and the ways of their gradients back.

    Raises UnknownQuantity, UnderivedDepth, TooLargeToDraw, NothingToUnroll; ValueError for fewer than one level or two
    rounds.
    """
    from symcost.pictures.picture import of_model

    return of_model(model, of, levels, unroll, every=every)
