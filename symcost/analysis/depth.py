"""Depth."""
from symcost.formula import *
class Depth:
    def __init__(self, a): pass
    def of(self, g): return num(0)
