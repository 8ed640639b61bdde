#!/usr/bin/env python3
"""The same calls over IPv6: a fault has nothing to do with the version of IP.

usage: ipv6.py PROGRAM SAMPLES

Datagrams of IPv4 become such of IPv6, in the headers of the messages too; a private address becomes a unique local
one. Without passwords, since a digest covers addresses, and without what boxes do that translate IPv4.
"""

import dataclasses
import functools
import ipaddress
import re

import capture
import report
from packet import ARP, IP4, IP6, UDP, Ip, ip_in, link_of, retyped, udp_of

DNS = 53
ADDRESS = re.compile(rb"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
SIZE = re.compile(r"\b\d+ bytes\b")


def is_address(text):
    return all(int(octet) < 256 for octet in text.split("."))


def is_private(address):
    """The addresses for documentation (RFC 5737) are the public ones of the samples."""
    documentation = (bytes([192, 0, 2]), bytes([198, 51, 100]), bytes([203, 0, 113]))
    return ipaddress.ip_address(address).is_private and not address.startswith(documentation)


def longer(address):
    """An address of IPv6 that has the one of IPv4 at its end."""
    return (b"\xfd\x00" if is_private(address) else b"\x26\x00") + bytes(10) + address


def shown(address):
    return str(ipaddress.ip_address(address))


def in_header(match):
    """RFC 3261 section 25.1: brackets where a host stands, none behind 'received='."""
    if not is_address(match[0].decode()):
        return match[0]
    text = shown(longer(ipaddress.ip_address(match[0].decode()).packed)).encode()
    bare = match.string[: match.start()].endswith(b"received=")
    return text if bare else b"[" + text + b"]"


def message(payload):
    """The body stays as it is, so that its length does."""
    head, end, body = payload.partition(b"\r\n\r\n")
    return ADDRESS.sub(in_header, head) + end + body


def can_be_changed(frames):
    for frame in frames:
        if link_of(frame).ether_type not in (IP4, ARP):
            return False
        ip = ip_in(frame)
        udp = udp_of(ip)
        if ip is not None and (udp is None or DNS in (udp.source, udp.target)):
            return False
    return True


def changed(frame):
    ip = ip_in(frame)
    if ip is None:
        return frame
    udp = udp_of(ip)
    udp = dataclasses.replace(udp, payload=message(udp.payload))
    packet = Ip(6, longer(ip.source), longer(ip.target), UDP, ip.ttl, udp.packed())
    return frame.holding(retyped(frame, IP6) + packet.packed())


def back_to_ip4(frames):
    """A function that puts the addresses of these frames in place of the longer ones."""
    texts = {text.decode() for frame in frames for text in ADDRESS.findall(frame.data)}
    addresses = {ipaddress.ip_address(text).packed for text in texts if is_address(text)}
    addresses |= {address for ip in map(ip_in, frames) if ip is not None for address in (ip.source, ip.target)}
    pairs = {shown(longer(address)): shown(address) for address in addresses}
    known = "|".join(sorted(pairs, key=len, reverse=True)) or "(?!)"
    pattern = re.compile(rf"\[?(?<![\w.:])({known})(?!\w)\]?")
    return functools.partial(pattern.sub, lambda match: pairs[match[1]])


def main():
    test = report.Property()
    for sample in filter(lambda sample: can_be_changed(sample.frames), test.samples):
        sample = dataclasses.replace(sample, secrets=None)
        if any(finding["area"] == "alg" for finding in test.whole(sample)["findings"]):
            continue
        files = {sample.file: capture.pcap([changed(frame) for frame in sample.frames])}
        back = report.Translation(text=back_to_ip4(sample.frames), both=functools.partial(SIZE.sub, "... bytes"))
        test.same(sample, "over IPv6", files, back, (*report.STORAGE, "not_judged"))
    test.end(at_least=30)


if __name__ == "__main__":
    main()
