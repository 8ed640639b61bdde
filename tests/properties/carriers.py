#!/usr/bin/env python3
"""The same packets, carried in another way: the registrations in them have not changed.

usage: carriers.py PROGRAM SAMPLES

Other file formats, byte orders, resolutions, compression; other link types, VLAN tags, tunnels.
"""

import struct

import capture
import report
from packet import ARP, IP4, IP6, UDP, VLAN, Ip, Udp, is_plain, link_of


# --- Files --------------------------------------------------------------------

FILES = {
    "big-endian": lambda frames: capture.pcap(frames, b"\xa1\xb2\xc3\xd4"),
    "nanoseconds": lambda frames: capture.pcap(frames, b"\x4d\x3c\xb2\xa1"),
    "big-endian nanoseconds": lambda frames: capture.pcap(frames, b"\xa1\xb2\x3c\x4d"),
    "pcapng": capture.pcapng,
    "big-endian pcapng in microseconds": lambda frames: capture.pcapng(frames, ">", 6),
    "gzip": lambda frames: capture.gzipped(capture.pcap(frames)),
    "pcapng in gzip": lambda frames: capture.gzipped(capture.pcapng(frames)),
}


# --- Links --------------------------------------------------------------------


def tagged(*tags):
    """With tags between the addresses and the EtherType; each an EtherType and its two bytes."""

    def change(link):
        tag = b"".join(struct.pack(">HH", *pair) for pair in tags)
        return capture.ETHERNET, addresses(link) + tag + struct.pack(">H", link.ether_type) + link.body

    return change


def addresses(link):
    """Of Ethernet; other links have none, or one."""
    return link.header[:12] if len(link.header) == 14 else b"\2\0\0\0\0\1\2\0\0\0\0\2"


def behind(number, header):
    """Behind a header that is made from the EtherType."""
    return lambda link: (number, header(link.ether_type) + link.body)


def family(order, of_ip6):
    return lambda kind: struct.pack(order + "I", {IP4: 2, IP6: of_ip6}.get(kind, 0))


def point_to_point(kind):
    return b"\xff\x03" + struct.pack(">H", {IP4: 0x0021, IP6: 0x0057}.get(kind, 0xC021))


def mpls(link):
    if link.ether_type not in (IP4, IP6):
        return tagged()(link)
    return capture.ETHERNET, addresses(link) + b"\x88\x47" + b"\x00\x3e\x81\x40" + link.body


def pppoe(link):
    if link.ether_type not in (IP4, IP6):
        return tagged()(link)
    session = struct.pack(">BBHH", 0x11, 0, 7, 2 + len(link.body))
    return capture.ETHERNET, addresses(link) + b"\x88\x64" + session + point_to_point(link.ether_type)[2:] + link.body


def outer(protocol, payload):
    return b"\x08\x00" + Ip(4, b"\xc6\x12\0\1", b"\xc6\x12\0\2", protocol, 61, payload).packed()


def vxlan(link):
    if link.ether_type == ARP:
        return tagged()(link)
    inner = tagged()(link)[1]
    return capture.ETHERNET, addresses(link) + outer(UDP, Udp(40000, 4789, b"\x08\0\0\0\0\0\7\0" + inner).packed())


def gre(link):
    if link.ether_type not in (IP4, IP6):
        return tagged()(link)
    return capture.ETHERNET, addresses(link) + outer(47, struct.pack(">HH", 0, link.ether_type) + link.body)


LINKS = {
    "Ethernet": tagged(),
    "VLAN tag": tagged((VLAN, 20)),
    "two VLAN tags": tagged((0x88A8, 300), (VLAN, 20)),
    "MPLS": mpls,
    "PPPoE": pppoe,
    "BSD loopback": behind(0, family("<", 30)),
    "BSD loopback of the other byte order": behind(0, family(">", 24)),
    "OpenBSD loopback": behind(108, family(">", 24)),
    "PPP": behind(9, point_to_point),
    "PPP with HDLC framing": behind(50, point_to_point),
    "Cisco HDLC": behind(104, lambda kind: b"\x0f\x00" + struct.pack(">H", kind)),
    "raw IP": behind(101, lambda kind: b""),
    "Linux cooked": behind(113, lambda kind: struct.pack(">HHH8sH", 0, 1, 6, b"\x02\0\0\0\0\1", kind)),
    "Linux cooked, version 2": behind(276, lambda kind: struct.pack(">HHIHBB8s", kind, 0, 2, 1, 0, 6, b"\x02")),
}

TUNNELS = {"GRE": gre, "VXLAN": vxlan}


def on_link(frames, change):
    out = []
    for frame in frames:
        number, data = change(link_of(frame))
        out.append(frame.holding(data, number))
    return out


def main():
    test = report.Property()
    plain = [sample for sample in test.samples if is_plain(sample.frames)]
    # How far away a NAT may be cannot be told in a tunnel, so nobody is blamed for one there.
    no_nat = [sample for sample in plain if all(f["area"] != "alg" for f in test.whole(sample)["findings"])]
    for sample, what, stored in report.spread(test.samples, FILES.items(), 4):
        test.same(sample, what, {sample.file: stored(sample.frames)}, ignored=report.STORAGE)
    for sample, what, change in [*report.spread(plain, LINKS.items(), 4), *report.spread(no_nat, TUNNELS.items(), 4)]:
        frames = on_link(sample.frames, change)
        test.same(sample, what, {sample.file: capture.pcap(frames)}, ignored=report.STORAGE)
    test.end(at_least=400)


if __name__ == "__main__":
    main()
