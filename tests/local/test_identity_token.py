"""Users of a pool sign in on the emulator, with a second factor and without."""

import base64
import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from local import cloud, identity_token

if TYPE_CHECKING:
    from collections.abc import Generator

    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.literals import UserPoolMfaTypeType

REGION = "eu-central-1"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The shared secret of RFC 6238, appendix B, in base 32."""


@pytest.fixture(scope="module")
def cognito(tmp_path_factory: pytest.TempPathFactory) -> "Generator[CognitoIdentityProviderClient]":
    """A client of an emulator to which the environment leads as well."""
    root = tmp_path_factory.mktemp("cloud")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("BLOG_CLOUD_PORT", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        started = cloud.start(root, uv=cloud.ROOT / ".local/uv/bin/uv")
        for name, value in started.environment().items():
            patch.setenv(name, value)
        yield boto3.Session().client("cognito-idp", region_name=REGION)  # pyright: ignore[reportUnknownMemberType]
    cloud.stop(root)


def pool(cognito: "CognitoIdentityProviderClient", mfa: "UserPoolMfaTypeType" = "OFF") -> tuple[str, str]:
    """Make a pool and a client of it, and return their ids."""
    pool_id = cognito.create_user_pool(PoolName="users")["UserPool"].get("Id", "")
    if mfa != "OFF":
        cognito.set_user_pool_mfa_config(
            UserPoolId=pool_id, MfaConfiguration=mfa, SoftwareTokenMfaConfiguration={"Enabled": True}
        )
    client = cognito.create_user_pool_client(
        UserPoolId=pool_id, ClientName="web", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    )
    return pool_id, client["UserPoolClient"].get("ClientId", "")


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


@pytest.mark.parametrize("mfa", ["OFF", "OPTIONAL", "ON"])
def test_a_new_user_gets_an_access_token_of_the_pool_and_the_client(
    cognito: "CognitoIdentityProviderClient", mfa: "UserPoolMfaTypeType"
):
    pool_id, client_id = pool(cognito, mfa)
    said = claims(identity_token.token(pool_id, client_id, "ada"))

    assert said["iss"] == f"https://cognito-idp.{REGION}.amazonaws.com/{pool_id}"
    assert (said["token_use"], said["client_id"], said["username"]) == ("access", client_id, "ada")


def test_a_user_who_signs_in_again_is_the_same_one(cognito: "CognitoIdentityProviderClient"):
    ids = pool(cognito)
    first, second = (claims(identity_token.token(*ids, "ada")) for _ in range(2))

    assert first["sub"] == second["sub"]
    assert first["sub"] != claims(identity_token.token(*ids, "grace"))["sub"]


def test_a_visitor_is_gone_when_the_visit_ends(cognito: "CognitoIdentityProviderClient"):
    ids = pool(cognito)
    with identity_token.signed_in(*ids) as token:
        username = claims(token)["username"]
        assert [user.get("Username") for user in cognito.list_users(UserPoolId=ids[0])["Users"]] == [username]

    assert cognito.list_users(UserPoolId=ids[0])["Users"] == []


def test_a_pool_that_asks_for_an_authenticator_app_gets_one_enrolled(
    cognito: "CognitoIdentityProviderClient", monkeypatch: pytest.MonkeyPatch
):
    # The emulator lets a new user in without enrolling; AWS answers MFA_SETUP, as the user guide describes:
    # https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html
    monkeypatch.setattr(identity_token, "_client", {f"{REGION}_pool": cognito}.__getitem__)
    monkeypatch.setattr(identity_token.time, "time", lambda: 1111111109)
    monkeypatch.setattr(identity_token.secrets, "token_urlsafe", {24: "random"}.__getitem__)
    user = {"UserPoolId": f"{REGION}_pool", "Username": "ada"}
    password = "aA1!random"
    with Stubber(cognito) as aws:
        aws.add_client_error("admin_create_user", "UsernameExistsException")
        aws.add_response("admin_set_user_password", {}, {**user, "Password": password, "Permanent": True})
        aws.add_response(
            "admin_initiate_auth",
            {"ChallengeName": "MFA_SETUP", "Session": "session-of-the-sign-in"},
            {
                "UserPoolId": f"{REGION}_pool",
                "ClientId": "client",
                "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": "ada", "PASSWORD": password},
            },
        )
        aws.add_response(
            "associate_software_token",
            {"SecretCode": SECRET, "Session": "session-of-the-enrolment"},
            {"Session": "session-of-the-sign-in"},
        )
        aws.add_response(
            "verify_software_token",
            {"Status": "SUCCESS", "Session": "session-verified-at-aws"},
            {"Session": "session-of-the-enrolment", "UserCode": "081804"},
        )
        aws.add_response(
            "admin_respond_to_auth_challenge",
            {"AuthenticationResult": {"AccessToken": "header.body.signature"}},
            {
                "UserPoolId": f"{REGION}_pool",
                "ClientId": "client",
                "ChallengeName": "MFA_SETUP",
                "ChallengeResponses": {"USERNAME": "ada"},
                "Session": "session-verified-at-aws",
            },
        )

        assert identity_token.token(f"{REGION}_pool", "client", "ada") == "header.body.signature"
        aws.assert_no_pending_responses()


def test_a_user_whose_authenticator_app_only_they_have_is_refused_without_a_secret_in_the_message(
    cognito: "CognitoIdentityProviderClient",
):
    pool_id, client_id = pool(cognito, "ON")
    token = identity_token.token(pool_id, client_id, "ada")
    secret = cognito.associate_software_token(AccessToken=token)["SecretCode"]
    code = identity_token.totp(secret, identity_token.time.time())
    assert cognito.verify_software_token(AccessToken=token, UserCode=code)["Status"] == "SUCCESS"

    with pytest.raises(identity_token.SignInError) as raised:
        identity_token.token(pool_id, client_id, "ada")
    assert str(raised.value) == (
        f"user ada of {pool_id} has to answer SOFTWARE_TOKEN_MFA: sign in as a user that is new"
    )


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_codes_are_those_of_the_standard(at: int, code: str):
    assert identity_token.totp(SECRET, at) == code
