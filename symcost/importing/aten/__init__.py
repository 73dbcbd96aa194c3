"""Operations of PyTorch to operations of the language: one captured graph to one Program.

    values         shapes, and in which order axes are stored
    constants      what depends on no input and no parameter
    translation    node by node, with what a rule may ask and emit
    registry       which rule writes which operation
    the others     rules, a family each; what is registered there is understood

Whatever is not understood, an operation or only an argument of it, is refused by name.
"""

from importlib import import_module
from pkgutil import iter_modules

from symcost.importing.aten.registry import RULES as RULES
from symcost.importing.aten.translation import Translation
from symcost.importing.graph import Graph
from symcost.importing.program import Program

for _found in iter_modules(__path__):
    import_module(f"{__name__}.{_found.name}")


def translate(graph: Graph) -> Program:
    """The program of a captured graph.

    Raises UnknownOperation, for each operation that is not understood.
    """
    return Translation(graph).run()
