"""A reason for which AWS refuses a policy document, and what kinds of documents there are."""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

Family = Literal["identity", "trust", "resource", "scp", "rcp"]
"""What a document says: what an identity may do, who assumes a role, who uses a resource, or what an organization
limits for principals (service control policy) and for resources (resource control policy)."""

Element = Literal["document", "action", "resource", "condition"]

PAGE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
"""IAM User Guide, "IAM policy validation check reference": the checks by their issue codes."""


class Problem(NamedTuple):
    """One reason.

    Attributes:
        check: The check's issue code on AWS's page, for example `INVALID_ACTION`; a code that the page does not have is
            in lower case and says which other AWS page it rests on.
        where: The place, for example `policy.Statement[0].Action`.
        message: What is wrong, with the value.
        element: What it is about.
    """

    check: str
    where: str
    message: str
    element: Element = "document"

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document.

    Attributes:
        family: What it says.
        services: Prefixes of the services that its actions and resources belong to; empty where any may.
        limit: Most characters; 0 where AWS documents none.
        whitespace: Whether whitespace counts.
        needs_resource: Whether each statement must have a Resource.
        shorter_arns: Whether an ARN may end early, in a wildcard that stands for all of its further fields.
    """

    family: Family
    services: frozenset[str] = frozenset()
    limit: int = 0
    whitespace: bool = False
    needs_resource: bool = True
    shorter_arns: bool = False
