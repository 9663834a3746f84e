"""What the identities of a program can reach: each other's rights, and what runs with a role."""

from functools import cached_property

from serverless_guard.iam.gains import gain
from serverless_guard.iam.identities import Identities, Identity
from serverless_guard.iam.rights import Rights
from serverless_guard.iam.trust import admits_identity
from serverless_guard.iam.workloads import Running
from serverless_guard.program import Program


class Reach:
    """The identities of a program with their rights, and what runs with a role.

    Attributes:
        program: The program.
        identities: Its identities.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.identities = program.derived(Identities)
        self._rights: dict[int, Rights] = {}

    def rights(self, identity: Identity) -> Rights:
        """Give all that an identity may do."""
        if id(identity) not in self._rights:
            self._rights[id(identity)] = identity.rights()
        return self._rights[id(identity)]

    def gain(self, identity: Identity, other: Identity, *, privileged: bool) -> str:
        """Give something that another identity may do and this one may not, empty for nothing."""
        return gain(other, self.rights(other), self.rights(identity), privileged=privileged)

    def privilege(self, identity: Identity, other: Identity, seen: tuple[Identity, ...] = ()) -> str:
        """Give the privileges that an identity gets by assuming a role, and from there further ones; empty for none."""
        if found := self.gain(identity, other, privileged=True):
            return f"{other.label}, which may {found}"
        for right in self.rights(other).on("sts:AssumeRole"):
            for third in self.identities.matching("role", right):
                if third in (identity, other, *seen) or not admits_identity(third, other):
                    continue
                if found := self.privilege(identity, third, (*seen, other)):
                    return f"{other.label}, which may assume {found}"
        return ""

    @cached_property
    def workloads(self) -> Running:
        """What runs with a role."""
        return Running(self.program, self.identities)
