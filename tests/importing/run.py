"""Imports a long list of models, one forked child each, and says of each whether it is exact, refused or wrong.

    python -m tests.importing.run [--list models.txt] [--out results.jsonl] [--again] [--named] [NAME ...]

It can be stopped and goes on where it was; the table is printed at the end. Truth is PyTorch's: the number of unique
parameters, and FlopCounterMode at every operation of the exported program. A type of transformers is taken with the
sizes of its default configuration and at most four layers. With `--named` a model is made at several configurations,
and a line of the list is a source and the keys that vary (`tests.importing.factories:resnet width=8,12,20`).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SECONDS, MEMORY = 240, 16 << 30
LAYERS = re.compile(
    r"num_hidden_layers|n_layers?|num_layers|(en|de)coder_layers|depth|num_(de|en)coder_layers|num_blocks|"
    r"num_hidden_layers_\w+"
)
MOST_LAYERS = {"jamba": 8}
ATTENTION = ("full_attention", "sliding_attention")
CHANGED: dict[str, dict[str, Any]] = {
    "granitemoehybrid": {"layer_types": ["linear_attention", "full_attention"] * 2},  # its default has no attention
    # Defaults that the library cannot build itself, or not at four layers.
    "cohere_compass_text": {
        "rope_parameters": {kind: {"rope_type": "default", "rope_theta": 1e4} for kind in ATTENTION}
    },
    "dbrx": {"attn_config": {"rope_theta": 1e4, "kv_n_heads": 8, "clip_qkv": 8.0}},
    "deepseek_v2": {"num_experts_per_tok": 6},
    "dory": {
        # A file tells attention and MLP as two.
        "num_hidden_layers": 8, "n_input_layers": 2, "n_recurrent_layers": 4, "n_output_layers": 2,
        "layer_types": ["sliding_attention", "mlp", "full_attention", "mlp"] * 2,
    },
    "dots1": {"n_routed_experts": 16, "n_shared_experts": 1, "num_experts_per_tok": 4},
    "emu3": {"vocabulary_map": {"<|extra_200|>": 1, "<image>": 2, "<|visual token 000000|>": 3}},
    "gemma3n": {"text_config": {"num_kv_shared_layers": 0}},
    "gemma3n_text": {"num_kv_shared_layers": 0},
    "gemma4_assistant": {
        "text_config": {
            "model_type": "gemma4_text", "hidden_size_per_layer_input": 0, "num_hidden_layers": 4,
            "num_kv_shared_layers": 0, "vocab_size_per_layer_input": 0,
        }
    },
    "gemma4_unified_assistant": {"text_config": {"num_kv_shared_layers": 0}},
    "hunyuan_v1_dense": {"head_dim": 128},
    "hunyuan_v1_moe": {"head_dim": 128},
    "lfm2_moe": {"layer_types": ["conv", "full_attention"] * 2},
    "ministral": {"head_dim": 128},
    "nemotron": {"num_key_value_heads": 48},
    "qwen4_exp_text": {
        "indexer_n_heads": 4, "indexer_kv_heads": 1, "indexer_head_dim": 64, "indexer_budget": 64,
        "indexer_compress_ratio": 4,
    },
    "xmod": {"default_language": "en_XX"},
}  # fmt: skip


def main() -> None:
    options = _options()
    done = _done(options.out, options.again)
    for source in options.names or filter(None, options.list.read_text().splitlines()):
        if source in done and not options.names:
            continue
        result = {"source": source, **_forked(source, options.flat, options.named)}
        with options.out.open("a") as file:
            file.write(json.dumps(result) + "\n")
        print(_line(result), flush=True)
    print(table(list(_done(options.out, again=False).values())))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--list", type=Path, default=HERE / "data" / "models.txt")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "symcost-import.jsonl")
    parser.add_argument("--again", action="store_true", help="those that were not exact once more")
    parser.add_argument("--flat", action="store_true", help="check the plain text, before structure")
    parser.add_argument("--named", action="store_true", help="over the keys that vary, at several configurations")
    return parser.parse_args()


def _done(out: Path, again: bool) -> dict[str, dict[str, Any]]:
    lines = map(json.loads, out.read_text().splitlines()) if out.exists() else ()
    found = {line["source"]: line for line in lines}
    return {name: one for name, one in found.items() if one["status"] == "exact"} if again else found


def _line(result: Mapping[str, Any]) -> str:
    said = str(result.get("why", "")).replace("\n", " ")[:150]
    return f"{result['status']:8} {result['source']:45} {result['seconds']:5} s {result.get('lines', '')} {said}"


# One model ----------------------------------------------------------------------------------------------------------


def _forked(source: str, flat: bool, names: bool) -> dict[str, Any]:
    """A model in a child that has torch imported already; killed after some time."""
    _preload()
    reading, writing = os.pipe()
    began = time.monotonic()
    if not (child := os.fork()):
        os.close(reading)
        _child(source, flat, names, writing)
    os.close(writing)
    text = _read(reading, began + SECONDS)
    if text is None:
        os.kill(child, 9)
    _, _, used = os.wait4(child, 0)
    seconds = round(used.ru_utime + used.ru_stime, 1)
    rest = {"seconds": seconds, "megabytes": used.ru_maxrss // 1024}
    if text is None:
        return {"status": "late", **rest}
    return {**(json.loads(text) if text else {"status": "crash", "why": "the child ended"}), **rest}


def _preload() -> None:
    import timm  # noqa: F401
    import torch
    import torchvision  # noqa: F401
    import transformers.models.auto.modeling_auto  # noqa: F401

    torch.set_num_threads(1)


def _read(reading: int, until: float) -> str | None:
    import select

    held = b""
    with os.fdopen(reading, "rb", buffering=0) as file:
        while True:
            if not select.select([file], [], [], max(until - time.monotonic(), 0))[0]:
                return None
            piece = file.read(1 << 20)
            if not piece:
                return held.decode()
            held += piece


def _child(source: str, flat: bool, names: bool, writing: int) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    if not os.environ.get("LOUD"):
        os.dup2(null, 1)
        os.dup2(null, 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        result = _named(source) if names else one(source, flat)
    except BaseException as problem:
        import traceback

        last = traceback.extract_tb(problem.__traceback__)[-1]
        where = f"{last.filename.rsplit('/', 1)[-1]}:{last.lineno}"
        result = {"status": "crash", "why": f"{type(problem).__name__}: {problem}"[:300], "where": where}
        if os.environ.get("LOUD"):
            traceback.print_exc()
    os.write(writing, json.dumps(result).encode())
    os._exit(0)


def _named(line: str) -> dict[str, Any]:
    """What becomes of a model whose sizes are named by the keys that a line of the list gives, or by its own."""
    from tests.importing.named import named

    source, *given = line.split()
    vary = {key: tuple(map(int, values.split(","))) for key, _, values in (each.partition("=") for each in given)}
    with tempfile.TemporaryDirectory() as folder:
        found = named(_small(source, Path(folder)), vary)
    if (kept := os.environ.get("KEEP")) and "text" in found:
        Path(kept, f"{_file_name(source)}.named.arch").write_text(found["text"])
    return {key: value for key, value in found.items() if key != "text"}


def _file_name(source: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", source)


def one(source: str, flat: bool) -> dict[str, Any]:
    """What becomes of a model."""
    import symcost
    from symcost.importing.aten import translate
    from symcost.importing.capture import checked
    from symcost.importing.exporting.child import answer

    with tempfile.TemporaryDirectory() as folder:
        said = answer({"source": _small(source, Path(folder))})
    if "graph" not in said:
        return {"status": "refused", "stage": said["fault"], "why": said["text"], "path": said.get("path", "")}
    graph = checked(json.loads(json.dumps(said["graph"])), source)
    try:
        program = translate(graph)
    except symcost.SymcostError as fault:
        return {"status": "refused", "stage": "operation", "why": "; ".join(_first(one) for one in fault.faults)}
    theirs = (program.counts["params"][0], program.counts["macs"][0])
    found: dict[str, Any] = {"theirs": theirs, "hidden": graph_rest(graph)}
    if not flat:
        found |= _compared(source, "whole", _whole, program, theirs)
        if found["status"] == "exact":
            return found
    plain = _compared(source, "flat", _flat, program, theirs)
    if flat or plain["status"] != "exact":
        return {**found, **plain, "stage": "flat"}
    return {**found, "stage": "whole", "flat": "exact"}


def _compared(
    source: str, name: str, write: Callable[[Any], str], program: Any, theirs: tuple[int, int]
) -> dict[str, Any]:
    """What a text counts beside what PyTorch does."""
    import symcost

    try:
        text = write(program)
        if folder := os.environ.get("KEEP"):
            Path(folder, f"{_file_name(source)}.{name}.arch").write_text(text)
        model = symcost.loads(text).model()
        ours = (int(model.params()), int(model.macs()))
    except symcost.SymcostError as fault:
        return {"status": "rejected", "why": str(fault)[:1500]}
    status = "exact" if ours == theirs else "wrong"
    return {"status": status, "ours": ours, "lines" if name == "whole" else "flat lines": text.count("\n")}


def graph_rest(graph: Any) -> int:
    """What PyTorch counts for constants."""
    from symcost.importing.aten.constants import live_nodes

    live = live_nodes(graph)
    return sum(node.macs for node in graph.nodes if node.name not in live)


def _flat(program: Any) -> str:
    from symcost.importing.plain import plain_text

    return plain_text(program)


def _whole(program: Any) -> str:
    from symcost.importing.structure import arch_text

    return arch_text([program])


def _first(fault: Any) -> str:
    report = fault.report
    return f"{report.message} ({report.notes[0]})"


def _small(source: str, folder: Path) -> str:
    """A type of transformers as a file with its default sizes and few layers."""
    kind, _, name = source.partition(":")
    if kind != "hf":
        return source
    from transformers import CONFIG_MAPPING

    derived = ("out_features", "out_indices", "_out_features", "_out_indices", "stage_names")
    try:
        data = {key: value for key, value in CONFIG_MAPPING[name]().to_dict().items() if key not in derived}
    except Exception:  # whatever the library says of its own default
        data = {"model_type": name}
    _shrink(data, MOST_LAYERS.get(name, 4))
    _change(data, CHANGED.get(name, {}))
    path = folder / "config.json"
    path.write_text(json.dumps(data, default=str))
    return f"hf:{path}"


def _shrink(data: dict[str, Any], most: int) -> None:
    """Few layers: what a configuration says of each layer is said of those that are left."""
    before = {key: value for key, value in data.items() if isinstance(value, int) and LAYERS.fullmatch(str(key))}
    for key, value in before.items():
        data[key] = min(value, most)
    for key, value in list(data.items()):
        if isinstance(value, dict):
            data[key] = {inner: one for inner, one in value.items() if not _is_layer_from(inner, most)}
            _shrink(data[key], most)
        elif isinstance(value, list) and ("layer_types" in str(key) or len(value) in before.values()):
            data[key] = value[:most]


def _change(data: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Some keys said anew, those of a part in that part."""
    for key, value in changes.items():
        held = data.get(key)
        if isinstance(value, dict) and isinstance(held, dict):
            _change(held, value)
        else:
            data[key] = value


def _is_layer_from(key: object, most: int) -> bool:
    """Whether a key is the number of a layer that is gone."""
    return str(key).isdigit() and int(str(key)) >= most


# The table ------------------------------------------------------------------------------------------------------------


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """Exact, refused by reason, wrong; lines and seconds."""
    lines = [
        f"{'':14}{'tried':>6}{'exact':>7}{'%':>6}{'refused':>9}{'wrong':>7}{'other':>7}   lines  s median/max  MB max"
    ]
    for kind in ("torchvision", "timm", "hf", ""):
        chosen = [one for one in results if one["source"].startswith(kind)]
        if chosen:
            lines.append(_row(kind or "all", chosen))
    reasons = Counter(_reason(one) for one in results if one["status"] != "exact")
    return "\n".join([*lines, "", *(f"{count:4} {reason}" for reason, count in reasons.most_common())])


def _row(name: str, chosen: Sequence[Mapping[str, Any]]) -> str:
    status = Counter(one["status"] for one in chosen)
    exact, refused, wrong = status["exact"], status["refused"], status["wrong"]
    other = len(chosen) - exact - refused - wrong
    lines, seconds = (sorted(one.get(key, 0) for one in chosen) for key in ("lines", "seconds"))
    most = max(one.get("megabytes", 0) for one in chosen)
    middle = len(chosen) // 2
    share = 100 * exact / len(chosen)
    counts = f"{len(chosen):6}{exact:7}{share:6.1f}{refused:9}{wrong:7}{other:7}"
    return f"{name:14}{counts}   {lines[middle]}  {seconds[middle]} / {seconds[-1]}   {most}"


def _reason(one: Mapping[str, Any]) -> str:
    why = str(one.get("why", "")).split("\n")[0][:110]
    return f"{one['status']} {one.get('stage', '')}: {why}"


if __name__ == "__main__":
    main()
