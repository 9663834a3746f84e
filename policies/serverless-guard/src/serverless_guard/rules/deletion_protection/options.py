"""Pulumi options of resources that hold data."""

from collections.abc import Iterator

from serverless_guard.record import Options, Resource
from serverless_guard.rules.rule import Example, resource_rule

STATEFUL = (
    "aws:dynamodb/table:Table",
    "aws:s3/bucket:Bucket",
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/instance:Instance",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/serverlessCache:ServerlessCache",
    "aws:dax/cluster:Cluster",
    "aws:kms/key:Key",
    "aws:secretsmanager/secret:Secret",
    "aws:cognito/userPool:UserPool",
    "aws:backup/vault:Vault",
    "aws:cloudwatch/logGroup:LogGroup",
)
"""Types whose loss is a loss of data, of secrets or of evidence."""


@resource_rule(
    "stateful-resource-protected",
    title="Stateful AWS resources set the Pulumi option protect",
    types=STATEFUL,
    category="deletion-protection",
    severity="high",
    env="prod-only",
    fix="Register the resource with pulumi.ResourceOptions(protect=True).",
    good=(Example({}, options=Options(protect=True)),),
    bad=(Example({}, finds=("the option protect is not set",)),),
)
def stateful_resource_protected(resource: Resource) -> Iterator[str]:
    """The engine refuses to delete what holds data."""
    if not resource.options.protect:
        yield "the option protect is not set"


@resource_rule(
    "stateful-no-replace-risk",
    title="Stateful AWS resources set retain_on_delete and do not set delete_before_replace",
    types=STATEFUL,
    category="deletion-protection",
    severity="high",
    env="prod-only",
    fix="Register the resource with pulumi.ResourceOptions(retain_on_delete=True) and without delete_before_replace.",
    good=(
        Example({}, options=Options(protect=True, retain_on_delete=True)),
        Example({}, options=Options(protect=True, retain_on_delete=None)),
    ),
    bad=(
        Example(
            {},
            finds=("the option delete_before_replace is set: the data goes before its replacement is there",),
            options=Options(delete_before_replace=True),
        ),
        Example(
            {},
            finds=("the option retain_on_delete is not set: a replacement deletes the data",),
            options=Options(retain_on_delete=False),
        ),
    ),
)
def stateful_no_replace_risk(resource: Resource) -> Iterator[str]:
    """A replacement does not take the data with it.

    A policy pack is not told of retain_on_delete; the guard inside the program is, and checks it.
    """
    if resource.options.delete_before_replace:
        yield "the option delete_before_replace is set: the data goes before its replacement is there"
    if resource.options.retain_on_delete is False:
        yield "the option retain_on_delete is not set: a replacement deletes the data"
