"""Policy as code for AWS programs written with Pulumi.

This file keeps to a syntax that old Pythons read, so that they can be refused with a sentence instead of a traceback.
"""

import sys
from typing import TYPE_CHECKING

if sys.version_info < (3, 11):  # noqa: UP036  pip refuses an older one, a copied folder or PYTHONPATH does not
    sys.exit(
        "serverless-guard needs Python 3.11 or later; this is Python {}.{} ({}). "  # noqa: UP032  as old as its readers
        "Create the virtualenv with a later one and name it under options.virtualenv in PulumiPolicy.yaml "
        "or Pulumi.yaml.".format(sys.version_info[0], sys.version_info[1], sys.executable)
    )

if TYPE_CHECKING:
    from pulumi_policy import Policy

    from serverless_guard.pack_files import Pack

__version__ = "0.2.0"


def policies(pack: "Pack | None" = None, *, production: "bool | None" = None) -> "list[Policy]":
    """Give the rules as policies of Pulumi's SDK, to be put into anybody's `PolicyPack`.

    Args:
        pack: Where settings, waivers and the baseline lie; None for the rules' own levels.
        production: Whether the stack is production; None for what its config says under `<project>:production`, as far
            as the engine tells it, and production otherwise.

    Raises:
        ImportError: The package pulumi-policy is not installed.
        EnforcementError: A file of the pack cannot be used.
    """
    from serverless_guard.pack_files import Pack  # noqa: PLC0415  neither guard nor pack need any of this

    try:
        from serverless_guard.sdk import create_policies  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name != "pulumi_policy":
            raise
        raise ImportError('policies() needs the package pulumi-policy: pip install "serverless-guard[sdk]"') from None
    return create_policies(pack or Pack(), production=production)
