"""The rules inside the program: no preview or update can leave them out.

`install` registers a transform that sees each resource just before the engine does. In a preview a violation is logged
as an error of its resource, and the program fails once everything has been registered, so that one preview shows all
violations. In an update the resource gets a hook that refuses its creation or change.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, cast

import pulumi
from pulumi.runtime import is_dry_run, register_resource_transform, register_stack_transformation

from serverless_guard import baseline, enforcement, waivers
from serverless_guard.default_provider import default_provider
from serverless_guard.enforcement import Enforcement
from serverless_guard.evaluation import evaluate
from serverless_guard.installed import require_pulumi
from serverless_guard.last_transform import stay_last
from serverless_guard.pack_files import Pack
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Block, Options, Resource
from serverless_guard.references import IDENTITIES
from serverless_guard.remediation import remediations
from serverless_guard.report import describe, describe_waived
from serverless_guard.rules.rule import Finding
from serverless_guard.undecided import merge_undecided
from serverless_guard.waivers import Waivers
from serverless_guard.wire import unwrapped

ATTRIBUTES: Final = {key: re.sub(r"([A-Z])", r"_\1", key).lower() for key in IDENTITIES}
"""What the SDK calls the outputs by which another resource may name one."""


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
    stay_last()
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
        records: What it registers, by URN, in order.
        providers: Inputs of the providers, by name.
        refused: What is said of the resources that an update refuses, by URN.
        finished: Whether the verdict on the stack has been given.
    """

    enforcement: Enforcement
    waivers: Waivers
    met: list[pulumi.Resource] = field(default_factory=list[pulumi.Resource])
    objects: dict[tuple[str, str], pulumi.Resource] = field(default_factory=dict[tuple[str, str], pulumi.Resource])
    given: dict[tuple[str, str], pulumi.Inputs] = field(default_factory=dict[tuple[str, str], pulumi.Inputs])
    records: dict[str, Resource] = field(default_factory=dict[str, Resource])
    providers: dict[str, Block] = field(default_factory=dict[str, Block])
    refused: dict[str, str] = field(default_factory=dict[str, str])
    finished: bool = False
    _hook: pulumi.ResourceHook | None = None

    def on_construct(self, args: pulumi.ResourceTransformationArgs) -> None:
        """Remember a resource object and the outputs it was given, which the engine's view of a registration lacks."""
        self.met.append(args.resource)
        self.objects.setdefault((args.type_, args.name), args.resource)
        self.given[args.type_, args.name] = args.props

    async def on_register(self, args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        """Record a registration, and mend what is to be remediated. An update refuses here what is mandatory.

        It runs again after a transform that the program registers later; what it saw last counts.

        Raises:
            pulumi.RunError: The registration comes after the verdict and breaks a mandatory rule.
        """
        resource, mended = await self._record(args), None
        about = self._object(resource)
        for mended in remediations(self.enforcement, self.waivers, resource, args.props):
            resource = mended.resource
            if is_dry_run():
                pulumi.log.info(f"[{mended.rule.id}] remediated: {', '.join(mended.paths)}", resource=about)
        self.records[resource.urn] = resource
        if args.custom and args.opts.provider is None and args.type_.startswith("aws:"):
            provider = default_provider(args.type_, args.opts, production=self.enforcement.production)
            self.records.setdefault(provider.urn, provider)
        if args.type_.startswith("pulumi:providers:"):
            self.providers[args.name] = resource.props
        props, options = mended.props if mended else args.props, args.opts
        self.refused.pop(resource.urn, None)
        if self.finished or not is_dry_run():
            self._refuse_mandatory(resource, options)
        if not mended and resource.urn not in self.refused:
            return None
        return pulumi.ResourceTransformResult(props=props, opts=options)

    def _refuse_mandatory(self, resource: Resource, options: pulumi.ResourceOptions) -> None:
        """Bind a hook that refuses to create or change a resource; after the verdict refuse its registration."""
        default = None if options.provider else self.records.get(resource.provider.owner)
        subjects = (resource, default) if default else (resource,)
        evaluated = [one for subject in subjects for one in self.enforcement.evaluate(subject)]
        found = self.waivers.remaining(merge_undecided(evaluated, self.enforcement))
        mandatory = [one for one in found if self.enforcement.is_mandatory(one)]
        if mandatory and self.finished:
            raise pulumi.RunError(f"{resource.label}\n{describe(mandatory, 'mandatory')}")
        if mandatory:
            self.refused[resource.urn] = describe(mandatory, "mandatory")
            hook = self._hook = self._hook or pulumi.ResourceHook("policies", self._refuse)
            binding = options.hooks = options.hooks or pulumi.ResourceHookBinding()
            binding.before_create = [*(binding.before_create or ()), hook]
            binding.before_update = [*(binding.before_update or ()), hook]

    async def finish(self) -> None:
        """Judge the stack once all of it is registered, and fail the program if anything mandatory is violated."""
        done = 0
        while done < len(self.met):
            waiting, done = self.met[done:], len(self.met)
            await asyncio.gather(*(one.urn.future() for one in waiting), return_exceptions=True)
        self.finished = True
        answered = await asyncio.gather(*map(_answered, self.met), return_exceptions=True)
        outputs = dict(one for one in answered if not isinstance(one, BaseException))
        records = (replace(one, outputs=outputs.get(urn, {})) for urn, one in self.records.items())
        program = Program(tuple(records), self.enforcement.production)
        # An update has shown what single resources break where it refused them.
        verdict = evaluate(program, self.enforcement, self.waivers, None if is_dry_run() else ())
        mandatory = [one for one in verdict.findings if self.enforcement.is_mandatory(one)]
        concerned: defaultdict[str, list[Finding]] = defaultdict(list)
        for one in mandatory:
            concerned[one.resource.urn if one.resource else ""].append(one)
        for several in concerned.values():
            about = self._object(several[0].resource)
            prefix = "" if about else f"{several[0].label}\n"
            pulumi.log.error(prefix + describe(several, "mandatory"), resource=about)
        if is_dry_run():
            self._advise([one for one in verdict.findings if not self.enforcement.is_mandatory(one)])
            words = (describe_waived(verdict.waived), *(note.words for note in verdict.notes), self._misdeclared())
            for shown in filter(None, words):
                pulumi.log.info(shown)
        if violations := len(mandatory) + len(self.refused):
            raise pulumi.RunError(f"{violations} mandatory policy violations, listed above; the stack is refused")

    def _advise(self, advisory: Sequence[Finding]) -> None:
        """List the advisory rules that do not hold with the names of the resources; the pack shows them in full."""
        names: defaultdict[str, set[str]] = defaultdict(set)
        for one in advisory:
            for rule in one.rules:
                names[rule.id].add(one.resource.name if one.resource else "the stack")
        if names:
            lines = (f"\n  {rule}: {', '.join(sorted(several))}" for rule, several in sorted(names.items()))
            pulumi.log.info(f"advisory rules that do not hold; `--policy-pack policies` says why:{''.join(lines)}")

    def _misdeclared(self) -> str:
        """Say where the program judges the stack as production, or not, against what the stack's config says."""
        production = self.enforcement.production
        declared = pulumi.Config().get_bool("production")
        if declared is None or declared is production:
            return ""
        kind = "production" if production else "development"
        return f"the program judges the stack as {kind}, although its config says production: {str(declared).lower()}"

    def refuse_bad_waivers(self) -> None:
        """Fail an update before it begins if a waiver does not hold; a preview shows it with everything else."""
        findings = self.waivers.check_waivers(whole=False)
        if any(self.enforcement.blocks(one.rule) for one in findings):
            raise pulumi.RunError(describe(findings, "mandatory"))

    def _object(self, resource: Resource | None) -> pulumi.Resource | None:
        return self.objects.get((resource.token, resource.name)) if resource else None

    def _refuse(self, args: pulumi.ResourceHookArgs) -> None:
        if words := self.refused.get(args.urn):
            raise pulumi.RunError(words)

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
            provider=await self._provider(args) if args.custom else Block({}),
            production=self.enforcement.production,
            custom=args.custom,
        )

    async def _provider(self, args: pulumi.ResourceTransformArgs) -> Block:
        if args.opts.provider is None:
            return default_provider(args.type_, args.opts, production=self.enforcement.production).props
        urn = await args.opts.provider.urn.future() or ""
        return self.providers.get(urn.rpartition("::")[2], Block({}))


async def _urn(args: pulumi.ResourceTransformArgs) -> str:
    """Give the URN that the engine will give. Source: Pulumi docs, "Names: URN"."""
    parent = args.opts.parent
    qualified = (await parent.urn.future() or "").split("::")[2] if parent else ""
    prefix = f"{qualified}$" if qualified and qualified != "pulumi:pulumi:Stack" else ""
    return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{prefix}{args.type_}::{args.name}"


async def _answered(resource: pulumi.Resource) -> tuple[str, dict[str, str]]:
    """Give a resource's URN, and its outputs by which another resource may name it, as far as they are known."""
    known: dict[str, str] = {}
    for key, name in ATTRIBUTES.items() if isinstance(resource, pulumi.CustomResource) else ():
        output: object = getattr(resource, name, None)
        value = await cast("pulumi.Output[object]", output).future() if isinstance(output, pulumi.Output) else None
        known |= {key: value} if isinstance(value, str) else {}
    return await resource.urn.future() or "", known


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
