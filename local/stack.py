"""Keeps a stack's local state, passphrase and settings in `.local`, and composes the environment that the engine gets.

The stack files stay those of the real AWS: what is local reaches the engine by environment only.
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from local.cloud import REGION, ROOT, Cloud
from local.engine import Engine

HERE = Path(__file__).resolve().parent


class StackError(RuntimeError):
    """A stack cannot be made ready; the message says why and what helps."""


@dataclass(frozen=True)
class Plugin:
    """What answers for the AWS resources.

    Attributes:
        folder: Folder that holds it.
        stand_in: Whether it is the project's own, on PATH, or the real plugin, which the engine finds by itself.
    """

    folder: Path
    stand_in: bool

    def __str__(self) -> str:
        """Say which one it is, for the user."""
        return f"the stand-in of {self.folder}" if self.stand_in else f"the real one in {self.folder}"


def aws_plugin() -> Plugin:
    """Find the real AWS plugin of the installed pulumi-aws among the engine's plugins, or else take the stand-in."""
    name = f"resource-aws-v{version('pulumi-aws')}"
    folder = _plugins() / name
    if (folder / "pulumi-resource-aws").is_file():
        return Plugin(folder, stand_in=False)
    return Plugin(HERE / "provider", stand_in=True)


def environment(stack: str, engine: Engine, cloud: Cloud, root: Path = ROOT) -> dict[str, str]:
    """Compose all variables of an engine that works on a local stack.

    The caller's own AWS and Pulumi settings are left out, so that no profile or token of theirs is ever used; and what
    keeps Python from writing bytecode, for then each preview would compile program and policies anew.

    Args:
        stack: The stack's name.
        engine: The engine that `pulumi` hands over to.
        cloud: The emulator.
        root: Folder with Pulumi.yaml and the stack files; its `.local` keeps state, passphrase and plugins.
    """
    local = root / ".local"
    plugin = aws_plugin()
    folders = [HERE / "bin", Path(sys.prefix) / "bin", *([plugin.folder] if plugin.stand_in else []), engine.bin]
    region = _region(root / f"Pulumi.{stack}.yaml")
    left_out = ("AWS_", "PULUMI_", "PYTHONDONTWRITEBYTECODE")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {
        **inherited,
        "PATH": os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)]),
        **cloud.environment(),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "BLOG_ROOT": str(root),
        "PULUMI_HOME": str(local / "pulumi"),
        "PULUMI_BACKEND_URL": (local / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(local / "passphrase"),
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_STACK": stack,
    }


def ensure_stack(stack: str, env: Mapping[str, str], root: Path = ROOT) -> None:
    """Create a stack in the local state where it is missing, without a change to a tracked file.

    Args:
        stack: The stack's name.
        env: What `environment` composed.
        root: As for `environment`.

    Raises:
        StackError: The engine refuses to create it.
    """
    local = root / ".local"
    _keep_passphrase(local / "passphrase")
    (local / "state").mkdir(parents=True, exist_ok=True)
    _link_plugins(local / "pulumi")
    if _state(stack, root).exists():
        return
    # The engine writes the salt of the passphrase beside Pulumi.yaml: so beside a copy of it.
    folder = local / "stacks" / stack
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / "Pulumi.yaml", folder / "Pulumi.yaml")
    _pulumi(["stack", "init", stack, "--no-select"], folder, env, f"stack {stack} cannot be created")


def recover(stack: str, env: Mapping[str, str], root: Path = ROOT) -> None:
    """Clear what a killed run has left in the local state, so that the next one continues.

    That is its lock, attributes of the state that were not written, and the operations of which it is not known whether
    they were done: the resources are read anew, and creations without an answer are forgotten.

    Args:
        stack: The stack's name.
        env: What `environment` composed.
        root: As for `environment`.

    Raises:
        StackError: Another run is at work on the stack, or the state cannot be brought in order.
    """
    locks = sorted((root / ".local/state/.pulumi/locks/organization" / _project(root) / stack).glob("*.json"))
    for lock in locks:
        holder = json.loads(lock.read_text(encoding="utf-8"))
        if holder["hostname"] != socket.gethostname() or _alive(int(holder["pid"])):
            raise StackError(
                f"process {holder['pid']} on {holder['hostname']} is at work on the stack {stack}:"
                " wait for it, or end it; then run this again"
            )
    state_file = _state(stack, root)
    for attributes in state_file.parent.glob(f"{state_file.name}*.attrs"):
        # The engine's file storage writes a file's attributes in place beside it, and does not read them half written.
        if not attributes.stat().st_size:
            attributes.unlink()
    if locks:
        _pulumi(["cancel", "--yes", "--stack", stack], root, env, f"the lock of stack {stack} cannot be cleared")
    state: dict[str, Any] = json.loads(state_file.read_text(encoding="utf-8"))
    pending = state["checkpoint"].get("latest", {}).get("pending_operations")
    if pending:
        refresh = ["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--non-interactive"]
        _pulumi([*refresh, "--stack", stack], root, env, f"the interrupted operations of {stack} cannot be cleared")


def _pulumi(arguments: list[str], folder: Path, env: Mapping[str, str], refusal: str) -> None:
    done = subprocess.run(
        ["pulumi", *arguments], cwd=folder, env=dict(env), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StackError(f"{refusal}: pulumi {' '.join(arguments)} answered\n{done.stdout}{done.stderr}")


def _keep_passphrase(file: Path) -> None:
    """Make up a passphrase once, which only this user can read."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"passphrase.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as written:
        written.write(secrets.token_urlsafe(32))
    try:
        os.link(draft, file)  # fails where another run was first, whose passphrase then holds
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _plugins() -> Path:
    """Name the folder of the plugins that the user's own engine has."""
    return Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi") / "plugins"


def _link_plugins(home: Path) -> None:
    """Let the local engine find the real AWS plugin, and what else the user has, where it looks for plugins."""
    home.mkdir(parents=True, exist_ok=True)
    link = home / "plugins"
    if not aws_plugin().stand_in and not link.exists() and _plugins() != link:
        link.symlink_to(_plugins(), target_is_directory=True)


def _region(settings: Path) -> str:
    """Read the region that a stack file sets for the provider, so that every client asks the same one."""
    text = settings.read_text(encoding="utf-8") if settings.exists() else ""
    found = re.search(r"^\s+aws:region:\s*[\"']?([a-z0-9-]+)", text, re.MULTILINE)
    return found[1] if found else REGION


def _project(root: Path) -> str:
    found = re.search(r"^name:\s*[\"']?([\w.-]+)", (root / "Pulumi.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise StackError(f"{root / 'Pulumi.yaml'} has no name")
    return found[1]


def _state(stack: str, root: Path) -> Path:
    return root / ".local/state/.pulumi/stacks" / _project(root) / f"{stack}.json"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
