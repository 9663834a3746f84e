"""The guard, handed registrations as the SDK hands them, with no engine behind it."""

import asyncio
from datetime import date
from typing import Any

import pulumi
import pytest

from serverless_guard import guard
from serverless_guard.enforcement import Enforcement
from serverless_guard.report import REPORTED
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


def examined(guarded: guard.Guard, args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    return asyncio.run(guarded.on_register(args))


def test_what_keeps_every_rule_is_left_alone(lines: list[str]):
    subject = guarded()
    assert examined(subject, registration(LOG_GROUP, {"retentionInDays": 14, "tags": TAGS})) is None
    assert subject.violations == 0
    assert lines == []


def test_an_unknown_input_still_tells_which_resource_it_comes_from():
    async def program() -> guard.Guard:
        subject = guarded()
        urn = "urn:pulumi:dev::blog::aws:sns/topic:Topic::alerts"
        arn = pulumi.Output({pulumi.resource.DependencyResource(urn)}, _ready(None), _ready(value=False))
        subject.given["aws:sns/topicPolicy:TopicPolicy", "subject"] = {"arn": arn, "policy": "{}"}
        await subject.on_register(registration("aws:sns/topicPolicy:TopicPolicy", {"arn": pulumi.output.UNKNOWN}))
        return subject

    (record,) = asyncio.run(program()).records
    assert record.depends == {"arn": {"urn:pulumi:dev::blog::aws:sns/topic:Topic::alerts"}}


async def _ready(value: object) -> Any:
    return value


def test_a_component_is_none_of_the_rules_business():
    subject = guarded()
    assert examined(subject, registration("blog:function:Function", {})) is None
    assert subject.records == []


def test_a_preview_shows_the_violation_and_tells_the_pack(lines: list[str]):
    subject = guarded()
    result = examined(subject, registration(KEY, LOCKED | {"tags": TAGS}))
    assert result
    assert result.opts.ignore_changes == [REPORTED]
    assert result.opts.hooks is None
    (shown,) = lines
    assert (
        "[kms-no-lockout-bypass] KMS keys do not bypass the key policy lockout safety check (mandatory, critical)"
        in shown
    )
    assert "  bypassPolicyLockoutSafetyCheck is true\n  fix: Leave bypassPolicyLockoutSafetyCheck out." in shown


def test_advice_waits_for_the_end(lines: list[str]):
    subject = guarded()
    assert examined(subject, registration("aws:cognito/userPool:UserPool", pool())) is None
    assert lines == []
    assert subject.advice == {"cognito-deletion-protection": {"subject"}, "cognito-mfa": {"subject"}}


def pool() -> dict[str, Any]:
    password = dict.fromkeys(("requireLowercase", "requireUppercase", "requireNumbers", "requireSymbols"), True)
    return {"passwordPolicy": password | {"minimumLength": 12}, "tags": TAGS}


def test_a_production_stack_must_retain_what_holds_data_which_only_the_guard_sees(lines: list[str]):
    props = {"retentionInDays": 14, "deletionProtectionEnabled": True, "tags": TAGS}
    examined(guarded(production=True), registration(LOG_GROUP, props, protect=True))
    assert "the option retain_on_delete is not set" in lines[0]
    kept = registration(LOG_GROUP, props, protect=True, retain_on_delete=True)
    assert examined(guarded(production=True), kept) is None


def test_an_unknown_value_is_named_and_refused(lines: list[str]):
    async def unknown() -> pulumi.ResourceTransformResult | None:
        never: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        never.set_result(None)
        known: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        known.set_result(False)
        output: pulumi.Output[Any] = pulumi.Output(set(), never, known)
        return await guarded().on_register(registration(KEY, {"enableKeyRotation": output, "tags": TAGS}))

    assert asyncio.run(unknown())
    assert "cannot decide: enableKeyRotation is not known at preview" in lines[0]


def test_a_secret_is_judged_and_never_shown(lines: list[str]):
    async def secret() -> pulumi.ResourceTransformResult | None:
        variables = {"DB_PASSWORD": pulumi.Output.secret("hunter2-correct-horse")}
        props = {"environment": {"variables": variables}, "tags": TAGS}
        return await guarded().on_register(registration("aws:lambda/function:Function", props))

    assert asyncio.run(secret())
    assert "environment.variables.DB_PASSWORD has the name of a secret" in lines[0]
    assert "hunter2" not in lines[0]


def test_a_rule_takes_the_tags_of_the_provider():
    async def tagged() -> pulumi.ResourceTransformResult | None:
        subject = guarded()
        provider = {"defaultTags": {"tags": TAGS}, "region": "eu-central-1"}
        await subject.on_register(registration("pulumi:providers:aws", provider))
        urn = "urn:pulumi:dev::blog::pulumi:providers:aws::subject"
        source = pulumi.resource.DependencyProviderResource(f"{urn}::id")
        return await subject.on_register(registration(LOG_GROUP, {"retentionInDays": 14}, provider=source))

    assert asyncio.run(tagged()) is None


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
    "expires": "2026-12-01",
}
DESCRIBED = {"bypassPolicyLockoutSafetyCheck": True, "enableKeyRotation": True, "policy": "{}", "tags": TAGS}


def test_a_waived_finding_is_shown_as_such_and_refuses_nothing(lines: list[str]):
    async def judged(*waived: dict[str, str]) -> pulumi.ResourceTransformResult | None:
        subject = guarded(*waived)
        result = await subject.on_register(registration(KEY, DESCRIBED))
        if result is None:
            await subject.on_register(registration(BUDGET, MONEY))
            await subject.finish()
        return result

    assert asyncio.run(judged())
    assert "[kms-no-lockout-bypass]" in lines[0]
    lines.clear()
    assert asyncio.run(judged(LOCKOUT)) is None
    assert [line for line in lines if "kms-no-lockout-bypass" in line] == [
        (
            "waived, as policies/waivers.yaml says:\n  [kms-no-lockout-bypass] aws:kms/key:Key::subject: "
            "bypassPolicyLockoutSafetyCheck is true; waived until 2026-12-01 by blog-team: "
            "The key is made anew each night."
        )
    ]


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
    assert subject.records[0].props.value("bypassPolicyLockoutSafetyCheck") is False
    assert not any("bypassPolicyLockoutSafetyCheck is true" in line for line in lines)


def test_what_cannot_be_remediated_is_refused(lines: list[str]):
    async def unknown() -> pulumi.ResourceTransformResult | None:
        never: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        never.set_result(None)
        known: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        known.set_result(False)
        output: pulumi.Output[Any] = pulumi.Output(set(), never, known)
        return await remediating("kms-rotation").on_register(registration(KEY, {"enableKeyRotation": output}))

    assert asyncio.run(unknown())
    assert "cannot decide: enableKeyRotation is not known at preview" in lines[0]
