"""The door as a process of its own: over standard input and output, and over HTTP."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import pytest
from mcp import Client, StdioServerParameters

from calling import Call
from sysgraph.errors import SysgraphError
from sysgraph.listening import listen
from sysgraph.mcp.bounds import MESSAGE
from sysgraph.mcp.serving import BoundedLines

REPLIES = Path(__file__).parents[1] / "cli" / "replies"
SECRET = "the widow in the third house"
COMMAND = [sys.executable, "-m", "sysgraph", "mcp"]


def told(address: Any, mode: str, calls: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    """Return what a client gets for some calls over one connection."""

    async def asked() -> list[Any]:
        async with Client(address, mode=mode) as client:
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return anyio.run(asked)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where a process answers over HTTP; it must have said nothing else when it ends."""
    process = subprocess.Popen(
        [*COMMAND, "--http", "--port", "0", "--name", "door.example"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    line = ""
    while "Answering at" not in line:
        line = process.stderr.readline()
        assert line, "it ended before it answered"
    yield re.findall(r"http://\S+/mcp", line)[0]
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == -signal.SIGINT
    assert process.stderr.read() == ""


@pytest.mark.slow
@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_process_answers_over_its_standard_streams(mode: str, call: Call) -> None:
    reply, text = (REPLIES / f"wigan-deal.{end}" for end in ("reply.md", "txt"))
    given = {"answers": reply.read_text("utf-8"), "description": text.read_text("utf-8")}
    server = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env=dict(os.environ))
    checked, advised, wrong = told(
        server,
        mode,
        [("check_answers", given), ("advise", given), ("advise", {"case": "nonesuch"})],
    )
    assert checked.structured_content["sound"]
    assert advised.content[0].text == call("advise", reply, "--description", text).out
    assert wrong.is_error
    assert "'nonesuch' is no case" in wrong.content[0].text


def test_what_is_no_message_is_passed_over_and_nothing_is_logged() -> None:
    arguments = {"answers": {"agreement": {"value": "plural", "quote": SECRET}}}
    messages = [
        '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",'
        '"capabilities":{},"clientInfo":{"name":"t","version":"1"}}}',
        '{"jsonrpc":"2.0","method":"notifications/initialized"}',
        f"no message, {SECRET}",
        f'{{"description": "{SECRET}"}}',
        "[" * 10_000,
        '"' + SECRET + "x" * MESSAGE + '"',
        f'{{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{{"name":7,"a":"{SECRET}"}}}}',
        json.dumps(
            {
                "jsonrpc": "2.0",
                "id": 3,
                "method": "tools/call",
                "params": {"name": "check_answers", "arguments": arguments},
            }
        ),
    ]
    process = subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("".join(f"{each}\n" for each in messages).encode())
    process.stdin.flush()
    found: dict[int, Any] = {}
    while 3 not in found:
        answer = json.loads(process.stdout.readline())
        found[answer.get("id")] = answer
    out, err = process.communicate(timeout=30)
    assert "result" in found[1]
    assert "error" in found[2]
    assert found[3]["result"]["structuredContent"]["faults"]
    assert out == b""
    assert process.returncode == 0
    assert SECRET.encode() not in err
    assert b"a message of more than 1,048,576 bytes was left out" in err
    assert b"Traceback" not in err


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_process_answers_over_http(mode: str, address: str, call: Call) -> None:
    (found, cases) = told(
        address, mode, [("advise", {"case": "wigan-deal"}), ("find_cases", {"type": "organic"})]
    )
    assert found.content[0].text == call("advise", "--case", "wigan-deal").out
    assert cases.structured_content["cases"]


LIST = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()


def sent(
    address: str, headers: dict[str, str], body: bytes = LIST, method: str = "POST"
) -> tuple[int, str]:
    """Return the status and the text of an answer to a plain request."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    connection = HTTPConnection(parts.hostname, parts.port, timeout=30)
    usual = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    connection.request(method, parts.path, body, {**usual, **headers})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost"}, 200),
        ({"Host": "door.example"}, 200),
        ({"Host": "door.example:443", "Origin": "https://door.example"}, 200),
        ({"Origin": "http://localhost:3000"}, 200),
        # What a page of another site makes a browser send, also when its name leads here.
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:8765"}, 421),
        ({"Host": "evil.example:8765", "Origin": "http://evil.example:8765"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content-Type": "text/plain"}, 400),
    ],
)
def test_no_page_of_another_site_can_ask(
    headers: dict[str, str], status: int, address: str
) -> None:
    found, text = sent(address, headers)
    assert found == status
    assert ("find_cases" in text) == (status == 200)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'"' + b"x" * MESSAGE + b'"', 413),
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "\xff"}', 400),
    ],
)
def test_what_is_no_message_is_refused_and_others_are_answered(
    body: bytes, status: int, address: str
) -> None:
    found, text = sent(address, {}, body)
    assert found == status
    assert "Traceback" not in text
    assert sent(address, {})[0] == 200


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
def test_nobody_holds_a_connection_that_nothing_comes_by(method: str, address: str) -> None:
    assert sent(address, {}, b"", method) == (405, "Ask by POST.\n")


def test_a_port_that_is_taken_is_told(address: str) -> None:
    port = urlsplit(address).port
    assert port is not None
    with pytest.raises(SysgraphError, match="choose another --port"):
        listen("127.0.0.1", port)
    with pytest.raises(SysgraphError, match="cannot listen there"):
        listen("nobody.invalid", 0)


def test_long_lines_are_left_out_with_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    lines = BoundedLines(io.BytesIO(b"one\n123456789012\ntwo\n1234567890\n" + b"y" * 99), 10)
    assert [lines.readline() for _ in range(3)] == ["one\n", "two\n", ""]
    # Ten bytes and the end of the line are eleven.
    assert capsys.readouterr().err.count("a message of more than 10 bytes was left out") == 3
    assert BoundedLines(io.BytesIO(b"\xff\n")).readline() == "\ufffd\n"
