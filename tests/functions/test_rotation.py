"""Rotation of secrets, on moto: the four steps as Secrets Manager has them taken."""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.secretsmanager.models import secretsmanager_backends

from blog import cache_user
from blog.cache_user import CacheUser
from blog.rotation import Rotation

if TYPE_CHECKING:
    from mypy_boto3_elasticache import ElastiCacheClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

NAME = "blog-test-cache"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


class Door:
    """What the secret opens: it remembers the values that it was told."""

    def __init__(self) -> None:
        self.takes: set[str] = set()

    def admit(self, current: str, pending: str) -> None:
        self.takes = {current, pending}

    def check(self, *values: str) -> None:
        if not set(values) <= self.takes:
            raise ValueError(f"the door takes {len(self.takes)} values")


class Manager:
    """Secrets Manager with one secret."""

    def __init__(self) -> None:
        self.client: SecretsManagerClient = boto3.client("secretsmanager")  # pyright: ignore[reportUnknownMemberType]
        self.first = self.client.create_secret(Name=NAME, SecretString="first")["VersionId"]

    def begin(self, value: str | None = None) -> str:
        """Begin a rotation, as RotateSecret does: a version that waits for its value, or has one."""
        version = str(uuid.uuid4())
        secret = secretsmanager_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].secrets[NAME]
        secret.versions[version] = {"createdate": 0, "version_id": version, "version_stages": ["AWSPENDING"]}
        if value is not None:
            secret.versions[version]["secret_string"] = value
        return version

    def values(self) -> dict[str, str]:
        """The values by their stages, as far as there are any."""
        stages = self.client.describe_secret(SecretId=NAME).get("VersionIdsToStages", {})
        return {stage: self.value(stage) for labels in stages.values() for stage in labels}

    def value(self, stage: str) -> str:
        return self.client.get_secret_value(SecretId=NAME, VersionStage=stage)["SecretString"]


@pytest.fixture
def manager() -> Iterator[Manager]:
    with mock_aws():
        yield Manager()


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def rotation(manager: Manager, door: Door) -> Rotation:
    return Rotation(manager.client, door)


def take(rotation: Rotation, version: str, *steps: str) -> None:
    for step in steps:
        rotation.take({"Step": step, "SecretId": NAME, "ClientRequestToken": version, "RotationToken": "token"})


def test_four_steps_put_a_new_value_in_the_place_of_the_old_one_which_stays_valid(
    manager: Manager, door: Door, rotation: Rotation
) -> None:
    take(rotation, manager.begin(), *STEPS)
    current = manager.value("AWSCURRENT")
    assert len(current) == 43
    assert manager.value("AWSPREVIOUS") == "first"
    assert door.takes == {"first", current}


def test_the_value_before_the_last_one_is_no_longer_taken(manager: Manager, door: Door, rotation: Rotation) -> None:
    take(rotation, manager.begin(), *STEPS)
    second = manager.value("AWSCURRENT")
    take(rotation, manager.begin(), *STEPS)
    assert door.takes == {second, manager.value("AWSCURRENT")}
    assert "first" not in door.takes


def test_until_the_last_step_nobody_is_handed_the_new_value(manager: Manager, door: Door, rotation: Rotation) -> None:
    take(rotation, manager.begin(), *STEPS[:3])
    assert manager.value("AWSCURRENT") == "first"
    assert door.takes == {"first", manager.value("AWSPENDING")}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_is_repeated_changes_nothing(manager: Manager, door: Door, rotation: Rotation, step: str) -> None:
    version = manager.begin()
    take(rotation, version, *STEPS[: STEPS.index(step) + 1])
    before = {**manager.values()}, set(door.takes)
    take(rotation, version, step)
    assert ({**manager.values()}, door.takes) == before


def test_a_rotation_that_stopped_is_finished_by_beginning_again(
    manager: Manager, door: Door, rotation: Rotation
) -> None:
    version = manager.begin()
    take(rotation, version, *STEPS[:2])
    made = manager.value("AWSPENDING")
    take(rotation, version, *STEPS)
    assert manager.value("AWSCURRENT") == made
    assert door.takes == {"first", made}


def test_a_rotation_that_is_set_up_is_tried_with_the_value_at_hand(
    manager: Manager, door: Door, rotation: Rotation
) -> None:
    door.takes = {"first"}
    take(rotation, manager.begin("first"), "testSecret")
    assert manager.value("AWSCURRENT") == "first"


def test_a_door_that_does_not_take_the_new_value_ends_the_rotation(manager: Manager, rotation: Rotation) -> None:
    version = manager.begin()
    take(rotation, version, "createSecret")
    with pytest.raises(ValueError, match="the door takes 0 values"):
        take(rotation, version, "testSecret")
    assert manager.value("AWSCURRENT") == "first"


def test_a_secret_that_opens_nothing_has_only_its_value_changed(manager: Manager) -> None:
    take(Rotation(manager.client, None), manager.begin(), *STEPS)
    assert manager.value("AWSPREVIOUS") == "first" != manager.value("AWSCURRENT")


def test_a_version_that_is_not_of_the_secret_is_refused(rotation: Rotation) -> None:
    version = str(uuid.uuid4())
    with pytest.raises(ValueError, match=f"version {version} is not of the secret {NAME}: start a rotation"):
        take(rotation, version, "createSecret")


def test_a_step_of_another_name_is_refused(manager: Manager, rotation: Rotation) -> None:
    with pytest.raises(ValueError, match="Step is 'dropSecret': it must be createSecret, setSecret"):
        take(rotation, manager.begin(), "dropSecret")


def test_a_value_that_was_not_made_is_not_set(manager: Manager, rotation: Rotation) -> None:
    with pytest.raises(ValueError, match="has no value: createSecret comes first"):
        take(rotation, manager.begin(), "setSecret")


class Service:
    """ElastiCache, with the answers that it will give, in order."""

    def __init__(self) -> None:
        self.client: ElastiCacheClient = boto3.client("elasticache")  # pyright: ignore[reportUnknownMemberType]
        self.stub = Stubber(self.client)

    def shows(self, status: str, passwords: int = 1) -> None:
        user = {"UserId": "blog-test", "Status": status, "Authentication": {"PasswordCount": passwords}}
        self.stub.add_response("describe_users", {"Users": [user]}, {"UserId": "blog-test"})

    def takes(self, *passwords: str) -> None:
        mode = {"Type": "password", "Passwords": list(passwords)}
        self.stub.add_response("modify_user", {}, {"UserId": "blog-test", "AuthenticationMode": mode})


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(cache_user, "POLL_SECONDS", 0)
    service = Service()
    with service.stub:
        yield service
    service.stub.assert_no_pending_responses()


def test_a_user_gets_both_passwords_once_no_other_change_is_under_way_and_they_are_waited_for(
    service: Service,
) -> None:
    service.shows("modifying")
    service.shows("active")
    service.takes("first", "second")
    service.shows("modifying")
    service.shows("active", 2)
    CacheUser(service.client, "blog-test").admit("first", "second")


def test_a_user_whose_change_does_not_end_is_waited_for_no_longer_than_said(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_user, "CHANGE_SECONDS", 0)
    service.shows("modifying")
    with pytest.raises(TimeoutError, match="the user blog-test is modifying for more than 0 s"):
        CacheUser(service.client, "blog-test").check("current", "current")


def test_a_user_with_fewer_passwords_than_there_are_values_is_refused(service: Service) -> None:
    service.shows("active", 1)
    service.shows("active", 2)
    user = CacheUser(service.client, "blog-test")
    with pytest.raises(ValueError, match="the user blog-test has 1 passwords, not 2: rotate the secret again"):
        user.check("current", "pending")
    user.check("current", "pending")
