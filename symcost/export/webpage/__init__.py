"""A page one can play with: one HTML file that holds models, their formulas and what works them out exactly.

Nothing of a user's text is code in it. Formulas travel as numbered steps (see `programs`), which the script of the
page runs on whole numbers without an end; all words are data that the script sets as text. The script and the style are
files of this folder, the same in every page; a Content-Security-Policy names them by their hashes and allows nothing
else.
"""

from symcost.export.webpage.assembled import webpage as webpage
