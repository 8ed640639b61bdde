#!/usr/bin/env python3
"""The same messages in other packets: how a network cut them up says nothing about registrations.

usage: repacked.py PROGRAM SAMPLES

Datagrams in fragments, segments in smaller ones, connections whose numbers wrap around.
"""

import dataclasses
import struct

import capture
import report
from packet import TCP, UDP, ip_in, is_plain, tcp_of, with_ip

PIECE = 168  # bytes; fragments are cut at multiples of eight
MORE = 0x2000  # flags of IPv4 and TCP
SYN, ACK = 0x02, 0x10

IGNORED = ("captures.packets", "captures.bytes", "counts.fragments_reassembled", "findings.rejected")


# --- Fragments ----------------------------------------------------------------


def pieces_of(data):
    return [(at, data[at : at + PIECE]) for at in range(0, len(data), PIECE)]


def fragment(ip, at, piece, more):
    if ip.version == 4:
        return dataclasses.replace(ip, fragment=(MORE if more else 0) | at // 8, payload=piece)
    header = struct.pack(">BBHI", ip.protocol, 0, at | more, ip.ident)
    return dataclasses.replace(ip, protocol=44, payload=header + piece)


class Fragmenter:
    """Gives each datagram an identification of its own: what is sent whole needs none, and often has none."""

    def __init__(self, backwards):
        self.backwards = backwards
        self.given = 0

    def __call__(self, frame):
        ip = ip_in(frame)
        if ip is None or ip.protocol != UDP or not ip.whole or len(ip.payload) <= PIECE:
            return [frame]
        self.given += 1
        whole = with_ip(frame, ip)  # with its checksum
        ip = dataclasses.replace(ip_in(whole), ident=self.given)
        pieces = pieces_of(ip.payload)
        out = [with_ip(frame, fragment(ip, at, piece, at + len(piece) < len(ip.payload))) for at, piece in pieces]
        return out[::-1] if self.backwards else out


# --- Segments -----------------------------------------------------------------


def smaller(backwards):
    """Segments of PIECE bytes; what came in one comes in several, in order or not."""

    def change(frame):
        ip = ip_in(frame)
        tcp = tcp_of(ip)
        if tcp is None or len(tcp.payload) <= PIECE:
            return [frame]
        out = []
        for at, piece in pieces_of(tcp.payload):
            part = dataclasses.replace(tcp, sequence=tcp.sequence + at, payload=piece)
            out.append(with_ip(frame, dataclasses.replace(ip, ident=ip.ident + at & 0xFFFF, payload=part.packed())))
        return out[::-1] if backwards else out

    return change


class Renumbered:
    """The numbers of each direction begin so that they wrap around after a few hundred bytes."""

    def __init__(self):
        self.offsets = {}

    def offset(self, end, first):
        return self.offsets.setdefault(end, 2**32 - 300 - first)

    def __call__(self, frame):
        ip = ip_in(frame)
        tcp = tcp_of(ip)
        if tcp is None:
            return [frame]
        ours, theirs = (ip.source, tcp.source, ip.target, tcp.target), (ip.target, tcp.target, ip.source, tcp.source)
        acknowledged = tcp.acknowledged
        sequence = tcp.sequence + self.offset(ours, tcp.sequence)
        if tcp.flags & ACK:
            acknowledged += self.offset(theirs, tcp.acknowledged - 1)
        changed = dataclasses.replace(tcp, sequence=sequence, acknowledged=acknowledged)
        return [with_ip(frame, ip.holding(changed.packed()))]


WAYS = {
    "in fragments": (UDP, lambda: Fragmenter(backwards=False)),
    "in fragments, the last one first": (UDP, lambda: Fragmenter(backwards=True)),
    "in small segments": (TCP, lambda: smaller(backwards=False)),
    "in small segments, the last one first": (TCP, lambda: smaller(backwards=True)),
    "with numbers that wrap around": (TCP, Renumbered),
}


def protocols(frames):
    return {ip.protocol for ip in map(ip_in, frames) if ip is not None}


def has_beginnings(frames):
    """Where a connection was under way before, nobody knows which of the first segments is the first."""
    known = set()
    for ip in map(ip_in, frames):
        tcp = tcp_of(ip)
        if tcp is not None:
            ends = frozenset([(ip.source, tcp.source), (ip.target, tcp.target)])
            if ends not in known and not tcp.flags & SYN:
                return False
            known.add(ends)
    return True


def minds_fragments(sample, whole):
    """A request that gets no answer has another fault when it was in fragments, and fragments that are in the capture
    twice are not counted as duplicates."""
    steps = [step for device in whole["devices"] for attempt in device["attempts"] for step in attempt["steps"]]
    fragments = any(ip is not None and ip.fragment & 0x3FFF for ip in map(ip_in, sample.frames))
    return fragments or whole["counts"]["duplicate_packets"] or any(step["status"] is None for step in steps)


def main():
    test = report.Property()
    for sample in filter(lambda sample: is_plain(sample.frames) and not sample.cut, test.samples):
        for what, (protocol, way) in WAYS.items():
            if protocol not in protocols(sample.frames):
                continue
            if protocol == TCP and not has_beginnings(sample.frames):
                continue
            if protocol == UDP and minds_fragments(sample, test.whole(sample)):
                continue
            change = way()
            pairs = [(number, new) for number, frame in enumerate(sample.frames, 1) for new in change(frame)]
            numbers = [number for number, _ in pairs]
            back = report.Translation(lambda _name, number: numbers[number - 1])
            test.same(sample, what, {sample.file: capture.pcap([frame for _, frame in pairs])}, back, IGNORED)
    test.end(at_least=80)


if __name__ == "__main__":
    main()
