"""The resources in a preview, in a preview's event log and in a state."""

from typing import Any

import pytest

from cost import resources
from cost.tables import CostError

PROVIDER = "urn:pulumi:prod::blog::pulumi:providers:aws::aws"


def state(type_: str, name: str, parents: str = "", **inputs: Any) -> dict[str, Any]:
    urn = f"urn:pulumi:prod::blog::{parents}{type_}::{name}"
    custom = type_.startswith(("aws:", "pulumi:providers"))
    return {"urn": urn, "type": type_, "custom": custom, "inputs": inputs, "provider": f"{PROVIDER}::id"}


def test_resources_of_a_preview_and_of_a_state_are_the_same_without_what_is_deleted_and_what_is_no_resource_of_aws():
    kept = state("aws:kms/key:Key", "alerts", "blog:monitoring:Monitoring$blog:topic:Topic$")
    component = state("blog:monitoring:Monitoring", "blog")
    gone = state("aws:kms/key:Key", "old")
    steps = [{"op": op, "newState": it} for op, it in (("same", kept), ("create", component), ("delete", gone))]
    previewed = resources.read({"steps": steps})
    assert previewed == resources.read({"deployment": {"resources": [kept, component, {**gone, "delete": True}]}})
    (key,) = previewed
    assert (key.type, key.name, key.components, key.component) == (
        "aws:kms/key:Key",
        "alerts",
        ("monitoring", "topic"),
        "monitoring",
    )


def test_a_resource_is_where_it_says_or_else_where_its_provider_is():
    provider = state("pulumi:providers:aws", "aws", region="us-east-1")
    here, there = state("aws:kms/key:Key", "a", region="eu-central-1"), state("aws:kms/key:Key", "b")
    found = resources.read({"deployment": {"resources": [provider, here, there]}})
    assert {one.name: one.region for one in found} == {"a": "eu-central-1", "b": "us-east-1"}
    assert [one.region for one in resources.read({"deployment": {"resources": [there]}})] == [""]


def test_what_an_input_refers_to_is_found_by_dependency_by_name_and_else_under_the_same_parent():
    def function(name: str) -> dict[str, Any]:
        made = state("aws:lambda/function:Function", name)
        return {**made, "inputs": {"name": name}, "parent": f"parent-{name}"}

    config = state("aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig", "c", functionName="unknown")
    by_dependency = {**config, "propertyDependencies": {"functionName": [function("b")["urn"]]}}
    by_name = {**config, "inputs": {"functionName": "b"}}
    by_parent = {**config, "parent": "parent-b"}
    for told in (by_dependency, by_name, by_parent):
        stack = resources.read({"deployment": {"resources": [function("a"), function("b"), told]}})
        found = stack.referred(stack.resources[2], "functionName", "aws:lambda/function:Function")
        assert [one.name for one in found] == ["b"]


def test_of_several_resources_under_the_same_parent_none_is_taken_for_what_an_unknown_input_refers_to():
    functions = [state("aws:lambda/function:Function", name) for name in ("a", "b")]
    config = state("aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig", "c", functionName="unknown")
    stack = resources.read({"deployment": {"resources": [*functions, config]}})
    assert stack.referred(stack.resources[2], "functionName", "aws:lambda/function:Function") == []


def test_a_document_of_another_kind_is_refused_with_the_command_that_gives_the_right_one():
    with pytest.raises(CostError, match="pulumi stack export"):
        resources.read({"checkpoint": {}})
