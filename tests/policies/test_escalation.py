"""Privilege escalation: each known path is found however it is granted, and its harmless variants are not."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from serverless_guard.iam.actions import of_service
from serverless_guard.iam.escalation_paths import PATHS, WORK, Path
from serverless_guard.iam.examples import allow, policy, trust
from serverless_guard.iam.workloads import WORKLOADS, Workload
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules.least_privilege.iam_combinations import iam_role_no_privilege_escalation
from serverless_guard.rules.least_privilege.iam_escalation import iam_no_privilege_escalation
from tests.policies.escalation_cases import (
    ACCOUNT,
    ADMINISTRATOR,
    FUNCTION,
    INLINE,
    KNOWN,
    MANAGED,
    ROLE,
    administrator,
    deny,
    exact,
    inline,
    program,
    resource,
    role,
    service,
)

PASSING = {id_: actions for id_, actions in KNOWN.items() if "iam:PassRole" in actions}
SEVERAL = {id_: actions for id_, actions in KNOWN.items() if len(actions) > 1}
ROLES, ADMIN = f"arn:aws:iam::{ACCOUNT}:role", f"arn:aws:iam::{ACCOUNT}:role/admin"
F = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"


def found(stack: Program) -> list[tuple[str, str]]:
    """List the findings of both rules: the resource and the words."""
    findings = [*iam_no_privilege_escalation.findings(stack), *iam_role_no_privilege_escalation.findings(stack)]
    return [(one.resource.name if one.resource else "", one.message) for one in findings]


def test_the_actions_of_all_paths_exist():
    gone = {"codestar:CreateProject"}
    actions = {action for path in PATHS for action in path.actions} - gone
    unknown = [one for one in actions if one.lower().partition(":")[2] not in of_service(one.partition(":")[0])]
    assert unknown == []


def test_ids_of_paths_are_unique():
    assert len({path.id for path in PATHS}) == len(PATHS)


@pytest.mark.parametrize("id_", KNOWN)
def test_a_known_path_on_all_resources_is_found_without_knowing_the_rest(id_: str):
    ((about, words),) = found(program(inline(allow(list(KNOWN[id_]), "*"))))
    assert about == "subject"
    assert words.startswith("policy lets its identity widen its rights: ")


@pytest.mark.parametrize("id_", KNOWN)
def test_a_known_path_is_not_open_without_one_of_its_actions(id_: str):
    minimal = [path.actions for path in PATHS if set(path.actions) <= set(KNOWN[id_])]
    assert minimal
    for action in (one for one in minimal[0] if all(one in actions for actions in minimal)):
        left = [one for one in KNOWN[id_] if one != action]
        stack = program(inline(allow(left, "*"))) if left else program(role())
        assert found(stack) == []


@pytest.mark.parametrize("id_", KNOWN)
def test_a_path_that_the_document_denies_is_not_open(id_: str):
    assert found(program(inline(allow(list(KNOWN[id_]), "*"), deny("*")))) == []
    exact = [one for path in PATHS if set(path.actions) <= set(KNOWN[id_]) for one in path.actions]
    assert found(program(inline(allow(list(KNOWN[id_]), "*"), deny(exact)))) == []


@pytest.mark.parametrize("id_", KNOWN)
def test_a_path_that_another_document_of_the_role_denies_is_not_open(id_: str):
    denied = resource(MANAGED, "d", policy(deny("*")))
    attached = resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {}, role="r", policyArn="d")
    assert found(program(role(), inline(allow(list(KNOWN[id_]), "*")), denied, attached)) == []


@pytest.mark.parametrize("id_", KNOWN)
def test_a_path_outside_of_the_permissions_boundary_is_not_open(id_: str):
    bounded = role(permissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/b")
    boundary = resource(MANAGED, "b", {"name": "b", **policy(allow(["s3:*", "logs:*"], "*"))})
    assert found(program(bounded, inline(allow(list(KNOWN[id_]), "*")), boundary)) == []


@pytest.mark.parametrize("id_", KNOWN)
def test_a_boundary_that_allows_the_path_does_not_close_it(id_: str):
    bounded = role(permissionsBoundary=ADMINISTRATOR)
    assert [about for about, _ in found(program(bounded, inline(allow(list(KNOWN[id_]), "*"))))] == ["subject"]


@pytest.mark.parametrize("id_", KNOWN)
def test_a_condition_that_holds_for_every_call_does_not_close_a_path(id_: str):
    condition = {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}
    assert found(program(inline(allow(list(KNOWN[id_]), "*", Condition=condition))))


@pytest.mark.parametrize("id_", KNOWN)
def test_a_condition_that_never_holds_closes_a_path(id_: str):
    condition = {"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}}
    assert found(program(inline(allow(list(KNOWN[id_]), "*", Condition=condition)))) == []


ATTACHMENTS: dict[str, Callable[[object, object], tuple[Resource, ...]]] = {
    "inlinePolicies": lambda first, second: (
        role(inlinePolicies=[{"name": "a", **policy(first)}, {"name": "b", **policy(second)}]),
    ),
    "RolePolicy": lambda first, second: (role(), inline(first, name="a"), inline(second, name="b")),
    "managedPolicyArns": lambda first, second: (
        role(managedPolicyArns=[f"arn:aws:iam::{ACCOUNT}:policy/a"], inlinePolicies=[{"name": "b", **policy(second)}]),
        resource(MANAGED, "a", {"name": "a", **policy(first)}),
    ),
    "RolePolicyAttachment": lambda first, second: (
        role(),
        resource(MANAGED, "a", policy(first)),
        inline(second, name="b"),
        resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "x", {}, role="r", policyArn="a"),
    ),
    "PolicyAttachment": lambda first, second: (
        role(),
        resource(MANAGED, "a", policy(first)),
        inline(second, name="b"),
        resource("aws:iam/policyAttachment:PolicyAttachment", "x", {"roles": ["r"]}, policyArn="a"),
    ),
    "RolePolicyAttachmentsExclusive": lambda first, second: (
        role(),
        resource(MANAGED, "a", {"name": "a", "path": "/blog/", **policy(first)}),
        resource(MANAGED, "b", {"name": "b", **policy(second)}),
        resource(
            "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
            "x",
            {"roleName": "r", "policyArns": [f"arn:aws:iam::{ACCOUNT}:policy/{one}" for one in ("blog/a", "b")]},
        ),
    ),
    "a role that only its policies name": lambda first, second: (inline(first, name="a"), inline(second, name="b")),
}
"""Ways of giving one role two statements in two documents."""


@pytest.mark.parametrize("way", ATTACHMENTS)
@pytest.mark.parametrize("id_", SEVERAL)
def test_a_path_split_over_documents_is_found_however_they_are_attached(id_: str, way: str):
    smallest = min((path.actions for path in PATHS if set(path.actions) <= set(SEVERAL[id_])), key=len)
    if len(smallest) == 1:
        return
    first, *others = smallest
    resources = ATTACHMENTS[way](allow(first, "*"), allow(others, "*"))
    findings = found(program(*resources))
    assert [words.partition(":")[0] for _, words in findings if "together" in words] == [
        "its policies together let role r widen its rights"
    ]


def test_rights_of_a_users_groups_count():
    stack = program(
        resource("aws:iam/user:User", "u", {"name": "u"}),
        resource("aws:iam/group:Group", "g", {"name": "g"}),
        resource("aws:iam/groupPolicy:GroupPolicy", "a", {"group": "g", **policy(allow("iam:PassRole", "*"))}),
        resource("aws:iam/userPolicy:UserPolicy", "b", {"user": "u", **policy(allow("ec2:RunInstances", "*"))}),
        resource("aws:iam/userGroupMembership:UserGroupMembership", "m", {"user": "u", "groups": ["g"]}),
    )
    words = "its policies together let user u widen its rights: ec2-001 (iam:PassRole, ec2:RunInstances on *)"
    assert found(stack) == [("u", words)]


@pytest.mark.parametrize("id_", PASSING)
def test_an_administrators_role_passed_by_name_to_the_paths_service_is_found(id_: str):
    first, *others = PASSING[id_]
    host = service(PASSING[id_])
    condition = {"StringEquals": {"iam:PassedToService": host}}
    works = [allow(one, exact(one)) for one in others]
    stack = program(role(), inline(allow(first, ADMIN, Condition=condition), *works), administrator(host))
    ((about, words),) = found(stack)
    assert about == "subject"
    assert "role admin, which may" in words


@pytest.mark.parametrize("id_", PASSING)
@pytest.mark.parametrize(
    "change",
    [
        "the role may only write logs",
        "the role may do what the identity may",
        "the role does not trust the service",
        "the role is passed to a service that runs nothing",
        "the role's rights are denied",
    ],
)
def test_a_role_without_more_rights_may_be_passed(id_: str, change: str):
    first, *others = PASSING[id_]
    host = service(PASSING[id_])
    harmless = "monitoring.rds.amazonaws.com"
    to = harmless if change.endswith("runs nothing") else host
    statements = [allow(first, ADMIN, Condition={"StringEquals": {"iam:PassedToService": to}})]
    statements += [allow(one, exact(one)) for one in others]
    targets: dict[str, tuple[Resource, ...]] = {
        "the role may only write logs": (
            role("admin", host, inlinePolicies=[{"name": "l", **policy(allow("logs:PutLogEvents", "*"))}]),
        ),
        "the role may do what the identity may": (
            role("admin", host, inlinePolicies=[{"name": "l", **policy(allow("s3:GetObject", "arn:aws:s3:::b/*"))}]),
        ),
        "the role does not trust the service": (administrator(harmless),),
        "the role is passed to a service that runs nothing": (administrator(host),),
        "the role's rights are denied": (administrator(host), inline(deny("*"), name="d", role="admin")),
    }
    same = allow("s3:GetObject", "arn:aws:s3:::b/*")
    assert found(program(role(), inline(*statements, same), *targets[change])) == []


def test_another_function_must_be_the_one_that_is_made_and_called():
    statements = (
        allow("iam:PassRole", "*"),
        allow("lambda:CreateFunction", F),
        allow("lambda:InvokeFunction", F.replace(":f", ":g")),
    )
    assert found(program(inline(*statements))) == []
    assert found(program(inline(*statements[:2], allow("lambda:InvokeFunction", f"{F}:*"))))


ITSELF = {
    "iam:PutRolePolicy": f"{ROLES}/r",
    "iam:AttachRolePolicy": f"{ROLES}/r",
    "iam:UpdateAssumeRolePolicy": f"{ROLES}/r",
    "iam:CreatePolicyVersion": f"arn:aws:iam::{ACCOUNT}:policy/p",
    "iam:SetDefaultPolicyVersion": f"arn:aws:iam::{ACCOUNT}:policy/p",
}
"""Rights over rights, with what they act on when an identity has them on itself."""


@pytest.mark.parametrize("action", ITSELF)
def test_rights_over_its_own_rights_are_found_by_its_exact_arn(action: str):
    managed = resource(MANAGED, "subject", {"name": "p", **policy(allow(action, ITSELF[action]))})
    attached = resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {}, role="r", policyArn="subject")
    ((about, words),) = found(program(role(), managed, attached))
    assert about == "subject"
    assert f"({action} on {ITSELF[action]})" in words


@pytest.mark.parametrize("action", ["iam:PutRolePolicy", "iam:AttachRolePolicy"])
def test_rights_over_another_roles_rights_alone_are_not_its_own(action: str):
    assert found(program(role(), inline(allow(action, f"{ROLES}/other")))) == []


@pytest.mark.parametrize(("action", "pattern"), [(action, arn[:-1]) for action, arn in ITSELF.items()])
def test_rights_over_rights_by_a_pattern_are_found(action: str, pattern: str):
    assert found(program(inline(allow(action, f"{pattern}*"))))


@pytest.mark.parametrize(
    ("action", "where"),
    [
        ("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/fp4-*"),
        ("iam:PutRolePolicy", f"{ROLES}/aws-service-role/*"),
        ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:user/*"),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"),
        ("iam:CreateAccessKey", f"{ROLES}/*"),
        ("lambda:UpdateFunctionCode", F),
        ("sts:AssumeRole", "arn:aws:iam::210987654321:role/reader"),
        ("iam:AttachRolePolicy", f"arn:aws:iam::{ACCOUNT}:policy/*"),
    ],
)
def test_a_right_that_reaches_nothing_more_is_not_found(action: str, where: str):
    assert found(program(inline(allow(action, where)))) == []


def test_a_user_may_not_give_itself_policies():
    own = f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"
    stack = program(
        resource("aws:iam/userPolicy:UserPolicy", "subject", {"user": "u", **policy(allow("iam:PutUserPolicy", own))})
    )
    assert found(stack) == [
        ("subject", f"policy lets its identity widen its rights: iam-007 (iam:PutUserPolicy on {own})")
    ]


@pytest.mark.parametrize(
    ("attached", "open_"),
    [
        ({"ArnEquals": {"iam:PolicyARN": ADMINISTRATOR}}, True),
        ({"ArnLike": {"iam:PolicyARN": "arn:aws:iam::aws:policy/*"}}, True),
        ({"ArnNotEquals": {"iam:PolicyARN": ADMINISTRATOR}}, True),
        ({"ArnEquals": {"iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/reader"}}, False),
        ({"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/boundary"}}, False),
    ],
)
def test_what_may_be_attached_counts(attached: dict[str, object], open_: bool):
    stack = program(inline(allow("iam:AttachRolePolicy", f"{ROLES}/*", Condition=attached)))
    assert bool(found(stack)) is open_


def called(by: Resource) -> tuple[Resource, Resource]:
    return by, resource(FUNCTION, "f", {"name": "f"}, role=by.name)


@pytest.mark.parametrize("action", ["lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"])
def test_code_of_a_function_with_more_rights_is_found_by_its_exact_arn(action: str):
    ((about, words),) = found(program(role(), inline(allow(action, F)), *called(administrator("lambda.amazonaws.com"))))
    assert about == "subject"
    assert f"({action} on {FUNCTION}::f, whose role admin may " in words


def test_code_of_a_function_without_more_rights_may_be_changed():
    writer = role("w", inlinePolicies=[{"name": "l", **policy(allow("logs:PutLogEvents", "*"))}])
    assert found(program(role(), inline(allow("lambda:UpdateFunctionCode", F)), *called(writer))) == []
    other = F.replace(":f", ":g")
    admin = administrator("lambda.amazonaws.com")
    assert found(program(role(), inline(allow("lambda:UpdateFunctionCode", other)), *called(admin))) == []


RUNNING = [(path, one) for one in WORKLOADS for path in WORK if path.steps[0].on == one.what]
"""Paths that change what something of the program runs, with its type."""


@pytest.mark.parametrize(("path", "workload"), RUNNING, ids=lambda one: getattr(one, "id", ""))
@pytest.mark.parametrize("more", [True, False])
def test_work_with_a_role_is_found_by_its_exact_arn_if_the_role_has_more_rights(
    path: Path, workload: Workload, more: bool
):
    runs: list[Resource] = [resource(workload.type, "w", {workload.name: "f"}, **{workload.role[0][0]: "via0"})]
    for number, (_, type_) in enumerate(workload.role[:-1]):
        further = workload.role[number + 1][0]
        runs.append(resource(type_, f"via{number}", {}, **{further: f"via{number + 1}"}))
    rights = {"managedPolicyArns": [ADMINISTRATOR]} if more else {}
    target = resource(ROLE, f"via{len(workload.role) - 1}", {"name": "admin", **rights})
    kind = f"arn:*:{workload.arn.format('f')}"
    document = inline(*(allow(step.action, exact(step.action, kind)) for step in path.steps))
    findings = found(program(role(), document, *runs, target))
    assert [about for about, _ in findings] == (["subject"] if more else [])
    assert all("whose role admin may " in words for _, words in findings)


def assumable(*principals: str) -> Resource:
    return resource(
        ROLE, "admin", {"name": "admin", "managedPolicyArns": [ADMINISTRATOR], **trust({"AWS": list(principals)})}
    )


@pytest.mark.parametrize("principal", [f"{ROLES}/r", f"arn:aws:iam::{ACCOUNT}:root", "*"])
def test_an_administrators_role_that_the_role_may_assume_is_found(principal: str):
    ((about, words),) = found(program(role(), inline(allow("sts:AssumeRole", ADMIN)), assumable(principal)))
    assert about == "subject"
    assert words.startswith(
        "policy lets its identity widen its rights: sts-001 (sts:AssumeRole on role admin, which may "
    )


def test_a_role_whose_trust_policy_names_others_cannot_be_assumed():
    stack = program(role(), inline(allow("sts:AssumeRole", ADMIN)), assumable(f"{ROLES}/other"))
    assert found(stack) == []
    assert found(program(role(), inline(allow("sts:AssumeRole", ADMIN)), administrator("lambda.amazonaws.com"))) == []


def test_an_identity_that_a_trust_policy_takes_from_the_program_is_followed():
    def found_where_admin_trusts(name: str) -> list[tuple[str, str]]:
        urns = {one: f"urn:pulumi:prod::blog::{ROLE}::{one}" for one in ("r", "other", "elsewhere")}
        trusted = {"assumeRolePolicy": frozenset({urns[name]})}
        admin = replace(
            assumable(), props=Block({**assumable().props.values, **trust({"AWS": UNKNOWN})}), depends=trusted
        )
        roles = (replace(role(one), urn=urns[one]) for one in ("r", "other"))
        return found(program(*roles, inline(allow("sts:AssumeRole", ADMIN)), admin))

    ((about, words),) = found_where_admin_trusts("r")
    assert about == "subject"
    assert "(sts:AssumeRole on role admin, which may " in words
    assert found_where_admin_trusts("other") == []
    ((_, words),) = found_where_admin_trusts("elsewhere")
    assert words == "cannot decide: assumeRolePolicy is not known at preview in Statement[0].Principal.AWS"


def test_a_policy_whose_name_the_program_leaves_open_is_followed():
    stack = program(
        role(),
        resource(MANAGED, "a", policy(allow("iam:PassRole", "*"))),
        resource(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "x", {"policyArn": UNKNOWN}, role="r", policyArn="a"
        ),
        resource(INLINE, "b", policy(allow("ec2:RunInstances", "*")), role="r"),
    )
    assert [about for about, _ in found(stack)] == ["r"]


def test_a_chain_of_roles_to_an_administrators_is_found():
    middle = resource(ROLE, "m", {"name": "m", **trust({"AWS": f"{ROLES}/r"})})
    stack = program(
        role(),
        inline(allow("sts:AssumeRole", f"{ROLES}/m")),
        middle,
        inline(allow("sts:AssumeRole", ADMIN), name="further", role="m"),
        assumable(f"{ROLES}/m"),
    )
    found_ = dict(found(stack))
    assert "role m, which may assume role admin, which may " in found_["subject"]
    assert sorted(found_) == ["further", "subject"]


def test_a_role_that_its_document_is_built_of_is_itself_before_it_has_an_arn():
    unnamed = resource(ROLE, "r", trust({"Service": "lambda.amazonaws.com"}))
    document = policy({**allow("iam:PutRolePolicy"), "Resource": [UNKNOWN]})
    own = Resource(
        INLINE, "subject", Block(document), urn="p", depends={"role": frozenset({"r"}), "policy": frozenset({"r"})}
    )
    ((about, words),) = found(program(unnamed, own))
    assert about == "subject"
    assert "(iam:PutRolePolicy on arn:aws:iam::000000000000:role/r-0000000)" in words
    other = Resource(
        INLINE, "subject", Block(document), urn="p", depends={"role": frozenset({"r"}), "policy": frozenset({"o"})}
    )
    assert found(program(unnamed, resource(ROLE, "o", {}), other)) == []


def test_what_is_known_of_a_document_is_decided_before_what_is_not():
    stack = program(inline(allow("iam:PutRolePolicy", "*"), {**allow("s3:GetObject", "*"), "Action": UNKNOWN}))
    words = [message for _, message in found(stack)]
    assert words[0] == "policy lets its identity widen its rights: iam-005 (iam:PutRolePolicy on *)"
    assert [word for word in words[1:] if not word.startswith("cannot decide")] == []
    assert len(words) > 1


def test_who_deploys_is_named_and_left_alone():
    stack = program(inline(allow("iam:PutRolePolicy", "*"), name="deploy-compute"))
    assert iam_no_privilege_escalation.findings(stack, {"deployers": ["deploy-"]}) == []
    assert iam_no_privilege_escalation.findings(stack, {"deployers": ["other-"]})


def test_what_a_statement_allows_by_a_negation_or_a_wildcard_is_found():
    assert found(program(inline({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"})))
    assert found(program(inline({"Effect": "Allow", "Action": "iam:PutRolePolicy", "NotResource": f"{ROLES}/x"})))
    assert found(program(inline(allow("iam:PassRole", "*"), allow(["lambda:Create*", "lambda:InvokeFunction"], "*"))))


def test_a_finding_names_each_path_and_what_it_is_open_on():
    both = [f"{ROLES}/r", "arn:aws:iam::aws:policy/x"]
    stack = program(inline(allow(["iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"], both)))
    words = (
        "policy lets its identity widen its rights: "
        f"iam-005 (iam:PutRolePolicy on {ROLES}/r); iam-009 (iam:AttachRolePolicy on {ROLES}/r); "
        f"iam-012 (iam:UpdateAssumeRolePolicy on {ROLES}/r)"
    )
    assert found(stack) == [("subject", words)]
