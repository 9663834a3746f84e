from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from blog.secrets import Secret

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

NAME = "blog-test-cursors"


class Seconds:
    """A clock that the tests move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Manager:
    """Secrets Manager, with the answers that it will give, in order."""

    def __init__(self) -> None:
        self.client: SecretsManagerClient = boto3.client("secretsmanager")  # pyright: ignore[reportUnknownMemberType]
        self.stub = Stubber(self.client)

    def answers(self, text: str, stage: str = "AWSCURRENT") -> None:
        self.stub.add_response("get_secret_value", {"SecretString": text}, {"SecretId": NAME, "VersionStage": stage})

    def refuses(self, code: str) -> None:
        self.stub.add_client_error("get_secret_value", code)


@pytest.fixture
def manager() -> Iterator[Manager]:
    manager = Manager()
    with manager.stub:
        yield manager
    manager.stub.assert_no_pending_responses()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def secret(manager: Manager, seconds: Seconds) -> Secret:
    return Secret(manager.client, NAME, seconds)


def test_asks_once_in_five_minutes(manager: Manager, seconds: Seconds, secret: Secret) -> None:
    manager.answers("first")
    assert [secret.current(), secret.current()] == ["first", "first"]
    seconds.now += 299
    assert secret.current() == "first"
    manager.answers("second")
    seconds.now += 1
    assert secret.current() == "second"


def test_keeps_serving_the_old_value_when_the_service_fails_and_asks_again_after_a_pause(
    manager: Manager, seconds: Seconds, secret: Secret
) -> None:
    manager.answers("first")
    secret.current()
    seconds.now += 300
    manager.refuses("InternalServiceError")
    assert [secret.current(), secret.current()] == ["first", "first"]
    manager.answers("second")
    seconds.now += 30
    assert secret.current() == "second"


def test_fails_where_there_never_was_a_value_to_serve(manager: Manager, secret: Secret) -> None:
    manager.refuses("AccessDeniedException")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        secret.current()
    manager.refuses("ResourceNotFoundException")
    with pytest.raises(LookupError, match=f"the secret {NAME} has no value"):
        secret.current()


def test_asks_for_the_version_before_only_when_the_current_one_does_not_fit(manager: Manager, secret: Secret) -> None:
    manager.answers("second")
    versions = secret.versions()
    assert next(versions) == "second"
    manager.answers("first", "AWSPREVIOUS")
    assert list(versions) == ["first"]
    assert list(secret.versions()) == ["second", "first"]


def test_remembers_that_there_is_no_version_before(manager: Manager, secret: Secret) -> None:
    manager.answers("first")
    manager.refuses("ResourceNotFoundException")
    assert [list(secret.versions()), list(secret.versions())] == [["first"], ["first"]]


def test_looks_for_a_rotation_that_it_has_not_seen_at_most_every_half_minute(
    manager: Manager, seconds: Seconds, secret: Secret
) -> None:
    manager.answers("first")
    manager.refuses("ResourceNotFoundException")
    assert list(secret.versions()) == ["first"]
    seconds.now += 30
    manager.answers("second")
    assert list(secret.versions()) == ["first", "second"]
    assert secret.current() == "second"
    manager.answers("first", "AWSPREVIOUS")
    assert list(secret.versions()) == ["second", "first"]
