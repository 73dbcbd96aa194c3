"""Costs held against bounds: in files, in tests of one's own, and as reports that other machines read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.errors import UndecidedComparison, UnknownQuantity

ROOT = Path(__file__).parents[1]
TEXT = """model Net(x: [T, D], H) { return x -> Linear(H) -> relu -> Linear(D) }
config small { D = 8, H = 16 }
expect Net { params == 2*D*H + D + H  macs >= 2*T  params < 2*D*H + D + H }
expect Net(small) { params <= 300  params <= 200 }
"""


@pytest.fixture
def net(tmp_path: Path) -> Path:
    file = tmp_path / "net.arch"
    file.write_text(TEXT, encoding="utf-8")
    return file


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
@pytest.mark.parametrize("bound", ["D*H", "4*D*H*T", "2*D*H*T", "3"])
def test_a_bound_holds_where_all_small_sizes_say_so(sign: str, bound: str) -> None:
    """An expectation `macs <= e` is kept, broken or undecided as the numbers from 1 to 4 are of one mind."""
    text = f"model Net(x: [T, D], H) {{ return x -> Linear(H) -> Linear(D) }} expect Net {{ macs {sign} {bound} }}"
    compared = {"<": int.__lt__, "<=": int.__le__, ">": int.__gt__, ">=": int.__ge__}[sign]
    limits = {"D*H": lambda d, h, t: d * h, "4*D*H*T": lambda d, h, t: 4 * d * h * t, "3": lambda d, h, t: 3}
    limit = limits.get(bound, lambda d, h, t: 2 * d * h * t)
    said = {compared(2 * d * h * t, limit(d, h, t)) for d, h, t in product(range(1, 5), repeat=3)}
    if len(said) == 2:
        with pytest.raises(UndecidedComparison, match="cannot tell whether"):
            symcost.loads(text).check()
    else:
        assert symcost.loads(text).check()[0].ok is said.pop()


def test_assert_cost_names_all_that_is_broken(net: Path) -> None:
    symcost.assert_cost(net, params="== 2*D*H + D + H", macs=">= T")
    symcost.assert_cost(f"{net}:Net", config="small", at={"T": 10}, macs="<= 2560", params="< 281")
    with pytest.raises(AssertionError, match=r"Net: macs is 2560, not < 2560; params is 280, not <= 200") as caught:
        symcost.assert_cost(net, config="small", at={"T": 10}, macs="< 2560", params="<= 2e2")
    assert "depth" not in str(caught.value)


@pytest.mark.parametrize(
    ("bounds", "fault"),
    [
        ({"macs": "4e9"}, ValueError),
        ({"macs": 4_000_000}, ValueError),
        ({"macs": "<= 4G"}, ValueError),
        ({"mags": "<= 4"}, UnknownQuantity),
        ({"macs": "<= 1000*T"}, UndecidedComparison),
    ],
)
def test_what_is_no_bound_is_refused(net: Path, bounds: dict[str, str], fault: type[Exception]) -> None:
    with pytest.raises(fault):
        symcost.assert_cost(net, **bounds)


def test_junit_has_a_case_for_each_expectation(net: Path) -> None:
    """As JUnit's readers count them: five cases, two of them failures, with what was found."""
    printed = CliRunner().invoke(main, ["check", str(net), "--format", "junit"])
    assert printed.exit_code == 1
    (suite,) = ElementTree.fromstring(printed.stdout)
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("5", "2", "0")
    failed = [case for case in suite if len(case)]
    assert [case.get("name") for case in failed] == ["params < 2*D*H + D + H", "params <= 200"]
    assert failed[1][0].get("message") == "found 280, expected 200"


def test_a_file_that_cannot_be_read_is_an_error_for_junit(tmp_path: Path) -> None:
    file = tmp_path / "a&<b>.arch"
    file.write_text("model Net(x: [T]) { return y }", encoding="utf-8")
    (suite,) = ElementTree.fromstring(CliRunner().invoke(main, ["check", str(file), "--format", "junit"]).stdout)
    assert (suite.get("name"), suite.get("errors")) == (str(file), "1")


def test_sarif_points_to_the_lines(net: Path) -> None:
    """A result for each broken line, at its columns, which SARIF counts from 1 with the end excluded."""
    log = json.loads(CliRunner().invoke(main, ["check", str(net), "--format", "sarif"]).stdout)
    assert log["version"] == "2.1.0"
    results = log["runs"][0]["results"]
    regions = [result["locations"][0]["physicalLocation"]["region"] for result in results]
    lines = TEXT.splitlines()
    shown = [lines[at["startLine"] - 1][at["startColumn"] - 1 : at["endColumn"] - 1] for at in regions]
    assert shown == ["params < 2*D*H + D + H", "params <= 200"]
    assert {result["ruleId"] for result in results} == {"broken-expectation"}


@pytest.mark.slow
def test_pytest_collects_files_when_asked(net: Path) -> None:
    """`pytest --arch`: five tests, two of which fail by their reports; without the option there is none."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "symcost.pytest_plugin", "-p", "no:cacheprovider"]

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, *options], cwd=net.parent, env=environment, capture_output=True, text=True)

    asked = run("--arch")
    assert "2 failed, 3 passed" in asked.stdout
    assert "error[broken-expectation]: `params <= 200` does not hold" in asked.stdout
    assert "Traceback" not in asked.stdout
    assert "no tests ran" in run().stdout


def test_a_guard_guards_something(net: Path) -> None:
    with pytest.raises(ValueError, match="no bound is given"):
        symcost.assert_cost(net)


def test_one_faulty_expectation_hides_no_other(net: Path) -> None:
    """What cannot be asked is an error of its own; the four that were kept, and the broken ones, are told as before."""
    net.write_text(TEXT + "expect Net { memory <= 3 }\n", encoding="utf-8")
    printed = CliRunner().invoke(main, ["check", str(net), "--format", "junit"])
    (suite,) = ElementTree.fromstring(printed.stdout)
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("6", "2", "1")
    assert printed.exit_code == 1


def test_a_budget_is_a_file_that_uses_others(net: Path) -> None:
    """Bounds for several files, kept outside of them: 2·8·16 + 8 + 16 = 280 parameters, and 2·T of another file."""
    (net.parent / "other.arch").write_text("model Other(x: [T, D]) { return x -> Linear(2) }", encoding="utf-8")
    budget = net.parent / "budget.arch"
    head = 'use "net.arch"\nuse "other.arch"\nconfig tight { D = 8, H = 16 }\n'
    budget.write_text(head + "expect Net(tight) { params <= 280 }\nexpect Other { macs <= 2*D*T }\n", encoding="utf-8")
    assert CliRunner().invoke(main, ["check", str(budget)]).exit_code == 0
    budget.write_text(head + "expect Net(tight) { params < 280 }\nexpect Other { macs < 2*D*T }\n", encoding="utf-8")
    printed = CliRunner().invoke(main, ["check", str(budget)])
    assert printed.exit_code == 1 and "0 of 2 kept" in printed.stdout
