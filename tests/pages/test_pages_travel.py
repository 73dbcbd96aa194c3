"""Pages cross processes: what comes out is what would have been written, in every writing."""

from __future__ import annotations

import copy
import pickle

import pytest

from symcost.export.writings import names
from tests.pages.test_pages import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_travels(name: str) -> None:
    """By what it says, as the model stays where it is; also copied, and pickled twice."""
    page = COMMANDS[name][1]()
    again = pickle.loads(pickle.dumps(page))
    assert [again.written(writing) for writing in names()] == [page.written(writing) for writing in names()]
    assert pickle.loads(pickle.dumps(again)).written() == page.written()
    assert copy.deepcopy(page).written() == str(page) + "\n"
    assert repr(again) == repr(page)
