"""What the library gives where a config.json says nothing: one file for each model type, written from its classes.

    python tests/published/write_types.py llama qwen3 ...   for these types and those of the tables inside of them
    python tests/published/write_types.py --check           whether those that lie there are as the library has them

Needs transformers; what it writes, `symcost/published/types/*.toml`, ships with the package and needs nothing.
A type has: how the names of its classes begin, all its classes, other names of a key (`[aliases]`), tables inside of it
with their types (`[tables]`), keys that are null (`null`), and values (`[defaults]`). `heads_divide`: the library
refuses a width that is no multiple of the number of heads. What all types have in common lies in `common.toml`.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "symcost" / "published" / "types"
COMMON = "PreTrainedConfig"


def fields(config: type) -> dict[str, Any]:
    """The values of a configuration class before anything is derived from others; what is no plain data is None."""
    found: dict[str, Any] = {}
    for field in dataclasses.fields(config):
        value = field.default
        if field.default_factory is not dataclasses.MISSING:
            value = field.default_factory()
        found[field.name] = None if value is dataclasses.MISSING else value
    return found


def classes(model_type: str) -> list[str]:
    """All model classes of a type that the library chooses by it."""
    import transformers.models.auto.modeling_auto as auto

    found: list[str] = []
    for name in sorted(vars(auto)):
        mapping = getattr(auto, name)
        if name.startswith("MODEL_") and name.endswith("_MAPPING_NAMES") and hasattr(mapping, "get"):
            one = mapping.get(model_type)
            found += [one] if isinstance(one, str) else list(one or [])
    return sorted(dict.fromkeys(found))


def labelled(config: type) -> int:
    """How many classes a classifier tells apart where the file says nothing."""
    try:
        return len(config().id2label or (0, 0))
    except Exception:  # a configuration that cannot be made of nothing
        return 2


def heads_divide(config: type) -> bool:
    """Whether it is refused that the number of heads does not divide the width."""
    try:
        config(hidden_size=4096, num_attention_heads=7, num_key_value_heads=7)
    except Exception as error:
        return "multiple of the number of attention" in str(error)
    return False


def prefix(model_type: str, names: list[str], config: type) -> str:
    """How the names of the classes of a type begin: as that of its configuration does."""
    begin = config.__name__.removesuffix("Config")
    if any(name.startswith(begin) for name in names) or not names:
        return begin
    import transformers.models.auto.modeling_auto as auto

    base = auto.MODEL_MAPPING_NAMES.get(model_type)
    return base.removesuffix("Model") if isinstance(base, str) else begin


def toml(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(str(key))} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, float):
        return "inf" if value == float("inf") else repr(value)
    return json.dumps(value, ensure_ascii=False)


def entry(key: str, value: Any) -> str:
    return f"{key if key.isidentifier() and key.isascii() else json.dumps(key)} = {toml(value)}"


def plain(value: Any) -> bool:
    """Whether TOML can say it, without null inside."""
    if isinstance(value, dict):
        return all(map(plain, value.values()))
    if isinstance(value, list | tuple | set):
        return not isinstance(value, set) and all(map(plain, value))
    return isinstance(value, bool | int | float | str)


def text(name: str, model_type: str, config: type, common: dict[str, Any]) -> str:
    """The file of a type."""
    import transformers

    names = classes(model_type)
    lines = [f"# {config.__name__} of transformers {transformers.__version__}.", f"type = {toml(name)}"]
    lines.append(f"prefix = {toml(prefix(model_type, names, config))}")
    lines.append(f"classes = {toml(names)}")
    labels = labelled(config)
    lines += [f"labels = {labels}"] if labels != 2 else []
    lines += ["heads_divide = true"] if heads_divide(config) else []
    own = fields(config)
    own = {key: value for key, value in own.items() if key not in common or common[key] != value}
    inner = specs(config)
    empty = sorted(key for key, value in own.items() if key not in inner and not plain(value))
    lines.append(f"null = {toml(empty)}")
    if config.attribute_map:
        lines += ["", "[aliases]", *(entry(key, value) for key, value in config.attribute_map.items())]
    for key, spec in inner.items():
        fixed = hasattr(spec.config_class, "model_type") and bool(spec.config_class.model_type)
        lines += ["", f"[tables.{key}]", f"type = {toml(type_name(spec))}"]
        lines += [f"fixed = {toml(fixed)}", f"optional = {toml(bool(spec.optional))}"]
        given = {key: value for key, value in spec.init_kwargs.items() if plain(value)}
        lines += [f"init = {toml(given)}"] if given else []
        lines += ["filled = true"] if given and filled(config, key, given) else []
    told = {key: value for key, value in own.items() if key not in inner and plain(value)}
    lines += ["", "[defaults]", *(entry(key, value) for key, value in told.items())]
    return "\n".join(lines) + "\n"


def filled(config: type, key: str, given: dict[str, Any]) -> bool:
    """Whether a table that a file has, and that says nothing, is completed with these entries.

    Never where they are what its type has by default: then nobody can tell, and another type would be spoilt by them.
    """
    from transformers import CONFIG_MAPPING

    spec = specs(config)[key]
    try:
        plain = CONFIG_MAPPING[type_name(spec)]()
        table = getattr(config(**{key: {"model_type": spec.model_type}}), key)
    except Exception:  # a table that cannot be made of nothing
        return False
    others = [name for name, value in given.items() if hasattr(plain, name) and getattr(plain, name) != value]
    return bool(others) and all(getattr(table, name) == given[name] for name in others)


def specs(config: type) -> dict[str, Any]:
    return dict(getattr(config, "sub_configs_defaults", None) or {})


def config_of(spec: Any) -> type | None:
    """The class of a table inside of another."""
    from transformers import CONFIG_MAPPING

    if getattr(spec.config_class, "model_type", ""):
        return spec.config_class
    return CONFIG_MAPPING.get(spec.model_type)


def type_name(spec: Any) -> str:
    """What the type of a table inside of another is called here: by its class where the library has no name for it."""
    from transformers import CONFIG_MAPPING

    config = config_of(spec)
    if config is None:
        return spec.model_type or ""
    known = config.model_type in CONFIG_MAPPING and CONFIG_MAPPING[config.model_type] is config
    return config.model_type if known else config.__name__


def wanted(names: list[str]) -> dict[str, tuple[str, type]]:
    """The types to write, with those inside of them: what each is called here, its name in the library, its class."""
    from transformers import CONFIG_MAPPING

    found: dict[str, tuple[str, type]] = {}
    waiting: list[tuple[str, str, type]] = [(name, name, CONFIG_MAPPING[name]) for name in names]
    while waiting:
        name, model_type, config = waiting.pop()
        if name in found:
            continue
        found[name] = model_type, config
        for spec in specs(config).values():
            inner = config_of(spec)
            if inner is not None:
                waiting.append((type_name(spec), inner.model_type, inner))
    return found


def common_text(common: dict[str, Any]) -> str:
    import transformers

    told = {key: value for key, value in common.items() if plain(value)}
    lines = [f"# What all configurations of transformers {transformers.__version__} have in common."]
    lines.append(f"null = {toml(sorted(key for key in common if key not in told))}")
    return "\n".join([*lines, "", "[defaults]", *(entry(key, value) for key, value in told.items())]) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("types", nargs="*")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    from transformers import CONFIG_MAPPING, PreTrainedConfig

    common = fields(PreTrainedConfig)
    there = {path.stem for path in FOLDER.glob("*.toml")}
    names = options.types or sorted(name for name in there if name in CONFIG_MAPPING)
    files = {"common": common_text(common)}
    for name, (model_type, config) in wanted(names).items():
        files[name] = text(name, model_type, config, common)
    wrong = 0
    for name, content in files.items():
        path = FOLDER / f"{name}.toml"
        if options.check:
            wrong += not path.exists() or path.read_text(encoding="utf-8") != content
            continue
        path.write_text(content, encoding="utf-8")
    sys.stdout.write(f"{len(files)} types" + (f", {wrong} differ\n" if options.check else "\n"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
