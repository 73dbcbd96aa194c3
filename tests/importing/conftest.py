"""The flag that writes the texts anew: `pytest tests/importing --rewrite-texts`, then read the difference."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-texts", action="store_true", help="Write the texts of tests/importing anew.")
