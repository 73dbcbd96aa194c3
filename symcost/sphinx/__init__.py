"""Sphinx: the directive `.. symcost::` shows a text, its formulas and its table in a documentation.

    extensions = ["symcost.sphinx"]

    .. symcost:: models/tagger.arch
       :model: Tagger
       :of: params, macs
       :values: T=512 H=4*D
       :config: small
       :show: text, formula, table
       :depth: 1

The file lies beside the page, as for `literalinclude`; without one, the text of the directive is the architecture.
Every option may be left out. In MyST it is written between fences, ```` ```{symcost} models/tagger.arch ````.
What is wrong with a text is a warning of Sphinx at its line, of type `symcost` and with the code of the fault.
"""

from symcost.sphinx.directive import Symcost as Symcost, setup as setup

__all__ = ["Symcost", "setup"]
