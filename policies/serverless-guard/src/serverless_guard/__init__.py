"""Policy as code for AWS programs written with Pulumi.

This file keeps to a syntax that old Pythons read, so that they can be refused with a sentence instead of a traceback.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  pip refuses an older one, a copied folder or PYTHONPATH does not
    sys.exit(
        "serverless-guard needs Python 3.11 or later; this is Python {}.{} ({}). "  # noqa: UP032  as old as its readers
        "Create the virtualenv with a later one and name it under options.virtualenv in PulumiPolicy.yaml "
        "or Pulumi.yaml.".format(sys.version_info[0], sys.version_info[1], sys.executable)
    )

__version__ = "0.2.0"
