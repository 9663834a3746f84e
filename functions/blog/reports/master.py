"""The master of the ledger's database, whose password is rotated where RDS does not do it."""

from typing import Self

from blog import env
from blog.reports.ledger import Database, Ledger


class Master:
    """A user of PostgreSQL, who has one password at a time: between two steps of a rotation, only the new one is right.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets_strategies.html (single user)

    Args:
        database: Where it signs in.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def connect(cls) -> Self:
        """The master that the environment names.

        Raises:
            EnvError: A variable is missing.
        """
        return cls(Database.of_environment(env.required("LEDGER_HOST", "the host of the relational store")))

    def admit(self, current: str, pending: str) -> None:
        """Give the master the new password, unless an earlier attempt has."""
        if not self._by(pending).admits():
            self._by(current).change_password(pending)

    def check(self, *values: str) -> None:
        """Sign in with the last of these passwords.

        Raises:
            ValueError: It is not right; the rotation has to begin again.
        """
        if not self._by(values[-1]).admits():
            raise ValueError("the database does not take the new password: rotate the secret again")

    def _by(self, password: str) -> Ledger:
        return Ledger(self._database, lambda: [password])
