"""The rules as policies of Pulumi's SDK, to be put into anybody's `PolicyPack`.

The SDK asks every policy about every resource, and decodes the resource anew for each: `serverless_guard.pack` is the
fast way to run the same rules. Here a resource is turned into a record once, by the first policy that is asked about
it. Only this module needs the package pulumi-policy.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

from google.protobuf import struct_pb2
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.deserialize import serialize_properties
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

from serverless_guard import baseline, enforcement, waivers
from serverless_guard.enforcement import Enforcement, check_options
from serverless_guard.evaluation import notes
from serverless_guard.pack_files import Pack
from serverless_guard.program import Program
from serverless_guard.record import Block, Options, Resource
from serverless_guard.remediation import remediations
from serverless_guard.report import describe_waived
from serverless_guard.rules.least_privilege.waivers import waiver_valid
from serverless_guard.rules.rule import ANY_TYPE, Finding, Rule
from serverless_guard.waivers import Waivers
from serverless_guard.wire import block

ADVISORY: Final = "advisory"


def create_policies(pack: Pack, *, production: bool | None) -> list[Policy]:
    """Create a policy for each rule, with its level, severity, options, fix and remediation.

    Args:
        pack: Where the settings, waivers and the baseline lie.
        production: Whether the stack is production; None for what its config says under `<project>:production`, as far
            as the engine tells a pack of the SDK (3.220 does, current ones do not), and production otherwise.

    Raises:
        EnforcementError: A file of the pack cannot be used.
    """
    production = _is_production() if production is None else production
    session = _Session(pack, enforcement.read(production=production, file=pack.enforcement_file))
    waivers.read(session.enforcement, stack="", file=pack.waivers_file)
    rules = [rule for rule in session.enforcement.rules if rule is not waiver_valid]
    return [
        *(_policy(session, rule, position) for position, rule in enumerate(rules)),
        _stack_policy(session, waiver_valid, session.validate_waivers),
        StackValidationPolicy(
            "accepted-findings",
            "Findings that waivers or the baseline accept",
            session.report_accepted,
            EnforcementLevel.ADVISORY,
        ),
    ]


@dataclass(slots=True)
class _Session:
    """What the policies of one pack share.

    Attributes:
        pack: The pack.
        enforcement: The rules as the stack enforces them; what the engine configures comes on top.
        waivers: The accepted findings, read when the first resource tells which stack it is.
        seen: The resources, by URN, with the position of the policy that was asked last.
        program: All of them, once the stack is validated.
    """

    pack: Pack
    enforcement: Enforcement
    waivers: Waivers | None = None
    seen: dict[str, tuple[Resource, int]] = field(default_factory=dict[str, tuple[Resource, int]])
    program: Program | None = None

    def validate(self, rule: Rule, position: int, args: ResourceValidationArgs, report: ReportViolation) -> None:
        """Report the findings of a rule about one resource."""
        resource = self._resource(args, position)
        if resource.type in rule.types or ANY_TYPE in rule.types:
            self._report(rule.findings(resource, self._options(rule, args.get_config())), args.urn, report)

    def remediate(self, rule: Rule, args: ResourceValidationArgs) -> Mapping[str, Any] | None:
        """Change the properties that break a rule, or leave them where nothing has to be changed."""
        if args.resource_type not in rule.types:
            return None
        options = {rule.id: self._options(rule, args.get_config())}
        alone = Enforcement(self.enforcement.production, {rule.id: "remediate"}, options, rules=(rule,))
        props = cast("dict[str, Any]", serialize_properties(args.props))
        record = _record(args, self.enforcement)
        return next((one.props for one in remediations(alone, self._accepted(args.urn), record, props)), None)

    def validate_stack(self, rule: Rule, args: StackValidationArgs, report: ReportViolation) -> None:
        """Report the findings of a rule about the stack."""
        program = self.program = self.program or self._program(args.resources)
        stack = next((one.urn for one in args.resources), "")
        self._report(rule.findings(program, self._options(rule, args.get_config())), stack, report)

    def validate_waivers(self, args: StackValidationArgs, report: ReportViolation) -> None:
        """Report what is wrong with the waivers, after all other policies have been asked."""
        for finding in self._accepted(next((one.urn for one in args.resources), "")).check_waivers(whole=True):
            report(_words(finding), "")

    def report_accepted(self, args: StackValidationArgs, report: ReportViolation) -> None:
        """Report what is accepted and what else a reviewer must know of the verdict."""
        accepted = self._accepted(next((one.urn for one in args.resources), ""))
        program = self.program = self.program or self._program(args.resources)
        shown = notes(program, self.enforcement, accepted)
        for line in filter(None, (describe_waived(accepted.in_force()), *(note.words for note in shown))):
            report(line, "")

    def _report(self, findings: list[Finding], urn: str, report: ReportViolation) -> None:
        """Report what is not accepted. A policy has one level: the SDK's own way to advise is to raise."""
        remaining = self._accepted(urn).remaining(findings)
        advised = [
            one for one in remaining if not one.decided and self.enforcement.undecided_level(one.rule) == ADVISORY
        ]
        for finding in remaining:
            if finding not in advised:
                report(_words(finding), finding.resource.urn if finding.resource else "")
        for finding in advised:
            raise UnknownValueError(UNKNOWN_STRING_VALUE, finding.unknown.split("."))

    def _accepted(self, urn: str) -> Waivers:
        """Give the accepted findings of the stack that a URN belongs to."""
        if self.waivers is None:
            head, project, *_ = [*urn.split("::"), ""]
            stack = head.rpartition(":")[2]
            recorded = baseline.read(self.pack.baseline_file, f"{project}/{stack}")
            file = self.pack.waivers_file
            self.waivers = waivers.read(self.enforcement, stack=stack, file=file, baseline=recorded)
        return self.waivers

    def _options(self, rule: Rule, configured: Mapping[str, Any]) -> dict[str, Any]:
        given = check_options(rule, configured, f"configuration of {rule.id}")
        return {**self.enforcement.settings.get(rule.id, {}), **given}

    def _resource(self, args: ResourceValidationArgs, position: int) -> Resource:
        """Give the record of a resource, a new one when the policies are asked about it once more."""
        record, asked = self.seen.get(args.urn, (None, position))
        if record is None or position <= asked:
            self.program = None
            record = _record(args, self.enforcement)
        self.seen[args.urn] = record, position
        return record

    def _program(self, resources: list[PolicyResource]) -> Program:
        """Put the stack together from the inputs that were validated and the dependencies that are known only now."""
        records: list[Resource] = []
        for one in resources:
            record = self.seen[one.urn][0] if one.urn in self.seen else _record(one, self.enforcement)
            depends = {key: frozenset(each.urn for each in of) for key, of in one.property_dependencies.items()}
            records.append(replace(record, depends=depends))
        return Program(tuple(records), self.enforcement.production)


def _policy(session: _Session, rule: Rule, position: int) -> Policy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        session.validate(rule, position, args, report)

    def validate_stack(args: StackValidationArgs, report: ReportViolation) -> None:
        session.validate_stack(rule, args, report)

    def remediate(args: ResourceValidationArgs) -> Any:
        return session.remediate(rule, args)

    if rule.stack:
        return _stack_policy(session, rule, validate_stack)
    return ResourceValidationPolicy(
        validate=validate, remediate=remediate if rule.remedy else None, **_described(session.enforcement, rule)
    )


def _stack_policy(
    session: _Session, rule: Rule, validate: Callable[[StackValidationArgs, ReportViolation], None]
) -> Policy:
    return StackValidationPolicy(validate=validate, **_described(session.enforcement, rule))


def _described(enforced: Enforcement, rule: Rule) -> dict[str, Any]:
    values = enforced.options(rule)
    options = {name: {**option.schema(), "default": values[name]} for name, option in rule.options.items()}
    return {
        "name": rule.id,
        "description": rule.title,
        "display_name": rule.title,
        "enforcement_level": EnforcementLevel(enforced.level(rule)),
        "config_schema": PolicyConfigSchema(options) if options else None,
        "severity": Severity(rule.severity),
        "tags": [rule.category, rule.tier],
        "remediation_steps": rule.fix,
    }


def _record(args: ResourceValidationArgs | PolicyResource, enforced: Enforcement) -> Resource:
    return Resource(
        type=args.resource_type,
        name=args.name,
        props=_block(args.props, args.urn),
        urn=args.urn,
        options=Options(
            protect=args.opts.protect,
            delete_before_replace=args.opts.delete_before_replace,
            ignore_changes=tuple(args.opts.ignore_changes),
        ),
        provider=_block(args.provider.props, "") if args.provider else Block({}),
        production=enforced.production,
        custom=args.provider is not None,
    )


def _block(props: Mapping[str, Any], owner: str) -> Block:
    """Read properties as the engine sent them: the SDK's own view of them raises where a value is unknown."""
    wire = struct_pb2.Struct()
    wire.update(serialize_properties(props))
    return block(wire, owner)


def _words(finding: Finding) -> str:
    return f"{finding.message}\n  fix: {finding.fix}"


def _is_production() -> bool:
    config = json.loads(os.environ.get("PULUMI_CONFIG") or "{}")
    return str(config.get(f"{os.environ.get('PULUMI_PROJECT')}:production", "true")).lower() != "false"
