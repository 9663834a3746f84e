"""Privilege escalation that several policies of an identity open together."""

from serverless_guard.iam import policy_locations
from serverless_guard.iam.escalation import Escalations, describe
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.identities import LINKS
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN
from serverless_guard.rules.least_privilege.deployers import DEPLOYERS, deploys
from serverless_guard.rules.rule import Example, StackFindings, stack_rule

INLINE, ATTACHMENT = "aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
MANAGED = "aws:iam/policy:Policy"
ALL = "*"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def _inline(props: dict[str, object], name: str = "p") -> Example:
    return Example(props, type=INLINE, name=name, depends={"role": ("subject",)})


@stack_rule(
    "iam-role-no-privilege-escalation",
    title="IAM identities do not allow privilege escalation through a combination of policies",
    types=tuple(dict.fromkeys((policy_locations.ROLE, *policy_locations.IDENTITY, *(link.type for link in LINKS)))),
    category="least-privilege",
    severity="critical",
    env="same",
    fix="Take one action of the path out of one of the identity's policies.",
    options={"deployers": DEPLOYERS},
    good=(
        Example({}, others=(_inline(policy(allow("iam:PassRole", ALL))),)),
        Example(
            {},
            others=(
                _inline(policy(EVERYTHING)),
                _inline(policy(EVERYTHING | {"Effect": "Deny"}), "d"),
            ),
        ),
    ),
    bad=(
        Example(
            {},
            others=(
                _inline(policy(allow("iam:PassRole", ALL))),
                _inline(policy(allow(["lambda:CreateFunction", "lambda:InvokeFunction"], ALL)), "c"),
            ),
            finds=(
                (
                    "its policies together let role subject widen its rights: "
                    "lambda-001 (iam:PassRole, lambda:CreateFunction, lambda:InvokeFunction on *)"
                ),
            ),
        ),
        Example(
            {},
            others=(
                Example({"role": "r", **policy(allow("iam:PassRole", ALL))}, type=INLINE, name="p"),
                Example({"role": "r", **policy(allow("ec2:RunInstances", ALL))}, type=INLINE, name="c"),
            ),
            finds=(
                (
                    "p",
                    "its policies together let role r widen its rights: ec2-001 (iam:PassRole, ec2:RunInstances on *)",
                ),
            ),
        ),
        Example(
            {},
            others=(_inline({"policy": UNKNOWN}),),
            finds=(("p", "cannot decide: policy is not known at preview"),),
        ),
        Example(
            {"inlinePolicies": [policy(allow("states:UpdateStateMachine", ALL))]},
            finds=(
                (
                    "its policies together let role subject widen its rights: stepfunctions-002 "
                    "(states:UpdateStateMachine, states:StartExecution on *)"
                ),
            ),
            others=(
                Example({}, type=ATTACHMENT, name="a", depends={"role": ("subject",), "policyArn": ("p",)}),
                Example(policy(allow("states:StartExecution", ALL)), type=MANAGED, name="p"),
            ),
        ),
    ),
)
def iam_role_no_privilege_escalation(stack: Program) -> StackFindings:
    """No identity can widen its rights by what several documents give it together, however they are attached."""
    escalations = stack.derived(Escalations)
    for identity, paths in escalations.by_identity():
        owners = [part.owner for part in identity.parts]
        if not deploys(stack, identity.resource, *owners):
            yield (
                identity.resource or owners[0],
                f"its policies together let {identity.label} widen its rights: {describe(paths)}",
            )
    yield from escalations.identities.unread()
