"""What the commands for several models share: `FILE`, `FILE:Model`, folders, and numbers for all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from symcost.cli.common import PUBLISHED, Value, assigned, inline_option, open_any, open_document

if TYPE_CHECKING:
    from symcost.errors import SymcostError
    from symcost.model import Model


def parted(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> tuple[list[str], dict[str, Value]]:
    """Files, then `NAME=VALUE`; a file whose name holds `=` is still a file."""
    files = [word for word in given if "=" not in word or os.path.exists(word)]
    if not files:
        raise click.BadParameter("give a file, such as elman.arch or elman.arch:Elman", ctx, param)
    return files, assigned(ctx, param, tuple(word for word in given if word not in files))


def _behind_its_file(ctx: click.Context, param: click.Parameter, name: str | None) -> None:
    """`--model` belongs to the commands for one model. Raises UsageError."""
    if name is not None:
        raise click.UsageError(f"a model stands behind its file here, as in FILE:{name}", ctx)


def behind_files(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--model`, which says where models are named instead."""
    return click.option("--model", hidden=True, expose_value=False, callback=_behind_its_file)(command)


def sizes_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--config` and `--hf`, for those models whose files know them."""
    for decorate in (
        inline_option,
        click.option("--hf", type=PUBLISHED, metavar="FILE", help="Take the numbers of a Hugging Face config.json."),
        click.option("--config", "configs", multiple=True, metavar="NAME",
                     help="Take the numbers of a configuration, for the models whose file has it."),
    ):  # fmt: skip
        command = decorate(command)
    return command


def with_sizes(
    models: Sequence[tuple[str, Model]], configs: Iterable[str], hf: str | None, *, inline: bool
) -> list[tuple[str, Model]]:
    """The models with the numbers of configurations and of a published file, each where its own file knows them.

    `inline`: with their named sizes written out.

    Raises UnknownConfig and NoMapping where none does, and the faults of `configured`.
    """
    from symcost.errors import NoMapping, UnknownConfig
    from symcost.model import Model

    for config in configs:
        models = _applied(models, Model.configured, config, UnknownConfig)
    if hf is not None:
        models = _applied(models, Model.configured_from, hf, NoMapping)
    return [(file, model.inlined if inline else model) for file, model in models]


def _applied(
    models: Sequence[tuple[str, Model]], change: Callable[[Model, str], Model], name: str, unknown: type[SymcostError]
) -> list[tuple[str, Model]]:
    """Changes the models that it can be applied to, at least one."""
    changed: list[tuple[str, Model]] = []
    refused: list[SymcostError] = []
    for file, model in models:
        try:
            changed.append((file, change(model, name)))
        except unknown as fault:
            refused.append(fault)
            changed.append((file, model))
    if len(refused) == len(changed):
        raise refused[0]
    return changed


def models_of(word: str) -> list[tuple[str, Model]]:
    """The models that `FILE`, `FILE:Model` or a folder names, each with the name of its file.

    Raises NoModel, UnknownModel and the faults of the file.
    """
    from symcost.document import Document
    from symcost.guards import arch_files
    from symcost.zoo import of_published

    if os.path.isdir(word):
        return all_models(arch_files(word))
    if is_file(word):
        document = open_any(word)
        if not isinstance(document, Document):
            return [(PurePath(word).stem, of_published(document))]
        models = document.asked.values() or [document.model()]  # which says that there is none
        return [(PurePath(word).stem, model) for model in models]
    file, _, name = word.rpartition(":")
    if not is_file(file):
        raise click.BadParameter(f"there is no file {word!r}")
    document = open_any(file)
    model = document.model(name) if isinstance(document, Document) else of_published(document, name)
    return [(PurePath(file).stem, model)]


def is_file(word: str) -> bool:
    """Whether a word names a file or folder; `-` is standard input."""
    return word == "-" or os.path.exists(word)


def all_models(files: Sequence[str]) -> list[tuple[str, Model]]:
    """All models that stand in these files themselves, at least one.

    Raises NoModel and the faults of the files.
    """
    documents = [(PurePath(file).stem, open_document(file)) for file in files]
    models = [(stem, model) for stem, document in documents for model in document.models.values()]
    if models:
        return models
    return [(stem, document.model()) for stem, document in documents]  # which says that there is none
