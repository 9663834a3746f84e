"""Name and version of the pack, as PulumiPolicy.yaml has them; a test holds the two together."""

from typing import Final

NAME: Final = "serverless-blog"
VERSION: Final = "0.1.0"
