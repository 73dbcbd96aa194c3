"""Programs that write `.arch`: modules, ports and calls as Python objects, printed as one writes by hand.

>>> from symcost.build import File
>>> file = File()
>>> block = file.module("Block", x=["T", "D"], F=None)
>>> hidden = block.x.then("LayerNorm").then("Linear", "F").then("gelu")
>>> block.returns(block.x + hidden.then("Linear", "D"))
>>> net = file.model("Net", x=["T", "D"], F=None, L=None)
>>> with net.repeat("L"):
...     net.let("x", net.x.then(block, "F"))
<x>
>>> net.returns(net.x)
>>> print(file)
module Block(x: [T, D], F) {
  return x + (x -> LayerNorm -> Linear(F) -> gelu -> Linear(D))
}
<BLANKLINE>
model Net(x: [T, D], F, L) {
  repeat L { x = x -> Block(F) }
  return x
}
<BLANKLINE>
>>> file.document().model("Net").macs
2·D·F·T·L

A text is an expression of the language (`"4*D"`), a list a shape or a list of axes, `Words("same")` a word; numbers,
truth values, forms and values stand for themselves. What is no such thing, or no name, is refused when it is given;
what the whole means, or does not, `document` says, with the line of the text.
"""

from symcost.build.body import Body as Body
from symcost.build.expressions import Value as Value, Words as Words
from symcost.build.file import File as File

__all__ = ["Body", "File", "Value", "Words"]
