"""The pack as the engine talks to it, without a process between."""

from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2 as proto

from serverless_guard.analyzer import Analyzer
from serverless_guard.rules import every_rule
from tests.policies.project import PACK

UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hunter2-correct-horse"}


class Refusal:
    """Stands in for the call's context: an aborted call raises."""

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        raise ValueError(f"{code.name}: {details}")


def analyzer(config: dict[str, str], *, dry_run: bool = True) -> Analyzer:
    analyzer = Analyzer(PACK)
    request = proto.AnalyzerStackConfigureRequest(
        project="blog", stack="prod-lookalike", dry_run=dry_run, config=config
    )
    analyzer.ConfigureStack(request, Refusal())
    return analyzer


def request(kind: str, properties: dict[str, Any], *, custom: bool = True) -> proto.AnalyzeRequest:
    options = proto.AnalyzerResourceOptions(protect=True)
    provider = proto.AnalyzerProviderResource(type="pulumi:providers:aws") if custom else None
    message = proto.AnalyzeRequest(
        type=kind, name="subject", urn=f"urn:pulumi:s::blog::{kind}::subject", options=options, provider=provider
    )
    message.properties.update(properties)
    return message


def found(answer: proto.AnalyzeResponse) -> set[str]:
    return {diagnostic.policyName for diagnostic in answer.diagnostics}


def judged(analyzer: Analyzer, *requests: proto.AnalyzeRequest) -> proto.AnalyzeResponse:
    """Give the verdict of a preview of some resources, which comes with the stack and not before."""
    for one in requests:
        assert found(analyzer.Analyze(one, None)) == set()
    stack = [proto.AnalyzerResource(type=one.type, name=one.name, urn=one.urn) for one in requests]
    return analyzer.AnalyzeStack(proto.AnalyzeStackRequest(resources=stack), None)


def levels(analyzer: Analyzer) -> dict[str, proto.EnforcementLevel.ValueType]:
    return {one.name: one.enforcementLevel for one in analyzer.GetAnalyzerInfo(empty_pb2.Empty(), None).policies}


def test_each_rule_is_a_policy_of_its_own_with_level_severity_and_fix():
    info = analyzer({}).GetAnalyzerInfo(empty_pb2.Empty(), None)
    assert [one.name for one in info.policies] == [rule.id for rule in every_rule()]
    pitr = next(one for one in info.policies if one.name == "dynamodb-pitr")
    assert pitr.enforcementLevel == proto.MANDATORY
    assert pitr.severity == proto.POLICY_SEVERITY_HIGH
    assert pitr.remediation_steps.startswith("Set pointInTimeRecovery")
    assert json_format.MessageToDict(pitr.configSchema.properties)["minimumDays"]["default"] == 7


def test_a_stack_is_production_by_its_config_and_not_by_its_name():
    assert levels(analyzer({"blog:production": "false"}))["dynamodb-cmk"] == proto.DISABLED
    assert levels(analyzer({"blog:production": "true"}))["dynamodb-cmk"] == proto.MANDATORY


def test_a_stack_that_does_not_say_counts_as_production():
    assert levels(analyzer({"other:production": "false"}))["dynamodb-cmk"] == proto.MANDATORY


def test_a_violation_names_rule_resource_finding_and_fix():
    pack = analyzer({})
    answer = judged(pack, request("aws:kms/key:Key", {"bypassPolicyLockoutSafetyCheck": True}))
    finding = next(one for one in answer.diagnostics if one.policyName == "kms-no-lockout-bypass")
    assert finding.enforcementLevel == proto.MANDATORY
    assert finding.urn.endswith("::subject")
    assert "bypassPolicyLockoutSafetyCheck is true" in finding.message
    assert "fix: Leave bypassPolicyLockoutSafetyCheck out." in finding.message


ROLE_POLICY = request("aws:iam/rolePolicy:RolePolicy", {"policy": UNKNOWN_STRING})


def undecided(answer: proto.AnalyzeResponse) -> list[proto.AnalyzeDiagnostic]:
    return [one for one in answer.diagnostics if "cannot decide" in one.message]


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_unknown_document_is_one_finding_of_all_rules_that_would_have_read_it(dry_run: bool):
    pack = analyzer({"blog:production": "false"}, dry_run=dry_run)
    (one,) = undecided(judged(pack, ROLE_POLICY) if dry_run else pack.Analyze(ROLE_POLICY, None))
    assert one.policyName == "iam-no-action-star"  # the most severe of them, by name
    assert one.enforcementLevel == proto.MANDATORY
    words, others, fix = one.message.splitlines()
    assert words == "cannot decide: policy is not known at preview"
    assert others.startswith("  also undecided: iam-no-admin-statement, iam-")
    # The rules about the whole stack, which know who has the document, decide on an update when it is over.
    assert others.count(",") > (10 if dry_run else 6)
    assert fix.startswith("  fix: Build the value from what is known")


def test_a_secret_is_judged_but_never_shown():
    variables = {"DB_PASSWORD": SECRET}
    answer = judged(analyzer({}), request("aws:lambda/function:Function", {"environment": {"variables": variables}}))
    assert "lambda-env-no-plaintext-secret" in found(answer)
    assert "hunter2" not in str(answer)


def test_a_preview_is_judged_at_its_end_which_it_does_not_reach_when_the_guard_has_refused_the_program():
    assert "kms-rotation" in found(judged(analyzer({}), request("aws:kms/key:Key", {})))


def test_an_update_refuses_a_resource_before_it_is_created():
    pack = analyzer({}, dry_run=False)
    assert "kms-rotation" in found(pack.Analyze(request("aws:kms/key:Key", {}), None))
    assert "kms-rotation" not in found(pack.AnalyzeStack(proto.AnalyzeStackRequest(), None))


def test_what_the_program_only_reads_is_none_of_its_own():
    read = proto.AnalyzerResource(type="aws:kms/key:Key", name="read", urn="urn:pulumi:s::blog::aws:kms/key:Key::read")
    pack = analyzer({})
    answer = pack.AnalyzeStack(proto.AnalyzeStackRequest(resources=[read]), None)
    assert "kms-policy-defined" not in found(answer)


def notes(answer: proto.AnalyzeResponse, name: str) -> list[str]:
    return [one.message for one in answer.diagnostics if one.policyName == name]


def test_types_that_no_rule_covers_are_counted_and_named_in_one_line():
    admin = request("aws-native:iam:Role", {"managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]})
    component = request("blog:data:Table", {}, custom=False)
    answer = judged(analyzer({}), admin, component, request("command:local:Command", {}))
    assert notes(answer, "resources-not-judged") == [
        (
            "unjudged: 2 resources of types that no rule covers: aws-native:iam:Role (subject); "
            "command:local:Command (subject)"
        )
    ]


def test_a_config_that_enforces_the_rule_about_types_makes_them_findings():
    pack = analyzer({})
    pack.Configure(configured("resource-type-judged", proto.MANDATORY), Refusal())
    answer = judged(pack, request("aws-native:iam:Role", {}))
    (one,) = [one for one in answer.diagnostics if one.policyName == "resource-type-judged"]
    assert one.enforcementLevel == proto.MANDATORY
    assert "no rule covers aws-native:iam:Role: nothing in it is checked" in one.message
    assert notes(answer, "resources-not-judged") == []


def test_what_a_config_lowers_is_shown_with_the_verdict():
    pack = analyzer({})
    pack.Configure(configured("kms-rotation", proto.DISABLED), Refusal())
    (words,) = notes(judged(pack), "settings-loosened")
    assert "\n  [kms-rotation] disabled instead of mandatory" in words


def test_a_stack_that_counts_as_development_and_is_tagged_as_production_is_told_so():
    key = request("aws:kms/key:Key", {"tags": {"environment": "prod"}})
    assert notes(judged(analyzer({"blog:production": "false"}), key), "stack-kind-contradicted") == [
        "the stack is judged as development, although 1 of its resources are tagged as production"
    ]
    assert notes(judged(analyzer({"blog:production": "true"}), key), "stack-kind-contradicted") == []


def test_the_stack_is_judged_by_the_inputs_seen_and_the_dependencies_told_at_the_end():
    pack = analyzer({})
    function = request("aws:lambda/function:Function", {"role": UNKNOWN_STRING})
    other = request("aws:lambda/function:Function", {"role": UNKNOWN_STRING})
    other.urn += "2"
    pack.Analyze(function, None)
    pack.Analyze(other, None)
    role = {"role": proto.AnalyzerPropertyDependencies(urns=["urn:pulumi:s::blog::aws:iam/role:Role::r"])}
    resources = [
        proto.AnalyzerResource(type=one.type, name=one.name, urn=one.urn, propertyDependencies=role)
        for one in (function, other)
    ]
    answer = pack.AnalyzeStack(proto.AnalyzeStackRequest(resources=resources), None)
    shared = [one.urn for one in answer.diagnostics if one.policyName == "lambda-role-per-function"]
    assert shared == [function.urn, other.urn]


def configured(name: str, level: proto.EnforcementLevel.ValueType, **properties: Any) -> proto.ConfigureAnalyzerRequest:
    config = proto.PolicyConfig(enforcementLevel=level)
    config.properties.update(properties)
    return proto.ConfigureAnalyzerRequest(policyConfig={name: config})


def test_the_pack_s_config_sets_levels_and_options():
    pack = analyzer({})
    pack.Configure(configured("dynamodb-pitr", proto.ADVISORY, minimumDays=35.0), Refusal())
    props = {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 20}}
    answer = judged(pack, request("aws:dynamodb/table:Table", props))
    finding = next(one for one in answer.diagnostics if one.policyName == "dynamodb-pitr")
    assert finding.enforcementLevel == proto.ADVISORY
    assert "below the minimum of 35 days" in finding.message


def test_a_level_for_all_reaches_every_rule_and_is_no_rule_itself():
    pack = analyzer({})
    config = {one.id: proto.PolicyConfig(enforcementLevel=proto.REMEDIATE) for one in every_rule()}
    config["all"] = proto.PolicyConfig(enforcementLevel=proto.REMEDIATE)
    pack.Configure(proto.ConfigureAnalyzerRequest(policyConfig=config), Refusal())
    assert levels(pack)["kms-rotation"] == proto.REMEDIATE
    assert levels(pack)["dynamodb-cmk"] == proto.MANDATORY


def test_what_the_stack_remediates_is_handed_back_mended_with_its_secrets_and_unknowns_as_they_were():
    pack = analyzer({})
    pack.Configure(configured("kms-rotation", proto.REMEDIATE), Refusal())
    given = request("aws:kms/key:Key", {"description": SECRET, "policy": UNKNOWN_STRING, "deletionWindowInDays": 30})
    (one,) = pack.Remediate(given, None).remediations
    assert (one.policyName, one.diagnostic) == ("kms-rotation", "")
    given.properties["enableKeyRotation"] = True
    assert one.properties == given.properties


def test_nothing_is_remediated_unless_the_stack_says_so():
    assert list(analyzer({}).Remediate(request("aws:kms/key:Key", {}), None).remediations) == []


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (configured("dynamodb-pitter", proto.MANDATORY), "there is no rule dynamodb-pitter"),
        (configured("dynamodb-pitr", proto.MANDATORY, days=1), "dynamodb-pitr has no option days"),
        (
            configured("dynamodb-pitr", proto.MANDATORY, minimumDays="week"),
            'minimumDays is "week", must be a whole number',
        ),
        (configured("dynamodb-cmk", proto.REMEDIATE), "dynamodb-cmk has no remedy; use mandatory"),
    ],
)
def test_a_config_that_names_what_does_not_exist_is_refused(config: proto.ConfigureAnalyzerRequest, message: str):
    with pytest.raises(ValueError, match=message):
        analyzer({}).Configure(config, Refusal())


CLOSED = dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True)


def test_a_companion_that_names_a_resource_by_its_id_is_found_once_the_resource_exists():
    pack = analyzer({})
    bucket = request("aws:s3/bucket:Bucket", {})
    block = request("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", CLOSED | {"bucket": "media-1a2b"})
    for one in (bucket, block):
        pack.Analyze(one, None)
    resources = [proto.AnalyzerResource(type=one.type, name=one.name, urn=one.urn) for one in (bucket, block)]
    resources[0].properties.update({"id": UNKNOWN_STRING, "arn": "arn:aws:s3:::media-1a2b"})
    unknown = found(pack.AnalyzeStack(proto.AnalyzeStackRequest(resources=resources), None))
    resources[0].properties.update({"id": "media-1a2b"})
    known = found(pack.AnalyzeStack(proto.AnalyzeStackRequest(resources=resources), None))
    assert unknown - known == {"s3-public-access-block-attached"}
