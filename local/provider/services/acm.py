"""Certificates of ACM, and the wait until they are issued.

Sources: https://docs.aws.amazon.com/acm/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/acm/.
"""

from local.provider.aws import Aws
from local.provider.interface import ProviderError
from local.provider.resource import Live, ResourceType, Tags
from local.provider.services.route53 import find_record
from local.provider.wire import Props


def _certificate_of_same_domain(aws: Aws, props: Props) -> str | None:
    listed = aws.call("acm", "ListCertificates")["CertificateSummaryList"]
    return next((one["CertificateArn"] for one in listed if one["DomainName"] == props["domainName"]), None)


def _certificate_state(_aws: Aws, _props: Props, live: Live) -> Props:
    options = [
        {
            "domainName": option["DomainName"],
            "resourceRecordName": option["ResourceRecord"]["Name"],
            "resourceRecordType": option["ResourceRecord"]["Type"],
            "resourceRecordValue": option["ResourceRecord"]["Value"],
        }
        for option in live["DomainValidationOptions"]
        if "ResourceRecord" in option
    ]
    method = next((option["ValidationMethod"] for option in live["DomainValidationOptions"]), "NONE")
    return {"domainValidationOptions": options, "validationMethod": method}


CERTIFICATE = ResourceType(
    "aws:acm/certificate:Certificate",
    service="acm",
    create="RequestCertificate",
    read="DescribeCertificate",
    delete="DeleteCertificate",
    keys={"CertificateArn": "id"},
    id=("{CertificateArn}",),
    import_id=("{id}",),
    at="Certificate",
    names={"arn": "CertificateArn"},
    # ACM refuses an empty list of tags.
    request=lambda props: {} if props.get("tags") else {"Tags": None},
    state=_certificate_state,
    replaces=frozenset(
        {"certificateAuthorityArn", "domainName", "keyAlgorithm", "subjectAlternativeNames", "validationMethod",
         "validationOptions"}
    ),
    computed=frozenset({"keyAlgorithm", "options", "subjectAlternativeNames", "validationMethod"}),
    unordered=frozenset({"subjectAlternativeNames"}),
    named="",
    tags=Tags(
        on={"CertificateArn": "id"},
        write="AddTagsToCertificate",
        remove="RemoveTagsFromCertificate",
        read="ListTagsForCertificate",
    ),
    twin=_certificate_of_same_domain,
)  # fmt: skip


def _validate(aws: Aws, props: Props) -> Live:
    """Demand the records by which ACM would validate the domains.

    The local AWS issues a certificate at once; AWS issues none without them, and a deployment waits for 75 minutes.
    Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html

    Raises:
        ProviderError: A record is missing.
    """
    arn = props["certificateArn"]
    for option in aws.call("acm", "DescribeCertificate", CertificateArn=arn)["Certificate"]["DomainValidationOptions"]:
        record = option["ResourceRecord"]
        found = find_record(aws, name=record["Name"], type_=record["Type"])
        if not found or record["Value"] not in [one["Value"] for one in found.get("ResourceRecords", [])]:
            raise ProviderError(
                f"{arn} would never be issued: no hosted zone has the record {record['Name']} {record['Type']} "
                f"{record['Value']}; create it from the certificate's domainValidationOptions"
            )
    return {"CertificateArn": arn}


CERTIFICATE_VALIDATION = ResourceType(
    "aws:acm/certificateValidation:CertificateValidation",
    service="acm",
    create=_validate,
    read="DescribeCertificate",
    keys={"CertificateArn": "certificateArn"},
    id=("{certificateArn}",),
    import_id=("{certificateArn}",),
    at="Certificate",
    replaces=frozenset({"certificateArn", "validationRecordFqdns"}),
    unread=frozenset({"validationRecordFqdns"}),
    named="",
    ready=lambda live: live.get("Status") == "ISSUED",
)
