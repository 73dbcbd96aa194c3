"""Every fault a user can meet, as the user meets it: a text that provokes it, and the report beside it.

The folders are those of `symcost/errors`. From inside its folder `cycle.arch` is checked with `symcost check
cycle.arch`, unless its first line is a comment that gives another command: `# symcost formula cycle.arch T=0`. What
stands in `parts/` beside it is there to be used. `cycle.txt` is what the command says on standard error.
`pytest tests/messages --rewrite-messages` writes it anew, to be read in review.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost import errors, zoo
from symcost.cli import main
from symcost.errors import SymcostError

HERE = Path(__file__).parent
NAMES = sorted(f"{path.parent.name}/{path.stem}" for path in HERE.glob("*/*.arch"))

NEVER_ALONE = {
    errors.Faults: "drawn as the faults it gathers",
    errors.UnequalSizes: "what several faults have in common",
    errors.Unsolved: "asked in Python, by `Quantity.solve`; see tests/test_quantity.py",
    errors.NoSource: "asked in Python, by `Quantity.compiled`; see tests/sweeping/arrays/test_over.py",
    errors.TooManyPoints: "needs NumPy, which need not be there; see tests/sweeping/arrays/test_over.py",
    errors.NoPainter: "told where no program is found; see tests/pictures/test_paint.py",
    errors.NoPyodide: "depends on what npm fetches; see tests/playing/test_site.py",
    errors.TextTooLong: "a file as long as that is refused before it is parsed",
}
"""Fault classes without a pair, and why."""


@dataclass(frozen=True)
class Told:
    """What a command said, how it ended, and the faults that were drawn."""

    text: str
    status: int
    faults: tuple[SymcostError, ...]


Files = dict[str, Path]
"""Where the copy of each text lies."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A copy of each room, called `here`, in which texts can be mended."""
    folder = tmp_path_factory.mktemp("messages")
    for room in sorted({path.parent for path in HERE.glob("*/*.arch")}):
        shutil.copytree(room, folder / room.name / "here", ignore=shutil.ignore_patterns("*.txt"))
    furnish(folder)
    return {name: (folder / name).parent / "here" / f"{Path(name).name}.arch" for name in NAMES}


@pytest.fixture(scope="module")
def told(files: Files) -> dict[str, Told]:
    """What is said about each text."""
    return {name: tell(file) for name, file in files.items()}


def furnish(folder: Path) -> None:
    """What cannot or should not lie in a repository: an empty folder, a link that leads out, long files."""
    (folder / "command_line/here/empty").mkdir()
    (folder / "files/here/parts/out.arch").symlink_to(folder / "files/secret.arch")
    (folder / "files/here/parts/long.arch").write_bytes(b"#" * 4_000_001)
    (folder / "published/here/parts/deep.json").write_bytes(b"[" * 1_000_000)
    (folder / "files/secret.arch").write_text("# not yours", encoding="utf-8")


def tell(file: Path) -> Told:
    """Run the command of a text from inside its folder, and note which faults are drawn."""
    first = file.read_bytes().splitlines()[:1]
    line = first[0].decode("utf-8", "replace") if first else ""
    command = shlex.split(line)[2:] if line.startswith("# symcost ") else ["check", file.name]
    drawn: list[SymcostError] = []
    draw = SymcostError.__str__

    def noted(fault: SymcostError) -> str:
        drawn.append(fault)
        return draw(fault)

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(file.parent)
        patch.setattr(SymcostError, "__str__", noted)
        result = CliRunner().invoke(main, command, prog_name="symcost")
    single = tuple(fault for fault in drawn if fault.faults == (fault,))
    return Told(_anywhere(result.stderr.strip()) + "\n", result.exit_code, single)


def _anywhere(text: str) -> str:
    """A report as it is wherever the package lies, without the names of all that is shipped: each new file adds one."""
    text = text.replace(f"{zoo.folder()}/", "zoo/")
    return re.sub("shipped: `[^;]*`;", "shipped: ...;", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_as_it_was_read_in_review(name: str, told: dict[str, Told], request: pytest.FixtureRequest) -> None:
    """Each text ends in its report, and with status 1."""
    golden = HERE / f"{name}.txt"
    if request.config.getoption("--rewrite-messages", default=False):
        golden.write_text(told[name].text, encoding="utf-8")
    assert told[name].text == golden.read_text(encoding="utf-8")
    assert told[name].status == 1


def test_every_fault_has_a_report(told: dict[str, Told]) -> None:
    """Each fault class is drawn by some text here."""
    drawn = {type(fault) for one in told.values() for fault in one.faults}
    assert sorted(kind.__name__ for kind in subclasses(SymcostError) - drawn - set(NEVER_ALONE)) == []


def test_a_report_lies_in_the_room_of_its_fault(told: dict[str, Told]) -> None:
    """What `symcost/errors/sizes.py` says is shown by a text in `sizes/`, and each folder here is such a room."""
    shown = {(name.partition("/")[0], type(fault)) for name in NAMES for fault in told[name].faults}
    kinds = subclasses(SymcostError) - set(NEVER_ALONE)
    assert sorted(kind.__name__ for kind in kinds if (room(kind), kind) not in shown) == []
    assert {name.partition("/")[0] for name in NAMES} == {room(kind) for kind in kinds}


def room(kind: type[SymcostError]) -> str:
    """The last word of the module that a class stands in."""
    return kind.__module__.rpartition(".")[2]


def test_no_exception_is_out_of_date(told: dict[str, Told]) -> None:
    """What is said to be never drawn alone is not."""
    drawn = {type(fault) for one in told.values() for fault in one.faults}
    assert drawn & (set(NEVER_ALONE) - {errors.Faults}) == set()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_told_twice_and_all_in_order(name: str, told: dict[str, Told]) -> None:
    """Of several faults in a text each is told once, in the order of the text."""
    places = [label.span.start for fault in told[name].faults if (label := fault.report.label)]
    assert len({str(fault) for fault in told[name].faults}) == len(told[name].faults)
    assert places == sorted(places)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_proposed_mends(name: str, told: dict[str, Told], files: Files) -> None:
    """An `assume` that a report proposes, or the name it means, ends the fault when it is typed."""
    file = files[name]
    before = file.read_bytes()
    for fault in told[name].faults:
        for text in mended(fault, before.decode("utf-8", "replace")):
            file.write_text(text, encoding="utf-8")
            again = tell(file).faults
            file.write_bytes(before)
            assert fault.report.message not in [other.report.message for other in again], text


def mended(fault: SymcostError, text: str) -> Iterator[str]:
    """The text with what a fault's help proposes."""
    label = fault.report.label
    for help in fault.report.helps:
        if assumption := re.search("write `(assume [^`]+)`", help):
            yield f"{text}\n{assumption[1]}\n"
        if (name := re.fullmatch("did you mean `(.+)`\\?", help)) and label and label.span.source.text == text:
            yield text[: label.span.start] + name[1] + text[label.span.end :]


def test_every_report_has_its_text() -> None:
    """No report is left behind by a text that is gone."""
    assert sorted(f"{path.parent.name}/{path.stem}" for path in HERE.glob("*/*.txt")) == NAMES


def subclasses(kind: type[SymcostError]) -> set[type[SymcostError]]:
    """All classes below one."""
    return {one for direct in kind.__subclasses__() for one in (direct, *subclasses(direct))}
