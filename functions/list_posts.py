"""GET /users/{userId}/posts: anyone reads a user's posts, newest first, page by page."""

from blog import env
from blog.endpoint import endpoint
from blog.env import ENV
from blog.http import Answer, Request
from blog.parameters import Parameter
from blog.posts.cursor import Cursors
from blog.posts.listing import Listing
from blog.posts.model import DEFAULT_LIMIT, page_request
from blog.posts.store import PostStore
from blog.secrets import Secret
from blog.table import Table
from blog.users.model import user_id
from blog.users.store import UserStore

table = Table.connect(ENV.table_name)
cursors = Cursors(Secret.connect(env.required("CURSOR_SECRET_NAME", "the name of the secret that signs cursors")))
page_size = Parameter.connect(
    env.required("PAGE_SIZE_PARAMETER", "the name of the parameter with the usual length of a page"),
    default=DEFAULT_LIMIT,
)
posts = Listing(PostStore(table), UserStore(table), cursors)


@endpoint
def handler(request: Request) -> Answer:
    """Answer 200 with at most `limit` posts, or the usual number of them, and the cursor of the next page, if any."""
    page = posts.page(user_id(request.path["userId"]), page_request(request.query, page_size.number))
    body = {"posts": [post.public() for post in page.posts], "nextCursor": page.next_cursor}
    return Answer(200, body, {"cache-control": "public, max-age=60"})
