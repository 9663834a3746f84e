"""The commands behind the Makefile: `python -m local up --stack dev`, and so on.

Each makes sure of what it needs (engine, local AWS, plugin, stack) and then runs the real `pulumi` as anybody would.
"""

import argparse
import os
import subprocess
import sys

from local import cloud, costs, query, smoke
from local.emulator import EmulatorError
from local.engine import Unavailable
from local.identity_token import SignInError, signed_in
from local.log_lines import LEVELS, LogFilter
from local.logs import follow
from local.provider.aws import NOT_AS_AWS, NOT_EMULATED
from local.provider.services import all_types
from local.session import POLICIES, Session, say
from local.stack import StackError


def up(session: Session) -> int:
    """Preview with the policies, deploy, call the API."""
    with costs.of_update(session):
        status = session.up()
    status = status or call(session)
    left_out = ", ".join(sorted(f"{service}:{operation}" for service, operation in NOT_EMULATED))
    without_effect = ", ".join(sorted(type_.token.rpartition(":")[0] for type_ in all_types() if type_.kept))
    say(f"What the local AWS cannot emulate: the calls {left_out} were left out; {without_effect} have no effect")
    say(f"What it does otherwise: {'; '.join(NOT_AS_AWS)}")
    return status


def preview(session: Session) -> int:
    """Show what `up` would change."""
    with costs.of_preview(session) as events:
        return session.pulumi("preview", "--diff", *POLICIES, *events)


def refresh(session: Session) -> int:
    """Compare the state with what really exists, without changing either."""
    return session.pulumi("refresh", "--preview-only")


def call(session: Session) -> int:
    """Create a user through the deployed API, read it back, delete it."""
    outputs = session.outputs()
    os.environ.update(session.environment)
    say(f"\nCalling the API at {outputs['apiUrl']}")
    with signed_in(outputs["userPoolId"], outputs["userPoolClientId"]) as token:
        smoke.run(outputs["apiUrl"], token, via=session.cloud.endpoint)
    say(f"The stack {session.name} works: {outputs['apiUrl']}")
    return 0


def down(session: Session) -> int:
    """Destroy the stack and stop the local AWS, which keeps what other stacks have there."""
    status = session.pulumi("destroy", "--yes")
    cloud.stop()
    return status


def logs(session: Session, wanted: LogFilter, *, raw: bool) -> int:
    """Follow the logs of the stack's functions and API."""
    if not raw:
        say(f"The local AWS itself writes to {cloud.logs()}")
    os.environ.update(session.environment)
    follow(session.name, session.environment, wanted, raw=raw)
    return 0


def ask(session: Session, name: str) -> int:
    """Run a named query of the archive and show its rows."""
    workgroup = session.outputs()["archiveWorkgroup"]
    os.environ.update(session.environment)
    query.show(query.run(workgroup, name))
    return 0


def shell(session: Session) -> int:
    """Open a shell in which `pulumi` works on the local AWS as typed."""
    say(f"Try: pulumi preview --stack {session.name}    (exit leaves the shell)")
    program = os.environ.get("SHELL", "bash")
    return subprocess.run([program], cwd=session.root, env=session.environment, check=False).returncode


def run(session: Session, command: list[str]) -> int:
    """Run a command in which the environment leads to the stack on the local AWS."""
    return subprocess.run(command, cwd=session.root, env=session.environment, check=False).returncode


COMMANDS = {
    "up": up,
    "preview": preview,
    "refresh": refresh,
    "smoke": call,
    "down": down,
    "shell": shell,
}


def main() -> int:
    """Run one command and return its exit status; what goes wrong is said in one line, without a traceback."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("command", choices=[*COMMANDS, "cost", "logs", "query", "run", "stop"])
    parser.add_argument("name", nargs="?", default="posts-per-month", help="of the query to run")
    parser.add_argument("--stack", default="dev")
    parser.add_argument("--from", dest="source", choices=costs.SOURCES, default="program", help="what `cost` prices")
    parser.add_argument("--function", default="", help="whose lines `logs` shows")
    parser.add_argument("--id", default="", help="which id the lines have that `logs` shows")
    parser.add_argument(
        "--level", type=str.upper, choices=("", *LEVELS), default="", help="the least severe level that `logs` shows"
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="json: `logs` shows lines as written"
    )
    parser.add_argument("--with", dest="operation", nargs=argparse.REMAINDER, help="what `run` runs")
    try:
        return _run(parser.parse_args())
    except (Unavailable, EmulatorError, StackError, SignInError, smoke.SmokeError, query.QueryError) as error:
        say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


def _run(arguments: argparse.Namespace) -> int:
    if arguments.command == "stop":
        say("stopped" if cloud.stop() else "nothing was running")
        return 0
    session = Session(arguments.stack, cloud.ROOT)
    if arguments.command == "logs":
        wanted = LogFilter(arguments.function, arguments.id, arguments.level)
        return logs(session, wanted, raw=arguments.format == "json")
    if arguments.command == "query":
        return ask(session, arguments.name)
    if arguments.command == "run":
        return run(session, arguments.operation)
    if arguments.command == "cost":
        return costs.show(session, arguments.source)
    return COMMANDS[arguments.command](session)


if __name__ == "__main__":
    sys.exit(main())
