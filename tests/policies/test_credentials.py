"""Names and values of secrets beside those that only look like some."""

import pytest

from serverless_guard.rules.encryption.credentials import found_in, is_credential, is_literal, names_secret

SECRET_NAMES = (
    "PASSWORD", "DB_PASSWORD", "dbPassword", "DB_PASS", "DB_PASSWORD_PROD", "PGPASSWORD", "MYSQL_PWD", "ADMIN_PW",
    "PASSPHRASE", "SECRET", "SECRET_KEY", "CLIENT_SECRET", "clientSecret", "JWT_SECRET", "DJANGO_SECRET_KEY",
    "SECRET_KEY_BASE", "API_KEY", "APIKEY", "apiKey", "X-Api-Key", "OPENAI_API_KEY", "STRIPE_API_KEYS", "TOKEN",
    "GITHUB_TOKEN", "TOKEN_GITHUB", "accessToken", "AUTH_TOKEN", "BOT_TOKEN", "AWS_SESSION_TOKEN",
    "UPLOADER_AWS_SECRET_ACCESS_KEY", "PRIVATE_KEY", "SSH_KEY", "ENCRYPTION_KEY", "SIGNING_KEY", "MASTER_KEY",
    "HMAC_KEY", "LICENSE_KEY", "SENDGRID_KEY", "WEBHOOK_SECRET", "REDIS_AUTH", "BASIC_AUTH", "SMTP_PASS", "CREDENTIALS",
    "DB_CREDS", "GITHUB_PAT", "JWT", "PASSWORD_2", "--db_password", "SALT",
)  # fmt: skip
OTHER_NAMES = (
    "TABLE", "TOKEN_URL", "TOKEN_TTL", "MAX_TOKENS", "TOKENS_PER_MINUTE", "SECRET_ARN", "SECRET_NAME", "SECRET_ID",
    "DB_SECRET_PATH", "SECRETS_MANAGER_ENDPOINT", "PASSWORD_POLICY", "PASSWORD_MIN_LENGTH", "API_KEY_ID",
    "API_KEY_NAME", "PRIMARY_KEY", "PARTITION_KEY", "PUBLIC_KEY", "KMS_KEY_ID", "S3_KEY", "KEY_NAME", "COMPASS",
    "PASSTHROUGH_MODE",
    "AUTHOR", "AUTH_TYPE", "CREDENTIALS_FILE", "USE_PASSWORD", "MONKEY", "KEYBOARD", "TOKEN_TABLE",
    "AWS_ACCESS_KEY_ID",
)  # fmt: skip
CREDENTIALS = (
    "AKIA" + "IOSFODNN7EXAMPLE",
    "key is wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY!",
    "-----BEGIN RSA PRIVATE" + " KEY-----",
    "ghp_" + "a1B2" * 9,
    "xoxb-" + "123456789012-abc",
    "sk_live_" + "a1B2c3D4e5F6g7H8",
    "postgres://blog:hunter22@db.example.com/blog",
    "redis://:hunter22@cache.example.com:6379",
    "Server=db;User=sa;Password=hunter22;",
    "AIza" + "a1B2c" * 7,
    "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0.x",
)
HARMLESS = (
    "blog",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "https://example.com/path?x=1",
    "https://${USER}:${PASSWORD}@example.com",
    "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555",
    "Password=${DB_PASSWORD};",
)


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_name_of_a_secret_is_recognised(name: str):
    assert names_secret(name)


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_a_name_of_something_about_a_secret_is_none(name: str):
    assert not names_secret(name)


@pytest.mark.parametrize("value", CREDENTIALS)
def test_a_credential_is_recognised_by_its_shape(value: str):
    assert is_credential(value)


@pytest.mark.parametrize("value", HARMLESS)
def test_other_values_are_no_credentials(value: str):
    assert not is_credential(value)


@pytest.mark.parametrize("value", ["hunter22", "myid", "my name", "my-path", "wordpath", "12345678", "p/ss W0rd"])
def test_a_value_that_ends_like_a_reference_is_a_literal(value: str):
    assert is_literal(value)


@pytest.mark.parametrize(
    "value",
    ["arn:aws:ssm:x", "https://x/y", "/blog/prod/db", "prod/db", "{{resolve:ssm:/x}}", "${DB}", "true", "", "alias/x"],
)
def test_a_reference_or_a_switch_is_no_literal(value: str):
    assert not is_literal(value)


def test_names_within_a_json_value_are_looked_at_and_its_values_are_not_shown():
    assert list(found_in("CONFIG", '{"user": "blog", "db": {"password": "hunter22", "port": 5432}}')) == [
        "CONFIG.db.password has the name of a secret, and its value is no ARN, URL or path"
    ]
