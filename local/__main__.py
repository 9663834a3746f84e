"""The commands behind the Makefile: `python -m local up --stack dev`, and so on.

Each makes sure of what it needs (engine, local AWS, provider, stack) and then runs the real `pulumi` as anybody would.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from local import cloud, engine, smoke, stack
from local.identity_token import SignInError, signed_in

ROOT = Path(__file__).resolve().parents[1]
UV = ROOT / ".local/uv/bin/uv"
POLICIES = ("--policy-pack", "policies")


class Session:
    """One stack with the engine and the local AWS that serve it, all of them ready.

    Args:
        name: The stack's name.
    """

    def __init__(self, name: str) -> None:
        if not (ROOT / f"Pulumi.{name}.yaml").exists():
            known = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
            raise stack.StackError(
                f"STACK is {name}, but there is no Pulumi.{name}.yaml; the stacks are {', '.join(known)}"
            )
        self.name = name
        found = engine.ensure()
        say(f"engine      pulumi {found.version}, from {found.origin}")
        self.cloud = cloud.start(uv=UV)
        say(f"local AWS   {self.cloud.endpoint}" + ("" if self.cloud.started else ", running already"))
        say(f"AWS plugin  {stack.aws_plugin()}")
        self.environment = stack.environment(name, found, self.cloud)
        stack.ensure_stack(name, self.environment)
        stack.recover(name, self.environment)

    def pulumi(self, *arguments: str) -> None:
        """Run pulumi with its output shown; end with its status where it fails."""
        print(f"\n$ pulumi {' '.join(arguments)}", flush=True)
        done = subprocess.run(["pulumi", *arguments], cwd=ROOT, env=self.environment, check=False)
        if done.returncode:
            sys.exit(done.returncode)

    def outputs(self) -> dict[str, str]:
        """What the stack exports."""
        command = ["pulumi", "stack", "output", "--json", "--stack", self.name]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True)
        return json.loads(done.stdout)


def say(line: str) -> None:
    """Tell the user at once what was found or done."""
    print(line, flush=True)


def up(session: Session) -> None:
    """Preview with the policies, deploy, call the API."""
    # An emulator that was killed came back empty: the state has to learn it before it is deployed on.
    fresh = ("--refresh",) if session.cloud.started else ()
    session.pulumi("preview", "--stack", session.name, "--non-interactive", *POLICIES, *fresh)
    session.pulumi("up", "--stack", session.name, "--yes", "--skip-preview", "--non-interactive", *POLICIES, *fresh)
    call(session)


def preview(session: Session) -> None:
    """Show what `up` would change."""
    session.pulumi("preview", "--stack", session.name, "--diff", *POLICIES)


def refresh(session: Session) -> None:
    """Compare the state with what really exists, without changing either."""
    session.pulumi("refresh", "--stack", session.name, "--preview-only")


def call(session: Session) -> None:
    """Create a user through the deployed API, read it back, delete it."""
    outputs = session.outputs()
    os.environ.update(session.environment)
    say(f"\nCalling the API at {outputs['apiUrl']}")
    with signed_in(outputs["userPoolId"], outputs["userPoolClientId"]) as token:
        smoke.run(outputs["apiUrl"], token)
    say(f"The stack {session.name} works: {outputs['apiUrl']}")


def down(session: Session) -> None:
    """Destroy the stack and stop the local AWS."""
    session.pulumi("destroy", "--stack", session.name, "--yes")
    cloud.stop()


def logs(session: Session) -> None:
    """Follow the functions' logs."""
    say(f"The local AWS writes to {cloud.logs()}")
    session.pulumi("logs", "--stack", session.name, "--follow")


def shell(session: Session) -> None:
    """Open a shell in which `pulumi` works on the local AWS as typed."""
    say(f"Try: pulumi preview --stack {session.name}    (exit leaves the shell)")
    program = os.environ.get("SHELL", "bash")
    sys.exit(subprocess.run([program], cwd=ROOT, env=session.environment, check=False).returncode)


COMMANDS = {
    "up": up,
    "preview": preview,
    "refresh": refresh,
    "smoke": call,
    "down": down,
    "logs": logs,
    "shell": shell,
}


def main() -> None:
    """Run one command; what goes wrong is said in one line, without a traceback."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("command", choices=[*COMMANDS, "stop"])
    parser.add_argument("--stack", default="dev")
    arguments = parser.parse_args()
    try:
        if arguments.command == "stop":
            say("stopped" if cloud.stop() else "nothing was running")
        else:
            COMMANDS[arguments.command](Session(arguments.stack))
    except (engine.Unavailable, cloud.EmulatorError, stack.StackError, SignInError, smoke.SmokeError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
