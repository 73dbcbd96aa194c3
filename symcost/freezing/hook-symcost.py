"""What a frozen program needs of symcost that no import tells: rooms that are loaded when they are asked for, and data.

The grammar, the library, devices, conventions and optimizers are data of the package.
"""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules, copy_metadata

BESIDE = ("symcost.freezing", "symcost.importing", "symcost.pytest_plugin", "symcost.sphinx")
"""What speaks with PyInstaller, PyTorch, pytest and Sphinx: who freezes these imports them."""


def is_needed(name: str) -> bool:
    """Whether a room is part of every program."""
    return not name.startswith(BESIDE)


hiddenimports = collect_submodules("symcost", filter=is_needed)
datas = collect_data_files("symcost", excludes=["examples"]) + copy_metadata("symcost")
