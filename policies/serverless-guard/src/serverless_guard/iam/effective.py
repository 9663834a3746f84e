"""What the documents of identities grant in effect, wherever in the program they stand and however they are attached.

A document grants what its statements allow, less what any document of the same identity denies and within the
identity's permissions boundary. One that several identities have grants what it grants to any of them. A boundary that
the program does not show limits nothing, and a policy that only serves as a boundary grants nothing.

Source: IAM User Guide, "Policy evaluation for requests within a single account", "Permissions boundaries for IAM
entities".
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from serverless_guard.iam.actions import UNSCOPABLE, Action, covers_all, expand
from serverless_guard.iam.conditions import limits_identity, never_holds
from serverless_guard.iam.document import Document, Statement
from serverless_guard.iam.evaluator import EVERYTHING, Grant
from serverless_guard.iam.identities import Identities, Identity
from serverless_guard.iam.pattern import matches_everything
from serverless_guard.iam.rights import Rights
from serverless_guard.iam.wildcards import is_every_action
from serverless_guard.program import Program
from serverless_guard.record import Resource, UndecidedError


@dataclass(slots=True)
class EffectiveDocument:
    """A document with the identities that have it.

    Attributes:
        owner: The resource that holds it.
        document: The document.
        identities: The identities.
    """

    owner: Resource
    document: Document
    identities: list[Identity] = field(default_factory=list[Identity])
    _rights: list[Rights] = field(default_factory=list[Rights], init=False, repr=False)
    _by_statement: list[tuple[Statement, list[Rights]]] = field(default_factory=list, init=False, repr=False)

    def belongs_to(self, names: tuple[str, ...]) -> bool:
        """Tell whether the name of its resource, or of each identity that has it, begins with one of some names."""
        resources = [one.resource for one in self.identities]
        return self.owner.name.startswith(names) or all(one and one.name.startswith(names) for one in resources)

    def rights(self) -> list[Rights]:
        """Give what each identity may do by it."""
        self._rights = self._rights or _distinct(self.identities, self.document)
        return self._rights

    def remaining(self, statement: Statement, action: str) -> Iterator[Grant]:
        """Yield what an action, or an action pattern, of one of its statements grants to some identity."""
        for rights in self.rights():
            yield from rights.access.remaining(statement, action)

    def by_statement(self) -> list[tuple[Statement, list[Rights]]]:
        """List the statements that allow, with what each identity may do by each alone, whatever its own conditions."""
        self._by_statement = self._by_statement or [(one, self._rights_by(one)) for one in self.document.allows()]
        return self._by_statement

    def unscoped(self) -> Iterator[tuple[Statement, Action]]:
        """Yield what statements allow on all resources although AWS can limit it to some.

        Left out are actions that know no resource, and those of `UNSCOPABLE`.
        """
        for statement in self.document.allows():
            if statement.names_each_resource or any(map(limits_identity, statement.conditions)):
                continue
            for action in self._named_actions(statement):
                if not action.resource_types or action.full_name.lower() in UNSCOPABLE:
                    continue
                left = self.remaining(statement, action.full_name)
                if any(covers_all(action, one.resource) and not one.limited_for_identity() for one in left):
                    yield statement, action

    def unlimited(self) -> Iterator[Statement]:
        """Yield the statements that allow every action on all resources with no condition that limits it."""
        for statement in self.document.allows():
            if statement.everywhere and any(
                is_every_action(one.action) and matches_everything(one.resource) and not one.limited_for_identity()
                for pattern in statement.actions or EVERYTHING
                if is_every_action(pattern)
                for one in self.remaining(statement, pattern)
            ):
                yield statement

    def _rights_by(self, statement: Statement) -> list[Rights]:
        kept = tuple(one for one in statement.conditions if never_holds(one))
        alone = replace(self.document, statements=(replace(statement, conditions=kept),))
        return _distinct(self.identities, alone)

    def _named_actions(self, statement: Statement) -> Iterator[Action]:
        """Yield the actions that a statement allows by name; of all actions those that a boundary names."""
        patterns = dict.fromkeys(
            left.action
            for pattern in statement.actions or EVERYTHING
            for left in (self.remaining(statement, pattern) if is_every_action(pattern) else ())
        )
        for pattern in (*statement.actions, *(one for one in patterns if one not in statement.actions)):
            yield from (action for action in expand(pattern) if statement.grants(action.full_name))


def _distinct(identities: list[Identity], document: Document) -> list[Rights]:
    return list(dict.fromkeys(one.rights_by(document) for one in identities))


class EffectiveDocuments:
    """All documents of the identities of a program, each with the identities that have it."""

    def __init__(self, program: Program) -> None:
        self._identities = program.derived(Identities)
        found: dict[tuple[str, str], EffectiveDocument] = {}
        for identity in self._identities.all:
            for part in identity.every_part():
                if not part.managed:
                    one = found.setdefault(
                        (part.owner.urn, part.document.where), EffectiveDocument(part.owner, part.document)
                    )
                    one.identities.append(identity)
        self._found = tuple(found.values())
        self._by_urn: defaultdict[str, list[EffectiveDocument]] = defaultdict(list)
        for one in self._found:
            for urn in dict.fromkeys(each.resource.urn for each in one.identities if each.resource):
                self._by_urn[urn].append(one)

    def __iter__(self) -> Iterator[EffectiveDocument]:
        return iter(self._found)

    def of(self, resource: Resource) -> list[EffectiveDocument]:
        """List the documents of the identity that a resource declares."""
        return self._by_urn.get(resource.urn, [])

    def unread(self) -> Iterator[tuple[Resource | None, UndecidedError]]:
        """Yield the resources with documents that are not known at preview, each with what is unknown of it."""
        return self._identities.unread()
