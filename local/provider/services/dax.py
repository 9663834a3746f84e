"""DynamoDB Accelerator, which the local AWS lacks: kept as it was asked for, without effect.

Source: https://www.pulumi.com/registry/packages/aws/api-docs/dax/.
"""

from local.provider.aws import Aws
from local.provider.kept import kept
from local.provider.wire import Props

_PORTS = {"NONE": 8111, "TLS": 9111}
"""Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.create-cluster.cli.configure-inbound-rules.html."""


def _cluster_outputs(aws: Aws, props: Props) -> Props:
    name = props["clusterName"]
    address = f"{name}.000000.dax-clusters.{aws.region}.amazonaws.com"
    port = _PORTS[props["clusterEndpointEncryptionType"]]
    return {
        "arn": aws.arn("dax", f"cache/{name}"),
        "clusterAddress": address,
        "configurationEndpoint": f"{address}:{port}",
        "port": port,
    }


CLUSTER = kept(
    "aws:dax/cluster:Cluster",
    key="clusterName",
    outputs=_cluster_outputs,
    replaces=frozenset(
        {"availabilityZones", "clusterEndpointEncryptionType", "clusterName", "iamRoleArn", "nodeType",
         "serverSideEncryption", "subnetGroupName"}
    ),
    defaults={"clusterEndpointEncryptionType": "NONE"},
    unordered=frozenset({"securityGroupIds"}),
    named="clusterName",
)  # fmt: skip
SUBNET_GROUP = kept(
    "aws:dax/subnetGroup:SubnetGroup", key="name", replaces=frozenset({"name"}), unordered=frozenset({"subnetIds"})
)
PARAMETER_GROUP = kept(
    "aws:dax/parameterGroup:ParameterGroup",
    key="name",
    replaces=frozenset({"name", "description"}),
    unordered=frozenset({"parameters"}),
)
