"""What the blog's delivery stands on, deployed once an account: docs/runbooks/bootstrap.md has the way."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    # The blog's components and policies serve this program too.
    sys.path.insert(0, str(ROOT))
    from bootstrap.account import declare

    declare(functions=sorted(file.stem.replace("_", "-") for file in (ROOT / "functions").glob("*.py")))
