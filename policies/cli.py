"""The rules by hand: `python -m policies list|explain|check|docs`."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from policies import catalogue, state
from policies.check import Verdict, check
from policies.enforcement import EnforcementError, known, read
from policies.formats import FORMATS


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns:
        0 when all is well, 1 when a mandatory rule is violated, 2 when what was given cannot be used.
    """
    options = _parser().parse_args(arguments)
    try:
        match options.command:
            case "list":
                return _list(as_json=options.format == "json")
            case "explain":
                print(catalogue.explain(known(options.rule, "explain")))
                return 0
            case "docs":
                return _docs(options.folder)
            case _:
                return _check(options.file, production=options.production, write=FORMATS[options.format])
    except (EnforcementError, state.StateError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m policies", description="The rules by hand.")
    commands = parser.add_subparsers(dest="command", required=True)
    every = commands.add_parser("list", help="show all rules")
    one = commands.add_parser("explain", help="show a rule with its options, sources and examples")
    one.add_argument("rule", help="its name, for example dynamodb-pitr")
    documents = commands.add_parser("docs", help="write rules.md and rules/, a page for each promise")
    documents.add_argument("folder", type=Path, help="where to, for example docs")
    by_hand = commands.add_parser("check", help="judge a stack without engine and cloud")
    by_hand.add_argument("file", type=Path, help="what `pulumi stack export` or `pulumi preview --json` wrote")
    kind = by_hand.add_mutually_exclusive_group()
    kind.add_argument("--production", action="store_true", default=None, help="the stack is production (the default)")
    kind.add_argument("--development", action="store_false", dest="production", help="the stack is not production")
    every.add_argument("--format", choices=("text", "json"), default="text")
    by_hand.add_argument("--format", choices=tuple(FORMATS), default="text")
    return parser


def _list(*, as_json: bool) -> int:
    rules = read(production=True).rules
    if as_json:
        print(
            json.dumps(
                [
                    {"rule": rule.id, "title": rule.title, "severity": rule.severity, "promise": rule.promise}
                    | {
                        "types": rule.types,
                        "env": rule.env,
                        "tier": rule.tier,
                        "sources": rule.sources,
                        "remediable": rule.remedy is not None,
                    }
                    for rule in rules
                ],
                indent=2,
            )
        )
    else:
        width = max(len(rule.id) for rule in rules)
        for rule in rules:
            print(f"{rule.id:{width}}  {rule.severity:8}  {rule.title}")
    return 0


def _docs(folder: Path) -> int:
    for name, text in catalogue.pages().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return 0


def _check(file: Path, *, production: bool | None, write: Callable[[Verdict], str]) -> int:
    try:
        content: object = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise state.StateError(f"{file}: {error}") from None
    stack = state.read(content, production=production)
    verdict = check(stack, read(production=stack.production))
    print(write(verdict))
    return verdict.status
