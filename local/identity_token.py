"""Signs a user in, as an operator with AWS credentials may, so that the smoke call and the tests can write."""

import base64
import hashlib
import hmac
import secrets
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from collections.abc import Generator

    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import (
        AdminInitiateAuthResponseTypeDef,
        AdminRespondToAuthChallengeResponseTypeDef,
    )

STEP_SECONDS = 30
"""How long a code of an authenticator app holds (RFC 6238, section 4.1)."""


class SignInError(RuntimeError):
    """The pool asks for something that only the user has; the message names it and never a password, code or token."""


def token(pool_id: str, client_id: str, username: str) -> str:
    """Make a user where it is missing, give it a new random password, and sign it in.

    A pool whose MFA is ON asks a new user to enrol an authenticator app, which is done here too. The AWS that is asked
    is the one of the environment.

    Args:
        pool_id: The user pool, such as "eu-central-1_AbCdEfGhI".
        client_id: A client of the pool without a secret, with ALLOW_ADMIN_USER_PASSWORD_AUTH.
        username: Name of a user that is the caller's to change; it keeps its `sub`.

    Returns:
        An access token, which is good for an hour by default.

    Raises:
        SignInError: The user has an authenticator app already, or the pool asks for another proof.
        botocore.exceptions.ClientError: The pool or the client does not exist, or the caller may not do this.
    """
    cognito = _client(pool_id)
    password = f"aA1!{secrets.token_urlsafe(24)}"  # the four kinds of characters that a pool can ask for
    with suppress(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(UserPoolId=pool_id, Username=username, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool_id, Username=username, Password=password, Permanent=True)
    answer = cognito.admin_initiate_auth(
        UserPoolId=pool_id,
        ClientId=client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password},
    )
    challenge: str = answer.get("ChallengeName", "")
    if challenge == "MFA_SETUP":
        return _enrol(cognito, pool_id, client_id, username, answer["Session"])
    return _access_token(answer, pool_id, username)


@contextmanager
def signed_in(pool_id: str, client_id: str) -> "Generator[str]":
    """Be a user of the pool for a while: make one, give its access token, remove it. Errors are those of `token`."""
    username = f"visitor-{secrets.token_hex(8)}"
    try:
        yield token(pool_id, client_id, username)
    finally:
        cognito = _client(pool_id)
        with suppress(cognito.exceptions.UserNotFoundException):
            cognito.admin_delete_user(UserPoolId=pool_id, Username=username)


def totp(secret: str, at: float) -> str:
    """Compute what an authenticator app shows (RFC 6238: six digits, SHA-1, steps of 30 seconds).

    Args:
        secret: The shared secret in base 32.
        at: Seconds since 1970.

    Returns:
        Six digits.
    """
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, (int(at) // STEP_SECONDS).to_bytes(8), hashlib.sha1)
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def _client(pool_id: str) -> "CognitoIdentityProviderClient":
    """Ask the region that the pool's id begins with."""
    region = pool_id.partition("_")[0]
    # A session of its own, for the default one keeps the credentials that it has met first.
    return boto3.Session().client("cognito-idp", region_name=region)  # pyright: ignore[reportUnknownMemberType]


def _enrol(cognito: "CognitoIdentityProviderClient", pool_id: str, client_id: str, username: str, session: str) -> str:
    """Be the authenticator app of a new user for once: its secret is not kept."""
    app = cognito.associate_software_token(Session=session)
    code = totp(app["SecretCode"], time.time())
    verified = cognito.verify_software_token(Session=app["Session"], UserCode=code)
    answer = cognito.admin_respond_to_auth_challenge(
        UserPoolId=pool_id,
        ClientId=client_id,
        ChallengeName="MFA_SETUP",
        ChallengeResponses={"USERNAME": username},
        Session=verified["Session"],
    )
    return _access_token(answer, pool_id, username)


def _access_token(
    answer: "AdminInitiateAuthResponseTypeDef | AdminRespondToAuthChallengeResponseTypeDef", pool_id: str, username: str
) -> str:
    if access_token := answer.get("AuthenticationResult", {}).get("AccessToken"):
        return access_token
    raise SignInError(
        f"user {username} of {pool_id} has to answer {answer.get('ChallengeName')}: sign in as a user that is new"
    )
