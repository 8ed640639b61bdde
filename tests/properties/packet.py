"""Frames taken apart and put together again: link header, IP, UDP and TCP.

Lengths and checksums are made anew wherever the whole packet is there.
"""

import dataclasses
import struct

from capture import COOKED, COOKED2, ETHERNET

IP4, IP6, ARP, VLAN = 0x0800, 0x86DD, 0x0806, 0x8100
ICMP, TCP, UDP, ICMP6 = 1, 6, 17, 58

LINK_HEADERS = {ETHERNET: (14, 12), COOKED: (16, 14), COOKED2: (20, 0)}  # bytes of it, where the EtherType stands


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


@dataclasses.dataclass(frozen=True)
class Link:
    header: bytes
    ether_type: int
    body: bytes


def link_of(frame):
    length, at = LINK_HEADERS[frame.link]
    return Link(frame.data[:length], struct.unpack_from(">H", frame.data, at)[0], frame.data[length:])


def retyped(frame, kind):
    """The link header of a frame with another EtherType."""
    length, at = LINK_HEADERS[frame.link]
    return frame.data[:at] + struct.pack(">H", kind) + frame.data[at + 2 : length]


@dataclasses.dataclass(frozen=True)
class Ip:
    version: int
    source: bytes
    target: bytes
    protocol: int  # of IPv6: the next header, whatever it is
    ttl: int
    payload: bytes
    ident: int = 0
    fragment: int = 0  # flags and offset as they stand in IPv4; of IPv6 nothing
    service: int = 0   # of IPv6: with the flow label
    missing: int = 0   # bytes that the capture cut off
    trailer: bytes = b""

    @property
    def whole(self):
        """Neither cut nor a fragment, so that its payload has lengths and checksums of its own."""
        return self.missing == 0 and self.fragment & 0x3FFF == 0

    def packed(self):
        payload = mended(self) if self.whole else self.payload
        length = len(payload) + self.missing
        if self.version == 6:
            head = struct.pack(">IHBB", 6 << 28 | self.service, length, self.protocol, self.ttl)
            return head + self.source + self.target + payload + self.trailer
        head = struct.pack(">BBHHHBBH", 0x45, self.service, 20 + length, self.ident, self.fragment, self.ttl,
                           self.protocol, 0) + self.source + self.target
        return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload + self.trailer

    def holding(self, payload):
        return dataclasses.replace(self, payload=payload)

    def between(self, source, target):
        return dataclasses.replace(self, source=source, target=target)


def pseudo_header(ip, length):
    if ip.version == 6:
        return ip.source + ip.target + struct.pack(">II", length, ip.protocol)
    return ip.source + ip.target + struct.pack(">HH", ip.protocol, length)


def mended(ip):
    """The payload with its length and checksum as they must be."""
    payload = ip.payload
    places = {UDP: 6, TCP: 16, ICMP: 2, ICMP6: 2}
    at = places.get(ip.protocol)
    if at is None or len(payload) < at + 2:
        return payload
    if ip.protocol == UDP:
        payload = payload[:4] + struct.pack(">H", len(payload)) + payload[6:]
    payload = payload[:at] + bytes(2) + payload[at + 2 :]
    covered = payload if ip.protocol == ICMP else pseudo_header(ip, len(payload)) + payload
    sum_ = checksum(covered)
    if ip.protocol == UDP and sum_ == 0:
        sum_ = 0xFFFF  # zero means that there is none (RFC 768)
    return payload[:at] + struct.pack(">H", sum_) + payload[at + 2 :]


def ip_of(data):
    """The IP packet at the beginning of these bytes, or None."""
    if len(data) >= 20 and data[0] == 0x45:
        service, length, ident, fragment, ttl, protocol = struct.unpack_from(">BHHHBB", data, 1)
        body = data[20:length]
        return Ip(4, data[12:16], data[16:20], protocol, ttl, body, ident, fragment, service,
                  length - 20 - len(body), data[length:])
    if len(data) >= 40 and data[0] >> 4 == 6:
        first, length, protocol, ttl = struct.unpack_from(">IHBB", data, 0)
        body = data[40 : 40 + length]
        return Ip(6, data[8:24], data[24:40], protocol, ttl, body, service=first & 0x0FFFFFFF,
                  missing=length - len(body), trailer=data[40 + length :])
    return None


def ip_in(frame):
    link = link_of(frame)
    return ip_of(link.body) if link.ether_type in (IP4, IP6) else None


def with_ip(frame, ip):
    """The frame with another packet in it, of the same version."""
    return frame.holding(link_of(frame).header + ip.packed())


@dataclasses.dataclass(frozen=True)
class Udp:
    source: int
    target: int
    payload: bytes

    def packed(self):
        return struct.pack(">HHHH", self.source, self.target, 8 + len(self.payload), 0) + self.payload


def udp_of(ip):
    """A whole datagram, or None."""
    if ip is None or ip.protocol != UDP or not ip.whole or len(ip.payload) < 8:
        return None
    source, target = struct.unpack_from(">HH", ip.payload)
    return Udp(source, target, ip.payload[8:])


@dataclasses.dataclass(frozen=True)
class Tcp:
    source: int
    target: int
    sequence: int
    acknowledged: int
    flags: int
    rest: bytes  # window, checksum, urgent pointer and options
    payload: bytes

    def packed(self):
        header = 12 + 2 + len(self.rest)
        return struct.pack(">HHIIBB", self.source, self.target, self.sequence % 2**32, self.acknowledged % 2**32,
                           header // 4 << 4, self.flags) + self.rest + self.payload


def tcp_of(ip):
    """A whole segment, or None."""
    if ip is None or ip.protocol != TCP or not ip.whole or len(ip.payload) < 20:
        return None
    source, target, sequence, acknowledged, offset, flags = struct.unpack_from(">HHIIBB", ip.payload)
    header = (offset >> 4) * 4
    return Tcp(source, target, sequence, acknowledged, flags, ip.payload[14:header], ip.payload[header:])


def is_plain(frames):
    """Nothing between the link header and the packets."""
    return all(link_of(frame).ether_type in (IP4, IP6, ARP) for frame in frames)
