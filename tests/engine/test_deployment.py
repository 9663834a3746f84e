"""The slice deployed by the real engine on the local AWS: stable, guarded by IAM, and answering as it says."""

import json
import secrets
import time
from collections.abc import Iterator

import jsonschema
import pytest

from local.smoke import call
from tests.engine.workspace import ROOT, Workspace, summary


@pytest.fixture(scope="module")
def dev(workspace: Workspace) -> Workspace:
    """The workspace with the stack dev deployed."""
    workspace.up("dev")
    return workspace


@pytest.fixture(scope="module")
def url(dev: Workspace) -> str:
    return dev.session("dev").outputs()["apiUrl"]


@pytest.fixture(scope="module")
def alice(dev: Workspace) -> Iterator[str]:
    """A token of somebody."""
    with dev.token("dev") as token:
        yield token


@pytest.fixture(scope="module")
def bob(dev: Workspace) -> Iterator[str]:
    """A token of somebody else."""
    with dev.token("dev") as token:
        yield token


def user() -> dict[str, str]:
    return {"userId": f"user-{secrets.token_hex(4)}", "name": "Ada Lovelace", "email": "ada@example.com"}


def test_a_second_update_changes_nothing(dev: Workspace) -> None:
    assert [line for line in summary(dev.up("dev")) if "unchanged" not in line] == []


def test_a_refresh_finds_no_drift(dev: Workspace) -> None:
    refreshed = dev.pulumi("dev", "refresh", "--preview-only")
    assert refreshed.returncode == 0, refreshed.stdout
    assert [line for line in summary(refreshed.stdout) if "unchanged" not in line] == []


def test_the_engine_leaves_the_tracked_stack_files_as_they_are(dev: Workspace) -> None:
    assert "encryptionsalt" not in (dev.folder / "Pulumi.dev.yaml").read_text()


def test_the_outputs_are_those_of_the_contract_and_nothing_of_them_is_secret(dev: Workspace) -> None:
    outputs = dev.session("dev").outputs()
    contract = json.loads((ROOT / "outputs.schema.json").read_text())
    jsonschema.validate(outputs, contract, jsonschema.Draft202012Validator)
    assert outputs.keys() - contract["properties"].keys() == set()
    assert (outputs["tableName"], outputs["region"]) == ("blog-dev-table", "eu-central-1")
    assert "[secret]" not in outputs.values()


def test_resources_carry_the_tags_of_the_stack(dev: Workspace) -> None:
    arn = dev.session("dev").outputs()["tableArn"]
    tags = dev.client("dev", "dynamodb").list_tags_of_resource(ResourceArn=arn)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {
        "service": "blog",
        "environment": "dev",
        "stack": "blog-dev",
        "owner": "blog-team",
        "cost-centre": "engineering",
        "managed-by": "pulumi",
    }


def test_a_user_is_created_read_changed_and_deleted(url: str, alice: str) -> None:
    new = user()
    address = f"{url}/users/{new['userId']}"
    created = call("POST", f"{url}/users", token=alice, body=new)
    changed = call("PATCH", address, token=alice, body={"name": "Ada King"}, headers={"if-match": '"1"'})
    read = call("GET", address)
    deleted = call("DELETE", address, token=alice)
    gone = call("GET", address)
    assert [created.status, changed.status, read.status, deleted.status, gone.status] == [201, 200, 200, 204, 404]
    assert json.loads(read.body)["name"] == "Ada King"
    assert "ada@example.com" not in read.body


def test_a_repeated_request_with_its_idempotency_key_creates_one_user(url: str, alice: str) -> None:
    new, key = user(), {"idempotency-key": secrets.token_hex(8)}
    first = call("POST", f"{url}/users", token=alice, body=new, headers=key)
    again = call("POST", f"{url}/users", token=alice, body=new, headers=key)
    other = call("POST", f"{url}/users", token=alice, body=new)
    assert (first.status, again.status, other.status) == (201, 201, 409)
    assert first.body == again.body


def test_an_invalid_body_is_refused_with_the_field_named(url: str, alice: str) -> None:
    answer = call("POST", f"{url}/users", token=alice, body={**user(), "email": "nobody"})
    assert answer.status == 400
    assert [error["field"] for error in json.loads(answer.body)["errors"]] == ["email"]


@pytest.mark.parametrize("token", [None, "not-a-token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ."])
def test_a_write_without_a_token_of_the_pool_is_not_let_through(url: str, token: str | None) -> None:
    new = user()
    refused = call("POST", f"{url}/users", token=token, body=new)
    read = call("GET", f"{url}/users/{new['userId']}")
    assert (refused.status, read.status) == (401, 404)


def test_one_changes_only_what_is_ones_own(url: str, alice: str, bob: str) -> None:
    new = user()
    address = f"{url}/users/{new['userId']}"
    call("POST", f"{url}/users", token=alice, body=new)
    changed = call("PATCH", address, token=bob, body={"name": "Bob"}, headers={"if-match": "*"})
    deleted = call("DELETE", address, token=bob)
    assert (changed.status, deleted.status) == (403, 403)
    assert json.loads(call("GET", address).body)["name"] == "Ada Lovelace"


def test_a_function_without_its_grant_is_denied_and_gets_it_back_by_the_next_update(
    dev: Workspace, url: str, alice: str
) -> None:
    new = user()
    address = f"{url}/users/{new['userId']}"
    call("POST", f"{url}/users", token=alice, body=new)
    with dev.changed("access_patterns.py", '("GetItem",)', '("Query",)'):
        dev.up("dev")
        denied = call("GET", address)
    dev.up("dev")
    allowed = call("GET", address)
    assert (denied.status, allowed.status) == (500, 200)
    assert "AccessDenied" not in denied.body
    assert "AccessDenied" in _logged(dev, "/aws/lambda/blog-dev-get-user", "AccessDenied")


def _logged(dev: Workspace, group: str, text: str) -> str:
    """What a log group holds, once it holds a text; logs arrive a moment after the answer."""
    deadline = time.monotonic() + 20
    while True:
        events = dev.client("dev", "logs").filter_log_events(logGroupName=group)["events"]
        logged = "\n".join(event["message"] for event in events)
        if text in logged or time.monotonic() > deadline:
            return logged
