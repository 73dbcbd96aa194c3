"""The server of a playground: on this machine alone, for who has the token, and for no page of another origin.

It answers three files of its own and one question. No path from outside reaches a file: `use` in a text reads what is
in the project of the file that is played with, as everywhere (see `graph.files.project_of`).
"""

from __future__ import annotations

import json
import re
import secrets
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

from symcost.export.webpage.assembled import digest, filled, script_of_page
from symcost.graph.files import LARGEST_FILE
from symcost.playing.answer import answer

HOST = "127.0.0.1"

LENGTH = re.compile("[0-9]{1,10}")
"""A number of bytes that is short enough to be read as a number at all."""

KINDS = {"html": "text/html", "js": "text/javascript", "css": "text/css", "json": "application/json"}

OWN = {"": "play.html", "play.js": "play.js", "play.css": "play.css"}
"""What can be asked for, and the file that it is."""


def policy() -> str:
    """Scripts are the playground's own, and that of the page that it shows; nothing else is loaded or asked."""
    return (
        f"default-src 'none'; script-src 'self' '{digest(script_of_page())}'; style-src 'self' 'unsafe-inline'; "
        "font-src data:; img-src data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def own_file(name: str) -> str:
    """A file that lies here."""
    return files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


class Playground(ThreadingHTTPServer):
    """Serves one file, or a text that lies nowhere, under an address that nobody guesses."""

    daemon_threads = True

    def __init__(self, text: str, path: Path | None = None, port: int = 0) -> None:
        """Raises OSError where the port is taken."""
        super().__init__((HOST, port), Handler)
        self.token = secrets.token_urlsafe(18)
        self.text = text
        self.path = path
        self.working = Lock()
        """One text at a time: a graph is not built twice as fast by two."""

    @property
    def host(self) -> str:
        """The name and port under which it may be asked."""
        return f"{HOST}:{self.server_address[1]}"

    @property
    def address(self) -> str:
        """What one opens."""
        return f"http://{self.host}/{self.token}/"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Playground
    protocol_version = "HTTP/1.1"
    server_version = "symcost"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        name = self._asked()
        if name is None:
            return
        if name == "start":
            shown = self.server.path.name if self.server.path else ""
            self._send(200, "json", json.dumps({"text": self.server.text, "name": shown}))
        elif name in OWN:
            file = OWN[name]
            text = own_file(file)
            self._send(200, file.rpartition(".")[2], filled(text, way="server", head="") if not name else text)
        else:
            self._refuse(404, "there is nothing here")

    def do_POST(self) -> None:
        name = self._asked()
        if name is None:
            return
        if self.headers.get("Origin") != f"http://{self.server.host}":
            self._refuse(403, "a page of another origin")
            return
        text = self._text()
        if name != "ask" or text is None:
            self._refuse(400, "no text to answer")
            return
        with self.server.working:
            told = answer(text, self.server.path)
        self._send(200, "json", json.dumps(told))

    def _asked(self) -> str | None:
        """What is asked for behind the token; None, and a refusal, for another host or token."""
        if self.headers.get("Host") != self.server.host:
            self._refuse(403, "another host")
            return None
        token, slash, name = self.path.removeprefix("/").partition("/")
        if not slash or not compare_digest(token.encode(), self.server.token.encode()):
            self._refuse(403, "the address has a token, which is missing here")
            return None
        return name

    def _text(self) -> str | None:
        """What was sent; None for what is no text, or longer than a file may be."""
        length = self._length()
        if length is None:
            return None
        try:
            told: Any = json.loads(self.rfile.read(length))
            text = told["text"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        return text if isinstance(text, str) and len(text) <= LARGEST_FILE else None

    def _length(self) -> int | None:
        """How many bytes were sent; None where that is not said, or more than is read."""
        said = self.headers.get("Content-Length", "")
        if LENGTH.fullmatch(said) is None:
            return None
        length = int(said)
        return length if length <= 2 * LARGEST_FILE else None

    def _refuse(self, status: int, why: str) -> None:
        self.close_connection = True  # what was sent is not read
        self._send(status, "json", json.dumps({"refused": why}))

    def _send(self, status: int, kind: str, text: str) -> None:
        data = text.encode("utf-8", "replace")
        self.send_response(status)
        for name, value in (
            ("Content-Type", f"{KINDS[kind]}; charset=utf-8"),
            ("Content-Length", str(len(data))),
            ("Content-Security-Policy", policy()),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        """Says nothing: the token is in every line."""
