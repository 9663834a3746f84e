"""A secret that a file hides stops no rule that the known values decide."""

import re
from pathlib import Path
from typing import Any

import pulumi_aws
import pytest

from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import ANY_TYPE

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
        {"billingMode": UNKNOWN, "onDemandThroughput": {"maxReadRequestUnits": 1}},
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
