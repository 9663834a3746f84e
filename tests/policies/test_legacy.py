"""Programs on pulumi-aws 6: its type tokens and property names beside those of the SDK's classes; fixes that fit."""

import json
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pulumi_aws
import pytest

from local.provider.schema import Kind, schema
from serverless_guard import legacy
from serverless_guard.enforcement import Enforcement
from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules import every_rule

SDK = Path(pulumi_aws.__file__).parent
RULED = {kind for rule in every_rule() for kind in rule.types}


def declared_aliases() -> Iterator[tuple[str, str]]:
    """Yield the earlier token and the token of each resource class of the SDK that declares aliases."""
    for file in SDK.glob("*/*.py"):
        text = file.read_text(encoding="utf-8")
        if aliases := re.findall(r'Alias\(type_="([^"]+)"\)', text):
            [token] = set(re.findall(r"^@pulumi\.type_token\(\"([^\"]+)\"\)$", text, re.MULTILINE))
            yield from ((alias, token) for alias in aliases)


def paths(fields: Mapping[str, Kind], within: str = "") -> Iterator[str]:
    for name, kind in fields.items():
        item = kind
        while item.name == "list":
            item = item.item
        yield f"{within}{name}"
        yield from paths(item.fields if item.name == "object" else {}, f"{within}{name}.")


def inputs(kind: str) -> set[str]:
    found = schema(kind)
    return set(paths({name: one for name, one in found.properties.items() if name in found.inputs}))


def has_class(kind: str) -> bool:
    _, place, name = kind.split(":")
    module = f"pulumi_aws.{place.partition('/')[0]}"
    return find_spec(module) is not None and hasattr(import_module(module), name)


IN_THE_SDK = [kind for kind in legacy.TYPE_ALIASES if has_class(kind)]
"""Earlier tokens that still have a class; the others are known as aliases of the class alone."""


def resource(kind: str, props: dict[str, Any], **more: Any) -> Resource:
    return Resource(kind, "b", Block(props), **more)


def findings(one: Resource) -> dict[str, str]:
    return {finding.rule.id: finding.fix for finding in Enforcement(production=True).evaluate(one)}


def test_the_table_has_every_earlier_token_of_a_type_that_a_rule_is_about():
    earlier = {(alias, token) for alias, token in declared_aliases() if token in RULED and alias != token}
    assert earlier - set(legacy.TYPE_ALIASES.items()) == set()
    assert len(earlier) >= 8


def test_every_token_of_the_table_is_one_of_the_sdk():
    assert [kind for kind in (*IN_THE_SDK, *legacy.TYPE_ALIASES.values()) if not schema(kind).inputs] == []
    without_a_class = {alias: token for alias, token in legacy.TYPE_ALIASES.items() if alias not in IN_THE_SDK}
    assert without_a_class.items() - set(declared_aliases()) == set()


@pytest.mark.parametrize("kind", IN_THE_SDK)
def test_each_property_of_an_earlier_type_has_its_name_in_the_current_one(kind: str):
    def nested(path: str) -> dict[str, Any]:
        head, _, rest = path.partition(".")
        return {head: [nested(rest)] if rest else "x"}

    def names(value: Any) -> str:
        [(key, inner)] = value.items()
        return f"{key}.{names(inner[0])}" if isinstance(inner, list) else key

    current = inputs(legacy.TYPE_ALIASES[kind]) | {"tagsAll"}
    renamed = {names(legacy.current_properties(kind, nested(path))) for path in inputs(kind)}
    assert renamed - current == set()


def test_a_bucket_of_version_6_breaks_the_rules_about_buckets():
    acl = resource("aws:s3/bucketAclV2:BucketAclV2", {"bucket": "b", "acl": "public-read"})
    assert "s3-no-public-acl" in findings(acl)
    assert acl.label == "aws:s3/bucketAclV2:BucketAclV2::b"
    assert acl.token == "aws:s3/bucketAclV2:BucketAclV2"


def test_properties_of_a_bucket_of_version_6_are_read_under_their_current_names():
    encrypted = {"rules": [{"applyServerSideEncryptionByDefaults": [{"sseAlgorithm": "aws:kms"}]}]}
    bucket = resource(
        "aws:s3/bucketV2:BucketV2",
        {"serverSideEncryptionConfigurations": [encrypted], "loggings": UNKNOWN, "versionings": [{"enabled": True}]},
        depends={"loggings": frozenset({"logs"})},
    )
    path = "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.sseAlgorithm"
    assert bucket.props.text(path) == "aws:kms"
    assert bucket.props.has("logging")
    assert bucket.depends == {"logging": frozenset({"logs"})}
    assert bucket.props.flag("versioning.enabled") is True


def test_a_fix_names_the_type_that_a_program_on_version_6_has():
    assert legacy.current_fix("aws:s3/bucketV2:BucketV2", "Add an aws.s3.BucketVersioning.") == (
        "Add an aws.s3.BucketVersioningV2."
    )
    assert legacy.current_fix("aws:s3/bucketV2:BucketV2", "Add an aws.s3.BucketPolicy.") == (
        "Add an aws.s3.BucketPolicy."
    )
    assert legacy.current_fix("", "Add an aws.s3.BucketVersioning.") == "Add an aws.s3.BucketVersioning."


def test_a_type_without_an_earlier_name_is_left_as_it_is():
    props = {"loggings": "x"}
    one = resource("aws:sqs/queue:Queue", props)
    assert one.props.values is props
    assert (one.type, one.declared_type) == ("aws:sqs/queue:Queue", "")
    assert json.dumps(one.label) == '"aws:sqs/queue:Queue::b"'


def test_a_fix_fits_the_engine_and_the_runtime_of_the_resource():
    database = Resource("aws:rds/instance:Instance", "d", Block({"engine": "mysql", "engineVersion": "8.0"}))
    function = Resource("aws:lambda/function:Function", "f", Block({"runtime": "nodejs18.x"}))
    assert findings(database)["rds-log-exports"] == "Set enabledCloudwatchLogsExports to [error]."
    assert findings(function)["lambda-runtime-supported"] == "Set runtime to nodejs24.x."
