"""What an identity can make use of: its grants for one request, by the resources that they are about.

The evaluator takes denials and permissions boundaries away and leaves conditions as constraints. Here they are compared
with the request in question: one that names a parameter of it (`iam:PassedToService`, `iam:PolicyARN`) with its value;
of the others, those that limit what the identity can do take the grant out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from serverless_guard.iam.conditions import limits_identity
from serverless_guard.iam.document import Condition, Document
from serverless_guard.iam.evaluator import Access, Grant
from serverless_guard.iam.pattern import covers, is_literal, overlap

NOTHING: Mapping[str, str] = {}
WHOLE = 6
"""Parts of an ARN."""


def meets(one: str, other: str) -> bool:
    """Tell whether some ARN matches both of two patterns; in full ARNs a wildcard stays within its part.

    Source: IAM User Guide, "IAM JSON policy elements: Resource", "Using wildcards in resource ARNs".
    """
    parts, others = one.split(":", 5), other.split(":", 5)
    if len(parts) < WHOLE or len(others) < WHOLE:
        return overlap(one, other)
    return all(map(overlap, parts, others))


@dataclass(frozen=True, slots=True)
class Right:
    """Resources on which an action is allowed.

    Attributes:
        pattern: A pattern of their ARNs.
        but: Patterns of those on which it is not.
    """

    pattern: str
    but: tuple[str, ...] = ()

    def reaches(self, resource: str) -> bool:
        """Tell whether it is a right to some resource that another pattern stands for."""
        return meets(self.pattern, resource) and not covers(self.but, resource)

    def includes(self, resource: str) -> bool:
        """Tell whether it is a right to every resource that another pattern stands for."""
        return covers((self.pattern,), resource) and not any(meets(one, resource) for one in self.but)

    def within(self, other: "Right") -> "Right | None":
        """Give what two rights have in common, as narrow as one pattern can say it; None for nothing."""
        if not meets(self.pattern, other.pattern):
            return None
        narrow = other.pattern if covers((self.pattern,), other.pattern) else self.pattern
        but = (*self.but, *other.but)
        return None if covers(but, narrow) else Right(narrow, but)


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of an identity.

    Attributes:
        access: What its documents allow, within its permissions boundary.
    """

    access: Access
    _known: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[Right, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @classmethod
    def of(
        cls,
        documents: Iterable[Document],
        *,
        denying: Iterable[Document] = (),
        boundary: Iterable[Document] | None = None,
    ) -> "Rights":
        """Read documents.

        Args:
            documents: What the identity has.
            denying: Documents of which only the denials count.
            boundary: What limits it.
        """
        own = tuple(documents)
        denials = (_denials(one) for one in denying if one not in own)
        return cls(Access.of((*own, *(one for one in denials if one.statements)), boundary))

    @property
    def services(self) -> frozenset[str] | None:
        """The services that may be allowed, in lower case; None where a pattern leaves that open."""
        statements = [one for document in self.access.documents for one in document.allows()]
        if any(one.not_actions for one in statements):
            return None
        found = {pattern.partition(":")[0].lower() for one in statements for pattern in one.actions}
        return frozenset(found) if all(map(is_literal, found)) else None

    def on(self, action: str, request: Mapping[str, str] = NOTHING) -> tuple[Right, ...]:
        """List the resources on which an action is allowed.

        Args:
            action: The action in full.
            request: Condition keys, in lower case, with the value that the request in question has, or a pattern of it.
        """
        key = (action.lower(), tuple(request.items()))
        if key not in self._known:
            grants = (one for one in self.access.grants(action) if _is_open(one, request))
            self._known[key] = tuple(dict.fromkeys(Right(one.resource, one.excepted) for one in grants))
        return self._known[key]

    def may(self, action: str, resource: str) -> bool:
        """Tell whether an action is allowed on every resource that a pattern stands for."""
        return any(one.includes(resource) for one in self.on(action))


def _denials(document: Document) -> Document:
    return replace(document, statements=tuple(one for one in document.statements if not one.allows))


def _is_open(grant: Grant, request: Mapping[str, str]) -> bool:
    """Tell whether the identity can send the request in question so that all constraints of a grant hold."""
    return all(any(one is None or _can_hold(one, request) for one in clause) for clause in grant.clauses)


def _can_hold(condition: Condition, request: Mapping[str, str]) -> bool:
    value = request.get(condition.key.lower())
    if value is not None and condition.comparison != "null":
        return any(overlap(one, value) for one in condition.values) != condition.negated
    return not limits_identity(condition)
