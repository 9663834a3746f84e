"""Which inputs the local provider refuses in a preview, as the AWS provider and AWS do, and that the stacks pass."""

import json
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml

from local.provider import constraints, services
from local.provider.constraints import refused
from local.provider.interface import Failure
from local.provider.requirements import unmet
from local.provider.schema import Kind, schema
from local.provider.wire import UNKNOWN, Props
from tests.policies.program import records
from tests.policies.test_adapters import STACKS, written

FOLDER = Path(constraints.__file__).with_name("constraints")
CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("mistakes.yaml").read_text(encoding="utf-8")
)


def found(token: str, inputs: Props) -> list[Failure]:
    return [*refused(token, inputs), *unmet(token, inputs)]


@pytest.mark.parametrize("case", CASES["values"], ids=lambda case: f"{case['type']} {case['path']}")
def test_a_value_that_aws_refuses_is_named_by_its_path_and_never_repeated(case: dict[str, Any]):
    token, path = f"aws:{case['type']}", case["path"]

    reasons = [failure.reason for failure in found(token, case["inputs"]) if failure.property == path]

    assert any(
        reason.startswith(f"{token} refuses the value of {path!r}: it must {case['must']}") for reason in reasons
    )


@pytest.mark.parametrize("case", CASES["combinations"], ids=lambda case: f"{case['type']} {case['path']}")
def test_properties_that_exclude_or_need_each_other_are_named(case: dict[str, Any]):
    token, path = f"aws:{case['type']}", case["path"]

    assert Failure(path, f"{token}: {path!r} {case['reason']}") in found(token, case["inputs"])


@pytest.mark.parametrize("case", CASES["values"], ids=lambda case: f"{case['type']} {case['path']}")
def test_a_value_that_is_not_known_yet_is_not_refused(case: dict[str, Any]):
    unknown: Props = dict.fromkeys(case["inputs"], UNKNOWN)

    assert [one for one in found(f"aws:{case['type']}", unknown) if "refuses the value" in one.reason] == []


@pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)
def test_no_resource_of_a_stack_is_refused(stack: Path):
    resources = [one for one in records(stack).resources if one.type.startswith("aws:")]

    assert len(resources) > 100  # every stack has that many
    assert [failure for one in resources for failure in found(one.type, written(one.props.values))] == []


def test_every_path_of_the_constraints_is_a_property_of_its_type():
    known = {type_.token for type_ in services.all_types()}
    for file in FOLDER.glob("*.json"):
        for token, declared in json.loads(file.read_text(encoding="utf-8")).items():
            assert token in known
            combined = [
                path for rule, groups in declared.items() if rule != "properties" for group in groups for path in group
            ]
            assert [path for path in [*declared.get("properties", {}), *combined] if not leads(token, path)] == []


def leads(token: str, path: str) -> bool:
    """Whether a path leads to a property."""
    fields: Any = schema(token).properties
    for step in path.split("."):
        kind: Kind | None = fields.get(step.removesuffix("[]"))
        if kind is None:
            return False
        while kind.name == "list":
            kind = kind.item
        fields = kind.fields if kind.name == "object" else {}
    return True


ENUMERATIONS = """
lambda Runtime aws:lambda/function:Function runtime
lambda Architecture aws:lambda/function:Function architectures[]
dynamodb StreamViewType aws:dynamodb/table:Table streamViewType
cloudfront MinimumProtocolVersion aws:cloudfront/distribution:Distribution viewerCertificate.minimumProtocolVersion
cognito-idp ExplicitAuthFlowsType aws:cognito/userPoolClient:UserPoolClient explicitAuthFlows[]
wafv2 TextTransformationType aws:wafv2/webAcl:WebAcl rules[].statement.byteMatchStatement.textTransformations[].type
"""


@pytest.mark.parametrize("line", ENUMERATIONS.split("\n")[1:-1])
def test_enumerations_take_every_member_that_botocore_knows(line: str):
    service, shape, token, path = line.split()
    model: Any = botocore.session.get_session().get_service_model(service).shape_for(shape)
    file = FOLDER / f"{token.split(':')[1].partition('/')[0]}.json"
    declared = json.loads(file.read_text(encoding="utf-8"))[token]["properties"][path]["enum"]

    assert set(model.enum) - set(declared) == set()
