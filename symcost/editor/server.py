"""`symcost lsp`: the language server protocol, by pygls, over what `desk`, `words` and `hover` know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from symcost import __version__
from symcost.diagnostics import Source
from symcost.editor import desk as faulty, words
from symcost.editor.desk import Desk, Fault
from symcost.editor.hover import hover
from symcost.editor.worker import TooSlow, Worker
from symcost.errors import SymcostError
from symcost.syntax.fmt import formatted

SECONDS = 10.0
"""How long a question may take; who typed on has asked a newer one by then."""

PAUSE = 0.15
"""Seconds without a key before a text is looked at."""


class Server(LanguageServer):
    """A server, with a process for faults and one for questions."""

    def __init__(self, seconds: float = SECONDS) -> None:
        super().__init__("symcost", f"v{__version__}", text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental)
        self.seconds = seconds
        self.looking, self.answering = Worker(), Worker()
        self.known: dict[str, list[Fault]] = {}
        self.keys = 0
        """Texts opened and changed so far: who was overtaken while it waited looks at nothing."""

    def desk(self, uri: str) -> Desk:
        """An open text, with all that are open beside it."""
        opened = {Path(one.path).resolve(): one.source for one in self.workspace.text_documents.values() if one.path}
        document = self.workspace.get_text_document(uri)
        path = Path(to_fs_path(uri) or "").resolve() if uri.startswith("file:") else None
        return Desk(document.source.replace("\r\n", "\n"), path, opened)

    async def asked(self, worker: Worker, question: Callable[..., Any], *given: object) -> Any:
        """The answer of another process; None where it takes too long or fails."""
        try:
            return await asyncio.to_thread(worker.ask, question, *given, seconds=self.seconds)
        except (TooSlow, RuntimeError):
            return None

    async def look(self, uri: str) -> None:
        """Tell what is wrong with a text, and with those beside it: they may use it."""
        self.keys += 1
        now = self.keys
        await asyncio.sleep(PAUSE)
        if now != self.keys and uri in self.known:
            return
        others = [other for other in self.workspace.text_documents if other != uri]
        for one in [uri, *others]:
            await self._tell(one)

    async def _tell(self, uri: str) -> None:
        """Tell what is wrong with a text; nothing where that takes too long, or the text is gone meanwhile."""
        desk = self.desk(uri)
        found = await self.asked(self.looking, faulty.faults, desk)
        if found is None or self.desk(uri).text != desk.text:
            return
        self.known[uri] = found
        told = [_diagnostic(fault, desk.text, uri) for fault in found]
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, told))


def server(seconds: float = SECONDS) -> Server:
    """A server that knows all it can do."""
    made = Server(seconds)
    _follow(made)
    _answer(made)
    return made


def _follow(made: Server) -> None:
    @made.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(here: Server, given: lsp.DidOpenTextDocumentParams) -> None:
        await here.look(given.text_document.uri)

    @made.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(here: Server, given: lsp.DidChangeTextDocumentParams) -> None:
        await here.look(given.text_document.uri)

    @made.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(here: Server, given: lsp.DidCloseTextDocumentParams) -> None:
        here.known.pop(given.text_document.uri, None)
        here.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(given.text_document.uri, []))

    @made.feature(lsp.SHUTDOWN)
    def ended(here: Server, _: None) -> None:
        here.looking.close()
        here.answering.close()


def _answer(made: Server) -> None:
    @made.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def hovered(here: Server, given: lsp.HoverParams) -> lsp.Hover | None:
        desk = here.desk(given.text_document.uri)
        said = await here.asked(here.answering, hover, desk, _offset(desk.text, given.position))
        return said and lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, said))

    @made.feature(lsp.TEXT_DOCUMENT_COMPLETION)
    async def completed(here: Server, given: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        offers = await here.asked(here.answering, words.offers, here.desk(given.text_document.uri))
        return [_item(offer) for offer in offers or ()]

    @made.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def defined(here: Server, given: lsp.DefinitionParams) -> lsp.Location | None:
        desk = here.desk(given.text_document.uri)
        found = await here.asked(here.answering, words.definition, desk, _offset(desk.text, given.position))
        if found is None:
            return None
        if found.path is None:
            return lsp.Location(given.text_document.uri, _range(desk.text, found.start, found.end))
        return lsp.Location(from_fs_path(str(found.path)) or "", _range(found.text, found.start, found.end))

    @made.feature(lsp.TEXT_DOCUMENT_RENAME)
    async def renamed(here: Server, given: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        uri = given.text_document.uri
        desk = here.desk(uri)
        place = _offset(desk.text, given.position)
        found = await here.asked(here.answering, words.renamed, desk, place, given.new_name)
        if isinstance(found, str):
            here.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, found))
        if found is None or isinstance(found, str):
            return None
        edits = [lsp.TextEdit(_range(desk.text, start, end), given.new_name) for start, end in found]
        return lsp.WorkspaceEdit({uri: edits})

    @made.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    async def set_anew(here: Server, given: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
        desk = here.desk(given.text_document.uri)
        text = await here.asked(here.answering, set_text, desk.text)
        if text is None or text == desk.text:
            return []
        return [lsp.TextEdit(_range(desk.text, 0, len(desk.text)), text)]

    @made.feature(lsp.TEXT_DOCUMENT_CODE_ACTION)
    def mends(here: Server, given: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri = given.text_document.uri
        text = here.desk(uri).text
        found: list[lsp.CodeAction] = []
        for fault in here.known.get(uri, ()):
            place = _range(text, fault.start, fault.end)
            if place.start <= given.range.end and given.range.start <= place.end:
                found += [_action(help_, lsp.TextEdit(place, new), uri) for help_, new in fault.mends]
        return found


def set_text(text: str) -> str | None:
    """The text set anew; None where it has a fault, which is told anyway."""
    try:
        return formatted(Source("<text>", text))
    except SymcostError:
        return None


# Between characters and the lines of the protocol ---------------------------------------------------


def _position(text: str, offset: int) -> lsp.Position:
    """Lines from 0; the protocol counts characters as UTF-16 does."""
    line = text.count("\n", 0, offset)
    start = text.rfind("\n", 0, offset) + 1
    return lsp.Position(line, len(text[start:offset].encode("utf-16-le")) // 2)


def _range(text: str, start: int, end: int) -> lsp.Range:
    return lsp.Range(_position(text, start), _position(text, end))


def _offset(text: str, position: lsp.Position) -> int:
    lines = text.split("\n")
    if position.line >= len(lines):
        return len(text)
    start = sum(len(line) + 1 for line in lines[: position.line])
    before = lines[position.line].encode("utf-16-le")[: 2 * position.character]
    return start + len(before.decode("utf-16-le", "ignore"))


_KINDS = {
    "layer": lsp.CompletionItemKind.Function,
    "dimension": lsp.CompletionItemKind.Constant,
    "constant": lsp.CompletionItemKind.Constant,
    "name": lsp.CompletionItemKind.Variable,
    "keyword": lsp.CompletionItemKind.Keyword,
}
_LEVELS = {"error": lsp.DiagnosticSeverity.Error}


def _item(offer: words.Offer) -> lsp.CompletionItem:
    return lsp.CompletionItem(
        offer.word, kind=_KINDS[offer.kind], detail=offer.detail or None, documentation=offer.doc or None
    )


def _diagnostic(fault: Fault, text: str, uri: str) -> lsp.Diagnostic:
    related = [
        lsp.DiagnosticRelatedInformation(lsp.Location(uri, _range(text, start, end)), said)
        for start, end, said in fault.others
    ]
    return lsp.Diagnostic(
        _range(text, fault.start, fault.end),
        fault.message,
        severity=_LEVELS.get(fault.level, lsp.DiagnosticSeverity.Warning),
        code=fault.code,
        source="symcost",
        related_information=related or None,
    )


def _action(help_: str, edit: lsp.TextEdit, uri: str) -> lsp.CodeAction:
    return lsp.CodeAction(help_, kind=lsp.CodeActionKind.QuickFix, edit=lsp.WorkspaceEdit({uri: [edit]}))
