"""The server of a playground answers who sits at this machine and has the token, and nobody else."""

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main
from symcost.playing.answer import answer
from symcost.playing.server import HOST, OWN, Playground

TEXT = "model M(x: [T, D], H) -> [T, H] { return Linear(x, H) }\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that is played with, one beside it and one outside."""
    root = tmp_path_factory.mktemp("play")
    (root / "outside.arch").write_text("module Secret(x: [T]) -> [T] { return x }\n")
    inside = root / "inside"
    inside.mkdir()
    (inside / "beside.arch").write_text("module Beside(x: [T, D]) -> [T, D] { return Linear(x, D) }\n")
    (inside / "m.arch").write_text(TEXT)
    return inside


@pytest.fixture(scope="module")
def playground(folder: Path) -> Iterator[Playground]:
    with Playground(TEXT, folder / "m.arch") as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()


def asked(playground: Playground, method: str, path: str, body: str | None = None, **headers: str):
    """Status, headers and text of an answer."""
    connection = HTTPConnection(HOST, playground.server_address[1], timeout=60)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body, headers=given)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, dict(response.getheaders()), text


def post(playground: Playground, text: object, **headers: str):
    given = {"Origin": f"http://{playground.host}", **headers}
    return asked(playground, "POST", f"/{playground.token}/ask", json.dumps({"text": text}), **given)


def test_only_this_machine(playground):
    """It listens at the loopback address alone."""
    assert playground.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("name", [*OWN, "start"])
def test_what_there_is(playground, name):
    """Three files and what one begins with; none may be framed, kept or taken for something else."""
    status, headers, text = asked(playground, "GET", f"/{playground.token}/{name}")
    assert status == 200 and text
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/play.js", "/wrong/", "/wrong/start", "//start", "/start", "/%00/", "*"])
def test_without_the_token(playground, path):
    """Without its token nothing is told."""
    status, _, text = asked(playground, "GET", path)
    assert status == 403 and "Linear" not in text


@pytest.mark.parametrize(
    "name",
    ["../play.js", "..%2fserver.py", "server.py", "m.arch", "../../../../etc/passwd", "/etc/passwd", "%2e%2e/m.arch"],
)
def test_no_other_file(playground, name):
    """No path reaches a file but the three."""
    status, _, text = asked(playground, "GET", f"/{playground.token}/{name}")
    assert status == 404 and "root:" not in text and "import" not in text


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1", "127.0.0.1:1"])
def test_another_host(playground, host):
    """A name that was made to point at this machine is refused, whatever its token."""
    status, _, _ = asked(playground, "GET", f"/{playground.token}/", Host=host)
    assert status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", ""])
def test_another_origin(playground, origin):
    """A page of somebody else asks in vain."""
    status, _, text = post(playground, TEXT, Origin=origin)
    assert status == 403 and "faults" not in text


def test_no_origin(playground):
    """Nor may who does not say where he comes from."""
    status, _, _ = asked(playground, "POST", f"/{playground.token}/ask", json.dumps({"text": TEXT}))
    assert status == 403


def test_answers(playground):
    """A text is answered as the library does."""
    status, _, text = post(playground, TEXT)
    assert status == 200
    told = json.loads(text)
    assert told["faults"] == [] and "<title>M: what it costs</title>" in told["page"]
    assert told == answer(TEXT, playground.path)


def test_faults(playground):
    """A fault has its line and its place, as a browser counts."""
    wrong = "# 𝕏 and é\nmodel M(x: [T]) { return yy }\n"
    status, _, text = post(playground, wrong)
    (fault,) = json.loads(text)["faults"]
    assert status == 200 and fault["line"] == 2
    units = wrong.encode("utf-16-le")
    assert units[2 * fault["start"] : 2 * fault["end"]].decode("utf-16-le") == "yy"
    assert json.loads(text)["page"] is None


def test_files_beside(playground):
    """A text uses what lies beside its file, and nothing outside of the folder."""
    _, _, text = post(playground, 'use "beside.arch"\nmodel M(x: [T, D]) -> [T, D] { return Beside(x) }\n')
    assert json.loads(text)["faults"] == []
    for way in ("../outside.arch", "/etc/passwd", "sub/../../outside.arch"):
        _, _, text = post(playground, f'use "{way}"\nmodel M(x: [T]) -> [T] {{ return Secret(x) }}\n')
        told = json.loads(text)
        assert told["page"] is None and told["faults"]
        assert "root:" not in text


@pytest.mark.parametrize("body", ["", "{}", "[]", "[" * 100_000, '{"text": 3}', "\\udcff", '{"text"'])
def test_nonsense(playground, body):
    """What is no question is refused, and the next one is answered."""
    origin = f"http://{playground.host}"
    status, _, _ = asked(playground, "POST", f"/{playground.token}/ask", body, Origin=origin)
    assert status == 400
    assert asked(playground, "GET", f"/{playground.token}/start")[0] == 200


def test_too_long(playground):
    """More than a file may hold is not even read."""
    headers = {"Origin": f"http://{playground.host}", "Content-Length": "99999999999"}
    connection = HTTPConnection(HOST, playground.server_address[1], timeout=60)
    connection.putrequest("POST", f"/{playground.token}/ask")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 400
    connection.close()


def test_tokens_differ():
    """Each playground has a token of its own."""
    with Playground(TEXT) as one, Playground(TEXT) as other:
        assert one.token != other.token and len(one.token) >= 20


def test_port_is_taken():
    """A port that somebody has is said, with status 1."""
    with Playground(TEXT) as there:
        ran = CliRunner().invoke(main, ["play", "--no-browser", "--port", str(there.server_address[1])])
        assert ran.exit_code == 1 and "cannot be had" in ran.output


def test_a_length_without_an_end(playground):
    """A length of thousands of digits, which Python reads as no number, is refused like any other that is too large."""
    given = {"Origin": f"http://{playground.host}", "Content-Length": "9" * 5000}
    status, _, text = asked(playground, "POST", f"/{playground.token}/ask", None, **given)
    assert status == 400
    assert "no text" in text
