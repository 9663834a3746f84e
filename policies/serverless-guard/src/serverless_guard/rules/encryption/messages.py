"""Messages, backups and query results that are encrypted, at rest and in transit."""

from collections.abc import Iterator

from serverless_guard.iam.document import read
from serverless_guard.iam.examples import allow, policy
from serverless_guard.program import Program
from serverless_guard.record import MalformedError, Resource
from serverless_guard.rules.conditions import any_set, has_own_key, is_none_of
from serverless_guard.rules.encryption.buckets import refuses_plain_http
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule, resource_rule, stack_rule

KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}
QUEUE, QUEUE_POLICY = "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"
TOPIC, TOPIC_POLICY = "aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"
DENIAL = allow("sqs:*", "*", Principal="*", Condition=INSECURE) | {"Effect": "Deny"}
TLS_QUEUE = policy(DENIAL)
TLS_TOPIC = policy(allow("sns:Publish", "*", Principal="*", Condition=INSECURE) | {"Effect": "Deny"})


@resource_rule(
    "sqs-encryption",
    title="SQS queues are encrypted at rest",
    types=("aws:sqs/queue:Queue",),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-SQS2",
        "checkov:CKV_AWS_27",
        "trivy:AWS-0096",
        "fsbp:SQS.1",
    ),
    fix="Leave sqsManagedSseEnabled out, which is true, or set kmsMasterKeyId.",
    remedy=sets("sqsManagedSseEnabled", to=True),
    good=(Example({}), Example({"sqsManagedSseEnabled": False, "kmsMasterKeyId": KEY})),
    bad=(
        Example(
            {"sqsManagedSseEnabled": False}, finds=("sqsManagedSseEnabled is false and kmsMasterKeyId is not set",)
        ),
    ),
    unknown_passes_because="A kmsMasterKeyId that is unknown is the id of a key that does not exist yet.",
)
def sqs_encryption(resource: Resource) -> Iterator[str]:
    """A queue is encrypted at rest."""
    if not resource.props.has("kmsMasterKeyId") and resource.props.flag("sqsManagedSseEnabled") is False:
        yield "sqsManagedSseEnabled is false and kmsMasterKeyId is not set"


sns_encryption = Rule(
    id="sns-encryption",
    types=("aws:sns/topic:Topic",),
    category="encryption",
    severity="medium",
    env="same",
    sources=(
        "cdk-nag:Nag-SNSEncryptedKMS",
        "checkov:CKV_AWS_26",
        "trivy:AWS-0095",
        "fsbp:SNS.1",
    ),
    title="SNS topics are encrypted at rest with AWS KMS",
    rationale="A topic is encrypted at rest.",
    fix="Set kmsMasterKeyId.",
    check=any_set("kmsMasterKeyId"),
    good=(Example({"kmsMasterKeyId": KEY}),),
    bad=(Example({}, finds=("kmsMasterKeyId is not set",)),),
    unknown_passes_because="A kmsMasterKeyId that is unknown is the id of a key that does not exist yet.",
)


def _plain_http(stack: Program, kind: str, policy_kind: str, by: str, action: str) -> Iterator[tuple[Resource, str]]:
    for resource in stack.of(kind):
        policy_locations = [resource, *stack.referring(resource, by, policy_kind)]
        if not any(_refused(one, action) for one in policy_locations):
            yield resource, "no policy refuses requests without TLS"


def _refused(resource: Resource, action: str) -> bool:
    try:
        document = read(resource.props, "policy", resource.source_types("policy"))
    except MalformedError:
        return False
    return bool(document) and any(refuses_plain_http(statement, action) for statement in document.statements)


@stack_rule(
    "sqs-ssl-only",
    title="SQS queues require TLS to send messages",
    types=(
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:sqs/queue:Queue",
    ),
    category="encryption",
    severity="medium",
    env="same",
    sources=("cdk-nag:AwsSolutions-SQS4",),
    fix='Add a QueuePolicy that denies sqs:* to Principal "*" where {"Bool": {"aws:SecureTransport": "false"}}.',
    good=(
        Example(TLS_QUEUE, type=QUEUE),
        Example(
            {},
            type=QUEUE,
            others=(Example(TLS_QUEUE, type=QUEUE_POLICY, name="p", depends={"queueUrl": ("subject",)}),),
        ),
        Example(
            policy(
                allow("sqs:SendMessage", "*", Principal={"AWS": "123456789012"}), DENIAL | {"Action": "sqs:SendMessage"}
            ),
            type=QUEUE,
        ),
    ),
    bad=(
        Example({}, finds=("no policy refuses requests without TLS",), type=QUEUE),
        Example({"policy": "{"}, finds=("no policy refuses requests without TLS",), type=QUEUE),
        Example(
            policy(DENIAL | {"Action": "sqs:ReceiveMessage"}),
            finds=("no policy refuses requests without TLS",),
            type=QUEUE,
        ),
    ),
)
def sqs_ssl_only(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A queue refuses requests without TLS."""
    return _plain_http(stack, QUEUE, QUEUE_POLICY, "queueUrl", "sqs:SendMessage")


@stack_rule(
    "sns-ssl-publish-only",
    title="SNS topics require TLS to publish messages",
    types=(
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topic:Topic",
    ),
    category="encryption",
    severity="medium",
    env="same",
    sources=("cdk-nag:AwsSolutions-SNS3",),
    fix='Add a TopicPolicy that denies sns:Publish to Principal "*" where {"Bool": {"aws:SecureTransport": "false"}}.',
    good=(
        Example(
            {}, type=TOPIC, others=(Example(TLS_TOPIC, type=TOPIC_POLICY, name="p", depends={"arn": ("subject",)}),)
        ),
    ),
    bad=(Example({}, finds=("no policy refuses requests without TLS",), type=TOPIC),),
)
def sns_ssl_publish_only(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A topic refuses messages without TLS."""
    return _plain_http(stack, TOPIC, TOPIC_POLICY, "arn", "sns:Publish")


sns_subscription_https = Rule(
    id="sns-subscription-https",
    types=("aws:sns/topicSubscription:TopicSubscription",),
    category="encryption",
    severity="high",
    env="same",
    title="SNS subscriptions do not deliver messages over plain HTTP",
    rationale="A topic delivers over TLS.",
    fix="Set protocol to https.",
    check=is_none_of("protocol", "http"),
    good=(Example({"protocol": "https"}), Example({"protocol": "sqs"})),
    bad=(Example({"protocol": "http"}, finds=("protocol has http",)),),
)


backup_vault_cmk = Rule(
    id="backup-vault-cmk",
    types=("aws:backup/vault:Vault",),
    category="encryption",
    severity="medium",
    env="same",
    sources=(
        "checkov:CKV_AWS_166",
        "fsbp:Backup.1",
    ),
    title="AWS Backup vaults are encrypted with a customer managed KMS key",
    rationale="Backups are encrypted with a key of one's own.",
    fix="Set kmsKeyArn.",
    check=has_own_key("kmsKeyArn"),
    good=(Example({"kmsKeyArn": KEY}),),
    bad=(
        Example({}, finds=("kmsKeyArn is not set",)),
        Example(
            {"kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:alias/aws/backup"},
            finds=("kmsKeyArn is the AWS managed key arn:aws:kms:eu-west-1:123456789012:alias/aws/backup",),
        ),
    ),
    unknown_passes_because="A kmsKeyArn that is unknown is the ARN of a key that does not exist yet.",
)


@resource_rule(
    "athena-results-encrypted",
    title="Athena query results are encrypted at rest",
    types=(
        "aws:athena/workgroup:Workgroup",
        "aws:athena/database:Database",
    ),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "compliance:aws-athena-workgroup-disallow-unencrypted-workgroup",
        "compliance:aws-athena-database-disallow-unencrypted-database",
        "checkov:CKV_AWS_77",
        "checkov:CKV_AWS_159",
        "trivy:AWS-0006",
        "fsbp:Athena.1",
    ),
    fix="Set encryptionConfiguration (of the resultConfiguration) to {encryptionOption: SSE_KMS, kmsKeyArn: <key>}.",
    good=(
        Example(
            {"configuration": {"resultConfiguration": {"encryptionConfiguration": {"encryptionOption": "SSE_S3"}}}}
        ),
        Example({"encryptionConfiguration": {"encryptionOption": "SSE_KMS"}}, type="aws:athena/database:Database"),
    ),
    bad=(
        Example({}, finds=("configuration.resultConfiguration.encryptionConfiguration is not set",)),
        Example({}, finds=("encryptionConfiguration is not set",), type="aws:athena/database:Database"),
    ),
)
def athena_results_encrypted(resource: Resource) -> Iterator[str]:
    """What Athena writes is encrypted."""
    prefix = "" if resource.type == "aws:athena/database:Database" else "configuration.resultConfiguration."
    if not resource.props.text(f"{prefix}encryptionConfiguration.encryptionOption"):
        yield f"{prefix}encryptionConfiguration is not set"


@resource_rule(
    "athena-workgroup-enforced",
    title="Athena workgroups enforce their configuration over client-side settings",
    types=("aws:athena/workgroup:Workgroup",),
    category="encryption",
    severity="high",
    env="same",
    sources=(
        "compliance:aws-athena-workgroup-enforce-configuration",
        "checkov:CKV_AWS_82",
        "trivy:AWS-0007",
    ),
    fix="Leave configuration.enforceWorkgroupConfiguration out, which is true.",
    remedy=sets("configuration.enforceWorkgroupConfiguration", to=True),
    good=(Example({}),),
    bad=(
        Example(
            {"configuration": {"enforceWorkgroupConfiguration": False}},
            finds=("configuration.enforceWorkgroupConfiguration is false",),
        ),
    ),
)
def athena_workgroup_enforced(resource: Resource) -> Iterator[str]:
    """A client cannot leave the workgroup's encryption out."""
    if resource.props.flag("configuration.enforceWorkgroupConfiguration") is False:
        yield "configuration.enforceWorkgroupConfiguration is false"
