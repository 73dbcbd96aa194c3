"""What needs PyTorch is not even collected without it."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") else ["networks.py", "test_torch.py"]
