"""`python -m local.engine`: obtain the engine and print where it is."""

import sys

from local.engine import Unavailable, ensure

try:
    engine = ensure()
except Unavailable as reason:
    sys.exit(f"error: {reason}")
print(f"Pulumi {engine.version} in {engine.bin} ({engine.origin})")
