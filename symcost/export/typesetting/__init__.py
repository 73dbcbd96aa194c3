"""Formulas and tables set to a width: how wide signs are, and where a line is broken."""
