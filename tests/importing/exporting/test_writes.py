"""A write in place is written out only where somebody reads what it changed by another name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402 - torch first

from symcost.importing.exporting.plain import writes  # noqa: E402

Function = Callable[[torch.Tensor], torch.Tensor]


def activation(x: torch.Tensor) -> torch.Tensor:
    return (x * 2).relu_() + 1


def view(x: torch.Tensor) -> torch.Tensor:
    return (x * 2).unsqueeze(1).squeeze(1).add_(1) + 1


def whole(x: torch.Tensor) -> torch.Tensor:
    y = x * 2
    y[:, :1].add_(1)
    return y + 1


def other_view(x: torch.Tensor) -> torch.Tensor:
    y = x * 2
    turned = y.transpose(0, 1)
    changed = y.add_(1)
    return turned.transpose(0, 1) + changed


def given(x: torch.Tensor) -> torch.Tensor:
    return x.add_(1) + 1


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("function", "seen"), [(activation, False), (view, False), (whole, True), (other_view, True), (given, True)]
)
def test_who_reads_what_was_written(function: Function, seen: bool) -> None:
    """Neither an activation nor a sum into a view that nobody else reads; but what is read as a whole, as another view,
    or by whoever gave it.
    """

    class Net(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return function(x)

    with torch.no_grad():
        program = torch.export.export(Net(), (torch.zeros(2, 3, device="meta"),), strict=False)
    assert writes(program.graph) is seen
