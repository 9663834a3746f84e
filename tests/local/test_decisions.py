"""The emulator's IAM as seen from outside: what it decided for roles is recorded, and calls are named as AWS does."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.emulation import corrections, decisions


@dataclass(frozen=True)
class Statement:
    sid: str
    action: str


@dataclass(frozen=True)
class Context:
    action: str
    principal_type: str = "AssumedRole"
    principal_arn: str = "arn:aws:sts::111122223333:assumed-role/deployer/session"
    resource_arn: str = "arn:aws:sqs:eu-central-1:111122223333:jobs"


@dataclass
class Evaluator:
    """Decides as the emulator's module does: the role's policies first, then those of the resource."""

    resource_policy: bool = False
    context: Context = field(default_factory=lambda: Context("sqs:CreateQueue"))

    def _first_match(self, context: Context, statements: list[Statement], _effect: str) -> Statement | None:
        return next((one for one in statements if one.action == context.action), None)

    def evaluate(self, context: Context, policies: list[list[Statement]]) -> bool:
        return any(self._first_match(context, statements, "Allow") for statements in policies)

    def enforce(self, policies: list[list[Statement]]) -> str | None:
        allowed = self.evaluate(self.context, policies)
        resource = self.evaluate(self.context, [[Statement("Resource", self.context.action)]])
        return None if allowed or (self.resource_policy and resource) else "denied"


QUEUES = [[Statement("Sqs1", "sqs:CreateQueue")], [Statement("Sqs2", "sqs:CreateQueue"), Statement("Sqs3", "sqs:Get")]]


def recorded(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_decision_names_the_call_and_each_statement_that_allows_it_alone(tmp_path: Path) -> None:
    evaluator, file = Evaluator(), tmp_path / "decisions.jsonl"
    file.write_text("of an earlier emulator\n")
    decisions.record(evaluator, file)
    assert evaluator.enforce(QUEUES) is None
    assert evaluator.enforce(QUEUES) is None
    assert recorded(file) == [
        {
            "principal": "arn:aws:sts::111122223333:assumed-role/deployer/session",
            "action": "sqs:CreateQueue",
            "resource": "arn:aws:sqs:eu-central-1:111122223333:jobs",
            "allowed": True,
            "statements": ["Sqs1", "Sqs2"],
        }
    ]


@pytest.mark.parametrize("allows", [True, False])
def test_what_counts_is_whether_the_call_was_allowed_by_the_resources_policy_too(tmp_path: Path, allows: bool) -> None:
    evaluator, file = Evaluator(resource_policy=allows), tmp_path / "decisions.jsonl"
    decisions.record(evaluator, file)
    assert evaluator.enforce([]) == (None if allows else "denied")
    assert [(one["allowed"], one["statements"]) for one in recorded(file)] == [(allows, [])]


def test_calls_of_users_are_not_recorded(tmp_path: Path) -> None:
    evaluator = Evaluator(context=Context("sqs:CreateQueue", principal_type="User"))
    decisions.record(evaluator, tmp_path / "decisions.jsonl")
    assert evaluator.enforce(QUEUES) is None
    assert recorded(tmp_path / "decisions.jsonl") == []


def test_policies_see_the_aliases_of_a_key() -> None:
    aliases = {"arn:aws:kms:eu-central-1:1:alias/secrets": "a1", "arn:aws:kms:eu-central-1:1:alias/other": "b2"}

    def resolve(key: str, _context: object) -> str:
        return f"emulator's {key}"

    evaluator: Any = SimpleNamespace(_resolve_condition_key=resolve)
    corrections.show_aliases(evaluator, SimpleNamespace(_aliases=aliases))
    context = SimpleNamespace(resource_arn="arn:aws:kms:eu-central-1:1:key/a1")
    assert evaluator._resolve_condition_key("kms:ResourceAliases", context) == ["alias/secrets"]
    assert evaluator._resolve_condition_key("aws:SourceIp", context) == "emulator's aws:SourceIp"


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("GET", "/2018-10-31/layers/blog-dev-powertools/versions/3", "lambda:GetLayerVersion"),
        ("DELETE", "/2018-10-31/layers/blog-dev-powertools/versions/3", "lambda:DeleteLayerVersion"),
        ("GET", "/2018-10-31/layers/blog-dev-powertools/versions", "lambda:ListLayerVersions"),
        ("POST", "/2018-10-31/layers/blog-dev-powertools/versions", "lambda:PublishLayerVersion"),
        ("GET", "/2015-03-31/functions/blog-dev-get-user", "the emulator's"),
    ],
)
def test_calls_on_versions_of_layers_have_the_actions_that_aws_gives_them(method: str, path: str, action: str) -> None:
    actions = naming()
    assert actions.extract_iam_action("lambda", method, path, {}, b"", {}) == action


def test_a_call_on_the_tags_of_a_table_is_about_that_table() -> None:
    actions, table = naming(), "arn:aws:dynamodb:eu-central-1:1:table/blog-dev-table"
    body = json.dumps({"ResourceArn": table}).encode()
    assert actions.extract_resource_arn("dynamodb", "POST", "/", {}, body, {}, "eu-central-1", "1") == table
    assert actions.extract_resource_arn("dynamodb", "POST", "/", {}, b"{}", {}, "eu-central-1", "1") == "*"


def naming() -> Any:
    """The emulator's module that knows what calls are about, corrected."""

    def extract_iam_action(*_arguments: object, **_named: object) -> str:
        return "the emulator's"

    def extract_resource_arn(*_arguments: object) -> str:
        return "*"

    def safe_json_field(body: bytes, name: str) -> str:
        return str(json.loads(body).get(name, ""))

    actions = SimpleNamespace(
        extract_iam_action=extract_iam_action,
        extract_resource_arn=extract_resource_arn,
        _safe_json_field=safe_json_field,
    )
    corrections.name_what_calls_are_about(actions)
    return actions
