"""The door as a server of the Model Context Protocol: tools, prompts and resources.

Source: Model Context Protocol, https://modelcontextprotocol.io/specification/
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TextIO, cast

import anyio
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.server.stdio import stdio_server
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field, ValidationError

from sysgraph import __version__
from sysgraph.errors import SysgraphError, UnknownThing, one_line, suggest, visible
from sysgraph.mcp import words
from sysgraph.mcp.bounds import (
    ANSWER,
    ARGUMENTS,
    CASES,
    ERROR,
    NAMES,
    ROWS,
    WAITING,
    fitted,
    size,
)
from sysgraph.mcp.door import Door, Reply
from sysgraph.mcp.serving import BoundedLines
from sysgraph.near import nearest
from sysgraph.pages.asking import prompt_data, prompt_text
from sysgraph.pages.objects import json_text
from sysgraph.query import find

__all__ = ["DoorServer"]

_OWN = str(Path(__file__).parents[1])
_LONG = ("answers", "description")
_READ_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)

Answers = Annotated[dict[str, Any] | str, Field(description=words.ANSWERS)]
MaybeAnswers = Annotated[dict[str, Any] | str | None, Field(description=words.ANSWERS)]
Description = Annotated[str, Field(description=words.DESCRIBED)]
Case = Annotated[str, Field(description=words.CASE)]
Parts = Annotated[list[str], Field(description=words.PARTS)]
Offset = Annotated[int, Field(description=words.OFFSET)]
Rows = Annotated[int, Field(description=f"{words.LIMIT} At most {ROWS[1]}.")]
Cases = Annotated[int, Field(description=f"{words.LIMIT} At most {CASES[1]}.")]


class DoorServer(MCPServer[Any]):
    """Hands on what the door answers. One call is worked on at a time, in a thread of its own.

    Whatever goes wrong is told as the error of a tool, in words for people, and nothing of what
    was sent is written anywhere.
    """

    def __init__(self, door: Door) -> None:
        super().__init__(
            name="sysgraph",
            title="sysgraph: which way of leading fits this change",
            instructions=words.INSTRUCTIONS,
            website_url="https://w3id.org/sysgraph/",
            version=__version__,
            log_level="CRITICAL",  # what the library logs may quote what was sent
            subscriptions=False,
        )
        self.door = door
        self._turn = anyio.CapacityLimiter(1)
        for tool in (*_of_people(self), *_of_graph(self)):
            title, told = words.TOOLS[tool.__name__]
            self.add_tool(
                tool,
                title=title,
                description=told,
                annotations=_READ_ONLY,
                structured_output=False,
            )
        _add_texts(self)

    async def run_stdio_async(self) -> None:
        """Answer over standard input and output until the input ends, each message bounded."""
        lines = anyio.wrap_file(cast(TextIO, BoundedLines(sys.stdin.buffer)))
        lowlevel = self._lowlevel_server
        async with stdio_server(stdin=lines) as (incoming, outgoing):
            await lowlevel.run(incoming, outgoing, lowlevel.create_initialization_options())

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> Any:
        """Call a tool; whatever stops it is told in words for people."""
        given = {key: value for key, value in arguments.items() if value is not None}
        try:
            self._refuse(name, given)
            return await super().call_tool(name, given, context)
        except SysgraphError as error:
            told = str(error)
        except ToolError as error:
            told = _told(error.__cause__ or error)
        said = visible(told)
        said = f"{said[:ERROR]} …" if len(said) > ERROR else said
        return CallToolResult(content=[TextContent(text=said)], is_error=True)

    def _refuse(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Refuse what no tool could answer.

        Raises:
            SysgraphError: there is no such tool or argument, or what is sent is too large.
        """
        known = {tool.name: tool for tool in self._tool_manager.list_tools()}
        if name not in known:
            raise UnknownThing(name, "tool", nearest(name, known), list(known))
        try:
            sent = len(json.dumps(arguments, ensure_ascii=False).encode())
        except UnicodeEncodeError as error:
            raise SysgraphError("what was sent is not text in UTF-8; send it again") from error
        except RecursionError as error:
            raise SysgraphError("what was sent is nested too deeply; send it flat") from error
        if sent > ARGUMENTS:
            raise SysgraphError(
                f"the arguments have {sent:,} bytes, and at most {ARGUMENTS:,} are read; send less"
            )
        takes = known[name].parameters["properties"]
        for key, value in arguments.items():
            if key in takes and key not in _LONG and size(value) > NAMES:
                raise SysgraphError(f"'{key}' is too long; at most {NAMES:,} characters are read")
            if key not in takes:
                listed = ", ".join(takes)
                hint = suggest(nearest(key, takes, most=1))
                raise SysgraphError(
                    f"{name} takes no '{one_line(key)[:80]}'; it takes {listed}{hint}"
                )

    async def answer(self, tool: str, work: Callable[[], Reply]) -> CallToolResult:
        """Return the answer to a call, once its turn comes."""
        if self._turn.statistics().tasks_waiting >= WAITING:
            raise ToolError(f"{WAITING} calls wait already; ask again in a moment")
        reply = await anyio.to_thread.run_sync(lambda: _worked(work), limiter=self._turn)
        shown, left = fitted(reply.data, ANSWER)
        left = {**left, **reply.left}
        if left:
            rest = reply.rest or f"Ask {tool} again for less, or from another offset on."
            shown = {**shown, "left_out": left, "ask_for_the_rest": rest}
        page = visible(reply.text)
        texts = [page] * bool(page) + [visible(json.dumps(shown, ensure_ascii=False))]
        return CallToolResult(
            content=[TextContent(text=text) for text in texts],
            structured_content={"page": page, **shown} if page else shown,
        )


def _worked(work: Callable[[], Reply]) -> Reply:
    try:
        return work()
    except Exception:
        raise
    except BaseException as error:  # a panic of the engine is no Exception
        raise RuntimeError(type(error).__name__) from None


def _told(error: BaseException) -> str:
    """Return what stopped a tool, without anything that was sent but what it names itself."""
    if isinstance(error, SysgraphError | ToolError):
        return str(error)
    if isinstance(error, ValidationError):
        wrong: dict[str, list[str]] = {}
        for each in error.errors(include_input=False, include_url=False):
            wrong.setdefault(str(each["loc"][0]), []).append(each["msg"])
        return one_line("; ".join(f"{name}: {', or '.join(said)}" for name, said in wrong.items()))
    steps = traceback.extract_tb(error.__traceback__)
    own = [step for step in steps if step.filename.startswith(_OWN)]
    where = f"{own[-1].filename.removeprefix(_OWN)[1:]}:{own[-1].lineno}" if own else "elsewhere"
    fault = f"a fault of sysgraph, {type(error).__name__} ({where})"
    print(f"sysgraph mcp: {fault}", file=sys.stderr)  # noqa: T201 - the one thing to be told here
    return f"this is {fault}; please report that at https://w3id.org/sysgraph/"


Tools = tuple[Callable[..., Any], ...]


def _of_people(server: DoorServer) -> Tools:
    """Return the tools about a person's situation."""
    door = server.door

    async def read_questions(ids: list[str] = []) -> CallToolResult:  # noqa: B006
        return await server.answer("read_questions", lambda: door.read_questions(ids))

    async def check_answers(answers: Answers, description: Description = "") -> CallToolResult:
        return await server.answer(
            "check_answers", lambda: door.check_answers(answers, description)
        )

    async def next_question(
        answers: Answers,
        description: Description = "",
        put: list[str] = [],  # noqa: B006
    ) -> CallToolResult:
        return await server.answer(
            "next_question", lambda: door.next_question(answers, description, put)
        )

    async def advise(
        answers: MaybeAnswers = None,
        description: Description = "",
        case: Case = "",
        parts: Parts = [],  # noqa: B006
    ) -> CallToolResult:
        return await server.answer("advise", lambda: door.advise(answers, description, case, parts))

    async def explain_type(
        type: Annotated[str, Field(description="A type by its id or number.")],
        answers: MaybeAnswers = None,
        description: Description = "",
        case: Case = "",
        proofs: Annotated[bool, Field(description="Unfold each reason to its proof.")] = False,
        parts: Parts = [],  # noqa: B006
    ) -> CallToolResult:
        return await server.answer(
            "explain_type",
            lambda: door.explain_type(type, answers, description, case, proofs, parts),
        )

    return read_questions, check_answers, next_question, advise, explain_type


def _of_graph(server: DoorServer) -> Tools:
    """Return the tools about what the graph holds."""
    door = server.door

    async def prove_statement(statement: str, parts: Parts = []) -> CallToolResult:  # noqa: B006
        return await server.answer(
            "prove_statement", lambda: door.prove_statement(statement, parts)
        )

    async def find_cases(
        type: Annotated[str, Field(description="A type by its id or number.")] = "",
        led: Annotated[str, Field(description="Judged so on whether it is led rightly.")] = "",
        working: Annotated[str, Field(description="Judged so on whether it works.")] = "",
        sector: str = "",
        country: Annotated[str, Field(description="A country by its two letters.")] = "",
        facets: Annotated[
            dict[str, str], Field(description="What it began with, such as change-aim: improve.")
        ] = {},  # noqa: B006
        independent: Annotated[
            bool, Field(description="Only cases that others judged than those who led.")
        ] = False,
        offset: Offset = 0,
        limit: Cases = CASES[0],
    ) -> CallToolResult:
        filters = {"type": type, "led": led, "working": working}
        filters |= {"sector": sector, "country": country}
        return await server.answer(
            "find_cases",
            lambda: door.find_cases(filters, facets, (offset, limit), independent=independent),
        )

    async def list_canned_questions(
        search: str = "", tag: str = "", offset: Offset = 0, limit: Rows = ROWS[1]
    ) -> CallToolResult:
        return await server.answer(
            "list_canned_questions",
            lambda: door.list_canned_questions(search, tag, (offset, limit)),
        )

    async def ask_canned_question(
        name: str,
        parameters: dict[str, str] = {},  # noqa: B006
        offset: Offset = 0,
        limit: Rows = ROWS[0],
    ) -> CallToolResult:
        return await server.answer(
            "ask_canned_question",
            lambda: door.ask_canned_question(name, parameters, (offset, limit)),
        )

    async def describe_term(name: str, parts: Parts = []) -> CallToolResult:  # noqa: B006
        return await server.answer("describe_term", lambda: door.describe_term(name, parts))

    return prove_statement, find_cases, list_canned_questions, ask_canned_question, describe_term


def _add_texts(server: DoorServer) -> None:
    """Add the prompts that a person may choose, and the resources that they may attach."""
    frame = server.door.frame

    @server.prompt(title="Ask me the questions", description="An interview, then the advice.")
    def ask_me() -> str:
        return words.INTERVIEW

    @server.prompt(title="Read my description", description="From a text to checked answers.")
    def read_my_description(description: str) -> str:
        text = prompt_text(frame).partition("(Paste the description below.)")[0]
        return f"{words.READING}\n{text}\n{description}\n"

    @server.resource(
        "sysgraph://prompt",
        title="The questions as a text for an assistant",
        description="What `sysgraph prompt` prints.",
        mime_type="text/markdown",
    )
    def prompt() -> str:
        return prompt_text(frame)

    @server.resource(
        "sysgraph://questions",
        title="The questions as data",
        description="What `sysgraph prompt --format json` prints.",
        mime_type="application/json",
    )
    def questions() -> str:
        return json_text(prompt_data(frame))

    @server.resource(
        "sysgraph://canned/{name}",
        title="The SPARQL of a canned question",
        description="What `sysgraph query NAME --show` prints.",
        mime_type="application/sparql-query",
    )
    def canned(name: str) -> str:
        try:
            return find(name).text
        except SysgraphError as error:
            raise ResourceNotFoundError(str(error)) from error
