"""Captured graphs drawn by hand, as PyTorch would export them: a node in a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symcost.importing.graph import Graph, read_graph

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "aten.linear": {"bias": None},
    "aten.conv2d": {"bias": None, "stride": 1, "padding": 0, "dilation": 1, "groups": 1},
    "aten.add": {"alpha": 1},
    "aten.softplus": {"beta": 1, "threshold": 20},
    "aten.max_pool2d": {"stride": [], "padding": 0, "dilation": 1, "ceil_mode": False},
    "aten.layer_norm": {"weight": None, "bias": None, "eps": 1e-5, "cudnn_enable": True},
    "aten.cat": {"dim": 0},
    "aten.slice": {"dim": 0, "start": None, "end": None, "step": 1},
}


class Drawing:
    """A graph in the making; what its methods return are arguments for others."""

    def __init__(self, name: str = "Net") -> None:
        self.name = name
        self.leaves: list[dict[str, Any]] = []
        self.nodes: list[dict[str, Any]] = []
        self.schemas: dict[str, dict[str, Any]] = {}
        self.params = 0
        self.inside: list[list[str]] = []

    def leaf(self, kind: str, name: str, *shape: int, dtype: str = "float32") -> dict[str, str]:
        self.leaves.append({"name": name, "kind": kind, "tensor": [list(shape), dtype], "source": name})
        if kind == "param":
            count = 1
            for size in shape:
                count *= size
            self.params += count
        return {"node": name}

    def input(self, name: str, *shape: int, dtype: str = "float32") -> dict[str, str]:
        return self.leaf("input", name, *shape, dtype=dtype)

    def param(self, name: str, *shape: int) -> dict[str, str]:
        return self.leaf("param", name, *shape)

    def call(
        self, op: str, shape: Sequence[int], /, *,
        dtype: str = "float32", macs: int = 0, mutable: bool = False, **args: Any,
    ) -> dict[str, str]:  # fmt: skip
        name = f"n{len(self.nodes)}"
        full = op if "." in op else f"aten.{op}"
        self.schemas[full] = {"defaults": dict(DEFAULTS.get(full, {})), "mutable": mutable}
        node = {"name": name, "op": full, "args": args, "results": [[list(shape), dtype]], "several": False}
        self.nodes.append({**node, "scopes": [*self.inside], "where": f"net.py:{len(self.nodes)}", "macs": macs})
        return {"node": name}

    def graph(self, *outputs: Mapping[str, str]) -> Graph:
        data = {
            "name": self.name,
            "configuration": {},
            "leaves": self.leaves,
            "nodes": self.nodes,
            "outputs": [one["node"] for one in outputs],
            "schemas": self.schemas,
            "params": self.params,
        }
        return read_graph(data)
