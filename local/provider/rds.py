"""What the databases of RDS have in common: their tags, and the PostgreSQL on this machine that serves them.

The local AWS keeps the books of RDS only. So a database of a cluster or instance is made in a server of our own, whose
address is the endpoint, and whose master has the password that Secrets Manager holds.
"""

import json
import os
from pathlib import Path

from local import postgres
from local.postgres import Postgres, PostgresError
from local.provider.aws import Aws
from local.provider.interface import ProviderError
from local.provider.resource import Tags
from local.provider.wire import Props

TAGS = Tags(
    on={"ResourceName": "arn"}, write="AddTagsToResource", remove="RemoveTagsFromResource", read="ListTagsForResource"
)
HOST = "127.0.0.1"
PORT = 5432
"""What AWS answers where a program chooses none."""


def server() -> Postgres:
    """The PostgreSQL of the checkout that is being deployed."""
    return postgres.of(Path(os.environ.get("BLOG_ROOT") or Path.cwd()))


def port() -> int:
    """The port that the server listens on; before its first start, that of AWS."""
    try:
        return server().port
    except (FileNotFoundError, PostgresError):
        return PORT


def serve(database: str | None, user: str, password: str, *, once: bool = False) -> None:
    """Make a database with its master in the server, which is started if need be.

    Args:
        database: Its name.
        user: The master.
        password: The master's password.
        once: Whether the password counts for a new database only, because the master may have got another one since.

    Raises:
        ProviderError: The server cannot be had or refuses.
    """
    try:
        running = server()
        running.start()
        if not (once and running.has(database or "postgres")):
            running.admit(database or "postgres", user, password)
    except PostgresError as error:
        raise ProviderError(f"rds: {error}") from None


def drop(database: str | None) -> None:
    """Remove a database; without a server there is none."""
    running = server()
    if database and running.running():
        running.remove(database)


def password(aws: Aws, secret: str) -> str:
    """The master's password in a secret of RDS."""
    return json.loads(aws.call("secretsmanager", "GetSecretValue", SecretId=secret)["SecretString"])["password"]


def final(props: Props) -> Props:
    """What a deletion says of the last snapshot.

    Raises:
        ProviderError: Neither a name for it nor that there shall be none is given, which AWS refuses too.
    """
    if props.get("skipFinalSnapshot"):
        return {"SkipFinalSnapshot": True}
    if not props.get("finalSnapshotIdentifier"):
        raise ProviderError(
            "finalSnapshotIdentifier is missing; set it, or skipFinalSnapshot to true if nothing is worth keeping"
        )
    return {"SkipFinalSnapshot": False, "FinalDBSnapshotIdentifier": props["finalSnapshotIdentifier"]}
