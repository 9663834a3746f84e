"""The single table, and the access patterns by which functions are granted parts of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.data.table_capacity import Provisioned, autoscale
from components.deployment import Deployment
from components.iam import Conditions, Statement
from components.protection import stateful

KEYS = ("PK", "SK")

_SCALED = (
    "readCapacity",
    "writeCapacity",
    "globalSecondaryIndexes[*].readCapacity",
    "globalSecondaryIndexes[*].writeCapacity",
)
"""What autoscaling sets after the creation; a deployment must not set it back."""


@dataclass(frozen=True, kw_only=True)
class AccessPattern:
    """One way in which the application touches the table.

    Attributes:
        actions: The DynamoDB actions that it needs, and no other.
        leading_keys: Pattern of the partition keys that it may name, `USER#*` for instance; None where it names none.
        attributes: The attributes that it may read or filter by; all where it says none.
        index: The index that it reads, if it does not read the table itself.
    """

    actions: tuple[str, ...]
    leading_keys: str | None = None
    attributes: tuple[str, ...] = ()
    index: str | None = None

    def __post_init__(self) -> None:
        """Refuse what would be open to every item and attribute.

        Raises:
            ValueError: It is bound to neither keys nor attributes.
        """
        if not self.leading_keys and not self.attributes:
            raise ValueError(
                f"an access pattern with {', '.join(self.actions)} is open to the whole table; give it leading_keys "
                "or, for one that names no key, attributes"
            )

    @property
    def conditions(self) -> Conditions:
        """How a grant is bound to the keys and attributes. The names of the table's keys have to be among these.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
        """
        keys = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [self.leading_keys]}} if self.leading_keys else {}
        if not self.attributes:
            return keys
        return keys | {
            "ForAllValues:StringEquals": {"dynamodb:Attributes": list(dict.fromkeys((*KEYS, *self.attributes)))},
            "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
        }


class Table(pulumi.ComponentResource):
    """A DynamoDB table with the keys PK and SK and the index GSI1 (GSI1PK, GSI1SK), encrypted and restorable.

    The index sorts by GSI1SK, so that an author's posts come newest first.
    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-general-nosql-design.html

    Args:
        name: The physical name of the table.
        deployment: What it shares with the other parts.
        access_patterns: By name, every way in which the application may touch the table.
        recovery_days: How many days back the table can be restored, 1 to 35; 0 for none.
        capacity: The capacity that is paid for by the hour and scales; None to pay by the request.
        opts: Options of the component.
    """

    indexes = ("GSI1",)

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    stream_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        deployment: Deployment,
        access_patterns: Mapping[str, AccessPattern],
        recovery_days: int,
        capacity: Provisioned | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("blog:table:Table", name, None, opts)
        self._arn = deployment.arns.of("dynamodb", f"table/{name}")
        self._access_patterns = access_patterns
        keys = (*KEYS, "GSI1PK", "GSI1SK")
        units = capacity.minimum if capacity else None
        table = aws.dynamodb.Table(
            name,
            name=name,
            billing_mode="PROVISIONED" if capacity else "PAY_PER_REQUEST",
            read_capacity=units,
            write_capacity=units,
            hash_key="PK",
            range_key="SK",
            attributes=[aws.dynamodb.TableAttributeArgs(name=key, type="S") for key in keys],
            global_secondary_indexes=[
                aws.dynamodb.TableGlobalSecondaryIndexArgs(
                    name="GSI1",
                    key_schemas=[
                        aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name="GSI1PK", key_type="HASH"),
                        aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name="GSI1SK", key_type="RANGE"),
                    ],
                    projection_type="ALL",
                    read_capacity=units,
                    write_capacity=units,
                )
            ],
            stream_enabled=True,
            stream_view_type="NEW_AND_OLD_IMAGES",
            ttl=aws.dynamodb.TableTtlArgs(attribute_name="expiresAt", enabled=True),
            point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(
                enabled=recovery_days > 0, recovery_period_in_days=recovery_days or None
            ),
            # Enabled means a key in KMS. Without one of ours, DynamoDB encrypts with a key of its own at no cost.
            server_side_encryption=aws.dynamodb.TableServerSideEncryptionArgs(
                enabled=True, kms_key_arn=deployment.key_arn
            )
            if deployment.key_arn
            else None,
            deletion_protection_enabled=deployment.protection,
            opts=pulumi.ResourceOptions.merge(
                stateful(self, protection=deployment.protection),
                pulumi.ResourceOptions(ignore_changes=list(_SCALED) if capacity else None),
            ),
        )
        if capacity:
            scaling = pulumi.ResourceOptions(parent=self, depends_on=[table])
            autoscale(name, capacity=capacity, indexes=self.indexes, opts=scaling)
        self.name = table.name
        self.arn = table.arn
        self.stream_arn = table.stream_arn
        self.register_outputs({"name": self.name, "arn": self.arn})

    def grant_backup(self) -> Statement:
        """The statement that allows to copy the table into a vault of AWS Backup, which deletes old copies itself.

        Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
        """
        return Statement(
            sid="BackUpTable",
            actions=[
                "dynamodb:CreateBackup",
                "dynamodb:DescribeBackup",
                "dynamodb:DescribeTable",
                "dynamodb:ListTagsOfResource",
                "dynamodb:StartAwsBackupJob",
            ],
            resources=[self._arn, f"{self._arn}/backup/*"],
        )

    def grant_accelerate(self) -> Statement:
        """The statement that allows a cluster of DAX to read the table on behalf of its clients.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.access-control.html
        """
        return Statement(
            sid="ReadForClients",
            actions=[f"dynamodb:{action}" for action in ("BatchGetItem", "DescribeTable", "GetItem", "Query")],
            resources=[self._arn, *(f"{self._arn}/index/{index}" for index in self.indexes)],
        )

    def grant(self, access_pattern: str) -> Statement:
        """The statement that allows one access pattern, by its name, and nothing else.

        Raises:
            KeyError: The table has no such access pattern; the error names those it has.
        """
        pattern = self._access_patterns.get(access_pattern)
        if pattern is None:
            known = ", ".join(sorted(self._access_patterns))
            raise KeyError(f"the table has no access pattern {access_pattern!r}; it has {known}")
        return Statement(
            sid="".join(part.capitalize() for part in access_pattern.split("-")),
            actions=[f"dynamodb:{action}" for action in pattern.actions],
            resources=[f"{self._arn}/index/{pattern.index}" if pattern.index else self._arn],
            conditions=pattern.conditions,
        )

    def grant_stream(self) -> list[Statement]:
        """The statements that Lambda needs to hand a function the table's changes; a list of streams has no resource.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
        """
        reads = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
        return [
            Statement(sid="ReadStream", actions=reads, resources=[f"{self._arn}/stream/*"]),
            Statement(sid="FindStream", actions=["dynamodb:ListStreams"], resources=["*"]),
        ]
