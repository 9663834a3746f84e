"""Documents and grants as formulas over every resource and context: the third judge, by the SMT solver Z3.

`difference` asks for a request that the documents allow and the grants of the evaluator do not tell of, or the other
way round. Where the solver finds none, there is none.
"""

import importlib
from collections.abc import Callable, Iterable
from typing import Any, Final

from serverless_guard.iam.document import Condition
from serverless_guard.iam.evaluator import Access, Grant
from tests.policies.proof.cases import KEYS
from tests.policies.proof.enumeration import date, either, glob, listed, number, symbols
from tests.policies.proof.subject import parsed

z3: Any = importlib.import_module("z3")
RESOURCE: Final = z3.String("resource")
STEPS: Final = 20_000_000
UNMODELLED: Final = ("${", "IpAddress", "BinaryEquals", "IgnoreCase")
"""Parts of documents that the formulas leave to the other judges."""


def present(key: str) -> Any:
    return z3.Bool(f"{key} is present")


def values(key: str) -> list[Any]:
    """The values of a key: texts, or numbers where it is compared as one. A key with several has two, maybe equal."""
    found = next(one for one in KEYS if one.name.lower() == key)
    kind = z3.Real if found.operators[0].startswith(("Numeric", "Date")) else z3.String
    return [kind(f"{key} {i}") for i in range(2 if found.several else 1)]


def matching(text: Any, pattern: str, segments: bool = False) -> Any:
    """Match a pattern; with segments, component by component of an ARN."""
    any_char = z3.AllChar(z3.ReSort(z3.StringSort()))
    inside = z3.Intersect(any_char, z3.Complement(z3.Re(":"))) if segments else any_char
    parts: list[Any] = [z3.Re("")]
    colons = 0
    for char in pattern:
        colons += char == ":"
        symbol = any_char if colons > 4 else inside
        parts.append({"*": z3.Star(symbol), "?": symbol}.get(char) if char in "*?" else z3.Re(char))
    return z3.InRe(text, z3.Concat(*parts)) if len(parts) > 1 else text == ""


def condition(operator: str, key: str, expected: list[str]) -> Any:
    key = key.lower()
    if operator.lower() == "null":
        states = {"true": z3.Not(present(key)), "false": present(key)}
        return z3.Or(*(states[one.lower()] for one in expected))
    quantifier, _, name = operator.lower().rpartition(":")
    optional = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    negative = "not" in name
    test = comparison(name.replace("not", ""))
    outcomes = [z3.Or(*(test(value, one) for one in expected)) != negative for value in values(key)]
    met = z3.Or(*outcomes) if quantifier == "foranyvalue" else z3.And(*outcomes)
    absent = quantifier == "forallvalues" or optional or (negative and not quantifier)
    return z3.If(present(key), met, absent)


def comparison(name: str) -> Callable[[Any, str], Any]:
    if name == "stringequals":
        return lambda value, one: value == z3.StringVal(one)
    if name == "stringlike":
        return matching
    if name.startswith("arn"):
        return lambda value, one: matching(value, one, segments=True) if one.count(":") >= 5 else z3.BoolVal(val=False)
    if name == "bool":
        return lambda value, one: z3.Or(*(value == z3.StringVal(each) for each in {one.lower(), one.capitalize()}))
    kind, order = (number, name[7:]) if name.startswith("numeric") else (date, name[4:])
    orders: dict[str, Callable[[Any, Any], Any]] = {
        "equals": lambda a, b: a == b,
        "lessthan": lambda a, b: a < b,
        "lessthanequals": lambda a, b: a <= b,
        "greaterthan": lambda a, b: a > b,
        "greaterthanequals": lambda a, b: a >= b,
    }
    return lambda value, one: orders[order](value, kind(one))


def statement(written: dict[str, Any], action: str) -> Any:
    """Say when a statement speaks of a request for an action."""
    hits = [glob(symbols(one.lower(), {}, old=True, wild=True) or (), action.lower()) for one in actions(written)]
    if (True in hits) != ("Action" in written):
        return z3.BoolVal(val=False)
    named = z3.Or(*(matching(RESOURCE, one) for one in listed(either(written, "Resource"))))
    tests = [
        condition(operator, key, listed(expected))
        for operator, each in written.get("Condition", {}).items()
        for key, expected in each.items()
    ]
    return z3.And(named if "Resource" in written else z3.Not(named), *tests)


def actions(written: dict[str, Any]) -> list[str]:
    return listed(either(written, "Action"))


def some(documents: Iterable[Any], effect: str, action: str) -> Any:
    every = [one for document in documents for one in document["Statement"] if one["Effect"] == effect]
    return z3.Or(*(statement(one, action) for one in every))


def allowed(identity: list[Any], limit: list[Any] | None, action: str) -> Any:
    """Say when documents allow an action, by the policy evaluation logic."""
    every = [some(identity, "Allow", action), z3.Not(some([*identity, *(limit or ())], "Deny", action))]
    return z3.And(*every, *([] if limit is None else [some(limit, "Allow", action)]))


def told(grants: Iterable[Grant]) -> Any:
    """Say when the grants of the evaluator allow something."""
    return z3.Or(*(_grant(one) for one in grants))


def _grant(grant: Grant) -> Any:
    excepted = z3.Or(*(matching(RESOURCE, one) for one in grant.excepted))
    clauses = [z3.Or(*(_of(one) for one in clause)) for clause in grant.clauses]
    return z3.And(matching(RESOURCE, grant.resource), z3.Not(excepted), *clauses)


def _of(one: Condition | None) -> Any:
    return z3.BoolVal(val=True) if one is None else condition(one.operator, one.key, list(one.values))


def difference(identity: list[Any], limit: list[Any] | None, action: str, *, extra: bool) -> str | None:
    """Find a request that the grants lack, or with `extra` have too many.

    Returns:
        The request, empty when there is none, None when the solver gives up: it counts its own steps, not the time.
    """
    access = Access.of([parsed(one) for one in identity], None if limit is None else [parsed(one) for one in limit])
    real, shown = allowed(identity, limit, action), told(access.grants(action))
    solver: Any = z3.Solver()
    solver.set("rlimit", STEPS)
    # Requests of an identity name its ARN, and have no source that a service calls for.
    solver.add(present("aws:principalarn"), z3.Not(present("aws:sourcearn")))
    solver.add(z3.And(shown, z3.Not(real)) if extra else z3.And(real, z3.Not(shown)))
    found = solver.check()
    return "" if found == z3.unsat else str(solver.model()) if found == z3.sat else None
