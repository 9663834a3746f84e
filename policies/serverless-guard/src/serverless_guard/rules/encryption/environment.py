"""Environments of functions without secrets."""

from collections.abc import Iterator

from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.encryption.credentials import found_in, names_secret
from serverless_guard.rules.rule import Example, resource_rule

FUNCTION = "aws:lambda/function:Function"
REFERENCED = "::aws:secretsmanager/secret:Secret::"
AWS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
NAMED = "has the name of a secret, and its value is no ARN, URL or path"


@resource_rule(
    "lambda-env-no-plaintext-secret",
    title="Lambda environment variables do not contain plaintext secrets",
    types=(FUNCTION,),
    category="encryption",
    severity="critical",
    env="same",
    sources=("checkov:CKV_AWS_45",),
    fix="Keep the value in Secrets Manager, grant the function its ARN, and read it at run time.",
    good=(
        Example({"environment": {"variables": {"TABLE": "blog", "DB_SECRET_ARN": "arn:aws:secretsmanager:x"}}}),
        Example({"environment": {"variables": {"DB_SECRET": "arn:aws:secretsmanager:eu-west-1:1:secret:x"}}}),
        Example({"environment": {"variables": {"DB_SECRET": "prod/db", "TOKEN_URL": "https://id.example.com/token"}}}),
        Example({"environment": {"variables": {"MAX_TOKENS": "4096", "COMPASS": "north", "USE_PASSWORD": "true"}}}),
        Example({"environment": {"variables": {"API_KEY_ID": "a1b2c3", "PRIMARY_KEY": "id", "PASSWORD": ""}}}),
        Example({"environment": {"variables": {"COMMIT": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}}}),
        Example({"environment": {"variables": {"TABLE": UNKNOWN}}}),
        Example(
            {"environment": {"variables": {"DB_SECRET": UNKNOWN}}},
            depends={"environment": (f"urn:pulumi:prod::blog{REFERENCED}db",)},
        ),
        Example({}),
        Example({"environment": {"variables": {"DB_SECRET": "alias/db", "API_TOKEN": None}}}),
        Example(
            {
                "environment": {
                    "variables": {"REQUIRE_PASSWORD": "always", "_": "shell", "DB_PASSWORD": "$PASSWORD_OF_THE_SHELL"}
                }
            }
        ),
    ),
    bad=(
        Example(
            {"environment": {"variables": {"KEY": AWS_KEY}}}, finds=("environment.variables.KEY holds a credential",)
        ),
        Example(
            {"environment": {"variables": {"UPLOADER": "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY"}}},
            finds=("environment.variables.UPLOADER holds a credential",),
        ),
        Example(
            {"environment": {"variables": {"DATABASE_URL": "postgres://blog:hunter22@db.example.com/blog"}}},
            finds=("environment.variables.DATABASE_URL holds a credential",),
        ),
        *(
            Example({"environment": {"variables": {name: value}}}, finds=(f"environment.variables.{name} {NAMED}",))
            for name, value in (
                ("DB_PASSWORD", "correct horse"),
                ("dbPassword", "hunter22"),
                ("DB_PASS", "hunter22"),
                ("DB_PASSWORD_PROD", "hunter22"),
                ("PGPASSWORD", "my name"),
                ("SECRET_KEY", "abcdef123456abcdef"),
                ("STRIPE_KEY", "abcdef"),
                ("x-api-key", "myid"),
                ("REDIS_AUTH", "trustno1"),
                ("TOKEN_2", "xyz"),
            )
        ),
        Example(
            {"environment": {"variables": {"CONFIG": '{"db": {"user": "blog", "password": "hunter22"}}'}}},
            finds=(f"environment.variables.CONFIG.db.password {NAMED}",),
        ),
        Example(
            {"environment": {"variables": {"DB_PASSWORD": UNKNOWN}}},
            finds=("environment.variables.DB_PASSWORD has the name of a secret, and its value comes from a resource",),
        ),
        Example(
            {"environment": {"variables": {"DATABASE_URL": "postgres://blog:correct-horse@db.example.com/blog"}}},
            finds=("environment.variables.DATABASE_URL holds a credential",),
        ),
        Example(
            {
                "environment": {
                    "variables": dict.fromkeys(
                        (
                            "BASIC_AUTH",
                            "TWILIO_AUTH",
                            "GITHUB_PAT",
                            "GITLAB_PAT",
                            "API_2_KEY",
                            "PASSWORD_TYPE_TOKEN",
                            "USER_PASSWORD",
                            "API_KEYS",
                            "PEPPER",
                        ),
                        "hunter22",
                    )
                }
            },
            finds=(
                ("environment.variables.BASIC_AUTH has the name of a secret, and its value is no ARN, URL or path"),
                ("environment.variables.TWILIO_AUTH has the name of a secret, and its value is no ARN, URL or path"),
                ("environment.variables.GITHUB_PAT has the name of a secret, and its value is no ARN, URL or path"),
                ("environment.variables.GITLAB_PAT has the name of a secret, and its value is no ARN, URL or path"),
                ("environment.variables.API_2_KEY has the name of a secret, and its value is no ARN, URL or path"),
                (
                    "environment.variables.PASSWORD_TYPE_TOKEN has the name of a secret, and its "
                    "value is no ARN, URL or path"
                ),
                ("environment.variables.USER_PASSWORD has the name of a secret, and its value is no ARN, URL or path"),
                ("environment.variables.API_KEYS has the name of a secret, and its value is no ARN, URL or path"),
                "environment.variables.PEPPER has the name of a secret, and its value is no ARN, URL or path",
            ),
        ),
    ),
    unknown_passes_because="A variable that is unknown is the output of a resource, such as a name or an ARN; "
    "one whose name promises a secret is refused unless it comes from a secret of Secrets Manager.",
)
def lambda_env_no_plaintext_secret(resource: Resource) -> Iterator[str]:
    """A function's environment holds no secret: whoever may read the function reads it."""
    of_secret = any(REFERENCED in urn for urn in resource.depends.get("environment", ()))
    for name, value in resource.props.mapping("environment.variables").items():
        yield from found_in(f"environment.variables.{name}", value)
        if value is UNKNOWN and names_secret(name) and not of_secret:
            yield f"environment.variables.{name} has the name of a secret, and its value comes from a resource"
