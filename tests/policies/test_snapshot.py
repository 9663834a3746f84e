"""What `check` reads of an export and of a preview, and what it refuses because the file is not the whole stack."""

import json
from pathlib import Path
from typing import Any

import pytest

from serverless_guard import state
from serverless_guard.record import UNKNOWN
from serverless_guard.serialized import hidden, plain
from tests.policies.project import main

SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
QUEUE = "aws:sqs/queue:Queue"
DEFAULT = "urn:pulumi:dev::shop::pulumi:providers:aws::default_7_51_1"


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:dev::shop::{kind}::{name}"


STACK = {"urn": urn("pulumi:pulumi:Stack", "shop-dev"), "type": "pulumi:pulumi:Stack"}


def resource(kind: str = QUEUE, name: str = "jobs", **more: Any) -> dict[str, Any]:
    return {"urn": urn(kind, name), "type": kind, "inputs": {}, **more}


def step(operation: str, new: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"op": operation, "urn": (new or {}).get("urn", ""), **({"newState": new} if new else {}), **more}


def preview(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"steps": list(steps), **more}


def export(*states: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": 3, "deployment": {"resources": list(states), **more}}


def names(content: object) -> list[str]:
    return [one.name for one in state.read(content).program.resources]


REFUSALS = {
    "unchanged resources are left out": (
        preview(step("same", STACK), step("create", resource()), changeSummary={"same": 54, "create": 1}),
        "the preview leaves out 53 unchanged resources; run `pulumi preview --json --show-sames`",
    ),
    "steps are left out": (
        preview(step("create", resource()), changeSummary={"create": 2}),
        (
            "the preview counts 2 steps of create and shows 1; give the output of `pulumi stack export` or of "
            "`pulumi preview --json --show-sames`"
        ),
    ),
    "the preview failed": (
        preview(step("create", resource()), diagnostics=[{"severity": "error", "message": "error: no region\n"}]),
        (
            "the preview failed, so that it does not hold the whole stack: error: no region; "
            "correct the program, then preview again"
        ),
    ),
    "a policy pack failed the preview": (
        preview(step("create", resource()), diagnostics=[{"severity": "error", "message": "error: preview failed\n"}]),
        "a policy pack failed the preview; leave --policy-pack out, then preview again",
    ),
    "a step has no new state": (
        preview(step("update", None, urn="urn:x")),
        (
            "the step at position 0 (update of urn:x) lacks its newState; give the output of "
            "`pulumi stack export` or of `pulumi preview --json --show-sames`"
        ),
    ),
    "the preview has no resources": (
        preview(),
        (
            "the preview has no resources; give the output of `pulumi stack export` or of "
            "`pulumi preview --json --show-sames`"
        ),
    ),
    "the export has no resources": (
        export(),
        (
            "the export has no resources; there is nothing to judge: give the output of "
            "`pulumi preview --json --show-sames`"
        ),
    ),
    "all of the export is about to be deleted": (
        export(resource(delete=True)),
        (
            "the export has no resources; there is nothing to judge: give the output of "
            "`pulumi preview --json --show-sames`"
        ),
    ),
    "the stack was never deployed": (
        {"version": 3, "deployment": None},
        (
            "the stack has never been deployed; there is nothing to judge: give the output of "
            "`pulumi preview --json --show-sames`"
        ),
    ),
    "an update was interrupted": (
        export(STACK, pending_operations=[{"type": "creating", "resource": resource()}]),
        (
            f"1 operations were interrupted, the first on {urn(QUEUE, 'jobs')}, so that it is not known what exists; "
            "run `pulumi refresh`, then export again"
        ),
    ),
}


@pytest.mark.parametrize(("content", "words"), REFUSALS.values(), ids=REFUSALS)
def test_what_is_not_the_whole_stack_is_refused_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: object, words: str
) -> None:
    file = tmp_path / "stack.json"
    file.write_text(json.dumps(content))
    assert main(["check", str(file)]) == 2
    assert capsys.readouterr() == ("", f"{file}: {words}\n")


def test_a_preview_that_shows_all_it_counts_is_read() -> None:
    whole = preview(
        step("same", STACK), step("create", resource()), step("delete"), changeSummary={"same": 1, "create": 1}
    )
    assert names(whole) == ["shop-dev", "jobs"]


def test_the_last_step_of_a_resource_counts() -> None:
    new = resource(inputs={"fifoQueue": True})
    replaced = preview(step("create-replacement", new), step("replace", new), step("delete-replaced", urn=new["urn"]))
    assert names(replaced) == ["jobs"]
    gone = preview(step("refresh", resource()), step("same", STACK), step("delete", urn=urn(QUEUE, "jobs")))
    assert names(gone) == ["shop-dev"]
    read = preview(step("same", STACK), step("read", resource(external=True)))
    assert names(read) == ["shop-dev"]


def test_the_file_of_a_stack_in_a_backend_of_one_s_own_is_read_as_an_export() -> None:
    assert names({"version": 3, "checkpoint": {"latest": {"resources": [STACK, resource()]}}}) == ["shop-dev", "jobs"]


GUARDED = {"severity": "error", "message": "2 mandatory policy violations, listed above; the stack is refused"}


def test_a_preview_that_the_guard_has_refused_is_judged_and_never_passes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "stack.json"
    topic = resource("aws:sns/topic:Topic", "news")
    file.write_text(json.dumps(preview(step("create", topic), diagnostics=[GUARDED])))
    assert main(["check", str(file)]) == 1
    assert "aws:sns/topic:Topic::news: [required-tags] tags lack service" in capsys.readouterr().out
    told = [{"notificationType": kind, "subscriberEmailAddresses": ["web"]} for kind in ("ACTUAL", "FORECASTED")]
    inputs = {"budgetType": "COST", "notifications": told}
    tags = dict.fromkeys(("service", "environment", "owner", "cost-centre"), "x")
    budget = resource("aws:budgets/budget:Budget", "budget", inputs={**inputs, "tags": tags})
    file.write_text(json.dumps(preview(step("create", budget), diagnostics=[GUARDED])))
    assert main(["check", str(file)]) == 2
    assert "the preview failed, for a reason that it does not show" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("config", "production"),
    [
        ({}, True),
        ({"shop:production": "false"}, False),
        ({"shop:production": "False"}, False),
        ({"blog:production": "false"}, True),
        ({"my-shop:production": "false", "shop:production": "true"}, True),
    ],
)
def test_only_the_config_of_its_own_project_says_whether_a_stack_is_production(
    config: dict[str, str], production: bool
) -> None:
    for content in (preview(step("create", resource()), config=config), {**export(resource()), "config": config}):
        assert state.read(content).program.production is production


def test_an_export_is_taken_for_production_and_says_so() -> None:
    words = "An export has no config, so shop:production is taken for true: --development judges it as another stack."
    assert state.read(export(resource())).notes == (words,)
    assert state.read(export(resource()), production=True).notes == ()
    assert state.read(preview(step("create", resource()))).notes == ()


CONFIG = {
    "aws:region": "ap-south-1",
    "aws:defaultTags": '{"tags": {"service": "shop"}}',
    "awsx:region": "x",
    "shop:production": "true",
}


def test_a_default_provider_of_a_preview_has_the_config_of_the_stack() -> None:
    made = resource(provider=f"{DEFAULT}::04da6b54-80e4-46f7-96ec-b56ff0331ba9")
    program = state.read(preview(step("create", made), config=CONFIG)).program
    told = {"region": "ap-south-1", "defaultTags": '{"tags": {"service": "shop"}}'}
    assert {one.urn: one.props.values for one in program.resources} == {made["urn"]: {}, DEFAULT: told}
    (provider,) = program.of("pulumi:providers:aws")
    assert (provider.name, provider.props.owner) == ("default_7_51_1", DEFAULT)
    assert {one.name: one.provider.values for one in program.resources} == {"jobs": told, "default_7_51_1": {}}


def test_a_provider_of_the_program_keeps_its_own_inputs() -> None:
    own = resource("pulumi:providers:aws", "own", inputs={"region": "eu-west-1"})
    made = resource(provider=f"{own['urn']}::id")
    program = state.read(preview(step("create", own), step("create", made), config=CONFIG)).program
    assert [one.name for one in program.resources] == ["own", "jobs"]
    assert program.resources[1].provider.values == {"region": "eu-west-1"}


def test_a_default_provider_is_judged_by_the_config_of_a_preview(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def rules(config: dict[str, str]) -> set[tuple[str, str]]:
        file = tmp_path / "stack.json"
        file.write_text(json.dumps(preview(step("create", resource(provider=f"{DEFAULT}::id")), config=config)))
        main(["check", str(file), "--format", "json"])
        return {(row["rule"], row["urn"].rpartition("::")[2]) for row in json.loads(capsys.readouterr().out)}

    kept = dict.fromkeys(("service", "environment", "owner", "cost-centre"), "x")
    good = {
        "aws:region": "eu-central-1",
        "aws:defaultTags": json.dumps({"tags": kept}),
        "aws:allowedAccountIds": '["111122223333"]',
    }
    lost = rules({"aws:region": "ap-south-1"}) - rules(good)
    assert lost >= {("required-tags", "jobs"), ("provider-account-pinned", "default_7_51_1")}
    assert {name for rule, name in lost if rule == "region-allowed"} == {"jobs", "default_7_51_1"}


def secret(**more: str) -> dict[str, str]:
    return {SIGNATURE: SECRET, **more}


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (secret(plaintext='"text"'), "text"),
        (secret(plaintext='{"a": ["b", 1, true, null]}'), {"a": ["b", 1, True, None]}),
        (secret(plaintext=json.dumps({"a": secret(plaintext='"b"')})), {"a": "b"}),
        (secret(plaintext="{"), UNKNOWN),
        (secret(ciphertext="v1:abc"), UNKNOWN),
        ("[secret]", UNKNOWN),
        ({"ciphertext": "a property of that name"}, {"ciphertext": "a property of that name"}),
        ({"a": [secret(ciphertext="v1:abc"), "b"]}, {"a": [UNKNOWN, "b"]}),
        ("04da6b54-80e4-46f7-96ec-b56ff0331ba9", UNKNOWN),
    ],
)
def test_a_secret_is_read_where_it_is_shown_and_unknown_where_it_is_hidden(given: object, value: object) -> None:
    assert plain(given) == value


def test_the_properties_that_a_secret_hides_are_named_and_what_is_not_known_yet_is_none_of_them() -> None:
    inputs = {
        "shown": secret(plaintext='"x"'),
        "encrypted": {"a": [secret(ciphertext="v1")]},
        "blinded": "[secret]",
        "unknown": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "plain": ["x"],
    }
    assert hidden(inputs) == {"encrypted", "blinded"}


def test_a_policy_in_a_secret_that_an_export_shows_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})

    def rows(value: object) -> list[dict[str, Any]]:
        file = tmp_path / "stack.json"
        grants = resource("aws:iam/rolePolicy:RolePolicy", "all", inputs={"role": "r", "policy": value})
        file.write_text(json.dumps(export(grants)))
        main(["check", str(file), "--format", "json"])
        return json.loads(capsys.readouterr().out)

    assert rows(secret(plaintext=json.dumps(policy))) == rows(policy)
    assert "iam-no-action-star" in {rule for row in rows(policy) for rule in row["rules"]}


def test_a_companion_that_names_a_resource_by_its_id_or_arn_is_found() -> None:
    bucket = resource("aws:s3/bucket:Bucket", "media", id="media-1a2b", outputs={"arn": "arn:aws:s3:::media-1a2b"})
    block = resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "by-id", inputs={"bucket": "media-1a2b"})
    policy = resource("aws:s3/bucketPolicy:BucketPolicy", "by-arn", inputs={"bucket": "arn:aws:s3:::media-1a2b"})
    other = resource("aws:s3/bucketPolicy:BucketPolicy", "other", inputs={"bucket": "another"})
    program = state.read(export(bucket, block, policy, other)).program
    (target,) = program.of("aws:s3/bucket:Bucket")
    assert [one.name for one in program.resources if program.refers(one, "bucket", target)] == ["by-id", "by-arn"]


def test_a_state_without_dependencies_by_property_has_those_of_the_resource_for_each() -> None:
    bucket = resource("aws:s3/bucket:Bucket", "media")
    whole = resource(name="whole", inputs={"a": 1, "b": 2}, dependencies=[bucket["urn"]])
    told = resource(name="told", inputs={"a": 1}, dependencies=[bucket["urn"]], propertyDependencies={"a": None})
    depends = {one.name: one.depends for one in state.read(export(bucket, whole, told)).program.resources}
    assert depends["whole"] == {"a": {bucket["urn"]}, "b": {bucket["urn"]}}
    assert depends["told"] == {"a": frozenset()}


@pytest.mark.parametrize(
    ("position", "line"),
    [
        ("project:///components/key.py#59", "components/key.py:59"),
        ("project:///index.ts#12,15", "index.ts:12"),
        ("project:///Pulumi.yaml#7,3", "Pulumi.yaml:7"),
        ("project:///main.go#31", "main.go:31"),
        ("project:///my%20program/index.ts#3,1", "my program/index.ts:3"),
        ("project:///node_modules/%40acme/parts/index.js#3,1", ""),
        ("project:///.venv/lib/python3.13/site-packages/pulumi_aws/key.py#3", ""),
        ("project:///../shared/parts.py#3", ""),
        ("project:///index.ts", ""),
        ("file:///index.ts#1", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_programs_in_each_language_have_their_lines(position: object, line: str) -> None:
    (made,) = state.read(export(resource(sourcePosition=position))).program.resources
    assert made.source == line
    (deeper,) = state.read(export(resource(stackTrace=[{}, {"sourcePosition": position}]))).program.resources
    assert deeper.source == line
