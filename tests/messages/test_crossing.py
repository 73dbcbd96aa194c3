"""Faults cross processes: each one that a text provokes comes back from a pickle as it was."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from symcost.errors import Faults, SymcostError
from symcost.formula import TooLarge, Unset, symbol
from tests.messages.test_messages import NAMES, furnish, shutil, subclasses, tell

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> list[SymcostError]:
    folder = tmp_path_factory.mktemp("crossing")
    for room in sorted({path.parent for path in HERE.glob("*/*.arch")}):
        shutil.copytree(room, folder / room.name / "here", ignore=shutil.ignore_patterns("*.txt"))
    furnish(folder)
    files = [(folder / name).parent / "here" / f"{Path(name).name}.arch" for name in NAMES]
    return [fault for file in files for fault in tell(file).faults]


@pytest.mark.slow
def test_each_fault_comes_back(faults: list[SymcostError]) -> None:
    """Its report, code, places and all that it knows are the same, whichever protocol, and it can be copied."""
    assert len({type(fault) for fault in faults}) > 0.9 * len(subclasses(SymcostError) - {Faults})
    for fault in faults:
        again = [pickle.loads(pickle.dumps(fault, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]
        for one in (*again, copy.copy(fault), copy.deepcopy(fault)):
            assert type(one) is type(fault)
            assert str(one) == str(fault)
            assert one.args == fault.args
            assert one.code == fault.code and one.report.code == fault.report.code
            assert one.undecided == fault.undecided
            assert vars(one).keys() == vars(fault).keys()
            assert one.report.notes == fault.report.notes and one.report.helps == fault.report.helps
            label, was = one.report.label, fault.report.label
            assert (label and str(label.span)) == (was and str(was.span))


def test_several_at_once(faults: list[SymcostError]) -> None:
    """Gathered faults are gathered there as well, and places of one text are still in one text."""
    gathered = pickle.loads(pickle.dumps(Faults(faults[:5])))
    assert [str(one) for one in gathered.faults] == [str(one) for one in faults[:5]]
    for one in gathered.faults:
        spans = [label.span for label in (one.report.label, *one.report.others) if label]
        names = {span.source.name for span in spans}
        assert len({id(span.source) for span in spans}) == len(names)


def test_what_arithmetic_raises() -> None:
    """A symbol without a value is said with its symbol."""
    again = pickle.loads(pickle.dumps(Unset(symbol("T"))))
    assert again.symbol == symbol("T") and str(again) == str(Unset(symbol("T")))
    assert pickle.loads(pickle.dumps(TooLarge("a number"))).args == ("a number",)
