"""Follows what the functions and the API of a stack write to their log groups."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import boto3

from local.log_lines import LogFilter, LogLine, render

PAUSE = 1.0
"""Seconds between two looks."""

FIRST_LOOK = 3600
"""How many seconds back the first look goes."""


def follow(stack: str, environment: Mapping[str, str], wanted: LogFilter, *, raw: bool) -> None:
    """Print each log event of a stack once, in the order in which they were written, until interrupted.

    Args:
        stack: The stack, whose name is part of the names of its log groups.
        environment: The variables by which the local AWS is reached.
        wanted: Which lines to print.
        raw: Whether to print them as they were written, one JSON object or line of text a line.
    """
    region, endpoint = environment["AWS_REGION"], environment["AWS_ENDPOINT_URL"]
    # The overloads of services whose types are not installed make this member partially unknown.
    client: Any = boto3.Session().client("logs", region_name=region, endpoint_url=endpoint)  # pyright: ignore[reportUnknownMemberType]
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    shown: set[tuple[str, str, int]] = set()
    since = int((time.time() - FIRST_LOOK) * 1000)
    while True:
        found = dict(read(client, stack, since))
        # A stable order: what a function wrote within one millisecond stays as it wrote it.
        for key, line in sorted(found.items(), key=lambda entry: entry[1].timestamp):
            if key not in shown and wanted.admits(line):
                print(line.text if raw else render(line, colour=colour), flush=True)
        shown = set(found)
        time.sleep(PAUSE)


def read(client: Any, stack: str, since: int) -> Iterator[tuple[tuple[str, str, int], LogLine]]:
    """Read the events of a stack's log groups since a moment (milliseconds since the epoch).

    Yields:
        Each with what tells it from all others: its group, its stream, and its place among those of the stream.
    """
    groups = [
        group["logGroupName"]
        for page in client.get_paginator("describe_log_groups").paginate()
        for group in page["logGroups"]
        if f"-{stack}-" in group["logGroupName"]
    ]
    for group in groups:
        places: dict[str, int] = {}
        for page in client.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since):
            for event in page["events"]:
                stream = event.get("logStreamName", "")
                places[stream] = places.get(stream, 0) + 1
                line = LogLine(event["timestamp"], group, event["message"].rstrip())
                yield (group, stream, places[stream]), line
