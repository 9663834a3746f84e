"""Rotation of secrets."""

import re
from collections.abc import Iterator

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import has_companion
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule

SECRET, ROTATION = "aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretRotation:SecretRotation"

RATE = re.compile(r"rate\(([0-9]{1,9}) (hour|day)s?\)")
"""A rate. Source: Secrets Manager User Guide, "Schedule expressions in Secrets Manager rotation"."""


secret_rotation_configured = Rule(
    id="secret-rotation-configured",
    types=(
        "aws:secretsmanager/secret:Secret",
        "aws:secretsmanager/secretRotation:SecretRotation",
    ),
    category="least-privilege",
    severity="medium",
    env="prod-only",
    sources=(
        "cdk-nag:AwsSolutions-SMG4",
        "checkov:CKV2_AWS_57",
        "fsbp:SecretsManager.1",
    ),
    title="Secrets Manager secrets have automatic rotation enabled",
    rationale="A secret is rotated.",
    fix="Add an aws.secretsmanager.SecretRotation; a password of RDS: manageMasterUserPassword.",
    stack=True,
    check=has_companion(SECRET, ROTATION, "secretId", missing="the secret has no SecretRotation"),
    good=(Example({}, others=(Example({}, type=ROTATION, name="r", depends={"secretId": ("subject",)}),)),),
    bad=(Example({}, finds=("the secret has no SecretRotation",)),),
)


@resource_rule(
    "secret-rotation-interval",
    title="Secrets Manager secrets are rotated within the maximum number of days",
    types=("aws:secretsmanager/secretRotation:SecretRotation",),
    category="least-privilege",
    severity="low",
    env="threshold-per-stack",
    sources=(
        "checkov:CKV_AWS_304",
        "fsbp:SecretsManager.4",
    ),
    fix="Set rotationRules to {automaticallyAfterDays: 30}.",
    options={"maximumDays": Option(90, "Days after which a secret is rotated, at most.")},
    good=(
        Example({"rotationRules": {"automaticallyAfterDays": 30}}),
        Example({"rotationRules": {"scheduleExpression": "rate(30 days)"}}),
        Example({"rotationRules": {"scheduleExpression": "cron(0 0 1 * ? *)"}}),
        Example({"rotationRules": {"automaticallyAfterDays": 90}}),
        Example({"rotationRules": {"scheduleExpression": "rate(2160 hours)"}}),
        Example({"rotationRules": {"automaticallyAfterDays": 30, "scheduleExpression": "rate(365 days)"}}),
    ),
    bad=(
        Example(
            {"rotationRules": {"automaticallyAfterDays": 365}},
            finds=("rotationRules rotates every 365 days, above the maximum of 90",),
        ),
        Example(
            {"rotationRules": {"scheduleExpression": "rate(365 days)"}},
            finds=("rotationRules rotates every 365 days, above the maximum of 90",),
        ),
        Example({}, finds=("rotationRules says no interval",)),
        Example(
            {"rotationRules": {"scheduleExpression": "rate(2184 hours)"}},
            finds=("rotationRules rotates every 91 days, above the maximum of 90",),
        ),
    ),
)
def secret_rotation_interval(resource: Resource) -> Iterator[str]:
    """A secret is rotated every three months at least. A cron expression counts as frequent: it repeats each year."""
    most = resource.settings["maximumDays"]
    days = resource.props.number("rotationRules.automaticallyAfterDays")
    schedule = "" if days is not None else resource.props.text("rotationRules.scheduleExpression") or ""
    if days is None and (rate := RATE.fullmatch(schedule)):
        days = int(rate[1]) / (24 if rate[2] == "hour" else 1)
    if days is None and not schedule.startswith("cron("):
        yield "rotationRules says no interval"
    elif days is not None and days > most:
        yield f"rotationRules rotates every {days:g} days, above the maximum of {most}"
