"""What secrets hide of a stack in its file, and the rules that would have to read it, said once for the file."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from serverless_guard.enforcement import Enforcement
from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.rule import ANY_TYPE, SEVERITIES, Finding, Rule

SHOW: Final = (
    "Give the output of `pulumi stack export --show-secrets`, or judge the program by its preview with --policy-pack, "
    "which reads secrets."
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What secrets hide of a stack.

    Attributes:
        hidden: The properties of which a part is hidden, by the URN of their resource.
        reads: The hidden properties that have been read since this was emptied, by the URN of their resource.
    """

    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    reads: Mapping[str, set[str]] = field(default_factory=dict[str, set[str]])

    def forget(self) -> None:
        """Note from here on what is read."""
        for read in self.reads.values():
            read.clear()

    def read(self, urns: Iterable[str]) -> list[str]:
        """Name what has been read of some resources, as `<name of the resource>.<property>`."""
        return sorted(f"{urn.rpartition('::')[2]}.{name}" for urn in urns for name in self.reads.get(urn, ()))


def merge_hidden(findings: Iterable[Finding], secrets: Secrets, enforcement: Enforcement) -> list[Finding]:
    """Merge all findings that could not be decided because of a secret into one, which stands at the end."""
    kept: list[Finding] = []
    stopped: list[Finding] = []
    for one in findings:
        owners = (one.resource.urn, one.resource.provider.owner) if one.resource else ()
        properties = frozenset[str]().union(*(secrets.hidden.get(urn, ()) for urn in owners))
        is_hidden = not one.decided and one.unknown.partition(".")[0].partition("[")[0] in properties
        (stopped if is_hidden else kept).append(one)
    return [*kept, *([_merged(stopped, enforcement)] if stopped else [])]


def _merged(stopped: Sequence[Finding], enforcement: Enforcement) -> Finding:
    order = sorted(
        {rule.id: replace(one, rule=rule) for one in stopped for rule in one.rules}.values(),
        key=lambda one: (not enforcement.is_mandatory(one), -SEVERITIES.index(one.rule.severity), one.rule.id),
    )
    places = sorted({f"{one.unknown} of {one.label}" for one in stopped})
    first, *others = (one.rule for one in order)
    resources = {one.label: one.resource for one in stopped}
    about = next(iter(resources.values())) if len(resources) == 1 else None
    message = f"cannot decide: a secret hides {', '.join(places)}"
    return Finding(first, about, message, decided=False, advice=SHOW, others=tuple(others))


def describe_passed(program: Program, enforcement: Enforcement, secrets: Secrets) -> str:
    """Name the rules that found nothing although they read what a secret hides; empty where there are none.

    They take a hidden value for one that is not known yet, which keeps some rules. Each rule is decided again, for one
    that reads what another one has already read would not be noticed.
    """
    if not secrets.hidden:
        return ""
    passed: defaultdict[str, set[str]] = defaultdict(set)
    concerned = [one for one in program.resources if one.urn in secrets.hidden]
    for resource in concerned:
        for rule in enforcement.of_type(resource.type):
            if _decides(rule, resource, enforcement, secrets):
                passed[rule.id].update(secrets.read([resource.urn]))
    for rule in enforcement.of_stack():
        # What is not of its types, a rule reads to learn of the stack, such as the number of its account.
        judged = [one.urn for one in concerned if one.type in rule.types or ANY_TYPE in rule.types]
        if judged and _decides(rule, Program(tuple(program.resources), program.production), enforcement, secrets):
            passed[rule.id].update(secrets.read(judged))
    listed = (f"{rule} ({', '.join(sorted(names))})" for rule, names in sorted(passed.items()) if names)
    words = ", ".join(listed)
    return f"Secrets hide what these rules read and could not judge: {words}. {SHOW}" if words else ""


def _decides(rule: Rule, subject: Resource | Program, enforcement: Enforcement, secrets: Secrets) -> bool:
    """Evaluate a rule with nothing noted before, and tell whether it has decided, by what it has read or without it."""
    secrets.forget()
    return all(one.decided for one in rule.findings(subject, enforcement.settings.get(rule.id)))
