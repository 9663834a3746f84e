"""The rules inside the program: no preview or update can leave them out.

`install` registers a transform that sees each resource just before the engine does. In a preview a violation is logged
as an error of its resource, and the program fails once everything has been registered, so that one preview shows all
violations. In an update the resource gets a hook that refuses its creation or change.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi.runtime import is_dry_run, register_resource_transform, register_stack_transformation

from serverless_guard import baseline, enforcement, waivers
from serverless_guard.enforcement import Enforcement
from serverless_guard.installed import require_pulumi
from serverless_guard.pack import Pack
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Block, Options, Resource
from serverless_guard.remediation import remediations
from serverless_guard.report import REPORTED, describe, describe_waived
from serverless_guard.rules.rule import Finding
from serverless_guard.waivers import Waivers
from serverless_guard.wire import unwrapped

JUDGED = ("aws:", "pulumi:providers:aws")
"""Beginnings of the types that rules are about; components have no properties of their own."""


def install(*, production: bool, settings: Path | Pack | None = None) -> None:
    """Judge every resource that the program registers from here on. Call it before the first one.

    Args:
        production: Whether the stack is production; the stack's config says so, never its name.
        settings: The folder with `enforcement.yaml`, `waivers.yaml` and `baseline.json`, or a pack that says where
            these files are; None for the rules' own levels.

    The verdict is given by `pulumi.run`, which waits for the program's end; Pulumi takes it once a program.

    Raises:
        EnforcementError: `enforcement.yaml` names what does not exist, or `waivers.yaml` is not a list.
        pulumi.RunError: In an update, a waiver does not hold: nothing is created then.
    """
    require_pulumi()
    pack = settings if isinstance(settings, Pack) else Pack(settings)
    enforced = enforcement.read(production=production, file=pack.enforcement_file)
    recorded = baseline.read(pack.baseline_file, f"{pulumi.get_project()}/{pulumi.get_stack()}")
    guard = Guard(enforced, waivers.read(enforced, stack=pulumi.get_stack(), file=pack.waivers_file, baseline=recorded))
    if not is_dry_run():
        guard.refuse_bad_waivers()
    register_stack_transformation(guard.on_construct)
    register_resource_transform(guard.on_register)
    pulumi.run(guard.finish)


@dataclass(slots=True)
class Guard:
    """What is known of the program so far.

    Attributes:
        enforcement: The rules as the stack enforces them.
        waivers: Findings that somebody answers for.
        met: The program's resources in order.
        objects: The first of them with a type and name.
        given: What the program gave each of them, by type and name.
        records: Those that rules are about.
        providers: Inputs of the providers, by name.
        refused: What is said of the resources that an update refuses, by URN.
        advice: The advisory rules that do not hold, with the names of the resources. The pack shows them in full.
        violations: How many mandatory findings there are.
    """

    enforcement: Enforcement
    waivers: Waivers
    met: list[pulumi.Resource] = field(default_factory=list[pulumi.Resource])
    objects: dict[tuple[str, str], pulumi.Resource] = field(default_factory=dict[tuple[str, str], pulumi.Resource])
    given: dict[tuple[str, str], pulumi.Inputs] = field(default_factory=dict[tuple[str, str], pulumi.Inputs])
    records: list[Resource] = field(default_factory=list[Resource])
    providers: dict[str, Block] = field(default_factory=dict[str, Block])
    refused: dict[str, str] = field(default_factory=dict[str, str])
    advice: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    violations: int = 0
    _hook: pulumi.ResourceHook | None = None

    def on_construct(self, args: pulumi.ResourceTransformationArgs) -> None:
        """Remember a resource object and the outputs it was given, which the engine's view of a registration lacks."""
        self.met.append(args.resource)
        self.objects.setdefault((args.type_, args.name), args.resource)
        self.given[args.type_, args.name] = args.props

    async def on_register(self, args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        """Judge a registration, and refuse it when a mandatory rule is violated."""
        if not args.type_.startswith(JUDGED):
            return None
        resource = await self._record(args)
        self.records.append(resource)
        about, mended = self._object(resource), None
        for mended in remediations(self.enforcement, self.waivers, resource, args.props):
            resource = self.records[-1] = mended.resource
            if is_dry_run():
                pulumi.log.info(f"[{mended.rule.id}] remediated: {', '.join(mended.paths)}", resource=about)
        if args.type_.startswith("pulumi:providers:"):
            self.providers[args.name] = resource.props
        mandatory = self._report(self.waivers.remaining(self.enforcement.evaluate(resource)), about)
        props, options = mended.props if mended else args.props, args.opts
        if not mandatory:
            return pulumi.ResourceTransformResult(props=props, opts=options) if mended else None
        if is_dry_run():
            options.ignore_changes = [*(options.ignore_changes or []), REPORTED]
        else:
            self.refused[resource.urn] = describe(mandatory, "mandatory")
            hook = self._hook = self._hook or pulumi.ResourceHook("policies", self._refuse)
            options.hooks = pulumi.ResourceHookBinding(before_create=[hook], before_update=[hook])
        return pulumi.ResourceTransformResult(props=props, opts=options)

    async def finish(self) -> None:
        """Judge the stack once all of it is registered, and fail the program if anything mandatory is violated."""
        done = 0
        while done < len(self.met):
            waiting, done = self.met[done:], len(self.met)
            await asyncio.gather(*(one.urn.future() for one in waiting), return_exceptions=True)
        stack = Program(tuple(self.records), self.enforcement.production)
        findings = self.waivers.remaining(self.enforcement.evaluate_program(stack)) + self.waivers.check_waivers(
            whole=True
        )
        concerned: defaultdict[str, list[Finding]] = defaultdict(list)
        for one in findings:
            concerned[one.resource.urn if one.resource else ""].append(one)
        for several in concerned.values():
            self._report(several, self._object(several[0].resource), final=True)
        if self.advice and is_dry_run():
            lines = (f"\n  {rule}: {', '.join(sorted(names))}" for rule, names in sorted(self.advice.items()))
            pulumi.log.info(f"advisory rules that do not hold; `--policy-pack policies` says why:{''.join(lines)}")
        if is_dry_run() and (waived := describe_waived(self.waivers.in_force())):
            pulumi.log.info(waived)
        if is_dry_run() and (recorded := self.waivers.baseline.describe()):
            pulumi.log.info(recorded)
        if self.violations:
            raise pulumi.RunError(f"{self.violations} mandatory policy violations, listed above; the stack is refused")

    def refuse_bad_waivers(self) -> None:
        """Fail an update before it begins if a waiver does not hold; a preview shows it with everything else."""
        findings = self.waivers.check_waivers(whole=False)
        if any(self.enforcement.blocks(one.rule) for one in findings):
            raise pulumi.RunError(describe(findings, "mandatory"))

    def _object(self, resource: Resource | None) -> pulumi.Resource | None:
        return self.objects.get((resource.type, resource.name)) if resource else None

    def _report(
        self, findings: Sequence[Finding], about: pulumi.Resource | None, *, final: bool = False
    ) -> list[Finding]:
        """Show findings and give the mandatory ones. An update shows those of a resource when it refuses it."""
        mandatory = [one for one in findings if self.enforcement.blocks(one.rule)]
        advisory = [one for one in findings if not self.enforcement.blocks(one.rule)]
        prefix = "" if about or not findings else f"{findings[0].label}\n"
        if mandatory and (is_dry_run() or final):
            pulumi.log.error(prefix + describe(mandatory, "mandatory"), resource=about)
        for one in advisory:
            self.advice.setdefault(one.rule.id, set()).add(one.resource.name if one.resource else "the stack")
        self.violations += len(mandatory)
        return mandatory

    def _refuse(self, args: pulumi.ResourceHookArgs) -> None:
        raise pulumi.RunError(self.refused[args.urn])

    async def _record(self, args: pulumi.ResourceTransformArgs) -> Resource:
        values: dict[str, Any] = {}
        for key, given in args.props.items():
            known = given if _settled(given) else await pulumi.Output.from_input(given).future(with_unknowns=True)
            values[key] = _plain(known)
        # The registration has lost where its values come from, which is all that is known of those not yet made.
        inputs = self.given.get((args.type_, args.name), args.props)
        depends = {_camel(name): await _sources(given) for name, given in inputs.items() if not _settled(given)}
        options = args.opts
        urn = await _urn(args)
        return Resource(
            type=args.type_,
            name=args.name,
            props=Block(values, owner=urn),
            urn=urn,
            options=Options(
                protect=bool(options.protect),
                retain_on_delete=bool(options.retain_on_delete),
                delete_before_replace=options.delete_before_replace,
                ignore_changes=tuple(options.ignore_changes or ()),
            ),
            depends=depends,
            provider=await self._provider(options),
            production=self.enforcement.production,
        )

    async def _provider(self, options: pulumi.ResourceOptions) -> Block:
        if options.provider is None:
            config = pulumi.Config("aws")
            return Block({key: value for key in ("region", "defaultTags") if (value := config.get(key))})
        urn = await options.provider.urn.future() or ""
        return self.providers.get(urn.rpartition("::")[2], Block({}))


async def _urn(args: pulumi.ResourceTransformArgs) -> str:
    """Give the URN that the engine will give. Source: Pulumi docs, "Names: URN"."""
    parent = args.opts.parent
    qualified = (await parent.urn.future() or "").split("::")[2] if parent else ""
    prefix = f"{qualified}$" if qualified and qualified != "pulumi:pulumi:Stack" else ""
    return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{prefix}{args.type_}::{args.name}"


async def _sources(given: Any) -> frozenset[str]:
    """Give the URNs of the resources whose outputs an input was made of."""
    resources = await pulumi.Output.from_input(given).resources()
    urns = await asyncio.gather(*(one.urn.future() for one in resources))
    return frozenset(urn for urn in urns if urn)


def _settled(given: object) -> bool:
    """Tell whether a value is its own, without an output in it that would have to be waited for."""
    if isinstance(given, Mapping):
        return all(map(_settled, cast("Mapping[str, object]", given).values()))
    if isinstance(given, (list, tuple)):
        return all(map(_settled, cast("Sequence[object]", given)))
    return given is None or isinstance(given, (str, bool, int, float))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _plain(value: Any) -> Any:
    """Turn what the SDK gives into the plain values that rules read."""
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value)
        return unwrapped({key: _plain(item) for key, item in items.items()})
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in cast("Sequence[Any]", value)]
    if isinstance(value, pulumi.output.Unknown):
        return UNKNOWN
    return value
