"""What may be changed of a rule's code: for one node of it, what could stand there instead."""

import ast
from collections.abc import Iterator
from typing import Final

SWAPPED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ORDERINGS: Final = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
COUNTERPARTS: Final = {
    one: other
    for pair in (("any", "all"), ("min", "max"), ("startswith", "endswith"))
    for one, other in (pair, pair[::-1])
}
OPERATORS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
STRIPS: Final = ("strip", "lstrip", "rstrip")
CHECKS: Final = ("is_true", "is_set", "any_set", "is_one_of", "is_none_of", "is_known_and_none_of", "every")
"""The functions of `conditions` that take any number of arguments."""

LONG_TABLE: Final = 10
"""A tuple, set, list or object of more constants is data from a source that its docstring names; examples that go
through all of it would only repeat it."""

Variant = tuple[ast.AST | None, str]
"""A node and how the change reads; None takes the old node out of its list."""


def variants(node: ast.AST, parent: ast.AST, field: str, position: int | None) -> Iterator[Variant]:
    """Yield what could stand in a node's place.

    Args:
        node: The node.
        parent: What it stands in.
        field: The parent's field.
        position: Where in the field's list it stands; None where the field is no list.
    """
    if _in_long_table(parent):
        return
    dropped = position is not None and _droppable(parent, field)
    if dropped:
        yield None, f"{_text(node)} dropped from {_text(parent)}"
    if (dropped and field != "ifs") or (isinstance(parent, ast.Dict) and field == "keys"):
        return  # another name in a table is the same as none
    if field == "args" and _strips(parent):
        yield ast.Constant("~"), f"{_text(node)} -> '~'"  # more characters may stand for the same
        return
    for new in _negated(node, parent, field):
        yield new, f"{_text(node)} -> {_text(new)}"
    yield from _changed(node)


def _text(node: ast.AST) -> str:
    """Give the code of a node on one line, cut where it is long."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 100 else f"{text[:97]}..."


def _negated(node: ast.AST, parent: ast.AST, field: str) -> Iterator[ast.AST]:
    """Negate a condition, unless another change of it does the same."""
    condition = (field == "test" and isinstance(parent, (ast.If, ast.IfExp, ast.While))) or field == "ifs"
    same = isinstance(node, ast.UnaryOp) or (isinstance(node, ast.Compare) and not isinstance(node.ops[0], ORDERINGS))
    if condition and isinstance(node, ast.expr) and not same:
        yield ast.UnaryOp(ast.Not(), node)


def _changed(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    match node:
        case ast.BoolOp() | ast.Dict() if len(node.values) <= LONG_TABLE:
            yield from _without_parts(node)
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            yield ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load()))), f"{_text(node)} dropped"
        case ast.Return(value=ast.Constant(value=None)):
            return  # a function that ends without it gives None as well
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break() | ast.AugAssign():
            yield ast.Pass(), f"{_text(node)} dropped"
        case _:
            for new in _replaced(node):
                yield new, f"{_text(node)} -> {_text(new)}"


def _without_parts(node: ast.BoolOp | ast.Dict) -> Iterator[tuple[ast.AST, str]]:
    for position, value in enumerate(node.values):
        values = [*node.values[:position], *node.values[position + 1 :]]
        if isinstance(node, ast.Dict):
            key = node.keys[position]
            keys = [*node.keys[:position], *node.keys[position + 1 :]]
            yield ast.Dict(keys, values), f"{_text(key or value)} dropped from {_text(node)}"
        else:
            yield ast.BoolOp(node.op, values) if len(values) > 1 else values[0], f"{_text(value)} dropped"
    if isinstance(node, ast.BoolOp):
        other = "or" if isinstance(node.op, ast.And) else "and"
        yield ast.BoolOp(ast.Or() if other == "or" else ast.And(), node.values), f"{other} in {_text(node)}"


def _replaced(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            for position, op in enumerate(ops):
                swapped = SWAPPED[type(op)]()
                yield ast.Compare(left, [*ops[:position], swapped, *ops[position + 1 :]], comparators)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS and not _is_text(left, right):
            yield ast.BinOp(left, OPERATORS[type(op)](), right)
        case ast.Name(id=name) if name in COUNTERPARTS:
            yield ast.Name(COUNTERPARTS[name], ast.Load())
        case ast.Attribute(value=value, attr=name) if name in COUNTERPARTS:
            yield ast.Attribute(value, COUNTERPARTS[name], ast.Load())
        case ast.Constant(value=value):
            yield from _constants(value)
        case _:
            pass


def _constants(value: object) -> Iterator[ast.Constant]:
    """Change a constant; an empty string stays, for it mostly stands where nothing is."""
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, str) and value:
        yield ast.Constant(f"{value}~")
    elif isinstance(value, (int, float)):
        yield ast.Constant(value + 1)


def _is_text(*nodes: ast.expr) -> bool:
    return any(
        isinstance(one, ast.JoinedStr) or (isinstance(one, ast.Constant) and isinstance(one.value, str))
        for one in nodes
    )


def _is_constant(node: ast.AST) -> bool:
    """Tell whether a node is written out or names a constant, so that its tuple is a table and no record."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name.isupper()
        case ast.Starred(value=value):
            return _is_constant(value)
        case ast.Tuple(elts=elements):
            return all(_is_constant(one) for one in elements)
        case _:
            return False


def _strips(call: ast.AST) -> bool:
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in STRIPS


def _in_long_table(parent: ast.AST) -> bool:
    values = parent.values if isinstance(parent, ast.Dict) else getattr(parent, "elts", [])
    return len(values) > LONG_TABLE and all(_is_constant(one) for one in values)


def _droppable(parent: ast.AST, field: str) -> bool:
    """Tell whether a list of a node makes sense without each of its items."""
    match parent:
        case ast.Tuple(ctx=ast.Load()) | ast.List(ctx=ast.Load()) | ast.Set():
            return all(_is_constant(one) for one in parent.elts)
        case ast.Call(func=ast.Name(id=name)) if field == "args":
            return name in CHECKS and len(parent.args) > 1
        case ast.comprehension():
            return field == "ifs"
        case _:
            return False
