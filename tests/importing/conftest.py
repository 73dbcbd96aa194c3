"""What needs PyTorch is not even collected without it. And the flag that writes the texts anew: `pytest tests/importing
--rewrite-texts`, then read the difference.
"""

from importlib.util import find_spec

import pytest

collect_ignore = [] if find_spec("torch") else ["networks.py", "exporting/test_torch.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-texts", action="store_true", help="Write the texts of tests/importing anew.")
