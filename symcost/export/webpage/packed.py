"""MathML in fewer characters: the elements that formulas are full of are one sign each, which no formula has.

>>> packed("<mi>T</mi><mo>·</mo><mi>H</mi>")
'[T]~[H]'
"""

from __future__ import annotations

SIGNS = {
    "[": "<mi>",
    "]": "</mi>",
    "~": "<mo>·</mo>",
    "{": "<mrow>",
    "}": "</mrow>",
    "#": "<mn>",
    "$": "</mn>",
    "^": '<mspace width="0.17em"/>',
    "!": '<mrow><mo fence="true" stretchy="false">(</mo>',
    "?": '<mo fence="true" stretchy="false">)</mo></mrow>',
    "%": "<mfrac>",
    "@": "</mfrac>",
    "`": "<msub>",
    "|": "</msub>",
    "+": "<mo>+</mo>",
}
"""What each sign stands for."""


def packed(text: str) -> str:
    """The same in fewer characters; as it is, behind `=`, where it has one of the signs already."""
    rest = text
    short = text
    for sign, element in sorted(SIGNS.items(), key=lambda pair: -len(pair[1])):
        rest = rest.replace(element, "")
        short = short.replace(element, sign)
    has_signs = any(sign in rest for sign in SIGNS)
    return f"={text}" if has_signs else short
