"""Ranges of network addresses, as security groups and conditions name them."""

import ipaddress
from functools import lru_cache

WIDEST = {4: 8, 6: 32}
"""The shortest prefixes that name somebody. What is shorter is public to S3 (Amazon S3 User Guide, "The meaning of
'public'"): half of the internet is nobody's network, and two halves are all of it."""


@lru_cache(maxsize=1024)
def anybody(cidr: str) -> bool:
    """Tell whether a range of addresses is so wide that it stands for anybody; what is no range does not."""
    try:
        network = ipaddress.ip_network(cidr.strip(), strict=False)
    except ValueError:
        return False
    return network.prefixlen < WIDEST[network.version]
