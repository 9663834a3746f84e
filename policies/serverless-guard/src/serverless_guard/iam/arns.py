"""ARNs of what documents and policies name, of which the last part alone is known before a first update."""

import re
from dataclasses import replace
from typing import Final, Literal

from serverless_guard.iam.document import Document, Principal, Statement
from serverless_guard.iam.unknown import UnknownName, is_partial, known_items
from serverless_guard.program import Program
from serverless_guard.record import Resource

Kind = Literal["role", "user", "group", "policy"]

ROLE, USER, GROUP, POLICY = (f"aws:iam/{one.lower()}:{one}" for one in ("Role", "User", "Group", "Policy"))
KINDS: Final[dict[str, Kind]] = {ROLE: "role", USER: "user", GROUP: "group", POLICY: "policy"}
NAMED: Final = {
    **{type_: f"arn:aws:iam::000000000000:{kind}/" for type_, kind in KINDS.items()},
    "aws:lambda/function:Function": "arn:aws:lambda:region:000000000000:function:",
}
"""Types whose ARNs documents are built of, with the beginnings of such ARNs."""

IDENTITIES: Final = tuple(NAMED[type_] for type_ in (ROLE, USER))
"""The beginnings of ARNs that may stand as a principal."""


def stand_in(resource: Resource) -> str:
    """Write an ARN for a resource that may have none yet, with zeros for its account and the end of its name."""
    kind, path = NAMED[resource.type], (resource.props.known_text("path") or "/").strip("/")
    name = resource.props.known_text("name") or f"{resource.name}-0000000"
    return f"{kind}{path}/{name}" if path else f"{kind}{name}"


def with_names(program: Program, resource: Resource, document: Document) -> Document:
    """Put the ARNs of what a document depends on in the place of names that are not known yet."""
    if not document.unknown:
        return document
    urns = resource.depends.get(re.split(r"[.\[]", document.where)[0], frozenset[str]())
    arns = tuple(arn for one in program.of(*NAMED) if one.urn in urns and (arn := stand_in(one)))
    return replace(document, statements=tuple(_named(one, arns) for one in document.statements))


def _named(statement: Statement, arns: tuple[str, ...]) -> Statement:
    known = tuple(one for one in statement.resources if not isinstance(one, UnknownName))
    resources = (*known, *arns) if arns and known != statement.resources else statement.resources
    return replace(statement, resources=resources, principals=_identities(statement.principals, arns))


def _identities(principals: tuple[Principal, ...], arns: tuple[str, ...]) -> tuple[Principal, ...]:
    """Put ARNs of roles and users in the place of identities that are not known yet, where there are any."""
    unknown = [one for one in known_items(principals) if one.kind == "AWS" and isinstance(one.value, UnknownName)]
    named = [Principal("AWS", arn) for arn in arns if arn.startswith(IDENTITIES)]
    if not unknown or not named or is_partial(principals):
        return principals
    return (*(one for one in principals if one not in unknown), *named)
