"""Runs a named query of a workgroup on Athena and prints its rows.

It asks the AWS that the environment names. `make query` names the local one; on AWS itself, with credentials and
AWS_REGION: `python -m local.query blog-prod-archive posts-per-month`.
"""

import sys
import time
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_athena.type_defs import NamedQueryTypeDef

PATIENCE_SECONDS = 120.0

type Rows = list[list[str]]


class QueryError(RuntimeError):
    """There is no such query, or it failed; the message says what there is, or why."""


def run(workgroup: str, name: str) -> Rows:
    """Run a named query to its end.

    Args:
        workgroup: The workgroup, `blog-dev-archive` for instance.
        name: The query in it, such as `posts-per-month`.

    Returns:
        The names of the columns, and then the rows; an empty text for what is NULL.

    Raises:
        QueryError: The workgroup has no such query, or Athena could not run it.
    """
    # The overloads of the other services, whose types are not installed, make this member partially unknown.
    athena = boto3.Session().client("athena")  # pyright: ignore[reportUnknownMemberType]
    query = _named(athena, workgroup, name)
    started = athena.start_query_execution(
        QueryString=query["QueryString"],
        QueryExecutionContext={"Database": query["Database"]},
        WorkGroup=workgroup,
    )["QueryExecutionId"]
    _wait(athena, started)
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=started)
    rows = [row for page in pages for row in page["ResultSet"].get("Rows", [])]
    return [[str(cell.get("VarCharValue", "")) for cell in row.get("Data", [])] for row in rows]


def show(rows: Rows) -> None:
    """Print rows in columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))


def _named(athena: "AthenaClient", workgroup: str, name: str) -> "NamedQueryTypeDef":
    try:
        ids = athena.list_named_queries(WorkGroup=workgroup).get("NamedQueryIds", [])
        queries = athena.batch_get_named_query(NamedQueryIds=ids).get("NamedQueries", []) if ids else []
    except athena.exceptions.InvalidRequestException as error:
        raise QueryError(f"the workgroup {workgroup} cannot be asked: {error}") from error
    known = {query["Name"]: query for query in queries}
    if name not in known:
        raise QueryError(
            f"the workgroup {workgroup} has no query {name!r}; it has {', '.join(sorted(known)) or 'none'}:"
            " deploy the stack, or choose another"
        )
    return known[name]


def _wait(athena: "AthenaClient", started: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        execution: Any = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
        match execution["Status"]["State"]:
            case "SUCCEEDED":
                return
            case "FAILED" | "CANCELLED":
                reason = execution["Status"].get("StateChangeReason", "without a reason")
                raise QueryError(f"the query failed: {reason}")
            case _ if time.monotonic() > deadline:
                raise QueryError(f"the query {started} is not done after {PATIENCE_SECONDS:.0f} s; Athena goes on")
            case _:
                time.sleep(0.2)


if __name__ == "__main__":
    try:
        show(run(*sys.argv[1:]))
    except QueryError as error:
        sys.exit(f"error: {error}")
