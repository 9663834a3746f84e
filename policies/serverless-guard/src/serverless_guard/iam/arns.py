"""ARNs of what documents and policies name, of which the last part alone is known before a first update."""

from dataclasses import replace
from typing import Final, Literal

from serverless_guard.iam.document import Document, Statement
from serverless_guard.iam.unknown import UnknownName
from serverless_guard.program import Program
from serverless_guard.record import Resource

Kind = Literal["role", "user", "group", "policy"]

ROLE, USER, GROUP, POLICY = (f"aws:iam/{one.lower()}:{one}" for one in ("Role", "User", "Group", "Policy"))
KINDS: Final[dict[str, Kind]] = {ROLE: "role", USER: "user", GROUP: "group", POLICY: "policy"}
DOCUMENTS: Final = ("policy", "inlinePolicy", "inlinePolicies")
"""Properties that hold documents of identities."""
NAMED: Final = {
    **{type_: f"arn:aws:iam::000000000000:{kind}/" for type_, kind in KINDS.items()},
    "aws:lambda/function:Function": "arn:aws:lambda:region:000000000000:function:",
}
"""Types whose ARNs documents are built of, with the beginnings of such ARNs."""


def stand_in(resource: Resource) -> str:
    """Write an ARN for a resource that may have none yet, with zeros for its account and the end of its name."""
    kind, path = NAMED[resource.type], (resource.props.known_text("path") or "/").strip("/")
    name = resource.props.known_text("name") or f"{resource.name}-0000000"
    return f"{kind}{path}/{name}" if path else f"{kind}{name}"


def with_names(program: Program, resource: Resource, document: Document) -> Document:
    """Put the ARNs of what a document depends on in the place of names that are not known yet."""
    if not document.unknown:
        return document
    urns = frozenset[str]().union(*(resource.depends.get(path, ()) for path in DOCUMENTS))
    arns = tuple(arn for one in program.of(*NAMED) if one.urn in urns and (arn := stand_in(one)))
    return replace(document, statements=tuple(_named(one, arns) for one in document.statements))


def _named(statement: Statement, arns: tuple[str, ...]) -> Statement:
    known = tuple(one for one in statement.resources if not isinstance(one, UnknownName))
    return replace(statement, resources=(*known, *arns)) if arns and known != statement.resources else statement
