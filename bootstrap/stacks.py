"""Reads what the bootstrap has to know of the stacks that the pipeline deploys."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import settings

ROOT = Path(__file__).resolve().parents[1]
EDGE_REGION = "us-east-1"
"""Where CloudFront's certificates, firewalls, logs and metrics are, and AWS's estimate of the charges."""


@dataclass(frozen=True, kw_only=True)
class DeployedStack:
    """What a deployer's rights depend on.

    Attributes:
        prefix: What the stack's physical names begin with and its tag `stack` says, such as `blog-dev`.
        region: Where it is; a few of its resources are in us-east-1 too.
        partition: The partition of the region.
        account: The account's number, or `*` for whichever account the documents are attached in.
        functions: The functions by their names without the prefix: Lambda is passed the role of each.
        disposable: Whether its data may be deleted by a deployment: its settings have no `protection`.
    """

    prefix: str
    region: str
    partition: str
    account: str
    functions: tuple[str, ...]
    disposable: bool

    @property
    def regions(self) -> tuple[str, ...]:
        """The stack's region, and the one of what belongs to CloudFront."""
        return tuple(dict.fromkeys((self.region, EDGE_REGION)))


def read(stack: str, *, partition: str, account: str, root: Path = ROOT) -> DeployedStack:
    """Read a stack's settings from its file and the defaults of Pulumi.yaml.

    Args:
        stack: The stack's name.
        partition: The partition of the account.
        account: The account's number, or `*`.
        root: The folder of Pulumi.yaml and the stack files.

    Raises:
        FileNotFoundError: The stack has no file.
        settings.SettingsError: The settings cannot be used.
    """
    project: dict[str, Any] = yaml.safe_load((root / "Pulumi.yaml").read_text(encoding="utf-8"))
    file = root / f"Pulumi.{stack}.yaml"
    if not file.exists():
        raise FileNotFoundError(f"there is no {file.name} in {root}: name a stack that has a file")
    name = project["name"]
    values = {f"{name}:{key}": entry["default"] for key, entry in project["config"].items() if "default" in entry}
    values |= yaml.safe_load(file.read_text(encoding="utf-8"))["config"]
    config = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    read_settings = settings.parse(config, project=name, stack=stack)
    return DeployedStack(
        prefix=read_settings.prefix,
        region=read_settings.region,
        partition=partition,
        account=account,
        functions=tuple(sorted(path.stem.replace("_", "-") for path in (root / "functions").glob("*.py"))),
        disposable=not read_settings.protection,
    )
