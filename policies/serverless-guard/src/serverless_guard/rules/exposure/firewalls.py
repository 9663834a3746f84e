"""Rules of AWS WAF web ACLs."""

from collections.abc import Iterator
from typing import Any

from serverless_guard.record import Block, Resource
from serverless_guard.rules.rule import Example, Rule, resource_rule

GROUP, KNOWN_BAD_INPUTS = "statement.managedRuleGroupStatement", "AWSManagedRulesKnownBadInputsRuleSet"
BAD_INPUTS = {"rules": [{"statement": {"managedRuleGroupStatement": {"name": KNOWN_BAD_INPUTS}}}]}
WITHOUT_LOG4J: dict[str, Any] = {
    "name": KNOWN_BAD_INPUTS,
    "ruleActionOverrides": [{"name": "Log4JRCE_BODY", "actionToUse": {"count": {}}}],
}

BLOCKING_LOG4J: dict[str, Any] = {
    "managedRuleGroupStatement": WITHOUT_LOG4J
    | {"ruleActionOverrides": [{"name": "Log4JRCE_BODY", "actionToUse": {"block": {}}}]}
}


def _of_log4j(override: Block) -> bool:
    return (override.text("name") or "").startswith("Log4JRCE") and override.value("actionToUse.block") is None


waf_has_rules = Rule(
    id="waf-has-rules",
    types=("aws:wafv2/webAcl:WebAcl",),
    category="network-exposure",
    severity="medium",
    env="same",
    sources=(
        "checkov:CKV_AWS_175",
        "fsbp:WAF.10",
    ),
    title="AWS WAF web ACLs have at least one rule",
    rationale="A firewall has rules.",
    fix="Set rules.",
    check=lambda resource: (
        [] if any(resource.props.has(name) for name in ("rules", "ruleJson")) else ["rules is empty"]
    ),
    good=(
        Example(BAD_INPUTS),
        Example({"ruleJson": "[]"}),
    ),
    bad=(Example({}, finds=("rules is empty",)), Example({"rules": []}, finds=("rules is empty",))),
    unknown_passes_because="Rules that are unknown are there all the same.",
)


@resource_rule(
    "waf-rule-has-action",
    title="AWS WAF web ACL rules have an action, and not all of them only count",
    types=("aws:wafv2/webAcl:WebAcl",),
    category="network-exposure",
    severity="medium",
    env="same",
    sources=("checkov:CKV_AWS_342",),
    fix="Give each rule an action, or for a rule group overrideAction {none: {}}.",
    good=(
        Example({"rules": [{"action": {"block": {}}}]}),
        Example({"rules": [{"overrideAction": {"none": {}}}]}),
        Example({}),
        Example({"rules": [{"action": {"count": {}}}, {"action": {"block": {}}}]}),
    ),
    bad=(
        Example({"rules": [{"name": "r"}]}, finds=("rules[0].action is not set",)),
        Example({"rules": [{"action": {"count": {}}}]}, finds=("every rule only counts",)),
        Example({"rules": [{"overrideAction": {"count": {}}}]}, finds=("every rule only counts",)),
    ),
)
def waf_rule_has_action(resource: Resource) -> Iterator[str]:
    """A firewall's rules do something, and not all of them only count."""
    rules = resource.props.blocks("rules")
    for rule in rules:
        if not any(rule.value(name) is not None for name in ("action", "overrideAction")):
            yield f"{rule.path}action is not set"
    counting = [any(rule.value(f"{name}.count") is not None for name in ("action", "overrideAction")) for rule in rules]
    if rules and all(counting):
        yield "every rule only counts"


@resource_rule(
    "waf-known-bad-inputs",
    title="AWS WAF web ACLs enforce the AWS managed rule group for known bad inputs",
    types=("aws:wafv2/webAcl:WebAcl",),
    category="network-exposure",
    severity="medium",
    env="same",
    sources=(
        "checkov:CKV_AWS_192",
        "checkov:CKV2_AWS_47",
        "checkov:CKV2_AWS_77",
    ),
    fix="Add a rule with managedRuleGroupStatement {vendorName: AWS, name: AWSManagedRulesKnownBadInputsRuleSet}.",
    good=(
        Example(BAD_INPUTS),
        Example({"ruleJson": "[]"}),
        Example({"rules": [{"statement": BLOCKING_LOG4J}]}),
        Example({"rules": [{"statement": {"rateBasedStatement": {"limit": 2000}}}, *BAD_INPUTS["rules"]]}),
        Example(
            {
                "rules": [
                    {
                        "statement": {
                            "managedRuleGroupStatement": {
                                "name": KNOWN_BAD_INPUTS,
                                "ruleActionOverrides": [
                                    {"name": "Host_localhost_HEADER", "actionToUse": {"count": {}}},
                                    {"actionToUse": {"count": {}}},
                                ],
                            }
                        }
                    }
                ]
            }
        ),
    ),
    bad=(
        Example({"rules": []}, finds=("no rule uses AWSManagedRulesKnownBadInputsRuleSet",)),
        Example({}, finds=("no rule uses AWSManagedRulesKnownBadInputsRuleSet",)),
        Example(
            {"rules": [BAD_INPUTS["rules"][0] | {"overrideAction": {"count": {}}}]},
            finds=("rules[0] only counts what AWSManagedRulesKnownBadInputsRuleSet finds, or part of it",),
        ),
        Example(
            {"rules": [{"statement": {"managedRuleGroupStatement": WITHOUT_LOG4J}}]},
            finds=("rules[0] only counts what AWSManagedRulesKnownBadInputsRuleSet finds, or part of it",),
        ),
        Example(
            {"rules": [{"statement": {"rateBasedStatement": {"limit": 2000}}}]},
            finds=("no rule uses AWSManagedRulesKnownBadInputsRuleSet",),
        ),
        Example(
            {
                "rules": [
                    {
                        "statement": {
                            "managedRuleGroupStatement": {
                                "name": KNOWN_BAD_INPUTS,
                                "ruleActionOverrides": [{"name": "Log4JRCE_BODY", "actionToUse": {"allow": {}}}],
                            }
                        }
                    }
                ]
            },
            finds=("rules[0] only counts what AWSManagedRulesKnownBadInputsRuleSet finds, or part of it",),
        ),
    ),
    unknown_passes_because="A ruleJson that is unknown is there all the same; it is not read.",
)
def waf_known_bad_inputs(resource: Resource) -> Iterator[str]:
    """A firewall refuses known attacks such as Log4Shell. Rules given as JSON are not read."""
    rules = [rule for rule in resource.props.blocks("rules") if rule.text(f"{GROUP}.name") == KNOWN_BAD_INPUTS]
    if not rules and not resource.props.has("ruleJson"):
        yield f"no rule uses {KNOWN_BAD_INPUTS}"
    for rule in rules:
        group = rule.blocks(GROUP)[0]
        overrides = group.blocks("ruleActionOverrides")
        if rule.value("overrideAction.count") is not None or any(map(_of_log4j, overrides)):
            yield f"{rule.path.rstrip('.')} only counts what {KNOWN_BAD_INPUTS} finds, or part of it"


@resource_rule(
    "waf-rate-limit",
    title="AWS WAF web ACLs have a rate-based rule",
    types=("aws:wafv2/webAcl:WebAcl",),
    category="network-exposure",
    severity="medium",
    env="prod-only",
    fix="Add a rule with rateBasedStatement {limit: 2000, aggregateKeyType: IP}.",
    good=(Example({"rules": [{"statement": {"rateBasedStatement": {"limit": 2000}}}]}), Example({"ruleJson": "[]"})),
    bad=(
        Example({}, finds=("no rule has a rateBasedStatement",)),
        Example(BAD_INPUTS, finds=("no rule has a rateBasedStatement",)),
        Example(
            {"rules": [{"statement": {"rateBasedStatement": {"limit": 2000}}, "action": {"count": {}}}]},
            finds=("no rule has a rateBasedStatement",),
        ),
    ),
    unknown_passes_because="A ruleJson that is unknown is there all the same; it is not read.",
)
def waf_rate_limit(resource: Resource) -> Iterator[str]:
    """A firewall slows down who asks too often, and does not only count. Rules given as JSON are not read."""
    if resource.props.has("ruleJson"):
        return
    acting = [rule for rule in resource.props.blocks("rules") if rule.value("action.count") is None]
    if not any(rule.has("statement.rateBasedStatement") for rule in acting):
        yield "no rule has a rateBasedStatement"
