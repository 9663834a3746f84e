"""The table as this function reaches it: what the stack has before it is imported only where it has it."""

from typing import TYPE_CHECKING

from blog import env
from blog.env import ENV

if TYPE_CHECKING:
    from blog.table import Table


def table() -> "Table":
    """Connect to the table, through the cache where the stack has one; once a function, outside of its handler.

    Raises:
        EnvError: A variable of the cache is missing beside CACHE_HOST.
    """
    if env.optional("CACHE_HOST"):
        from blog.cached_table import CachedTable as Table  # noqa: PLC0415 - it would delay the start of every function
    else:
        from blog.table import Table  # noqa: PLC0415 - as above
    return Table.connect(ENV.table_name)
