"""The hosted zone that a stack's names are in: at AWS it exists before the stack, so it is created here before it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import boto3


def ensure_hosted_zone(settings: Path, env: Mapping[str, str]) -> None:
    """Create the public hosted zone that a stack file names, unless the local AWS has it.

    Args:
        settings: The stack file; without a `hostedZone`, nothing is created.
        env: The variables by which the local AWS is reached.
    """
    found = re.search(
        r"^\s+[\w-]+:hostedZone:\s*[\"']?([a-z0-9.-]+)", settings.read_text(encoding="utf-8"), re.MULTILINE
    )
    if not found:
        return
    client = cast("Any", boto3.Session()).client(
        "route53",
        region_name=env["AWS_REGION"],
        endpoint_url=env["AWS_ENDPOINT_URL"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )
    zones = client.list_hosted_zones()["HostedZones"]
    if f"{found[1]}." not in {zone["Name"] for zone in zones}:
        client.create_hosted_zone(Name=found[1], CallerReference=found[1])
