import pytest

from serverless_guard.addresses import anybody


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "2000::/3", "1.2.3.4/0"])
def test_half_of_the_internet_is_anybody(cidr: str):
    assert anybody(cidr)


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "192.0.2.1", "192.0.2.0/24", "2001:db8::/32", "pl-1", "", "0.0.0.0/x"])
def test_a_network_of_somebody_and_what_is_no_network_are_not(cidr: str):
    assert not anybody(cidr)
