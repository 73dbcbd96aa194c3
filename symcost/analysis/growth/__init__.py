"""How formulas behave as sizes grow: leading terms, orders, crossovers."""
