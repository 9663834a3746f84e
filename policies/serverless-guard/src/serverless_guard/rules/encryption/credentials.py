"""What credentials look like, and what the names of variables that hold them look like.

Sources: the formats that AWS (IAM User Guide, "IAM identifiers"), GitHub, GitLab, Slack, Stripe, Google, npm, PyPI,
SendGrid and OpenAI document for their keys and tokens; RFC 7468 (PEM), RFC 7519 (JWT), RFC 3986 (userinfo in URLs).
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from serverless_guard import json_text

SHAPE: Final = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22,}|\bglpat-[\w-]{20}"
    r"|\bxox[abeprs]-[A-Za-z0-9-]{10}|\bhooks\.slack\.com/services/T\w+/B\w+/\w+"
    r"|\b[rs]k_(live|test)_[A-Za-z0-9]{16}|\bwhsec_\w{16}"
    r"|\bAIza[\w-]{35}|\bnpm_[A-Za-z0-9]{36}|\bpypi-[\w-]{16}|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\bsk-[\w-]{20,}|\bdop_v1_[a-f0-9]{64}|\bshp(at|ss)_[a-fA-F0-9]{32}|\bsq0(atp|csp)-[\w-]{22}"
    r"|(?i:\bbearer\s+)[\w.~+/-]{16}"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\."
    r"|\b(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[A-Za-z0-9/+]{20}"
    r"|://[^/\s:@]*:[^/\s:@${}<>*]+@"
    r"|(?i:\b(?:password|pwd|accountkey|sharedaccesskey)=[^;\s${}<>*]{4,})"
)
"""Credentials that give themselves away: key ids, PEM keys, tokens with a prefix, URLs and connection strings."""
SECRET_ACCESS_KEY: Final = re.compile(
    r"(?<![A-Za-z0-9/+=])(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*\d)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
)
"""The 40 characters of an AWS secret access key; a Git commit has 40 as well, but no upper case."""

WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
SECRETS: Final = re.compile(
    r"\w*(?:password|passwd|passphrase|passcode|pwd|secret|secretkey|token|apikey|privatekey|accesskey|credentials?)"
    r"|passwords|pass|(?:db|sql|my|pg|smtp|mail|ftp|root|user|admin)pass|pw|secrets|creds?|bearer|jwt|hmac|salt|pepper"
)
"""Words that name a secret by themselves."""
KEYS: Final = frozenset(
    (
        "access", "admin", "aes", "algolia", "api", "app", "auth", "azure", "cert", "consumer", "cookie", "crypt",
        "crypto", "csrf", "datadog", "deploy", "enc", "encrypt", "encryption", "firebase", "github", "gitlab",
        "google", "gpg", "hmac", "jwt", "license", "mailgun", "maps", "master", "oauth", "openai", "pagerduty",
        "pgp", "private", "relic", "rsa", "secret", "sendgrid", "session", "shared", "sign", "signing", "slack",
        "ssh", "ssl", "stripe", "subscription", "tls", "twilio", "webhook",
    )
)  # fmt: skip
"""Words that make a key a secret one, as in `signing_key`."""
PAIRS: Final = frozenset(
    {("basic", "auth"), ("redis", "auth"), ("twilio", "auth"), ("github", "pat"), ("gitlab", "pat")}
)
DESCRIBES: Final = frozenset(
    (
        "algorithm", "alg", "alias", "allowed", "arn", "audience", "bucket", "characters", "class", "count", "days",
        "duration", "enabled", "endpoint", "expiration", "expires", "expiry", "field", "file", "filename", "folder",
        "format", "function", "header", "hours", "id", "ids", "interval", "issuer", "kind", "lambda", "length",
        "level", "lifetime", "limit", "location", "manager", "max", "min", "minutes", "mode", "name", "names",
        "parameter", "path", "policy", "prefix", "provider", "queue", "ref", "region", "required", "reset",
        "rotation", "scope", "scopes", "seconds", "service", "size", "source", "store", "strategy", "suffix",
        "table", "timeout", "topic", "ttl", "type", "uri", "url", "urls", "user", "username", "validity", "version",
    )
)  # fmt: skip
"""Words after a secret's that make a name one of something else: where the secret is, or what it is like."""
BEGINS: Final = frozenset(
    (
        "allow", "disable", "enable", "has", "is", "max", "min", "number", "public", "require", "skip", "use",
    )
)  # fmt: skip
REFERENCE: Final = re.compile(
    r"arn:.*|alias/.*|[a-z][a-z0-9+.-]*://.*|(?:/[\w.@~-]+)+/?|[a-z0-9_.-]+(?:/[a-z0-9_.-]+)+|\{\{resolve:.*\}\}|\$\{.*\}|\$\w+"
)
"""Values that say where a secret is: an ARN, a URL, a path, a CloudFormation dynamic reference, another variable."""
NO_SECRET: Final = re.compile(r"(?i)(?:true|false|yes|no|on|off|none|null|enabled|disabled|required|optional|\s*)")


def is_credential(value: str) -> bool:
    """Tell whether a text holds a credential by its shape."""
    return SHAPE.search(value) is not None or SECRET_ACCESS_KEY.search(value) is not None


def names_secret(name: str) -> bool:
    """Tell whether a name is one of a secret: `DB_PASSWORD_PROD`, `dbPass`, `x-api-key`; not `TOKEN_URL`."""
    words = [word.lower() for word in WORD.findall(name) if not word.isdigit()]
    if not words or words[0] in BEGINS:
        return False
    last = max((index for index in range(len(words)) if _is_secret(words, index)), default=None)
    return last is not None and not DESCRIBES.intersection(words[last + 1 :])


def _is_secret(words: list[str], index: int) -> bool:
    word, before = words[index], words[index - 1] if index else ""
    key = word in {"key", "keys"} and before in KEYS
    return key or (before, word) in PAIRS or SECRETS.fullmatch(word) is not None


def is_literal(value: str) -> bool:
    """Tell whether a text may be a secret itself, rather than a switch or the place of one."""
    return NO_SECRET.fullmatch(value) is None and REFERENCE.fullmatch(value) is None


def found_in(name: str, value: object) -> Iterator[str]:
    """Word what is wrong with a variable: its name, and for a JSON object the names within; never its value."""
    if not isinstance(value, str):
        return
    nested = _object(value)
    if nested is not None:
        for key, item in nested.items():
            yield from found_in(f"{name}.{key}", item if isinstance(item, str) else json.dumps(item))
    elif is_credential(value):
        yield f"{name} holds a credential"
    elif names_secret(name.rpartition(".")[2]) and is_literal(value):
        yield f"{name} has the name of a secret, and its value is no ARN, URL or path"


def _object(value: str) -> Mapping[str, Any] | None:
    if not value.lstrip().startswith("{"):
        return None
    try:
        parsed = json_text.parse(value)
    except ValueError:
        return None
    return cast("Mapping[str, Any]", parsed) if isinstance(parsed, Mapping) else None
