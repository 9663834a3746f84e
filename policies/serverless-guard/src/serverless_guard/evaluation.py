"""One verdict on one stack, which the guard, the pack and `check` share: findings, what is waived, and notes.

They differ in where the resources come from and in how they show the verdict; what they say of a stack is the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from serverless_guard.causes import merge_causes
from serverless_guard.enforcement import Enforcement
from serverless_guard.loosened import contradiction, loosened
from serverless_guard.program import Program
from serverless_guard.rules.rule import Finding
from serverless_guard.undecided import merge_undecided
from serverless_guard.unjudged import unjudged_line
from serverless_guard.waivers import Waiver, Waivers


@dataclass(frozen=True, slots=True)
class Note:
    """What whoever reads a verdict must know of it; it fails nothing.

    Attributes:
        name: What it is about, in the form of a rule's id.
        words: A line, or a line with a list below it.
    """

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The verdict on a stack.

    Attributes:
        findings: What breaks a rule, or could not be decided, and is not waived.
        waived: What somebody answers for.
        notes: How much the baseline covers, the resources that no rule covers, the settings that are looser than the
            rules' own, and a kind of stack that its tags contradict, as far as there are any.
    """

    findings: tuple[Finding, ...]
    waived: tuple[tuple[Waiver, Finding], ...]
    notes: tuple[Note, ...]


def evaluate(
    program: Program, enforcement: Enforcement, waivers: Waivers, found: Iterable[Finding] | None = None
) -> Evaluation:
    """Evaluate all rules for a stack.

    Args:
        program: The resources.
        enforcement: The rules as the stack enforces them.
        waivers: Findings that somebody answers for.
        found: What the rules about single resources have found; None where they have not been evaluated yet.
    """
    if found is None:
        found = [finding for resource in program.resources for finding in enforcement.evaluate(resource)]
    merged = merge_undecided([*found, *enforcement.evaluate_program(program)], enforcement)
    remaining = merge_causes(waivers.remaining(merged), program, enforcement)
    findings = (*remaining, *waivers.check_waivers(whole=True))
    return Evaluation(findings, tuple(waivers.in_force()), notes(program, enforcement, waivers))


def notes(program: Program, enforcement: Enforcement, waivers: Waivers) -> tuple[Note, ...]:
    """Give the notes on a stack, once all of its findings have been looked for among what is accepted."""
    words = {
        "baseline": waivers.baseline.describe(),
        "resources-not-judged": unjudged_line(program.resources, enforcement),
        "settings-loosened": loosened(enforcement),
        "stack-kind-contradicted": contradiction(program, waivers.stack),
    }
    return tuple(Note(name, given) for name, given in words.items() if given)
