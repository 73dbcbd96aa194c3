"""Types that public functions take or return, for annotations: nothing else has to be imported from the rooms behind.

>>> from symcost.types import Page
>>> import symcost
>>> page: Page = symcost.devices()

Those of the second list are what models are made of: they have a name here because public signatures mention them, and
what they can do may change.
"""

from __future__ import annotations

from symcost.analysis.counts.by_line import Part as Part
from symcost.analysis.growth.compare import Ranges as Ranges, Threshold as Threshold, Undecided as Undecided
from symcost.analysis.growth.growth import Rise as Rise
from symcost.analysis.memory.kept import Kept as Kept
from symcost.analysis.window.path_length import AxisPath as AxisPath
from symcost.answering import Answering as Answering
from symcost.blocks import BlockCost as BlockCost
from symcost.build.expressions import Named as Named
from symcost.building import Built as Built
from symcost.conventions import Convention as Convention
from symcost.cost import Cost as Cost
from symcost.diagnostics import Label as Label, Report as Report, Source as Source, Span as Span
from symcost.document import Checked as Checked
from symcost.export.page import Page as Page
from symcost.formula import (
    Assumptions as Assumptions,
    AtLeast as AtLeast,
    Divides as Divides,
    Equal as Equal,
    Form as Form,
    Growth as Growth,
    Symbol as Symbol,
)
from symcost.graph.files import Unit as Unit
from symcost.graph.graph import Graph as Graph
from symcost.hardware.reading import Figure as Figure
from symcost.instance import Instance as Instance
from symcost.pictures import Picture as Picture
from symcost.published.file import Published as Published
from symcost.quantity import Counted as Counted
from symcost.questions import Question as Question, Subject as Subject
from symcost.runs import Ask as Ask, Draft as Draft, Layout as Layout, Plan as Plan, Rates as Rates
from symcost.syntax.ast import Expr as Expr
from symcost.values import Port as Port, SymbolInfo as SymbolInfo

ANSWERS = (
    "Ask", "Assumptions", "AtLeast", "AxisPath", "BlockCost", "Checked", "Convention", "Cost", "Counted", "Draft",
    "Divides", "Equal", "Figure", "Form", "Growth", "Kept", "Label", "Layout", "Page", "Part", "Picture", "Plan",
    "Port", "Question", "Ranges", "Rates", "Report", "Rise", "Source", "Span", "Symbol", "SymbolInfo", "Threshold",
    "Undecided",
)  # fmt: skip
"""What one has in hand."""

INSIDE = ("Answering", "Built", "Expr", "Graph", "Instance", "Named", "Published", "Subject", "Unit")
"""What they are made of."""

__all__ = [*ANSWERS, *INSIDE]
