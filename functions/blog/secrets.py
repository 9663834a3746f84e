"""Secrets at run time: asked for when they are first needed, kept for a while, never logged."""

import time
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from blog.client import PATIENCE
from blog.telemetry import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_secretsmanager import SecretsManagerClient

    type Stage = Literal["AWSCURRENT", "AWSPREVIOUS"]

_KEPT_SECONDS = 300
# How soon the service is asked again that has just failed, or for a value that is newer than the one at hand.
_PAUSE_SECONDS = 30


class _Value(NamedTuple):
    """The value of a stage; None where there is none."""

    text: str | None
    read_at: float
    ask_again_at: float


class Secret:
    """A secret of Secrets Manager.

    A value is kept for five minutes. When the service fails then, the old one goes on serving, for a value that was
    right a moment ago is better than no answer.

    Args:
        client: Where it is asked.
        name: Which secret.
        seconds: A clock that only moves forward.
    """

    def __init__(
        self, client: "SecretsManagerClient", name: str, seconds: "Callable[[], float]" = time.monotonic
    ) -> None:
        self._client = client
        self._name = name
        self._seconds = seconds
        self._values: dict[Stage, _Value] = {}

    @classmethod
    def connect(cls, name: str) -> Self:
        """Build the client too, once a function, outside of its handler."""
        client: SecretsManagerClient = boto3.client("secretsmanager", config=PATIENCE)  # pyright: ignore[reportUnknownMemberType]  # as in blog.table
        return cls(client, name)

    def current(self) -> str:
        """The value that counts now.

        Raises:
            ClientError: The service refuses, and there is no earlier value.
            BotoCoreError: It does not answer, and there is no earlier value.
            LookupError: The secret has no value.
        """
        text = self._value("AWSCURRENT", self._seconds())
        if text is None:
            raise LookupError(f"the secret {self._name} has no value: give it one")
        return text

    def versions(self) -> "Iterator[str]":
        """The values that may be met, each asked for when the ones before it did not fit.

        They are the current one; the one before it, for what was made before a rotation; and the current one read anew,
        for what another instance made after a rotation that this one has not seen.
        """
        current = self.current()
        yield current
        previous = self._value("AWSPREVIOUS", self._seconds())
        if previous is not None:
            yield previous
        read_at = self._values["AWSCURRENT"].read_at
        if self._seconds() >= read_at + _PAUSE_SECONDS:
            del self._values["AWSPREVIOUS"]
            rotated = self._value("AWSCURRENT", read_at + _KEPT_SECONDS)
            if rotated is not None and rotated != current:
                yield rotated

    def _value(self, stage: "Stage", at: float) -> str | None:
        """The value of a stage, asked for anew if the one at hand is too old at a time."""
        known = self._values.get(stage)
        if known and at < known.ask_again_at:
            return known.text
        now = self._seconds()
        try:
            answer = self._client.get_secret_value(SecretId=self._name, VersionStage=stage)
            text = answer["SecretString"]
        except self._client.exceptions.ResourceNotFoundException:
            text = None
        except (ClientError, BotoCoreError) as error:
            if known is None:
                raise
            logger.warning("secret not refreshed", error=type(error).__name__)
            self._values[stage] = known._replace(ask_again_at=now + _PAUSE_SECONDS)
            return known.text
        self._values[stage] = _Value(text, now, now + _KEPT_SECONDS)
        return text
