"""Colours for `.arch`: a lexer for Pygments, a TextMate grammar for editors, a definition for LaTeX's `listings`.

All are made of the words of the grammar; `python -m symcost.highlight` writes the files that lie here.
"""
