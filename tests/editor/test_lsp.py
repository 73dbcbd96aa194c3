"""The language server, over its protocol, asked by a client that is not ours."""

import sys
from pathlib import Path
from typing import Any

import pytest

pytest_lsp = pytest.importorskip("pytest_lsp")
pytest.importorskip("pygls")

from lsprotocol import types as lsp  # noqa: E402

pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.asyncio(loop_scope="module")]

NET = """\
use "blocks.arch"

dim T "time", D "width of the model"

model Net(x: [T, D], H) -> [T, D] {
  h = x -> Linear(H) -> relu
  return h -> Block(D)
}

expect Net { params == D*H + H + H*D + D }
"""
BLOCKS = """\
\"\"\"A block.\"\"\"
module Block(x: [..., I], O) -> [..., O] {
  return x -> Linear(O)
}
"""


@pytest_lsp.fixture(
    scope="module", config=pytest_lsp.ClientServerConfig(server_command=[sys.executable, "-m", "symcost", "lsp"])
)
async def client(lsp_client: pytest_lsp.LanguageClient, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("editor")
    (folder / "blocks.arch").write_text(BLOCKS.replace("Linear(O)", "Linear(O) -> Linear(O)"))
    (folder / "net.arch").write_text("")
    lsp_client.folder = folder
    known = lsp.ClientCapabilities()
    await lsp_client.initialize_session(lsp.InitializeParams(capabilities=known, root_uri=folder.as_uri()))
    yield
    await lsp_client.shutdown_session()


def uri_of(client: Any, name: str) -> str:
    return Path(client.folder / name).as_uri()


def document(client: Any, name: str) -> lsp.TextDocumentIdentifier:
    return lsp.TextDocumentIdentifier(uri_of(client, name))


async def write(client: Any, name: str, text: str) -> list[lsp.Diagnostic]:
    """Opens a text, and waits for what is said of it."""
    uri = uri_of(client, name)
    client.diagnostics.pop(uri, None)
    item = lsp.TextDocumentItem(uri, "arch", 1, text)
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
    await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    while uri not in client.diagnostics:
        await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return list(client.diagnostics[uri])


def at(text: str, words: str, further: int = 0) -> lsp.Position:
    """Where words stand first in a text."""
    before = text[: text.index(words) + further]
    return lsp.Position(before.count("\n"), len(before) - before.rfind("\n") - 1)


async def test_an_unsaved_neighbour_is_used(client: Any) -> None:
    """What is typed in the file beside holds, not what was saved: one layer, and not two."""
    assert await write(client, "blocks.arch", BLOCKS) == []
    assert await write(client, "net.arch", NET) == []


async def test_a_fault_has_its_place_and_its_mend(client: Any) -> None:
    """A layer misspelt is marked where it stands, and one key puts the right name there."""
    text = NET.replace("Linear(H)", "Linaer(H)")
    (told,) = await write(client, "wrong.arch", text)
    assert told.code == "unknown-module"
    assert told.range == lsp.Range(at(text, "Linaer"), at(text, "Linaer", 6))
    asked = lsp.CodeActionParams(document(client, "wrong.arch"), told.range, lsp.CodeActionContext([told]))
    (action,) = await client.text_document_code_action_async(asked)
    (edit,) = action.edit.changes[uri_of(client, "wrong.arch")]
    assert edit.new_text == "Linear"
    assert edit.range == told.range


async def test_a_change_is_looked_at(client: Any) -> None:
    """A character typed between two emoji is found at the right place."""
    text = "# 𝔸𝔹\nmodel M(x: [T]) { return y } # 𝔸\n"
    (told,) = await write(client, "changing.arch", text)
    assert told.range.start == at(text, "y }")
    place = at(text, "y }")
    change = lsp.TextDocumentContentChangePartial(lsp.Range(place, lsp.Position(1, place.character + 1)), "x")
    client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(
            lsp.VersionedTextDocumentIdentifier(2, uri_of(client, "changing.arch")), [change]
        )
    )
    while client.diagnostics[uri_of(client, "changing.arch")]:
        await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)


async def test_what_is_under_the_pointer(client: Any) -> None:
    """A layer with its documentation, a dimension with its words, a line with its shape and formulas."""
    await write(client, "net.arch", NET)
    net = document(client, "net.arch")
    layer = await client.text_document_hover_async(lsp.HoverParams(net, at(NET, "Linear(H)")))
    assert "Affine map" in layer.contents.value
    assert "shape: `[T, H]`" in layer.contents.value
    assert "macs: `D·H·T`" in layer.contents.value
    dimension = await client.text_document_hover_async(lsp.HoverParams(net, at(NET, 'D "width')))
    assert "width of the model" in dimension.contents.value


async def test_what_could_stand_there(client: Any) -> None:
    """Layers of the library with how they are called, those of the file beside, dimensions, words of the language."""
    await write(client, "net.arch", NET)
    asked = lsp.CompletionParams(document(client, "net.arch"), at(NET, "relu"))
    found = {item.label: item for item in await client.text_document_completion_async(asked)}
    assert found["Linear"].detail == "Linear(x: [..., I], O, bias = true)"
    assert found["Block"].documentation == "A block."
    assert found["D"].detail == "width of the model"
    assert "emit" in found


async def test_where_it_is_defined(client: Any) -> None:
    """A module of the file beside, one of the library, a port of the model."""
    await write(client, "net.arch", NET)
    net = document(client, "net.arch")
    beside = await client.text_document_definition_async(lsp.DefinitionParams(net, at(NET, "Block(D)")))
    assert beside.uri == uri_of(client, "blocks.arch")
    assert beside.range.start == at(BLOCKS, "Block(")
    library = await client.text_document_definition_async(lsp.DefinitionParams(net, at(NET, "Linear(H)")))
    assert library.uri.endswith("library/linear.arch")
    port = await client.text_document_definition_async(lsp.DefinitionParams(net, at(NET, "H) -> relu")))
    assert port.range.start == at(NET, "H) -> [T")


async def test_a_dimension_has_a_new_name(client: Any) -> None:
    """Everywhere in the text; a name that is taken is refused."""
    await write(client, "net.arch", NET)
    net = document(client, "net.arch")
    found = await client.text_document_rename_async(lsp.RenameParams(net, at(NET, 'D "width'), "C"))
    edits = found.changes[uri_of(client, "net.arch")]
    assert len(edits) == 7
    assert await client.text_document_rename_async(lsp.RenameParams(net, at(NET, 'D "width'), "H")) is None


async def test_the_text_is_set(client: Any) -> None:
    """One edit, after which nothing more is to be set."""
    text = "model M(x:[T]) { \n return x }"
    await write(client, "unset.arch", text)
    asked = lsp.DocumentFormattingParams(document(client, "unset.arch"), lsp.FormattingOptions(2, True))
    (edit,) = await client.text_document_formatting_async(asked)
    assert edit.new_text == "model M(x: [T]) {\n  return x\n}\n"
