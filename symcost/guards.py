"""Guards: files held against their expectations, and costs against bounds, for tests and continuous integration."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from symcost.arguments import FILE, NAME, NOTHING, VALUES, Kind, taking
from symcost.errors import BrokenExpectation, NothingToCheck
from symcost.syntax import ast

if TYPE_CHECKING:
    from symcost.document import Checked, Document
    from symcost.export.reports.check import Verdict
    from symcost.model import Model

BOUND = re.compile(r"\s*(==|<=|>=|<|>)\s*(.+)", re.DOTALL)


def _is_model(value: object) -> bool:
    from symcost.model import Model

    return isinstance(value, Model)


SUBJECT = Kind("a model", _is_model) | FILE


def arch_files(path: str) -> list[str]:
    """The file itself, or all `.arch` files of a folder, in the order of their names.

    Raises NothingToCheck.
    """
    if not os.path.isdir(path):
        return [path]
    files = sorted(str(file) for file in Path(path).rglob("*.arch") if file.is_file())
    if not files:
        raise NothingToCheck(path)
    return files


def judged(document: Document, file: str = "") -> Verdict:
    """What came of the expectations of a document; its own faults are kept, too. `file` is how it was asked for."""
    from symcost.export.reports.check import Verdict

    checked, wrong = document.judged()
    faults = [] if wrong is None else [wrong]
    for item in checked:
        if not item.ok:
            faults.append(BrokenExpectation(item.text, item.span, item.found, item.expected, item.difference))
    return Verdict(file or document.name, checked, faults, list(_unanswered(document, checked)))


def _unanswered(document: Document, checked: Sequence[Checked]) -> Iterator[tuple[str, str]]:
    """The expectations of which nothing came, by what they are about."""
    from symcost.document import about

    answered = {id(item.check) for item in checked}
    for block in document.items:
        if isinstance(block, ast.Expect):
            yield from ((about(block), check.span.text) for check in block.checks if id(check) not in answered)


@taking(subject=SUBJECT, config=NAME | NOTHING, at=VALUES | NOTHING)
def assert_cost(
    subject: Model | str | PathLike[str], *, config: str | None = None, at: Mapping[str, object] | None = None,
    **bounds: str,
) -> None:  # fmt: skip
    """Raises AssertionError unless a model keeps bounds, all of them named with what was found.

    `subject` is a model, `FILE` or `FILE:MODEL`; `at` puts numbers in, `config` those of a configuration. A bound is
    `==`, `<=`, `<`, `>=` or `>` and a formula, by the name of a question:

        assert_cost("models/tagger.arch:Tagger", at={"T": 512}, macs="<= 4.1e9", params="== 12*D*D + D")

    Raises UnknownQuantity, ValueError for what is no bound, UndecidedComparison where it depends on open dimensions,
    and the faults of the file.
    """
    if not bounds:
        raise ValueError('no bound is given, such as `macs="<= 4.1e9"`')
    model = _model(subject)
    if config is not None:
        model = model.configured(config)
    model = model.at(**at or {})
    broken = [words for name, bound in bounds.items() if (words := _broken(model, name, bound))]
    if broken:
        raise AssertionError(f"{model.name}: " + "; ".join(broken))


def _model(subject: Model | str | PathLike[str]) -> Model:
    from symcost.document import load
    from symcost.model import Model

    if isinstance(subject, Model):
        return subject
    file = os.fspath(subject)
    if os.path.exists(file) or ":" not in file:
        return load(file).model()
    file, _, name = file.rpartition(":")
    return load(file).model(name)


def _broken(model: Model, name: str, bound: str) -> str:
    """What is found where a bound is not kept; nothing where it is."""
    from symcost.reading import form

    parts = BOUND.fullmatch(bound) if isinstance(bound, str) else None
    if parts is None:
        raise ValueError(f"{bound!r} is no bound for `{name}`, such as `<= 4.1e9` or `== 3`")
    sign, limit = parts[1], form(parts[2])
    found = model.quantity(name)
    if found == limit if sign == "==" else found.keeps(sign, limit):
        return ""
    return f"{name} is {found}, not {sign} {limit}"
