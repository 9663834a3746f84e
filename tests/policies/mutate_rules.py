"""Measure how well the examples of the rules hold their code: `python -m tests.policies.mutate_rules [RULE...]`.

Makes each mutant of `rule_mutants.py` and runs the examples of the rules that use the changed code. A mutant is killed
when a rule gives other findings on one of its examples than before: other words, another resource, another order.
Prints the mutants that survive, with file and line, and the share that is killed. A survivor lacks an example, is code
that nothing needs, or is declared in `equivalent_mutants.yaml` with the reason why no example can tell it from the
original.
"""

import argparse
import os
import signal
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import Pool
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Final

import yaml

from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.rule import ANY_TYPE, Example, Rule, subject
from tests.policies.examples import words
from tests.policies.rule_mutants import Mutant, compiled, homes, modules, mutants, source

TARGET: Final = 95
"""The share of the mutants that must be killed, in percent."""
SECONDS: Final = 5
"""After which a mutant counts as one that never ends, which kills it."""
EQUIVALENT: Final = Path(__file__).with_name("equivalent_mutants.yaml")

Findings = tuple[str | tuple[str, str], ...]


class EndlessError(BaseException):
    """A mutant does not end; no `Exception`, because a rule turns those into findings."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant.

    Attributes:
        owner: The rule, helper or constant that was changed.
        place: The file and the line.
        change: The change.
        killed: Whether an example noticed it.
    """

    owner: str
    place: str
    change: str
    killed: bool


@cache
def equivalent() -> dict[tuple[str, str], str]:
    """Read the mutants that no example can kill: owner and change, with the reason."""
    entries: list[dict[str, str]] = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or []
    return {(one["owner"], one["change"]): one["reason"] for one in entries}


def outcome(mutant: Mutant) -> Outcome:
    """Run the examples of the rules that a mutant may break."""
    path = source(mutant.module).path
    place = f"{path.parent.name}/{path.name}:{mutant.line}"
    return Outcome(mutant.owner, place, mutant.change, killed(mutant))


def killed(mutant: Mutant) -> bool:
    """Tell whether an example notices a mutant; one that cannot even be imported is noticed by all."""
    changed: dict[str, ModuleType] = {}
    try:
        with _limited(SECONDS), _replaced(changed):
            _execute(mutant.module, compiled(mutant), changed)
            return any(
                _found(_changed(rule, changed), record, example) != finds
                for rule in mutant.rules
                for example, record, finds in _cases(rule)
            )
    except (Exception, EndlessError):  # noqa: BLE001  whatever it raises, a test would have failed
        return True


def _execute(name: str, code: CodeType, changed: dict[str, ModuleType]) -> None:
    """Execute a module's code; whatever imports the module from now on gets the result."""
    changed[name] = sys.modules[name] = ModuleType(name)
    exec(code, vars(changed[name]))  # noqa: S102  the rules' own code, with one change


def _changed(rule: str, changed: dict[str, ModuleType]) -> Rule:
    """Give a rule as it is with a changed module; its own module is executed again if it imports that one."""

    def refresh(name: str) -> None:
        for other in sorted({home for home, _ in source(name).imports.values()} - changed.keys()):
            refresh(other)
        if name not in changed and any(home in changed for home, _ in source(name).imports.values()):
            _execute(name, _original(name), changed)

    home = homes()[rule]
    refresh(home)
    return next(one for one in vars(changed[home]).values() if isinstance(one, Rule) and one.id == rule)


@cache
def _original(module: str) -> CodeType:
    return compile(source(module).tree, str(source(module).path), "exec")


@contextmanager
def _replaced(changed: Mapping[str, ModuleType]) -> Generator[None]:
    """Put the modules back that were replaced meanwhile."""
    try:
        yield
    finally:
        sys.modules.update({name: source(name).module for name in changed})


@cache
def _cases(name: str) -> tuple[tuple[Example, Resource | Program, Findings], ...]:
    """Give the examples of a rule as it reads them, with what it finds."""
    rule = next(one for one in source(homes()[name]).rules.values() if one.id == name)
    records = ((example, subject(rule, example)) for example in (*rule.bad, *rule.good))
    return tuple((example, record, _found(rule, record, example)) for example, record in records)


def _found(rule: Rule, record: Resource | Program, example: Example) -> Findings:
    applies = isinstance(record, Program) or ANY_TYPE in rule.types or record.type in rule.types
    return words(example, rule.findings(record, example.settings)) if applies else ()


@contextmanager
def _limited(seconds: int) -> Generator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise EndlessError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _outcomes(module: str, ids: frozenset[str]) -> list[Outcome]:
    chosen = (one for one in mutants(module) if not ids or ids.intersection(one.rules))
    return [outcome(one) for one in chosen if (one.owner, one.change) not in equivalent()]


def _size(module: str) -> int:
    return source(module).path.stat().st_size


def report(outcomes: Iterable[Outcome]) -> float:
    """Print what survives and how much is killed; give the share in percent."""
    total, dead = Counter[str](), Counter[str]()
    for one in outcomes:
        total[one.owner] += 1
        dead[one.owner] += one.killed
        if not one.killed:
            print(f"{one.place}: {one.owner}: {one.change}")
    for owner in sorted(total):
        print(f"{dead[owner]:5} of {total[owner]:5}  {owner}")
    share = 100 * dead.total() / max(total.total(), 1)
    print(f"{dead.total()} of {total.total()} mutants killed ({share:.1f} %)")
    return share


def main(arguments: list[str]) -> int:
    """Run the command; 1 when less than the target is killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.policies.mutate_rules", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="RULE", help="rules to mutate; all by default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
    given = parser.parse_args(arguments)
    work = [(module, frozenset[str](given.ids)) for module in sorted(modules(), key=_size, reverse=True)]
    with Pool(given.jobs) as pool:
        done = pool.starmap(_outcomes, work, chunksize=1)
    share = report(one for outcomes in done for one in outcomes)
    return int(share < TARGET)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
