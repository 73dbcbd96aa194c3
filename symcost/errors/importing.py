"""What stands in the way of a model's import, and what helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symcost.errors.base import SymcostError

PYPI: Mapping[str, str] = {"torch": "symcost[import]", "onnx": "symcost[onnx]", "numpy": "symcost[calibrate]"}
"""What to install for a package; the others are installed under their own name."""

READ_BY: Mapping[str, str] = {
    "onnx": "files of ONNX are read by it; PyTorch is not needed for them",
    "sweep": "many sizes at once are worked out in arrays of NumPy, and written to Parquet by PyArrow",
    "plot": "plots in SVG, PDF and PNG are drawn by matplotlib; `.pgf` needs nothing",
    "numpy": "the microbenchmarks of `symcost calibrate` run through it",
}
"""What a package is needed for, but for those that PyTorch's models need."""

PRINTED = "it printed: "

COUNTED: Mapping[str, str] = {"params": "parameters", "macs": "MACs"}


class MissingExtra(SymcostError):
    """A package that the import needs is not there."""

    code = "missing-package"

    def __init__(self, package: str, extra: str = "") -> None:
        """`extra`: what of ours needs it, where several do."""
        wanted = f"symcost[{extra}]" if extra else PYPI.get(package, package)
        super().__init__(
            f"the package `{package}` is not installed",
            notes=[
                READ_BY.get(
                    extra or package, "PyTorch models are read by running them on PyTorch, without their numbers"
                )
            ],
            helps=[f"write `pip install '{wanted}'`"],
        )


FORMS = (
    "name a model as `torchvision:NAME`, `timm:NAME`, `hf:config.json`, `FILE.onnx`, or `package.module:function` "
    "for a function that returns a module and its inputs"
)


class NoSuchSource(SymcostError):
    """What is to be imported does not lead to a model."""

    code = "no-such-model"

    def __init__(self, source: str, why: str) -> None:
        super().__init__(
            f"cannot import `{source}`",
            notes=[why],
            helps=[] if source.endswith(".onnx") else [FORMS],
        )


class CannotCapture(SymcostError):
    """PyTorch does not export a model, or its own code fails."""

    code = "not-exported"

    def __init__(
        self,
        source: str,
        why: str,
        *,
        path: str = "",
        where: str = "",
        parts: Sequence[str] = (),
        printed: str = "",
    ) -> None:
        at = f", {where}" if where else ""
        told = [f"{PRINTED}{line}" for line in printed.splitlines()]
        super().__init__(
            _not_captured(source, path, parts),
            notes=[f"{why}{at}", *told],
            helps=_other_part(path, parts),
        )


def _not_captured(source: str, path: str, parts: Sequence[str]) -> str:
    """Where no part is known, it did not come as far as a model."""
    if path:
        return f"PyTorch cannot export `{source}` in `{path}`"
    return f"PyTorch cannot export `{source}`" if parts else f"the code of `{source}` fails"


def _other_part(path: str, parts: Sequence[str]) -> list[str]:
    """The first part of a model but the one that is not exported."""
    failing = path.split(".")[0]
    others = [part for part in parts if part != failing]
    return [f"import a part of it, such as `--module {others[0]}`"] if others else []


class CaptureTooLong(SymcostError):
    """A model that is not exported in time."""

    code = "import-too-long"

    def __init__(self, source: str, seconds: int) -> None:
        super().__init__(
            f"`{source}` is not exported after {seconds} seconds",
            helps=["give it more by `--seconds`, or make it smaller: fewer layers, shorter inputs"],
        )


class CaptureTooLarge(SymcostError):
    """A model whose export needs more memory than it may have."""

    code = "import-too-large"

    def __init__(self, source: str) -> None:
        super().__init__(
            f"the export of `{source}` needs more memory than it may have",
            helps=["make it smaller: fewer layers, shorter inputs; or import a part of it by `--module`"],
        )


class UnknownOperation(SymcostError):
    """Something that a model does and the language has no words for, yet."""

    code = "unknown-operation"

    def __init__(self, operation: str, why: str, path: str, cls: str, where: str, whole: bool) -> None:
        inside = f"`{path}` ({cls})" if path else "the network itself"
        at = f", {where}" if where else ""
        helps = [] if whole else [f"import a part that does without it, by `--module`: one that is not around `{path}`"]
        super().__init__(f"cannot write `{operation}` in .arch: {why}", notes=[f"in {inside}{at}"], helps=helps)


class CountsDiffer(SymcostError):
    """The text would say another number than PyTorch: there is no text."""

    code = "counts-differ"

    def __init__(self, source: str, what: str, ours: object, theirs: object, places: Sequence[str]) -> None:
        super().__init__(
            f"the text for `{source}` has {ours} {COUNTED[what]}, PyTorch counts {theirs}: nothing is written",
            notes=[*places],
            helps=["this is a fault of symcost; please report the model"],
        )
