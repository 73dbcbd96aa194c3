"""An exported program as plain data, and how a module is exported: before decomposition, in-place writes unwritten."""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import torch

from symcost.importing.exporting.counts import counting, macs_of

MOST_STACK = 400


class CannotExport(Exception):
    """PyTorch refuses a model; `str` is what to tell."""


def export(module: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """The program of a module in inference. Raises CannotExport."""
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            program = _exported(module.eval(), args, dict(kwargs))
        except Exception as problem:
            raise CannotExport(_said(problem)) from problem
        return program.run_decompositions({}) if writes(program.graph) else program


def _exported(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Once more where a model hands out what is no tensor, such as a cache, or makes tensors on the CPU beside meta."""
    try:
        return torch.export.export(module, args, kwargs=kwargs, strict=False)
    except Exception as problem:
        said = str(problem)
        if "not a known type" not in said and "device" not in said:
            raise
    if "not a known type" in said:
        handle = module.register_forward_hook(_only_tensors)
        try:
            return torch.export.export(module, args, kwargs=kwargs, strict=False)
        finally:
            handle.remove()
    with torch.device("meta"):
        return torch.export.export(module, args, kwargs=kwargs, strict=False)


def _only_tensors(module: Any, args: Any, output: Any) -> Any:
    """The results of a model that are tensors, without what else it hands out."""
    values = output.values() if hasattr(output, "values") else output
    return tuple(one for one in values if isinstance(one, torch.Tensor))


def _said(problem: Exception) -> str:
    first = str(problem).strip().split("\n\n")[0]
    return f"{type(problem).__name__}: {first}"[:600]


# Writes in place ---------------------------------------------------------------------------------------------------


def writes(graph: Any) -> bool:
    """Whether something is written in place and read again under another name than the result of the write.

    An activation in place is none of these where nobody asks for the tensor before it any more.
    """
    place = {node: at for at, node in enumerate(graph.nodes)}
    return any(_seen_elsewhere(node, place) for node in graph.nodes if _mutable(node))


def _mutable(node: Any) -> bool:
    return isinstance(node.target, torch._ops.OpOverload) and node.target._schema.is_mutable


def _seen_elsewhere(node: Any, place: Mapping[Any, int]) -> bool:
    """Whether what is written is read later by another name than the result: of a view, or of what it is a view of."""
    written = node.args[0] if node.args else None
    if not isinstance(written, torch.fx.Node) or not node.users:
        return True
    root = _root(written)
    if root.op == "placeholder":
        return True
    return any(_is_read_behind(alias, node, place) for alias in _aliases(root, node))


def _is_read_behind(alias: Any, writing: Any, place: Mapping[Any, int]) -> bool:
    """Whether a tensor is read later than something is written."""
    return any(place[user] > place[writing] for user in alias.users)


def _root(node: Any) -> Any:
    """What a view is a view of, in the end."""
    while (_is_view(node) or _mutable(node)) and isinstance(node.args[0], torch.fx.Node):
        node = node.args[0]
    return node


def _aliases(root: Any, writing: Any) -> list[Any]:
    """All that may share the numbers of a tensor, but for what is made by a write itself."""
    found = [root]
    for alias in found:  # it grows while it is gone through
        views = (user for user in alias.users if user is not writing and user.args and user.args[0] is alias)
        found.extend(user for user in views if (_is_view(user) or _mutable(user)) and user not in found)
    return found


def _is_view(node: Any) -> bool:
    """Whether a node may share its numbers with another."""
    if node.target is operator.getitem:
        return True
    if not isinstance(node.target, torch._ops.OpOverload):
        return False
    schema = node.target._schema
    by_name = schema.name.split("::")[1] in {"reshape", "flatten", "contiguous", "to", "squeeze", "unflatten", "chunk"}
    return by_name or any(one.alias_info is not None and not one.alias_info.is_write for one in schema.returns)


# Plain data ----------------------------------------------------------------------------------------------------------


def plain(program: Any, name: str, configuration: Mapping[str, int], params: int) -> dict[str, Any]:
    """A program as `graph.read_graph` reads it. Raises CannotExport, NotCounted."""
    origins, signature = _origins(program), program.graph_signature
    leaves: list[dict[str, Any]] = []
    nodes: list[dict[str, Any]] = []
    outputs: list[str] = []
    schemas: dict[str, dict[str, Any]] = {}
    with counting() as counter:
        for node in program.graph.nodes:
            if node.op == "placeholder":
                leaves += _leaf(node, origins)
            elif node.op == "output":
                outputs = [one.name for one in _flat(node.args) if isinstance(one, torch.fx.Node)]
            elif node.op == "call_function":
                schemas.setdefault(_op(node), _schema(node))
                nodes.append(_node(node, macs_of(node, counter)))
            else:
                raise CannotExport(f"`{node.op}` in the exported graph")
    written = {*signature.buffers_to_mutate, *signature.user_inputs_to_mutate}
    return {
        "name": name,
        "configuration": dict(configuration),
        "leaves": leaves,
        "nodes": nodes,
        "outputs": [one for one in outputs if one not in written],
        "schemas": schemas,
        "params": params,
        "versions": {"torch": torch.__version__},
    }


Origins = Mapping[str, tuple[str, str]]
"""The kind of a leaf and its name in the source, by its name in the graph."""


def _origins(program: Any) -> Origins:
    """Where parameters, buffers and constants come from; what is tied has one name."""
    signature = program.graph_signature
    tables = {
        "param": signature.inputs_to_parameters,
        "buffer": signature.inputs_to_buffers,
        "constant": getattr(signature, "inputs_to_lifted_tensor_constants", {}),
    }
    first = _first_names(program)
    found = {}
    for kind, table in tables.items():
        for name, source in table.items():
            found[name] = kind, first.get(source, source)
    return found


def _first_names(program: Any) -> dict[str, str]:
    """One name for each parameter, whatever names it is tied to."""
    by_tensor: dict[int, str] = {}
    return {name: by_tensor.setdefault(id(tensor), name) for name, tensor in program.state_dict.items()}


def _leaf(node: Any, origins: Origins) -> Iterator[dict[str, Any]]:
    value = node.meta.get("val")
    if isinstance(value, torch.Tensor):
        kind, source = origins.get(node.name, ("input", node.name))
        yield {"name": node.name, "kind": kind, "tensor": _tensor(value), "source": source}


def _node(node: Any, macs: int) -> dict[str, Any]:
    value = node.meta.get("val")
    several = isinstance(value, (list, tuple))
    values = value if several else [value]
    return {
        "name": node.name,
        "op": _op(node),
        "args": dict(_arguments(node)),
        "results": [_tensor(one) if isinstance(one, torch.Tensor) else None for one in values],
        "several": several,
        "scopes": [[path, cls] for path, cls in _scopes(node)],
        "where": _where(node),
        "macs": macs,
    }


def _op(node: Any) -> str:
    if isinstance(node.target, torch._ops.OpOverload):
        return str(node.target._schema.name).replace("::", ".")
    return str(getattr(node.target, "__name__", node.target))


def _schema(node: Any) -> dict[str, Any]:
    if not isinstance(node.target, torch._ops.OpOverload):
        return {"defaults": {}, "mutable": False}
    schema = node.target._schema
    defaults = {one.name: _argument(one.default_value) for one in schema.arguments if one.has_default_value()}
    return {"defaults": defaults, "mutable": schema.is_mutable}


def _arguments(node: Any) -> Iterator[tuple[str, Any]]:
    """Arguments by the names that PyTorch declares."""
    for name, value in (*zip(_names(node), node.args, strict=False), *node.kwargs.items()):
        yield name, _argument(value)


def _names(node: Any) -> list[str]:
    if isinstance(node.target, torch._ops.OpOverload):
        return [one.name for one in node.target._schema.arguments]
    return [f"a{place}" for place, _ in enumerate(node.args)]


def _argument(value: Any) -> Any:
    match value:
        case torch.fx.Node():
            return {"node": value.name}
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else {"float": str(value)}
        case list() | tuple():
            return [_argument(one) for one in value]
    return {"kept": _printable(str(value).removeprefix("torch."))}


def _printable(text: str) -> str:
    """On one line, and not endless."""
    return " ".join(text.split())[:MOST_STACK]


def _tensor(value: Any) -> list[Any]:
    sizes = []
    for size in value.shape:
        if not isinstance(size, int):
            raise CannotExport(f"a size that depends on the numbers of an input: {size}")
        sizes.append(size)
    return [sizes, str(value.dtype).removeprefix("torch.")]


def _scopes(node: Any) -> Iterator[tuple[str, str]]:
    """The modules around a node, outermost first; a second call of a module has its number behind `@`."""
    for key, (path, cls) in (node.meta.get("nn_module_stack") or {}).items():
        if path:
            again = f"@{key.rsplit('@', 1)[1]}" if "@" in key else ""
            name = cls if isinstance(cls, str) else cls.__name__
            yield f"{path.split('@')[0]}{again}", name.rsplit(".", 1)[-1]


def _where(node: Any) -> str:
    """The innermost line of the source that is not of PyTorch: `modeling_llama.py:412`."""
    lines = [one.strip() for one in (node.meta.get("stack_trace") or "")[-4000:].splitlines()]
    files = [one for one in lines if one.startswith('File "')]
    own = [one for one in files if "/torch/" not in one] or files
    if not own:
        return ""
    path, _, rest = own[-1][6:].partition('", line ')
    return _printable(f"{path.rsplit('/', 1)[-1]}:{rest.split(',')[0]}")


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from _flat(one)
    elif isinstance(value, dict):
        yield from _flat(list(value.values()))
    else:
        yield value


def count_parameters(module: Any) -> int:
    """Learned scalars of a module; what is tied counts once."""
    unique = {id(one): one.numel() for one in module.parameters()}
    return sum(unique.values())
