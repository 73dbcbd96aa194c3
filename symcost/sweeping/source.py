"""A program as source, in a language that has exact integers, or says where they do not do."""

from __future__ import annotations

from symcost.formula import Form


def source(form: Form, language: str) -> str:
    raise NotImplementedError
