"""What Lambda does with a function, and nothing else: import its module, then call its handler a number of times.

Run as `python invoke.py MODULE CALLS` with the event on stdin; exits with 1 unless each call is answered with 200.
"""

import importlib
import json
import sys
from types import SimpleNamespace


def main() -> None:
    """Import and call as the arguments say."""
    module, calls = sys.argv[1], int(sys.argv[2])
    event = json.load(sys.stdin)
    handler = importlib.import_module(module).handler
    context = SimpleNamespace(aws_request_id="00000000-0000-0000-0000-000000000000")
    sys.exit(any(handler(event, context)["statusCode"] != 200 for _ in range(calls)))  # noqa: PLR2004


main()
