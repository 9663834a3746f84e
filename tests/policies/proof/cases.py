"""Random policies and requests over small alphabets, chosen so that the parts of the policy language often meet."""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

ACCOUNT: Final = "111122223333"
USER: Final = f"arn:aws:iam::{ACCOUNT}:user/dora"
ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/app/worker"
SESSION: Final = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/one"
FOREIGNER: Final = "arn:aws:iam::999988887777:user/eve"
CALLERS: Final = (USER, SESSION, FOREIGNER)

ACTIONS: Final = ("s3:GetObject", "s3:PutObject", "s3:ListBucket", "sqs:SendMessage")
ACTION_PATTERNS: Final = ("*", "s3:*", "S3:get*", "s3:?etObject", "s3:*Object", "sqs:*", "sqs:SendMessage", "s3:List*")
RESOURCES: Final = (
    "arn:aws:s3:::blog",
    "arn:aws:s3:::blog/a",
    "arn:aws:s3:::blog/private/x",
    "arn:aws:s3:::Blog/a",
    "arn:aws:s3:::blog/dora",
    f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs",
)
RESOURCE_PATTERNS: Final = (
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::blog",
    "arn:aws:s3:::blog/*",
    "arn:aws:s3:::blog/private/*",
    "arn:aws:s3:::?log/a",
    "arn:aws:s3:::b*/*a",
    "arn:aws:sqs:*:*:jobs",
    "arn:aws:s3:::blog/${aws:username}",
    "arn:aws:s3:::blog/${aws:PrincipalTag/team, 'a'}",
)
PRINCIPALS: Final[tuple[Any, ...]] = (
    "*",
    {"AWS": "*"},
    {"AWS": ACCOUNT},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    {"AWS": USER},
    {"AWS": ROLE},
    {"AWS": [SESSION, FOREIGNER]},
    {"AWS": "999988887777"},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"},
    {"Service": "sns.amazonaws.com"},
)
_TEXTS: Final = ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotLike")
_ARNS: Final = ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike")
_ORDERS: Final = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")


@dataclass(frozen=True)
class Key:
    """A condition key of the cases: its operators, values of policies, and values of requests."""

    name: str
    operators: tuple[str, ...]
    expected: tuple[str, ...]
    actual: tuple[str, ...]
    several: bool = False


KEYS: Final = (
    Key("s3:prefix", _TEXTS, ("home/", "home/*", "HOME/", "h?me/", "${aws:username}", "${*}"), ("home/", "dora", "*")),
    Key("aws:PrincipalTag/team", _TEXTS, ("blog", "b*", "Blog"), ("blog", "shop")),
    Key(
        "aws:SourceArn",
        (*_ARNS, "StringLike"),
        ("arn:aws:sns:*:111122223333:t", "arn:aws:sns:eu-west-1:*:t", "arn:aws:sns:*:t", "*"),
        ("arn:aws:sns:eu-west-1:111122223333:t", "arn:aws:sns:eu-west-1:999988887777:a:111122223333:t"),
    ),
    Key("aws:PrincipalArn", (*_ARNS, "StringEquals"), (USER, ROLE, f"arn:aws:iam::{ACCOUNT}:*", SESSION), ()),
    Key("aws:SecureTransport", ("Bool",), ("true", "false", "True"), ("true", "false")),
    Key("s3:max-keys", tuple(f"Numeric{order}" for order in _ORDERS), ("5", "7", "10.0"), ("7", "10")),
    Key(
        "aws:TokenIssueTime",
        tuple(f"Date{order}" for order in _ORDERS),
        ("2026-01-01T00:00:00Z", "1767225600"),
        ("2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "2025-06-01T00:00:00Z"),
    ),
    Key("aws:SourceIp", ("IpAddress", "NotIpAddress"), ("10.0.0.0/8", "203.0.113.7", "0.0.0.0/0"), ("203.0.113.7",)),
    Key("x:blob", ("BinaryEquals",), ("QmxvZw==", "U2hvcA=="), ("QmxvZw==",)),
    Key("dynamodb:Attributes", _TEXTS[:2] + _TEXTS[3:], ("id", "na*", "name"), ("id", "name", "age"), several=True),
)


@dataclass(frozen=True)
class Case:
    """Policies as the texts that IAM gets, and a request with its context."""

    identity: tuple[Any, ...]
    resource: Any
    limit: tuple[Any, ...] | None
    required: bool
    caller: str
    action: str
    target: str
    context: Mapping[str, tuple[str, ...]]

    def __str__(self) -> str:
        return json.dumps(vars(self), default=list, indent=1)


def cases(seed: int, count: int) -> Iterator[Case]:
    """Yield random cases, the same for a seed."""
    chance = random.Random(seed)
    for _ in range(count):
        caller = chance.choice(CALLERS)
        yield Case(
            identity=tuple(document(chance) for _ in range(chance.randint(0, 2))),
            resource=document(chance, principals=True) if chance.random() < 0.5 else None,
            limit=(document(chance),) if chance.random() < 0.25 else None,
            required=chance.random() < 0.1,
            caller=caller,
            action=chance.choice(ACTIONS),
            target=chance.choice(RESOURCES),
            context=context(chance, caller),
        )


def document(chance: random.Random, *, principals: bool = False) -> dict[str, Any]:
    """Write a random document."""
    statements = [_statement(chance, principals) for _ in range(chance.randint(1, 3))]
    return {"Version": chance.choice(("2012-10-17", "2012-10-17", "2008-10-17")), "Statement": statements}


def _statement(chance: random.Random, principals: bool) -> dict[str, Any]:
    written: dict[str, Any] = {"Effect": chance.choice(("Allow", "Allow", "Deny"))}
    written["Action" if chance.random() < 0.85 else "NotAction"] = _some(chance, ACTION_PATTERNS)
    written["Resource" if chance.random() < 0.85 else "NotResource"] = _some(chance, RESOURCE_PATTERNS)
    if principals:
        written["Principal" if chance.random() < 0.85 else "NotPrincipal"] = chance.choice(PRINCIPALS)
    if chance.random() < 0.5:
        written["Condition"] = _conditions(chance)
    return written


def _some(chance: random.Random, choices: tuple[str, ...]) -> Any:
    if chance.random() < 0.6:
        return chance.choice(choices)
    return chance.sample(choices, chance.randint(1, min(3, len(choices))))


def _conditions(chance: random.Random) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for _ in range(chance.choice((1, 1, 2))):
        key = chance.choice(KEYS)
        name = chance.choice((key.name, key.name, key.name.upper()))
        if chance.random() < 0.12:
            found.setdefault("Null", {})[name] = chance.choice(("true", "false", ["true", "false"]))
            continue
        operator = chance.choice(key.operators) + chance.choice(("", "", "", "IfExists"))
        if key.several or chance.random() < 0.15:
            operator = chance.choice(("ForAnyValue:", "ForAllValues:")) + operator
        found.setdefault(operator, {})[name] = _some(chance, key.expected)
    return found


def context(chance: random.Random, caller: str) -> dict[str, tuple[str, ...]]:
    """Write the keys of a random request: some always there, some now and then."""
    principal = ROLE if caller == SESSION else caller
    found: dict[str, tuple[str, ...]] = {"aws:principalarn": (principal,), "aws:sourceip": ("203.0.113.7",)}
    found["aws:securetransport"] = (chance.choice(("true", "false")),)
    if caller != SESSION:
        found["aws:username"] = (caller.rpartition("/")[2],)
    for key in KEYS:
        if key.actual and key.name.lower() not in found and chance.random() < 0.6:
            number = chance.randint(1, 2) if key.several else 1
            found[key.name.lower()] = tuple(chance.sample(key.actual, number))
    return found
