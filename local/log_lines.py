"""Lines of logs: which of them somebody wants to see, and how a terminal shows them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
"""Of Python's logging, the least severe first."""

PLATFORM = ("INIT_START ", "START ", "END ", "REPORT ")
"""What Lambda's own lines in text format begin with.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

_KNOWN = frozenset({"timestamp", "level", "message", "service", "location", "exception", "exception_name"})
"""Members that a shown line says in another way, or that say nothing to who reads it."""

_COLOURS = {"WARNING": "\033[33m", "ERROR": "\033[31m", "CRITICAL": "\033[31m", "DEBUG": "\033[2m"}
_RESET = "\033[0m"


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event of a log group.

    Attributes:
        timestamp: Milliseconds since the epoch.
        group: The name of the log group.
        text: What was written, without the end of line.
    """

    timestamp: int
    group: str
    text: str

    @property
    def function(self) -> str:
        """The last part of the group's name: the function, or the API."""
        return self.group.rpartition("/")[2]

    def members(self) -> Mapping[str, Any] | None:
        """The members of a line of JSON; None for another one."""
        try:
            found: object = json.loads(self.text)
        except ValueError:
            return None
        return cast("Mapping[str, Any]", found) if isinstance(found, dict) else None


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which lines somebody wants to see; what is empty admits all.

    Attributes:
        function: A part of a function's name, such as `process-job`, or as its file is called, `process_job`.
        id: What a line has to hold: a correlation id, the id of a request, an upload or a message.
        level: The least severe level, one of LEVELS. Lines without a level are left out then.
    """

    function: str = ""
    id: str = ""
    level: str = ""

    def admits(self, line: LogLine) -> bool:
        """Tell whether to show a line."""
        if self.function.replace("_", "-") not in line.function or self.id not in line.text:
            return False
        if not self.level:
            return True
        level = str((line.members() or {}).get("level", ""))
        return level in LEVELS and LEVELS.index(level) >= LEVELS.index(self.level)


def render(line: LogLine, *, colour: bool) -> str:
    """Show a line as time, function, level, message and what else it says; an exception goes on the lines below.

    Args:
        line: The line.
        colour: Whether to colour it by its level.
    """
    members = line.members()
    at = datetime.fromtimestamp(line.timestamp / 1000, UTC).strftime("%H:%M:%S.%f")[:-3]
    if members is None:
        level, said, exception = ("PLATFORM" if line.text.startswith(PLATFORM) else ""), line.text, ""
    elif "_aws" in members:
        level, said, exception = "METRIC", _metrics(members), ""
    else:
        level = str(members.get("level", ""))
        more = [
            f"{name}={_value(value)}" for name, value in members.items() if name not in _KNOWN and value is not None
        ]
        said = "  ".join([str(members.get("message", "")), *more]).strip()
        exception = str(members.get("exception") or "")
    shown = "\n".join(
        [f"{at}  {line.function:<30}  {level:<8}  {said}", *(f"    {one}" for one in exception.splitlines())]
    )
    start = _COLOURS.get(level, "") if colour else ""
    return f"{start}{shown}{_RESET}" if start else shown


def _metrics(members: Mapping[str, Any]) -> str:
    """Metrics in the embedded format.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    names = [one["Name"] for directive in members["_aws"]["CloudWatchMetrics"] for one in directive["Metrics"]]
    return "  ".join(f"{name}={_value(members.get(name))}" for name in names)


def _value(value: object) -> str:
    if isinstance(value, list) and len(cast("list[object]", value)) == 1:
        return _value(cast("list[object]", value)[0])
    return value if isinstance(value, str) and value and " " not in value else json.dumps(value, ensure_ascii=False)
