"""Condition keys: what each one is about, whose requests carry it, and what fixes its value.

Sources: IAM User Guide, "AWS global condition context keys" (`reference_policies_condition-keys.html`, each key with
its availability and value type); IAM User Guide, "IAM and AWS STS condition context keys"; the pages of the services in
the Service Authorization Reference. Which keys fix the caller of a policy for everybody: Amazon S3 User Guide,
"Blocking public access to your Amazon S3 storage", section "The meaning of 'public'"; Amazon EFS User Guide, "Blocking
public access"; AWS KMS Developer Guide, "Condition keys for AWS KMS".
"""

from functools import lru_cache
from typing import Final, Literal, NamedTuple

About = Literal["principal", "session", "network", "owner", "resource", "request", "transport", "service", "source"]
"""What a key is about.

- `principal`: the caller: its ARN, account, organization, tags. Constant for one identity.
- `session`: how the caller's credentials came about: MFA, federation, the function or instance that holds them.
- `network`: where the request comes from.
- `owner`: the account or organization that the resource belongs to. For a resource's own policy it is constant, and for
  the policy of an identity it is the identity's own account unless a value says otherwise.
- `resource`: a property of the resource, for example its tags.
- `request`: a parameter of the request, for example the role that is passed.
- `transport`: when, where to and how a request is sent. It holds for every request or the caller chooses it.
- `service`: the AWS service that makes the request with the caller's rights.
- `source`: the resource, account or organization for which an AWS service principal makes the request. Requests of
  identities do not carry it.
"""

Kind = Literal["string", "arn", "bool", "numeric", "date", "ip", "binary"]
Fixed = Literal["", "account", "arn", "org", "id", "cidr", "userid", "true"]
"""The shape of the values that fix who calls: an account number, an ARN with its account, an organization (or a path in
it), an id without wildcards, a narrow address range, an id of an identity, the boolean true. Empty: no value does."""

GLOBAL_PAGE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"
STS_PAGE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html"
REFERENCE_PAGE: Final = "https://docs.aws.amazon.com/service-authorization/latest/reference/"


class ConditionKey(NamedTuple):
    """A condition key.

    Attributes:
        name: Its name as AWS writes it; a `/` or `:` at the end stands before a name that the user chooses.
        about: What it is about.
        kind: The type of its values.
        multivalued: Whether a request can carry several values of it.
        fixes: The shape of a value that fixes the caller of a policy for everybody.
        always: The value that every request of an identity carries, where there is one; for a key that every request
            carries with differing values "*".
    """

    name: str
    about: About
    kind: Kind = "string"
    multivalued: bool = False
    fixes: Fixed = ""
    always: str = ""

    @property
    def page(self) -> str:
        """The page of AWS that describes it."""
        service, _, name = self.name.lower().partition(":")
        if service == "aws":
            return f"{GLOBAL_PAGE}#condition-keys-{name.rstrip('/')}"
        if "." in service or service in {"saml", "sts"}:
            return STS_PAGE
        return f"{REFERENCE_PAGE}reference_policies_actions-resources-contextkeys.html#{service}"


KEYS: Final = (
    # Properties of the principal
    ConditionKey("aws:PrincipalArn", "principal", "arn", fixes="arn", always="*"),
    ConditionKey("aws:PrincipalAccount", "principal", fixes="account", always="*"),
    ConditionKey("aws:PrincipalOrgID", "principal", fixes="org"),
    ConditionKey("aws:PrincipalOrgPaths", "principal", multivalued=True, fixes="org"),
    ConditionKey("aws:PrincipalTag/", "principal"),
    ConditionKey("aws:PrincipalIsAWSService", "principal", "bool", always="false"),
    ConditionKey("aws:PrincipalServiceName", "service"),
    ConditionKey("aws:PrincipalServiceNamesList", "service", multivalued=True),
    ConditionKey("aws:PrincipalType", "principal", always="*"),
    ConditionKey("aws:userid", "principal", fixes="userid", always="*"),
    ConditionKey("aws:username", "principal"),
    # Properties of a role session
    ConditionKey("aws:AssumedRoot", "session", "bool"),
    ConditionKey("aws:FederatedProvider", "session"),
    ConditionKey("aws:TokenIssueTime", "session", "date"),
    ConditionKey("aws:MultiFactorAuthAge", "session", "numeric"),
    ConditionKey("aws:MultiFactorAuthPresent", "session", "bool"),
    ConditionKey("aws:ChatbotSourceArn", "session", "arn"),
    ConditionKey("aws:Ec2InstanceSourceVpc", "session"),
    ConditionKey("aws:Ec2InstanceSourcePrivateIPv4", "session", "ip"),
    ConditionKey("aws:SourceIdentity", "session"),
    ConditionKey("aws:SignInSessionArn", "session", "arn"),
    ConditionKey("ec2:RoleDelivery", "session", "numeric"),
    ConditionKey("ec2:SourceInstanceArn", "session", "arn"),
    ConditionKey("glue:RoleAssumedBy", "session"),
    ConditionKey("glue:CredentialIssuingService", "session"),
    ConditionKey("codebuild:BuildArn", "session", "arn"),
    ConditionKey("codebuild:ProjectArn", "session", "arn"),
    ConditionKey("lambda:SourceFunctionArn", "session", "arn"),
    ConditionKey("ssm:SourceInstanceArn", "session", "arn"),
    ConditionKey("identitystore:UserId", "session"),
    # Properties of the network
    ConditionKey("aws:SourceIp", "network", "ip", fixes="cidr"),
    ConditionKey("aws:SourceVpc", "network", fixes="id"),
    ConditionKey("aws:SourceVpcArn", "network", "arn", fixes="arn"),
    ConditionKey("aws:SourceVpce", "network", fixes="id"),
    ConditionKey("aws:VpcSourceIp", "network", "ip"),
    ConditionKey("aws:VpceAccount", "network", fixes="account"),
    ConditionKey("aws:VpceOrgID", "network", fixes="org"),
    ConditionKey("aws:VpceOrgPaths", "network", multivalued=True, fixes="org"),
    # Properties of the resource
    ConditionKey("aws:ResourceAccount", "owner", always="*"),
    ConditionKey("aws:ResourceOrgID", "owner"),
    ConditionKey("aws:ResourceOrgPaths", "owner", multivalued=True),
    ConditionKey("aws:ResourceTag/", "resource"),
    # Properties of the request
    ConditionKey("aws:CalledVia", "service", multivalued=True),
    ConditionKey("aws:CalledViaFirst", "service"),
    ConditionKey("aws:CalledViaLast", "service"),
    ConditionKey("aws:CalledViaAWSMCP", "service"),
    ConditionKey("aws:ViaAWSService", "service", "bool", always="false"),
    ConditionKey("aws:ViaAWSMCPService", "service", "bool", always="false"),
    ConditionKey("aws:CurrentTime", "transport", "date", always="*"),
    ConditionKey("aws:EpochTime", "transport", "date", always="*"),
    ConditionKey("aws:referer", "transport"),
    ConditionKey("aws:RequestedRegion", "transport", always="*"),
    ConditionKey("aws:SecureTransport", "transport", "bool", always="*"),
    ConditionKey("aws:UserAgent", "transport", always="*"),
    ConditionKey("aws:RequestTag/", "request"),
    ConditionKey("aws:TagKeys", "request", multivalued=True),
    ConditionKey("aws:SourceAccount", "source", fixes="account"),
    ConditionKey("aws:SourceArn", "source", "arn", fixes="arn"),
    ConditionKey("aws:SourceOrgID", "source", fixes="org"),
    ConditionKey("aws:SourceOrgPaths", "source", multivalued=True, fixes="org"),
    ConditionKey("aws:SourceOwner", "source", fixes="account"),
    # AWS KMS
    ConditionKey("kms:CallerAccount", "principal", fixes="account", always="*"),
    ConditionKey("kms:ViaService", "service"),
    ConditionKey("kms:GrantIsForAWSResource", "service", "bool"),
    ConditionKey("kms:BypassPolicyLockoutSafetyCheck", "transport", "bool"),
    ConditionKey("kms:EncryptionAlgorithm", "transport"),
    ConditionKey("kms:EncryptionContextKeys", "request", multivalued=True),
    ConditionKey("kms:GrantOperations", "request", multivalued=True),
    ConditionKey("kms:ResourceAliases", "resource", multivalued=True),
    ConditionKey("kms:KeySpec", "transport"),
    ConditionKey("kms:KeyUsage", "transport"),
    ConditionKey("kms:KeyOrigin", "transport"),
    ConditionKey("kms:MultiRegion", "transport", "bool"),
    ConditionKey("kms:MultiRegionKeyType", "transport"),
    # Amazon S3
    ConditionKey("s3:DataAccessPointArn", "resource", "arn", fixes="arn"),
    ConditionKey("s3:DataAccessPointAccount", "owner", fixes="account"),
    ConditionKey("s3:ResourceAccount", "owner", always="*"),
    ConditionKey("s3:x-amz-server-side-encryption-aws-kms-key-id", "request", "arn", fixes="id"),
    ConditionKey("s3:x-amz-server-side-encryption", "transport"),
    ConditionKey("s3:x-amz-storage-class", "transport"),
    ConditionKey("s3:x-amz-content-sha256", "transport"),
    ConditionKey("s3:x-amz-acl", "transport"),
    ConditionKey("s3:authType", "transport"),
    ConditionKey("s3:signatureversion", "transport"),
    ConditionKey("s3:signatureAge", "transport", "numeric"),
    ConditionKey("s3:TlsVersion", "transport", "numeric", always="*"),
    ConditionKey("s3:max-keys", "transport", "numeric"),
    ConditionKey("s3:delimiter", "transport"),
    # Amazon EFS: whoever reaches a mount target of the file system's own network
    ConditionKey("elasticfilesystem:AccessedViaMountTarget", "network", "bool", fixes="true"),
    ConditionKey("elasticfilesystem:AccessPointArn", "resource", "arn"),
    # IAM and AWS STS
    ConditionKey("iam:PassedToService", "request"),
    ConditionKey("iam:AssociatedResourceArn", "request", "arn"),
    ConditionKey("iam:PermissionsBoundary", "request", "arn"),
    ConditionKey("iam:PolicyARN", "request", "arn"),
    ConditionKey("iam:AWSServiceName", "request"),
    ConditionKey("iam:ResourceTag/", "resource"),
    ConditionKey("sts:ExternalId", "transport"),
    ConditionKey("sts:RoleSessionName", "transport"),
    ConditionKey("sts:SourceIdentity", "transport"),
    ConditionKey("sts:DurationSeconds", "transport", "numeric"),
    ConditionKey("sts:TransitiveTagKeys", "request", multivalued=True),
    ConditionKey("sts:AWSServiceName", "request"),
    # Other services of a serverless application
    ConditionKey("dynamodb:LeadingKeys", "resource", multivalued=True),
    ConditionKey("dynamodb:Attributes", "resource", multivalued=True),
    ConditionKey("dynamodb:Select", "transport"),
    ConditionKey("dynamodb:ReturnValues", "transport"),
    ConditionKey("dynamodb:ReturnConsumedCapacity", "transport"),
    ConditionKey("secretsmanager:VersionStage", "transport"),
    ConditionKey("secretsmanager:VersionId", "transport"),
    ConditionKey("secretsmanager:BlockPublicPolicy", "transport", "bool"),
    ConditionKey("secretsmanager:RecoveryWindowInDays", "transport", "numeric"),
    ConditionKey("secretsmanager:ForceDeleteWithoutRecovery", "transport", "bool"),
    ConditionKey("lambda:FunctionUrlAuthType", "request"),
    ConditionKey("lambda:InvokedViaFunctionUrl", "transport", "bool"),
    ConditionKey("lambda:Layer", "request", multivalued=True),
    ConditionKey("lambda:SecurityGroupIds", "request", multivalued=True),
    ConditionKey("lambda:SubnetIds", "request", multivalued=True),
    ConditionKey("sns:Endpoint", "request"),
    ConditionKey("sns:Protocol", "request"),
    ConditionKey("ec2:Region", "transport"),
    ConditionKey("ec2:Owner", "resource"),
    ConditionKey("ec2:ResourceTag/", "resource"),
    ConditionKey("ssm:Overwrite", "transport"),
    ConditionKey("ssm:Recursive", "transport"),
)
"""The keys of AWS with a meaning of their own. What is not listed follows from its name: see `find`."""

TOKEN_ISSUERS: Final = frozenset({"saml", "accounts.google.com", "graph.facebook.com", "www.amazon.com"})
"""Prefixes of the claims of a token that are no host of an OIDC provider with a dot and a subdomain."""

_BY_NAME: Final = {key.name.lower(): key for key in KEYS}
_OPEN_ENDED: Final = tuple((name, key) for name, key in _BY_NAME.items() if name.endswith(("/", ":")))


@lru_cache(maxsize=1024)
def find(name: str) -> ConditionKey:
    """Find a condition key by its name, in whatever case.

    A key that the table does not list is a claim of a token where its prefix is a token's issuer (`session`), a tag of
    the resource where it is called so, a value of an encryption context, and else a parameter of the request.
    """
    lower = name.lower()
    if known := _BY_NAME.get(lower):
        return known
    for prefix, key in _OPEN_ENDED:
        if lower.startswith(prefix):
            return key
    service, _, rest = lower.partition(":")
    if "." in service or service in TOKEN_ISSUERS:
        return ConditionKey(name, "session")
    if "resourcetag/" in rest or rest.startswith(("existingobjecttag/", "buckettag/", "accesspointtag/")):
        return ConditionKey(name, "resource")
    return ConditionKey(name, "request")
