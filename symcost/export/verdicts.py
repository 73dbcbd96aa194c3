"""What came of expectations, for machines that show it: JUnit's XML and SARIF 2.1.0.

JUnit's is the form of its Ant task, which Jenkins, GitLab and GitHub's actions read; SARIF that of OASIS (2020).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from symcost.errors import BrokenExpectation, SymcostError

if TYPE_CHECKING:
    from symcost.diagnostics import Report
    from symcost.export.reports.check import Verdict

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
UNPRINTABLE = {code: "�" for code in range(32) if code not in (9, 10, 13)}
"""What XML cannot hold at all."""


def junit(verdicts: Sequence[Verdict]) -> str:
    """A suite for each file, a case for each expectation; a file with faults of its own is an error."""
    root = Element("testsuites", name="symcost")
    for verdict in verdicts:
        _suite(root, verdict)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, verdict: Verdict) -> None:
    failed = [item for item in verdict.checked if not item.ok]
    others = own(verdict)
    count = str(len(verdict.checked) + len(others))
    suite = SubElement(root, "testsuite", name=_text(verdict.file), tests=count, failures=str(len(failed)),
                       errors=str(len(others)))  # fmt: skip
    for item in verdict.checked:
        case = SubElement(suite, "testcase", classname=_text(item.about), name=_text(item.text))
        if item.assuming:
            SubElement(case, "system-out").text = _text(f"assuming {', '.join(item.assuming)}")
        if not item.ok:
            words = f"found {item.found}, expected {item.expected}"
            SubElement(case, "failure", message=_text(words)).text = f"{item.span}"
    for report in (fault.report for fault in others):
        case = SubElement(suite, "testcase", classname=_text(verdict.file), name=report.code)
        SubElement(case, "error", message=_text(report.message)).text = _text(str(report))


def own(verdict: Verdict) -> list[SymcostError]:
    """The faults of a file that are no broken expectations."""
    every = (single for fault in verdict.faults for single in fault.faults)
    return [single for single in every if not isinstance(single, BrokenExpectation)]


def _text(words: str) -> str:
    return words.translate(UNPRINTABLE)


def sarif(verdicts: Sequence[Verdict]) -> str:
    """A result for each fault, with the place it points to."""
    reports = [report for verdict in verdicts for report in _reports(verdict)]
    codes = sorted({report.code for report in reports})
    driver = {"name": "symcost", "rules": [{"id": code} for code in codes]}
    run = {"tool": {"driver": driver}, "results": [_result(report) for report in reports]}
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _reports(verdict: Verdict) -> Iterator[Report]:
    for fault in verdict.faults:
        for single in fault.faults:
            yield single.report


def _result(report: Report) -> Mapping[str, Any]:
    lines = [report.message, *report.notes, *report.helps]
    result: dict[str, Any] = {
        "ruleId": report.code,
        "level": report.level,
        "message": {"text": "\n".join(lines)},
    }
    if report.label is not None:
        result["locations"] = [_location(report)]
    return result


def _location(report: Report) -> Mapping[str, Any]:
    assert report.label is not None
    span = report.label.span
    first, from_column = span.source.position(span.start)
    last, to_column = span.source.position(span.end)
    region = {"startLine": first, "startColumn": from_column, "endLine": last, "endColumn": to_column}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(span.source.name)}, "region": region}}


FORMATS: Mapping[str, Callable[[Sequence[Verdict]], str]] = {"junit": junit, "sarif": sarif}
"""What `symcost check --format` writes besides pages."""
