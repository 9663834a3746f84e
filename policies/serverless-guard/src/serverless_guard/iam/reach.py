"""What the identities of a program can reach: each other's rights, and what runs with a role."""

from functools import cached_property

from serverless_guard.iam.gains import gain
from serverless_guard.iam.identities import Identities, Identity
from serverless_guard.iam.rights import Rights
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

    @cached_property
    def workloads(self) -> Running:
        """What runs with a role."""
        return Running(self.program, self.identities)
