"""Which graph of the dashboard draws a metric: first what users notice, then the details by which causes are found."""

from collections.abc import Mapping
from typing import Final

USERS: Final[Mapping[str, tuple[str, ...]]] = {
    "Requests": ("AWS/ApiGateway Count",),
    "Failed requests": (
        "AWS/ApiGateway 4xx",
        "AWS/ApiGateway 4XXError",
        "AWS/ApiGateway 5xx",
        "AWS/ApiGateway 5XXError",
        "Fault",
    ),
    "Latency in ms": ("AWS/ApiGateway Latency",),
    "Business counts": (
        "UserCreated",
        "UserUpdated",
        "UserDeleted",
        "PostCreated",
        "PostDeleted",
        "PostArchived",
        "UsersImported",
        "PostsImported",
        "RowsRefused",
        "RowsFailed",
        "FilesRefused",
    ),
    "Oldest message in s": ("AWS/SQS ApproximateAgeOfOldestMessage",),
    "Dead letters": ("AWS/SQS ApproximateNumberOfMessagesVisible",),
    "Bill of the account this month in US dollars": ("AWS/Billing EstimatedCharges",),
}
"""Graphs by title, each with its metrics: the namespace of AWS and the name, or the name of a count."""

DETAILS: Final[Mapping[str, tuple[str, ...]]] = {
    "Invocations": ("AWS/Lambda Invocations",),
    "Failed invocations and throttles": (
        "AWS/Lambda Errors",
        "AWS/Lambda Throttles",
        "AWS/Lambda AsyncEventsDropped",
        "AWS/Lambda DestinationDeliveryFailures",
    ),
    "Duration in ms": ("AWS/Lambda Duration",),
    "Stream: age in ms": ("AWS/Lambda IteratorAge",),
    "Table: consumed capacity": (
        "AWS/DynamoDB ConsumedReadCapacityUnits",
        "AWS/DynamoDB ConsumedWriteCapacityUnits",
    ),
    "Table: throttles and errors": (
        "AWS/DynamoDB ReadThrottleEvents",
        "AWS/DynamoDB WriteThrottleEvents",
        "AWS/DynamoDB SystemErrors",
    ),
    "Cache: hits and misses": (
        "AWS/ApiGateway CacheHitCount",
        "AWS/ApiGateway CacheMissCount",
        "AWS/ElastiCache CacheHits",
        "AWS/ElastiCache CacheMisses",
        "AWS/DAX ItemCacheHits",
        "AWS/DAX ItemCacheMisses",
    ),
    "Cache: load": (
        "AWS/ElastiCache DatabaseMemoryUsagePercentage",
        "AWS/ElastiCache BytesUsedForCache",
        "AWS/ElastiCache EngineCPUUtilization",
        "AWS/DAX CPUUtilization",
    ),
    "Cache: evictions, throttles and faults": (
        "AWS/ElastiCache Evictions",
        "AWS/ElastiCache ThrottledCmds",
        "AWS/DAX FaultRequestCount",
    ),
    "Database: load in %": ("AWS/RDS ACUUtilization", "AWS/RDS CPUUtilization"),
    "Database: connections and capacity": ("AWS/RDS DatabaseConnections", "AWS/RDS ServerlessDatabaseCapacity"),
    "Database: free storage in bytes": ("AWS/RDS FreeStorageSpace",),
    "Backup jobs": ("AWS/Backup NumberOfBackupJobsCompleted", "AWS/Backup NumberOfBackupJobsFailed"),
}
"""As `USERS`."""


def panel_of(namespace: str, name: str) -> str:
    """Find the title of the graph that draws a metric.

    Args:
        namespace: Of AWS, or of the functions' own metrics.
        name: Of the metric.

    Raises:
        KeyError: No graph draws it; the message names the table to add it to.
    """
    key = f"{namespace} {name}" if namespace.startswith("AWS/") else name
    for title, metrics in (*USERS.items(), *DETAILS.items()):
        if key in metrics:
            return title
    raise KeyError(f"no graph of the dashboard draws {key}: add it to components/monitoring/panels.py")
