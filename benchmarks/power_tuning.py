"""Which memory suits a function: `python -m benchmarks.power_tuning FUNCTION` measures sizes and draws the curve.

It changes the memory of the unpublished version only, which no caller of the alias reaches, and puts it back. The time
is what Lambda bills, without the first call of each size, which starts an instance. The environment says which AWS is
asked: on the laptop, every size has the same processor and nothing is billed, so that only AWS itself shows a curve.
"""

import argparse
import base64
import json
import os
import re
import statistics
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import boto3

from benchmarks.functions import EVENT
from cost import tables
from cost.formulas.compute import call_dollars
from cost.tables import Prices

SIZES = (128, 256, 512, 1024, 1769, 3008)
"""In MB. At 1769 a function has one whole processor,
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html."""

CALLS = 20
WIDTH = 30


class TuningError(RuntimeError):
    """A function cannot be measured; the message says why and what helps."""


@dataclass(frozen=True)
class Measure:
    """A memory size as measured.

    Attributes:
        memory: In MB.
        milliseconds: What half of the calls do not exceed.
        dollars: What a million of such calls costs.
    """

    memory: int
    milliseconds: float
    dollars: float


def tune(
    client: Any, function: str, *, sizes: Sequence[int], calls: int, event: object, prices: Prices
) -> list[Measure]:
    """Measure a function at several memory sizes.

    Args:
        client: boto3's client of `lambda`.
        function: The function's name.
        sizes: In MB.
        calls: How many calls of each size count.
        event: What it is called with; it should change nothing that matters.
        prices: For what a call costs.

    Raises:
        TuningError: The function fails on the event.
    """
    configuration = client.get_function_configuration(FunctionName=function)
    architecture = configuration["Architectures"][0]
    measures: list[Measure] = []
    with _memory_kept(client, function, configuration["MemorySize"]):
        for size in sizes:
            _set_memory(client, function, size)
            _call(client, function, event)
            times = [_call(client, function, event) for _ in range(calls)]
            middle = statistics.median(times)
            measures.append(Measure(size, middle, call_dollars(size, architecture, middle, prices) * 1_000_000))
    return measures


@contextmanager
def _memory_kept(client: Any, function: str, memory: int) -> Generator[None]:
    try:
        yield
    finally:
        _set_memory(client, function, memory)


def _set_memory(client: Any, function: str, memory: int) -> None:
    client.update_function_configuration(FunctionName=function, MemorySize=memory)
    client.get_waiter("function_updated_v2").wait(FunctionName=function)


def _call(client: Any, function: str, event: object) -> float:
    """Call the unpublished version; the milliseconds that are billed, or by our clock where AWS does not say."""
    started = time.monotonic()
    answer = client.invoke(FunctionName=function, Payload=json.dumps(event).encode(), LogType="Tail")
    if "FunctionError" in answer:
        said = answer["Payload"].read().decode(errors="replace")[:300]
        raise TuningError(f"{function} failed on the event: {said}; give one that it answers with --event FILE")
    passed = (time.monotonic() - started) * 1000
    return billed(base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")) or passed


def billed(log: str) -> float | None:
    """The billed milliseconds that the end of a log names, as text or as JSON; None if it names none."""
    found = re.search(r'Billed Duration: ([\d.]+) ms|"billedDurationMs"\s*:\s*([\d.]+)', log)
    return float(found[1] or found[2]) if found else None


def curve(measures: Sequence[Measure]) -> str:
    """Draw time and cost by memory, and name the fastest and the cheapest size."""
    slowest = max(measure.milliseconds for measure in measures) or 1
    dearest = max(measure.dollars for measure in measures) or 1
    lines = [f"{'MB':>6}{'ms':>9}  {'time':{WIDTH}}  {'$ a million':>11}  cost"]
    for one in measures:
        bar, cost = "#" * round(WIDTH * one.milliseconds / slowest), "$" * round(WIDTH * one.dollars / dearest)
        lines.append(f"{one.memory:6}{one.milliseconds:9.1f}  {bar:{WIDTH}}  {one.dollars:11.2f}  {cost}")
    cheapest = min(measures, key=lambda one: (one.dollars, one.milliseconds))
    fastest = min(measures, key=lambda one: (one.milliseconds, one.dollars))
    return "\n".join([*lines, f"cheapest: {cheapest.memory} MB; fastest: {fastest.memory} MB"])


def main() -> int:
    """Measure one function and print the curve; the exit status is 1 if it cannot be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.power_tuning", description=__doc__)
    parser.add_argument("function", help="its name, such as blog-prod-get-user")
    parser.add_argument("--memory", type=int, nargs="+", default=SIZES, metavar="MB", help="the sizes")
    parser.add_argument("--calls", type=int, default=CALLS, help="how many calls of each size count")
    parser.add_argument("--event", type=Path, help="a file with the event; by default a GET /users/{userId}")
    chosen = parser.parse_args()
    event = json.loads(chosen.event.read_text(encoding="utf-8")) if chosen.event else EVENT
    client = cast("Any", boto3.Session()).client("lambda")
    if "AWS_ENDPOINT_URL" in os.environ:
        print(
            "A local AWS: every size has the same processor, and times are those of the caller. Only AWS shows a curve."
        )
    try:
        measures = tune(
            client, chosen.function, sizes=chosen.memory, calls=chosen.calls, event=event, prices=tables.prices()
        )
    except TuningError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(curve(measures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
