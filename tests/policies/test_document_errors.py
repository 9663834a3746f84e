"""What AWS refuses of a policy document: one input for each error of IAM Access Analyzer's policy validation.

Source: IAM User Guide, "IAM policy validation check reference". `ERRORS` lists its errors; the table has a document for
each, and the words of the finding.
"""

# ruff: noqa: E501, SIM905  tables: an input a line, and names between spaces

import json
import random
from typing import Any

import pytest

from serverless_guard.iam.document import read
from serverless_guard.iam.validation import Kind, validate
from serverless_guard.iam.validation.kinds import IDENTITY, RCP, RESOURCE, SCP, TRUST
from serverless_guard.record import UNKNOWN, Block, MalformedError
from tests.policies.test_examples import paths, put

ERRORS = frozenset(
    """
    ARN_ACCOUNT_NOT_ALLOWED ARN_REGION_NOT_ALLOWED DATA_TYPE_MISMATCH DUPLICATE_KEYS_WITH_DIFFERENT_CASE INVALID_ACTION
    INVALID_ARN_ACCOUNT INVALID_ARN_PREFIX INVALID_ARN_REGION INVALID_ARN_RESOURCE INVALID_ARN_SERVICE_CASE
    INVALID_CONDITION_DATA_TYPE INVALID_CONDITION_KEY_FORMAT INVALID_CONDITION_MULTIPLE_BOOLEAN
    INVALID_CONDITION_OPERATOR INVALID_EFFECT INVALID_GLOBAL_CONDITION_KEY INVALID_PARTITION INVALID_POLICY_ELEMENT
    INVALID_PRINCIPAL_FORMAT INVALID_PRINCIPAL_KEY INVALID_REGION INVALID_SERVICE INVALID_SERVICE_CONDITION_KEY
    INVALID_SERVICE_IN_ACTION INVALID_VARIABLE_FOR_OPERATOR INVALID_VERSION JSON_SYNTAX_ERROR MISSING_ACTION
    MISSING_ARN_FIELD MISSING_ARN_REGION MISSING_EFFECT MISSING_PRINCIPAL MISSING_QUALIFIER MISSING_RESOURCE
    MISSING_STATEMENT NULL_WITH_IF_EXISTS SCP_SYNTAX_ERROR_PRINCIPAL
    UNIQUE_SIDS_REQUIRED UNSUPPORTED_ACTION_IN_POLICY UNSUPPORTED_ELEMENT_COMBINATION UNSUPPORTED_GLOBAL_CONDITION_KEY
    UNSUPPORTED_PRINCIPAL UNSUPPORTED_RESOURCE_ARN_IN_POLICY UNSUPPORTED_SID UNSUPPORTED_WILDCARD_IN_PRINCIPAL
    MISSING_BRACE_IN_VARIABLE MISSING_QUOTE_IN_VARIABLE UNSUPPORTED_SPACE_IN_VARIABLE EMPTY_VARIABLE
    VARIABLE_UNSUPPORTED_IN_ELEMENT VARIABLE_UNSUPPORTED_IN_VERSION PRIVATE_IP_ADDRESS PRIVATE_NOT_IP_ADDRESS
    POLICY_SIZE_EXCEEDS_SCP_QUOTA INVALID_SERVICE_PRINCIPAL_FORMAT MISSING_TAG_KEY_IN_CONDITION INVALID_VPC_FORMAT
    INVALID_VPCE_FORMAT FEDERATED_PRINCIPAL_NOT_SUPPORTED UNSUPPORTED_ACTION_FOR_CONDITION_KEY
    UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL
    ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE TYPE_MISMATCH_IP_RANGE
    MISSING_ACTION_FOR_CONDITION_KEY INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY
    MISMATCHED_ACTION_FOR_PRINCIPAL MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY POLICY_SIZE_EXCEEDS_RCP_QUOTA
    RCP_SYNTAX_ERROR_PRINCIPAL RCP_SYNTAX_ERROR_ALLOW RCP_SYNTAX_ERROR_NOTACTION RCP_SYNTAX_ERROR_ACTION
    MISSING_ARN_ACCOUNT INVALID_KMS_KEY_VALUE VARIABLE_USAGE_TOO_PERMISSIVE WILDCARD_USAGE_TOO_PERMISSIVE
    """.split()
)
BUCKET = RESOURCE["aws:s3/bucketPolicy:BucketPolicy"]
KEY = RESOURCE["aws:kms/key:Key"]
TOPIC = RESOURCE["aws:sns/topicPolicy:TopicPolicy"]
QUEUE = RESOURCE["aws:sqs/queuePolicy:QueuePolicy"]
ROOT = {"AWS": "arn:aws:iam::123456789012:root"}
SAML = {"Federated": "arn:aws:iam::123456789012:saml-provider/acme"}
OBJECTS = "arn:aws:s3:::blog/*"
TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:posts"
QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:jobs"
ITEM = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": OBJECTS}
ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
SHARED = {**ITEM, "Principal": ROOT}
DENY = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}
CONTROL = {**DENY, "Principal": "*"}


def policy(*statements: Any, **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements), **more}


def published(size: int) -> dict[str, Any]:
    """Write the policy of a topic with so many characters."""
    statement = {"Effect": "Allow", "Action": "sns:Publish", "Resource": TOPIC_ARN, "Principal": ROOT, "Sid": ""}
    return policy({**statement, "Sid": "a" * (size - len(json.dumps(policy(statement), separators=(",", ":"))))})


def item(**more: Any) -> dict[str, Any]:
    return policy({**ITEM, **more})


def when(operator: str, key: str, value: Any, **more: Any) -> dict[str, Any]:
    return item(Condition={operator: {key: value}}, **more)


def shared(**more: Any) -> dict[str, Any]:
    return policy({**SHARED, **more})


def shared_when(operator: str, key: str, value: Any, **more: Any) -> dict[str, Any]:
    return shared(Condition={operator: {key: value}}, **more)


def trusted(**more: Any) -> dict[str, Any]:
    return policy({**ASSUME, **more})


def without(statement: dict[str, Any], *names: str) -> dict[str, Any]:
    return policy({key: value for key, value in statement.items() if key not in names})


Case = tuple[str, Kind, Any, str]
CASES: tuple[Case, ...] = (
    # Form
    ("JSON_SYNTAX_ERROR", IDENTITY, "{not json", "policy: is no JSON at line 1 column 2"),
    ("JSON_SYNTAX_ERROR", IDENTITY, '{"Version": "2012-10-17", "Version": "2012-10-17"}', "the key Version more than once"),
    ("JSON_SYNTAX_ERROR", IDENTITY, '{"Statement": NaN}', "policy: is no JSON: NaN is no JSON"),
    ("JSON_SYNTAX_ERROR", IDENTITY, "[" * 100_000, "policy: is no JSON: nested too deeply"),
    ("JSON_SYNTAX_ERROR", IDENTITY, f"\n{json.dumps(item())}", "policy: starts with whitespace, which IAM refuses"),
    ("DATA_TYPE_MISMATCH", IDENTITY, "[]", "policy: is not a JSON object"),
    ("DATA_TYPE_MISMATCH", IDENTITY, policy(7), "policy.Statement[0]: is not a JSON object"),
    ("DATA_TYPE_MISMATCH", IDENTITY, item() | {"Version": 20121017}, "policy.Version: is not a string"),
    ("DATA_TYPE_MISMATCH", BUCKET, shared() | {"Id": 1}, "policy.Id: is not a string"),
    ("DATA_TYPE_MISMATCH", IDENTITY, item(Sid=1), "policy.Statement[0].Sid: is not a string"),
    ("DATA_TYPE_MISMATCH", IDENTITY, item(Action={"a": 1}), "policy.Statement[0].Action: is not a string or a list"),
    ("DATA_TYPE_MISMATCH", IDENTITY, item(Resource=[1]), "policy.Statement[0].Resource: is not a string or a list"),
    ("INVALID_POLICY_ELEMENT", IDENTITY, item() | {"Versions": "x"}, "no element Versions; did you mean Version?"),
    ("INVALID_POLICY_ELEMENT", IDENTITY, item() | {"Id": "x"}, "policy: a identity policy has no element Id"),
    ("INVALID_POLICY_ELEMENT", IDENTITY, item(Resources="*"), "a statement has no element Resources; did you mean Resource?"),
    ("INVALID_POLICY_ELEMENT", IDENTITY, item(effect="Allow"), "a statement has no element effect; did you mean Effect?"),
    ("INVALID_VERSION", IDENTITY, item() | {"Version": "2012-10-18"}, "policy.Version: 2012-10-18 is no version"),
    ("MISSING_VERSION", IDENTITY, {"Statement": [ITEM]}, 'policy: has no Version "2012-10-17"'),
    ("MISSING_STATEMENT", IDENTITY, {"Version": "2012-10-17"}, "policy: has no Statement"),
    ("MISSING_STATEMENT", IDENTITY, policy(), "policy: has no Statement"),
    ("MISSING_EFFECT", IDENTITY, without(ITEM, "Effect"), "policy.Statement[0]: has no Effect; write Allow or Deny"),
    ("INVALID_EFFECT", IDENTITY, item(Effect="allow"), "policy.Statement[0].Effect: allow is neither Allow nor Deny"),
    ("INVALID_EFFECT", IDENTITY, item(Effect=["Allow"]), "Effect: a value that is not a string is neither Allow nor Deny"),
    ("MISSING_ACTION", IDENTITY, without(ITEM, "Action"), "policy.Statement[0]: has no Action"),
    ("MISSING_ACTION", IDENTITY, item(Action=[]), "policy.Statement[0]: has no Action"),
    ("MISSING_RESOURCE", IDENTITY, without(ITEM, "Resource"), "policy.Statement[0]: has no Resource"),
    ("MISSING_RESOURCE", BUCKET, without(SHARED, "Resource"), "policy.Statement[0]: has no Resource"),
    ("MISSING_PRINCIPAL", BUCKET, item(), "policy.Statement[0]: has no Principal"),
    ("MISSING_PRINCIPAL", TRUST, without(ASSUME, "Principal"), "policy.Statement[0]: has no Principal"),
    ("MISSING_PRINCIPAL", TRUST, trusted(Principal={"AWS": []}), "policy.Statement[0].Principal: AWS names nobody"),
    ("UNSUPPORTED_ELEMENT_COMBINATION", IDENTITY, item(NotAction="iam:*"), "Action and NotAction exclude each other"),
    ("UNSUPPORTED_ELEMENT_COMBINATION", IDENTITY, item(NotResource="*"), "Resource and NotResource exclude each other"),
    ("UNSUPPORTED_ELEMENT_COMBINATION", BUCKET, shared(NotPrincipal=ROOT), "Principal and NotPrincipal exclude each"),
    ("UNIQUE_SIDS_REQUIRED", IDENTITY, policy(ITEM | {"Sid": "A"}, DENY | {"Sid": "A"}), "has the Sid A more than once"),
    ("UNSUPPORTED_SID", IDENTITY, item(Sid="read-items"), "a Sid takes letters and digits only"),
    ("UNSUPPORTED_SID", TRUST, trusted(Sid="a b"), "a Sid takes letters and digits only"),
    ("iam-quotas", IDENTITY, item(Resource="arn:aws:s3:::blog/\u0141"), "has a character beyond U+00FF"),
    ("POLICY_SIZE_EXCEEDS_SCP_QUOTA", SCP, policy(DENY | {"Sid": "a" * 5120}), "more than the 5120 that AWS takes"),
    ("POLICY_SIZE_EXCEEDS_RCP_QUOTA", RCP, policy(CONTROL | {"Sid": "a" * 5120}), "more than the 5120 that AWS takes"),
    ("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", TOPIC, published(30721), "30721 characters, more than the 30720 that"),
    ("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", TRUST, trusted(Sid="a" * 2048), "more than the 2048 that AWS takes"),
    # Principals
    ("UNSUPPORTED_PRINCIPAL", IDENTITY, item(Principal="*"), "policy.Statement[0].Principal: the policy of an identity"),
    ("UNSUPPORTED_PRINCIPAL", IDENTITY, item(NotPrincipal=ROOT), "policy.Statement[0].NotPrincipal: the policy of an"),
    ("UNSUPPORTED_PRINCIPAL", KEY, shared(Principal={"CanonicalUser": "79a5"}), "only the policies of S3 buckets take"),
    ("INVALID_PRINCIPAL_FORMAT", BUCKET, shared(Principal="123456789012"), 'Principal: is neither "*" nor an object'),
    ("INVALID_PRINCIPAL_FORMAT", TRUST, trusted(Principal={"AWS": "12345"}), "12345 is neither an account's 12 digits"),
    ("INVALID_PRINCIPAL_FORMAT", BUCKET, shared(Principal={"AWS": "arn:aws:iam::1234:root"}), "neither an account's 12"),
    ("INVALID_PRINCIPAL_FORMAT", BUCKET, shared(Principal={"AWS": "arn:aws:iam::123456789012:group/g"}), "neither an"),
    ("INVALID_PRINCIPAL_FORMAT", TRUST, trusted(Principal={"AWS": "ec2.amazonaws.com"}), "neither an account's 12 digits"),
    ("INVALID_PARTITION", TRUST, trusted(Principal={"AWS": "arn:amazon:iam::123456789012:root"}), "no partition amazon"),
    ("INVALID_PRINCIPAL_KEY", TRUST, trusted(Principal={"Services": "a"}), "no kind of principal; did you mean Service?"),
    ("DATA_TYPE_MISMATCH", TRUST, trusted(Principal={"AWS": [1]}), "policy.Statement[0].Principal.AWS: is not a string"),
    ("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", BUCKET, shared(Principal={"AWS": "arn:aws:iam::123456789012:role/*"}), "wildcard"),
    ("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", TRUST, trusted(Principal={"Service": "*"}), "* has a wildcard"),
    ("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", TRUST, trusted(Principal={"Federated": "*"}), "* has a wildcard"),
    ("INVALID_SERVICE_PRINCIPAL_FORMAT", TRUST, trusted(Principal={"Service": "lambda"}), "lambda is no service principal"),
    ("INVALID_SERVICE_PRINCIPAL_FORMAT", TRUST, trusted(Principal={"Service": "Lambda.amazonaws.com"}), "no service prin"),
    (
        "INVALID_SERVICE_PRINCIPAL_FORMAT",
        TRUST,
        trusted(Principal={"Service": "lamda.amazonaws.com"}),
        "policy.Statement[0].Principal.Service: lamda.amazonaws.com does not exist; did you mean lambda.amazonaws.com?",
    ),
    ("FEDERATED_PRINCIPAL_NOT_SUPPORTED", BUCKET, shared(Principal=SAML), "only the trust policy of a role takes a Fed"),
    (
        "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",
        TRUST,
        trusted(Principal={"Federated": "acme"}, Action="sts:AssumeRoleWithWebIdentity"),
        "acme is neither a domain nor the ARN of a SAML or OIDC provider",
    ),
    ("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", TRUST, trusted(NotPrincipal=ROOT), "a trust policy takes no NotPrin"),
    ("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", TRUST, trusted(Principal="*"), 'takes no "Principal"'),
    ("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", TRUST, trusted(Resource="*"), "speaks of its own role and takes no Reso"),
    ("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", TRUST, trusted(NotResource="*"), "of its own role and takes no NotResou"),
    ("SCP_SYNTAX_ERROR_PRINCIPAL", SCP, policy(CONTROL), "a service control policy names no principal"),
    ("RCP_SYNTAX_ERROR_PRINCIPAL", RCP, policy(CONTROL | {"Principal": ROOT}), 'takes "Principal": "*" only'),
    # Actions
    ("INVALID_ACTION", IDENTITY, item(Action="s3:GetObjects"), "called s3:GetObjects; did you mean s3:GetObject?"),
    ("INVALID_ACTION", IDENTITY, item(Action="GetObject"), "GetObject is no action: write it as service:Name"),
    ("INVALID_ACTION", BUCKET, shared(Action="s3:Reed*"), "no AWS action is called s3:Reed*"),
    ("INVALID_ACTION", IDENTITY, item(Action=""), "policy.Statement[0].Action:  is no action"),
    ("INVALID_SERVICE_IN_ACTION", IDENTITY, item(Action="dynamo:GetItem"), "there is no service dynamo; did you mean dyn"),
    ("UNSUPPORTED_ACTION_IN_POLICY", BUCKET, shared(Action="kms:Decrypt"), "kms:Decrypt is no action of s3 or s3express"),
    ("UNSUPPORTED_ACTION_IN_POLICY", TRUST, trusted(Action="s3:GetObject"), "s3:GetObject does not assume a role"),
    ("UNSUPPORTED_ACTION_IN_POLICY", TRUST, trusted(Action="*"), "* does not assume a role"),
    ("UNSUPPORTED_ACTION_IN_POLICY", TRUST, trusted(Action="sts:GetCallerIdentity"), "does not assume a role"),
    ("UNSUPPORTED_ACTION_IN_POLICY", TRUST, trusted(NotAction="sts:AssumeRole"), "a trust policy names its actions"),
    ("MISMATCHED_ACTION_FOR_PRINCIPAL", TRUST, trusted(Action="sts:AssumeRoleWithSAML"), "is a SAML provider, which the"),
    ("MISMATCHED_ACTION_FOR_PRINCIPAL", TRUST, trusted(Principal=SAML), "for an AWS or Service principal, which the state"),
    (
        "MISMATCHED_ACTION_FOR_PRINCIPAL",
        TRUST,
        trusted(Principal=SAML, Action="sts:AssumeRoleWithWebIdentity"),
        "sts:AssumeRoleWithWebIdentity is for a Federated principal that is an OIDC provider",
    ),
    (
        "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY",
        TRUST,
        trusted(Principal={"Service": "rolesanywhere.amazonaws.com"}),
        "rolesanywhere.amazonaws.com needs sts:SetSourceIdentity and sts:TagSession too",
    ),
    ("RCP_SYNTAX_ERROR_NOTACTION", RCP, policy(CONTROL | {"NotAction": "s3:*"}), "takes no NotAction; use Action"),
    ("RCP_SYNTAX_ERROR_ACTION", RCP, policy(CONTROL | {"Action": "ec2:*"}), "policies do not cover this service"),
    ("RCP_SYNTAX_ERROR_ALLOW", RCP, policy(CONTROL | {"Effect": "Allow", "Resource": OBJECTS}), 'allows only "Princip'),
    # Resources
    ("INVALID_ARN_PREFIX", IDENTITY, item(Resource="blog/*"), "policy.Statement[0].Resource: blog/*: a Resource is * or"),
    ("INVALID_ARN_PREFIX", IDENTITY, item(Resource=""), "a Resource is * or starts with arn:"),
    ("MISSING_ARN_FIELD", IDENTITY, item(Resource="arn:aws:s3:blog"), "arn:aws:s3:blog: an ARN has six fields"),
    ("INVALID_PARTITION", IDENTITY, item(Resource="arn:amazon:s3:::blog/*"), "AWS has no partition amazon; use aws, "),
    ("INVALID_SERVICE", IDENTITY, item(Resource="arn:aws:dynamo:eu-west-1:123456789012:table/t"), "no service dynamo; did"),
    ("INVALID_SERVICE", IDENTITY, item(Resource="arn:aws:*:::blog/*"), "the service of an ARN takes no wildcard"),
    ("INVALID_ARN_SERVICE_CASE", IDENTITY, item(Resource="arn:aws:S3:::blog/*"), "write the service S3 in lower case"),
    ("INVALID_ARN_REGION", IDENTITY, item(Resource="arn:aws:sqs:eu-wset-1:123456789012:j"), "did you mean eu-west-1?"),
    ("INVALID_ARN_REGION", IDENTITY, item(Resource="arn:aws-cn:sqs:eu-west-1:123456789012:j"), "not in the partition aws-cn"),
    ("INVALID_ARN_ACCOUNT", IDENTITY, item(Resource="arn:aws:sqs:eu-west-1:1234:jobs"), "1234 is no account number of 12"),
    ("INVALID_ARN_RESOURCE", IDENTITY, item(Resource="arn:aws:lambda:eu-west-1:123456789012:f"), "no resource of this form"),
    ("INVALID_ARN_RESOURCE", IDENTITY, item(Resource="arn:aws:s3:::"), "the resource of the ARN is empty"),
    ("ARN_REGION_NOT_ALLOWED", IDENTITY, item(Resource="arn:aws:iam:eu-west-1:123456789012:role/r"), "iam has no region"),
    ("ARN_REGION_NOT_ALLOWED", IDENTITY, item(Resource="arn:aws:s3:eu-west-1::blog/*"), "resource of s3 has no region"),
    ("ARN_ACCOUNT_NOT_ALLOWED", IDENTITY, item(Resource="arn:aws:s3::123456789012:blog/*"), "resource of s3 has no account"),
    ("MISSING_ARN_REGION", IDENTITY, item(Resource="arn:aws:sqs::123456789012:jobs"), "sqs needs its region, or *"),
    ("MISSING_ARN_ACCOUNT", IDENTITY, item(Resource="arn:aws:sqs:eu-west-1::jobs"), "sqs needs its account, or *"),
    ("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", BUCKET, shared(Resource=QUEUE_ARN), "is no resource of s3 or s3express"),
    # Policy variables
    ("MISSING_BRACE_IN_VARIABLE", IDENTITY, item(Resource="arn:aws:s3:::blog/${aws:username"), "variable lacks its }"),
    ("EMPTY_VARIABLE", IDENTITY, item(Resource="arn:aws:s3:::blog/${}"), "${}: the policy variable is empty"),
    ("UNSUPPORTED_SPACE_IN_VARIABLE", IDENTITY, item(Resource="arn:aws:s3:::blog/${aws:user name}"), "has no space"),
    ("MISSING_QUOTE_IN_VARIABLE", IDENTITY, item(Resource="arn:aws:s3:::b/${aws:username, x}"), "in single quotes"),
    ("INVALID_GLOBAL_CONDITION_KEY", IDENTITY, item(Resource="arn:aws:s3:::b/${aws:usernam}"), "did you mean aws:username?"),
    ("INVALID_CONDITION_KEY_FORMAT", IDENTITY, item(Resource="arn:aws:s3:::b/${username}"), "is written service:name"),
    ("VARIABLE_UNSUPPORTED_IN_ELEMENT", IDENTITY, item(Action="s3:${aws:username}"), "which an action does not take"),
    ("VARIABLE_UNSUPPORTED_IN_ELEMENT", TRUST, trusted(Principal={"AWS": "${aws:userid}"}), "Principal does not take"),
    ("VARIABLE_UNSUPPORTED_IN_ELEMENT", IDENTITY, item(Resource="arn:${AWS::Partition}:s3:::b/*"), "after the fifth colon"),
    (
        "VARIABLE_UNSUPPORTED_IN_VERSION",
        BUCKET,
        shared(Resource="arn:aws:s3:::blog/${aws:username}/*") | {"Version": "2008-10-17"},
        'has a policy variable, which only Version "2012-10-17" knows',
    ),
    ("INVALID_VARIABLE_FOR_OPERATOR", IDENTITY, when("Bool", "aws:SecureTransport", "${aws:username}"), "only String and Arn"),
    # Conditions
    ("INVALID_CONDITION_OPERATOR", IDENTITY, when("StringIs", "aws:username", "x"), "condition StringIs: IAM has no such"),
    ("INVALID_CONDITION_OPERATOR", IDENTITY, when("ForAll:StringLike", "aws:username", "x"), "IAM has no such operator"),
    ("NULL_WITH_IF_EXISTS", IDENTITY, when("NullIfExists", "aws:username", "true"), "takes no IfExists"),
    ("INVALID_CONDITION_KEY_FORMAT", IDENTITY, when("StringLike", "username", "x"), "a condition key is written service:"),
    ("INVALID_GLOBAL_CONDITION_KEY", IDENTITY, when("StringEquals", "aws:PrincipleOrgID", "o-1"), "mean aws:PrincipalOrgID?"),
    ("UNSUPPORTED_GLOBAL_CONDITION_KEY", IDENTITY, when("ArnLike", "aws:ARN", "*"), "use aws:PrincipalArn or aws:SourceArn"),
    ("INVALID_SERVICE", IDENTITY, when("StringEquals", "dynamo:LeadingKeys", "x"), "AWS has no service dynamo"),
    ("INVALID_SERVICE_CONDITION_KEY", IDENTITY, when("StringLike", "s3:prefixes", "x"), "s3 has no such condition key; did"),
    ("MISSING_TAG_KEY_IN_CONDITION", IDENTITY, when("StringEquals", "aws:ResourceTag", "x"), "write the tag's key after"),
    ("MISSING_TAG_KEY_IN_CONDITION", IDENTITY, when("StringEquals", "ec2:ResourceTag/", "x"), "write the tag's key after"),
    (
        "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
        IDENTITY,
        item(Condition={"StringEquals": {"aws:username": "a", "aws:Username": "b"}}),
        "condition StringEquals: aws:username stands more than once with differing capitals",
    ),
    ("DATA_TYPE_MISMATCH", IDENTITY, item(Condition=[]), "policy.Statement[0].Condition: is not an object of operators"),
    ("DATA_TYPE_MISMATCH", IDENTITY, item(Condition={"Bool": []}), "condition Bool: is not an object of condition keys"),
    ("DATA_TYPE_MISMATCH", IDENTITY, item(Condition={"Bool": {}}), "condition Bool: has no condition key"),
    ("DATA_TYPE_MISMATCH", IDENTITY, when("StringEquals", "aws:username", []), "has no value, so that it never holds"),
    ("DATA_TYPE_MISMATCH", IDENTITY, when("StringEquals", "aws:username", {}), "a value is a string, a number or a boolean"),
    ("INVALID_CONDITION_DATA_TYPE", IDENTITY, when("StringEquals", "aws:username", ["a", 1]), "of different JSON types"),
    ("INVALID_CONDITION_MULTIPLE_BOOLEAN", IDENTITY, when("Bool", "aws:ViaAWSService", ["true", "false"]), "one of true and"),
    ("MISSING_QUALIFIER", IDENTITY, when("StringEquals", "aws:TagKeys", "team"), "write ForAnyValue: or ForAllValues:"),
    ("set-operators", IDENTITY, when("ForAllValues:StringLike", "aws:username", "x"), "holds when the key is absent"),
    ("TYPE_MISMATCH", IDENTITY, when("StringEquals", "aws:SourceIp", "192.0.2.0/24"), "use IpAddress operators"),
    ("TYPE_MISMATCH", IDENTITY, when("NumericEquals", "aws:username", "1"), "use String operators"),
    ("TYPE_MISMATCH", IDENTITY, when("ArnLike", "aws:PrincipalOrgID", "arn:aws:s3:::b"), "use String operators"),
    ("TYPE_MISMATCH", IDENTITY, when("ArnLike", "aws:PrincipalArn", "role/blog"), "role/blog is no ARN"),
    ("TYPE_MISMATCH_BOOLEAN", IDENTITY, when("Bool", "aws:SecureTransport", "yes"), "yes is neither true nor false"),
    ("TYPE_MISMATCH_BOOLEAN", IDENTITY, when("Null", "aws:TokenIssueTime", "absent"), "absent is neither true nor false"),
    ("TYPE_MISMATCH_NUMBER", IDENTITY, when("NumericLessThan", "aws:MultiFactorAuthAge", "soon"), "soon is no number"),
    ("TYPE_MISMATCH_DATE", IDENTITY, when("DateLessThan", "aws:CurrentTime", "tomorrow"), "tomorrow is no date"),
    ("TYPE_MISMATCH_IP_RANGE", IDENTITY, when("IpAddress", "aws:SourceIp", "192.0.2.0-192.0.2.9"), "is no address range"),
    ("TYPE_MISMATCH_STRING", IDENTITY, when("BinaryEquals", "aws:username", "%"), "% is not encoded in Base64"),
    ("PRIVATE_IP_ADDRESS", IDENTITY, when("IpAddress", "aws:SourceIp", ["10.0.0.0/8"]), "it never holds"),
    ("PRIVATE_NOT_IP_ADDRESS", IDENTITY, when("NotIpAddress", "aws:SourceIp", "192.168.0.0/16"), "it always holds"),
    ("INVALID_VPC_FORMAT", IDENTITY, when("StringEquals", "aws:SourceVpc", "vpc1"), "vpc1 is no VPC: vpc- and 8 or 17"),
    ("INVALID_VPCE_FORMAT", IDENTITY, when("StringEquals", "aws:SourceVpce", "vpce-1"), "vpce-1 is no VPC endpoint"),
    ("INVALID_REGION", IDENTITY, when("StringEquals", "aws:RequestedRegion", "eu-west-9"), "AWS has no region eu-west-9"),
    (
        "INVALID_SERVICE_PRINCIPAL_FORMAT",
        IDENTITY,
        item(Action="iam:PassRole", Resource="arn:aws:iam::123456789012:role/r", Condition={"StringEquals": {"iam:PassedToService": "lambda"}}),
        "condition StringEquals iam:PassedToService: lambda is no service principal",
    ),
    (
        "INVALID_SERVICE_PRINCIPAL_FORMAT",
        KEY,
        policy({"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Principal": ROOT, "Condition": {"StringEquals": {"kms:ViaService": "s3.amazonaws.com"}}}),
        "s3.amazonaws.com is not written as s3.eu-west-1.amazonaws.com",
    ),
    (
        "INVALID_KMS_KEY_VALUE",
        IDENTITY,
        when("StringEquals", "s3:x-amz-server-side-encryption-aws-kms-key-id", "alias/blog", Action="s3:PutObject"),
        "alias/blog is not the ARN of a KMS key",
    ),
    ("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", IDENTITY, when("StringLike", "s3:prefix", "x"), "evaluate it for s3:GetObject"),
    ("MISSING_ACTION_FOR_CONDITION_KEY", TRUST, trusted(Condition={"StringLike": {"sts:SourceIdentity": "x"}}), "SetSourceId"),
    (
        "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
        BUCKET,
        shared_when("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5", Principal={"Service": "cloudfront.amazonaws.com"}),
        "requests of cloudfront.amazonaws.com do not carry it",
    ),
    ("WILDCARD_USAGE_TOO_PERMISSIVE", BUCKET, shared_when("StringLike", "aws:SourceAccount", "1234*"), "takes no wildcard"),
    ("WILDCARD_USAGE_TOO_PERMISSIVE", IDENTITY, when("StringLike", "aws:userid", "AIDA*"), "after the colon of aws:userid"),
    (
        "VARIABLE_USAGE_TOO_PERMISSIVE",
        BUCKET,
        shared_when("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"),
        "aws:PrincipalAccount takes no policy variable, which its caller fills in",
    ),
    # AWS: "not a reliable way" to require MFA
    ("BAD_PATTERN_FOR_MFA", IDENTITY, when("Bool", "aws:MultiFactorAuthPresent", "false"), "does not hold for long-lived"),
    ("BAD_PATTERN_FOR_MFA", IDENTITY, when("BoolIfExists", "aws:MultiFactorAuthPresent", "true"), "holds for long-lived"),
    ("BAD_PATTERN_FOR_MFA", IDENTITY, when("Null", "aws:MultiFactorAuthPresent", "false"), "does not say whether MFA was"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("check", "kind", "document", "words"), CASES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CASES)]
)
def test_what_aws_refuses_is_found_with_its_place(check: str, kind: Kind, document: Any, words: str):
    found = [str(one) for one in validate(document, "policy", kind) if one.check == check]
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(("check", "kind", "document", "_"), CASES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CASES)])
def test_a_document_as_text_and_as_an_object_is_refused_alike(check: str, kind: Kind, document: Any, _: str):
    if not isinstance(document, str) and "SIZE" not in check:  # whitespace counts in a text
        assert validate(json.dumps(document), "policy", kind) == validate(document, "policy", kind)


def test_every_error_of_access_analyzer_has_an_input():
    assert len(ERRORS) == 78
    assert {case[0] for case in CASES} >= ERRORS


GOOD: tuple[tuple[Kind, Any], ...] = (
    (TOPIC, published(30600)),
    (TRUST, trusted() | {"Version": "2008-10-17"}),
    (IDENTITY, item()),
    (IDENTITY, item(Sid="ReadItems", Action=["s3:GetObject", "S3:putobject"], Resource=[OBJECTS, "arn:aws:s3:::*"])),
    (IDENTITY, policy() | {"Statement": ITEM}),
    (IDENTITY, item(Resource="*", Action="*")),
    (SCP, policy(DENY | {"Action": ["s3:*Object", "s3:Put*Acl", "*:Delete*"]})),
    (IDENTITY, item(Resource="arn:aws:s3:::blog/${aws:PrincipalTag/team, 'none'}/${*}")),
    (IDENTITY, item(Resource="arn:*:s3:::blog/*")),
    (IDENTITY, item(Action="sqs:SendMessage", Resource=["arn:aws:sqs:*:123456789012:jobs", "arn:aws:sqs:*:*:*"])),
    (IDENTITY, item(Action="iam:GetPolicy", Resource="arn:aws:iam::aws:policy/ReadOnlyAccess")),
    (IDENTITY, item(Action="apigateway:GET", Resource="arn:aws:apigateway:eu-west-1::/apis/*")),
    (IDENTITY, item(Action="logs:PutLogEvents", Resource="arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/f:*")),
    (IDENTITY, when("StringEquals", "s3:ExistingObjectTag/team", "blog")),
    (IDENTITY, when("DateGreaterThan", "aws:CurrentTime", "2030-01-31T00:00:00Z")),
    (IDENTITY, when("NumericLessThan", "aws:EpochTime", "1900000000")),
    (IDENTITY, when("IpAddress", "aws:SourceIp", ["192.0.2.0/24", "2001:db8::/32", "10.0.0.0/8", "203.0.113.7"])),
    (IDENTITY, when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/*")),
    (IDENTITY, when("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}")),
    (IDENTITY, when("Null", "aws:TagKeys", "false")),
    (IDENTITY, when("StringNotEqualsIfExists", "s3:x-amz-server-side-encryption", "aws:kms", Action=["s3:GetObject", "s3:PutObject"], Effect="Deny")),
    (IDENTITY, when("ArnEquals", "lambda:SourceFunctionArn", "arn:aws:lambda:eu-west-1:123456789012:function:f")),
    (IDENTITY, when("StringEquals", "ec2:SourceInstanceARN", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1")),
    (IDENTITY, when("Bool", "aws:MultiFactorAuthPresent", "true")),
    (IDENTITY, when("BoolIfExists", "aws:MultiFactorAuthPresent", "false", Effect="Deny")),
    (IDENTITY, item(Condition={})),
    (TRUST, trusted()),
    (TRUST, trusted(Principal={"AWS": ["123456789012", "arn:aws:iam::123456789012:role/path/r", "AROAEXAMPLE1234567890"]})),
    (TRUST, trusted(Principal={"Service": ["logs.eu-west-1.amazonaws.com", "macie.amazonaws.com", "ecs-tasks.amazonaws.com"]})),
    (TRUST, trusted(Principal={"Service": "edgelambda.amazonaws.com"}, Action=["sts:AssumeRole", "sts:TagSession"])),
    (TRUST, trusted(Principal=SAML, Action="sts:AssumeRoleWithSAML", Condition={"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}})),
    (
        TRUST,
        trusted(
            Principal={"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
            Action="sts:AssumeRoleWithWebIdentity",
            Condition={"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}},
        ),
    ),
    (
        TRUST,
        trusted(
            Principal={"Federated": "cognito-identity.amazonaws.com"},
            Action="sts:AssumeRoleWithWebIdentity",
            Condition={"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}},
        ),
    ),
    (BUCKET, shared(Sid="Read items-of the blog", Principal="*") | {"Id": "Policy 1", "Version": "2008-10-17"}),
    (BUCKET, policy(SHARED | {"Sid": "A"}, SHARED | {"Sid": "A"})),
    (BUCKET, {"Statement": SHARED}),
    (BUCKET, shared(Principal={"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"})),
    (BUCKET, shared(Principal={"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"})),
    (KEY, policy({"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": ROOT})),
    (QUEUE, policy({"Effect": "Allow", "Action": "SQS:SendMessage", "Resource": QUEUE_ARN, "Principal": {"Service": "sns.amazonaws.com"}, "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:t"}}})),
    (RESOURCE["aws:sns/topicPolicy:TopicPolicy"], policy({"Effect": "Allow", "Action": ["SNS:Publish", "SNS:Receive"], "Resource": "arn:aws:sns:eu-west-1:123456789012:t", "Principal": {"AWS": "*"}, "Condition": {"StringEquals": {"AWS:SourceOwner": "123456789012"}}})),
    (RESOURCE["aws:ecr/repositoryPolicy:RepositoryPolicy"], policy({"Effect": "Allow", "Action": "ecr:BatchGetImage", "Principal": ROOT})),
    (RESOURCE["aws:apigateway/restApi:RestApi"], policy({"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "execute-api:/*", "Principal": "*"})),
    (SCP, policy(DENY | {"Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}})),
    (RCP, policy(CONTROL | {"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}})),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "document"), GOOD)
def test_what_aws_accepts_is_not_refused(kind: Kind, document: Any):
    assert [str(one) for one in validate(document, "policy", kind)] == []
    assert [str(one) for one in validate(json.dumps(document), "policy", kind)] == []


@pytest.mark.parametrize("name", ["Version", "Statement"])
def test_an_unknown_element_is_not_refused(name: str):
    assert validate(item() | {name: UNKNOWN}, "policy", IDENTITY) == ()


@pytest.mark.parametrize("name", ["Sid", "Effect", "Action", "Resource", "Condition"])
def test_an_unknown_part_of_a_statement_is_not_refused(name: str):
    assert validate(item(**{name: UNKNOWN}), "policy", IDENTITY) == ()


@pytest.mark.parametrize("value", [UNKNOWN, {"AWS": UNKNOWN}, {"AWS": [UNKNOWN]}])
def test_an_unknown_principal_is_not_refused(value: Any):
    assert validate(trusted(Principal=value), "policy", TRUST) == ()


@pytest.mark.parametrize("value", [UNKNOWN, {"StringEquals": UNKNOWN}, {"StringEquals": {"aws:username": [UNKNOWN]}}])
def test_an_unknown_condition_is_not_refused(value: Any):
    assert validate(item(Condition=value), "policy", IDENTITY) == ()


NONSENSE: tuple[Any, ...] = (
    None,
    True,
    -1,
    1.5,
    "",
    "nonsense",
    [],
    [None],
    ["x"],
    [["x"]],
    {},
    {"x": 1},
    [{}, {}],
    {"x": {"y": [None]}},
)


@pytest.mark.parametrize(("kind", "document"), GOOD)
def test_what_cannot_be_read_is_refused(kind: Kind, document: Any):
    """Rules about what a document allows skip one that they cannot read, so it must be refused here."""
    seeded, every = random.Random(str(document)), list(paths(document))
    for _ in range(200):
        broken = put(document, seeded.choice(every), seeded.choice(NONSENSE))
        found = validate(broken, "policy", kind)
        try:
            read(Block({"policy": broken}), "policy")
        except MalformedError:
            assert found
        assert validate(json.dumps(broken), "policy", kind) == found
