"""Measure an agent's door: the seconds of each tool, and memory, by a client over stdio.

python benchmarks/door.py 20
"""

import os
import sys
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import anyio
import psutil
from mcp import Client, StdioServerParameters

TEXT = "The tenants meet in a church hall without anyone's leave. The council can force it through."
ANSWERS: dict[str, Any] = {
    "which-system": {"value": "the flats", "asked": True},
    "purpose-origin": {
        "value": "movement",
        "quote": "meet in a church hall without anyone's leave",
    },
    "agreement": {"value": "coercive", "quote": "The council can force it through"},
    "change-aim": {"value": "win-justice", "asked": True},
    "incumbent-readiness": {"value": "resistant", "asked": True},
}
TOLD = {"answers": ANSWERS, "description": TEXT}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("read_questions", {}),
    ("check_answers", TOLD),
    ("next_question", TOLD),
    ("advise", TOLD),
    ("advise", {"case": "wigan-deal"}),
    ("advise", {**TOLD, "parts": ["types.organic"]}),
    ("advise", {**TOLD, "parts": ["combinations"]}),
    ("explain_type", {**TOLD, "type": "organic"}),
    ("explain_type", {**TOLD, "type": "organic", "proofs": True}),
    ("prove_statement", {"statement": "case:bhavishya/practice enactsType ?"}),
    ("find_cases", {"type": "organic"}),
    ("list_canned_questions", {"tag": "risk"}),
    ("ask_canned_question", {"name": "cases-of-type", "parameters": {"type": "organic"}}),
    ("describe_term", {"name": "case:wigan-deal"}),
    ("describe_term", {"name": "type:organic"}),
]


def _memory() -> float:
    """Return how many MiB the server holds."""
    (server,) = psutil.Process().children()
    return float(server.memory_info().rss) / 2**20


async def measure(rounds: int) -> None:
    """Print the time from start to the first answer, of each call, and the memory."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "sysgraph", "mcp"], env=dict(os.environ)
    )
    begun = perf_counter()
    async with Client(command) as client:
        await client.list_tools()
        print(f"started and listed in {perf_counter() - begun:.2f} s; {_memory():.0f} MiB")
        for name, arguments in CALLS:
            begun = perf_counter()
            reply = await client.call_tool(name, arguments)
            first = perf_counter() - begun
            assert not reply.is_error, reply
            took = []
            for _ in range(rounds):
                begun = perf_counter()
                await client.call_tool(name, arguments)
                took.append(1000 * (perf_counter() - begun))
            size = sum(len(getattr(each, "text", "")) for each in reply.content)
            said = ", ".join(key for key in arguments if key not in ("answers", "description"))
            print(
                f"{f'{name} {said}':38} {size:7,} characters, first {1000 * first:6.0f} ms,"
                f" median {median(took):6.1f} ms, 95th {quantiles(took, n=20)[-1]:6.1f} ms;"
                f" {_memory():.0f} MiB"
            )


if __name__ == "__main__":
    anyio.run(measure, int(sys.argv[1]) if len(sys.argv) > 1 else 20)
