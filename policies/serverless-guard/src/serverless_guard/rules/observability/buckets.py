"""Access logs and events of buckets."""

from collections.abc import Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.examples import allow, policy
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import has_companion
from serverless_guard.rules.rule import Example, Rule, stack_rule

BUCKET, NOTIFICATION = "aws:s3/bucket:Bucket", "aws:s3/bucketNotification:BucketNotification"
LOGGING, POLICY = "aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketPolicy:BucketPolicy"
LOGGED = {
    "aws:cloudfront/distribution:Distribution": "loggingConfig.bucket",
    "aws:lb/loadBalancer:LoadBalancer": "accessLogs.bucket",
    "aws:elb/loadBalancer:LoadBalancer": "accessLogs.bucket",
    "aws:cloudtrail/trail:Trail": "s3BucketName",
    "aws:cfg/deliveryChannel:DeliveryChannel": "s3BucketName",
    "aws:ec2/flowLog:FlowLog": "logDestination",
}
"""Types that write logs into a bucket, with the property that names it."""
DELIVERY = "logging.s3.amazonaws.com"
DELIVERS = (
    f'{{"Statement": {{"Effect": "Allow", "Principal": {{"Service": "{DELIVERY}"}}, "Action": "s3:PutObject", '
    '"Resource": "arn:aws:s3:::logs/*"}}'
)


def _accepts(policy: Resource) -> bool:
    """Tell whether a bucket's policy lets S3 deliver logs."""
    document = policy_locations.access(policy)
    return document is not None and any(
        one.grants("s3:PutObject") and any(who.value == DELIVERY for who in one.principals)
        for one in document.statements
    )


@stack_rule(
    "s3-access-logging",
    title="S3 buckets have server access logging enabled unless they store access logs",
    types=(
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketLogging:BucketLogging",
    ),
    category="logging-observability",
    severity="low",
    env="prod-only",
    sources=(
        "awsguard:s3-bucket-logging-enabled",
        "cdk-nag:AwsSolutions-S1",
        "checkov:CKV_AWS_18",
        "trivy:AWS-0089",
        "fsbp:S3.9",
    ),
    fix="Add an aws.s3.BucketLogging for the bucket.",
    good=(
        *(
            Example({}, others=(Example({}, type=kind, name="logged", depends={path.split(".")[0]: ("subject",)}),))
            for kind, path in LOGGED.items()
        ),
        Example({}, others=(Example({}, type=LOGGING, name="l", depends={"bucket": ("subject",)}),)),
        Example({}, others=(Example({}, type=LOGGING, name="l", depends={"targetBucket": ("subject",)}),)),
        Example({"logging": {"targetBucket": "logs", "targetPrefix": "uploads/"}}),
        Example({"loggings": [{"targetBucket": "logs"}]}),
        Example(
            {},
            others=(
                Example(
                    {"logging": {"targetBucket": UNKNOWN}}, type=BUCKET, name="u", depends={"logging": ("subject",)}
                ),
            ),
        ),
        Example({"bucket": "logs"}, others=(Example({"logging": {"targetBucket": "logs"}}, type=BUCKET, name="u"),)),
    ),
    bad=(
        Example({}, finds=("the bucket has no BucketLogging and takes no logs",)),
        Example(
            {},
            finds=("the bucket has no BucketLogging and takes no logs",),
            others=(Example({"s3BucketName": "other"}, type="aws:cloudtrail/trail:Trail", name="logged"),),
        ),
    ),
    unknown_passes_because="A logging that is unknown is there all the same.",
)
def s3_access_logging(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A bucket logs who used it; the one that takes logs, its own or those of a service, does not."""
    for bucket in stack.of(BUCKET):
        if any(stack.referring(bucket, path, kind) for kind, path in LOGGED.items()):
            continue
        separate = any(stack.referring(bucket, by, LOGGING) for by in ("bucket", "targetBucket"))
        inline = bucket.props.has("logging") or stack.referring(bucket, "logging.targetBucket", BUCKET)
        if not separate and not inline:
            yield bucket, "the bucket has no BucketLogging and takes no logs"


s3_event_notifications = Rule(
    id="s3-event-notifications",
    types=(BUCKET,),
    category="logging-observability",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("checkov:CKV2_AWS_62", "fsbp:S3.11"),
    title="S3 buckets have event notifications configured",
    rationale="A bucket tells of what comes and goes.",
    fix="Add an aws.s3.BucketNotification for the bucket.",
    stack=True,
    check=has_companion(BUCKET, NOTIFICATION, "bucket", missing="the bucket has no BucketNotification"),
    good=(Example({}, others=(Example({}, type=NOTIFICATION, name="n", depends={"bucket": ("subject",)}),)),),
    bad=(Example({}, finds=("the bucket has no BucketNotification",)),),
)


@stack_rule(
    "s3-log-target-accepts-delivery",
    title="S3 buckets that store access logs allow delivery by the S3 logging service",
    types=(BUCKET, POLICY, LOGGING),
    category="logging-observability",
    severity="low",
    env="same",
    tier="extended",
    fix="Allow s3:PutObject to logging.s3.amazonaws.com in the policy of the bucket that takes the logs.",
    good=(
        Example(
            {"bucket": "logs"},
            others=(
                Example({"targetBucket": "logs"}, type=LOGGING, name="l"),
                Example({"policy": DELIVERS}, type=POLICY, name="p", depends={"bucket": ("subject",)}),
            ),
        ),
        Example({"bucket": "uploads"}),
        Example(
            {"bucket": "logs"},
            others=(
                Example({"targetBucket": "logs"}, type=LOGGING, name="l"),
                Example(
                    policy(
                        allow("s3:GetObject", "*", Principal={"AWS": "123456789012"}),
                        allow("s3:PutObject", "*", Principal={"Service": [DELIVERY, "s3.amazonaws.com"]}),
                    ),
                    type=POLICY,
                    name="p",
                    depends={"bucket": ("subject",)},
                ),
            ),
        ),
    ),
    bad=(
        Example(
            {"bucket": "logs"},
            finds=("the bucket takes logs, and no policy of it allows s3:PutObject to logging.s3.amazonaws.com",),
            others=(Example({"targetBucket": "logs"}, type=LOGGING, name="l"),),
        ),
        Example(
            {"bucket": "logs"},
            finds=("the bucket takes logs, and no policy of it allows s3:PutObject to logging.s3.amazonaws.com",),
            others=(
                Example({"targetBucket": "logs"}, type=LOGGING, name="l"),
                Example({}, type=POLICY, name="p", depends={"bucket": ("subject",)}),
            ),
        ),
        Example(
            {"bucket": "logs"},
            finds=("the bucket takes logs, and no policy of it allows s3:PutObject to logging.s3.amazonaws.com",),
            others=(
                Example({"targetBucket": "logs"}, type=LOGGING, name="l"),
                Example(
                    policy(allow("s3:PutObject", "*", Principal={"AWS": "123456789012"})),
                    type=POLICY,
                    name="p",
                    depends={"bucket": ("subject",)},
                ),
            ),
        ),
        Example(
            {"bucket": "logs"},
            finds=("the bucket takes logs, and no policy of it allows s3:PutObject to logging.s3.amazonaws.com",),
            others=(
                Example({"targetBucket": "logs"}, type=LOGGING, name="l"),
                Example(
                    policy(allow("s3:GetObject", "*", Principal={"Service": DELIVERY})),
                    type=POLICY,
                    name="p",
                    depends={"bucket": ("subject",)},
                ),
            ),
        ),
    ),
    unknown_passes_because="A bucket whose name is unknown is told by the dependency.",
)
def s3_log_target_accepts_delivery(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Logs of access arrive: S3 drops them without a word when the bucket does not let it write."""
    for bucket in stack.of(BUCKET):
        target = bool(stack.referring(bucket, "targetBucket", LOGGING))
        if target and not any(_accepts(one) for one in stack.referring(bucket, "bucket", POLICY)):
            yield bucket, f"the bucket takes logs, and no policy of it allows s3:PutObject to {DELIVERY}"
