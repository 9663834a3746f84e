"""What the rules have to do with the frameworks of AWS and CIS.

A rule names the controls of AWS Foundational Security Best Practices (FSBP) that it decides among its sources. From
those follow the requirements of CIS; the Well-Architected best practices belong to the promises.
"""

from typing import Final

from serverless_guard.rules.rule import Category, Rule

CIS: Final = {
    "EC2.2": "5.5",
    "EC2.6": "3.7",
    "EC2.21": "5.2",
    "IAM.2": "1.14",
    "IAM.3": "1.13",
    "IAM.4": "1.3",
    "IAM.5": "1.9",
    "IAM.27": "1.21",
    "KMS.4": "3.6",
    "RDS.2": "2.2.3",
    "RDS.3": "2.2.1",
    "RDS.5": "2.2.4",
    "RDS.13": "2.2.2",
    "RDS.15": "2.2.4",
    "S3.1": "2.1.4",
    "S3.5": "2.1.1",
    "S3.8": "2.1.4",
    "S3.20": "2.1.2",
}
"""Requirements of the CIS AWS Foundations Benchmark v5.0.0, by the FSBP control that AWS relates to them.

Source: Security Hub User Guide, "Related requirements" of each control. Controls that the rules do not decide are left
out; so are those that AWS relates to older versions of the benchmark only.
"""

WELL_ARCHITECTED: Final[dict[Category, dict[str, str]]] = {
    "least-privilege": {"SEC03-BP02 Grant least privilege access": "sec_permissions_least_privileges"},
    "encryption": {
        "SEC08-BP02 Enforce encryption at rest": "sec_protect_data_rest_encrypt",
        "SEC09-BP02 Enforce encryption in transit": "sec_protect_data_transit_encrypt",
    },
    "deletion-protection": {
        "REL09-BP03 Perform data backup automatically": "rel_backing_up_data_automated_backups_data",
        "SEC08-BP04 Enforce access control": "sec_protect_data_rest_access_control",
    },
    "network-exposure": {
        "SEC05-BP01 Create network layers": "sec_network_protection_create_layers",
        "SEC05-BP02 Control traffic flow within your network layers": "sec_network_protection_layered",
    },
    "resilience": {"REL10-BP01 Deploy the workload to multiple locations": "rel_fault_isolation_multiaz_region_system"},
    "logging-observability": {
        "SEC04-BP01 Configure service and application logging": "sec_detect_investigate_events_app_service_logging",
        "REL06-BP01 Monitor all components for the workload": "rel_monitor_aws_resources_monitor_resources",
    },
    "cost": {"COST02-BP05 Implement cost controls": "cost_govern_usage_controls"},
    "tagging": {"COST03-BP02 Add organization information to cost and usage": "cost_monitor_usage_org_information"},
}
"""Best practices of the AWS Well-Architected Framework that a category serves, each with the name of its page."""

PAGES: Final = "https://docs.aws.amazon.com/wellarchitected/latest/framework/"


def fsbp(rule: Rule) -> tuple[str, ...]:
    """Give the FSBP controls that a rule decides, such as `S3.5`."""
    return tuple(one.removeprefix("fsbp:") for one in rule.sources if one.startswith("fsbp:"))


def cis(rule: Rule) -> tuple[str, ...]:
    """Give the requirements of CIS that a rule helps with, such as `2.1.1`."""
    return tuple(sorted({CIS[one] for one in fsbp(rule) if one in CIS}))
