"""The user of a cache of ElastiCache, as its service knows it."""

import time
from typing import TYPE_CHECKING, Self

import boto3

from blog.client import PATIENCE

if TYPE_CHECKING:
    from mypy_boto3_elasticache import ElastiCacheClient
    from mypy_boto3_elasticache.type_defs import UserTypeDef

POLL_SECONDS, CHANGE_SECONDS = 2.0, 120.0
"""How often, and for how long, a change is waited for: it reaches the caches within a minute or so."""


class CacheUser:
    """A user with a password, or with two at a time, as many as ElastiCache allows.

    Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyUser.html

    Args:
        client: ElastiCache.
        user: The user's id.
    """

    def __init__(self, client: "ElastiCacheClient", user: str) -> None:
        self._client = client
        self._user = user

    @classmethod
    def connect(cls, user: str) -> Self:
        """Build the client too, once a function, outside of its handler."""
        client: ElastiCacheClient = boto3.client("elasticache", config=PATIENCE)  # pyright: ignore[reportUnknownMemberType]  # as in blog.table
        return cls(client, user)

    def admit(self, current: str, pending: str) -> None:
        """Let the user sign in with either password, and wait until the caches know of it.

        Raises:
            TimeoutError: They do not after `CHANGE_SECONDS`.
        """
        self._await_change()
        self._client.modify_user(
            UserId=self._user, AuthenticationMode={"Type": "password", "Passwords": [current, pending]}
        )
        self._await_change()

    def check(self, *values: str) -> None:
        """See that the user has as many passwords as there are values: which they are, the service does not say.

        Raises:
            ValueError: It has fewer; the rotation has to begin again.
            TimeoutError: A change of the user does not end.
        """
        count, needed = self._await_change().get("Authentication", {}).get("PasswordCount", 0), len(set(values))
        if count < needed:
            raise ValueError(f"the user {self._user} has {count} passwords, not {needed}: rotate the secret again")

    def _await_change(self) -> "UserTypeDef":
        deadline = time.monotonic() + CHANGE_SECONDS
        while True:
            [user] = self._client.describe_users(UserId=self._user)["Users"]
            status = user.get("Status")
            if status == "active":
                return user
            if time.monotonic() >= deadline:
                raise TimeoutError(f"the user {self._user} is {status} for more than {CHANGE_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)
