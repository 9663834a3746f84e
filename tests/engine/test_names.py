"""Names of the stack's own on the real engine and the local AWS: Route 53 and ACM as the program leaves them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.workspace import ROOT, Workspace, summary

PROJECT = "name: names\nruntime: {name: python, options: {toolchain: pip, virtualenv: .venv}}\n"
STACK = "config:\n  aws:region: eu-central-1\n  names:hostedZone: example.com\n"
PROGRAM = """\
import pulumi
import pulumi_aws as aws

from components.dns.certificate import Certificate
from components.dns.zone import Zone

name = pulumi.Config().require("hostedZone")
zone = Zone(name=name, id=aws.route53.get_zone(name=name, private_zone=False).zone_id)
certificate = Certificate(f"blog.{name}", zone=zone, region="us-east-1")
zone.add_alias(
    f"blog.{name}",
    target="d111111abcdef8.cloudfront.net",
    target_zone_id="Z2FDTNDATAQYW2",
    types=["A", "AAAA"],
    parent=certificate,
)
pulumi.export("certificate", certificate.arn)
"""


class Named(Workspace):
    """A program of its own that creates nothing but names."""

    def __init__(self, folder: Path) -> None:
        (folder / "Pulumi.yaml").write_text(PROJECT)
        (folder / "Pulumi.names.yaml").write_text(STACK)
        (folder / "__main__.py").write_text(PROGRAM)
        (folder / "components").symlink_to(ROOT / "components")
        (folder / ".venv").symlink_to(Path(sys.prefix))
        self.folder = folder
        self._sessions = {}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    made = Named(tmp_path_factory.mktemp("names"))
    made.up("names")
    yield made
    made.stop()


def test_a_certificate_is_issued_in_cloudfronts_region_by_a_record_in_the_zone(names: Workspace) -> None:
    arn = names.session("names").outputs()["certificate"]
    assert arn.startswith("arn:aws:acm:us-east-1:111122223333:certificate/")
    client = names.client("names", "route53")
    [zone] = client.list_hosted_zones()["HostedZones"]
    records = client.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    by_type = {record["Type"]: record for record in records if record["Name"] != "example.com."}
    assert sorted(by_type) == ["A", "AAAA", "CNAME"]
    assert by_type["A"]["AliasTarget"]["DNSName"].rstrip(".") == "d111111abcdef8.cloudfront.net"
    assert by_type["CNAME"]["ResourceRecords"][0]["Value"].endswith(".acm.amazonaws.com.")


def test_neither_a_second_update_nor_a_refresh_finds_a_change(names: Workspace) -> None:
    assert [line for line in summary(names.up("names")) if "unchanged" not in line] == []
    refreshed = names.pulumi("names", "refresh", "--preview-only")
    assert [line for line in summary(refreshed.stdout) if "unchanged" not in line] == []


def test_a_zone_that_the_account_does_not_have_is_refused_before_anything_is_created(workspace: Workspace) -> None:
    workspace.session("prod")
    with (
        workspace.changed("Pulumi.prod.yaml", "blog:hostedZone: example.com", "blog:hostedZone: example.org"),
        workspace.changed("Pulumi.prod.yaml", "blog.example.com\n", "blog.example.org\n"),
    ):
        refused = workspace.pulumi("prod", "up", "--yes", "--skip-preview")
    assert refused.returncode != 0
    assert "this account has no public hosted zone example.org" in refused.stdout
    assert "aws:kms" not in refused.stdout
