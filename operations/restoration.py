"""Makes a new table of what the table held at an earlier time; the table itself is left as it is."""

from datetime import UTC, datetime
from typing import Any

import boto3

from operations.stack import OperationError, Stack


def restore(stack: Stack, name: str, at: str = "") -> int:
    """Restore the table to a point in time, and wait until the new one can be used.

    The new table has the items, the index, the encryption and the capacity; not the stream, the time to live, the tags,
    the recovery or the protection, which the program gives it when it takes it over.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/pointintimerecovery_howitworks.html

    Args:
        stack: The stack.
        name: The end of the new table's name, such as `table-restored`; the stack's prefix comes before it.
        at: When, in ISO 8601 with its offset (`2026-11-24T08:00:00Z`); by default the latest time there is.

    Returns:
        The exit status, 0.

    Raises:
        OperationError: The time cannot be read.
    """
    outputs = stack.outputs()
    target = f"{stack.prefix}-{name}"
    client: Any = boto3.Session().client("dynamodb", region_name=outputs["region"])  # pyright: ignore[reportUnknownMemberType]
    when = {"RestoreDateTime": _time(at)} if at else {"UseLatestRestorableTime": True}
    client.restore_table_to_point_in_time(SourceTableName=outputs["tableName"], TargetTableName=target, **when)
    print(f"Restoring {outputs['tableName']} to {target}; AWS takes 20 minutes or more", flush=True)
    client.get_waiter("table_exists").wait(TableName=target, WaiterConfig={"Delay": 20, "MaxAttempts": 540})
    print(f"{target} can be used")
    return 0


def _time(at: str) -> datetime:
    try:
        time = datetime.fromisoformat(at)
    except ValueError as error:
        raise OperationError(f"AT is {at!r}: it takes a time such as 2026-11-24T08:00:00Z") from error
    if time.tzinfo is None:
        raise OperationError(f"AT is {at!r}, without an offset: end it with Z for UTC")
    return time.astimezone(UTC)
