"""The flag that writes the reports anew: `pytest tests/messages --rewrite-messages`, then read the difference."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-messages", action="store_true", help="Write the reports of tests/messages anew.")
