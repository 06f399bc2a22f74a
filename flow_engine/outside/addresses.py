"""Which addresses a request may go to: those of the public internet, and what the installation allows by name.

The host's name is resolved once and the connection goes to the very address that was checked: a name that answers
differently a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Final

from flow_engine.outside.channel import SendingFailed
from flow_engine.outside.failing import plain

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Networks of IPv6 in which an IPv4 address is wrapped: NAT64 (RFC 6052, RFC 8215) and IPv4-compatible.
_WRAPPING: Final = tuple(ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96"))


def resolve(host: str, port: int, allowed: frozenset[str]) -> str:
    """Return the address to connect to; raises `SendingFailed` where there is none, or one of them lies inside."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SendingFailed(
            "sending_name_unknown", host=host, reason=plain(getattr(error, "strerror", None) or error)
        ) from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not addresses:
        raise SendingFailed("sending_name_unknown", host=host, reason="no address")
    if f"{host}:{port}" not in allowed:
        for one in addresses:
            if not is_public(ipaddress.ip_address(one)):
                raise SendingFailed("sending_inside_network", is_final=True, host=host, port=port)
    return addresses[0]


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, seen through every way of wrapping another into it."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        is_wrapped = address.sixtofour is not None or address.teredo is not None
        if is_wrapped or address.is_site_local or any(address in network for network in _WRAPPING):
            return False
    is_odd = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
    return address.is_global and not is_odd
