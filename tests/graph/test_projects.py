"""Which files a `use` may read: those of the project, which is the file's own folder unless `.symcost` says more."""

from pathlib import Path

import pytest

import symcost
from symcost.errors import SymcostError

WIDE = "module Wide(x: [D]) -> [D] { return x -> Linear(D) }\n"
MODEL = 'use "../parts/wide.arch"\nmodel M(x: [D], D) { return Wide(x) }\n'


def written(folder: Path) -> Path:
    """A project of two folders; the file that uses one of the other."""
    for name, text in {"parts/wide.arch": WIDE, "own/m.arch": MODEL}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder / "own/m.arch"


def test_a_project_without_a_mark_is_the_folder_of_the_file(tmp_path: Path) -> None:
    """A neighbouring folder is not read, and the report says how it would be."""
    with pytest.raises(SymcostError) as caught:
        symcost.load(written(tmp_path))
    report = str(caught.value)
    assert "only files in `own/` and below are read" in report
    assert "`.symcost`" in report


def test_a_mark_makes_a_project_of_the_folder_it_lies_in(tmp_path: Path) -> None:
    """D numbers for each of D channels, and D biases."""
    file = written(tmp_path)
    (tmp_path / ".symcost").touch()
    assert symcost.load(file).model("M").params(D=3) == 12


def test_the_nearest_mark_counts(tmp_path: Path) -> None:
    """A folder that was handed on with a mark of its own reads nothing around it."""
    file = written(tmp_path)
    (tmp_path / ".symcost").touch()
    (tmp_path / "own/.symcost").touch()
    with pytest.raises(SymcostError, match="only files in `own/`"):
        symcost.load(file)


def test_a_folder_of_that_name_is_no_mark(tmp_path: Path) -> None:
    """Programs keep settings in folders of such names."""
    file = written(tmp_path)
    (tmp_path / ".symcost").mkdir()
    with pytest.raises(SymcostError, match="only files in `own/`"):
        symcost.load(file)


def test_a_link_leads_to_where_its_file_lies(tmp_path: Path) -> None:
    """A link inside of a project does not open what lies outside of it."""
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir()
    file = written(project)
    (project / ".symcost").touch()
    (outside / "wide.arch").write_text(WIDE)
    (project / "parts/wide.arch").unlink()
    (project / "parts/wide.arch").symlink_to(outside / "wide.arch")
    with pytest.raises(SymcostError, match="only files in `project/`"):
        symcost.load(file)
