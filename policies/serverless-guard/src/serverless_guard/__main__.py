"""The rules as a command: `serverless-guard list`, or `python -m serverless_guard list`."""

import sys
from pathlib import Path

from serverless_guard.cli import main as run_command
from serverless_guard.pack import Pack


def main() -> None:
    """Run one command with the settings of the folder `policies`, where the current folder has one."""
    folder = Path("policies")
    sys.exit(run_command(sys.argv[1:], Pack(folder if folder.is_dir() else None)))


if __name__ == "__main__":
    main()
