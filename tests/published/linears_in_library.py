"""Which linear layers a model of the library has, by name: `symcost/adapters/linears.toml`, written from its classes.

    python -m tests.published.linears_in_library llama qwen3 ...    these types; what the file says of others stays
    python -m tests.published.linears_in_library --again            those that it has

Needs transformers and torch; nothing is downloaded, and no weights are made (the meta device). Of each type the model
that writes texts (`*ForCausalLM`) is built with its defaults, with every key changed (the variants of
against_library.py), and with all sizes that our mapping reads drawn anew, some 20 times; a type of which some size
never took another value is left out. Of each linear layer its two widths and the layers it stands in are looked at.
What is written is the simplest formula over the sizes of our own text that is right for all: `D -> heads*d_h`.
A name whose layer has no such formula, stands in some of the layers only, or is not run once for each token, is
written as `?`: an adapter that means it is refused. `-` is what has weights and is no linear layer: peft does
something else to it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

from tests.published.against_library import LENGTH, built, classes_of, files_of, prepare, variants

FILE = Path(__file__).parents[2] / "symcost" / "adapters" / "linears.toml"
HEAD = """\
# The linear layers of the models that write texts, as transformers 5.24 calls them, with their widths over the sizes
# of our own text: `in -> out`. A `*` stands for the number of a layer, and there is one in each. `?`: not known; an
# adapter that means it is refused. `-`: has weights and is no linear layer.
# Written by tests/published/linears_in_library.py, never typed.
"""

Sizes = dict[str, int]


@dataclass
class Seen:
    """A linear layer in all the variants that have it."""

    widths: list[tuple[Sizes, int, int]] = field(default_factory=list)
    regular: bool = True
    linear: bool = True


def linears(model: Any) -> dict[str, tuple[int, int]]:
    """The layers that peft adapts as linear ones, by their full names, with their widths."""
    import torch
    from transformers.pytorch_utils import Conv1D

    found: dict[str, tuple[int, int]] = {}
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Linear):
            found[name] = module.in_features, module.out_features
        elif isinstance(module, Conv1D):
            found[name] = module.weight.shape[0], module.weight.shape[1]
    return found


def others(model: Any, layers: dict[str, Any]) -> list[str]:
    """What has weights of its own and is no such layer."""
    named = ((name, module) for name, module in model.named_modules() if name and name not in layers)
    return [name for name, module in named if next(module.parameters(recurse=False), None) is not None]


def run(model: Any, names: Any) -> dict[str, int]:
    """For how many tokens each of them is run in a forward pass."""
    import torch

    runs = dict.fromkeys(names, 0)

    def counted(name: str) -> Any:
        def hook(_module: Any, given: Any, _out: Any) -> None:
            runs[name] += given[0].numel() // given[0].shape[-1]

        return hook

    hooks = [model.get_submodule(name).register_forward_hook(counted(name)) for name in names]
    with torch.device("meta"), torch.no_grad():
        model(input_ids=torch.zeros(1, LENGTH, dtype=torch.long), use_cache=False)
    for hook in hooks:
        hook.remove()
    return runs


def starred(name: str) -> tuple[str, int | None]:
    """A name with a star for the number of its layer, which is the first in it."""
    parts = name.split(".")
    place = next((place for place, part in enumerate(parts) if part.isdecimal()), None)
    if place is None:
        return name, None
    return ".".join([*parts[:place], "*", *parts[place + 1 :]]), int(parts[place])


def look(model_type: str, keys: int) -> tuple[dict[str, Seen], int]:
    """The layers of a type in all its variants, and how many variants there were."""
    from transformers import CONFIG_MAPPING

    import symcost

    (writer, *_) = classes_of(model_type)
    options = argparse.Namespace(keys=keys, deep=False, each_class=False, harmless=False)
    found: dict[str, Seen] = {}
    done: set[str] = set()
    drawn = Drawn(model_type)
    for name, file in itertools.chain(drawn.files(), variants(model_type, [], options)):
        try:
            model = symcost.from_config({**file, "architectures": [writer]})
        except symcost.SymcostError:
            continue
        drawn.note(file, drawn.answered)
        if (said := repr(sorted(model.values.items()))) in done and name != "default":
            continue
        try:
            theirs = built(writer, CONFIG_MAPPING[model_type].from_dict(json.loads(json.dumps(file))))
            layers = linears(theirs)
            runs = run(theirs, layers)
        except Exception:
            continue  # the library refuses it
        done.add(said)
        drawn.note(file, drawn.built)
        note(found, layers, runs, sizes(model))
        for other in others(theirs, layers):
            found.setdefault(starred(other)[0], Seen()).linear = False
    if drawn.stuck:
        print(f"{model_type}: never another {', '.join(drawn.stuck)}")
        return {}, len(done)
    return found, len(done)


def sizes(model: Any) -> Sizes:
    """All numbers of its signature, with those that have them by default."""
    import symcost
    from symcost.formula import symbol

    known: Sizes = {}
    for name in model.ports:
        try:
            known[name] = int(model.number(symbol(name)))
        except (symcost.SymcostError, ValueError):
            continue
    return known


DRAWN = {
    r"num_hidden_layers|num_layers|n_layers?": [3, 4, 5],
    r"num_key_value_heads|num_kv_heads": [1, 2, 4, None],
    r"num_attention_heads|n_heads?|num_heads": [4, 8],
    r"head_dim": [10, 12, 18, None],
    r"hidden_size|n_embd|d_model|word_embed_proj_dim": [56, 72, 88, 104],
    r"vocab_size": [101, 103, 211],
    r"(moe_)?intermediate_size|n_inner|ffn_dim|ffn_hidden_size": [97, 113, 131],
}
"""Values that sizes may have at once, by the names of their keys; None leaves a key out."""


class Drawn:
    """Files of a type whose sizes are drawn anew, all those of which our mapping speaks: also where the library has no
    field of that name."""

    def __init__(self, model_type: str) -> None:
        import symcost
        from symcost.diagnostics import Source
        from symcost.published.closed import mentioned
        from symcost.published.file import Published
        from symcost.published.mapping import _exprs, chosen

        self.model_type = model_type
        document = symcost.load(files_of()[model_type])
        mapping, keys = chosen(document._unit, Published.read(Source("config", json.dumps({"model_type": model_type}))))
        spoken_of = [path[0] for path in mentioned(_exprs(mapping), keys.root) if len(path) == 1]
        self.values = {key: values for key in sorted(spoken_of) if (values := self._values(key))}
        self.answered: dict[str, set[int | None]] = {key: set() for key in self.values}
        self.built: dict[str, set[int | None]] = {key: set() for key in self.values}

    @staticmethod
    def _values(key: str) -> list[int | None]:
        return next((values for pattern, values in DRAWN.items() if re.fullmatch(pattern, key)), [])

    def files(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Some 20 files; of which the library refuses some."""
        draw = random.Random(self.model_type)
        for number in range(20):
            drawn = {key: draw.choice(values) for key, values in self.values.items()}
            said = {key: value for key, value in drawn.items() if value is not None}
            yield f"drawn {number}", {"model_type": self.model_type, "pad_token_id": 0, **said}

    def note(self, file: dict[str, Any], met: dict[str, set[int | None]]) -> None:
        """What a file says that symcost has answered, or that the library has built as well."""
        for key, values in met.items():
            values.add(file.get(key))

    @property
    def stuck(self) -> list[str]:
        """The keys of which symcost answers several values, and of which the library has built one only."""
        return [key for key, values in self.answered.items() if len(values) > 1 and len(self.built[key]) < 2]


def note(found: dict[str, Seen], layers: dict[str, tuple[int, int]], runs: dict[str, int], known: Sizes) -> None:
    """What one variant has."""
    places: dict[str, set[int | None]] = {}
    for name, (width, out) in layers.items():
        star, place = starred(name)
        places.setdefault(star, set()).add(place)
        seen = found.setdefault(star, Seen())
        seen.widths.append((known, width, out))
        seen.regular &= runs[name] == LENGTH and star.count("*") <= 1 and not re.search(r"\.[0-9]+\.", star)
    for star, numbers in places.items():
        if "*" in star:
            found[star].regular &= numbers == set(range(known.get("L", -1)))


# Formulas -----------------------------------------------------------------------------------------


def formula(observed: list[tuple[Sizes, int]]) -> str | None:
    """The simplest formula that is right for all that was seen."""
    names = set.intersection(*(set(sizes) for sizes, _ in observed)) - {"L"}
    for text in candidates(sorted(names, key=lambda name: (name != "D", name))):
        if all(worth(text, sizes) == width for sizes, width in observed):
            return text
    return None


def candidates(names: list[str]) -> Iterator[str]:
    """Sizes, products of two, multiples, and sums of two such; the simple ones first."""
    single = names + [f"{a}*{b}" for a, b in itertools.combinations(names, 2)]
    multiples = [f"{factor}*{one}" for factor in (2, 3, 4) for one in single]
    if {"D", "heads"} <= {*names}:  # where heads have no width of their own
        single += [f"{name}*D/heads" for name in names if name.endswith("heads") and name != "heads"]
    yield from single
    yield from multiples
    for a, b in itertools.permutations([*single, *multiples], 2):
        yield f"{a} + {b}"


def worth(text: str, sizes: Sizes) -> int:
    """A formula of `candidates` in numbers."""
    total = 0
    for part in text.split(" + "):
        product, _, divisor = part.partition("/")
        factors = [int(factor) if factor.isdecimal() else sizes[factor] for factor in product.split("*")]
        total += prod(factors) // (sizes[divisor] if divisor else 1)
    return total


def line(seen: Seen) -> str:
    """What is written of a layer."""
    if not seen.linear:
        return "-" if not seen.widths else "?"
    widths = (
        [formula([(sizes, pair[side]) for sizes, *pair in seen.widths]) for side in (0, 1)] if seen.regular else [None]
    )
    return "?" if None in widths else f"{widths[0]} -> {widths[1]}"


def written(model_type: str, keys: int) -> dict[str, str]:
    """The lines of a type."""
    found, many = look(model_type, keys)
    lines: dict[str, str] = {}
    for star, seen in found.items():
        lines[star] = line(seen)
    print(f"{model_type}: {many} variants, {len(lines)} names, {list(lines.values()).count('?')} not known", flush=True)
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("types", nargs="*")
    parser.add_argument("--again", action="store_true", help="the types that the file has")
    parser.add_argument("--keys", type=int, default=2, help="other values of a key")
    options = parser.parse_args()
    prepare()
    known = (
        {name: one["layers"] for name, one in tomllib.loads(FILE.read_text("utf-8")).items()} if FILE.exists() else {}
    )
    answered = files_of()
    for model_type in known if options.again else options.types:
        if model_type not in answered:
            print(f"{model_type}: no `config hf` speaks of it")
            continue
        known[model_type] = written(model_type, options.keys)
        write(known)
    return 0


def write(known: dict[str, dict[str, str]]) -> None:
    """The file, types in the order of their names."""
    parts = [HEAD]
    for model_type, lines in sorted(known.items()):
        if any("->" in value for value in lines.values()):
            said = "\n".join(f'"{name}" = "{value}"' for name, value in lines.items())
            parts.append(f"[{json.dumps(model_type)}]\nclass = {json.dumps(classes_of(model_type)[0])}\n\n")
            parts[-1] += f"[{json.dumps(model_type)}.layers]\n{said}\n"
    FILE.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
