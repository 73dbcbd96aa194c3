"""What a definition sees of the dimensions that `dim` declares at the top of its file.

They are the dimensions of the model that is asked, under the same names. Whatever a definition sets itself hides them
in all of it, so that no name means two things in one body.
"""

from __future__ import annotations

from collections.abc import Mapping

from symcost.graph.files import Defined
from symcost.graph.frame import Asked, Frame, Sight
from symcost.graph.names import dimensions, names_set
from symcost.syntax import ast


def declare(callee: Defined, frame: Frame) -> None:
    """Make the dimensions that a definition sees known in its frame, before its ports are bound."""
    asked = frame.context.asked
    if asked is None or not callee.unit.own_dims:
        return
    hidden = _hidden(callee)
    frame.sight = Sight(callee, hidden)
    seen = frame.declared - hidden.keys()
    frame.names |= {name: asked.dimensions[name] for name in callee.unit.own_dims if name in seen}


def ask(model: Defined, frame: Frame) -> None:
    """The model whose graph is built, once its signature is bound: definitions may read its dimensions."""
    names = dimensions(model.definition)
    known = {name: value for name, value in frame.names.items() if name in names}
    frame.context.asked = Asked(model.definition, known)
    if model.unit.own_dims:
        frame.sight = Sight(model, _hidden(model))


def _hidden(defined: Defined) -> Mapping[str, ast.Name]:
    """What a definition sets itself, looked for once."""
    known = defined.unit.names_set
    if defined.definition not in known:
        known[defined.definition] = names_set(defined.definition)
    return known[defined.definition]
