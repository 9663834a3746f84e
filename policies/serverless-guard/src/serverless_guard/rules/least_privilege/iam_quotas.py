"""Quotas of IAM that several resources use up together."""

from typing import Final

from serverless_guard.iam import policy_locations
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.identities import LINKS, Identities, Identity
from serverless_guard.program import Program
from serverless_guard.rules.rule import Example, Option, StackFindings, stack_rule

INLINE: Final = {"role": 10240, "user": 2048, "group": 5120}
"""Most characters of all inline policies of an identity, without whitespace. IAM User Guide, "IAM and AWS STS
quotas"."""
USER = "aws:iam/user:User"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
AWS_POLICY = "arn:aws:iam::aws:policy/p"


def _attached(count: int) -> tuple[Example, ...]:
    return tuple(
        Example({"role": "r", "policyArn": f"{AWS_POLICY}{number}"}, type=ATTACHMENT, name=f"a{number}")
        for number in range(count)
    )


def _inline(kind: str, *sizes: int) -> tuple[Example, ...]:
    """Write inline policies of an identity with their sizes in characters."""
    type_ = next(one for one in policy_locations.IDENTITY if f"/{kind}Policy:" in one)
    statements = (allow("dynamodb:GetItem") | {"Sid": "a" * (size - 158)} for size in sizes)
    return tuple(
        Example({kind: "i", **policy(one)}, type=type_, name=f"p{index}") for index, one in enumerate(statements)
    )


@stack_rule(
    "iam-identity-quotas",
    title="IAM identities are within the quotas of managed and inline policies",
    types=tuple(dict.fromkeys((policy_locations.ROLE, *policy_locations.IDENTITY, *(link.type for link in LINKS)))),
    category="least-privilege",
    severity="medium",
    env="same",
    fix="Merge policies, or have the quota raised and set the rule's option managedPolicies.",
    options={
        "managedPolicies": Option(
            10, "Managed policies that an identity may have: the account's quota.", least=1, most=25
        )
    },
    good=(
        Example({"name": "r"}, others=_attached(10)),
        Example({"name": "r"}, others=_attached(11), settings={"managedPolicies": 25}),
        Example({"name": "i"}, type=USER, others=_inline("user", 1024, 1024)),
        Example({"name": "i"}, type=USER, others=_inline("user", 2049)),
        Example({"name": "i", "managedPolicyArns": [ADMINISTRATOR]}, others=_inline("role", 10240)),
        Example(
            {"name": "r"},
            others=(
                *_attached(1),
                *(Example(one.props, type=one.type, name=one.name) for one in _inline("role", 9000)),
                Example({"role": "i", "policyArn": "arn:aws:iam::aws:policy/SecurityAudit"}, type=ATTACHMENT, name="s"),
                Example({"role": "i"}, type=ATTACHMENT, name="b", depends={"policyArn": ("m",)}),
                Example(_inline("role", 6000)[0].props, type="aws:iam/policy:Policy", name="m"),
            ),
        ),
    ),
    bad=(
        Example(
            {"role": "r", **policy(allow("dynamodb:GetItem"))},
            type=policy_locations.IDENTITY[0],
            others=_attached(11),
            finds=("role r has 11 managed policies, more than the quota of 10",),
        ),
        Example(
            {"name": "r"},
            others=_attached(11),
            finds=("role r has 11 managed policies, more than the quota of 10",),
        ),
        Example(
            {"name": "r", "managedPolicyArns": [f"{AWS_POLICY}-own"]},
            others=_attached(10),
            finds=("role r has 11 managed policies, more than the quota of 10",),
        ),
        *(
            Example(
                {"name": "i"},
                type=f"aws:iam/{kind}:{kind.title()}",
                others=_inline(kind, limit - 1000, 1001),
                finds=(
                    (
                        f"the inline policies of {kind} i have {limit + 1} characters, "
                        f"more than the {limit} that IAM takes"
                    ),
                ),
            )
            for kind, limit in (("role", 10240), ("user", 2048), ("group", 5120))
        ),
    ),
    unknown_passes_because="AWS refuses at the update what exceeds a quota.",
)
def iam_identity_quotas(stack: Program) -> StackFindings:
    """What several resources attach to an identity is within IAM's quotas together.

    The quota of managed policies is 10 and can be raised, the one of characters of inline policies cannot. Source: IAM
    User Guide, "IAM and AWS STS quotas". A single document is judged by `iam-document-wellformed`.
    """
    most = stack.settings["managedPolicies"]
    for one in stack.derived(Identities).all:
        about = one.resource or next((part.owner for part in one.parts), None)
        if len(one.attached) > most:
            yield about, f"{one.label} has {len(one.attached)} managed policies, more than the quota of {most}"
        size = _inline_size(one)
        if size > (limit := INLINE.get(one.kind, size)):
            words = f"have {size} characters, more than the {limit} that IAM takes"
            yield about, f"the inline policies of {one.label} {words}"


def _inline_size(identity: Identity) -> int:
    """Give the characters of an identity's inline policies, zero where a single resource holds them all."""
    inline = [part for part in identity.parts if part.policy is None and not part.managed]
    return sum(part.document.size for part in inline) if len({part.owner.urn for part in inline}) > 1 else 0
