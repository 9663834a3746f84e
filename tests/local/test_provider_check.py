"""What the plugin makes of inputs: mistakes, names, secrets, what a preview knows."""

import json

import grpc
import pytest

from local.provider.check import DEFAULTS
from local.provider.wire import UNKNOWN, Props, Secrets
from tests.local.answers import ROLE, SECRET, TABLE, failures, refusal, table
from tests.local.plugin import Plugin, struct
from tests.local.world import REGION, TAGS, TRUST


def test_a_mistyped_property_is_named_with_the_one_that_was_meant(plugin: Plugin):
    assert failures(plugin, TABLE, table(billingmode="PAY_PER_REQUEST")) == {
        "billingmode": f"{TABLE} has no property 'billingmode'; did you mean 'billingMode'?"
    }


def test_a_mistyped_property_is_found_within_a_list(plugin: Plugin):
    assert failures(plugin, TABLE, table(attributes=[{"name": "PK", "typ": "S"}])) == {
        "attributes[0].typ": f"{TABLE} has no property 'attributes[0].typ'; did you mean 'type'?",
        "attributes[0].type": f"{TABLE} needs 'type' in 'attributes[0]', which is missing; set it",
    }


def test_a_missing_property_is_named(plugin: Plugin):
    assert failures(plugin, ROLE, {"description": "of tests"}) == {
        "assumeRolePolicy": f"{ROLE} needs 'assumeRolePolicy', which is missing; set it"
    }


def test_a_value_of_a_wrong_type_is_named_but_not_repeated(plugin: Plugin):
    number = "a whole number"

    assert failures(plugin, TABLE, table(readCapacity="tr0ub4dor", ttl=True)) == {
        "readCapacity": f"{TABLE} takes {number} for 'readCapacity', but was given a string; give it {number}",
        "ttl": f"{TABLE} takes an object for 'ttl', but was given true or false; give it an object",
    }


def test_the_property_of_a_secret_value_stands_in_the_reason_only(plugin: Plugin):
    assert failures(plugin, TABLE, table(readCapacity=SECRET)) == {
        "": f"{TABLE} takes a whole number for 'readCapacity', but was given a string; give it a whole number"
    }


def test_a_value_that_is_not_known_yet_is_no_mistake(plugin: Plugin):
    assert failures(plugin, TABLE, table(readCapacity=UNKNOWN, ttl=UNKNOWN)) == {}


def test_a_type_that_is_not_declared_is_named(plugin: Plugin):
    with pytest.raises(grpc.RpcError) as error:
        plugin.check("aws:neptune/cluster:Cluster", "x", {})

    assert "does not know the type aws:neptune/cluster:Cluster" in refusal(error)
    assert "local/provider/services/neptune.py" in refusal(error)


def test_a_function_that_is_not_declared_is_named(plugin: Plugin):
    with pytest.raises(grpc.RpcError) as error:
        plugin.invoke("aws:ec2/getAmi:getAmi")

    assert "does not know the function aws:ec2/getAmi:getAmi" in refusal(error)


def test_a_generated_name_stays_and_a_chosen_one_is_replaced_by_another(plugin: Plugin):
    first = plugin.checked(ROLE, "reader", {"assumeRolePolicy": TRUST})
    again = plugin.checked(ROLE, "reader", {"assumeRolePolicy": TRUST, "description": "more"}, first)
    chosen = plugin.checked(ROLE, "reader", {"assumeRolePolicy": TRUST, "name": "writer"}, first)
    back = plugin.checked(ROLE, "reader", {"assumeRolePolicy": TRUST}, chosen)

    assert first["name"].startswith("reader-")
    assert len(first["name"]) == len("reader-") + 7
    assert again["name"] == first["name"]
    assert chosen["name"] == "writer"
    assert back["name"] not in ("writer", "")


def test_a_replacement_of_the_same_name_deletes_first(plugin: Plugin):
    named = plugin.checked(TABLE, "x", table(name="posts"))
    generated = plugin.checked(TABLE, "x", table())

    assert plugin.diff(TABLE, "posts", named, named, {**named, "hashKey": "ID"}).deleteBeforeReplace
    assert not plugin.diff(TABLE, "x", generated, generated, {**generated, "hashKey": "ID"}).deleteBeforeReplace


def test_a_preview_knows_the_tags_and_not_the_arn(plugin: Plugin):
    inputs = plugin.checked(TABLE, "x", table(tags={"data": "posts"}))

    id_, planned = plugin.create(TABLE, inputs, preview=True)

    assert id_ == ""
    assert planned["tagsAll"] == {**TAGS, "data": "posts"}
    assert "arn" not in planned
    assert DEFAULTS not in planned


def test_a_secret_stays_marked_and_out_of_errors():
    secrets = Secrets()
    inputs = secrets.decode(struct({"assumeRolePolicy": SECRET, "name": "x"}))

    assert inputs["assumeRolePolicy"] == "tr0ub4dor"
    assert secrets.redact("not a document: tr0ub4dor") == "not a document: [secret]"
    assert secrets.encode({"assumeRolePolicy": "changed"}) == struct(
        {"assumeRolePolicy": {**SECRET, "value": "changed"}}
    )


def test_an_answer_of_aws_that_repeats_a_secret_is_shown_without_it(plugin: Plugin):
    inputs: Props = {"name": "tr0ub4dor/", "assumeRolePolicy": TRUST}
    with pytest.raises(grpc.RpcError) as plain:
        plugin.create(ROLE, {**inputs, "permissionsBoundary": 5, "name": ["tr0ub4dor"]})

    assert "tr0ub4dor" not in refusal(plain)


@pytest.mark.usefixtures("emulator")
def test_another_account_than_the_allowed_is_refused():
    plugin = Plugin(region=REGION, allowedAccountIds=json.dumps(["999999999999"]))

    with pytest.raises(grpc.RpcError) as error, plugin:
        pass

    assert "111122223333, which allowedAccountIds (999999999999) rules out" in refusal(error)
