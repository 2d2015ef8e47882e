"""Which addresses a GET may connect to: global unicast, and what the settings exempt. Pure: no name is resolved."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

_UNICAST_V6 = ip_network("2000::/3")  # all that IANA has given out as global unicast
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address it leads to

# Not for us, though some Python from 3.11 on calls them global.
_NEVER = tuple(
    ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's wire server, which answers inside every virtual machine there
        "192.0.0.0/24",  # protocol assignments; 192.0.0.192 is Oracle Cloud's metadata
        "192.88.99.0/24",  # the relays of 6to4
        "2002::/16",  # 6to4 embeds any IPv4 address; withdrawn by RFC 7526, no outlet lives there
        "3fff::/20",  # documentation, RFC 9637
    )
)


def allowed(address: str, exempt: Sequence[Network] = ()) -> bool:
    """Whether a GET may connect to this address, given as text the way `getaddrinfo` does (a zone, `%eth0`, is fine).

    exempt: networks that are always allowed. An IPv4 address inside an IPv6 one (mapped, NAT64) is judged itself.
    What is private, loopback, link-local, shared (100.64.0.0/10), multicast, unspecified or reserved follows the IANA
    special-purpose registries (RFC 6890). Raises ValueError where the text is not an address.
    """
    ip = _innermost(ip_address(address))
    return any(ip in network for network in exempt) or _public(ip)


def _innermost(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv4Address):
        return ip
    return ip.ipv4_mapped or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else ip)


def _public(ip: IPv4Address | IPv6Address) -> bool:
    if ip.version == 6 and ip not in _UNICAST_V6:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NEVER)
