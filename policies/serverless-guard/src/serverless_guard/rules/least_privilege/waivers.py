"""What a waiver must look like. A waiver is judged as a resource is, so that no exception goes unjudged itself."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from serverless_guard.record import Resource
from serverless_guard.rules.rule import THE_STACK, Example, Option, resource_rule

WAIVER: Final = "policies:waivers:Waiver"
"""The type of the record of a waiver; it is none of the program's resources."""
REQUIRED: Final = ("rule", "resource", "finding", "reason", "owner", "expires")

FITTING: Final = {
    "rule": "dynamodb-pitr",
    "resource": "aws:dynamodb/table:Table::blog-cache",
    "finding": "pointInTimeRecovery.enabled is not true",
    "reason": "Holds what can be computed again.",
    "owner": "blog-team",
    "expires": "2026-12-31",
    "today": "2026-11-01",
    "covered": 1,
}


@resource_rule(
    "waiver-valid",
    title="Waivers are complete, narrow in scope, not expired and cover at least one finding",
    types=(WAIVER,),
    aliases=("suppression-valid",),
    category="least-privilege",
    severity="high",
    env="same",
    fix="Name rule, resource, finding, reason, owner and expiry in waivers.yaml, or delete the waiver.",
    options={
        "maximumDays": Option(180, "Days that a waiver may reach ahead."),
        "maximumFindings": Option(5, "Findings that one waiver may cover."),
    },
    good=(
        Example(FITTING),
        Example(FITTING | {"resource": "aws:dynamodb/table:Table::blog-cache-*"}),
        Example(FITTING | {"resource": THE_STACK, "stack": "prod"}),
        Example({name: value for name, value in FITTING.items() if name != "covered"}),
    ),
    bad=(
        Example(FITTING | {"owner": ""}),
        Example(FITTING | {"until": "2026-12-31"}),
        Example(FITTING | {"unknownRule": "there is no rule dynamodb-pitter; did you mean dynamodb-pitr?"}),
        Example(FITTING | {"resource": "aws:dynamodb/table:Table::blo*"}),
        Example(FITTING | {"expires": "2026-10-31"}),
        Example(FITTING | {"expires": "2027-12-31"}),
        Example(FITTING | {"expires": "next week"}),
        Example(FITTING | {"covered": 0}),
        Example(FITTING | {"covered": 6}),
    ),
)
def waiver_valid(waiver: Resource) -> Iterator[str]:
    """A waiver says what it covers, why, by whom and until when, and it covers something."""
    props = waiver.props
    texts = {name: (props.text(name) or "").strip() for name in REQUIRED}
    yield from (f"{name} is missing" for name, text in texts.items() if not text)
    yield from (
        f"{name} is no field of a waiver"
        for name in props.values
        if name not in {*REQUIRED, "stack", "today", "covered", "unknownRule"}
    )
    if unknown := props.text("unknownRule"):
        yield unknown
    if texts["resource"] and not _narrow(texts["resource"]):
        yield (
            f"resource is too wide or malformed: give a URN, `{THE_STACK}`, or type::name as a finding shows it; the "
            "name may hold one *, beside at least 4 other characters"
        )
    if texts["expires"]:
        yield from _expiry(texts["expires"], props.text("today") or "", waiver.settings["maximumDays"])
    covered, most = props.number("covered"), waiver.settings["maximumFindings"]
    if covered == 0:
        yield "it covers nothing: no finding of the rule is worded so, for this resource in this stack"
    if covered is not None and covered > most:
        yield f"resource is too wide: it covers {covered:g} findings, at most {most:g} are allowed"


def _narrow(resource: str) -> bool:
    """Tell whether what a waiver names is one resource, or few of one type."""
    kind, _, name = resource.partition("::")
    if resource == THE_STACK or resource.startswith("urn:"):
        return "*" not in resource
    whole_type = re.fullmatch(r"[\w-]+:[\w/.-]*:[\w-]+", kind) is not None
    return whole_type and bool(name) and name.count("*") <= 1 and ("*" not in name or len(name) > len("*") + 3)


def _expiry(given: str, today: str, days: float) -> Iterator[str]:
    try:
        expires, now = date.fromisoformat(given), date.fromisoformat(today)
    except ValueError:
        yield "expires is not a date such as 2026-12-31"
        return
    if expires < now:
        yield f"it expired on {expires}"
    elif expires - now > timedelta(days=days):
        yield f"expires is more than {days:g} days ahead: {now + timedelta(days=days)} is the latest date"
