"""Formulas at many sizes at once: compiled to straight-line programs, run over arrays exactly, written to files."""
