"""The server, asked by the client of the library it is made with, in this process."""

import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, TextContent, TextResourceContents

from calling import Call
from sysgraph.advice.frame import Frame
from sysgraph.errors import SysgraphError
from sysgraph.mcp.bounds import ANSWER, ARGUMENTS, ERROR, PAGE, WAITING
from sysgraph.mcp.door import Door, Reply
from sysgraph.mcp.server import DoorServer
from sysgraph.mcp.words import INSTRUCTIONS, TOOLS
from sysgraph.store.local import Store

SECRET = "the widow in the third house"
ASKED = {"agreement": {"value": "coercive", "asked": True}}


@pytest.fixture(scope="module")
def server(frame: Frame, library: Store) -> DoorServer:
    return DoorServer(Door(frame, lambda: library))


def ask(server: DoorServer, tool: str, mode: str = "auto", **arguments: Any) -> CallToolResult:
    """Return what the client gets for a call."""

    async def asked() -> CallToolResult:
        async with Client(server, mode=mode) as client:
            return await client.call_tool(tool, arguments)

    return anyio.run(asked)


def text(reply: CallToolResult) -> str:
    """Return all texts of an answer."""
    assert all(isinstance(each, TextContent) for each in reply.content)
    return "\n".join(each.text for each in reply.content if isinstance(each, TextContent))


def test_every_tool_is_read_only_and_says_what_it_is_for(server: DoorServer) -> None:
    async def listed() -> Any:
        async with Client(server) as client:
            return client.instructions, (await client.list_tools()).tools

    instructions, tools = anyio.run(listed)
    assert instructions == INSTRUCTIONS
    assert {tool.name for tool in tools} == set(TOOLS)
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint
        assert tool.description
        assert tool.title
        for name, taken in tool.input_schema["properties"].items():
            assert taken.get("description") or name in text_of_tool(tool), (tool.name, name)


def text_of_tool(tool: Any) -> str:
    return f"{tool.description} {tool.title}".lower()


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_answer_is_a_page_and_the_same_data_twice(mode: str, server: DoorServer) -> None:
    reply = ask(server, "advise", mode, answers=ASKED)
    page, data = (each.text for each in reply.content if isinstance(each, TextContent))
    assert reply.structured_content == {"page": page, **json.loads(data)}
    assert page.startswith("Your situation\n====")
    assert not reply.is_error


def test_answers_may_be_sent_as_text(server: DoorServer) -> None:
    # Some clients send objects as text.
    reply = ask(server, "advise", answers=json.dumps(ASKED))
    assert reply.structured_content == ask(server, "advise", answers=ASKED).structured_content


def test_what_is_left_out_comes_with_how_to_ask(server: DoorServer) -> None:
    data = ask(server, "advise", answers=ASKED).structured_content
    assert data is not None
    assert "types" in data["left_out"]
    assert "parts" in data["ask_for_the_rest"]
    rows = ask(server, "ask_canned_question", name="types-of-leadership", limit=2)
    assert rows.structured_content is not None
    assert "offset 2" in rows.structured_content["left_out"]["rows"]


def test_nothing_where_all_is_told(server: DoorServer) -> None:
    data = ask(server, "read_questions", ids=["agreement"]).structured_content
    assert data is not None
    assert "left_out" not in data


DEEP: dict[str, Any] = {}
for _ in range(5_000):
    DEEP = {"value": DEEP}


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("advice", {}, "did you mean 'advise'?"),
        ("advise", {"answer": {}}, "did you mean 'answers'?"),
        ("advise", {"answers": 3}, "answers: Input should be a valid dictionary, or Input should"),
        ("advise", {"answers": [{}]}, "answers: "),
        ("advise", {}, "either the answers"),
        ("advise", {"answers": {"agreement": "coercive"}}, "agreement has no quote"),
        ("advise", {"answers": {"agreement": {"value": "\ud800"}}}, "not text in UTF-8"),
        ("advise", {"answers": DEEP}, "nested too deeply"),
        ("advise", {"answers": {"x" * ARGUMENTS: 1}}, "at most 200,000 are read"),
        ("advise", {"answers": "facets: {a: &a [*a]}"}, "answers"),
        ("advise", {"answers": {"x" * 100_000: {"value": "y"}}}, "there is no question"),
        ("advise", {"case": "../../etc/passwd"}, "is no case"),
        ("advise", {"case": "nonesuch\x1b[2J\u202e<script>"}, "is no case"),
        ("advise", {"answers": ASKED, "parts": ["__class__.__mro__"]}, "is no part of advice"),
        ("explain_type", {"type": "<>", "answers": ASKED}, "is no leadership type"),
        ("prove_statement", {"statement": "?" * 1_000}, "write subject, property"),
        ("prove_statement", {"statement": "a" * 2_000}, "'statement' is too long"),
        ("advise", {"case": "wigan-deal", "parts": ["front"] * 500}, "'parts' is too long"),
        ("advise", {"case": "wigan-deal", "parts": ["front." + "9" * 1_000 + "-"]}, "is no part"),
        ("find_cases", {"sector": "x" * 2_000}, "at most 2,000 characters are read"),
        ("advise", {"answers": {f"q{n}": 1 for n in range(101)}}, "at most 100 are read"),
        ("advise", {"answers": "a: b\n" * 606}, "more answers than questions"),
        ("prove_statement", {"statement": "<a> <b> <c> . DROP ALL"}, "write subject"),
        ("find_cases", {"limit": 51}, "'limit' is 1 to 50"),
        ("find_cases", {"offset": -1}, "'offset' counts from 0"),
        ("find_cases", {"limit": "many"}, "limit: Input should be a valid integer"),
        ("find_cases", {"sector": '" } INSERT DATA { <a> <b> <c> } #'}, "is no sector"),
        ("find_cases", {"facets": {"a": 1}}, "facets: "),
        ("ask_canned_question", {"name": "../queries/cases-of-type"}, "no query named"),
        (
            "ask_canned_question",
            {"name": "cases-in-sector", "parameters": {"sectr": "x"}},
            "did you mean 'sector'?",
        ),
        ("describe_term", {"name": "> } DROP ALL #"}, "is no thing"),
        ("describe_term", {"name": "file:///etc/passwd"}, "is no thing"),
    ],
)
def test_what_cannot_be_answered_is_told_for_people(
    tool: str, arguments: dict[str, Any], told: str, server: DoorServer
) -> None:
    reply = anyio.run(server.call_tool, tool, arguments)
    assert reply.is_error
    assert told in text(reply)
    assert "Traceback" not in text(reply)
    assert "Error executing" not in text(reply)
    assert "fault of sysgraph" not in text(reply)
    assert "\x1b" not in text(reply)
    assert len(text(reply)) <= ERROR + 2
    assert not ask(server, "read_questions", ids=["agreement"]).is_error


def test_hostile_parameters_are_values_and_nothing_else(server: DoorServer) -> None:
    hostile = '" } UNION { ?case ?p ?o } #'
    asked: dict[str, Any] = {"name": "cases-in-sector", "parameters": {"sector": hostile}}
    reply = ask(server, "ask_canned_question", **asked)
    assert reply.structured_content is not None
    assert reply.structured_content["count"] == 0


def test_every_answer_is_bounded(server: DoorServer) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("read_questions", {}),
        ("advise", {"answers": ASKED, "parts": ["types", "why_not", "changes"]}),
        ("explain_type", {"type": "3", "case": "bhavishya", "proofs": True}),
        ("find_cases", {"limit": 50}),
        ("list_canned_questions", {}),
        ("ask_canned_question", {"name": "facets-and-values", "limit": 500}),
        ("describe_term", {"name": "sysg:CaseStudy"}),
        ("describe_term", {"name": "type:organic"}),
    ]
    for tool, arguments in calls:
        reply = ask(server, tool, **arguments)
        assert not reply.is_error, text(reply)
        assert len(text(reply)) < ANSWER + PAGE + 5_000, tool


def test_nothing_of_what_is_sent_is_logged(
    server: DoorServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, "sysgraph")
    wrong = {"agreement": {"value": "coercive", "quote": f"not {SECRET}"}}
    right = {"agreement": {"value": "coercive", "quote": SECRET}}
    for answers in (wrong, right, {SECRET: 1}, f"facets: [{SECRET}", 7):
        ask(server, "check_answers", answers=answers, description=SECRET)
        ask(server, "advise", answers=answers, description=SECRET)
    said = capfd.readouterr()
    logged = [one.getMessage() for one in caplog.records if one.levelno >= logging.CRITICAL]
    assert SECRET not in said.out + said.err
    assert logged == []


def test_a_fault_is_told_without_what_was_sent(
    frame: Frame, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Store:
        raise ValueError(SECRET)

    class Panic(BaseException):
        """What the engine raises when it gives up."""

    def panics() -> Store:
        raise Panic(SECRET)

    for opened, name in ((broken, "ValueError"), (panics, "RuntimeError")):
        reply = ask(DoorServer(Door(frame, opened)), "find_cases")
        assert reply.is_error
        assert f"a fault of sysgraph, {name} (mcp/" in text(reply)
        assert "report" in text(reply)
        said = capfd.readouterr()
        assert name in said.err
        assert SECRET not in text(reply) + said.out + said.err


def test_one_is_answered_at_a_time_and_not_all_may_wait(server: DoorServer) -> None:
    begun, end = threading.Event(), threading.Event()
    told: list[str] = []
    at_once: list[int] = []

    def work() -> Reply:
        at_once.append(1)
        begun.set()
        end.wait(30)
        assert len(at_once) == 1
        at_once.pop()
        return Reply({"done": True})

    async def asked() -> None:
        reply = await server.answer("advise", work)
        told.append(str(reply.structured_content))

    async def all_asked() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(WAITING + 1):
                group.start_soon(asked)
            await anyio.to_thread.run_sync(begun.wait)
            with pytest.raises(Exception, match="calls wait already"):
                await server.answer("advise", work)
            end.set()

    anyio.run(all_asked)
    assert told == ["{'done': True}"] * (WAITING + 1)


def test_prompts_hand_on_the_questions(server: DoorServer, call: Call) -> None:
    async def got() -> tuple[str, str]:
        async with Client(server) as client:
            one = await client.get_prompt("ask_me")
            other = await client.get_prompt("read_my_description", {"description": SECRET})
            texts = [each.messages[0].content for each in (one, other)]
            return tuple(each.text for each in texts if isinstance(each, TextContent))  # type: ignore[return-value]

    interview, reading = anyio.run(got)
    assert "next_question" in interview
    assert call("prompt").out.partition("(Paste")[0] in reading
    assert reading.endswith(f"{SECRET}\n")


def test_resources_are_what_the_command_line_prints(server: DoorServer, call: Call) -> None:
    async def read(uri: str) -> str:
        async with Client(server) as client:
            (found,) = (await client.read_resource(uri)).contents
            assert isinstance(found, TextResourceContents)
            return found.text

    assert anyio.run(read, "sysgraph://prompt") == call("prompt").out
    assert anyio.run(read, "sysgraph://questions") == call("prompt", "--format", "json").out
    shown = call("query", "cases-of-type", "--show").out
    assert anyio.run(read, "sysgraph://canned/cases-of-type") == shown


def test_a_resource_that_is_none_is_told(server: DoorServer) -> None:
    async def read(uri: str) -> str:
        async with Client(server) as client:
            with pytest.raises(MCPError) as told:
                await client.read_resource(uri)
            return str(told.value)

    assert "did you mean 'cases-of-type'" in anyio.run(read, "sysgraph://canned/case-of-type")
    for uri in ("sysgraph://none", "sysgraph://canned/../x", "sysgraph://canned/%2e%2e%2fx"):
        assert "Unknown resource" in anyio.run(read, uri)


def test_the_errors_of_the_library_are_told_as_they_are(frame: Frame) -> None:
    def closed() -> Store:
        raise SysgraphError("my-store: the store is busy; try again when it is done")

    opened: Callable[[], Store] = closed
    reply = ask(DoorServer(Door(frame, opened)), "find_cases")
    assert text(reply) == "my-store: the store is busy; try again when it is done"
