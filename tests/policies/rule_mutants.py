"""Mutants of the rules: small changes of a rule's code that its own examples should notice.

Not to be confused with `mutations.py`, which breaks the program. What is mutated of the modules below `rules/` is what
decides: rule functions, the checks, types and option defaults of declarations, and the functions and constants that
these use, `conditions.py` included. Examples, metadata and remedies stay as they are.
"""

import ast
import pkgutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final, cast

from serverless_guard import rules as package
from serverless_guard.rules import conditions
from serverless_guard.rules.rule import Rule
from tests.policies.mutation_operators import variants

DECLARES: Final = ("Rule", "resource_rule", "stack_rule")

Slot = tuple[ast.AST, str, int | None]
"""Where a node stands: its parent, the parent's field and the position in a list."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a module of rules.

    Attributes:
        module: The module's name, as it is imported.
        owner: The rule that the changed code belongs to, or the helper or constant that several rules may use.
        rules: The ids of the rules that use the changed code.
        line: Where the change is.
        change: What is changed, as `old -> new`.
        slot: Where the new node goes.
        new: The new node; None takes the old one out of its list.
    """

    module: str
    owner: str
    rules: tuple[str, ...]
    line: int
    change: str
    slot: Slot
    new: ast.AST | None


@dataclass(frozen=True, slots=True)
class Source:
    """A module below `rules/` with its parsed code.

    Attributes:
        module: The module.
        path: Its file.
        tree: Its code; changed while a mutant is compiled.
        parts: The places of the code that decides, by the name that it is bound to.
        imports: The names that it takes from other modules of this kind: its own name for each, with module and name.
        rules: The rules that it declares, by the name of their variable.
    """

    module: ModuleType
    path: Path
    tree: ast.Module
    parts: Mapping[str, list[Slot]]
    imports: Mapping[str, tuple[str, str]]
    rules: Mapping[str, Rule]


@cache
def modules() -> tuple[str, ...]:
    """Give the names of the modules whose code decides: those in the folders below `rules/`, and the conditions."""
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    below = [one.name for one in found if not one.ispkg and one.name.count(".") > package.__name__.count(".") + 1]
    return (conditions.__name__, *below)


@cache
def source(module: str) -> Source:
    """Import a module and parse its code."""
    imported = import_module(module)
    path = Path(cast("str", imported.__file__))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = {name: part for statement in tree.body for name, part in _parts(statement)}
    imports = {
        alias.asname or alias.name: (statement.module, alias.name)
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom) and statement.module in modules()
        for alias in statement.names
    }
    rules = {name: value for name, value in vars(imported).items() if isinstance(value, Rule) and name in parts}
    return Source(imported, path, tree, parts, imports, rules)


@cache
def homes() -> Mapping[str, str]:
    """Give the module of each rule."""
    return {rule.id: module for module in modules() for rule in source(module).rules.values()}


@cache
def users() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Give the rules that use a name of a module, in their own module or through imports."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for module in modules():
        for name, rule in source(module).rules.items():
            for used in _reached(module, name):
                found[used].append(rule.id)
    return {name: tuple(ids) for name, ids in found.items()}


def mutants(module: str) -> Iterator[Mutant]:
    """Yield the mutants of a module, in the order of its lines."""
    parsed = source(module)
    for name, part in parsed.parts.items():
        owner = parsed.rules[name].id if name in parsed.rules else name
        for slot, old in (found for region in part for found in places(region)):
            for new, change in variants(old, *slot):
                if rules := users().get((module, name)):
                    yield Mutant(module, owner, rules, _line(old, slot[0]), change, slot, new)


def compiled(mutant: Mutant) -> CodeType:
    """Compile the module of a mutant with its change."""
    parent, field, position = mutant.slot
    value: Any = getattr(parent, field)
    if position is None:
        changed = mutant.new
    elif mutant.new is None:
        changed = [*value[:position], *value[position + 1 :]]
    else:
        changed = [*value[:position], mutant.new, *value[position + 1 :]]
    parsed = source(mutant.module)
    setattr(parent, field, changed)
    try:
        return compile(ast.fix_missing_locations(parsed.tree), str(parsed.path), "exec")
    finally:
        setattr(parent, field, value)


def _line(old: ast.AST, parent: ast.AST) -> int:
    return getattr(old, "lineno", getattr(parent, "lineno", 0))


def _parts(statement: ast.stmt) -> Iterator[tuple[str, list[Slot]]]:
    """Yield the names that a statement of a module binds, each with the code that decides."""
    match statement:
        case ast.FunctionDef():
            declared = [slot for one in statement.decorator_list for slot in _declared(one)]
            yield statement.name, [*declared, (statement, "body", None), (statement, "args", None)]
        case ast.ClassDef():
            yield statement.name, [(statement, "body", None)]
        case ast.Assign(value=ast.Tuple(elts=values), targets=[ast.Tuple(elts=names)]):
            for position, name in enumerate(names):
                if position < len(values):
                    yield cast("ast.Name", name).id, [(statement.value, "elts", position)]
        case ast.Assign(targets=[ast.Name(id=name)]):
            yield name, list(_declared(statement.value)) or [(statement, "value", None)]
        case ast.AnnAssign(target=ast.Name(id=name)) if statement.value:
            yield name, [(statement, "value", None)]
        case _:
            pass


def _declared(call: ast.expr) -> Iterator[Slot]:
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in DECLARES:
        stack = call.func.id == "stack_rule" or any(one.arg == "stack" for one in call.keywords)
        for one in call.keywords:
            if one.arg == "options":
                yield from _defaults(one.value)
            elif one.arg == "check" or (one.arg == "types" and not stack):
                yield one, "value", None


def _defaults(options: ast.expr) -> Iterator[Slot]:
    """Yield the defaults of a rule's options, but not their descriptions."""
    for call in ast.walk(options):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Option":
            yield call, "args", 0
            yield from ((one, "value", None) for one in call.keywords if one.arg == "development")


def _reached(module: str, name: str) -> set[tuple[str, str]]:
    """Follow the names that a part uses, within its module and through imports."""
    reached, ahead = set[tuple[str, str]](), [(module, name)]
    while ahead:
        current = ahead.pop()
        home = source(current[0])
        if current not in reached and current[1] in home.parts:
            reached.add(current)
            names = {one.id for slot in home.parts[current[1]] for one in _nodes(slot) if isinstance(one, ast.Name)}
            ahead += [home.imports.get(one, (current[0], one)) for one in names]
    return reached


def _nodes(slot: Slot) -> Iterator[ast.AST]:
    value = _value(slot)
    for node in cast("list[ast.AST]", value) if isinstance(value, list) else [cast("ast.AST", value)]:
        yield from ast.walk(node)


def _value(slot: Slot) -> object:
    parent, field, position = slot
    value: Any = getattr(parent, field)
    return value if position is None else value[position]


def places(slot: Slot) -> Iterator[tuple[Slot, ast.AST]]:
    """Yield every place within a place, itself first, with the node that stands there."""
    value = _value(slot)
    if isinstance(value, list):
        for index in range(len(cast("list[ast.AST]", value))):
            yield from places((slot[0], slot[1], index))
    elif isinstance(value, ast.AST) and not _is_docstring(value):
        yield slot, value
        inner = [(value, "args", 1)] if _is_cast(value) else [(value, name, None) for name in _fields(value)]
        for one in inner:
            yield from places(one)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_cast(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cast"


def _fields(node: ast.AST) -> Iterator[str]:
    """Yield the fields of a node that hold code which decides: no annotations, no types."""
    match node:
        case ast.FunctionDef():
            yield from ("body", "args")
        case ast.AnnAssign():
            yield "value"
        case ast.arg() | ast.keyword(arg="strict"):
            return
        case ast.Subscript(
            value=ast.Name(id="dict" | "list" | "set" | "frozenset" | "tuple" | "defaultdict" | "Callable")
        ):
            return
        case _:
            yield from node._fields
