"""Work as a role of the pipeline, and what IAM decided meanwhile."""

import base64
import json
import subprocess
import time
from collections.abc import Iterable, Mapping
from typing import Any

from tests.engine.runbooks import run
from tests.engine.workspace import Workspace

ISSUER = "token.actions.githubusercontent.com"
REPOSITORY = "repo:example/serverless-blog"


def _token(subject: str) -> str:
    """A token as GitHub issues it, without a signature: the local AWS checks the claims."""
    claims = {"iss": f"https://{ISSUER}", "aud": "sts.amazonaws.com", "sub": subject, "exp": int(time.time()) + 3600}
    parts = ({"alg": "none"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    return ".".join((*encoded, "unsigned"))


def assume(workspace: Workspace, role: str, subject: str) -> dict[str, str]:
    """Assume a role of the bootstrap by a workflow's token; return the variables of its session.

    Args:
        workspace: Where the bootstrap is deployed.
        role: The end of the role's name, such as `deploy-dev`.
        subject: The end of the token's subject, such as `environment:dev`.
    """
    answer = workspace.client("dev", "sts").assume_role_with_web_identity(
        RoleArn=f"arn:aws:iam::111122223333:role/blog-bootstrap-{role}",
        RoleSessionName=role,
        WebIdentityToken=_token(f"{REPOSITORY}:{subject}"),
        DurationSeconds=3600,
    )
    credentials = answer["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }


def run_as(
    workspace: Workspace, session: Mapping[str, str], script: str, stack: str
) -> subprocess.CompletedProcess[str]:
    """Run a script as the role of a session and as nobody else."""
    exports = "\n".join(f"export {name}='{value}'" for name, value in session.items())
    return run(workspace, f"{exports}\n{script}", stack)


def decisions(workspace: Workspace, role: str) -> list[dict[str, Any]]:
    """What IAM decided for a role of the bootstrap, each different request once."""
    lines = (workspace.folder / ".local/cloud/decisions.jsonl").read_text().splitlines()
    principal = f":assumed-role/blog-bootstrap-{role}/"
    return [one for one in map(json.loads, lines) if principal in one["principal"]]


def denied(found: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """The actions that were denied, with their resources."""
    return {(one["action"], one["resource"]) for one in found if not one["allowed"]}
