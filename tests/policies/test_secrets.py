"""A secret that a file hides stops no rule that the known values decide."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi_aws
import pytest

from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import ANY_TYPE
from tests.policies.project import main

SECRET = re.compile(r'__props__\.__dict__\["(\w+)"\] = None if \w+ is None else pulumi\.Output\.secret\(')
TYPE = re.compile(r"^ +'(aws:[^']+)',$", re.MULTILINE)


def secret_inputs() -> list[tuple[str, str]]:
    """The inputs that pulumi-aws keeps secret whatever is given, by the type of their resource."""
    found: list[tuple[str, str]] = []
    for file in Path(pulumi_aws.__file__).parent.glob("*/*.py"):
        text = file.read_text(encoding="utf-8")
        kind = TYPE.search(text)
        for name in SECRET.findall(text) if kind else ():
            first, *rest = name.split("_")
            found.append((kind[1] if kind else "", first + "".join(part.capitalize() for part in rest)))
    return found


def test_what_the_provider_keeps_secret_stops_no_rule() -> None:
    inputs = secret_inputs()
    assert ("aws:ssm/parameter:Parameter", "value") in inputs
    assert len(inputs) > 60
    stopped = [
        (kind, name, rule.id)
        for kind, name in inputs
        for rule in every_rule()
        if not rule.stack and {kind, ANY_TYPE} & set(rule.types)
        for finding in rule.findings(Resource(kind, "x", Block({name: UNKNOWN})))
        if not finding.decided
    ]
    assert stopped == []


DECIDED: list[tuple[str, str, dict[str, Any]]] = [
    ("ssm-secure-string", "aws:ssm/parameter:Parameter", {"type": "SecureString", "name": "/db-password"}),
    ("ssm-secure-string", "aws:ssm/parameter:Parameter", {"type": "String", "name": "/size", "value": UNKNOWN}),
    ("ssm-cmk", "aws:ssm/parameter:Parameter", {"type": UNKNOWN, "keyId": "alias/blog"}),
    ("sqs-encryption", "aws:sqs/queue:Queue", {"sqsManagedSseEnabled": UNKNOWN, "kmsMasterKeyId": "alias/blog"}),
    ("lambda-env-kms-cmk", "aws:lambda/function:Function", {"environment": UNKNOWN, "kmsKeyArn": "arn"}),
    (
        "lambda-permission-not-public",
        "aws:lambda/permission:Permission",
        {"principal": UNKNOWN, "sourceAccount": "123456789012"},
    ),
    (
        "lambda-layer-permission-not-public",
        "aws:lambda/layerVersionPermission:LayerVersionPermission",
        {"principal": UNKNOWN, "organizationId": "o-a1b2c3d4e5"},
    ),
    (
        "eventbridge-bus-policy-not-open",
        "aws:cloudwatch/eventPermission:EventPermission",
        {"principal": UNKNOWN, "condition": {"key": "aws:PrincipalOrgID", "type": "StringEquals", "value": "o-1"}},
    ),
    (
        "rds-performance-insights-cmk",
        "aws:rds/instance:Instance",
        {"performanceInsightsEnabled": UNKNOWN, "performanceInsightsKmsKeyId": "arn"},
    ),
    (
        "dynamodb-on-demand-cap",
        "aws:dynamodb/table:Table",
        {"billingMode": UNKNOWN, "onDemandThroughput": {"maxReadRequestUnits": 1, "maxWriteRequestUnits": 1}},
    ),
    (
        "apigateway-http-jwt-scopes",
        "aws:apigatewayv2/route:Route",
        {"authorizationType": UNKNOWN, "authorizationScopes": ["posts/write"]},
    ),
    (
        "apigateway-rest-request-validation",
        "aws:apigateway/method:Method",
        {"httpMethod": UNKNOWN, "requestValidatorId": "v"},
    ),
    ("waf-rate-limit", "aws:wafv2/webAcl:WebAcl", {"rules": UNKNOWN, "ruleJson": "[]"}),
]


@pytest.mark.parametrize(("rule", "kind", "props"), DECIDED, ids=lambda one: one if isinstance(one, str) else "")
def test_a_known_value_that_decides_is_read_before_one_that_is_not_known(
    rule: str, kind: str, props: dict[str, Any]
) -> None:
    (own,) = (one for one in every_rule() if one.id == rule)
    assert own.findings(Resource(kind, "x", Block(props))) == []


SIGNATURE, MARK = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
HIDDEN: dict[str, Callable[[object], object]] = {
    "blinded": lambda _: "[secret]",
    "encrypted": lambda value: {SIGNATURE: MARK, "ciphertext": f"v1:{len(str(value))}"},
}
SHOWN: dict[str, Callable[[object], object]] = {
    "shown": lambda value: {SIGNATURE: MARK, "plaintext": json.dumps(value)},
    "plain": lambda value: value,
}
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": EVERYTHING})
SHOW = (
    "Give the output of `pulumi stack export --show-secrets`, or judge the program by its preview with --policy-pack, "
    "which reads secrets."
)


def stack(secret: Callable[[object], object]) -> dict[str, Any]:
    """Two roles' policies, a queue's key and a parameter, each in a secret."""

    def state(kind: str, name: str, /, **inputs: object) -> dict[str, Any]:
        return {"urn": f"urn:pulumi:dev::shop::{kind}::{name}", "type": kind, "inputs": inputs}

    grants = "aws:iam/rolePolicy:RolePolicy"
    return {
        "deployment": {
            "resources": [
                state(grants, "reader", role="reader", policy=secret(POLICY)),
                state(grants, "writer", role="writer", policy=secret(POLICY)),
                state("aws:sqs/queue:Queue", "jobs", kmsMasterKeyId=secret("alias/aws/sqs")),
                state("aws:ssm/parameter:Parameter", "size", type="String", name="/size", value=secret("5")),
                state("aws:lambda/function:Function", "get", environment={"variables": {"SIZE": secret("5")}}),
            ]
        }
    }


def checked(
    folder: Path, capsys: pytest.CaptureFixture[str], content: object
) -> tuple[list[dict[str, Any]], list[str], int]:
    """The rows, the notes about secrets, and the exit status."""
    file = folder / "stack.json"
    file.write_text(json.dumps(content))
    status = main(["check", str(file), "--format", "json"])
    shown = capsys.readouterr()
    return json.loads(shown.out), [line for line in shown.err.splitlines() if line.startswith("Secrets")], status


@pytest.mark.parametrize("secret", HIDDEN.values(), ids=HIDDEN)
def test_what_a_secret_hides_is_one_finding_that_lists_the_rules_and_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], secret: Callable[[object], object]
) -> None:
    rows, notes, status = checked(tmp_path, capsys, stack(secret))
    (row,) = (one for one in rows if not one["decided"])
    grants = "aws:iam/rolePolicy:RolePolicy"
    assert row["finding"] == (f"cannot decide: a secret hides policy of {grants}::reader, policy of {grants}::writer")
    assert (row["level"], row["severity"], row["urn"], row["fix"], status) == ("mandatory", "critical", "", SHOW, 1)
    assert {"iam-no-privilege-escalation", "iam-no-resource-star-on-scopable-action"} <= set(row["rules"])
    assert "iam-no-action-star" not in {rule for one in rows if one is not row for rule in one["rules"]}
    (note,) = notes
    assert note.startswith("Secrets hide what these rules read and could not judge: ")
    assert note.endswith(f". {SHOW}")
    assert re.findall(r"([\w-]+) \(([^)]+)\)", note) == [
        ("iam-identity-quotas", "reader.policy, writer.policy"),
        ("lambda-env-no-plaintext-secret", "get.environment"),
        ("resource-policy-foreign-account", "jobs.kmsMasterKeyId"),  # which may hold the stack's own account
        ("sqs-cmk", "jobs.kmsMasterKeyId"),
        ("ssm-secure-string", "size.value"),
    ]


def test_what_a_secret_shows_is_judged_as_if_it_were_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown, plain = (checked(tmp_path, capsys, stack(secret)) for secret in SHOWN.values())
    assert shown == plain
    rows, notes, _ = shown
    assert {"iam-no-action-star", "sqs-cmk"} <= {rule for row in rows for rule in row["rules"]}
    assert notes == []


def test_a_secret_is_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows, _, _ = checked(tmp_path, capsys, stack(HIDDEN["blinded"]))
    assert "sqs-encryption" not in {row["rule"] for row in rows}


def test_a_file_without_secrets_says_nothing_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    rows, notes, _ = checked(tmp_path, capsys, stack(lambda _: unknown))
    assert notes == []
    assert not [row for row in rows if "secret hides" in row["finding"]]
