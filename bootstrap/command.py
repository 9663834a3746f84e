"""Prints what a deployer of a stack has to be allowed: `python -m bootstrap rights STACK`."""

import argparse
import json
import sys

from bootstrap import rights, stacks
from settings import SettingsError


def main() -> int:
    """Print policy documents as a JSON object by their names; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bootstrap")
    command = parser.add_subparsers(required=True).add_parser(
        "rights", help="print the policy documents that a deployer of a stack needs"
    )
    command.add_argument("stack", help="such as dev, the stack of Pulumi.dev.yaml")
    command.add_argument("--account", default="*", help="the account's number; by default any account")
    command.add_argument("--partition", default="aws", choices=["aws", "aws-cn", "aws-us-gov"])
    command.add_argument("--read-only", action="store_true", help="only what previews and drift detection need")
    arguments = parser.parse_args()
    try:
        stack = stacks.read(arguments.stack, partition=arguments.partition, account=arguments.account)
    except (FileNotFoundError, SettingsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    documents = rights.preview([stack]) if arguments.read_only else rights.deployment(stack)
    print(json.dumps({name: json.loads(rights.compact(one)) for name, one in documents.items()}, indent=2))
    return 0
