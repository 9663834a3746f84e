"""How the functions wait for AWS."""

from botocore.config import Config

# Three attempts of 4 s each and the pauses between them (at most 1 s and 2 s) end well before a function's 30 s.
# DynamoDB answers in milliseconds, other services nearly: what takes seconds is lost, and a new attempt is the cure.
PATIENCE = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
)

HASTE = Config(
    connect_timeout=0.5,
    read_timeout=1,
    retries={"mode": "standard", "total_max_attempts": 1},
    tcp_keepalive=True,
)
"""For what a request does better without than waits for."""
