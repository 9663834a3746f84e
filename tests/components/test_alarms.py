"""Every alarm of every stack says what to do first and links to a row of the runbook, and every row is of an alarm."""

import re
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from tests.policies.program import ROOT, records

RUNBOOK = ROOT / "docs/runbooks/alarms.md"
STACKS = [
    ROOT / "Pulumi.prod.yaml",
    ROOT / "tests/options/Pulumi.options.yaml",
    ROOT / "tests/options/Pulumi.more.yaml",
]
TYPES = ("aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm")
DESCRIPTION = re.compile(r"\S.*\. First: [A-Z].*\. Runbook: (\S+)/alarms\.md#([a-z-]+)", re.DOTALL)
LONGEST = 1024
"""Characters, https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html."""


@cache
def sections() -> dict[str, tuple[str, ...]]:
    """The patterns of the runbook's rows, by the anchor of their heading."""
    _, *parts = re.split(r"^## (.+)$", RUNBOOK.read_text(), flags=re.MULTILINE)
    rows = (tuple(re.findall(r"^\| `(\S+)` \|", body, re.MULTILINE)) for body in parts[1::2])
    return dict(zip((heading.lower().replace(" ", "-") for heading in parts[::2]), rows, strict=True))


@cache
def alarms(stack: Path) -> dict[str, str]:
    """The descriptions of a stack's alarms, by their names without its prefix."""
    prefix = f"blog-{stack.stem.removeprefix('Pulumi.')}-"
    found = (one for one in records(stack).resources if one.type in TYPES)
    return {one.name.removeprefix(prefix): one.props.values["alarmDescription"] for one in found}


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.stem)
def test_each_alarm_says_the_first_step_and_links_to_its_row(stack: Path) -> None:
    assert alarms(stack)
    for name, description in alarms(stack).items():
        parts = DESCRIPTION.fullmatch(description)
        assert parts, (name, description)
        assert len(description) <= LONGEST
        assert any(fnmatch(name, pattern) for pattern in sections().get(parts[2], ())), (name, parts[2])


def test_each_row_of_the_runbook_is_of_an_alarm() -> None:
    names = {name for stack in STACKS for name in alarms(stack)}
    patterns = {pattern for rows in sections().values() for pattern in rows}
    assert {pattern for pattern in patterns if not any(fnmatch(name, pattern) for name in names)} == set()


def test_alarms_of_a_stack_link_to_the_runbooks_that_it_names() -> None:
    linked = {DESCRIPTION.fullmatch(text) for text in alarms(STACKS[0]).values()}
    folders = {parts[1] for parts in linked if parts}
    assert folders == {"https://github.com/example/serverless-blog/blob/main/docs/runbooks"}
