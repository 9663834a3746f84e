"""Entry of the pack: the engine runs this folder as a script, `pulumi preview --policy-pack policies`."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from policies.analyzer import serve

    serve()
