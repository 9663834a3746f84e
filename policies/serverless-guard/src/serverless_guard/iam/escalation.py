"""Privilege escalation as reachability: what identities can make of their rights.

An identity escalates when it can change its own rights, act as an identity that may do what it may not, or run work
with such an identity's role. Denials, permissions boundaries, trust policies and what the target may do count. The
known paths are in `escalation_paths`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from serverless_guard.iam.escalation_paths import PATHS, Path
from serverless_guard.iam.identities import Identity, Part
from serverless_guard.iam.path_check import PathCheck
from serverless_guard.iam.reach import Reach
from serverless_guard.iam.rights import Rights
from serverless_guard.program import Program

BOUNDARIES: Final = frozenset({"iam-022", "iam-023", "aws-iam-role-boundary", "aws-iam-user-boundary"})
"""Paths that take a permissions boundary away, which gives nothing to who has none."""
IN_FULL: Final = 3
"""Paths that a finding names with their actions."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """A path that is open to an identity.

    Attributes:
        path: The path.
        on: What it leads over or to: a pattern of ARNs, or a role with what it may do.
    """

    path: Path
    on: str

    @property
    def words(self) -> str:
        """The path with its actions and what they act on."""
        return f"{self.path.id} ({', '.join(self.path.actions)} on {self.on})"


class Escalations:
    """The paths that are open to the identities of a program.

    Attributes:
        identities: The identities.
    """

    def __init__(self, program: Program) -> None:
        self._reach = program.derived(Reach)
        self.identities = self._reach.identities
        self._of_parts: dict[tuple[int, int], list[Escalation]] = {}

    def by_document(self) -> Iterator[tuple[Identity, Part, list[Escalation]]]:
        """Yield the documents that open paths by themselves, with an identity that has each."""
        for identity in self.identities.all:
            for part in identity.every_part():
                if not part.managed and (found := self._of_part(identity, part)):
                    yield identity, part, found

    def by_identity(self) -> Iterator[tuple[Identity, list[Escalation]]]:
        """Yield the identities to which paths are open that take several documents, with those."""
        for identity in self.identities.all:
            parts = identity.every_part()
            if len(parts) < 2:  # noqa: PLR2004  a single document is judged by itself
                continue
            alone = {one.path.id for part in parts for one in self._of_part(identity, part)}
            found = [one for one in self._open(identity, self._reach.rights(identity)) if one.path.id not in alone]
            if found := smallest(found, alone):
                yield identity, found

    def _of_part(self, identity: Identity, part: Part) -> list[Escalation]:
        """List the paths that a document opens by itself, less what the other documents deny."""
        key = id(identity), id(part)
        if key not in self._of_parts:
            self._of_parts[key] = smallest(list(self._open(identity, identity.rights_by(part.document))), set())
        return self._of_parts[key]

    def _open(self, identity: Identity, rights: Rights) -> Iterator[Escalation]:
        """Yield the paths that some rights of an identity open."""
        services = rights.services
        for path in PATHS:
            if services is not None and not path.services <= services:
                continue
            if path.id in BOUNDARIES and identity.resource and identity.kind == "role" and not identity.bounded:
                continue
            if on := PathCheck(self._reach, identity, rights, path).find():
                yield Escalation(path, on)


def smallest(found: list[Escalation], known: set[str]) -> list[Escalation]:
    """Leave out paths whose actions include all of another path that is open too."""
    open_ = [frozenset(one.path.actions) for one in found]
    open_ += [frozenset(path.actions) for path in PATHS if path.id in known]
    return [one for one in found if not any(other < frozenset(one.path.actions) for other in open_)]


def describe(found: list[Escalation]) -> str:
    """Name paths for a finding: some in full, of the others the ids and what they lead over."""
    words = [one.words for one in found[:IN_FULL]]
    others: dict[str, list[str]] = {}
    for one in found[IN_FULL:]:
        others.setdefault(one.on, []).append(one.path.id)
    return "; ".join([*words, *(f"{', '.join(ids)} (on {on})" for on, ids in others.items())])
