"""The web application firewall before CloudFront or a REST API."""

import pulumi
from pulumi_aws import cloudwatch, wafv2

from components.deployment import Deployment
from components.protection import stateful

REGION = "us-east-1"
"""Where CloudFront looks for what belongs to it, https://docs.aws.amazon.com/waf/latest/developerguide/cloudfront-features.html."""

REQUESTS_IN_FIVE_MINUTES = 2_000
"""What one address may send before it has to wait; a browser needs some ten for a page."""

MANAGED_RULES = ("AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet",
                 "AWSManagedRulesCommonRuleSet")  # fmt: skip
"""What AWS keeps up to date, https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html."""

OF_BODIES = ("SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY",
             "EC2MetaDataSSRF_BODY")  # fmt: skip
"""Rules of the last group that only count: they refuse bodies beyond 8 KB, where a post may have 50,000 characters, and
texts with markup, paths or addresses, of which posts may speak. Functions open none of it, and bound its size."""


class Firewall(pulumi.ComponentResource):
    """A firewall that refuses known attacks and whoever asks too often, and logs what it refuses, without credentials.

    Args:
        deployment: What it shares with the other parts.
        stage_arn: The stage of a REST API that it guards; without one, it is for CloudFront, which names it itself.
        opts: Options of the component.
    """

    arn: pulumi.Output[str]

    def __init__(
        self,
        *,
        deployment: Deployment,
        stage_arn: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-{'api-' if stage_arn else ''}firewall"
        region = None if stage_arn else REGION
        super().__init__("blog:firewall:Firewall", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        acl = wafv2.WebAcl(
            name,
            name=name,
            region=region,
            scope="REGIONAL" if stage_arn else "CLOUDFRONT",
            default_action=wafv2.WebAclDefaultActionArgs(allow=wafv2.WebAclDefaultActionAllowArgs()),
            rules=[_rate_limit(), *(_managed(rule, place) for place, rule in enumerate(MANAGED_RULES, start=1))],
            visibility_config=wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
            ),
            opts=child,
        )
        logs = cloudwatch.LogGroup(
            name,
            # The firewall only writes to log groups whose names begin like this.
            name=f"aws-waf-logs-{name}",
            region=region,
            kms_key_id=deployment.key_arn if stage_arn else None,
            retention_in_days=deployment.log_retention_days,
            deletion_protection_enabled=deployment.protection,
            opts=stateful(self, protection=deployment.protection),
        )
        wafv2.WebAclLoggingConfiguration(
            name,
            region=region,
            resource_arn=acl.arn,
            log_destination_configs=[logs.arn],
            logging_filter=_refused(),
            redacted_fields=[
                wafv2.WebAclLoggingConfigurationRedactedFieldArgs(
                    single_header=wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs(name=header)
                )
                for header in ("authorization", "cookie")
            ],
            opts=child,
        )
        if stage_arn:
            wafv2.WebAclAssociation(name, resource_arn=stage_arn, web_acl_arn=acl.arn, opts=child)
        self.arn = acl.arn
        self.register_outputs({"arn": self.arn})


def _visibility(name: str) -> wafv2.WebAclRuleVisibilityConfigArgs:
    return wafv2.WebAclRuleVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )


def _rate_limit() -> wafv2.WebAclRuleArgs:
    return wafv2.WebAclRuleArgs(
        name="RateLimit",
        priority=0,
        action=wafv2.WebAclRuleActionArgs(block=wafv2.WebAclRuleActionBlockArgs()),
        statement=wafv2.WebAclRuleStatementArgs(
            rate_based_statement=wafv2.WebAclRuleStatementRateBasedStatementArgs(
                limit=REQUESTS_IN_FIVE_MINUTES, aggregate_key_type="IP"
            )
        ),
        visibility_config=_visibility("RateLimit"),
    )


def _managed(name: str, place: int) -> wafv2.WebAclRuleArgs:
    return wafv2.WebAclRuleArgs(
        name=name,
        priority=place,
        override_action=wafv2.WebAclRuleOverrideActionArgs(none=wafv2.WebAclRuleOverrideActionNoneArgs()),
        statement=wafv2.WebAclRuleStatementArgs(
            managed_rule_group_statement=wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
                name=name,
                vendor_name="AWS",
                rule_action_overrides=[_only_count(rule) for rule in OF_BODIES] if name == MANAGED_RULES[-1] else None,
            )
        ),
        visibility_config=_visibility(name),
    )


def _only_count(rule: str) -> wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArgs:
    return wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArgs(
        name=rule,
        action_to_use=wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseArgs(
            count=wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseCountArgs()
        ),
    )


def _refused() -> wafv2.WebAclLoggingConfigurationLoggingFilterArgs:
    """What is admitted is in the access logs of what is guarded; the firewall's hold what it refused."""
    return wafv2.WebAclLoggingConfigurationLoggingFilterArgs(
        default_behavior="DROP",
        filters=[
            wafv2.WebAclLoggingConfigurationLoggingFilterFilterArgs(
                behavior="KEEP",
                requirement="MEETS_ANY",
                conditions=[
                    wafv2.WebAclLoggingConfigurationLoggingFilterFilterConditionArgs(
                        action_condition=wafv2.WebAclLoggingConfigurationLoggingFilterFilterConditionActionConditionArgs(
                            action="BLOCK"
                        )
                    )
                ],
            )
        ],
    )
