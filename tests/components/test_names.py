"""Names of the stack's own: certificates in the right region, validated, with records; or an error before anything."""

import pytest

from settings import SettingsError
from tests.components.graph import graph, register
from tests.components.recording import Registration, record
from tests.components.test_contract import COMPONENTS
from tests.policies.program import ANSWERS

CERTIFICATE, RECORD = "aws:acm/certificate:Certificate", "aws:route53/record:Record"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"


def registered(component: str) -> dict[str, list[Registration]]:
    make = next(make for one, make in COMPONENTS.items() if one.__name__ == component)
    by_type: dict[str, list[Registration]] = {}
    for entry in record(make):
        by_type.setdefault(entry.type, []).append(entry)
    return by_type


def test_the_certificate_of_the_site_is_in_cloudfronts_region_and_validated_by_dns() -> None:
    found = registered("Site")
    (certificate,) = found[CERTIFICATE]
    assert certificate.inputs == {
        "domainName": "blog.example.com",
        "validationMethod": "DNS",
        "region": "us-east-1",
    }
    (validation,) = found[VALIDATION]
    assert validation.inputs["region"] == "us-east-1"
    [proof] = [one.inputs for one in found[RECORD] if one.inputs["type"] == "CNAME"]
    assert (proof["zoneId"], proof["name"], proof["records"]) == ("Z0123456789ABCDEFGHIJ", "_x.example.com", ["_y."])


def test_the_certificate_of_the_api_is_in_its_own_region() -> None:
    (certificate,) = registered("ApiDomain")[CERTIFICATE]
    assert certificate.inputs == {"domainName": "api.example.com", "validationMethod": "DNS"}


@pytest.mark.parametrize(
    ("component", "used_by"),
    [("Site", "aws:cloudfront/distribution:Distribution"), ("ApiDomain", "aws:apigatewayv2/domainName:DomainName")],
)
def test_a_certificate_is_used_once_it_is_issued(component: str, used_by: str) -> None:
    found = registered(component)
    (user,), (validation,) = found[used_by], found[VALIDATION]
    (proof,) = [one for one in found[RECORD] if one.inputs["type"] == "CNAME"]
    assert validation.urn in user.depends_on
    assert proof.urn in validation.depends_on


@pytest.mark.parametrize(
    ("component", "host", "types"),
    [("Site", "blog.example.com", ["A", "AAAA"]), ("ApiDomain", "api.example.com", ["A"])],
)
def test_a_name_leads_to_what_aws_made_for_it(component: str, host: str, types: list[str]) -> None:
    aliases = [one.inputs for one in registered(component)[RECORD] if "aliases" in one.inputs]
    assert sorted((one["name"], one["type"]) for one in aliases) == [(host, type_) for type_ in types]
    assert {one["aliases"][0]["evaluateTargetHealth"] for one in aliases} == {False}


@pytest.mark.parametrize("stack", ["dev", "options", "more"])
def test_without_a_zone_no_certificate_and_no_record_is_created(stack: str) -> None:
    assert graph(stack).of_type("acm/certificate:Certificate") == []
    assert graph(stack).of_type("route53/record:Record") == []


def test_a_certificate_of_another_account_is_refused_before_anything_is_created() -> None:
    other = ANSWERS | {"aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "999999999999"}}
    with pytest.raises(SettingsError) as refused:
        register("more", answered=other)
    lines = str(refused.value).splitlines()[1:]
    assert [line.split(" is ")[0] for line in lines] == ["  - blog:certificateArn", "  - blog:siteCertificateArn"]
    assert lines[0].endswith(
        "which belongs to the account 111122223333, but the deployment goes to 999999999999; give a certificate of "
        "that account"
    )
