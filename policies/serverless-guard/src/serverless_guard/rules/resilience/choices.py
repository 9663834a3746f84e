"""Runtimes, retries and copies that somebody decided on."""

import json
from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import MalformedError, Resource
from serverless_guard.rules.conditions import has_companion, is_set
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule, stack_rule

FUNCTION, QUEUE = "aws:lambda/function:Function", "aws:sqs/queue:Queue"
MAPPING, INTEGRATION = "aws:lambda/eventSourceMapping:EventSourceMapping", "aws:apigatewayv2/integration:Integration"
NEWEST = ("python3.14", "nodejs24.x", "java25", "dotnet10", "ruby3.4", "provided.al2023")
"""The newest runtime of each family. Lambda Developer Guide, "Lambda runtimes"."""
API_SECONDS = 30
"""Seconds after which an HTTP API answers by itself. API Gateway Developer Guide, "Quotas for HTTP APIs"."""
DEFAULT_SECONDS = 3
"""A function's timeout where none is set. Lambda Developer Guide, "Configure Lambda function timeout"."""
RECEIVES = 5
"""Deliveries that a queue before a function should allow. Lambda Developer Guide, "Using Lambda with Amazon SQS"."""


@resource_rule(
    "lambda-runtime-latest",
    title="Lambda functions use the latest runtime of their language or an accepted runtime",
    types=(FUNCTION,),
    category="resilience",
    severity="low",
    env="same",
    tier="extended",
    sources=("cdk-nag:AwsSolutions-L1", "cdk-nag:Serverless-LambdaLatestVersion"),
    fix="Use the newest runtime of the family, for example python3.14.",
    options={"accepted": Option([], "Runtimes that are new enough beside the newest of each family.")},
    good=(
        Example({"runtime": "python3.14"}),
        Example({"packageType": "Image"}),
        Example({"runtime": "python3.13"}, settings={"accepted": ["python3.13"]}),
        Example({"packageType": "Image", "runtime": "python3.12"}),
        Example({"runtime": "nodejs24.x"}),
        Example({"runtime": "java25"}),
        Example({"runtime": "dotnet10"}),
        Example({"runtime": "ruby3.4"}),
        Example({"runtime": "provided.al2023"}),
        Example({}),
    ),
    bad=(
        Example({"runtime": "python3.12"}, finds=("the runtime python3.12 is not the newest of its family",)),
        Example({"runtime": "nodejs22.x"}, finds=("the runtime nodejs22.x is not the newest of its family",)),
    ),
)
def lambda_runtime_latest(resource: Resource) -> Iterator[str]:
    """A function runs on the newest runtime of its language, or on one that the stack names."""
    if resource.props.text("packageType") == "Image":
        return
    runtime = resource.props.text("runtime")
    if runtime and runtime not in (*NEWEST, *resource.settings["accepted"]):
        yield f"the runtime {runtime} is not the newest of its family"


@resource_rule(
    "lambda-esm-bounded-retries",
    title="Lambda event source mappings for streams limit retries and record age and bisect failed batches",
    types=(MAPPING,),
    category="resilience",
    severity="medium",
    env="same",
    tier="extended",
    fix="Set maximumRetryAttempts and maximumRecordAgeInSeconds, and bisectBatchOnFunctionError to true.",
    good=(
        Example({"eventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:jobs"}),
        Example(
            {
                "startingPosition": "LATEST",
                "maximumRetryAttempts": 3,
                "maximumRecordAgeInSeconds": 3600,
                "bisectBatchOnFunctionError": True,
            }
        ),
    ),
    bad=(
        Example(
            {"startingPosition": "LATEST"},
            finds=(
                "maximumRetryAttempts is not set",
                "maximumRecordAgeInSeconds is not set",
                "bisectBatchOnFunctionError is not true",
            ),
        ),
        Example(
            {"startingPosition": "LATEST", "maximumRetryAttempts": 3, "bisectBatchOnFunctionError": True},
            finds=("maximumRecordAgeInSeconds is not set",),
        ),
        Example(
            {
                "startingPosition": "LATEST",
                "maximumRetryAttempts": -1,
                "maximumRecordAgeInSeconds": 3600,
                "bisectBatchOnFunctionError": True,
            },
            finds=("maximumRetryAttempts is not set",),
        ),
    ),
)
def lambda_esm_bounded_retries(resource: Resource) -> Iterator[str]:
    """A record that fails does not hold up its shard until it expires. Only streams have a startingPosition."""
    if not resource.props.has("startingPosition"):
        return
    for path in ("maximumRetryAttempts", "maximumRecordAgeInSeconds"):
        if resource.props.number(path) in {None, -1}:
            yield f"{path} is not set"
    if resource.props.flag("bisectBatchOnFunctionError") is not True:
        yield "bisectBatchOnFunctionError is not true"


def _receives(queue: Resource) -> float:
    """Read how often a queue delivers a message; without a redrive policy without end."""
    text = queue.props.text("redrivePolicy")
    if not text:
        return float("inf")
    try:
        return float(json.loads(text)["maxReceiveCount"])
    except (ValueError, KeyError, TypeError):
        raise MalformedError("redrivePolicy", "JSON with a maxReceiveCount", queue.urn) from None


@stack_rule(
    "lambda-sqs-max-receive-count",
    title="SQS queues polled by Lambda have a maxReceiveCount of at least the minimum",
    types=(MAPPING, QUEUE),
    category="resilience",
    severity="low",
    env="same",
    tier="extended",
    fix="Set maxReceiveCount of the queue's redrivePolicy to 5 or more.",
    options={"minimum": Option(RECEIVES, "How often a message is handed out at least before it is a dead letter.")},
    good=(
        Example(
            {"redrivePolicy": '{"deadLetterTargetArn": "arn", "maxReceiveCount": 5}'},
            type=QUEUE,
            others=(Example({}, type=MAPPING, name="m", depends={"eventSourceArn": ("subject",)}),),
        ),
        Example({"redrivePolicy": '{"deadLetterTargetArn": "arn", "maxReceiveCount": 1}'}, type=QUEUE),
        Example(
            {}, type=QUEUE, others=(Example({}, type=MAPPING, name="m", depends={"eventSourceArn": ("subject",)}),)
        ),
    ),
    bad=(
        Example(
            {"redrivePolicy": '{"deadLetterTargetArn": "arn", "maxReceiveCount": 2}'},
            finds=("maxReceiveCount is below 5: throttled deliveries count as well",),
            type=QUEUE,
            others=(Example({}, type=MAPPING, name="m", depends={"eventSourceArn": ("subject",)}),),
        ),
        Example(
            {"redrivePolicy": '{"deadLetterTargetArn": "arn"}'},
            finds=("redrivePolicy is not JSON with a maxReceiveCount",),
            type=QUEUE,
            others=(Example({}, type=MAPPING, name="m", depends={"eventSourceArn": ("subject",)}),),
        ),
    ),
)
def lambda_sqs_max_receive_count(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A message that a throttled function did not get is not taken for a dead letter."""
    for queue in stack.of(QUEUE):
        feeds = bool(stack.referring(queue, "eventSourceArn", MAPPING))
        if feeds and _receives(queue) < (minimum := stack.settings["minimum"]):
            yield queue, f"maxReceiveCount is below {minimum}: throttled deliveries count as well"


@stack_rule(
    "lambda-timeout-within-api-limit",
    title="Lambda functions behind API Gateway HTTP APIs time out no later than the integration",
    types=(FUNCTION, INTEGRATION),
    category="resilience",
    severity="medium",
    env="same",
    tier="extended",
    fix="Set the function's timeout to at most 30 seconds, and not above the integration's timeoutMilliseconds.",
    good=(
        Example({"timeout": 10}, others=(Example({}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),)),
        Example({"timeout": 300}),
        Example({}, others=(Example({}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),)),
        Example({"timeout": 30}, others=(Example({}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),)),
        Example(
            {},
            others=(
                Example({"timeoutMilliseconds": 3000}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),
            ),
        ),
    ),
    bad=(
        Example(
            {"timeout": 60},
            finds=("timeout is above the 30 seconds that the API waits",),
            others=(Example({}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),),
        ),
        Example(
            {"timeout": 60},
            finds=("timeout is above the 30 seconds that the API waits",),
            others=(
                Example({}, type="aws:lambda/alias:Alias", name="live", depends={"functionName": ("subject",)}),
                Example({}, type=INTEGRATION, depends={"integrationUri": ("live",)}),
            ),
        ),
        Example(
            {"timeout": 10},
            finds=("timeout is above the 5 seconds that the API waits",),
            others=(
                Example({"timeoutMilliseconds": 5000}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),
            ),
        ),
        Example(
            {"timeout": 60},
            finds=("timeout is above the 30 seconds that the API waits",),
            others=(
                Example({}, type=INTEGRATION, name="i", depends={"integrationUri": ("subject",)}),
                Example({}, type=INTEGRATION, name="j", depends={"integrationUri": ("subject",)}),
            ),
        ),
        Example(
            {},
            finds=("timeout is above the 2 seconds that the API waits",),
            others=(
                Example({"timeoutMilliseconds": 2000}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),
            ),
        ),
    ),
)
def lambda_timeout_within_api_limit(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A function does not go on working when its caller has been told that it failed."""
    for function in stack.of(FUNCTION):
        for integration in stack.referring(function, "integrationUri", INTEGRATION):
            limit = min(API_SECONDS, (integration.props.number("timeoutMilliseconds") or API_SECONDS * 1000) / 1000)
            if (function.props.number("timeout") or DEFAULT_SECONDS) > limit:
                yield function, f"timeout is above the {limit:g} seconds that the API waits"
                break


cloudfront_origin_failover = Rule(
    id="cloudfront-origin-failover",
    types=("aws:cloudfront/distribution:Distribution",),
    category="resilience",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("checkov:CKV_AWS_310", "fsbp:CloudFront.4"),
    title="CloudFront distributions have origin failover configured",
    rationale="A distribution has a second origin for when the first fails.",
    fix="Set originGroups to a primary and a secondary origin.",
    check=is_set("originGroups"),
    good=(Example({"originGroups": [{"originId": "both"}]}),),
    bad=(
        Example({}, finds=("originGroups is not set",)),
        Example({"originGroups": []}, finds=("originGroups is not set",)),
    ),
    unknown_passes_because="originGroups that are unknown are there all the same.",
)

REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
COPIED = {"rules": [{"status": "Enabled"}]}

s3_replication = Rule(
    id="s3-replication",
    types=("aws:s3/bucket:Bucket", REPLICATION),
    category="resilience",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=(
        "compliance:aws-s3-bucket-enable-replication-configuration",
        "compliance:aws-s3-bucket-configure-replication-configuration",
        "cdk-nag:Nag-S3BucketReplicationEnabled",
        "checkov:CKV_AWS_144",
        "fsbp:S3.7",
    ),
    title="S3 buckets have replication enabled",
    rationale="A bucket has a copy elsewhere.",
    fix="Add an aws.s3.BucketReplicationConfig for the bucket, with every rule Enabled.",
    stack=True,
    check=has_companion(
        "aws:s3/bucket:Bucket",
        REPLICATION,
        "bucket",
        which=lambda one: {rule.text("status") for rule in one.props.blocks("rules")} == {"Enabled"},
        missing="the bucket has no BucketReplicationConfig whose rules are all Enabled",
    ),
    good=(Example({}, others=(Example(COPIED, type=REPLICATION, name="r", depends={"bucket": ("subject",)}),)),),
    bad=(
        Example({}, finds=("the bucket has no BucketReplicationConfig whose rules are all Enabled",)),
        Example(
            {},
            finds=("the bucket has no BucketReplicationConfig whose rules are all Enabled",),
            others=(
                Example(
                    {"rules": [{"status": "Disabled"}]}, type=REPLICATION, name="r", depends={"bucket": ("subject",)}
                ),
            ),
        ),
    ),
)
