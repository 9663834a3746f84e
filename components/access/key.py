"""The KMS key that encrypts what the application keeps."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.access.resource_policy import ServiceAccess
from components.iam import Arns, Statement, document
from components.protection import stateful

SERVICES = ("backup", "dynamodb", "elasticache", "rds", "s3", "secretsmanager", "sqs")
"""Those that use the key on behalf of whoever may use what they keep."""


class Key(pulumi.ComponentResource):
    """A symmetric key, rotated each year, for what the services of an account keep and for a stack's own log groups.

    IAM policies of the account administer the key. Its use is bound to the service that stores the data: DynamoDB on
    behalf of whoever may read the table, for instance. So no function needs a grant on the key, and nobody can decrypt
    what was copied elsewhere.

    Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html,
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html,
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html,
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html,
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html

    Args:
        name: The key's alias, without `alias/`.
        prefix: What the names of the log groups hold that the key serves.
        log_groups: Patterns of the names of further log groups, which AWS names.
        arns: The account and region.
        protection: Whether the key refuses to be deleted; it waits 30 days in any case.
        opts: Options of the component.
    """

    arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        prefix: str,
        arns: Arns,
        protection: bool,
        log_groups: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("blog:key:Key", name, None, opts)
        encrypt = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]
        use = [*encrypt, "kms:DescribeKey"]
        served = [arns.of("logs", f"log-group:{pattern}") for pattern in (f"*{prefix}*", *log_groups)]
        policy = document(
            [
                Statement(
                    sid="AdministeredByIamPolicies",
                    principals={"AWS": arns.root},
                    actions=["kms:*"],
                    resources=["*"],
                ),
                Statement(
                    sid="UsedThroughServices",
                    principals={"AWS": "*"},
                    actions=[*use, "kms:CreateGrant"],
                    resources=["*"],
                    conditions={
                        "StringEquals": {
                            "kms:CallerAccount": arns.account,
                            "kms:ViaService": [f"{service}.{arns.region}.amazonaws.com" for service in SERVICES],
                        }
                    },
                ),
                Statement(
                    sid="UsedByCloudWatchLogs",
                    principals={"Service": f"logs.{arns.region}.amazonaws.com"},
                    actions=encrypt,  # a request to describe a key has no encryption context
                    resources=["*"],
                    conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": served}},
                ),
                ServiceAccess(
                    service="cloudfront.amazonaws.com",
                    actions=["kms:Decrypt"],
                    source=arns.worldwide("cloudfront", "distribution/*"),
                    says_account=False,
                ).statement("*", arns.account),
            ]
        )
        key = aws.kms.Key(
            name,
            description=f"Encrypts the data of {prefix}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=policy,
            opts=stateful(self, protection=protection),
        )
        aws.kms.Alias(name, name=f"alias/{name}", target_key_id=key.key_id, opts=pulumi.ResourceOptions(parent=self))
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})
