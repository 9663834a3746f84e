"""What stands before the table: a cache for the functions, an accelerator for other clients."""

from components.caching.accelerator import Accelerator
from components.caching.cache import Cache
from components.caching.replication_group import ReplicationGroup
from components.caching.serverless_cache import ServerlessCache
from components.compute.function import FunctionDefaults
from components.data.table import Table
from layers.foundation import Foundation
from settings import Settings


def cache_of(stack: Settings, foundation: Foundation, defaults: FunctionDefaults) -> Cache | None:
    """The cache of the functions, if the stack has one."""
    engines = {
        "replication-group": ReplicationGroup(node_type=stack.cache_node_type, replicas=stack.cache_replicas),
        "serverless": ServerlessCache(),
    }
    if not foundation.network or stack.cache == "none":
        return None
    return Cache(
        deployment=foundation.deployment,
        defaults=defaults,
        network=foundation.network,
        engine=engines[stack.cache],
        opts=foundation.opts,
    )


def accelerator_of(stack: Settings, foundation: Foundation, table: Table) -> Accelerator | None:
    """The accelerator of the table, if the stack has one."""
    if not foundation.network or not stack.dax_nodes:
        return None
    return Accelerator(
        deployment=foundation.deployment,
        network=foundation.network,
        table=table,
        nodes=stack.dax_nodes,
        node_type=stack.dax_node_type,
        opts=foundation.opts,
    )
