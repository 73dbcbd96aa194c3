"""Files of one model at several sizes: which of its sizes differ, and keys that name them.

A file says no keys. The first size that differs among the files is one, and so is every further one that is no product
of those before it. Two files tell little: what has the same ratio in both by chance has one name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symcost.importing.align import Aligned, align
from symcost.importing.growing import grown, without_aliases
from symcost.importing.names import NEAR, Names, Product, Sum
from symcost.importing.program import Program, Size
from symcost.importing.tree import Loop
from symcost.importing.walk import nodes

LAYERS, WIDTH = "layers", "width"
"""What keys are called, with a number from the second on."""

Vector = tuple[int, ...]


def with_keys(programs: Sequence[Program], files: Sequence[int]) -> list[Program]:
    """The programs, each of one of the files, with a key for what differs among the files. Raises NotAligned."""
    aligned = align([grown(without_aliases(program)) for program in programs])
    known = _given_keys(programs)
    found: dict[str, Vector] = {}
    for word, values in _sizes(aligned):
        keys = {**known, **found}
        if _of_files(values, files) and not _is_product(values, keys):
            found[_fresh(word, set(keys))] = values

    keyed = []
    for place, program in enumerate(programs):
        keyed.append(_keyed(program, {key: values[place] for key, values in found.items()}))
    return keyed


def _given_keys(programs: Sequence[Program]) -> dict[str, Vector]:
    """The keys that the programs have already, each with its value in every program."""
    configurations = [program.configurations[0] for program in programs]
    return {key: tuple(one[key] for one in configurations) for key in configurations[0]}


def _sizes(aligned: Aligned) -> Iterator[tuple[str, Vector]]:
    """All that varies, in the order of the text: rounds of a loop, and anything else."""
    counts = {id(node.count) for node in nodes(aligned.items) if isinstance(node, Loop)}
    whole = (*aligned.program.inputs, *aligned.items, *aligned.program.parameters)
    for node in nodes(whole):
        if isinstance(node, Size) and len(set(node.values)) > 1:
            yield LAYERS if id(node) in counts else WIDTH, node.values


def _of_files(values: Vector, files: Sequence[int]) -> bool:
    """Whether a size is the same wherever the file is."""
    return len(set(zip(files, values, strict=True))) == len(set(files))


def _is_product(values: Vector, keys: Mapping[str, Vector]) -> bool:
    """Whether a size is a product of keys, of a number and keys, or of such a one by a key."""
    found = Names(keys, near=NEAR, far=()).find(values) if keys else None
    match found:
        case Sum(products=(Product(),), number=0):
            return True
    return False


def _fresh(word: str, taken: set[str]) -> str:
    name, number = word, 1
    while name in taken:
        number += 1
        name = f"{word}{number}"
    return name


def _keyed(program: Program, sizes: Mapping[str, int]) -> Program:
    """A program of one configuration, with more keys in it."""
    return replace(program, configurations=({**program.configurations[0], **sizes},))
