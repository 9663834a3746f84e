"""The rules by hand: `python -m policies list|explain|check|schema|docs`."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from serverless_guard import catalogue, state
from serverless_guard.check import CheckResult, check
from serverless_guard.enforcement import Enforcement, EnforcementError, known, read
from serverless_guard.formats import FORMATS
from serverless_guard.pack import Pack
from serverless_guard.rules.rule import Rule
from serverless_guard.schema import config_schema


def main(arguments: Sequence[str], pack: Pack) -> int:
    """Run one command.

    Args:
        arguments: The command with its options.
        pack: The pack whose settings and waivers apply.

    Returns:
        0 when all is well, 1 when a mandatory rule is violated, 2 when what was given cannot be used.
    """
    options = _parser().parse_args(arguments)
    try:
        match options.command:
            case "list":
                return _list(pack, as_json=options.format == "json")
            case "explain":
                print(catalogue.explain(known(options.rule, "explain"), pack.enforcement_file))
                return 0
            case "schema":
                print(json.dumps(config_schema(_read(pack, production=options.production is not False)), indent=2))
                return 0
            case "docs":
                return _docs(pack, options.folder)
            case _:
                return _check(pack, options.file, production=options.production, write=FORMATS[options.format])
    except (EnforcementError, state.StateError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m policies", description="The rules by hand.")
    commands = parser.add_subparsers(dest="command", required=True)
    every = commands.add_parser("list", help="show all rules")
    one = commands.add_parser("explain", help="show a rule with its options, sources and examples")
    one.add_argument("rule", help="its name, for example dynamodb-pitr")
    documents = commands.add_parser("docs", help="write rules.md and rules/, a page for each category")
    documents.add_argument("folder", type=Path, help="where to, for example docs")
    schema = commands.add_parser("schema", help="show the JSON Schema of what --policy-pack-config takes")
    by_hand = commands.add_parser("check", help="judge a stack without engine and cloud")
    by_hand.add_argument("file", type=Path, help="what `pulumi stack export` or `pulumi preview --json` wrote")
    for command in (by_hand, schema):
        kind = command.add_mutually_exclusive_group()
        production = kind.add_argument("--production", action="store_true", default=None)
        production.help = "the stack is production (the default)"
        kind.add_argument("--development", action="store_false", dest="production", help="the stack is not production")
    every.add_argument("--format", choices=("text", "json"), default="text")
    by_hand.add_argument("--format", choices=tuple(FORMATS), default="text")
    return parser


def _read(pack: Pack, *, production: bool) -> Enforcement:
    return read(production=production, file=pack.enforcement_file)


def _list(pack: Pack, *, as_json: bool) -> int:
    production, development = _read(pack, production=True), _read(pack, production=False)
    if as_json:
        print(json.dumps([_row(rule, production, development) for rule in production.rules], indent=2))
    else:
        width = max(len(rule.id) for rule in production.rules)
        for rule in production.rules:
            print(f"{rule.id:{width}}  {rule.severity:8}  {rule.title}")
    return 0


def _row(rule: Rule, production: Enforcement, development: Enforcement) -> dict[str, object]:
    return {
        "rule": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "category": rule.category,
        "types": rule.types,
        "levels": {"production": production.level(rule), "elsewhere": development.level(rule)},
        "fix": rule.fix,
        "env": rule.env,
        "tier": rule.tier,
        "options": {name: option.schema() for name, option in rule.options.items()},
        "sources": rule.sources,
        "remediable": rule.remedy is not None,
    }


def _docs(pack: Pack, folder: Path) -> int:
    for name, text in catalogue.pages(pack.enforcement_file).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return 0


def _check(pack: Pack, file: Path, *, production: bool | None, write: Callable[[CheckResult], str]) -> int:
    try:
        content: object = json.loads(file.read_text(encoding="utf-8"))
        stack = state.read(content, production=production)
    except OSError as error:
        raise state.StateError(f"{file}: {error.strerror}; {state.EXPECTED}") from None
    except (ValueError, RecursionError) as error:
        raise state.StateError(f"{file} is not JSON ({error}); {state.EXPECTED}") from None
    except state.StateError as error:
        raise state.StateError(f"{file}: {error}") from None
    result = check(stack, _read(pack, production=stack.production), pack)
    print(write(result))
    return result.status
