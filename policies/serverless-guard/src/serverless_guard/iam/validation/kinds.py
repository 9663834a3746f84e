"""Which resource types of pulumi-aws hold documents of which kind, and how large those may be."""

from collections.abc import Iterator
from typing import Final

from serverless_guard.iam import policy_locations, resource_policies
from serverless_guard.iam.validation.problem import Kind
from serverless_guard.record import Block, Resource

IDENTITY: Final = Kind("identity")
TRUST: Final = Kind("trust", limit=2048)
"""Limit of an account that asked for no other: IAM User Guide, "IAM and AWS STS quotas"."""
SCP: Final = Kind("scp", limit=5120, whitespace=True)
RCP: Final = Kind("rcp", limit=5120, whitespace=True)
"""AWS Organizations User Guide, "Quotas and service limits"."""

ORGANIZATION: Final = "aws:organizations/policy:Policy"
CONTROLS: Final = {"SERVICE_CONTROL_POLICY": SCP, "RESOURCE_CONTROL_POLICY": RCP}

_BUCKET: Final = Kind("resource", frozenset({"s3", "s3express"}), 20480, whitespace=True)
_QUEUE: Final = Kind("resource", frozenset({"sqs"}), 8192, whitespace=True)
_TOPIC: Final = Kind("resource", frozenset({"sns"}), 30720, whitespace=True)
_KEY: Final = Kind("resource", frozenset({"kms"}), 32768, whitespace=True)
_SECRET: Final = Kind("resource", frozenset({"secretsmanager"}), 20480, whitespace=True)
_OTHER: Final = Kind("resource", needs_resource=False)
RESOURCE: Final[dict[str, Kind]] = {
    "aws:s3/bucketPolicy:BucketPolicy": _BUCKET,
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:sqs/queuePolicy:QueuePolicy": _QUEUE,
    "aws:sqs/queue:Queue": _QUEUE,
    "aws:sns/topicPolicy:TopicPolicy": _TOPIC,
    "aws:sns/topic:Topic": _TOPIC,
    "aws:kms/key:Key": _KEY,
    "aws:kms/keyPolicy:KeyPolicy": _KEY,
    "aws:kms/replicaKey:ReplicaKey": _KEY,
    "aws:kms/externalKey:ExternalKey": _KEY,
    "aws:kms/replicaExternalKey:ReplicaExternalKey": _KEY,
    "aws:secretsmanager/secretPolicy:SecretPolicy": _SECRET,
    "aws:secretsmanager/secret:Secret": _SECRET,
    "aws:dynamodb/resourcePolicy:ResourcePolicy": Kind("resource", frozenset({"dynamodb"}), 20480, whitespace=True),
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": Kind("resource", frozenset({"events"}), 10240),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": Kind(
        "resource", frozenset({"logs"}), 5120, whitespace=True, shorter_arns=True
    ),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": Kind("resource", frozenset({"ecr"}), needs_resource=False),
    "aws:apigateway/restApi:RestApi": Kind("resource", frozenset({"execute-api"})),
    "aws:apigateway/restApiPolicy:RestApiPolicy": Kind("resource", frozenset({"execute-api"})),
}
"""What is known of policies by the type that holds them. Sources of the limits: Amazon S3 User Guide, "Policies and
permissions" (20 KB); Amazon SQS Developer Guide, "Policy quotas"; Amazon SNS Developer Guide, "Amazon SNS API
permissions: Actions and resources reference" (30 KB); AWS KMS API Reference, PutKeyPolicy; AWS Secrets
Manager and Amazon DynamoDB API References, PutResourcePolicy; Amazon EventBridge User Guide,
"Amazon EventBridge quotas"; Amazon CloudWatch Logs API Reference, PutResourcePolicy.
That CloudWatch Logs takes `arn:aws:logs:*`: the provider's documentation of aws_cloudwatch_log_resource_policy."""

TYPES: Final = tuple(dict.fromkeys((*policy_locations.IDENTITY, *resource_policies.LOCATIONS, ORGANIZATION)))
"""All types with documents."""


def documents(resource: Resource) -> Iterator[tuple[Block, str, Kind]]:
    """Yield where the documents of a resource stand, and of what kind they are."""
    props = resource.props
    if resource.type in policy_locations.IDENTITY:
        yield from ((block, path, IDENTITY) for block, path in policy_locations.places(resource))
        if resource.type == policy_locations.ROLE:
            yield props, "assumeRolePolicy", TRUST
    elif resource.type == ORGANIZATION:
        kind = CONTROLS.get(props.text("type") or "SERVICE_CONTROL_POLICY")
        if kind:
            yield props, "content", kind
    else:
        for path in resource_policies.LOCATIONS.get(resource.type, ()):
            yield props, path, RESOURCE.get(resource.type, _OTHER)
