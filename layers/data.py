"""The stores: the table, the ledger of the reports, and the backups of both."""

from collections.abc import Sequence

from access_patterns import ACCESS_PATTERNS
from components.compute.function import FunctionDefaults
from components.data.aurora import Aurora
from components.data.backup import Backup, Store
from components.data.rds import Rds
from components.data.relational import Relational
from components.data.table import Table
from components.data.table_capacity import Provisioned
from layers.foundation import Foundation
from settings import Settings


def table_of(stack: Settings, foundation: Foundation) -> Table:
    """The table, paid for by the request or by what is provisioned."""
    capacity = Provisioned(minimum=stack.table_capacity_minimum, maximum=stack.table_capacity_maximum)
    return Table(
        f"{stack.prefix}-{stack.table_name}",
        deployment=foundation.deployment,
        access_patterns=ACCESS_PATTERNS,
        recovery_days=stack.point_in_time_recovery_days,
        capacity=capacity if stack.table_capacity == "provisioned" else None,
        opts=foundation.opts,
    )


def ledger_of(stack: Settings, foundation: Foundation, defaults: FunctionDefaults) -> Relational | None:
    """The relational store that takes a row a day, if the stack has one."""
    engines = {
        "aurora": Aurora(
            minimum_capacity=stack.relational_minimum_capacity,
            maximum_capacity=stack.relational_maximum_capacity,
            replicas=stack.relational_replicas,
        ),
        "rds": Rds(instance_class=stack.relational_instance_class, replicas=stack.relational_replicas),
    }
    if not foundation.network or stack.relational == "none":
        return None
    return Relational(
        deployment=foundation.deployment,
        defaults=defaults,
        network=foundation.network,
        engine=engines[stack.relational],
        login=stack.relational_login,
        opts=foundation.opts,
    )


def backup_of(stack: Settings, foundation: Foundation, stores: Sequence[Store | None]) -> Backup | None:
    """Daily copies of the stores that the stack has, if it keeps any."""
    if not stack.backup_retention_days:
        return None
    return Backup(
        deployment=foundation.deployment,
        stores=[store for store in stores if store],
        retention_days=stack.backup_retention_days,
        opts=foundation.opts,
    )
