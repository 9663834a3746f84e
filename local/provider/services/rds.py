"""RDS's groups: of subnets, and of parameters for clusters and instances.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/rds/.
"""

from local.provider.aws import Aws
from local.provider.rds import TAGS
from local.provider.resource import Facet, Live, ResourceType
from local.provider.wire import Props, items

SUBNET_GROUP = ResourceType(
    "aws:rds/subnetGroup:SubnetGroup",
    service="rds",
    create="CreateDBSubnetGroup",
    read=lambda aws, props: aws.call("rds", "DescribeDBSubnetGroups", DBSubnetGroupName=props["name"])[
        "DBSubnetGroups"
    ][0],
    update="ModifyDBSubnetGroup",
    delete="DeleteDBSubnetGroup",
    keys={"DBSubnetGroupName": "name"},
    names={"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription", "arn": "DBSubnetGroupArn"},
    state=lambda _aws, _props, live: {"subnetIds": [subnet["SubnetIdentifier"] for subnet in live["Subnets"]]},
    replaces=frozenset({"name", "namePrefix"}),
    defaults={"description": "Managed by Pulumi"},
    unordered=frozenset({"subnetIds"}),
    unread=frozenset({"namePrefix"}),
    tags=TAGS,
)


def _parameters(aws: Aws, kind: str, name: str) -> list[Live]:
    """The parameters of a group that somebody has set."""
    return aws.call("rds", f"Describe{kind}Parameters", **{f"{kind}ParameterGroupName": name}, Source="user")[
        "Parameters"
    ]


def _write_parameters(aws: Aws, props: Props, kind: str) -> None:
    """Set the parameters that are wanted, twenty at most a call, and give up the others."""
    group = {f"{kind}ParameterGroupName": props["name"]}
    wanted = [
        {
            "ParameterName": one["name"],
            "ParameterValue": one["value"],
            "ApplyMethod": one.get("applyMethod", "immediate"),
        }
        for one in items(props, "parameters")
    ]
    names = {one["ParameterName"] for one in wanted}
    gone = [
        {"ParameterName": one["ParameterName"], "ApplyMethod": "pending-reboot"}
        for one in _parameters(aws, kind, props["name"])
        if one["ParameterName"] not in names
    ]
    for operation, changes in ((f"Modify{kind}ParameterGroup", wanted), (f"Reset{kind}ParameterGroup", gone)):
        for start in range(0, len(changes), 20):
            aws.call("rds", operation, **group, Parameters=changes[start : start + 20])


def _read_parameters(aws: Aws, props: Props, kind: str) -> Props:
    return {
        "parameters": [
            {
                "name": one["ParameterName"],
                "value": one["ParameterValue"],
                "applyMethod": one.get("ApplyMethod", "immediate"),
            }
            for one in _parameters(aws, kind, props["name"])
        ]
    }


def _parameter_group(token: str, kind: str) -> ResourceType:
    group = f"{kind}ParameterGroup"
    return ResourceType(
        token,
        service="rds",
        create=f"Create{group}",
        read=lambda aws, props: aws.call("rds", f"Describe{group}s", **{f"{group}Name": props["name"]})[f"{group}s"][0],
        delete=f"Delete{group}",
        keys={f"{group}Name": "name"},
        names={"name": f"{group}Name", "family": "DBParameterGroupFamily", "arn": f"{group}Arn"},
        replaces=frozenset({"description", "family", "name", "namePrefix"}),
        defaults={"description": "Managed by Pulumi"},
        computed=frozenset({"parameters.applyMethod"}),
        unordered=frozenset({"parameters"}),
        unread=frozenset({"namePrefix", "skipDestroy"}),
        facets=(
            Facet(
                inputs=frozenset({"parameters"}),
                write=lambda aws, props: _write_parameters(aws, props, kind),
                read=lambda aws, props: _read_parameters(aws, props, kind),
            ),
        ),
        tags=TAGS,
    )


PARAMETER_GROUP = _parameter_group("aws:rds/parameterGroup:ParameterGroup", "DB")
CLUSTER_PARAMETER_GROUP = _parameter_group("aws:rds/clusterParameterGroup:ClusterParameterGroup", "DBCluster")
