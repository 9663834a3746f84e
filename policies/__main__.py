"""Entry of the pack and of the commands.

The engine runs this folder as a script (`pulumi preview --policy-pack policies`); people run the package
(`python -m policies list`).
"""

import gc
import sys
from pathlib import Path

if __name__ == "__main__" and __package__:
    from policies.cli import main

    sys.exit(main(sys.argv[1:]))

if __name__ == "__main__":
    gc.disable()  # a tenth of the start; what a pack reads it keeps until the stack is judged, so there is no garbage
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from policies.server import serve

    serve()
