"""What the commands for several models share: `FILE`, `FILE:Model`, folders, and numbers for all of them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from symcost.cli.check import found
from symcost.cli.common import Value, assigned, open_document

if TYPE_CHECKING:
    from symcost.export.subject import Subject
    from symcost.model import Model


def parted(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> tuple[list[str], dict[str, Value]]:
    """Files, then `NAME=VALUE`; a file whose name holds `=` is still a file."""
    files = [word for word in given if "=" not in word or os.path.exists(word)]
    if not files:
        raise click.BadParameter("give a file, such as elman.arch or elman.arch:Elman", ctx, param)
    return files, assigned(ctx, param, tuple(word for word in given if word not in files))


def models_of(word: str) -> list[tuple[str, Model]]:
    """The models that `FILE`, `FILE:Model` or a folder names, each with the name of its file.

    Raises NoModel, UnknownModel and the faults of the file.
    """
    if word == "-" or os.path.exists(word):
        files = [(PurePath(file).stem, open_document(file)) for file in found(word)]
        models = [(stem, model) for stem, document in files for model in document.models.values()]
        return models or [(stem, document.model()) for stem, document in files]  # which says that there is none
    file, _, name = word.rpartition(":")
    if not (file and (file == "-" or os.path.exists(file))):
        raise click.BadParameter(f"there is no file {word!r}")
    return [(PurePath(file).stem, open_document(file).model(name))]


def with_values(subjects: Iterable[Subject], values: dict[str, Value]) -> list[Subject]:
    """Each model with the numbers, or expressions over other dimensions, for the dimensions that it has.

    Raises UnknownDimension for a name that none of them has, BadValue and the other faults of Model.at.
    """
    from symcost.errors import UnknownDimension

    given = list(subjects)
    # Expressions first: `I=D` makes a number for `D` one for `I`.
    for name, value in sorted(values.items(), key=lambda pair: not isinstance(pair[1], str)):
        if not any(one.knows(name) for one in given):
            known = {port: None for one in given for port in one.model.ports}
            raise UnknownDimension(name, " or ".join(one.label for one in given[:3]), known)
        given = [one.given(name, value) if one.knows(name) else one for one in given]
    return given
