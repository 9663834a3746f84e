"""The instance and node types that RDS for PostgreSQL, ElastiCache and DAX have, so that a misspelt one fails early.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html,
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.sizing-guide.html
"""

from collections.abc import Iterator

from settings.stack import Settings, key_of

_SMALL = ("micro", "small", "medium")
_LARGE = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge")
_FAMILIES = {
    "relational_instance_class": (
        "db",
        "an instance class of RDS for PostgreSQL such as db.t4g.medium",
        {
            (*_SMALL, "large", "xlarge", "2xlarge"): ("t3", "t4g"),
            _LARGE: (
                "m5", "m5d", "m6g", "m6gd", "m6i", "m6id", "m6idn", "m6in", "m7g", "m7i", "m8g", "m8gd", "r5", "r5b",
                "r5d", "r6g", "r6gd", "r6i", "r6id", "r6idn", "r6in", "r7g", "r7i", "r8g", "r8gd", "x2g",
            ),
            (*(size for size in _LARGE if size != "48xlarge"), "32xlarge"): ("x2idn", "x2iedn"),
        },
    ),
    "cache_node_type": (
        "cache",
        "a node type of ElastiCache such as cache.t4g.small",
        {
            _SMALL: ("t2", "t3", "t4g"),
            _LARGE[:8]: ("c7gn", "m4", "m5", "m6g", "m7g", "r4", "r5", "r6g", "r6gd", "r7g"),
        },
    ),
    "dax_node_type": (
        "dax",
        "a node type of DAX such as dax.t3.small",
        {("small", "medium"): ("t2", "t3"), _LARGE[:8]: ("r4", "r5", "r7i")},
    ),
}  # fmt: skip


def unknown_types(settings: Settings) -> Iterator[str]:
    """Name the instance and node types that the services do not have."""
    for name, (prefix, expected, families) in _FAMILIES.items():
        value: str = getattr(settings, name)
        kind, _, rest = value.partition(".")
        family, _, size = rest.partition(".")
        sizes = next((sizes for sizes, several in families.items() if family in several), ())
        if kind != prefix or size not in sizes:
            yield f"{settings.project}:{key_of(name)} is {value!r}, but must be {expected}"
