"""Whose request it is, as far as an address tells."""

import ipaddress

from starlette.types import Scope

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def address_of(host: str) -> str:
    """The address that a host is counted under: for IPv6 its network, as one visitor has all of it.

    A header that names another address (X-Forwarded-For) counts only if the web server trusts its sender: by default a
    proxy on this machine, otherwise those in the environment variable FORWARDED_ALLOW_IPS.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host  # not an address: a socket, or a test
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    if address in NAT64:
        return str(ipaddress.IPv4Address(int(address) % 2**32))
    return str(ipaddress.ip_network((int(address), 64), strict=False))


def is_local(scope: Scope) -> bool:
    """Whether a request comes from this machine, by its own name, and not through a proxy or a tunnel on it."""
    names = {name for name, _ in scope["headers"]}
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    try:
        client = ipaddress.ip_address((scope.get("client") or ("",))[0])
    except ValueError:
        return False
    client = getattr(client, "ipv4_mapped", None) or client
    is_forwarded = any(name.startswith(b"x-forwarded-") or name in (b"forwarded", b"via") for name in names)
    return client.is_loopback and not is_forwarded and host.rpartition(":")[0].strip("[]") in LOCAL_NAMES
