"""Run every layer of `layers.py` through the counting tools, and keep what they say.

    python tests/conventions/tools/run_tools.py            # prints the table
    python tests/conventions/tools/run_tools.py --write    # and keeps it as `counted_torch_VERSION.json`

Needs torch, fvcore, thop and ptflops, and nothing of symcost. Everything runs on a CPU, in `eval` mode and with
gradients on, as each tool is called in its own documentation. A tool that fails on a layer has `null` there.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from layers import LAYERS, Layer  # noqa: E402  (stands beside this script)

PACKAGES = ("torch", "fvcore", "thop", "ptflops")


def held(layer: Layer) -> Any:
    """The counterpart of a layer inside of a module that hands it its inputs, as it would stand in a network."""
    import torch

    class Held(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.made = layer.make(torch.nn)

        def forward(self, a: Any, b: Any = None, c: Any = None) -> Any:
            tensors = [tensor for tensor in (a, b, c) if tensor is not None]
            out = layer.forward(self.made, *tensors) if layer.forward else self.made(*tensors)
            return out[0] if isinstance(out, tuple) else out

    torch.manual_seed(0)
    return Held().eval()


def given(layer: Layer) -> tuple[Any, ...]:
    """The inputs of a layer."""
    import torch

    if layer.tokens:
        return tuple(torch.zeros(shape, dtype=torch.long) for shape in layer.inputs)
    return tuple(torch.rand(shape) for shape in layer.inputs)


def pytorch(layer: Layer) -> int:
    """FlopCounterMode, in its own unit: a MAC is two."""
    from torch.utils.flop_counter import FlopCounterMode

    made, inputs = held(layer), given(layer)
    with FlopCounterMode(display=False) as counted:
        made(*inputs)
    return int(counted.get_total_flops())


def fvcore(layer: Layer) -> int:
    """FlopCountAnalysis."""
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(held(layer), given(layer))
    return int(analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())


def thop(layer: Layer) -> int:
    """`thop.profile`."""
    from thop import profile

    return int(profile(held(layer), inputs=given(layer), verbose=False)[0])


def ptflops(layer: Layer) -> int | None:
    """`get_model_complexity_info` with its backend `pytorch`; it prints its failures and returns nothing."""
    from ptflops import get_model_complexity_info

    counted, _ = get_model_complexity_info(
        held(layer),
        (1,),
        input_constructor=lambda _: dict(zip("abc", given(layer), strict=False)),
        as_strings=False,
        print_per_layer_stat=False,
        backend="pytorch",
    )
    return None if counted is None else int(counted)


TOOLS: dict[str, Callable[[Layer], int | None]] = {
    "pytorch": pytorch,
    "fvcore": fvcore,
    "thop": thop,
    "ptflops": ptflops,
}


def count(tool: str, name: str) -> int | None:
    """What a tool says of a layer; nothing where it fails."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            return TOOLS[tool](LAYERS[name])
        except Exception:
            return None
        finally:
            logging.disable(logging.NOTSET)


def table() -> dict[str, Any]:
    """All that all tools say, with their versions."""
    versions = {package: version(package).partition("+")[0] for package in PACKAGES}
    return {"versions": versions, "layers": {name: {tool: count(tool, name) for tool in TOOLS} for name in LAYERS}}


def main() -> None:
    counted = table()
    for name, row in counted["layers"].items():
        sys.stdout.write(f"{name:50} {'  '.join(f'{tool} {row[tool]}' for tool in TOOLS)}\n")
    if "--write" in sys.argv:
        target = HERE / f"counted_torch_{counted['versions']['torch']}.json"
        lines = (f'    "{name}": {json.dumps(row)}' for name, row in counted["layers"].items())
        text = (
            f'{{\n  "versions": {json.dumps(counted["versions"])},\n  "layers": {{\n' + ",\n".join(lines) + "\n  }\n}\n"
        )
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
