"""The rules as a command: `serverless-guard list`, or `python -m serverless_guard list`."""

import sys

from serverless_guard.cli import main as run_command


def main() -> None:
    """Run one command with the settings of the folder `policies`, or of the current one where there is none."""
    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
