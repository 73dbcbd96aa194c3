"""PDF and PNG from SVG: by the package cairosvg (`symcost[pictures]`), else by the program rsvg-convert."""

from __future__ import annotations

import subprocess
from shutil import which

from symcost.errors import NoPainter

SCALE = 2.0
"""Pixels for a point of a PNG: enough for print at a paper's column."""

SECONDS = 60


def painted(svg: str, writing: str) -> bytes:
    """A picture as `pdf` or `png`; it is black on white there.

    Raises NoPainter.
    """
    try:
        import cairosvg
    except ImportError:
        return _by_program(svg, writing)
    make = cairosvg.svg2pdf if writing == "pdf" else cairosvg.svg2png
    scale = {} if writing == "pdf" else {"scale": SCALE, "background_color": "white"}
    made: bytes = make(bytestring=svg.encode(), **scale)
    return made


def _by_program(svg: str, writing: str) -> bytes:
    program = which("rsvg-convert")
    if program is None:
        raise NoPainter(writing)
    options = ["--format", writing]
    if writing == "png":
        options += ["--zoom", str(SCALE), "--background-color", "white"]
    done = subprocess.run([program, *options], input=svg.encode(), capture_output=True, timeout=SECONDS, check=False)
    if done.returncode or not done.stdout:
        raise NoPainter(writing)
    return done.stdout
