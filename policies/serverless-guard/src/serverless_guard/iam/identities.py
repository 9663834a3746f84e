"""The identities of a program with all that gives or limits their rights, by whichever way it is attached.

Ways of attaching, of pulumi_aws 7: inlinePolicies and managedPolicyArns of a Role; RolePolicy, UserPolicy, GroupPolicy;
Role-, User- and GroupPolicyAttachment; their `AttachmentsExclusive`; PolicyAttachment; memberships of groups;
permissionsBoundary of a Role or User. An identity that only its policies name counts as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from serverless_guard.iam import managed_policies, policy_locations
from serverless_guard.iam.arns import GROUP, KINDS, NAMED, POLICY, ROLE, USER, Kind, stand_in, with_names
from serverless_guard.iam.document import Document
from serverless_guard.iam.pattern import is_literal
from serverless_guard.iam.rights import Right, Rights
from serverless_guard.program import Program
from serverless_guard.record import Resource, UndecidedError, strings


@dataclass(frozen=True, slots=True)
class Link:
    """A resource type that ties documents or policies to identities.

    Attributes:
        type: The resource type.
        by: The property that names the identities.
        kind: The type of the identities.
        policies: The property that names managed policies; empty where the resource itself holds the document.
    """

    type: str
    by: str
    kind: str
    policies: str = ""


def _links() -> Iterator[Link]:
    for kind, word in ((ROLE, "role"), (USER, "user"), (GROUP, "group")):
        name = word.title()
        yield Link(f"aws:iam/{word}Policy:{name}Policy", word, kind)
        yield Link(f"aws:iam/{word}PolicyAttachment:{name}PolicyAttachment", word, kind, "policyArn")
        exclusive = "PolicyAttachmentsExclusive"
        yield Link(f"aws:iam/{word}{exclusive}:{name}{exclusive}", f"{word}Name", kind, "policyArns")
        yield Link("aws:iam/policyAttachment:PolicyAttachment", f"{word}s", kind, "policyArn")


LINKS: Final = tuple(_links())
MEMBERSHIPS: Final = (
    ("aws:iam/groupMembership:GroupMembership", "users", "group"),
    ("aws:iam/userGroupMembership:UserGroupMembership", "user", "groups"),
)
"""Types that put users into groups, with the properties that name the users and the groups."""


@dataclass(frozen=True, slots=True)
class Part:
    """One document of an identity.

    Attributes:
        owner: The resource that holds it; for an AWS managed policy the one that attaches it.
        document: The document.
        policy: The managed policy of the program that it is, None for an inline one.
        managed: Whether it is an AWS managed policy.
    """

    owner: Resource
    document: Document
    policy: Resource | None = None
    managed: bool = False


@dataclass(slots=True)
class Identity:
    """A role, user or group, or a policy that nothing in the program attaches.

    Attributes:
        kind: What it is.
        name: Its name in IAM, empty where the program does not fix one.
        resource: Its resource, None where only its policies name it.
        parts: Its documents.
        broad: Names of AWS managed policies that it has and whose content is not known here.
        attached: Its managed policies, by URN or by ARN.
        groups: The groups that it is in.
        boundary: The documents of its permissions boundary, None without one or with one that is not known.
        bounded: Whether it has a permissions boundary.
        trust: Who may assume it, None where it is no role or not known.
    """

    kind: Kind
    name: str
    resource: Resource | None
    parts: list[Part] = field(default_factory=list[Part])
    broad: list[str] = field(default_factory=list[str])
    attached: set[str] = field(default_factory=set[str])
    groups: "list[Identity]" = field(default_factory=list)
    boundary: tuple[Document, ...] | None = None
    bounded: bool = False
    trust: Document | None = None
    _denying: list[Document] | None = field(default=None, init=False, repr=False)

    @property
    def arn(self) -> str:
        """A pattern of its ARN, which only it matches; empty where it has no name that is known."""
        if self.resource is None:
            return f"arn:*:iam::*:{self.kind}/*{self.name}" if self.name else ""
        if self.resource.type not in NAMED:
            return ""
        own = stand_in(self.resource).rpartition(":")[2]
        return f"arn:*:iam::*:{own if self.name else own.replace('-0000000', '-???????')}"

    @property
    def label(self) -> str:
        """What findings call it."""
        return f"{self.kind} {self.name or (self.resource.name if self.resource else '')}"

    def every_part(self) -> list[Part]:
        """List its documents and those of its groups."""
        return [*self.parts, *(part for group in self.groups for part in group.parts)]

    def rights(self) -> Rights:
        """Give what it may do, by all of its documents."""
        return Rights.of((part.document for part in self.every_part()), boundary=self.boundary)

    def rights_by(self, document: Document) -> Rights:
        """Give what one document lets it do, less what its other documents deny and within its boundary."""
        if self._denying is None:
            documents = (part.document for part in self.every_part())
            self._denying = [one for one in documents if not all(each.allows for each in one.statements)]
        return Rights.of([document], denying=self._denying, boundary=self.boundary)


class Identities:
    """All identities of a program.

    Attributes:
        all: The identities, those with a resource first.
        undecided: Why documents could not be read that are not known at preview.
    """

    def __init__(self, program: Program) -> None:
        self.all: list[Identity] = []
        self.undecided: list[UndecidedError] = []
        self._program = program
        self._by_urn: dict[str, Identity] = {}
        self._by_name: dict[tuple[str, str], Identity] = {}
        self._policies = {name: one for one in program.of(POLICY) if (name := one.props.known_text("name"))}
        self._attached: set[str] = set()
        for resource in program.of(ROLE, USER, GROUP):
            self._declare(resource)
        for link in LINKS:
            for resource in program.of(link.type):
                self._attach(link, resource)
        self._join_groups()
        for policy in program.of(POLICY):
            if policy.urn not in self._attached:
                alone = Identity("policy", policy.props.known_text("name") or "", policy)
                alone.parts = [Part(policy, one, policy) for one in self._documents(policy)]
                self.all.append(alone)
        for policy in program.of(policy_locations.PERMISSION_SET):
            parts = [Part(policy, one) for one in self._documents(policy)]
            self.all.append(Identity("policy", "", policy, parts))

    def of(self, resource: Resource) -> Identity | None:
        """Give the identity that a resource declares."""
        return self._by_urn.get(resource.urn)

    def unread(self) -> Iterator[tuple[Resource | None, UndecidedError]]:
        """Yield the resources with documents that are not known at preview, each with what is unknown of it."""
        resources = {one.urn: one for one in self._program.resources}
        for error in {(one.owner, one.path): one for one in self.undecided}.values():
            yield resources.get(error.owner), error

    def named(self, source: Resource, path: str, kind: str) -> list[Identity]:
        """Give the identities of a type that a property names: by reference, by name or by ARN."""
        urns = [one.urn for one in self._program.referred(source, path, kind)]
        found = [self._by_urn[urn] for urn in urns if urn in self._by_urn]
        names = (text.rpartition("/")[2] for text in source.props.known_texts(path))
        found.extend(one for name in names if (one := self._by_name.get((KINDS[kind], name))))
        return list({id(one): one for one in found}.values())

    def matching(self, kind: str, right: Right) -> list[Identity]:
        """List the identities of a kind with names that a right reaches."""
        name = right.pattern.rpartition("/")[2]
        found = self._by_name.items() if not is_literal(name) else (((kind, name), self._by_name.get((kind, name))),)
        return [one for (kind_, _), one in found if one and kind_ == kind and right.reaches(one.arn)]

    def policy(self, arn: str) -> Resource | None:
        """Give the policy of the program with an ARN."""
        return None if managed_policies.name_of(arn) else self._policies.get(arn.rpartition("/")[2])

    def _declare(self, resource: Resource) -> None:
        props = resource.props
        one = Identity(KINDS[resource.type], props.known_text("name") or "", resource)
        if resource.type == ROLE:
            one.trust = self._trust(resource)
            one.parts.extend(Part(resource, document) for document in self._documents(resource))
        self.all.append(one)
        self._by_urn[resource.urn] = one
        self._by_name[one.kind, one.name or stand_in(resource).rpartition("/")[2]] = one
        self._add_policies(one, resource, "managedPolicyArns")
        if props.has("permissionsBoundary") or resource.depends.get("permissionsBoundary"):
            one.bounded, one.boundary = True, self._boundary(resource)

    def _attach(self, link: Link, resource: Resource) -> None:
        targets = self.named(resource, link.by, link.kind)
        known = {one.name for one in targets}
        for text in resource.props.known_texts(link.by):
            if (name := text.rpartition("/")[2]) not in known and not any(one.resource for one in targets):
                targets.append(self._external(KINDS[link.kind], name))
        if not targets and not link.policies:
            targets = [self._external(KINDS[link.kind], "")]
        for target in targets:
            if link.policies:
                self._add_policies(target, resource, link.policies)
            else:
                target.parts.extend(Part(resource, one) for one in self._documents(resource))

    def _external(self, kind: Kind, name: str) -> Identity:
        """Give the identity that only its policies name; one without a name that is known is one of its own."""
        if not name or (kind, name) not in self._by_name:
            self.all.append(one := Identity(kind, name, None))
            if not name:
                return one
            self._by_name[kind, name] = one
        return self._by_name[kind, name]

    def _add_policies(self, target: Identity, source: Resource, path: str) -> None:
        target.attached.update(arn for arn in known_items(source, path) if not self.policy(arn))
        for policy in self._referred_policies(source, path):
            target.attached.add(policy.urn)
            self._attached.add(policy.urn)
            target.parts.extend(Part(policy, one, policy) for one in self._documents(policy))
        for name in filter(None, map(managed_policies.name_of, known_items(source, path))):
            document = managed_policies.document_of(name)
            if document:
                target.parts.append(Part(source, document, managed=True))
            elif name not in managed_policies.TELEMETRY:
                target.broad.append(name)

    def _referred_policies(self, source: Resource, path: str) -> list[Resource]:
        found = list(self._program.referred(source, path, POLICY))
        found.extend(policy for arn in known_items(source, path) if (policy := self.policy(arn)))
        return list({one.urn: one for one in found}.values())

    def _boundary(self, resource: Resource) -> tuple[Document, ...] | None:
        policies = self._referred_policies(resource, "permissionsBoundary")
        documents = [one for policy in policies for one in self._documents(policy)]
        self._attached.update(one.urn for one in policies)
        names = map(managed_policies.name_of, known_items(resource, "permissionsBoundary"))
        documents.extend(one for name in names if (one := managed_policies.document_of(name)))
        return tuple(documents) or None

    def _documents(self, resource: Resource) -> list[Document]:
        try:
            policy_locations.require_identity(resource)
        except UndecidedError as error:
            self.undecided.append(error)
        return [with_names(self._program, resource, one) for one in policy_locations.known_identity(resource)]

    def _trust(self, role: Resource) -> Document | None:
        try:
            document = policy_locations.trust(role)
        except UndecidedError:
            return None
        return document and with_names(self._program, role, document)

    def _join_groups(self) -> None:
        for type_, users, groups in MEMBERSHIPS:
            for membership in self._program.of(type_):
                for user in self.named(membership, users, USER):
                    user.groups.extend(self.named(membership, groups, GROUP))


def known_items(resource: Resource, path: str) -> tuple[str, ...]:
    """Read the strings of a list, or one string, that are known; what is unknown among them is left out."""
    return tuple(strings(resource.props.values.get(path)))


def documents_of(program: Program, role: Resource) -> list[Document]:
    """Collect the documents that a role has, wherever in the program they stand and however they are attached.

    Raises:
        UndecidedError: One of them is not known at preview.
    """
    identities = program.derived(Identities)
    if identities.undecided:
        raise identities.undecided[0]
    found = identities.of(role)
    return [part.document for part in found.parts if not part.managed] if found else []
