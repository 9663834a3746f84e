"""Rights are judged as they are in effect: with what other documents deny, and within the permissions boundary.

Each known path of privilege escalation is given to a role on all resources, together with something that closes it:
then no rule finds anything that would stop the stack.
"""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from serverless_guard.enforcement import Enforcement
from serverless_guard.iam.examples import allow, policy
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from tests.policies.escalation_cases import ACCOUNT, INLINE, KNOWN, MANAGED, deny, inline, program, resource, role

ENFORCED = Enforcement(production=True)
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
HOUSE = {rule.id for rule in ENFORCED.rules if rule.house}
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/b"
NARROW = allow(["s3:GetObject", "logs:PutLogEvents"], "arn:aws:s3:::blog/*")
STAR = "iam-no-resource-star-on-scopable-action"


def mandatory(stack: Program) -> list[tuple[str, str]]:
    """List what would stop a production stack: the rule and the resource."""
    single = (one for each in stack.resources for one in ENFORCED.evaluate(each))
    found = [one for one in (*single, *ENFORCED.evaluate_program(stack)) if ENFORCED.is_mandatory(one)]
    return [(one.rule.id, one.label.rpartition("::")[2]) for one in found if one.rule.id not in HOUSE]


def boundary(*statements: object) -> Resource:
    return resource(MANAGED, "b", {"name": "b", **policy(*statements)})


def attached(name: str, *targets: str) -> Iterator[Resource]:
    for target in targets:
        yield resource(ATTACHMENT, f"{name}-{target}", {}, role=target, policyArn=name)


@cache
def denial() -> Resource:
    return resource(MANAGED, "d", policy(deny("*")))


LIMITS: dict[str, Callable[[str, list[str]], tuple[Resource, ...]]] = {
    "a policy that denies everything, attached": lambda name, _: (role(name), *attached("d", name)),
    "an inline policy that denies its actions": lambda name, actions: (
        role(name),
        inline(deny(actions), name=f"deny-{name}", role=name),
    ),
    "a boundary that allows other actions": lambda name, _: (role(name, permissionsBoundary=BOUNDARY),),
}
"""What closes a path, by the name of a role and the actions that are given to it."""


@pytest.mark.parametrize("limit", LIMITS)
def test_a_path_that_is_closed_elsewhere_gives_no_mandatory_finding(limit: str):
    resources = [boundary(NARROW), denial()]
    for name, actions in KNOWN.items():
        resources += [inline(allow(list(actions), "*"), name=f"policy-{name}", role=name)]
        resources += LIMITS[limit](name, list(actions))
    assert mandatory(program(*resources)) == []


def test_an_inline_policy_of_the_role_itself_denies_as_well():
    given = [{"name": "a", **policy(allow(list(actions), "*"))} for actions in KNOWN.values()]
    denied = {"name": "d", **policy(deny("*"))}
    roles = [role(f"r{number}", inlinePolicies=[one, denied]) for number, one in enumerate(given)]
    assert mandatory(program(*roles)) == []


def test_the_same_paths_are_found_without_what_closes_them():
    stack = program(
        *(one for name in KNOWN for one in (role(name), inline(allow(list(KNOWN[name]), "*"), name=name, role=name)))
    )
    assert {name for _, name in mandatory(stack)} == set(KNOWN)


ALL_ACTIONS = [allow("s3:PutObject", "*"), allow("*", "*"), {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]


@pytest.mark.parametrize("granted", ALL_ACTIONS)
def test_a_boundary_cuts_down_what_is_allowed_on_all_resources(granted: object):
    resources = inline(granted), boundary(allow("s3:PutObject", "arn:aws:s3:::blog/*"))
    assert STAR in dict(mandatory(program(role(), *resources)))
    assert STAR not in dict(mandatory(program(role(permissionsBoundary=BOUNDARY), *resources)))


def words(rule: str, stack: Program) -> list[str]:
    return [one.message for one in ENFORCED.evaluate_program(stack) if one.rule.id == rule]


def test_of_all_actions_those_are_named_that_a_boundary_allows_on_all_resources():
    stack = program(
        role(permissionsBoundary=BOUNDARY), inline(allow("*", "*")), boundary(allow("sqs:SendMessage", "*"))
    )
    (found,) = words("iam-no-unconstrained-write", stack)
    assert found.partition(";")[0] == (
        "policy.Statement[0] allows sqs:SendMessage (access level Write) on all resources without a condition"
    )


@pytest.mark.parametrize("bound", [UNKNOWN, "arn:aws:iam::210987654321:policy/elsewhere"])
def test_a_boundary_that_the_program_does_not_show_limits_nothing(bound: object):
    stack = program(role(permissionsBoundary=bound), inline(allow("s3:PutObject", "*")))
    assert (STAR, "subject") in mandatory(stack)


def test_a_policy_grants_what_any_of_the_identities_that_have_it_may_do_by_it():
    shared = resource(MANAGED, "p", policy(allow("s3:PutObject", "*")))
    bounded, free = role("one", permissionsBoundary=BOUNDARY), role("two")
    both = program(bounded, free, shared, *attached("p", "one", "two"), boundary(NARROW))
    assert (STAR, "p") in mandatory(both)
    assert mandatory(program(bounded, shared, *attached("p", "one"), boundary(NARROW))) == []


def test_a_denial_of_another_role_takes_nothing_away():
    stack = program(
        role(), role("other"), inline(allow("s3:PutObject", "*")), inline(deny("*"), name="d", role="other")
    )
    assert (STAR, "subject") in mandatory(stack)


@pytest.mark.parametrize("action", ["s3:*", "dynamodb:DeleteTable", "iam:PassRole", "s3:Put*", "kms:Decrypt"])
def test_a_policy_that_is_only_a_boundary_grants_nothing(action: str):
    limiting = boundary(allow(action, "*"))
    assert mandatory(program(role(permissionsBoundary=BOUNDARY), limiting)) == []
    assert "b" in {name for _, name in mandatory(program(role(), limiting))}


@pytest.mark.parametrize("operator", ["DateLessThan", "DateLessThanEquals"])
def test_a_time_that_has_passed_allows_nothing(operator: str):
    past = {operator: {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}
    assert mandatory(program(inline(allow(["iam:PassRole", "s3:PutObject"], "*", Condition=past)))) == []


@pytest.mark.parametrize(
    "condition",
    [
        {"DateLessThan": {"aws:CurrentTime": "2999-01-01T00:00:00Z"}},
        {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
        {"DateLessThanIfExists": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}},
        {"DateLessThan": {"aws:CurrentTime": ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"]}},
        {"DateLessThan": {"aws:CurrentTime": "tomorrow"}},
    ],
)
def test_a_time_that_may_come_limits_nothing(condition: dict[str, object]):
    stack = program(inline(allow("iam:PassRole", "*", Condition=condition)))
    assert ("iam-passrole-scoped", "subject") in mandatory(stack)


def test_a_name_that_is_not_known_stands_for_no_more_than_itself():
    statement = {**allow(["iam:PutRolePolicy", "dynamodb:GetItem"]), "Resource": [UNKNOWN]}
    assert mandatory(program(inline(statement))) == []
    stack = program(inline(allow("s3:PutObject", "*"), {**deny("s3:PutObject"), "Resource": [UNKNOWN]}))
    assert (STAR, "subject") in mandatory(stack)


def test_each_document_that_is_not_known_is_a_finding_of_its_own():
    stack = program(*(resource(INLINE, name, {"role": name, "policy": UNKNOWN}) for name in ("one", "two")))
    found = [one for one in ENFORCED.evaluate_program(stack) if one.rule.id == STAR]
    assert [(one.label.rpartition("::")[2], one.message, one.decided) for one in found] == [
        ("one", "cannot decide: policy is not known at preview", False),
        ("two", "cannot decide: policy is not known at preview", False),
    ]
