"""Other names for the same things: accounts, domains, Call-IDs, addresses.

Each letter becomes another one of its kind, each digit another digit. So two names stay two names, hexadecimal
digits stay what they are, lengths do not change, and a private address stays private. In the report of the changed
capture the old names are put back.
"""

import functools
import ipaddress
import re

from packet import ARP, ICMP, ICMP6, ip_in, ip_of, link_of, udp_of, with_ip

STEP = 3
ALPHABETS = ("0123456789", "abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ")
TURNED = {c: a[(i + STEP) % len(a)] for a in ALPHABETS for i, c in enumerate(a)}

USER = re.compile(r'(?:sips?:([^@;>\s:]+)@|username="([^"]+)")')
HOST = re.compile(r'(?:@|sips?:|realm=")([A-Za-z][\w-]*(?:\.[\w-]+)+)')
CALL_ID = re.compile(r"^(?:Call-ID|i) *: *([^@\s]+)", re.MULTILINE | re.IGNORECASE)
LABEL = re.compile(r"([\x03-\x1f])([a-z][a-z0-9-]+)(?=[\x00-\x1f])")
ADDRESS = re.compile(r"(?:@|sips?:|=|/(?:UDP|TCP|TLS) )((?:\d{1,3}\.){3}\d{1,3})\b")
ADDRESS6 = re.compile(r"\[([0-9a-f:]+)\]")
DIGESTED = re.compile(r'\b(?:uri|realm|username)="[^"]*"')

# Labels that are no names: what a host is for, and domains that exist.
KEPT = {"sip", "sips", "www", "com", "net", "org"}
DNS = 53
FRAGMENT = 44


def turned(text):
    return "".join(TURNED.get(c, c) for c in text)


def turned_octet(value):
    """Another octet with as many digits."""
    low, n = (0, 10) if value < 10 else (10, 90) if value < 100 else (100, 156)
    return low + (value - low + STEP) % n


def turned_address(data):
    """Another address of the same kind and length: of IPv4 the second half says nothing about that, of IPv6 the end."""
    if len(data) == 4:
        special = data[0] in (0, 127) or data[0] >= 224
        return data if special else data[:2] + bytes(map(turned_octet, data[2:]))
    if data[0] == 0xFF or not any(data[:8]):
        return data
    digits = [(digit + STEP - 1) % 15 + 1 if digit else 0 for digit in divmod(data[15], 16)]
    return data[:15] + bytes([digits[0] << 4 | digits[1]])


def latin(data):
    return data.decode("latin-1")


class Renaming:
    """What is called how in a capture. What goes into digests keeps its name when these are checked."""

    def __init__(self, frames, digests_checked):
        text = "\n".join(latin(frame.data) for frame in frames)
        kept = " ".join(DIGESTED.findall(text)) if digests_checked else ""
        names = set(CALL_ID.findall(text)) | users_in(text) | labels_in(text, frames)
        addresses = addresses_in(text, frames)
        self.names = {name: turned(name) for name in names if name not in kept}
        self.addresses = {old: turned_address(old) for old in addresses if shown(old) not in kept}
        self.bytes = re.compile(b"|".join(sorted(map(re.escape, self.addresses))) or b"(?!)", re.DOTALL)
        shown_pairs = {shown(old): shown(new) for old, new in self.addresses.items()}
        self.there = replacer(self.names, shown_pairs)
        self.back = replacer(inverse(self.names), inverse(shown_pairs))

    def packed(self, address):
        return self.addresses.get(address, address)

    def ip(self, ip):
        """The packet between the new addresses; of an ICMP error also the one that it quotes."""
        payload = ip.payload
        if ip.protocol in (ICMP, ICMP6) and ip_of(payload[8:]) is not None:
            payload = payload[:8] + self.ip(ip_of(payload[8:])).packed()
        udp = udp_of(ip)
        if udp is not None and DNS in (udp.source, udp.target):
            payload = self.binary(payload)
        return ip.between(self.packed(ip.source), self.packed(ip.target)).holding(payload)

    def binary(self, data):
        """Where addresses stand as four or sixteen bytes among others."""
        return self.bytes.sub(lambda match: self.addresses[match[0]], data)

    def frames(self, frames):
        """Text that two fragments share is renamed across their border."""
        texts = [text_of(frame) for frame in frames]
        for first, last in datagrams(frames):
            joined = self.there("".join(texts[first:last]))
            for index in range(first, last):
                texts[index], joined = joined[: len(texts[index])], joined[len(texts[index]) :]
        return [self.frame(frame, text) for frame, text in zip(frames, texts)]

    def frame(self, frame, text):
        ip = ip_in(frame)
        if ip is None:
            link = link_of(frame)
            return frame.holding(link.header + self.binary(link.body)) if link.ether_type == ARP else frame
        payload = ip.payload[: len(ip.payload) - len(text)] + text.encode("latin-1")
        return with_ip(frame, self.ip(ip.holding(payload)))


def shown(address):
    return str(ipaddress.ip_address(address))


def inverse(pairs):
    return {new: old for old, new in pairs.items()}


def replacer(names, addresses):
    """A function that puts one name for the other in a text. A short number is a name only where a user stands."""
    numbers = {name for name in names if name.isdigit() and len(name) < 8}
    words = "|".join(map(re.escape, sorted(names.keys() - numbers, key=len, reverse=True)))
    users = "|".join(sorted(numbers))
    hosts = "|".join(rf"(?<!:){re.escape(text)}" if ":" in text else re.escape(text)
                     for text in sorted(addresses, key=len, reverse=True))
    parts = [rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])" if words else "",
             rf'^(?:{users})$|(?<![\w.])(?:{users})(?=@)|(?<=")(?:{users})(?=")' if users else "",
             rf"(?<![\w.])(?:{hosts})(?!\.?\w)" if hosts else ""]
    pattern = re.compile("|".join(filter(None, parts)) or r"(?!)")
    pairs = {**names, **addresses}
    return functools.partial(pattern.sub, lambda match: pairs[match[0]])


def users_in(text):
    return {name for pair in USER.findall(text) for name in pair if name}


def labels_in(text, frames):
    """The parts of domain names, in messages and in DNS."""
    labels = {label for host in HOST.findall(text) for label in host.split(".")[:-1]}
    for frame in frames:
        udp = udp_of(ip_in(frame))
        if udp is not None and DNS in (udp.source, udp.target):
            labels |= {label for length, label in LABEL.findall(latin(udp.payload)) if ord(length) == len(label)}
    return {label for label in labels if label not in KEPT and not label.isdigit()}


def addresses_in(text, frames):
    found = {address for ip in map(ip_in, frames) if ip is not None for address in (ip.source, ip.target)}
    for pattern in (ADDRESS, ADDRESS6):
        for match in pattern.findall(text):
            try:
                found.add(ipaddress.ip_address(match).packed)
            except ValueError:
                pass
    return {address for address in found if turned_address(address) != address}


def text_of(frame):
    """What stands above IP; of a fragment of IPv6 what stands above its header."""
    ip = ip_in(frame)
    if ip is None:
        return ""
    return latin(ip.payload[8:] if ip.version == 6 and ip.protocol == FRAGMENT else ip.payload)


def datagram_of(ip):
    """What the fragments of one datagram have in common; None for what is not in fragments."""
    if ip is not None and ip.version == 6 and ip.protocol == FRAGMENT:
        return ip.source, ip.target, ip.payload[4:8]
    return (ip.source, ip.target, ip.ident) if ip is not None and ip.fragment & 0x3FFF else None


def datagrams(frames):
    """From and to which frame one datagram goes; most have a frame for themselves."""
    keys = [datagram_of(ip_in(frame)) for frame in frames]
    first = 0
    for index in range(1, len(keys) + 1):
        if index == len(keys) or keys[index] is None or keys[index] != keys[first]:
            yield first, index
            first = index
