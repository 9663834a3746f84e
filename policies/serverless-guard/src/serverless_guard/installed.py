"""Which version of Pulumi's SDK is installed, found out without importing it."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final

OLDEST: Final = (3, 200)
"""The first version of the SDK whose messages have all that a pack says: a policy's severity, type and fix.

Source: pulumi/pulumi, proto/pulumi/analyzer.proto; tests/policies/test_installed.py runs the pack with it."""


def require_pulumi() -> None:
    """Check that the SDK is new enough.

    Raises:
        SystemExit: It is missing or older; the message says what to install.
    """
    version, oldest = pulumi_version(), ".".join(map(str, OLDEST))
    if version and tuple(int(number) for number in re.findall(r"\d+", version)[:2]) >= OLDEST:
        return
    found = f"this is pulumi {version}" if version else "none is installed"
    raise SystemExit(
        f"serverless-guard needs pulumi {oldest} or later; {found}. "
        f'Install it into the environment of the pack or program: pip install "pulumi>={oldest},<4"'
    )


def pulumi_version() -> str:
    """Read the version of the installed SDK, empty where there is none."""
    found = find_spec("pulumi")
    for folder in (found.submodule_search_locations or ()) if found else ():
        file = Path(folder) / "_version.py"
        given = (
            re.search(r'^_VERSION = "(.+)"', file.read_text(encoding="utf-8"), re.MULTILINE) if file.is_file() else None
        )
        if given:
            return given[1]
    if found is None:
        return ""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  0.02 s, for an old SDK only

    try:
        return version("pulumi")
    except PackageNotFoundError:
        return ""
