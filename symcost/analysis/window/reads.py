"""Moved to `symcost.analysis.reads`."""

from symcost.analysis.reads import Axes as Axes, Read as Read, reads as reads
