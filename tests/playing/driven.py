"""A playground in a headless browser: a program is typed, its faults, formula, numbers, tree and picture are read.

What stands there is compared with what the library says here of the same text. See tests/export/webpage/driven.py for
what browsers it needs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import symcost
from symcost.playing.answer import answer
from symcost.playing.server import Playground
from tests.export.webpage.driven import MOVE, READ, SETTLED, compared

LONGEST = 60_000
"""Milliseconds: Python in a browser starts slowly on a machine that has much to do."""

FIRST = "model First(x: [T]) -> [T] { return x }\n"

TYPED = """model Mine(x: [T, D], H) -> [T, D] {
  h = x -> Linear(H) -> relu
  repeat 2 { h = h -> Linear(H) }
  return h -> Linear(D)
}
expect Mine { params == 1 }
"""
"""With an expectation that is not kept: a note, and a page all the same."""

WRONG = TYPED.replace("relu", "rellu")

HOSTILE = '''"""</script><script>alert(1)</script>"""
model Bad(x: [T, D], H) -> [T, H] { return Linear(x, H) }   # <img src=x onerror=alert(2)>
dim T "</title><svg onload=alert(3)>", D "]]>&lt;i&gt;"
'''

MISSING = "model M(x: [T, <b>]) { return 1 }"


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder, and nothing said about them."""

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def folder_served(folder: Path) -> Iterator[str]:
    """The address of a folder, as any server of files has it."""
    with _running(ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))) as server:
        yield f"http://127.0.0.1:{server.server_address[1]}/"


@contextmanager
def played_here(text: str, path: Path | None = None) -> Iterator[str]:
    """The address of the playground of this machine."""
    with _running(Playground(text, path)) as server:
        yield server.address


@contextmanager
def _running(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def opened(context: Any, address: str) -> Iterator[Any]:
    """A playground that has answered once. What it complains of, or asks another address for, fails."""
    page = context.new_page()
    page.set_default_timeout(LONGEST)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: None if _is_own(request.url, address) else complaints.append(request.url))
    page.goto(address)
    _answered(page)
    yield page
    assert not complaints, complaints
    page.close()


def _is_own(url: str, address: str) -> bool:
    return url.startswith((address, "data:font/woff2", "about:srcdoc", "blob:"))


def drive(page: Any) -> int:
    """Faults, formula, tree, picture and numbers of what is typed; how many numbers were compared."""
    _faulty(page)
    seen = _good(page)
    _hostile(page)
    return seen


def typed(page: Any, text: str) -> None:
    """A text instead of the one that is there, and its answer."""
    page.evaluate("() => { document.getElementById('status').textContent = 'typing'; }")
    page.locator("#text").fill(text)
    _answered(page)


def _answered(page: Any) -> None:
    page.wait_for_function("() => / faults?$/.test(document.getElementById('status').textContent)", timeout=LONGEST)


def _faulty(page: Any) -> None:
    """What is wrong is underlined where it stands, told behind its line, and listed; a click goes there."""
    typed(page, WRONG)
    told = answer(WRONG)["faults"]
    first = told[0]
    assert page.locator("#status").inner_text() == f"{len(told)} fault{'s' if len(told) > 1 else ''}"
    row = page.locator("#mirror .row").nth(first["line"] - 1)
    assert row.locator("mark").inner_text() == WRONG[first["start"] : first["end"]] == "rellu"
    assert row.locator(".said").first.inner_text() == first["message"].splitlines()[0]
    items = page.locator("#faults button").all_inner_texts()
    assert items == [f"line {fault['line']}: {fault['message']}" for fault in told]
    page.locator("#faults button").first.click()
    chosen = page.evaluate("() => { const one = document.getElementById('text'); "
                           "return one.value.slice(one.selectionStart, one.selectionEnd); }")  # fmt: skip
    assert chosen == "rellu"


def _good(page: Any) -> int:
    """A note under the expectation; the page beside it has the library's formula, numbers, blocks and picture."""
    typed(page, TYPED)
    assert page.locator("#status").inner_text() == "1 fault"
    assert page.locator("#mirror mark").inner_text() == "params == 1"
    model = symcost.loads(TYPED).model()
    frame = _beside(page, "Mine")
    assert frame.locator("#formula .pieces").get_attribute("aria-label") == str(model.macs)
    assert frame.locator("#tree .name").first.inner_text() == "Mine"
    assert frame.locator(".pictures svg").count() == 1
    drawn = frame.locator(".pictures svg text").all_text_contents()
    assert {"Linear H", "relu", "repeat 2"} <= set(drawn), drawn
    seen = 0
    for place, to in ((None, 0.0), (0, -1), (1, 0.4), (2, 0.0)):
        if place is not None:
            frame.evaluate(MOVE, [f"size-{place}-slider", to])
        frame.evaluate(SETTLED)
        seen += compared(model, frame.evaluate(READ))
    return seen


def _hostile(page: Any) -> None:
    """Words that would be elements elsewhere are words, in the text and beside it; so are names in faults."""
    typed(page, HOSTILE)
    frame = _beside(page, "Bad")
    assert "</script><script>alert(1)</script>" in frame.locator("#doc").inner_text()
    assert frame.evaluate("() => document.querySelectorAll('script, img, header svg').length") == 2
    assert frame.evaluate("() => origin") == "null"
    typed(page, MISSING)
    assert page.locator("#mirror b, #faults b b, #mirror img").count() == 0


def _beside(page: Any, name: str) -> Any:
    """The page on the right, once it is that of a model."""
    page.frame_locator("#page").locator("h1", has_text=name).wait_for(timeout=LONGEST)
    frame = page.locator("#page").element_handle().content_frame()
    frame.wait_for_function("() => document.documentElement.classList.contains('live')")
    return frame
