"""Answers with a part of an object's version where a part was asked for; the emulator alone answers with all of it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from typing import Any

OK, PARTIAL = 200, 206


def answer_in_part(s3: Any) -> None:
    """Let versions be read in part.

    Args:
        s3: The emulator's module of the service.
    """
    get = s3._get_object  # noqa: SLF001  # it has no hook for this

    def get_object(bucket: str, key: str, headers: Any, query: Any = None) -> Any:
        status, told, body = get(bucket, key, headers, query)
        asked = headers.get("range", "")
        part = s3._parse_range(asked, len(body)) if asked and status == OK else None  # noqa: SLF001  # as above
        if part is None:
            return status, told, body
        first, last = part
        # Checksums are of the whole object.
        kept = {name: value for name, value in told.items() if not name.lower().startswith("x-amz-checksum-")}
        content = body[first : last + 1]
        kept |= {"Content-Range": f"bytes {first}-{last}/{len(body)}", "Content-Length": str(len(content))}
        return PARTIAL, kept, content

    s3._get_object = get_object  # noqa: SLF001  # as above
