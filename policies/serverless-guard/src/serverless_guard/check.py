"""A stack judged by hand: what `python -m policies check` found, before it is put into a format."""

from dataclasses import dataclass
from typing import Literal

from serverless_guard import waivers
from serverless_guard.enforcement import Enforcement
from serverless_guard.pack import Pack
from serverless_guard.program import Program
from serverless_guard.rules.rule import Finding
from serverless_guard.waivers import Waiver


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was found of a stack.

    Attributes:
        pack: The pack.
        enforcement: The rules as the stack enforces them.
        findings: What breaks a rule.
        waived: What somebody answers for.
    """

    pack: Pack
    enforcement: Enforcement
    findings: tuple[Finding, ...]
    waived: tuple[tuple[Waiver, Finding], ...]

    @property
    def status(self) -> int:
        """The exit status: 1 when a mandatory rule is violated, 0 when there is advice at most."""
        return int(any(self.level(finding) == "mandatory" for finding in self.findings))

    def level(self, finding: Finding) -> Literal["advisory", "mandatory"]:
        """Say how the stack enforces the rule of a finding; nothing is remediated by hand."""
        return "mandatory" if self.enforcement.blocks(finding.rule) else "advisory"


def check(stack: Program, enforcement: Enforcement, pack: Pack) -> CheckResult:
    """Judge a stack.

    Args:
        stack: The resources.
        enforcement: The rules as the stack enforces them.
        pack: The pack, for its waivers.

    Raises:
        EnforcementError: `waivers.yaml` is not a list of waivers.
    """
    names = {one.urn.split("::")[0].rpartition(":")[2] for one in stack.resources}
    answered = waivers.read(enforcement, stack=min(names, default=""), file=pack.waivers_file)
    findings = [finding for resource in stack.resources for finding in enforcement.evaluate(resource)]
    remaining = answered.remaining([*findings, *enforcement.evaluate_program(stack)])
    return CheckResult(pack, enforcement, (*remaining, *answered.check_waivers(whole=True)), tuple(answered.in_force()))


def source(finding: Finding) -> tuple[str, int] | None:
    """Give the file and line of the program that a finding is about, where they are known."""
    path, _, line = (finding.resource.source if finding.resource else "").rpartition(":")
    return (path, int(line)) if path else None
