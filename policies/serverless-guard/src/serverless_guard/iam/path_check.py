"""Whether a path of privilege escalation is open to an identity, and over what."""

import re
from typing import Final

from serverless_guard.iam.actions import Action, covers_all, of_service, shapes
from serverless_guard.iam.escalation_paths import Path, Step
from serverless_guard.iam.identities import Identity
from serverless_guard.iam.managed_policies import ADMINISTRATORS
from serverless_guard.iam.pattern import is_literal
from serverless_guard.iam.reach import Reach
from serverless_guard.iam.rights import NOTHING, Right, Rights, meets
from serverless_guard.iam.trust import admits_identity, admits_service

ATTACHING: Final = frozenset({"iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:AttachGroupPolicy"})
UNTOUCHABLE: Final = (":role/aws-service-role/", ":role/aws-reserved/", ":iam::aws:")
"""Parts of ARNs of what nobody can change: roles that AWS links to services, policies of AWS."""
OWN_USER: Final = "${aws:username}"


class PathCheck:
    """Whether a path is open to an identity with some rights, and over what."""

    def __init__(self, reach: Reach, identity: Identity, rights: Rights, path: Path) -> None:
        self._reach, self._identity, self._path = reach, identity, path
        self._granted = [(step, _on(rights, step)) for step in path.steps]
        self._rights = rights

    def find(self) -> str:
        """Give what the path leads over or to, empty where it is not open."""
        if not all(granted for _, granted in self._granted) or not self._consistent():
            return ""
        match self._path.gain:
            case "rights":
                return self._changes_itself()
            case "identity":
                return self._becomes_another()
            case "both":
                return self._makes_another()
            case "role":
                return self._passes_a_role()
            case "work":
                return self._changes_work()

    def _consistent(self) -> bool:
        """Tell whether the steps on the same thing are allowed on the same one."""
        first: dict[str, tuple[Right, ...]] = {}
        for step, granted in self._granted:
            others = first.setdefault(step.on, granted)
            if step.on and not any(_meet(one, other) for one in granted for other in others):
                return False
        return True

    def _changes_itself(self) -> str:
        step, granted = self._granted[0]
        return next((one.pattern for one in granted if self._is_itself(step, one)), "")

    def _is_itself(self, step: Step, right: Right) -> bool:
        """Tell whether what a right acts on can be the identity: by a pattern nobody chose it by, or by its name."""
        action = _action(step.action)
        if not _changeable(action, right):
            return False
        if OWN_USER in right.pattern:
            return step.on == "user" and self._identity.kind != "role"
        if not is_literal(right.pattern.rpartition(":")[2]):
            return True
        unknown = self._identity.kind == step.on and self._identity.resource is None and not self._identity.name
        own = any(right.reaches(arn) for arn in self._own_arns(step.on))
        return own or unknown or self._may_be_attached(step, right)

    def _own_arns(self, kind: str) -> list[str]:
        one = self._identity
        policies = [part.policy.props.known_text("name") for part in one.every_part() if part.policy]
        if kind == "policy":
            return [f"arn:*:iam::*:policy/*{name}" for name in policies if name]
        own = [one.arn] if one.kind == kind and one.arn else []
        return [*own, *(group.arn for group in one.groups if kind == "group" and group.arn)]

    def _may_be_attached(self, step: Step, right: Right) -> bool:
        """Tell whether a policy or group named in full may be the identity's, of which the program knows no more."""
        if self._identity.resource is not None or step.on not in {"policy", "group"}:
            return False
        if step.on == "group" and self._identity.kind != "user":
            return False
        return self._reach.identities.policy(right.pattern) is None

    def _becomes_another(self) -> str:
        step, granted = self._granted[0]
        action = _action(step.action)
        assuming = step.action == "sts:AssumeRole"
        for right in granted:
            if not _changeable(action, right) or OWN_USER in right.pattern:
                continue
            if assuming and not covers_all(action, right.pattern):
                if found := self._target(right, step):
                    return found
                continue
            if assuming or not is_literal(right.pattern.rpartition(":")[2]) or self._is_foreign(step, right):
                return right.pattern
            if found := self._target(right, step):
                return found
        return ""

    def _is_foreign(self, step: Step, right: Right) -> bool:
        """Tell whether a right names what the program knows nothing of, or the role's own trust policy."""
        if any(one.resource for one in self._others(step.on, right)):
            return False
        itself = self._identity.arn and self._identity.kind == step.on and right.reaches(self._identity.arn)
        return not itself or step.on == "role"

    def _target(self, right: Right, step: Step) -> str:
        """Find an identity of the program with more rights that a right leads to."""
        assuming = step.action == "sts:AssumeRole"
        for other in self._others(step.on, right):
            if assuming and admits_identity(other, self._identity):
                if found := self._reach.privilege(self._identity, other):
                    return found
            elif not assuming and (more := self._gain(other, privileged=False)):
                return f"{other.label}, which may {more}"
        return ""

    def _makes_another(self) -> str:
        """Find another identity that the steps give rights to and act as."""
        (first, rights), (second, access) = self._granted[0], self._granted[1]
        if first.on != second.on:
            return self._makes_another_by_policy()
        for one in rights:
            for other in access:
                both = one.within(other)
                if both is None or not _changeable(_action(first.action), both):
                    continue
                if self._assumable(second, both):
                    return both.pattern
        return ""

    def _assumable(self, step: Step, right: Right) -> bool:
        if not (known := [one for one in self._reach.identities.matching(step.on, right) if one.resource]):
            return OWN_USER not in right.pattern
        others = [one for one in known if one is not self._identity]
        return any(step.action != "sts:AssumeRole" or admits_identity(one, self._identity) for one in others)

    def _others(self, kind: str, right: Right) -> list[Identity]:
        """List the other identities of a kind that a right reaches."""
        return [one for one in self._reach.identities.matching(kind, right) if one is not self._identity]

    def _makes_another_by_policy(self) -> str:
        (_, policies), (second, access) = self._granted[0], self._granted[1]
        for other in (one for right in access for one in self._others("role", right)):
            if second.action == "sts:AssumeRole" and not admits_identity(other, self._identity):
                continue
            names = [part.policy.props.known_text("name") for part in other.parts if part.policy]
            if any(right.reaches(f"arn:*:iam::*:policy/*{name}") for right in policies for name in names if name):
                return other.label
        return ""

    def _passes_a_role(self) -> str:
        service = self._path.service
        prefix = service.split(".")[-3] if service.count(".") > 1 else service
        request = {"iam:passedtoservice": service, "iam:associatedresourcearn": f"arn:*:{_resource_prefix(prefix)}:*"}
        passing = _action("iam:PassRole")
        for right in self._rights.on("iam:PassRole", request):
            if covers_all(passing, right.pattern):
                return self._with_work(right.pattern)
            for role in self._others("role", right):
                if admits_service(role, service) and (more := self._gain(role, privileged=self._path.routine)):
                    return self._with_work(f"{role.label}, which may {more}")
        return ""

    def _with_work(self, passed: str) -> str:
        """Add to what is passed the patterns of what it is passed to, unless they say the same."""
        works = [granted for step, granted in self._granted if _action(step.action).resource_types][1:]
        patterns = dict.fromkeys(right.pattern for granted in works for right in granted if right.pattern != passed)
        return f"{passed}, for work on {', '.join(patterns)}" if patterns else passed

    def _changes_work(self) -> str:
        if all(any(_is_all(_action(step.action), one) for one in granted) for step, granted in self._granted):
            return self._granted[0][1][0].pattern
        what = next((step.on for step in self._path.steps if step.on), "")
        steps = [granted for step, granted in self._granted if step.on == what]
        for one in self._reach.workloads.on(what, steps[0]):
            on_it = all(any(right.reaches(arn) for right in granted for arn in one.arns) for granted in steps)
            if on_it and one.role is not self._identity and (more := self._gain(one.role, privileged=False)):
                return f"{one.resource.label}, whose {one.role.label} may {more}"
        return ""

    def _gain(self, other: Identity, *, privileged: bool) -> str:
        return self._reach.gain(self._identity, other, privileged=privileged)


def _on(rights: Rights, step: Step) -> tuple[Right, ...]:
    """List what a step is allowed on; attaching counts where it can attach what makes an administrator."""
    action, requests = _action(step.action), [NOTHING]
    if step.action in ATTACHING:
        requests = [{"iam:policyarn": f"arn:*:iam::aws:policy/{name}"} for name in sorted(ADMINISTRATORS)]
    found = dict.fromkeys(right for request in requests for right in rights.on(step.action, request))
    return tuple(right for right in found if _works_on(action, right))


def _action(name: str) -> Action:
    service, _, key = name.partition(":")
    return of_service(service).get(key.lower()) or Action(service, key, "Write", (), ())


def _meet(one: Right, other: Right) -> bool:
    """Tell whether two rights are about the same thing; what follows a name, such as a version, does not count."""
    return one.within(other) is not None or meets(f"{one.pattern}*", f"{other.pattern}*")


def _changeable(action: Action, right: Right) -> bool:
    """Tell whether an action works on what a right is about, and AWS lets anybody change that."""
    return not any(part in right.pattern for part in UNTOUCHABLE) and _works_on(action, right)


def _works_on(action: Action, right: Right) -> bool:
    """Tell whether an action works on something that a right is about; one that knows no resources, only on `*`."""
    known = shapes(action) if action.resource_types else ()
    arns = (re.sub(r"\$\{[^}]+\}", "*", shape) for shape in known)
    return not right.pattern.strip("*") or any(meets(right.pattern, arn) for arn in arns)


def _is_all(action: Action, right: Right) -> bool:
    """Tell whether a right is about everything that an action works on."""
    return not action.resource_types or covers_all(action, right.pattern)


def _resource_prefix(service: str) -> str:
    return {"ecs-tasks": "ecs", "apprunner": "apprunner"}.get(service, service)
