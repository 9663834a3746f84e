"""What the blog's delivery stands on, deployed once an account: docs/runbooks/bootstrap.md has the way.

By hand, `python -m bootstrap rights STACK` prints the policy documents of a deployer.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    # The blog's components, settings and policies serve this program too.
    sys.path.insert(0, str(ROOT))
    if sys.argv[1:]:
        from bootstrap.command import main

        sys.exit(main())
    from bootstrap.account import declare

    declare()
