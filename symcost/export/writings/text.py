"""Text for the eye, in the width and colours of the terminal."""

from __future__ import annotations

from symcost.export.page import Page, Room


def write(page: Page, room: Room) -> str:
    """What is wanted at a glance; of a page that is one formula, only that."""
    if page.alone is not None and not page.where:
        return f"{page.alone}\n"
    if page.alone is not None:
        from symcost.export.parts import plain

        return "\n".join([str(page.alone), *map(plain, page.meanings)]) + "\n"
    # What draws is slow to load, and a formula needs none of it.
    from symcost.export.screen import Screen
    from symcost.export.terminal import Drawing

    return Drawing(Screen(room.width, plain=room.plain), folds=page.folds).page(page.at_a_glance())
