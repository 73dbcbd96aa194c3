"""The primitive operations: one function for each, shapes in, shapes and counts out."""

from symcost.ops import move as move, reduce as reduce
from symcost.ops.base import PRIMITIVES as PRIMITIVES
