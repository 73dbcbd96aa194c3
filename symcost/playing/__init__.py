"""A playground: a text on the left, on the right what it costs, while one types.

`answer` says what there is to say of a text; a page asks it through a server on this machine (`server`), or in a folder
that a browser runs alone (`site`). Faults, formulas and numbers are those of the library, as it is the library.
"""
