"""A stack judged by hand: what `serverless-guard check` found, before it is put into a format."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from serverless_guard import baseline, waivers
from serverless_guard.baseline import Baseline
from serverless_guard.causes import merge_causes, split
from serverless_guard.enforcement import Enforcement
from serverless_guard.evaluation import Note, evaluate
from serverless_guard.pack_files import Pack
from serverless_guard.policy_config import PolicyException
from serverless_guard.rules.rule import Finding
from serverless_guard.secrecy import describe_passed, merge_hidden
from serverless_guard.snapshot import StateError
from serverless_guard.state import State
from serverless_guard.waivers import Acceptance


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was found of a stack.

    Attributes:
        pack: The pack.
        enforcement: The rules as the stack enforces them.
        findings: What breaks a rule.
        waived: What somebody answers for, by a waiver or an exception.
        stack: The stack, as `project/stack`; empty where no resource tells.
        baseline: What was recorded when the pack was adopted.
        notes: What whoever reads the result must know of it, and what fails nothing: what the file does not tell too.
    """

    pack: Pack
    enforcement: Enforcement
    findings: tuple[Finding, ...]
    waived: tuple[tuple[Acceptance, Finding], ...]
    stack: str = ""
    baseline: Baseline = field(default_factory=Baseline)
    notes: tuple[Note, ...] = ()

    @property
    def status(self) -> int:
        """The exit status: 1 when a mandatory rule is violated, 0 when there is advice at most."""
        return int(any(self.level(finding) == "mandatory" for finding in self.findings))

    @property
    def baseline_lines(self) -> tuple[str, ...]:
        """What of the baseline has been fixed since, where anything has."""
        return tuple(filter(None, (self.baseline.describe_gone(),)))

    def level(self, finding: Finding) -> Literal["advisory", "mandatory"]:
        """Say how the stack enforces the rule of a finding; nothing is remediated by hand."""
        return "mandatory" if self.enforcement.is_mandatory(finding) else "advisory"


def check(
    given: State,
    enforcement: Enforcement,
    pack: Pack,
    exceptions: Sequence[PolicyException] = (),
    *,
    recorded: Baseline | None = None,
) -> CheckResult:
    """Judge a stack.

    Args:
        given: The stack, as its file tells it.
        enforcement: The rules as the stack enforces them.
        pack: The pack, for its waivers and its baseline.
        exceptions: Findings that a config file accepts, as the engine would apply it to what the pack says.
        recorded: What was recorded when the pack was adopted; None for what the pack's `baseline.json` says.

    Raises:
        EnforcementError: `waivers.yaml` is not a list of waivers, or `baseline.json` is no baseline.
        StateError: The guard has refused the stack for something that its file does not show.
    """
    stack, name = given.program, given.name
    recorded = baseline.read(pack.baseline_file, name) if recorded is None else recorded
    answered = waivers.read(enforcement, stack=name.rpartition("/")[2], file=pack.waivers_file, baseline=recorded)
    verdict = evaluate(stack, enforcement, answered)
    found = merge_hidden(verdict.findings, given.secrets, enforcement)
    root = stack_urn(name)
    parts = split(found)
    excepted = [(one, finding) for finding in parts for one in exceptions if one.covers(finding, root)]
    accepted = {id(finding) for _, finding in excepted}
    if accepted:
        found = merge_causes([one for one in parts if id(one) not in accepted], stack, enforcement)
    result = CheckResult(
        pack,
        enforcement,
        tuple(found),
        (*verdict.waived, *excepted),
        name,
        answered.baseline,
        (*verdict.notes, *_notes(given, enforcement)),
    )
    if given.refused and not result.status and not result.baseline.occurring:
        raise StateError(f"the preview failed, for a reason that it does not show: {given.refused[0]}")
    return result


def _notes(given: State, enforcement: Enforcement) -> list[Note]:
    passed = describe_passed(given.program, enforcement, given.secrets)
    notes = [Note("file-incomplete", words) for words in given.notes]
    return [*notes, *([Note("secrets-hidden", passed)] if passed else [])]


def stack_urn(name: str) -> str:
    """Give the URN of a stack itself, which the engine reports findings of no single resource for.

    Source: pulumi/pulumi, sdk/go/common/resource/urn.go, `DefaultRootStackURN`.
    """
    project, _, stack = name.partition("/")
    return f"urn:pulumi:{stack}::{project}::pulumi:pulumi:Stack::{project}-{stack}"


def source(finding: Finding) -> tuple[str, int] | None:
    """Give the file and line of the program that a finding is about, where they are known."""
    path, _, line = (finding.resource.source if finding.resource else "").rpartition(":")
    return (path, int(line)) if path else None
