"""JSON Schemas of what requests hold and answers give, from the fields and the models of the functions."""

from collections.abc import Sequence
from typing import Any

from blog.fields import Field
from blog.posts.model import CURSOR, POST_ID, TEXT, TITLE, Post
from blog.users.model import EMAIL, NAME, USER_ID, User

type Schema = dict[str, Any]

MOMENT = "2026-11-23T21:00:00.000Z"
_USER = User("ada", "Ada Lovelace", "ada@example.com", "", 1, MOMENT, MOMENT)
_POST = Post("0f" * 16, "ada", "Notes", "The engine *weaves* patterns.", "", 1, MOMENT)

_MEANINGS = {
    "postId": "Names the post for good.",
    "userId": "The handle of the user.",
    "name": "What readers see.",
    "email": "Shown to the owner alone.",
    "title": "The first line of the post.",
    "text": "The post in Markdown.",
    "createdAt": "When it was created, in UTC.",
    "updatedAt": "When it was last changed, in UTC.",
}
_LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": 100}


def field(given: Field) -> Schema:
    r"""Describe a text of a request: Python's pattern for the whole text is ECMA-262's between anchors.

    Lone surrogates are left out of it: a text in UTF-8 has none, and many engines refuse their escapes in a pattern.
    """
    pattern = given.pattern.pattern.replace(r"\ud800-\udfff", "")
    return {"type": "string", "pattern": f"^(?:{pattern})$", "description": f"{given.rule[0].upper()}{given.rule[1:]}."}


def request_body(fields: Sequence[Field], example: dict[str, str], *, required: bool) -> Schema:
    """Describe a JSON body of these fields and no others.

    Args:
        fields: Its fields.
        example: A valid body.
        required: Whether each field must be there; if not, at least one.
    """
    return {
        "type": "object",
        "properties": {one.name: field(one) for one in fields},
        **({"required": [one.name for one in fields]} if required else {"minProperties": 1}),
        "additionalProperties": False,
        "examples": [example],
    }


def _answer(example: dict[str, str]) -> Schema:
    """Describe what a model shows of itself. Its texts may be older than today's rules for requests."""
    return {
        "type": "object",
        "properties": {
            name: {
                "type": "string",
                "description": _MEANINGS[name],
                **({"format": "date-time"} if value == MOMENT else {}),
            }
            for name, value in example.items()
        },
        "required": list(example),
        "additionalProperties": False,
        "examples": [example],
    }


BODIES = {
    "new_user": (
        "NewUser",
        request_body((USER_ID, NAME, EMAIL), {k: _USER.own()[k] for k in ("userId", "name", "email")}, required=True),
    ),
    "user_changes": ("UserChanges", request_body((NAME, EMAIL), {"name": "Ada King"}, required=False)),
    "new_post": ("NewPost", request_body((TITLE, TEXT), {"title": _POST.title, "text": _POST.text}, required=True)),
}
"""Name and schema of each body, by the function that validates it."""

ANSWERS = {
    "user.public": ("User", _answer(_USER.public())),
    "user.own": ("OwnUser", _answer(_USER.own())),
    "post.public": ("Post", _answer(_POST.public())),
    "page": (
        "Page",
        {
            "type": "object",
            "properties": {
                "posts": {"type": "array", "items": {"$ref": "#/components/schemas/Post"}, "maxItems": 100},
                "nextCursor": {
                    "type": ["string", "null"],
                    "description": "Send it as `cursor` for the next page; null on the last page.",
                },
            },
            "required": ["posts", "nextCursor"],
            "additionalProperties": False,
        },
    ),
}
"""Name and schema of each body of success, by what the handlers answer."""

PARAMETERS: dict[str, Schema] = {
    "userId": field(USER_ID),
    "postId": field(POST_ID),
    "limit": {**_LIMIT, "description": "How many posts a page has at most; by default as the stack is configured."},
    "cursor": field(CURSOR),
    "Idempotency-Key": {
        "type": "string",
        "pattern": "^[!#-~]{1,255}$",
        "description": "The same key with the same body creates once and repeats the first answer, for a day.",
        "examples": ["5f0c2b1e"],
    },
    "If-Match": {
        "type": "string",
        "pattern": r'^(?:\*|(?:W/)?"[1-9][0-9]{0,14}")$',
        "description": "The ETag of the version that is meant, or `*` for any.",
        "examples": ['"1"'],
    },
}
"""Schemas of the path parameters, query parameters and headers of requests."""

PROBLEM: Schema = {
    "type": "object",
    "description": "Problem details, RFC 9457.",
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string", "description": "The name of the status."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "code": {"type": "string", "description": "The reason for programs; a code never changes its meaning."},
        "detail": {"type": "string", "description": "The reason for people."},
        "errors": {
            "type": "array",
            "description": "The parts of the request that are wrong.",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string", "description": "The field, parameter or header."},
                    "detail": {"type": "string", "description": "What it has to be."},
                },
                "required": ["field", "detail"],
                "additionalProperties": False,
            },
        },
        "requestId": {"type": "string", "description": "Names the request in the logs."},
    },
    "required": ["type", "title", "status", "code", "detail", "requestId"],
    "additionalProperties": False,
}
GATEWAY: Schema = {
    "type": "object",
    "description": "What API Gateway answers where no function does; of an HTTP API it cannot be changed.",
    "properties": {"message": {"type": ["string", "null"]}},
    "required": ["message"],
}
