"""The guard, handed registrations as the SDK hands them, with no engine behind it."""

import asyncio
import json
from collections.abc import Callable
from datetime import date
from typing import Any, cast

import pulumi
import pytest

from serverless_guard import guard
from serverless_guard.baseline import Baseline, Entry
from serverless_guard.enforcement import Enforcement
from serverless_guard.iam.examples import policy
from serverless_guard.waivers import Waiver, Waivers
from tests.policies.project import read

KEY = "aws:kms/key:Key"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
BUDGET = "aws:budgets/budget:Budget"
LOCKED = {"bypassPolicyLockoutSafetyCheck": True, "enableKeyRotation": True}
TAGS = dict.fromkeys(("service", "environment", "owner", "cost-centre"), "x")

TOLD = [{"notificationType": kind, "subscriberEmailAddresses": ["x"]} for kind in ("ACTUAL", "FORECASTED")]
MONEY = {"budgetType": "COST", "notifications": TOLD, "tags": TAGS}


@pytest.fixture(autouse=True)
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Take what the guard logs, in a preview of a project that is called blog."""
    shown: list[str] = []

    def log(message: str, **_: object) -> None:
        shown.append(message)

    monkeypatch.setattr(pulumi.log, "error", log)
    monkeypatch.setattr(pulumi.log, "info", log)
    monkeypatch.setattr(guard, "is_dry_run", lambda: True)
    monkeypatch.setattr(pulumi, "get_project", lambda: "blog")
    monkeypatch.setattr(pulumi, "get_stack", lambda: "dev")
    return shown


def registration(kind: str, props: dict[str, Any], **options: Any) -> pulumi.ResourceTransformArgs:
    opts = pulumi.ResourceOptions(**options)
    return pulumi.ResourceTransformArgs(custom=True, type_=kind, name="subject", props=props, opts=opts)


def guarded(*waivers: dict[str, str], production: bool = False) -> guard.Guard:
    enforcement = read(production=production)
    entries = tuple(Waiver(given, line) for line, given in enumerate(waivers, 1))
    return guard.Guard(enforcement, Waivers(enforcement, "dev", entries, today=date(2026, 11, 1)))


def finished(subject: guard.Guard) -> str:
    """Give the verdict on the stack: why the program is refused, empty where it is not."""
    try:
        asyncio.run(subject.finish())
    except pulumi.RunError as error:
        return str(error)
    return ""


def examined(guarded: guard.Guard, args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    return asyncio.run(guarded.on_register(args))


def test_what_keeps_every_rule_is_left_alone(lines: list[str]):
    subject = guarded()
    assert examined(subject, registration(LOG_GROUP, {"retentionInDays": 14, "tags": TAGS})) is None
    assert examined(subject, registration(BUDGET, MONEY)) is None
    assert lines == []
    assert finished(subject) == ""
    assert not any("(mandatory" in line for line in lines)


def test_an_unknown_input_still_tells_which_resource_it_comes_from():
    async def program() -> guard.Guard:
        subject = guarded()
        urn = "urn:pulumi:dev::blog::aws:sns/topic:Topic::alerts"
        arn = pulumi.Output({pulumi.resource.DependencyResource(urn)}, _ready(None), _ready(value=False))
        subject.given["aws:sns/topicPolicy:TopicPolicy", "subject"] = {"arn": arn, "policy": "{}"}
        await subject.on_register(registration("aws:sns/topicPolicy:TopicPolicy", {"arn": pulumi.output.UNKNOWN}))
        return subject

    record, _ = asyncio.run(program()).records.values()  # the second one is the default provider
    assert record.depends == {"arn": {"urn:pulumi:dev::blog::aws:sns/topic:Topic::alerts"}}


async def _ready(value: object) -> Any:
    return value


def test_a_component_is_none_of_the_rules_business(lines: list[str]):
    subject = guarded()
    opts = pulumi.ResourceOptions()
    component = pulumi.ResourceTransformArgs(custom=False, type_="blog:data:Table", name="table", props={}, opts=opts)
    assert examined(subject, component) is None
    assert examined(subject, registration(BUDGET, MONEY)) is None
    assert finished(subject) == ""
    assert not any("blog:data:Table" in line for line in lines)


def test_a_preview_shows_the_violations_of_a_resource_with_the_verdict(lines: list[str]):
    subject = guarded()
    assert examined(subject, registration(KEY, LOCKED | {"tags": TAGS})) is None
    assert lines == []
    examined(subject, registration(BUDGET, MONEY))
    assert finished(subject) == "2 mandatory policy violations, listed above; the stack is refused"
    (shown,) = [line for line in lines if "(mandatory" in line]
    assert shown == (
        "aws:kms/key:Key::subject\n"
        "[kms-no-lockout-bypass] KMS keys do not bypass the key policy lockout safety check (mandatory, critical)\n"
        "  bypassPolicyLockoutSafetyCheck is true\n"
        "  fix: Leave bypassPolicyLockoutSafetyCheck out.\n"
        "[kms-policy-defined] KMS keys have an explicit key policy (mandatory, low)\n"
        "  neither policy nor a KeyPolicy is set\n"
        "  fix: Give the key a policy, or add a KeyPolicy for it."
    )


def test_an_update_refuses_a_resource_before_it_is_created(monkeypatch: pytest.MonkeyPatch, lines: list[str]):
    class Hook:
        def __init__(self, name: str, refuse: Callable[[pulumi.ResourceHookArgs], None]) -> None:
            self.name, self.refuse = name, refuse

    monkeypatch.setattr(guard, "is_dry_run", lambda: False)
    monkeypatch.setattr(pulumi, "ResourceHook", Hook)
    subject = guarded()
    result = examined(subject, registration(KEY, LOCKED | {"tags": TAGS}))
    assert result
    assert result.opts.hooks
    (hook,) = cast("list[Hook]", result.opts.hooks.before_create)
    assert result.opts.hooks.before_update == [hook]
    args = pulumi.ResourceHookArgs(f"urn:pulumi:dev::blog::{KEY}::subject", "", "subject", KEY)
    with pytest.raises(pulumi.RunError, match=r"^\[kms-no-lockout-bypass\]"):
        hook.refuse(args)
    assert lines == []
    examined(subject, registration(KEY, {"enableKeyRotation": True, "tags": TAGS}))
    hook.refuse(args)  # what a later transform has corrected is let through


def test_advice_waits_for_the_verdict(lines: list[str]):
    subject = guarded()
    assert examined(subject, registration("aws:cognito/userPool:UserPool", pool())) is None
    examined(subject, registration(BUDGET, MONEY))
    assert lines == []
    assert finished(subject) == ""
    assert lines[0] == (
        "advisory rules that do not hold; `--policy-pack policies` says why:"
        "\n  cognito-deletion-protection: subject\n  cognito-mfa: subject"
    )


@pytest.mark.parametrize("declared", [True, False, None])
def test_a_program_that_contradicts_its_config_is_named(
    monkeypatch: pytest.MonkeyPatch, lines: list[str], declared: bool | None
):
    def get_bool(_config: pulumi.Config, key: str) -> bool | None:
        return declared if key == "production" else None

    monkeypatch.setattr(pulumi.Config, "get_bool", get_bool)
    subject = guarded()
    examined(subject, registration(BUDGET, MONEY))
    assert finished(subject) == ""
    said = "the program judges the stack as development, although its config says production: true"
    assert (said in lines) is (declared is True)
    assert any("although its config says" in line for line in lines) is (declared is True)


def test_a_registration_after_the_verdict_is_judged_at_once():
    subject = guarded()
    examined(subject, registration(BUDGET, MONEY))
    assert finished(subject) == ""
    assert examined(subject, registration(LOG_GROUP, {"retentionInDays": 14, "tags": TAGS})) is None
    with pytest.raises(pulumi.RunError, match=r"^aws:kms/key:Key::subject\n\[kms-no-lockout-bypass\]"):
        examined(subject, registration(KEY, LOCKED | {"tags": TAGS}))


def test_a_type_that_no_rule_covers_is_counted_and_named(lines: list[str]):
    subject = guarded()
    examined(subject, registration(BUDGET, MONEY))
    examined(subject, registration("aws-native:iam:Role", {"managedPolicyArns": ["AdministratorAccess"]}))
    assert finished(subject) == ""
    assert "unjudged: 1 resource of types that no rule covers: aws-native:iam:Role (subject)" in lines


def pool() -> dict[str, Any]:
    password = dict.fromkeys(("requireLowercase", "requireUppercase", "requireNumbers", "requireSymbols"), True)
    return {"passwordPolicy": password | {"minimumLength": 12}, "tags": TAGS}


def test_a_production_stack_must_retain_what_holds_data_which_only_the_guard_sees(lines: list[str]):
    props = {"retentionInDays": 14, "deletionProtectionEnabled": True, "tags": TAGS}
    for kept in (False, True):
        subject = guarded(production=True)
        examined(subject, registration(LOG_GROUP, props, protect=True, retain_on_delete=kept))
        finished(subject)
        assert any("the option retain_on_delete is not set" in line for line in lines) is not kept
        lines.clear()


def test_an_unknown_value_is_named_and_refused(lines: list[str]):
    async def unknown() -> pulumi.ResourceTransformResult | None:
        never: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        never.set_result(None)
        known: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        known.set_result(False)
        output: pulumi.Output[Any] = pulumi.Output(set(), never, known)
        return await subject.on_register(registration(KEY, {"enableKeyRotation": output, "tags": TAGS}))

    subject = guarded()
    asyncio.run(unknown())
    assert finished(subject)
    assert "cannot decide: enableKeyRotation is not known at preview" in lines[0]


def test_a_secret_is_judged_and_never_shown(lines: list[str]):
    async def secret() -> pulumi.ResourceTransformResult | None:
        variables = {"DB_PASSWORD": pulumi.Output.secret("hunter2-correct-horse")}
        props = {"environment": {"variables": variables}, "tags": TAGS}
        return await subject.on_register(registration("aws:lambda/function:Function", props))

    subject = guarded()
    asyncio.run(secret())
    assert finished(subject)
    assert any("environment.variables.DB_PASSWORD has the name of a secret" in line for line in lines)
    assert not any("hunter2" in line for line in lines)


def test_a_rule_takes_the_tags_of_the_provider():
    subject = guarded()

    async def tagged() -> None:
        provider = {"defaultTags": {"tags": TAGS}, "region": "eu-central-1"}
        await subject.on_register(registration("pulumi:providers:aws", provider))
        urn = "urn:pulumi:dev::blog::pulumi:providers:aws::subject"
        source = pulumi.resource.DependencyProviderResource(f"{urn}::id")
        await subject.on_register(registration(LOG_GROUP, {"retentionInDays": 14}, provider=source))

    asyncio.run(tagged())
    examined(subject, registration(BUDGET, MONEY))
    assert finished(subject) == ""


def test_the_verdict_refuses_the_program_and_counts_what_was_shown():
    async def program() -> None:
        subject = guarded()
        await subject.on_register(registration(KEY, LOCKED | {"tags": TAGS}))
        await subject.on_register(registration(BUDGET, MONEY))
        await subject.finish()

    with pytest.raises(pulumi.RunError, match=r"^2 mandatory policy violations, listed above"):
        asyncio.run(program())


LOCKOUT = {
    "rule": "kms-no-lockout-bypass",
    "resource": f"{KEY}::subject",
    "finding": "bypassPolicyLockoutSafetyCheck is true",
    "reason": "The key is made anew each night.",
    "owner": "blog-team",
    "approvedBy": "security-team",
    "expires": "2026-12-01",
}
OWN = {"AWS": "arn:aws:iam::123456789012:root"}
DESCRIBED = {
    **policy({"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": OWN}),
    "bypassPolicyLockoutSafetyCheck": True,
    "enableKeyRotation": True,
    "tags": TAGS,
}


def test_a_waived_finding_is_shown_as_such_and_refuses_nothing(lines: list[str]):
    for waived in ((), (LOCKOUT,)):
        lines.clear()
        subject = guarded(*waived)
        examined(subject, registration(KEY, DESCRIBED))
        examined(subject, registration(BUDGET, MONEY))
        assert bool(finished(subject)) is not bool(waived)
    assert [line for line in lines if "kms-no-lockout-bypass" in line] == [
        (
            "waived, as waivers.yaml says:\n  [kms-no-lockout-bypass] aws:kms/key:Key::subject: "
            "bypassPolicyLockoutSafetyCheck is true; waived until 2026-12-01 by blog-team: "
            "The key is made anew each night."
        )
    ]


def test_a_recorded_finding_is_counted_and_refuses_nothing(lines: list[str]):
    urn = f"urn:pulumi:dev::blog::{KEY}::subject"
    entry = Entry("critical", "kms-no-lockout-bypass", urn, "bypassPolicyLockoutSafetyCheck is true")
    subject = guarded()
    subject.waivers.baseline = Baseline((entry,))
    examined(subject, registration(KEY, DESCRIBED))
    examined(subject, registration(BUDGET, MONEY))
    assert not finished(subject)
    assert "baseline: 1 recorded findings are not shown: 1 critical" in lines
    assert not any("kms-no-lockout-bypass" in line for line in lines)


def test_a_waiver_that_does_not_hold_stops_an_update_before_anything_is_created():
    with pytest.raises(pulumi.RunError, match=r"\[waiver-valid\].*\n  waivers.yaml, line 1: owner is missing"):
        guarded(LOCKOUT | {"owner": ""}).refuse_bad_waivers()


def test_an_update_is_not_stopped_by_a_waiver_that_may_still_be_used():
    guarded(LOCKOUT).refuse_bad_waivers()


def remediating(rule_id: str) -> guard.Guard:
    enforcement = Enforcement(production=True, levels={rule_id: "remediate"})
    return guard.Guard(enforcement, Waivers(enforcement, "dev", ()))


def test_what_is_remediated_is_registered_so_and_shown(lines: list[str]):
    subject = remediating("kms-no-lockout-bypass")
    result = examined(subject, registration(KEY, DESCRIBED))
    assert result
    assert result.props == DESCRIBED | {"bypassPolicyLockoutSafetyCheck": False}
    assert "[kms-no-lockout-bypass] remediated: bypassPolicyLockoutSafetyCheck" in lines
    record, _ = subject.records.values()
    assert record.props.value("bypassPolicyLockoutSafetyCheck") is False
    assert not any("bypassPolicyLockoutSafetyCheck is true" in line for line in lines)


def test_what_cannot_be_remediated_is_refused(lines: list[str]):
    async def unknown() -> pulumi.ResourceTransformResult | None:
        never: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        never.set_result(None)
        known: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        known.set_result(False)
        output: pulumi.Output[Any] = pulumi.Output(set(), never, known)
        return await subject.on_register(registration(KEY, {"enableKeyRotation": output}))

    subject = remediating("kms-rotation")
    assert asyncio.run(unknown()) is None
    assert finished(subject)
    assert "cannot decide: enableKeyRotation is not known at preview" in lines[0]


def test_the_default_provider_is_judged_by_the_config_of_the_stack(monkeypatch: pytest.MonkeyPatch, lines: list[str]):
    config = {"aws:region": "ap-south-1", "aws:defaultTags": json.dumps({"tags": TAGS}), "blog:production": "true"}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config))
    subject = guarded()
    examined(subject, registration(LOG_GROUP, {"retentionInDays": 14}))
    examined(subject, registration("random:index/randomId:RandomId", {"byteLength": 1}))
    (provider,) = (one for one in subject.records.values() if one.type.startswith("pulumi:providers:"))
    assert provider.urn.endswith("::pulumi:providers:aws::default")
    assert provider.props.values == {"region": "ap-south-1", "defaultTags": json.dumps({"tags": TAGS})}
    assert finished(subject)
    shown = [line for line in lines if "region-allowed" in line]
    assert [line.partition("\n")[0] for line in shown if line.startswith("pulumi:")] == [
        "pulumi:providers:aws::default"
    ]
    assert not any("required-tags" in line and "LogGroup" in line for line in lines)
