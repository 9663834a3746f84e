"""What is watched of what keeps data: tables, databases, caches and their backups."""

from collections.abc import Sequence

from components.alarms import Alarm, Metric, Signal, signals_of
from components.caching.accelerator import Accelerator
from components.caching.cache_server import CacheServer
from components.data.backup import Backup
from components.data.database import Database
from components.data.table import Table

OPERATIONS = ("GetItem", "PutItem", "Query", "UpdateItem")
"""What functions ask of the table most: DynamoDB counts its own errors by operation, and each alarm has a price."""


@signals_of.register
def _(part: Table) -> Sequence[Signal]:
    """Throttles are of the table and of each of its indexes, which have numbers of their own.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
    """

    def metric(name: str, **dimensions: str) -> Metric:
        return Metric(namespace="AWS/DynamoDB", name=name, dimensions={"TableName": part.name, **dimensions})

    throttles = [
        Alarm(
            name=f"table-{side.lower()}-throttles{index and f'-{index.lower()}'}",
            metric=metric(f"{side}ThrottleEvents", **({"GlobalSecondaryIndexName": index} if index else {})),
            threshold=0,
            meaning=f"{side}s of {index or 'the table'} were throttled: too many at once, or on one key.",
            first_step="Compare the consumed capacity with the limit of the table, then look for one hot key.",
            runbook="table",
        )
        for side in ("Read", "Write")
        for index in ("", *part.indexes)
    ]
    errors = [
        Alarm(
            name=f"table-system-errors-{operation.lower()}",
            metric=metric("SystemErrors", Operation=operation),
            threshold=0,
            meaning=f"DynamoDB failed on {operation} by itself; the functions retry.",
            first_step="Look at the AWS Health Dashboard of the region.",
            runbook="table",
        )
        for operation in OPERATIONS
    ]
    return [metric("ConsumedReadCapacityUnits"), metric("ConsumedWriteCapacityUnits"), *throttles, *errors]


@signals_of.register
def _(part: Database | CacheServer | Accelerator) -> Sequence[Signal]:
    """Each engine fills up in a way of its own."""
    return part.signals


@signals_of.register
def _(part: Backup) -> Sequence[Signal]:
    """Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html."""

    def metric(name: str) -> Metric:
        return Metric(namespace="AWS/Backup", name=name, dimensions={"BackupVaultName": part.vault_name})

    return [
        metric("NumberOfBackupJobsCompleted"),
        Alarm(
            name="backup-failed",
            metric=metric("NumberOfBackupJobsFailed"),
            threshold=0,
            meaning="A daily backup failed; the next one is a day away.",
            first_step="Read the status message of the failed job in AWS Backup.",
            runbook="backups",
        ),
    ]
