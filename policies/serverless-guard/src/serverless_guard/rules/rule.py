"""What a rule is: a category that a resource or a stack keeps, with the function that decides it.

A rule is declared once, in one file below `rules/`, with its metadata and with examples that keep and break it. The
examples are its tests. `resource_rule` and `stack_rule` turn a function into a rule; a rule that merely compares a
property is a `Rule` with a check from `conditions`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from inspect import cleandoc
from typing import Any, Final, Literal, get_args

from serverless_guard import legacy
from serverless_guard.program import Program
from serverless_guard.record import Block, MalformedError, Options, Resource, UndecidedError

Severity = Literal["low", "medium", "high", "critical"]
SEVERITIES: Final = get_args(Severity)
"""From the least to the most severe."""
Level = Literal["disabled", "advisory", "mandatory", "remediate"]
Category = Literal[
    "least-privilege",
    "encryption",
    "deletion-protection",
    "network-exposure",
    "resilience",
    "logging-observability",
    "cost",
    "tagging",
]
Env = Literal["same", "prod-only", "prod-mandatory-dev-advisory", "threshold-per-stack", "dev-only", "opt-in"]
Tier = Literal["core", "extended", "opt-in"]

ResourceCheck = Callable[[Resource], Iterable[str]]
Remedy = Callable[[Resource], Mapping[str, Any]]
StackFindings = Iterator[tuple[Resource | None, str | UndecidedError]]
"""What a stack rule finds: a resource, or None for the stack, with a message or the error that says what is unknown."""
StackCheck = Callable[[Program], Iterable[tuple[Resource | None, str | UndecidedError]]]

ANY_TYPE = "*"
"""Stands in a rule's types for every resource of the program."""
THE_STACK = "the stack"
"""What a finding is about that no single resource causes."""


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a stack may set for a rule in `enforcement.yaml` or by `--policy-pack-config`.

    Attributes:
        default: What holds in production, and elsewhere unless `development` says otherwise.
        description: What the value means, with its unit.
        development: What holds outside of production.
        least: The smallest number that may be set.
        most: The largest number that may be set.
        more_is_stricter: Whether a longer list asks for more; other lists name exceptions.
    """

    default: Any
    description: str
    development: Any = None
    least: float | None = None
    most: float | None = None
    more_is_stricter: bool = False

    def value(self, *, production: bool) -> Any:
        """Give the default of a stack."""
        return self.default if production or self.development is None else self.development

    def schema(self) -> dict[str, Any]:
        """Describe the option as JSON Schema, in the form that the engine checks a pack's config against."""
        kinds: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
        schema: dict[str, Any] = {"type": kinds[type(self.default)], "description": self.description}
        if isinstance(self.default, list):
            schema["items"] = {"type": "string"}
        schema |= {"minimum": self.least} if self.least is not None else {}
        return schema | ({"maximum": self.most} if self.most is not None else {})


@dataclass(frozen=True, slots=True)
class Example:
    """A resource, or a small stack, that keeps or breaks a rule.

    Attributes:
        props: Inputs of the resource, or of the stack's first resource.
        type: Its type token; by default the first type of the rule.
        name: Its name in the program.
        options: Its Pulumi options.
        depends: The names of the resources that each property takes its value from.
        provider: Inputs of its provider.
        production: Whether the stack is production.
        settings: Options set for the rule.
        others: Further resources of the stack, for the rules that look at the stack.
        finds: The exact words of each finding, in order; none where the example keeps the rule. Words alone are about
            the example's own resource, a pair names another one of the stack, or `THE_STACK`.
    """

    props: Mapping[str, Any]
    type: str = ""
    name: str = "subject"
    options: Options = field(default_factory=Options)
    depends: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    provider: Mapping[str, Any] = field(default_factory=dict[str, Any])
    production: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    others: "tuple[Example, ...]" = ()
    finds: tuple[str | tuple[str, str], ...] = field(default=(), kw_only=True)


RULE_FAILED: Final = "the rule itself failed"
"""How a finding begins that a fault of the rule has made."""
MAKE_KNOWN: Final = (
    "Build the value from what is known at preview (names, account, region, partition) instead of an output of a "
    "resource not yet created."
)
"""What to do where a rule cannot decide."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to say about one resource.

    Attributes:
        rule: The rule.
        resource: The resource; None when the stack as a whole breaks the rule.
        message: What is wrong, without any value that could be secret.
        decided: False when the rule could not decide.
        advice: What to do about it where that is not the rule's fix.
        unknown: The property whose value the rule needs and the preview does not know; empty for other findings.
        others: Further rules that could not decide for the same reason, the most severe first.
        also: Findings of further rules that have the same cause.
    """

    rule: "Rule"
    resource: Resource | None
    message: str
    decided: bool = True
    advice: str = ""
    unknown: str = ""
    others: "tuple[Rule, ...]" = ()
    also: "tuple[Finding, ...]" = ()

    @property
    def rules(self) -> "tuple[Rule, ...]":
        """All rules that have it, or that its cause breaks."""
        every = (self.rule, *self.others, *(one.rule for one in self.also))
        return tuple({rule.id: rule for rule in every}.values())

    @property
    def fix(self) -> str:
        """What to do about it."""
        words = self.advice or self.rule.fix
        return legacy.current_fix(self.resource.declared_type, words) if self.resource else words

    @property
    def label(self) -> str:
        """What it is about, as people point at it."""
        return self.resource.label if self.resource else THE_STACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule with its metadata.

    Attributes:
        id: Its name, as it stands in `enforcement.yaml`, in waivers and in a violation.
        title: The wanted state, with the resource as its subject.
        rationale: Why, or what the title means in full.
        types: Type tokens of the resources that it is about; `*` for all.
        category: What it protects.
        severity: How bad a violation is.
        env: Where it is mandatory.
        tier: `core` rules are enforced as `env` says, `extended` ones advise, `opt-in` ones are off.
        house: Whether it is about choices of an organisation (regions, tags, accounts, budgets), which nobody else can
            make: it is off until the settings give one of its options or its level.
        fix: What to change, with the property and the value.
        fix_for: The fix for one resource where it depends on its engine, runtime or principal; empty where it does not.
        sources: The same rule in other tools, as `tool:id`, and the AWS page that it rests on.
        check: Decides: for each violation a message, or for a stack rule the resource and a message, or the error that
            says what is unknown of it.
        aliases: Earlier ids, which settings, waivers and commands may still name.
        stack: Whether the check reads the whole stack.
        good: Examples that keep it.
        bad: Examples that break it.
        options: What a stack may set.
        remedy: How a stack may have a violation mended; none where only people can do that safely.
        unknown_passes_because: Why an unknown value keeps the rule, where it does.
    """

    id: str
    title: str
    types: tuple[str, ...]
    category: Category
    severity: Severity
    env: Env
    fix: str
    check: ResourceCheck | StackCheck
    good: tuple[Example, ...]
    bad: tuple[Example, ...]
    rationale: str = ""
    tier: Tier = "core"
    house: bool = False
    sources: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    stack: bool = False
    options: Mapping[str, Option] = field(default_factory=dict[str, Option])
    remedy: Remedy | None = None
    fix_for: Callable[[Resource], str] | None = None
    unknown_passes_because: str = ""

    def level(self, *, production: bool, configured: bool = False) -> Level:
        """Say how a stack enforces the rule unless `enforcement.yaml` gives it a level.

        Args:
            production: Whether the stack declares itself production.
            configured: Whether the settings give one of the rule's options.
        """
        if self.tier == "opt-in" or self.env == "opt-in" or (self.house and not configured):
            return "disabled"
        if (self.env == "prod-only" and not production) or (self.env == "dev-only" and production):
            return "disabled"
        if self.tier == "extended" or (self.env == "prod-mandatory-dev-advisory" and not production):
            return "advisory"
        return "mandatory"

    def settings(self, *, production: bool) -> dict[str, Any]:
        """Give the defaults of the rule's options in a stack."""
        return {name: option.value(production=production) for name, option in self.options.items()}

    def findings(self, subject: Resource | Program, given: Mapping[str, Any] | None = None) -> list[Finding]:
        """Decide the rule for a resource, or for a stack if it is a stack rule.

        Args:
            subject: What to look at.
            given: Options of the rule that the stack sets, over their defaults.

        Returns:
            One finding a violation; one undecided finding when a property that the rule needs is unknown. A rule that
            raises anything else gives a finding too: a broken rule must not let a resource through.
        """
        if self.options:
            settings = self.settings(production=subject.production) | dict(given or {})
            subject = replace(subject, settings=settings)
        about = None if isinstance(subject, Program) else subject
        found: list[Finding] = []
        try:
            for item in self.check(subject):  # pyright: ignore[reportArgumentType]  # `stack` tells which of the two
                resource, message = item if isinstance(item, tuple) else (about, item)
                if isinstance(message, UndecidedError):
                    found.append(self._undecided(message, resource))
                    continue
                advice = self.fix_for(resource) if self.fix_for and resource else ""
                found.append(Finding(self, resource, message, advice=advice))
        except UndecidedError as error:
            found.append(self._undecided(error, about or _owner(subject, error.owner)))
        except MalformedError as error:
            message = f"{error.path} is not {error.expected}"
            found.append(Finding(self, about or _owner(subject, error.owner), message))
        except Exception as error:  # noqa: BLE001  a rule that fails for any reason is a violation, not a pass
            message = f"{RULE_FAILED} ({type(error).__name__}), nothing was decided"
            found.append(
                Finding(self, about, message, decided=False, advice="Report it to the maintainers of the rule.")
            )
        return found

    def _undecided(self, error: UndecidedError, about: Resource | None) -> Finding:
        message = f"cannot decide: {error}"
        return Finding(self, about, message, decided=False, advice=MAKE_KNOWN, unknown=error.path)


def _owner(subject: Resource | Program, urn: str) -> Resource | None:
    resources = subject.resources if isinstance(subject, Program) else ()
    return next((one for one in resources if urn and one.urn == urn), None)


def resource_rule(id: str, **metadata: Any) -> Callable[[ResourceCheck], Rule]:  # noqa: A002  the field's own term
    """Turn a function over a resource into a rule; its docstring is the rationale.

    Args:
        id: The rule's name.
        **metadata: The other attributes of `Rule`.
    """
    return lambda check: Rule(id=id, rationale=cleandoc(check.__doc__ or ""), check=check, **metadata)


def stack_rule(id: str, **metadata: Any) -> Callable[[StackCheck], Rule]:  # noqa: A002  the field's own term
    """Turn a function over a stack into a rule; its docstring is the rationale.

    Args:
        id: The rule's name.
        **metadata: The other attributes of `Rule`.
    """
    return lambda check: Rule(id=id, rationale=cleandoc(check.__doc__ or ""), check=check, stack=True, **metadata)


def subject(rule: Rule, example: Example) -> Resource | Program:
    """Make the record that a rule reads from an example of it."""
    resource = _resource(rule, example)
    if not rule.stack:
        return resource
    return Program((resource, *(_resource(rule, other) for other in example.others)), example.production)


def _resource(rule: Rule, example: Example) -> Resource:
    return Resource(
        type=example.type or next((kind for kind in rule.types if kind != ANY_TYPE), "aws:dynamodb/table:Table"),
        name=example.name,
        props=Block(example.props, owner=example.name),
        urn=example.name,
        options=example.options,
        depends={key: frozenset(names) for key, names in example.depends.items()},
        provider=Block(example.provider),
        production=example.production,
    )
