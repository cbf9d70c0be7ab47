"""Whether one network holds another; ipaddress, which is slow to import, is for the rare kinds."""

from functools import lru_cache

_WRITTEN = frozenset("0123456789abcdefABCDEF.:/")


def holds(network: str, other: str) -> bool:
    """Whether all of the other network is in this one; a text that is no network holds itself.

    >>> holds("10.0.0.0/8", "10.1.0.0/16"), holds("10.1.0.0/16", "10.0.0.0/8")
    (True, False)
    """
    if network == other:
        return True
    big, small = _plain(network), _plain(other)
    if big and small:
        return big[1] <= small[1] and (big[0] ^ small[0]) >> (32 - big[1]) == 0
    return _may_be(network) and _may_be(other) and _holds(network, other)


@lru_cache(maxsize=1024)
def span(text: str) -> tuple[int, int, int] | None:
    """IP version, first and last address of a network or an address; None where it is neither.

    >>> span("10.0.0.0/31")
    (4, 167772160, 167772161)
    """
    plain = _plain(text)
    if plain:
        return 4, plain[0], plain[0] + (1 << 32 - plain[1]) - 1
    return _span(text) if _may_be(text) else None


def _span(text: str) -> tuple[int, int, int] | None:
    from ipaddress import ip_network

    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)


def _plain(text: str) -> tuple[int, int] | None:
    """Address and length of an IPv4 network written in full, None for all else."""
    address, _, length = text.partition("/")
    octets = address.split(".")
    known = [n for n in (*octets, length) if n.isdecimal() and len(n) < 4]
    numbers = [int(n) for n in known if n == str(int(n))]
    if len(octets) != 4 or len(numbers) != 5 or max(numbers[:4]) > 255 or numbers[4] > 32:
        return None
    a, b, c, d, bits = numbers
    whole = a << 24 | b << 16 | c << 8 | d
    return None if whole & ((1 << 32 - bits) - 1) else (whole, bits)


def _may_be(text: str) -> bool:
    # A name of a zone may hold anything.
    return "%" in text or _WRITTEN.issuperset(text)


def _holds(network: str, other: str) -> bool:
    from ipaddress import ip_network

    try:
        big, small = ip_network(network), ip_network(other)
    except ValueError:
        return False
    return big.version == small.version and small.subnet_of(big)  # type: ignore[arg-type]
