"""A cache of DynamoDB's own before the table, in the private subnets."""

import pulumi
from pulumi_aws import dax

from components.alarms import Alarm, Metric, Signal
from components.data.table import Table
from components.deployment import Deployment
from components.iam import Role
from components.network import Network
from components.protection import stateful

PORT = 9111
"""That of TLS, https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html."""

KEPT_MILLISECONDS = 300_000
BUSY_PERCENT = 80


class Accelerator(pulumi.ComponentResource):
    """A cluster of DynamoDB Accelerator (DAX), encrypted at rest and on the way, that reads one table.

    It is for clients in the network that read by the protocol of DAX; the functions have `Cache`. Its role may read the
    table and nothing else, so that nobody writes through it. AWS's own key encrypts it: DAX takes no other.

    Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.concepts.cluster.html,
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.access-control.html

    Args:
        deployment: What it shares with the other parts.
        network: Where it stands.
        table: What it reads.
        nodes: How many nodes there are; three outlive a zone.
        node_type: The size of a node.
        opts: Options of the component.
    """

    endpoint: pulumi.Output[str]
    """Where clients find it, such as `daxs://blog-prod-dax.abc123.dax-clusters.eu-central-1.amazonaws.com`."""

    signals: list[Signal]
    """What is watched of it."""

    def __init__(
        self,
        *,
        deployment: Deployment,
        network: Network,
        table: Table,
        nodes: int,
        node_type: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-accelerator"
        super().__init__("blog:accelerator:Accelerator", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        place = network.store("accelerator", port=PORT)
        role = Role(name, service="dax.amazonaws.com", grants=[table.grant_accelerate()], opts=child)
        subnets = dax.SubnetGroup(
            name,
            name=name,
            description="The private subnets of the accelerator",
            subnet_ids=place.subnet_ids,
            opts=child,
        )
        lifetimes = [
            dax.ParameterGroupParameterArgs(name=f"{kind}-ttl-millis", value=str(KEPT_MILLISECONDS))
            for kind in ("query", "record")
        ]
        parameters = dax.ParameterGroup(
            name, name=name, description="How long answers are kept", parameters=lifetimes, opts=child
        )
        cluster_name = f"{deployment.prefix}-dax"  # of at most 20 characters
        cluster = dax.Cluster(
            name,
            cluster_name=cluster_name,
            description="Copies of what is read most",
            node_type=node_type,
            replication_factor=nodes,
            iam_role_arn=role.arn,
            subnet_group_name=subnets.name,
            security_group_ids=place.security_group_ids,
            parameter_group_name=parameters.name,
            cluster_endpoint_encryption_type="TLS",
            server_side_encryption=dax.ClusterServerSideEncryptionArgs(enabled=True),
            opts=stateful(self, protection=deployment.protection),
        )
        self.endpoint = cluster.cluster_address.apply(lambda host: f"daxs://{host}")
        self.signals = _signals(cluster_name)
        self.register_outputs({"cluster": cluster_name})


def _signals(cluster: str) -> list[Signal]:
    """Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/dax-metrics-dimensions-dax.html."""

    def metric(name: str, statistic: str = "Sum") -> Metric:
        return Metric(namespace="AWS/DAX", name=name, dimensions={"ClusterId": cluster}, statistic=statistic)

    return [
        metric("ItemCacheHits"),
        metric("ItemCacheMisses"),
        Alarm(
            name="accelerator-faults",
            metric=metric("FaultRequestCount"),
            threshold=0,
            meaning="The accelerator answered with an error of its own; the functions read from the table meanwhile.",
            first_step="Read the events of the DAX cluster.",
            runbook="cache",
        ),
        Alarm(
            name="accelerator-processor",
            metric=metric("CPUUtilization", "Average"),
            threshold=BUSY_PERCENT,
            meaning="The accelerator has as much to do as it can.",
            first_step="Compare the load of its nodes: one alone means a hot key, all of them too few nodes.",
            runbook="cache",
            minutes=3,
        ),
    ]
