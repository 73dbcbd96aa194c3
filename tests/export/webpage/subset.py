"""How the mathematical font of a page was cut out of STIX Two Math: `python -m tests.export.webpage.subset FILE OUT`.

FILE is `source/STIXTwoMath.input.ttf` (version 2.12) of https://github.com/stipub/stixfonts, under the SIL Open Font
License 1.1, which lies beside the font. Needs fonttools and brotli (PyPI). What is changed has a name of its own.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

SOURCE = "15896d9ad1576c35078b1019daa316a8d260f9655d18751b0006d8df9916d655"
"""SHA-256 of what it was cut out of."""

FAMILY = "symcost Math"

LATIN = range(0x20, 0x7F)
ITALIC = [*range(0x1D434, 0x1D468), 0x210E]  # one letter is set in italics, and its h stands elsewhere
GREEK = [*range(0x391, 0x3CA), 0x3D1, 0x3D5, 0x3F1, 0x3F5, *range(0x1D6E2, 0x1D71C)]
SIGNS = [ord(sign) for sign in "·×−±÷≤≥≠≈∣∑∏√∞…→′⋅⌈⌉⌊⌋∈ \u2009\u202f\u2061\u2062\u00a0"]

KEPT = ["kern"]
"""For words. The own forms of small signs (`ssty`) would make it twice as large."""


def main(source: Path, out: Path) -> str | None:
    """What is wrong, if anything is."""
    from fontTools.subset import Options, Subsetter, load_font, save_font

    found = sha256(source.read_bytes()).hexdigest()
    if found != SOURCE:
        return f"another file than the font was cut out of: {found}"
    options = Options(flavor="woff2", layout_features=KEPT, hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 13])
    font = load_font(str(source), options)
    cut = Subsetter(options)
    cut.populate(unicodes=[*LATIN, *ITALIC, *GREEK, *SIGNS])
    cut.subset(font)
    for entry in font["name"].names:
        if entry.nameID == 1:
            entry.string = FAMILY
    save_font(font, str(out), options)
    return None


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
