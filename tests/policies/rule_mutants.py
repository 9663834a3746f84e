"""Mutants of the rules: small changes of a rule's code that its own examples should notice.

Not to be confused with `mutations.py`, which breaks the program. What is mutated of a module below `rules/` is what
decides: rule functions, the checks, types and option defaults of declarations, and the helper functions and constants
of the module that these use. Examples, metadata and remedies stay as they are.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final, cast

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
    """A module of rules with its parsed code.

    Attributes:
        module: The module.
        path: Its file.
        tree: Its code; changed while a mutant is compiled.
    """

    module: ModuleType
    path: Path
    tree: ast.Module

    @property
    def rules(self) -> dict[str, Rule]:
        """The rules that the module declares, by the name of their variable."""
        return {name: value for name, value in vars(self.module).items() if isinstance(value, Rule)}


@cache
def source(module: str) -> Source:
    """Import a module and parse its code."""
    imported = import_module(module)
    path = Path(cast("str", imported.__file__))
    return Source(imported, path, ast.parse(path.read_text(encoding="utf-8")))


def mutants(module: str) -> Iterator[Mutant]:
    """Yield the mutants of a module, in the order of its lines."""
    parsed = source(module)
    parts = {name: part for statement in parsed.tree.body for name, part in _parts(statement)}
    rules = {name: rule for name, rule in parsed.rules.items() if name in parts}
    users = {name: tuple(rule.id for key, rule in rules.items() if name in _reached(key, parts)) for name in parts}
    for name, part in parts.items():
        owner = rules[name].id if name in rules else name
        for slot, old in (found for region in part for found in places(region)):
            for new, change in variants(old, *slot):
                if users[name]:
                    yield Mutant(module, owner, users[name], _line(old, slot[0]), change, slot, new)


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


def _reached(name: str, parts: dict[str, list[Slot]]) -> set[str]:
    """Follow the names that a part uses within its module."""
    reached, ahead = set[str](), [name]
    while ahead:
        if (current := ahead.pop()) in parts and current not in reached:
            reached.add(current)
            ahead += [node.id for slot in parts[current] for node in _nodes(slot) if isinstance(node, ast.Name)]
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
