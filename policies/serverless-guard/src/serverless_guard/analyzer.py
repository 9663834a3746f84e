"""The rules as a policy pack: the engine's analyzer protocol.

Each rule is a policy of its own to the engine, with name, level, severity, options and fix. Unlike the SDK's server,
which decodes a resource again for every policy, this one turns a resource into a record once and asks only the rules
of its type. Protocol: pulumi/pulumi, proto/pulumi/analyzer.proto.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

from serverless_guard import baseline, waivers
from serverless_guard.enforcement import Enforcement, EnforcementError, read
from serverless_guard.evaluation import Note, evaluate
from serverless_guard.pack_files import Pack
from serverless_guard.policy_config import ALL, configure
from serverless_guard.program import Program
from serverless_guard.record import Options, Resource
from serverless_guard.remediation import remediations
from serverless_guard.report import detail
from serverless_guard.rules.rule import Finding, Level, Rule
from serverless_guard.undecided import merge_undecided
from serverless_guard.wire import block, identities

LEVELS: Final[dict[Level, proto.EnforcementLevel.ValueType]] = {
    "advisory": proto.ADVISORY,
    "mandatory": proto.MANDATORY,
    "disabled": proto.DISABLED,
    "remediate": proto.REMEDIATE,
}
MANDATORY: Final[Level] = "mandatory"
SEVERITIES: Final = {
    "low": proto.POLICY_SEVERITY_LOW,
    "medium": proto.POLICY_SEVERITY_MEDIUM,
    "high": proto.POLICY_SEVERITY_HIGH,
    "critical": proto.POLICY_SEVERITY_CRITICAL,
}


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers the engine's questions about one stack.

    Whether the stack is production is what its config says under `<project>:production`. A stack that says nothing
    counts as production.
    """

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._enforcement: Enforcement = read(production=True, file=pack.enforcement_file)
        self._waivers = waivers.read(self._enforcement, stack="", file=pack.waivers_file)
        self._stack = ""
        self._preview = False
        self._seen: dict[str, Resource] = {}

    @property
    def remediating(self) -> bool:
        """Whether any rule is to be remediated."""
        return self._enforcement.remediating

    def ConfigureStack(self, request: proto.AnalyzerStackConfigureRequest, context: Any) -> Any:  # noqa: N802  gRPC
        """Learn which stack it is."""
        del context
        production = request.config.get(f"{request.project}:production", "true").lower() != "false"
        self._enforcement = read(production=production, file=self._pack.enforcement_file)
        self._read_accepted(request.project, request.stack)
        self._preview = request.dry_run
        return proto.AnalyzerStackConfigureResponse()

    def _read_accepted(self, project: str, stack: str) -> None:
        self._stack = f"{project}/{stack}"
        recorded = baseline.read(self._pack.baseline_file, self._stack)
        file = self._pack.waivers_file
        self._waivers = waivers.read(self._enforcement, stack=stack, file=file, baseline=recorded)

    def GetAnalyzerInfo(self, request: empty_pb2.Empty, context: Any) -> proto.AnalyzerInfo:  # noqa: N802  gRPC
        """Describe the rules as the stack enforces them."""
        del request, context
        rules = self._enforcement.rules
        return proto.AnalyzerInfo(
            name=self._pack.name,
            version=self._pack.version,
            supportsConfig=True,
            policies=[self._describe(rule) for rule in rules],
        )

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Any) -> plugin_pb2.PluginInfo:  # noqa: N802  gRPC
        """Give the pack's version."""
        del request, context
        return plugin_pb2.PluginInfo(version=self._pack.version)

    def Configure(self, request: proto.ConfigureAnalyzerRequest, context: Any) -> empty_pb2.Empty:  # noqa: N802  gRPC
        """Take levels and options, in which the engine has laid `--policy-pack-config` over the description above."""
        names: dict[int, Level] = {number: level for level, number in LEVELS.items()}
        # The engine has applied the level of "all" to each rule, and hands it on all the same.
        rules = {name: config for name, config in request.policyConfig.items() if name != ALL}
        levels: dict[str, Level] = {
            name: names.get(config.enforcementLevel, MANDATORY) for name, config in rules.items()
        }
        options: dict[str, dict[str, Any]] = {
            name: json_format.MessageToDict(config.properties) for name, config in rules.items()
        }
        everywhere = names.get(request.policyConfig[ALL].enforcementLevel) if ALL in request.policyConfig else None
        try:
            self._enforcement = configure(self._enforcement, levels, options, everywhere=everywhere)
        except EnforcementError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        self._waivers = replace(self._waivers, enforcement=self._enforcement)
        return empty_pb2.Empty()

    def Remediate(self, request: proto.AnalyzeRequest, context: Any) -> proto.RemediateResponse:  # noqa: N802  gRPC
        """Mend what breaks a rule that the stack has remediated."""
        del context
        if not self._enforcement.remediates(request.type):
            return proto.RemediateResponse()
        props: dict[str, Any] = json_format.MessageToDict(request.properties)
        response = proto.RemediateResponse()
        for one in remediations(self._enforcement, self._waivers, self._resource(request), props):
            answer = response.remediations.add(
                policyName=one.rule.id,
                policyPackName=self._pack.name,
                policyPackVersion=self._pack.version,
                description=one.rule.title,
            )
            answer.properties.update(one.props)
        return response

    def Analyze(self, request: proto.AnalyzeRequest, context: Any) -> proto.AnalyzeResponse:  # noqa: N802  gRPC
        """Judge one resource before it is created or changed; a preview gives its findings at the end, all together."""
        del context
        if not self._stack:  # `pulumi policy analyze` does not say which stack it is
            head, project, *_ = [*request.urn.split("::"), ""]
            self._read_accepted(project, head.rpartition(":")[2])
        resource = self._resource(request)
        self._seen[resource.urn] = resource
        self._count_as_the_guard_does(resource)
        if self._preview:
            return proto.AnalyzeResponse()
        found = self._enforcement.evaluate(resource)
        return self._answer(self._waivers.remaining(merge_undecided(found, self._enforcement)))

    def AnalyzeStack(self, request: proto.AnalyzeStackRequest, context: Any) -> proto.AnalyzeResponse:  # noqa: N802  gRPC
        """Judge the whole stack, by the inputs that `Analyze` saw and the dependencies that are known only now.

        What `Analyze` has not seen is none of the program's: it is only read, or a run with targets leaves it alone.
        """
        del context
        resources = [
            replace(
                seen,
                depends={key: frozenset(value.urns) for key, value in raw.propertyDependencies.items()},
                outputs=identities(raw.properties),
            )
            for raw in request.resources
            if (seen := self._seen.get(raw.urn))
        ]
        program = Program(tuple(resources), self._enforcement.production)
        # An update has refused what single resources break; for a preview they are judged now, with their dependencies.
        verdict = evaluate(program, self._enforcement, self._waivers, None if self._preview else ())
        answer = self._answer(verdict.findings)
        if self._preview:
            answer.diagnostics.extend(
                self._diagnostic(finding, f"{finding.rule.title}\n{waiver.words}\n{finding.message}", "advisory")
                for waiver, finding in verdict.waived
            )
            answer.diagnostics.extend(self._note(note) for note in verdict.notes)
        return answer

    def _count_as_the_guard_does(self, resource: Resource) -> None:
        """Let a waiver count as used whose finding only the guard sees, because the engine tells us less."""
        if self._waivers.all:
            told = replace(resource, options=replace(resource.options, retain_on_delete=False))
            self._waivers.remaining(self._enforcement.evaluate(told))

    def _resource(self, raw: proto.AnalyzeRequest) -> Resource:
        options = raw.options
        return Resource(
            type=raw.type,
            name=raw.name,
            props=block(raw.properties, raw.urn),
            urn=raw.urn,
            options=Options(
                protect=options.protect,
                delete_before_replace=options.deleteBeforeReplace if options.deleteBeforeReplaceDefined else None,
                ignore_changes=tuple(options.ignoreChanges),
            ),
            provider=block(raw.provider.properties),
            production=self._enforcement.production,
            custom=raw.HasField("provider") or raw.type.startswith("pulumi:providers:"),
        )

    def _describe(self, rule: Rule) -> proto.PolicyInfo:
        info = proto.PolicyInfo(
            name=rule.id,
            displayName=rule.title,
            description=rule.title,
            enforcementLevel=LEVELS[self._enforcement.level(rule)],
            severity=SEVERITIES[rule.severity],
            policy_type=proto.POLICY_TYPE_STACK if rule.stack else proto.POLICY_TYPE_RESOURCE,
            remediation_steps=rule.fix,
            tags=[rule.category, rule.tier],
        )
        values = self._enforcement.options(rule)
        for name, option in rule.options.items():
            info.configSchema.properties.update({name: {**option.schema(), "default": values[name]}})
        return info

    def _answer(self, findings: Iterable[Finding]) -> proto.AnalyzeResponse:
        return proto.AnalyzeResponse(
            diagnostics=[
                self._diagnostic(one, detail(one), "mandatory" if self._enforcement.is_mandatory(one) else "advisory")
                for one in findings
            ]
        )

    def _diagnostic(self, finding: Finding, words: str, level: Level) -> proto.AnalyzeDiagnostic:
        return proto.AnalyzeDiagnostic(
            policyName=finding.rule.id,
            policyPackName=self._pack.name,
            policyPackVersion=self._pack.version,
            description=finding.rule.title,
            message=words,
            enforcementLevel=LEVELS[level],
            severity=SEVERITIES[finding.rule.severity],
            urn=finding.resource.urn if finding.resource else "",
        )

    def _note(self, note: Note) -> proto.AnalyzeDiagnostic:
        """Show a note on the verdict: the protocol has nothing but diagnostics, each of a policy."""
        return proto.AnalyzeDiagnostic(
            policyName=note.name,
            policyPackName=self._pack.name,
            policyPackVersion=self._pack.version,
            message=note.words,
            enforcementLevel=proto.ADVISORY,
            severity=proto.POLICY_SEVERITY_LOW,
        )
