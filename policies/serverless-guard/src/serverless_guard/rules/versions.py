"""Versions of engines and providers, such as `15.4` and `v7.0.0`."""

import re


def major(version: str) -> int | None:
    """Give the first number of a version, None where it does not begin with one."""
    found = re.match(r"([0-9]{1,9})(?![0-9])", version)
    return int(found[1]) if found else None
