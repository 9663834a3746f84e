"""Follows what the functions and the API of a stack write to their log groups."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime

import boto3

PAUSE = 1.0
"""Seconds between two looks."""

FIRST_LOOK = 3600
"""How many seconds back the first look goes."""


def follow(stack: str, environment: Mapping[str, str]) -> None:
    """Print each log event of a stack once, oldest first, until interrupted.

    Args:
        stack: The stack, whose name is part of the names of its log groups.
        environment: The variables by which the local AWS is reached.
    """
    region, endpoint = environment["AWS_REGION"], environment["AWS_ENDPOINT_URL"]
    # The overloads of services whose types are not installed make this member partially unknown.
    client = boto3.Session().client("logs", region_name=region, endpoint_url=endpoint)  # pyright: ignore[reportUnknownMemberType]
    shown: set[tuple[int, str, str]] = set()
    since = int((time.time() - FIRST_LOOK) * 1000)
    while True:
        groups = [group.get("logGroupName", "") for group in client.describe_log_groups()["logGroups"]]
        logged = {
            (event.get("timestamp", 0), group, event.get("message", "").rstrip())
            for group in groups
            if f"-{stack}-" in group
            for page in client.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
            for event in page["events"]
        }
        for timestamp, group, message in sorted(logged - shown):
            at = datetime.fromtimestamp(timestamp / 1000, UTC).strftime("%H:%M:%S")
            print(f"{at} {group.rpartition('/')[2]}  {message}", flush=True)
        shown = logged
        time.sleep(PAUSE)
