"""What a waiver must look like. A waiver is judged as a resource is, so that no exception goes unjudged itself."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from serverless_guard.record import Resource
from serverless_guard.rules.rule import THE_STACK, Example, Option, resource_rule

WAIVER: Final = "policies:waivers:Waiver"
"""The type of the record of a waiver; it is none of the program's resources."""
REQUIRED: Final = ("rule", "resource", "finding", "reason", "owner", "expires")
REVIEW: Final = ("approvedBy", "ticket")
"""One of them is required for a critical finding."""
FIELDS: Final = frozenset({*REQUIRED, *REVIEW, "stack"})
FACTS: Final = frozenset({"today", "covered", "unknownRule", "severity"})
"""What the record of a waiver has that does not stand in the file."""
LEAST_WORDS: Final = 3
"""Words of a reason: fewer say that there is one, and not which."""
LEAST_LETTERS: Final = 2
NOBODY: Final = frozenset(
    {
        "me", "myself", "self", "us", "we", "you", "i", "nobody", "noone", "none", "no one", "anyone", "anybody",
        "someone", "somebody", "everyone", "everybody", "owner", "team", "the team", "user", "admin", "unknown",
        "unassigned", "na", "n/a", "tbd", "todo", "fixme", "xxx", "test", "changeme",
    }
)  # fmt: skip
"""What stands where a name of a person or team should, in lower case."""

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
    fix="Name rule, resource, finding, reason, owner and expires in waivers.yaml, and approvedBy or ticket for a "
    "critical rule; or delete the waiver.",
    options={
        "maximumDays": Option(180, "Days that a waiver may reach ahead.", most=366),
        "maximumFindings": Option(5, "Findings that one waiver may cover.", most=50),
    },
    good=(
        Example(FITTING),
        Example(FITTING | {"resource": "aws:dynamodb/table:Table::blog-cache-*"}),
        Example(FITTING | {"resource": THE_STACK, "stack": "prod"}),
        Example({name: value for name, value in FITTING.items() if name != "covered"}),
        Example(FITTING | {"severity": "critical", "approvedBy": "security-team"}),
        Example(FITTING | {"severity": "critical", "ticket": "SEC-42"}),
        Example(FITTING | {"resource": "urn:pulumi:prod::blog::aws:dynamodb/table:Table::blog-cache"}),
        Example(FITTING | {"resource": "aws:dynamodb/table:Table::blog*"}),
        Example(FITTING | {"resource": "aws:dynamodb/table:Table::blog"}),
        Example(FITTING | {"covered": 5}),
        Example(FITTING | {"expires": "2026-11-01"}),
        Example(FITTING | {"expires": "2027-04-30"}),
        Example(FITTING | {"reason": "Holds computed data.", "owner": "jd"}),
    ),
    bad=(
        Example(FITTING | {"owner": ""}, finds=("owner is missing",)),
        Example(FITTING | {"owner": "nobody"}, finds=("owner names nobody: give a team or a person",)),
        Example(FITTING | {"owner": "-"}, finds=("owner names nobody: give a team or a person",)),
        Example(FITTING | {"reason": "n/a"}, finds=("reason does not say why: write at least 3 words",)),
        Example(FITTING | {"reason": "accepted risk."}, finds=("reason does not say why: write at least 3 words",)),
        Example(
            FITTING | {"rule": "waiver-valid"},
            finds=("waiver-valid cannot be waived: correct or delete the waiver that it is about",),
        ),
        Example(
            FITTING | {"rule": "suppression-valid"},
            finds=("waiver-valid cannot be waived: correct or delete the waiver that it is about",),
        ),
        Example(
            FITTING | {"severity": "critical"},
            finds=("the rule is critical: name who has approved the waiver in approvedBy, or the ticket",),
        ),
        Example(
            FITTING | {"severity": "critical", "approvedBy": "Blog-Team"},
            finds=("approvedBy is the owner: somebody else approves a waiver",),
        ),
        Example(FITTING | {"ticket": "soon"}, finds=("ticket has no number: give its key or address",)),
        Example(FITTING | {"until": "2026-12-31"}, finds=("until is no field of a waiver",)),
        Example(
            FITTING | {"unknownRule": "there is no rule dynamodb-pitter; did you mean dynamodb-pitr?"},
            finds=("there is no rule dynamodb-pitter; did you mean dynamodb-pitr?",),
        ),
        Example(
            FITTING | {"resource": "aws:dynamodb/table:Table::blo*"},
            finds=(
                (
                    "resource is too wide or malformed: give a URN, `the stack`, or type::name as a finding shows it; "
                    "the name may hold one *, beside at least 4 other characters"
                ),
            ),
        ),
        Example(FITTING | {"expires": "2026-10-31"}, finds=("it expired on 2026-10-31",)),
        Example(
            FITTING | {"expires": "2027-12-31"},
            finds=("expires is more than 180 days ahead: 2027-04-30 is the latest date",),
        ),
        Example(FITTING | {"expires": "next week"}, finds=("expires is not a date such as 2026-12-31",)),
        Example(
            FITTING | {"covered": 0},
            finds=("it covers nothing: no finding of the rule is worded so, for this resource in this stack",),
        ),
        Example(
            FITTING | {"covered": 6},
            finds=("resource is too wide: it covers 6 findings, at most 5 are allowed",),
        ),
        Example({name: value for name, value in FITTING.items() if name != "resource"}, finds=("resource is missing",)),
        Example(
            {name: value for name, value in FITTING.items() if name != "today"},
            finds=("expires is not a date such as 2026-12-31",),
        ),
        Example(
            FITTING | {"resource": "urn:pulumi:prod::blog::aws:dynamodb/table:Table::*"},
            finds=(
                (
                    "resource is too wide or malformed: give a URN, `the stack`, or type::name as"
                    " a finding shows it; the name may hold one *, beside at least 4 other "
                    "characters"
                ),
            ),
        ),
        Example(
            FITTING | {"resource": "table::blog-cache"},
            finds=(
                (
                    "resource is too wide or malformed: give a URN, `the stack`, or type::name as"
                    " a finding shows it; the name may hold one *, beside at least 4 other "
                    "characters"
                ),
            ),
        ),
        Example(
            FITTING | {"resource": "aws:dynamodb/table:Table::"},
            finds=(
                (
                    "resource is too wide or malformed: give a URN, `the stack`, or type::name as"
                    " a finding shows it; the name may hold one *, beside at least 4 other "
                    "characters"
                ),
            ),
        ),
        Example(
            FITTING | {"resource": "aws:dynamodb/table:Table::blog-*-cache-*"},
            finds=(
                (
                    "resource is too wide or malformed: give a URN, `the stack`, or type::name as"
                    " a finding shows it; the name may hold one *, beside at least 4 other "
                    "characters"
                ),
            ),
        ),
        Example(FITTING | {"reason": ""}, finds=("reason is missing",)),
        Example(
            FITTING | {"severity": "critical", "approvedBy": "nobody"},
            finds=("approvedBy names nobody: give a team or a person",),
        ),
    ),
)
def waiver_valid(waiver: Resource) -> Iterator[str]:
    """A waiver says what it covers, why, by whom and until when, and it covers something."""
    props = waiver.props
    texts = {name: (props.text(name) or "").strip() for name in (*REQUIRED, *REVIEW)}
    yield from (f"{name} is missing" for name in REQUIRED if not texts[name])
    yield from (f"{name} is no field of a waiver" for name in props.values if name not in FIELDS | FACTS)
    yield from _answerable(texts, critical=props.text("severity") == "critical")
    if texts["rule"] in (waiver_valid.id, *waiver_valid.aliases):
        yield f"{waiver_valid.id} cannot be waived: correct or delete the waiver that it is about"
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


def _answerable(texts: Mapping[str, str], *, critical: bool) -> Iterator[str]:
    """Find out whether somebody can be asked about a waiver, and whether a critical one was reviewed."""
    if texts["reason"] and len(re.findall(r"[^\W\d_]{2,}", texts["reason"])) < LEAST_WORDS:
        yield f"reason does not say why: write at least {LEAST_WORDS} words"
    for name in ("owner", "approvedBy"):
        if texts[name] and _is_nobody(texts[name]):
            yield f"{name} names nobody: give a team or a person"
    if texts["approvedBy"] and texts["approvedBy"].casefold() == texts["owner"].casefold():
        yield "approvedBy is the owner: somebody else approves a waiver"
    if critical and not texts["approvedBy"] and not texts["ticket"]:
        yield "the rule is critical: name who has approved the waiver in approvedBy, or the ticket"
    if texts["ticket"] and not re.search(r"\d", texts["ticket"]):
        yield "ticket has no number: give its key or address"


def _is_nobody(name: str) -> bool:
    return name.casefold() in NOBODY or len(re.findall(r"[^\W\d_]", name)) < LEAST_LETTERS


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
