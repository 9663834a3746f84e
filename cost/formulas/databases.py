"""RDS, Aurora and ElastiCache.

Sources: https://aws.amazon.com/rds/postgresql/pricing/, https://aws.amazon.com/rds/aurora/pricing/,
https://aws.amazon.com/elasticache/pricing/.
"""

from collections.abc import Iterator

from cost.charges import HOURS, Charge, Formula
from cost.formulas.backup import longest_kept
from cost.resources import Resource, Stack
from cost.tables import CostError
from cost.usage import Usage
from cost.values import as_block

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"

LEAST_CACHE_GB = {"valkey": 0.1, "redis": 1.0, "memcached": 1.0}
"""What a serverless cache is billed for at least, by engine."""


def _instance(one: Resource, usage: Usage, stack: Stack) -> Iterator[Charge]:
    zones = 2 if one.inputs.get("multiAz") is True else 1
    allocated = _allocated(one, stack)
    storage = str(one.inputs.get("storageType", "gp2"))
    yield Charge(f"rds.instance-hour.{_engine(one, stack)}.{one.inputs.get('instanceClass')}", zones * HOURS)
    yield Charge(f"rds.gb-month.{storage}", zones * max(allocated, usage["relational.gb"]))
    yield from _managed_password(one)
    if not one.inputs.get("replicateSourceDb"):
        # A full copy and each day's changes; as much as is allocated is free, however it is made.
        days = max(one.number("backupRetentionPeriod"), longest_kept(one, stack))
        kept = usage["relational.gb"] + days * usage["relational.changed-gb"] if days else 0
        yield Charge("rds.backup-gb-month", max(0, kept - allocated))


def _engine(one: Resource, stack: Stack) -> str:
    for each in (one, *stack.referred(one, "replicateSourceDb", INSTANCE)):
        if engine := each.inputs.get("engine"):
            return str(engine)
    return "postgres"


def _allocated(one: Resource, stack: Stack) -> float:
    """The storage of an instance in GB; a replica has what its source has."""
    sources = stack.referred(one, "replicateSourceDb", INSTANCE) if one.inputs.get("replicateSourceDb") else []
    return max(each.number("allocatedStorage") for each in (one, *sources))


def _cluster(one: Resource, usage: Usage, stack: Stack) -> Iterator[Charge]:
    """Storage, I/O and backups of an Aurora cluster.

    Backups within the retention period cost what has changed; a copy that AWS Backup keeps for longer costs all of the
    volume, https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-storage-backup.html.
    """
    gigabytes, retention = usage["relational.gb"], one.number("backupRetentionPeriod", 1)
    optimized = one.inputs.get("storageType") == "aurora-iopt1"
    yield Charge("aurora.gb-month-optimized" if optimized else "aurora.gb-month", gigabytes)
    if not optimized:
        yield Charge("aurora.io-request", usage["relational.io-requests"])
    copies = max(0, longest_kept(one, stack) - retention)
    yield Charge("aurora.backup-gb-month", retention * usage["relational.changed-gb"] + copies * gigabytes)
    yield from _managed_password(one)


def _cluster_instance(one: Resource, usage: Usage, stack: Stack) -> Iterator[Charge]:
    """An instance that scales has the capacity in use, within the limits of its cluster; 0 as the least pauses it."""
    clusters = stack.referred(one, "clusterIdentifier", CLUSTER)
    optimized = "-optimized" if clusters and clusters[0].inputs.get("storageType") == "aurora-iopt1" else ""
    if one.inputs.get("instanceClass") != "db.serverless":
        yield Charge(f"aurora.instance-hour{optimized}.{one.inputs.get('instanceClass')}", HOURS)
        return
    scaling = as_block(clusters[0].inputs.get("serverlessv2ScalingConfiguration") if clusters else None)
    least, most = scaling.get("minCapacity"), scaling.get("maxCapacity")
    if not isinstance(least, (int, float)) or not isinstance(most, (int, float)):
        raise CostError("the capacity of its cluster (serverlessv2ScalingConfiguration) is not known")
    yield Charge(f"aurora.capacity-unit-hour{optimized}", HOURS * min(most, max(least, usage["relational.capacity"])))


def _managed_password(one: Resource) -> Iterator[Charge]:
    """RDS keeps the master's password in a secret that it makes."""
    if one.inputs.get("manageMasterUserPassword") is True:
        yield Charge("secret.month", 1)


def _replication_group(one: Resource, _usage: Usage, _stack: Stack) -> Iterator[Charge]:
    groups = one.number("numNodeGroups", 1) * (1 + one.number("replicasPerNodeGroup"))
    nodes = one.number("numCacheClusters") or groups
    engine = one.inputs.get("engine", "redis")
    yield Charge(f"elasticache.node-hour.{engine}.{one.inputs.get('nodeType')}", nodes * HOURS)


def _serverless_cache(one: Resource, usage: Usage, _stack: Stack) -> Iterator[Charge]:
    engine = str(one.inputs.get("engine"))
    gigabytes = max(usage["cache.gb"], LEAST_CACHE_GB.get(engine, 1.0))
    yield Charge(f"elasticache.serverless-gb-hour.{engine}", gigabytes * HOURS)
    yield Charge(f"elasticache.serverless-request.{engine}", usage["cache.requests"])


FORMULAS: dict[str, tuple[Formula, ...]] = {
    INSTANCE: (_instance,),
    CLUSTER: (_cluster,),
    "aws:rds/clusterInstance:ClusterInstance": (_cluster_instance,),
    "aws:elasticache/replicationGroup:ReplicationGroup": (_replication_group,),
    "aws:elasticache/serverlessCache:ServerlessCache": (_serverless_cache,),
}
