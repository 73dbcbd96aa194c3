"""Windows: stretches of an axis that may overlap, laid side by side under an axis of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symcost.formula import Form, add, floor_div, mul, num
from symcost.ops import reads
from symcost.ops.base import Applied, Operand, Site, axis_of, op
from symcost.ops.gradient import Gradient, first_input, nothing_kept, taken_back
from symcost.ops.memory import NEW
from symcost.ops.reads import At, Reading
from symcost.ops.steps import no_steps
from symcost.ops.use import Use

ONE = num(1)


@reads.alike
def _reads_in_its_window(use: Use, result: int, at: At) -> Iterator[Reading]:
    """The window begins at a multiple of the stride; inside of it positions are a dilation apart."""
    given = use.given
    axis = given["axis"] % len(use.inputs[0].shape)
    position = add(mul(given["stride"], at[axis]), mul(given["dilation"], at[axis + 1]))
    yield Reading(0, (*at[:axis], position, *at[axis + 2 :]))


def _moves(use: Use) -> Mapping[int, Form | None]:
    """All of the input, unless the stride is known to be more than the window has positions."""
    beyond = add(use.given["stride"], -use.given["kernel"]).expand().number
    return {0: use.outputs[0].size if beyond is not None and beyond > 0 else None}


@op(
    reads=_reads_in_its_window,
    gradient=Gradient(through=first_input, work=taken_back, needs=nothing_kept, in_place=True),
    memory=NEW._replace(moves=_moves),
    steps=no_steps,
)
def unfold(site: Site, x: Operand, kernel: Form, stride: Form = ONE, dilation: Form = ONE, axis: int = -2) -> Applied:
    """All the windows of an axis, `kernel` positions each, that fit into it; the new axis stands behind the old one.

    Shape   (..., n, c) -> (..., windows, kernel, c), with floor((n - dilation·(kernel - 1) - 1) / stride) + 1 windows
    Counts  nothing; in the gradient one addition for each number that comes out
    Source  PyTorch: Tensor.unfold(dimension, size, step); im2col of Chellapilla, Puri and Simard, High performance
            convolutional neural networks for document processing (2006)
    """
    where = axis_of(x, axis, site)
    reach = add(mul(dilation, add(kernel, -ONE)), ONE)
    site.sizes.no_less(x.shape[where], reach, site.at("kernel"))
    windows = add(floor_div(add(x.shape[where], -reach).expand(), stride), ONE)
    shape = (*x.shape[:where], site.sizes.tidy(windows), kernel, *x.shape[where + 1 :])
    return Applied((shape,))
