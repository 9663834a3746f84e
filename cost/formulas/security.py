"""KMS, Secrets Manager, Parameter Store and Cognito.

Sources: https://aws.amazon.com/kms/pricing/, https://aws.amazon.com/secrets-manager/pricing/,
https://aws.amazon.com/systems-manager/pricing/, https://aws.amazon.com/cognito/pricing/.
"""

from collections.abc import Iterator

from cost.charges import Charge, Formula, each
from cost.resources import Resource, Stack
from cost.usage import Usage

PAID_ROTATIONS = 2
"""Each of a key's first two rotations adds a key's price; later ones add nothing."""


def _key(one: Resource, usage: Usage, _stack: Stack) -> Iterator[Charge]:
    rotations = min(PAID_ROTATIONS, usage["key.rotations"]) if one.inputs.get("enableKeyRotation") is True else 0
    symmetric = str(one.inputs.get("customerMasterKeySpec", "SYMMETRIC_DEFAULT")) == "SYMMETRIC_DEFAULT"
    yield Charge("kms.key", 1 + rotations)
    yield Charge("kms.request" if symmetric else "kms.asymmetric-request", usage["key.requests"])


def _secret(one: Resource, usage: Usage, _stack: Stack) -> Iterator[Charge]:
    yield Charge("secret.month", 1 + len(one.items("replicas")))
    yield Charge("secret.request", usage["secret.requests"])


def _parameter(one: Resource, _usage: Usage, _stack: Stack) -> Iterator[Charge]:
    yield Charge("ssm.advanced-parameter", 1 if one.inputs.get("tier") == "Advanced" else 0)


def _users(one: Resource, usage: Usage, _stack: Stack) -> Iterator[Charge]:
    tier = str(one.inputs.get("userPoolTier", "ESSENTIALS")).lower()
    yield Charge(f"cognito.active-user.{tier}", usage["users.active"])


FORMULAS: dict[str, tuple[Formula, ...]] = {
    "aws:kms/key:Key": (_key,),
    "aws:kms/replicaKey:ReplicaKey": (each("kms.key"), each("kms.request", "key.requests")),
    "aws:secretsmanager/secret:Secret": (_secret,),
    "aws:ssm/parameter:Parameter": (_parameter,),
    "aws:cognito/userPool:UserPool": (_users,),
}
