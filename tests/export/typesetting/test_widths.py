"""How wide formulas are, beside what pdfTeX measures in Latin Modern at 10 points."""

from __future__ import annotations

import pytest

from symcost.export.typesetting.widths import of_formula


@pytest.mark.parametrize(
    ("formula", "points"),
    [
        (r"P - P", 27.8),
        (r"P + P", 27.8),
        (r"2\,P \cdot L", 28.5),
        (r"\underbrace{1}_{\text{y}}", 18.0),
        (r"\underbrace{1}_{\text{v[t] - seen[t] @ S}}", 58.2),
        (r"\frac{\mathrm{rows} \cdot \mathrm{columns} + T}{64}", 84.5),
        (r"2\,P \cdot d_{r} \cdot L - 2\,P \cdot d_{r} \cdot \mathrm{dense} - P \cdot d_{r}", 157.0),
    ],
)
def test_as_wide_as_tex_sets_it(formula: str, points: float) -> None:
    """Never narrower by more than half a hundredth."""
    assert points * 0.995 <= of_formula(formula) <= points * 1.02 + 1
