"""Keys that change no count lie in a file for all types and in one for each family of the zoo."""

from __future__ import annotations

from pathlib import Path

from symcost.published.closed import harmless
from symcost.zoo import folder

HERE = Path(__file__).parents[2] / "symcost" / "published" / "harmless"


def test_each_file_is_called_as_a_family() -> None:
    """But for what holds for all types, for several families, and for parts of other files."""
    families = {path.stem for path in folder().rglob("*.arch")}
    assert {path.stem for path in HERE.iterdir()} - families == {"all", "several", "parts"}


def test_files_are_read_as_one() -> None:
    """What holds for every type, of one file, and of one family, of another."""
    known = harmless()
    assert "use_cache" in known.always
    assert known.some["glmasr_encoder"]["max_position_embeddings"]
    assert known.some["timm_backbone"]["features_only"]
    assert known.noted_some["minimax_m2"]["use_mtp"]
