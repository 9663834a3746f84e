"""The routes of the API. The program deploys them, and the OpenAPI description is made from them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RouteDefinition:
    """A route and the function that answers it.

    Attributes:
        key: Method and path, such as `GET /users/{userId}`.
        module: The module in `functions/` whose handler answers.
        public: Whether it answers without a token.
        query: The query parameters that its answers depend on; caches are keyed by them.
    """

    key: str
    module: str
    public: bool = False
    query: Sequence[str] = ()

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.key.split(" ")[0]

    @property
    def path(self) -> str:
        """The path, with its parameters in braces."""
        return self.key.split(" ")[1]


ROUTES = (
    RouteDefinition("POST /users", "create_user"),
    RouteDefinition("GET /users/{userId}", "get_user", public=True),
    RouteDefinition("PATCH /users/{userId}", "update_user"),
    RouteDefinition("DELETE /users/{userId}", "delete_user"),
    RouteDefinition("POST /users/{userId}/posts", "create_post"),
    RouteDefinition("GET /users/{userId}/posts", "list_posts", public=True, query=("limit", "cursor")),
    RouteDefinition("GET /posts/{postId}", "get_post", public=True),
    RouteDefinition("DELETE /posts/{postId}", "delete_post"),
)
