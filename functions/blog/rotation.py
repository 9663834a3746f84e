"""The four steps in which Secrets Manager has a secret rotated, each of which may be repeated.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

import secrets
from typing import TYPE_CHECKING, Protocol, Self

import boto3

from blog.client import PATIENCE
from blog.telemetry import logger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_secretsmanager import SecretsManagerClient

_BYTES = 32
_CURRENT, _PENDING = "AWSCURRENT", "AWSPENDING"


class Lock(Protocol):
    """What a secret opens."""

    def admit(self, current: str, pending: str) -> None:
        """Let both values open it, so that nobody is locked out before the new one is known."""
        ...

    def check(self, *values: str) -> None:
        """Fail if it does not take the last of these values, which are the current and the pending one."""
        ...


class Rotation:
    """A rotation of one secret.

    Args:
        client: Secrets Manager.
        lock: What the secret opens; None for a secret that only its readers compare.
    """

    def __init__(self, client: "SecretsManagerClient", lock: Lock | None) -> None:
        self._client = client
        self._lock = lock

    @classmethod
    def connect(cls, lock: Lock | None) -> Self:
        """Build the client too, once a function, outside of its handler."""
        client: SecretsManagerClient = boto3.client("secretsmanager", config=PATIENCE)  # pyright: ignore[reportUnknownMemberType]  # as in blog.table
        return cls(client, lock)

    def take(self, event: "Mapping[str, str]") -> None:
        """Take the step that Secrets Manager asks for.

        Args:
            event: ``Step``, ``SecretId`` and ``ClientRequestToken``, which is the id of the new version.

        Raises:
            ValueError: The step is none of the four, or the version is not one that is to be rotated to.
        """
        step, secret, version = event["Step"], event["SecretId"], event["ClientRequestToken"]
        stages = self._client.describe_secret(SecretId=secret).get("VersionIdsToStages", {})
        if version not in stages:
            raise ValueError(f"version {version} is not of the secret {secret}: start a rotation with RotateSecret")
        if _CURRENT in stages[version]:
            logger.info("rotated before", step=step)
            return
        if step == "createSecret":
            self._create(secret, version)
        elif step == "setSecret":
            if self._lock:
                self._lock.admit(self._value(secret), self._value(secret, version))
        elif step == "testSecret":
            # When a rotation is set up, the service tries this step with a version that is no new value.
            if self._lock:
                current = self._value(secret)
                self._lock.check(current, self._pending(secret, version) or current)
        elif step == "finishSecret":
            [current] = [one for one, labels in stages.items() if _CURRENT in labels]
            self._client.update_secret_version_stage(
                SecretId=secret, VersionStage=_CURRENT, MoveToVersionId=version, RemoveFromVersionId=current
            )
        else:
            raise ValueError(f"Step is {step!r}: it must be createSecret, setSecret, testSecret or finishSecret")
        logger.info("rotation", step=step)

    def _create(self, secret: str, version: str) -> None:
        """Make the new value up, unless an earlier attempt has."""
        if self._pending(secret, version) is None:
            self._client.put_secret_value(
                SecretId=secret,
                ClientRequestToken=version,
                SecretString=secrets.token_urlsafe(_BYTES),
                VersionStages=[_PENDING],
            )

    def _pending(self, secret: str, version: str) -> str | None:
        try:
            return self._client.get_secret_value(SecretId=secret, VersionId=version, VersionStage=_PENDING).get(
                "SecretString"
            )
        except self._client.exceptions.ResourceNotFoundException:
            return None

    def _value(self, secret: str, version: str | None = None) -> str:
        if version is None:
            return self._client.get_secret_value(SecretId=secret, VersionStage=_CURRENT)["SecretString"]
        value = self._pending(secret, version)
        if value is None:
            raise ValueError(f"version {version} of the secret {secret} has no value: createSecret comes first")
        return value
