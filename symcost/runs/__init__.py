"""Runs: a model that is served or trained on many devices: memory, time, traffic, energy and price, as formulas."""

from symcost.runs.ahead import Draft as Draft
from symcost.runs.bill import Bill as Bill, Rates as Rates
from symcost.runs.layout import Layout as Layout
from symcost.runs.program import Program as Program
from symcost.runs.search import (
    Found as Found,
    layouts_of as layouts_of,
    search as search,
    ways_to_share as ways_to_share,
)
from symcost.runs.serving import Ask as Ask, Pace as Pace, Service as Service
from symcost.runs.training import Counts as Counts, Plan as Plan, Spent as Spent, Training as Training
