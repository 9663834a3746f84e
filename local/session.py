"""A stack of the laptop, ready to be worked on: engine, local AWS, plugin and state."""

import json
import signal
import subprocess
from pathlib import Path

from local import cloud, engine, stack
from local.hosted_zone import ensure_hosted_zone

POLICIES = ("--policy-pack", "policies")


class Session:
    """One stack with the engine and the local AWS that serve it, all of them ready.

    Args:
        name: The stack's name.
        root: The checkout.

    Raises:
        StackError: The stack has no file, or cannot be made ready.
        Unavailable: There is no engine to be had.
        EmulatorError: The local AWS does not start.
    """

    def __init__(self, name: str, root: Path) -> None:
        if not (root / f"Pulumi.{name}.yaml").exists():
            known = ", ".join(sorted(path.name.split(".")[1] for path in root.glob("Pulumi.*.yaml")))
            raise stack.StackError(f"there is no Pulumi.{name}.yaml; the stacks are {known}")
        self.name = name
        self.root = root
        heed_interrupts()
        found = engine.ensure()
        say(f"engine      pulumi {found.version}, from {found.origin}")
        uv = Path(__file__).parents[1] / ".local/uv/bin/uv"
        self.cloud = cloud.start(root, uv=uv if uv.exists() else None)
        say(f"local AWS   {self.cloud.endpoint}" + ("" if self.cloud.started else ", running already"))
        say(f"AWS plugin  {stack.aws_plugin()}")
        self.environment = stack.environment(name, found, self.cloud, root)
        stack.ensure_stack(name, self.environment, root)
        stack.recover(name, self.environment, root)
        ensure_hosted_zone(root / f"Pulumi.{name}.yaml", self.environment)

    def pulumi(self, *arguments: str) -> int:
        """Run pulumi on the stack with its output shown, and return its exit status."""
        command = ["pulumi", *arguments, "--stack", self.name]
        say(f"\n$ {' '.join(command)}")
        return subprocess.run(command, cwd=self.root, env=self.environment, check=False).returncode

    def up(self) -> int:
        """Preview with the policies, then deploy; return the exit status."""
        # An emulator that was killed came back empty, and the state has to learn it before it is deployed on.
        fresh = ("--refresh",) if self.cloud.started else ()
        return self.pulumi("up", "--yes", *POLICIES, *fresh)

    def outputs(self) -> dict[str, str]:
        """What the stack exports."""
        command = ["pulumi", "stack", "output", "--json", "--stack", self.name]
        done = subprocess.run(command, cwd=self.root, env=self.environment, check=True, capture_output=True, text=True)
        return json.loads(done.stdout)


def heed_interrupts() -> None:
    """Let programs that are started from here be interrupted, even where this one was started in the background.

    There, a shell has the interrupt ignored, which is inherited. The engine ends its plugins by it, and would wait five
    seconds for them at each end.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def say(line: str) -> None:
    """Tell the user at once what was found or is done."""
    print(line, flush=True)
