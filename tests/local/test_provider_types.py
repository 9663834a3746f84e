"""The contract of every type: made, refreshed, changed, replaced, imported and deleted, each seen at AWS itself."""

import pytest
from pulumi.runtime.proto import provider_pb2

from local.provider import services
from local.provider.check import DEFAULTS
from local.provider.lifecycle import formed
from tests.local.life import Life
from tests.local.lives import LIVES
from tests.local.world import REGION, TAGS, World

NONE, SOME = provider_pb2.DiffResponse.DIFF_NONE, provider_pb2.DiffResponse.DIFF_SOME


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.token.split("/")[0][4:] + "." + life.token.split(":")[2])
def test_a_resource_is_what_was_asked_for_from_its_creation_to_its_deletion(world: World, life: Life):
    plugin, token = world.plugin, life.token
    type_ = services.resource_type(token)
    program = life.inputs(world)

    # Create: AWS has it, with the tags of the provider.
    inputs = plugin.checked(token, "first", program)
    id_, state = plugin.create(token, inputs)
    assert life.look(world, {**state, "id": id_}) == life.made
    if type_.tags:
        assert state["tagsAll"].items() >= TAGS.items()
        assert state["tags"] == program.get("tags", {})

    # Refresh: nothing has changed.
    assert plugin.read(token, id_, inputs, state) == (id_, inputs, state)
    assert plugin.diff(token, id_, inputs, state, inputs).changes == NONE

    # Update in place: AWS has the change, and a refresh finds no other.
    if life.changed:
        program |= life.changed(world)
        news = plugin.checked(token, "first", program, inputs)
        difference = plugin.diff(token, id_, inputs, state, news)
        assert set(difference.diffs) >= life.changed(world).keys() - type_.computed
        assert list(difference.replaces) == []
        planned = plugin.update(token, id_, inputs, state, news, preview=True)
        inputs, state = news, plugin.update(token, id_, inputs, state, news)
        assert planned == {name: {**inputs, **state}[name] for name in planned}
        assert life.look(world, {**state, "id": id_}) == life.changes
        assert plugin.read(token, id_, inputs, state) == (id_, inputs, state)

    # Replace: what cannot change in place says so.
    for name, value in life.replaced.items():
        assert name in plugin.diff(token, id_, inputs, state, {**inputs, name: value}).replaces

    # Import: the id alone leads to inputs that the program agrees with.
    imported_id, imported_inputs, imported_state = plugin.read(
        token, formed(type_.import_id or type_.id, {**state, "id": id_})
    )
    assert imported_id == id_
    news = plugin.checked(
        token, "first", {**program, type_.named: state[type_.named]} if type_.named in state else program
    )
    assert list(plugin.diff(token, id_, imported_inputs, imported_state, news).diffs) == []

    # Delete: it is gone, and deleting it again is no error.
    plugin.delete(token, id_, inputs, state)
    assert life.stays or plugin.read(token, id_, inputs, state) == ("", {}, {})
    plugin.delete(token, id_, inputs, state)


def test_every_type_has_a_life():
    assert sorted(life.token for life in LIVES) == sorted(type_.token for type_ in services.all_types())


def test_inputs_that_the_provider_fills_in_are_named(world: World):
    inputs = world.plugin.checked("aws:dynamodb/table:Table", "posts", {"attributes": [], "hashKey": "PK"})

    assert inputs[DEFAULTS] == ["billingMode", "name"]
    assert inputs["billingMode"] == "PROVISIONED"
    assert inputs["region"] == REGION
    assert inputs["tagsAll"] == TAGS
