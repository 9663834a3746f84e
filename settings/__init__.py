"""What a stack chose, as one frozen, validated record: `settings.read()` is the only reader of stack config.

Pulumi.yaml declares every key with its type, its default and what it is for; the engine fills in the defaults. Here the
values are turned into Python and judged together, before anything is created.
"""

from settings.config import SettingsError, parse, read
from settings.stack import Settings

__all__ = ["Settings", "SettingsError", "parse", "read"]
