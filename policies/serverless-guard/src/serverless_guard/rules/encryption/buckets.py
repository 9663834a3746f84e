"""Buckets that are encrypted, and reached by TLS only."""

from collections.abc import Iterator

from serverless_guard.iam.document import Statement, read
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.unknown import known
from serverless_guard.program import Program
from serverless_guard.record import MalformedError, Resource
from serverless_guard.rules.conditions import has_companion
from serverless_guard.rules.rule import Example, Rule, stack_rule

BUCKET = "aws:s3/bucket:Bucket"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}
BOTH = ["arn:aws:s3:::blog", "arn:aws:s3:::blog/*"]
DENIAL = allow("s3:*", BOTH, Principal="*", Condition=INSECURE) | {"Effect": "Deny"}
TLS_ONLY = policy(DENIAL)
OF_ONE_PREFIX = policy(DENIAL | {"Resource": ["arn:aws:s3:::blog", "arn:aws:s3:::blog/public/*"]})
FROM_ONE_NETWORK = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}


def refuses_plain_http(statement: Statement, *actions: str) -> bool:
    """Tell whether a statement of a resource policy denies everybody requests without TLS, whatever else they are."""
    return (
        all(statement.denies(action) for action in actions)
        and any(one.anyone for one in statement.principals)
        and all(
            condition.key.lower() == "aws:securetransport"
            and condition.comparison == "bool"
            and [value.lower() for value in condition.values] == ["false"]
            for condition in statement.conditions
        )
        and bool(statement.conditions)
    )


def _tls_only(resource: Resource) -> bool:
    try:
        document = read(resource.props, "policy", resource.source_types("policy"))
    except MalformedError:
        return False
    statements = document.statements if document else ()
    objects = (one for one in statements if refuses_plain_http(one, "s3:GetObject", "s3:PutObject"))
    buckets = (one for one in statements if refuses_plain_http(one, "s3:ListBucket"))
    return any(_all_objects(resource) for one in objects for resource in known(one.resources)) and any(
        "/" not in resource for one in buckets for resource in known(one.resources)
    )


def _all_objects(resource: str) -> bool:
    """Tell whether a resource pattern stands for all objects of a bucket, not only for those of a prefix."""
    return not resource.partition("/")[2].strip("*") and resource.endswith("*")


@stack_rule(
    "s3-ssl-requests-only",
    title="S3 buckets require requests to use TLS",
    types=(
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucket:Bucket",
    ),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-S10",
        "checkov:CKV_AWS_379",
        "fsbp:S3.5",
    ),
    fix='Deny s3:* to Principal "*" on the bucket and its objects where {"Bool": {"aws:SecureTransport": "false"}}.',
    good=(
        Example(TLS_ONLY, type=POLICY),
        Example({}, type=BUCKET, others=(Example(TLS_ONLY, type=POLICY, depends={"bucket": ("subject",)}, name="p"),)),
        Example(TLS_ONLY, type=BUCKET),
        Example(
            policy(DENIAL | {"Action": ["s3:GetObject", "s3:PutObject"]}, DENIAL | {"Action": "s3:ListBucket"}),
            type=POLICY,
        ),
        Example(policy(DENIAL | {"Principal": {"AWS": ["123456789012", "*"]}}), type=POLICY),
        Example(policy(DENIAL | {"Resource": "arn:aws:s3:::blog*"}), type=POLICY),
    ),
    bad=(
        Example({}, finds=("the bucket has no policy that refuses requests without TLS",), type=BUCKET),
        Example(
            policy(allow("s3:GetObject", BOTH, Principal={"AWS": "123456789012"})),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
        Example(
            {},
            type=BUCKET,
            others=(Example(OF_ONE_PREFIX, type=POLICY, depends={"bucket": ("subject",)}, name="p"),),
            finds=("the policy of the bucket does not refuse requests without TLS",),
        ),
        Example(
            policy(DENIAL | {"Action": "s3:GetObject"}),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
        Example(
            policy(DENIAL | {"Condition": {**INSECURE, **FROM_ONE_NETWORK}}),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
        Example(
            policy(DENIAL | {"Resource": "arn:aws:s3:::blog/*"}),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
        Example(
            policy(DENIAL | {"Resource": "arn:aws:s3:::blog"}),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
        Example(
            policy(DENIAL | {"Action": "s3:PutObject"}, DENIAL | {"Action": "s3:ListBucket"}),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
        Example(
            policy(DENIAL | {"Action": ["s3:GetObject", "s3:PutObject"]}),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
        Example(
            policy(DENIAL | {"Action": "s3:ListBucket"}),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
        Example(
            policy(DENIAL | {"Principal": {"AWS": "123456789012"}}),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
        Example(
            policy({key: value for key, value in DENIAL.items() if key != "Condition"}),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
        Example(
            policy(DENIAL | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
        Example(
            policy(DENIAL | {"Condition": {"Bool": {"aws:ViaAWSService": "false"}}}),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
        Example(
            policy(DENIAL | {"Condition": {"Null": {"aws:SecureTransport": "false"}}}),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
        Example({"policy": "{"}, finds=("the bucket's policy does not refuse requests without TLS",), type=POLICY),
        Example(
            policy(DENIAL | {"Resource": ["arn:aws:s3:::blog", "arn:aws:s3:::blog/"]}),
            finds=("the bucket's policy does not refuse requests without TLS",),
            type=POLICY,
        ),
    ),
)
def s3_ssl_requests_only(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A bucket refuses requests without TLS. A policy is told of by itself where its bucket is not in the program."""
    for policy_of_bucket in stack.of(POLICY):
        if not stack.referred(policy_of_bucket, "bucket", BUCKET) and not _tls_only(policy_of_bucket):
            yield policy_of_bucket, "the bucket's policy does not refuse requests without TLS"
    for bucket in stack.of(BUCKET):
        policies = stack.referring(bucket, "bucket", POLICY)
        if not any(_tls_only(one) for one in (bucket, *policies)):
            which = "the policy of the bucket does not refuse" if policies else "the bucket has no policy that refuses"
            yield bucket, f"{which} requests without TLS"


s3_encryption_configured = Rule(
    id="s3-encryption-configured",
    types=(
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    ),
    category="encryption",
    severity="low",
    env="same",
    sources=(
        "compliance:aws-s3-bucket-enable-server-side-encryption",
        "checkov:CKV_AWS_19",
        "trivy:AWS-0088",
    ),
    title="S3 buckets have default encryption configured",
    rationale="Each bucket says how it is encrypted.",
    fix="Add an aws.s3.BucketServerSideEncryptionConfiguration for the bucket.",
    stack=True,
    check=has_companion(
        BUCKET,
        ENCRYPTION,
        "bucket",
        inline=lambda bucket: bucket.props.has("serverSideEncryptionConfiguration"),
        missing="the bucket has no BucketServerSideEncryptionConfiguration",
    ),
    good=(
        Example({}, others=(Example({}, type=ENCRYPTION, name="e", depends={"bucket": ("subject",)}),)),
        Example({"serverSideEncryptionConfiguration": {"rule": {}}}),
    ),
    bad=(Example({}, finds=("the bucket has no BucketServerSideEncryptionConfiguration",)),),
    unknown_passes_because="A configuration that is unknown is there all the same.",
)
