"""Tags by which resources are found and paid for."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from serverless_guard import json_text
from serverless_guard.record import UNKNOWN, Resource, UndecidedError
from serverless_guard.rules.rule import ANY_TYPE, Example, Option, resource_rule

KEYS = {"keys": ["service", "environment", "owner", "cost-centre"]}
TAGS = {"service": "blog", "environment": "dev", "owner": "web", "cost-centre": "42"}


@cache
def taggable() -> frozenset[str]:
    """Give the resource types that take tags, from the AWS provider's schema (version 7)."""
    return frozenset((Path(__file__).parent / "taggable.txt").read_text(encoding="utf-8").split())


@resource_rule(
    "required-tags",
    title="AWS resources have the required tags",
    types=(ANY_TYPE,),
    category="tagging",
    severity="medium",
    env="threshold-per-stack",
    house=True,
    sources=("fsbp:Lambda.6",),
    fix="Give the provider defaultTags with these keys, or the resource tags.",
    options={"keys": Option([], "Tag keys that each resource has.", more_is_stricter=True)},
    good=(
        Example({"tags": TAGS}, settings=KEYS),
        Example({}, provider={"defaultTags": {"tags": TAGS}}, settings=KEYS),
        Example({}, provider={"defaultTags": json.dumps({"tags": TAGS})}, settings=KEYS),
        Example({}, provider={"defaultTags": UNKNOWN}, type="aws:iam/rolePolicy:RolePolicy", settings=KEYS),
        Example({"tags": TAGS}, provider={"defaultTags": UNKNOWN}, settings=KEYS),
        Example({"tags": UNKNOWN}, provider={"defaultTags": {"tags": TAGS}}, settings=KEYS),
    ),
    bad=(
        Example({}, finds=("tags lack service, environment, owner, cost-centre",), settings=KEYS),
        Example({"tags": {"service": "blog"}}, finds=("tags lack environment, owner, cost-centre",), settings=KEYS),
    ),
)
def required_tags(resource: Resource) -> Iterator[str]:
    """Each resource says by its tags whose it is, in the words that the organisation has chosen."""
    if resource.type not in taggable():
        return
    own, defaults = resource.props.values.get("tags"), _defaults(resource.provider.values.get("defaultTags"))
    tags = {**_known(defaults), **_known(own)}
    missing = [key for key in resource.settings["keys"] if tags.get(key) in (None, "")]
    if missing and UNKNOWN in (own, defaults):
        raise UndecidedError("tags" if own is UNKNOWN else "defaultTags", resource.urn)
    if missing:
        yield f"tags lack {', '.join(missing)}"


def _defaults(given: object) -> object:
    """Read a provider's default tags, which the engine hands on as JSON text."""
    if isinstance(given, str):
        try:
            given = json_text.parse(given)
        except ValueError:
            return None
    return cast("Mapping[str, object]", given).get("tags") if isinstance(given, Mapping) else given


def _known(tags: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", tags) if isinstance(tags, Mapping) else {}
