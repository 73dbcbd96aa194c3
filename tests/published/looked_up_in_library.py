"""Writes `looked_up.jsonl`: `config.json` files from public repositories, and what transformers makes of them.

    python -m tests.published.looked_up_in_library OWNER/NAME CLONE 'PATTERN' ...

CLONE is a git clone of github.com/OWNER/NAME; of the files at its HEAD whose path the pattern matches, each that says a
`model_type` becomes a line, in place of those that there were. A line has the repository, the commit and the path, what
stands in the file (what it says layer by layer of how numbers are stored is cut: it is in no count), and

    "params": how many parameters transformers makes of it on the meta device, for the class that the file names
    "unbuilt": why it makes none
    "refused": the first words of symcost's answer, where it gives no number

A number that differs is an error: nothing is written then.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tests.published.against_library import built, default_class, parameters, prepare

WRITTEN = Path(__file__).parent / "looked_up.jsonl"
FEW, MOST = 3, 12
"""Items of a list, and keys of a table, that say how numbers are stored."""


def git(clone: str, *words: str) -> str:
    return subprocess.run(["git", "-C", clone, *words], check=True, capture_output=True, text=True).stdout


def found(clone: str, patterns: list[str]) -> dict[str, dict[str, Any]]:
    """The files that match, by path."""
    paths = git(clone, "ls-tree", "-r", "--name-only", "HEAD").splitlines()
    files: dict[str, dict[str, Any]] = {}
    for path in paths:
        if not any(fnmatch(path, pattern) for pattern in patterns):
            continue
        file = json.loads(git(clone, "show", f"HEAD:{path}"))
        if isinstance(file, dict) and "model_type" in file:
            files[path] = file
    return files


def cut(value: Any, quantised: bool = False) -> Any:
    """The same with few of what is said layer by layer of how numbers are stored."""
    if isinstance(value, dict):
        items = list(value.items())[: MOST if quantised else None]
        return {key: cut(item, quantised or key in ("quantization_config", "quantization")) for key, item in items}
    return value[:FEW] if quantised and isinstance(value, list) else value


def of_library(file: dict[str, Any], name: str | None) -> tuple[str, Any]:
    """`params` or `unbuilt`, and which."""
    from transformers import CONFIG_MAPPING

    if file["model_type"] not in CONFIG_MAPPING:
        return "unbuilt", "the library has no such type"
    try:
        config = CONFIG_MAPPING[file["model_type"]].from_dict(json.loads(json.dumps(file)))
        return "params", parameters(built((file.get("architectures") or [name])[0], config))
    except Exception as error:
        said = re.sub(r"\s+", " ", str(error))
        return "unbuilt", f"{type(error).__name__}: {said}"[:120]


def of_symcost(file: dict[str, Any]) -> tuple[int | str, str | None]:
    """The number of parameters, or the first line of the refusal; and the class that is meant where none is named."""
    import symcost
    from symcost import zoo
    from symcost.diagnostics import Source
    from symcost.published.file import Published

    try:
        published = Published.read(Source("config", json.dumps(file)))
        name = None if file.get("architectures") else default_class(zoo.document_of(published), file)
        return int(symcost.from_config(file).params()), name
    except symcost.SymcostError as refused:
        return str(refused).splitlines()[0], None


def line(repository: str, commit: str, path: str, file: dict[str, Any]) -> dict[str, Any]:
    mine, name = of_symcost(file)
    kind, theirs = of_library(file, name)
    fact = {"repository": repository, "commit": commit, "path": path, kind: theirs}
    if isinstance(mine, str):
        fact["refused"] = mine
    elif kind == "params" and mine != theirs:
        print(f"WRONG {path}: {mine}, the library {theirs}")
        fact["wrong"] = mine
    elif kind == "unbuilt":
        fact["counted"] = mine
    print(path, fact.get("params"), fact.get("refused", ""), flush=True)
    return {**fact, "config": cut(file)}


def main() -> int:
    repository, clone, *patterns = sys.argv[1:]
    prepare()
    commit = git(clone, "rev-parse", "HEAD").strip()
    known = WRITTEN.read_text("utf-8").splitlines() if WRITTEN.exists() else []
    facts = [fact for fact in map(json.loads, known) if fact["repository"] != repository]
    facts += [line(repository, commit, path, file) for path, file in found(clone, patterns).items()]
    if any("wrong" in fact for fact in facts):
        return 1
    WRITTEN.write_text("".join(json.dumps(fact, ensure_ascii=False) + "\n" for fact in facts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
