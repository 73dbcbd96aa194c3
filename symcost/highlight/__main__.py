"""`python -m symcost.highlight` writes the files of this folder anew."""

from symcost.highlight.made import write

write()
