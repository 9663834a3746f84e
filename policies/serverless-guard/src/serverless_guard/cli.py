"""The rules by hand: `serverless-guard list|explain|check|baseline|exceptions|schema|docs`."""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from serverless_guard import __version__, catalogue, state
from serverless_guard.adoption import print_burn_down, record_baseline, update_baseline, write_exceptions
from serverless_guard.check import check
from serverless_guard.enforcement import Enforcement, EnforcementError, known, read
from serverless_guard.formats import FORMATS, as_json, as_junit
from serverless_guard.pack_files import NAMES, Pack
from serverless_guard.policy_config import PolicyConfig, apply_config, read_config
from serverless_guard.rules.rule import Rule
from serverless_guard.sarif import as_failed_run, as_sarif
from serverless_guard.schema import config_schema
from serverless_guard.snapshot import StateError
from serverless_guard.state import State

BROKEN_PIPE = 141
"""What a shell reports for a command whose reader has gone: 128 and the number of the signal SIGPIPE."""
STACK_FILE = "what `pulumi stack export` or `pulumi preview --json --show-sames` wrote; - for standard input"


def main(arguments: Sequence[str], pack: Pack | None = None) -> int:
    """Run one command.

    Args:
        arguments: The command with its options.
        pack: The pack whose settings, waivers and baseline apply; None for the one that the options name.

    Returns:
        0 when all is well, 1 when a mandatory rule is violated, 2 when what was given cannot be used.
    """
    options = _parser(any_pack=pack is None).parse_args(arguments)
    try:
        status = _run(options, _pack(options, pack))
        sys.stdout.flush()
    except (EnforcementError, StateError) as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes at its end
        return BROKEN_PIPE
    return status


def _parser(*, any_pack: bool) -> ArgumentParser:
    parser = ArgumentParser(prog="serverless-guard", description="Policy as code for AWS programs written with Pulumi.")
    parser.add_argument("--version", action="version", version=f"serverless-guard {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    files = _files(any_pack=any_pack)
    kind = _kind()
    config = ArgumentParser(add_help=False)
    config.add_argument(
        "--policy-pack-config", type=Path, metavar="FILE", help="the file that pulumi takes by this flag"
    )

    listed = commands.add_parser("list", parents=[files], help="show all rules")
    listed.add_argument("--format", choices=("text", "json"), default="text")
    explained = commands.add_parser(
        "explain", parents=[files], help="show a rule with its options, sources and examples"
    )
    explained.add_argument("rule", help="its name, for example dynamodb-pitr")
    checked = commands.add_parser("check", parents=[files, kind, config], help="check a stack without engine and cloud")
    checked.add_argument("file", type=Path, help=STACK_FILE)
    checked.add_argument("--format", choices=tuple(FORMATS), default="text")
    recorded = commands.add_parser(
        "baseline", parents=[files, kind, config], help="record today's findings, so that only new or worse ones fail"
    )
    recorded.add_argument("file", type=Path, nargs="?", help=STACK_FILE)
    action = recorded.add_mutually_exclusive_group()
    action.add_argument("--update", action="store_true", help="drop what no longer occurs; nothing is added")
    action.add_argument("--replace", action="store_true", help="record the stack anew, what is new included")
    action.add_argument("--burn-down", action="store_true", help="show how many findings were recorded on which day")
    excepted = commands.add_parser(
        "exceptions", parents=[files, kind, config], help="write waivers as exceptions for --policy-pack-config"
    )
    excepted.add_argument("file", type=Path, help=STACK_FILE)
    commands.add_parser("schema", parents=[files, kind], help="show the JSON Schema of what --policy-pack-config takes")
    documented = commands.add_parser(
        "docs", parents=[files], help="write rules.md and rules/, a page for each category"
    )
    documented.add_argument("folder", type=Path, help="where to, for example docs")
    return parser


def _files(*, any_pack: bool) -> ArgumentParser:
    parser = ArgumentParser(add_help=False)
    files = parser.add_argument_group("files")
    if any_pack:
        names = ", ".join(NAMES.values())
        files.add_argument(
            "--pack", type=Path, metavar="FOLDER", help=f"where {names} are; policies or the current one"
        )
    files.add_argument("--settings", type=Path, metavar="FILE", help="levels and options, instead of enforcement.yaml")
    files.add_argument("--waivers", type=Path, metavar="FILE", help="accepted findings, instead of waivers.yaml")
    files.add_argument("--baseline", type=Path, metavar="FILE", help="recorded findings, instead of baseline.json")
    return parser


def _kind() -> ArgumentParser:
    parser = ArgumentParser(add_help=False)
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--production", action="store_true", default=None, help="the stack is production (the default)")
    kind.add_argument("--development", action="store_false", dest="production", help="the stack is not production")
    return parser


def _pack(options: Namespace, pack: Pack | None) -> Pack:
    """Find the pack, with the files that the options name over those of its folder."""
    if pack is None:
        if options.pack and not options.pack.is_dir():
            raise EnforcementError(f"--pack: there is no folder {options.pack}; name the one with the pack's files")
        default = Path("policies") if Path("policies").is_dir() else Path()
        pack = Pack(options.pack or default)
    given = {name: getattr(options, name) for name in NAMES if getattr(options, name)}
    return replace(pack, **given)


def _run(options: Namespace, pack: Pack) -> int:
    match options.command:
        case "list":
            return _list(pack, as_json=options.format == "json")
        case "explain":
            print(catalogue.explain(known(options.rule, "explain"), pack.enforcement_file))
        case "schema":
            print(json.dumps(config_schema(_read(pack, production=options.production is not False)), indent=2))
        case "docs":
            return _docs(pack, options.folder)
        case "baseline" if options.burn_down:
            print_burn_down(pack)
        case "baseline" if options.file is None:
            raise EnforcementError(f"baseline: no file is given; give {STACK_FILE}, or --burn-down")
        case _:
            return _judge(options, pack)
    return 0


def _judge(options: Namespace, pack: Pack) -> int:
    """Run a command that reads a stack."""
    if options.command == "check":
        return _check(options, pack)
    stack, enforcement, config = _given(options, pack)
    if options.command == "exceptions":
        write_exceptions(check(stack, enforcement, pack), config)
    elif options.update:
        update_baseline(check(stack, enforcement, pack, config.exceptions))
    else:
        record_baseline(stack, enforcement, pack, config.exceptions, replace_it=options.replace)
    return 0


def _check(options: Namespace, pack: Pack) -> int:
    write = FORMATS[options.format]
    try:
        stack, enforcement, config = _given(options, pack)
        result = check(stack, enforcement, pack, config.exceptions)
    except (EnforcementError, StateError) as error:
        if write is as_sarif:
            print(as_failed_run(pack, str(error)))
        raise
    print(write(result))
    if write in {as_json, as_junit, as_sarif}:  # for programs: people look at the terminal
        for note in result.notes:
            print(note.words, file=sys.stderr)
    return result.status


def _given(options: Namespace, pack: Pack) -> tuple[State, Enforcement, PolicyConfig]:
    stack = state.load(options.file, production=options.production)
    config = read_config(options.policy_pack_config)
    return stack, apply_config(_read(pack, production=stack.program.production), config), config


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
