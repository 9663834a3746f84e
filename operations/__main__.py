"""The commands behind `make plan`, `make deploy` and the other operations: `python -m operations plan --stack dev`.

`make` runs them on the local AWS; with ON=aws, or by hand, they run with whatever credentials and state the environment
has.
"""

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError

from local import smoke
from local.engine import Unavailable
from local.identity_token import SignInError, signed_in
from operations import adoption, plan, redrive, report, restoration, rollback, unlock
from operations.stack import POLICIES, OperationError, Stack


def drift(stack: Stack) -> int:
    """Fail where AWS, the state and the program differ; nothing is changed."""
    return stack.pulumi("preview", "--refresh", "--expect-no-changes", "--diff", *POLICIES)


def call(stack: Stack) -> int:
    """Create a user through the deployed API, read it back, delete it."""
    outputs = stack.outputs()
    with signed_in(outputs["userPoolId"], outputs["userPoolClientId"]) as token:
        smoke.run(outputs["apiUrl"], token)
    return 0


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for; return the exit status."""
    if arguments.command == "comment":
        return report.comment(arguments.pull_request)
    stack = Stack(arguments.stack)
    match arguments.command:
        case "import":
            return adoption.adopt(stack, arguments.type, arguments.name, arguments.id)
        case "unlock" | "redrive" as named:
            return NAMED[named](stack, arguments.name)
        case "rollback":
            return rollback.roll_back(stack, arguments.function, arguments.version)
        case "restore":
            return restoration.restore(stack, arguments.name, arguments.at)
        case simple:
            return SIMPLE[simple](stack)


SIMPLE = {"preview": report.preview, "plan": plan.save, "deploy": plan.carry_out, "drift": drift, "smoke": call}
NAMED = {"unlock": unlock.unlock, "redrive": redrive.send_again}


def main() -> int:
    """Run one command and return its exit status; what goes wrong is said in one line, without a traceback."""
    parser = argparse.ArgumentParser(prog="python -m operations", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    others = ("import", "rollback", "restore")
    named = {name: commands.add_parser(name) for name in (*SIMPLE, *NAMED, *others)}
    for command in named.values():
        command.add_argument("--stack", default="dev")
    for argument in ("type", "name", "id"):
        named["import"].add_argument(argument)
    for name in NAMED:
        named[name].add_argument("name")
    named["rollback"].add_argument("function")
    named["rollback"].add_argument("version", nargs="?", default="")
    named["restore"].add_argument("name")
    named["restore"].add_argument("at", nargs="?", default="")
    commands.add_parser("comment").add_argument("pull_request")
    try:
        return run(parser.parse_args())
    except (OperationError, Unavailable, SignInError, smoke.SmokeError, ClientError, BotoCoreError) as error:
        print(f"error: {error}", flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
