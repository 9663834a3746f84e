"""Origins that only their distribution reads, and rotation of what opens doors."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, cast

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, MalformedError, Resource
from serverless_guard.rules.conditions import has_companion, is_one_of
from serverless_guard.rules.remedies import sets, several
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule, stack_rule

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
FUNCTION_URL = "aws:lambda/functionUrl:FunctionUrl"
BUCKET_DOMAIN = "assets.s3.eu-west-1.amazonaws.com"
SECRET, ROTATION = "aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretRotation:SecretRotation"

RATE = re.compile(r"rate\((\d+) (hour|day)s?\)")
"""A rate. Source: Secrets Manager User Guide, "Schedule expressions in Secrets Manager rotation"."""


@resource_rule(
    "cloudfront-s3-origin-access-control",
    title="CloudFront distributions use an origin access control or identity for S3 origins",
    types=("aws:cloudfront/distribution:Distribution",),
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-CFR6",
        "cdk-nag:AwsSolutions-CFR7",
        "cdk-nag:AwsSolutions-S5",
        "checkov:CKV2_AWS_46",
        "fsbp:CloudFront.13",
    ),
    fix="Create an aws.cloudfront.OriginAccessControl and set the origin's originAccessControlId.",
    good=(
        Example({"origins": [{"domainName": BUCKET_DOMAIN, "originAccessControlId": "E1"}]}),
        Example({"origins": [{"domainName": "api.example.com", "customOriginConfig": {}}]}),
        Example({"origins": [{"domainName": BUCKET_DOMAIN, "s3OriginConfig": {"originAccessIdentity": "oai"}}]}),
        Example(
            {
                "origins": [
                    {
                        "domainName": "blog.s3-website.eu-west-1.amazonaws.com",
                        "customOriginConfig": {"originProtocolPolicy": "http-only"},
                    }
                ]
            }
        ),
        Example({"origins": [{"domainName": "internal.example.com", "vpcOriginConfig": {"vpcOriginId": "vo_1"}}]}),
    ),
    bad=(
        Example({"origins": [{"domainName": BUCKET_DOMAIN}]}, finds=("origins[0].originAccessControlId is not set",)),
        Example(
            {"origins": [{"domainName": UNKNOWN, "s3OriginConfig": {"originAccessIdentity": ""}}]},
            finds=("origins[0].originAccessControlId is not set",),
        ),
    ),
    unknown_passes_because="An id that is unknown is that of an access control that does not exist yet; an "
    "origin that is "
    "neither known nor custom counts as a bucket.",
)
def cloudfront_s3_origin_access_control(resource: Resource) -> Iterator[str]:
    """A bucket behind a distribution is read by the distribution only."""
    for origin in resource.props.blocks("origins"):
        domain = origin.values.get("domainName")
        custom = origin.values.get("customOriginConfig") is not None
        bucket = ".s3" in domain if isinstance(domain, str) else True
        controlled = origin.has("originAccessControlId") or origin.has("s3OriginConfig.originAccessIdentity")
        if bucket and not custom and not controlled:
            yield f"{origin.path}originAccessControlId is not set"


@stack_rule(
    "cloudfront-lambda-url-origin-access-control",
    title="CloudFront distributions use origin access control for Lambda function URL origins",
    types=(
        "aws:cloudfront/distribution:Distribution",
        "aws:lambda/functionUrl:FunctionUrl",
    ),
    category="least-privilege",
    severity="high",
    env="same",
    sources=("fsbp:CloudFront.16",),
    fix="Create an aws.cloudfront.OriginAccessControl of type lambda and set the origin's originAccessControlId.",
    good=(
        Example({"origins": [{"domainName": "abc.lambda-url.eu-west-1.on.aws", "originAccessControlId": "E1"}]}),
        Example({"origins": [{"domainName": "api.example.com"}]}),
        Example({"origins": [{"domainName": UNKNOWN}]}),
    ),
    bad=(
        Example(
            {"origins": [{"domainName": "abc.lambda-url.eu-west-1.on.aws"}]},
            finds=("origins[0].originAccessControlId is not set",),
        ),
        Example(
            {"origins": [{"domainName": UNKNOWN}]},
            finds=("cannot decide: origins[0].domainName is not known at preview",),
            depends={"origins": ("url",)},
            others=(Example({}, type=FUNCTION_URL, name="url"),),
        ),
    ),
    unknown_passes_because="A domain that is unknown is no function URL unless the origins come from one.",
)
def cloudfront_lambda_url_origin_access_control(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A function URL behind a distribution is called by the distribution only."""
    for distribution in stack.of(DISTRIBUTION):
        from_url = bool(stack.referred(distribution, "origins", FUNCTION_URL))
        for origin in distribution.props.blocks("origins"):
            if origin.has("originAccessControlId"):
                continue
            domain = origin.value("domainName") if from_url else origin.values.get("domainName")
            if isinstance(domain, str) and ".lambda-url." in domain:
                yield distribution, f"{origin.path}originAccessControlId is not set"


@resource_rule(
    "cloudfront-oac-always-sign",
    title="CloudFront origin access controls always sign requests with SigV4",
    types=("aws:cloudfront/originAccessControl:OriginAccessControl",),
    category="least-privilege",
    severity="medium",
    env="same",
    fix="Set signingBehavior to always and signingProtocol to sigv4.",
    remedy=several(sets("signingBehavior", to="always"), sets("signingProtocol", to="sigv4")),
    good=(Example({"signingBehavior": "always", "signingProtocol": "sigv4"}),),
    bad=(
        Example(
            {"signingBehavior": "never", "signingProtocol": "sigv4"}, finds=("signingBehavior is never, not always",)
        ),
        Example(
            {"signingBehavior": "no-override", "signingProtocol": "sigv4"},
            finds=("signingBehavior is no-override, not always",),
        ),
        Example({"signingBehavior": "always"}, finds=("signingProtocol is not sigv4",)),
    ),
)
def cloudfront_oac_always_sign(resource: Resource) -> Iterator[str]:
    """A distribution signs every request to its origin."""
    yield from is_one_of("signingBehavior", "always")(resource)
    yield from is_one_of("signingProtocol", "sigv4")(resource)


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
    schedule = resource.props.text("rotationRules.scheduleExpression") or ""
    if days is None and (rate := RATE.fullmatch(schedule)):
        days = int(rate[1]) / (24 if rate[2] == "hour" else 1)
    if days is None and not schedule.startswith("cron("):
        yield "rotationRules says no interval"
    elif days is not None and days > most:
        yield f"rotationRules rotates every {days:g} days, above the maximum of {most}"


@resource_rule(
    "eventbridge-pattern-has-source",
    title="EventBridge rules with an event pattern match on the event source or account",
    types=("aws:cloudwatch/eventRule:EventRule",),
    category="least-privilege",
    severity="medium",
    env="same",
    fix='Add "source" or "account" to the pattern.',
    good=(
        Example({"eventPattern": '{"source": ["aws.s3"]}'}),
        Example({"scheduleExpression": "rate(1 day)"}),
        Example({"eventPattern": '{"detail-type": ["Posted"], "account": ["123456789012"]}'}),
        Example({"eventPattern": '{"\\u0073ource": ["aws.s3"]}'}),
        Example({"eventPattern": '{"source": [{"prefix": "blog."}, {"equals-ignore-case": "Blog"}]}'}),
        Example({"eventPattern": '{"$or": [{"source": ["aws.s3"]}, {"account": ["123456789012"]}]}'}),
        Example({"eventPattern": '{"source": [{"suffix": ".blog"}, {"wildcard": "blog.*"}]}'}),
    ),
    bad=(
        Example(
            {"eventPattern": '{"detail-type": ["Posted"]}'}, finds=("eventPattern names neither source nor account",)
        ),
        Example({"eventPattern": "{}"}, finds=("eventPattern names neither source nor account",)),
        *(
            Example({"eventPattern": pattern}, finds=("eventPattern names neither source nor account",))
            for pattern in (
                '{"detail": {"source": ["x"]}}',
                '{"source": [{"prefix": ""}]}',
                '{"source": ["aws.s3", {"exists": true}]}',
                '{"source": [{"anything-but": "aws.s3"}]}',
                '{"source": [{"wildcard": "*"}], "account": []}',
                '{"$or": [{"source": ["aws.s3"]}, {"detail-type": ["Posted"]}]}',
            )
        ),
        Example({"eventPattern": "[]"}, finds=("eventPattern is not a JSON object",)),
        Example({"eventPattern": '{"$or": 1, "account": 1}'}, finds=("eventPattern names neither source nor account",)),
        Example(
            {"eventPattern": '{"source": "aws.s3", "$or": ["source"]}'},
            finds=("eventPattern names neither source nor account",),
        ),
        Example(
            {"eventPattern": '{"source": [{"prefix": "blog.", "suffix": ""}]}'},
            finds=("eventPattern names neither source nor account",),
        ),
        Example(
            {"eventPattern": '{"source": [{"prefix": {"equals-ignore-case": ""}}, 1]}'},
            finds=("eventPattern names neither source nor account",),
        ),
        Example({"eventPattern": '{"source": [1]}'}, finds=("eventPattern names neither source nor account",)),
    ),
)
def eventbridge_pattern_has_source(resource: Resource) -> Iterator[str]:
    """A rule on a bus that others write to says whose events it means."""
    text = resource.props.text("eventPattern")
    if text and not _names_sender(_pattern(text, resource.urn)):
        yield "eventPattern names neither source nor account"


def _pattern(text: str, urn: str) -> Mapping[str, Any]:
    try:
        pattern: object = json.loads(text)
    except ValueError:
        pattern = None
    if not isinstance(pattern, Mapping):
        raise MalformedError("eventPattern", "a JSON object", urn)
    return cast("Mapping[str, Any]", pattern)


def _names_sender(pattern: object) -> bool:
    """Tell whether a pattern matches the events of some senders only, in each branch of an `$or`.

    Source: Amazon EventBridge User Guide, "Creating event patterns": fields are matched by their place, and a list of
    filters matches when one of them does.
    """
    if not isinstance(pattern, Mapping):
        return False
    fields = cast("Mapping[str, object]", pattern)
    for name in ("source", "account"):
        filters = fields.get(name)
        if isinstance(filters, list) and filters and all(map(_names_some, cast("list[object]", filters))):
            return True
    branches = fields.get("$or")
    each = cast("list[object]", branches) if isinstance(branches, list) else []
    return bool(each) and all(_names_sender(one) for one in each)


def _names_some(given: object) -> bool:
    """Tell whether a filter of a field stands for some values; `anything-but` and `exists` leave all but a few."""
    if isinstance(given, Mapping):
        fields = cast("Mapping[str, object]", given)
        texts = [fields[name] for name in ("prefix", "suffix", "equals-ignore-case", "wildcard") if name in fields]
        return bool(texts) and all(_names_some(one) for one in texts)
    return isinstance(given, str) and bool(given.strip("*"))


@stack_rule(
    "scheduler-role-dedicated",
    title="EventBridge Scheduler schedules do not share a role with a Lambda function",
    types=(
        "aws:scheduler/schedule:Schedule",
        "aws:iam/role:Role",
    ),
    category="least-privilege",
    severity="medium",
    env="same",
    fix="Create a role for the schedule that may invoke its target, nothing else.",
    good=(
        Example(
            {}, depends={"target": ("f", "r")}, others=(Example({}, type="aws:lambda/function:Function", name="f"),)
        ),
    ),
    bad=(
        Example(
            {},
            finds=("the schedule shares its role with the function f",),
            depends={"target": ("f", "r")},
            others=(Example({}, type="aws:lambda/function:Function", name="f", depends={"role": ("r",)}),),
        ),
    ),
    unknown_passes_because="Roles are told apart by the resource that they come from.",
)
def scheduler_role_dedicated(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A schedule has a role of its own, not that of a function."""
    users: defaultdict[str, list[Resource]] = defaultdict(list)
    for function in stack.of("aws:lambda/function:Function"):
        for role in function.depends.get("role", frozenset()):
            users[role].append(function)
    for schedule in stack.of("aws:scheduler/schedule:Schedule"):
        for function in (users[role][0] for role in sorted(schedule.depends.get("target", ())) if role in users):
            yield schedule, f"the schedule shares its role with the function {function.name}"
