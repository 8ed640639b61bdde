#!/usr/bin/env python3
"""Makes a first corpus for each fuzz target out of the samples. usage: seeds.py SAMPLES FOLDER"""

import hashlib
import pathlib
import struct
import sys

PER_TARGET = 150
LARGEST = 8192


def frames(path):
    """The frames of a classic pcap file."""
    data = path.read_bytes()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at = 24
    while at + 16 <= len(data):
        length = struct.unpack(order + "I", data[at + 8 : at + 12])[0]
        yield data[at + 16 : at + 16 + length]
        at += 16 + length


def ip_of(frame):
    """Protocol and payload of an unfragmented IPv4 packet in Ethernet."""
    if frame[12:14] != b"\x08\x00" or len(frame) < 34 or int.from_bytes(frame[20:22], "big") & 0x3FFF:
        return None, b""
    header = (frame[14] & 15) * 4
    total = int.from_bytes(frame[16:18], "big")
    return frame[23], frame[14 + header : 14 + total]


def piece(data):
    return struct.pack(">H", len(data)) + data


class Corpus:
    def __init__(self, folder):
        self.folder = folder
        self.seen = {}

    def add(self, target, data):
        names = self.seen.setdefault(target, set())
        name = hashlib.sha1(data).hexdigest()[:16]
        if name in names or len(names) >= PER_TARGET or not 0 < len(data) <= LARGEST:
            return
        names.add(name)
        place = self.folder / target
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)


def add_values(corpus, message):
    head = message.split(b"\r\n\r\n")[0]
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        value = value.strip()
        name = name.lower()
        if name in (b"www-authenticate", b"proxy-authenticate", b"authorization", b"authentication-info"):
            corpus.add("auth", value)
        elif name in (b"expires", b"retry-after", b"min-expires", b"content-length", b"date"):
            corpus.add("number", value)
        elif name in (b"via", b"from", b"to", b"contact", b"route", b"path"):
            corpus.add("address", value)
        corpus.add("escape", line)


def add_messages(corpus, messages):
    for message in messages:
        corpus.add("message", message)
        corpus.add("stream", b"\x20" + message)
        add_values(corpus, message)
    corpus.add("stream", b"\x00" + b"".join(messages[:4]))
    for first, second in zip(messages, messages[1:]):
        if first.split(b" ")[0] == second.split(b" ")[0]:
            corpus.add("diff", piece(first) + second)


def add_link(corpus, packets):
    data = b"\x00"
    for packet in packets[:6]:
        data += b"\x01" + piece(packet[:1500]) + b"\x00"
    corpus.add("link", data)


def add_sample(corpus, path):
    packets = list(frames(path))
    messages = []
    corpus.add("pipeline", path.read_bytes())
    add_link(corpus, packets)
    for packet in packets:
        protocol, payload = ip_of(packet)
        if protocol == 1:
            corpus.add("icmp", b"\x01" + piece(payload))
        elif protocol == 17 and 53 in struct.unpack(">HH", payload[:4]):
            corpus.add("dns", payload[8:])
        elif protocol == 17:
            corpus.add("icmp", b"\x00" + piece(payload[8:]))
            if b"SIP/2.0" in payload:
                messages.append(payload[8:])
        elif protocol == 6 and len(payload) > 20:
            data = payload[(payload[12] >> 4) * 4 :]
            corpus.add("tls" if data[:1] in (b"\x14", b"\x15", b"\x16", b"\x17") else "stream", b"\x20" + data)
    add_messages(corpus, messages)


def add_made(corpus):
    """What no capture holds: the steps of the targets that build packets themselves."""
    corpus.add("defrag", bytes([4, 0, 50, 0, 0, 25, 50, 0]))
    corpus.add("defrag", bytes([5, 0, 8, 0, 5, 2, 8, 0, 1, 4, 8, 0]))
    for isn in (0, 0xFFFFFFF0, 0x7FFFFFFF):
        steps = b"".join(struct.pack(">BHH", what, at, 200) for what, at in ((0, 0), (1, 0), (0, 400), (0, 200), (2, 600)))
        corpus.add("tcp", struct.pack(">II", isn, isn ^ 0x55555555) + steps)
    for text in (b"alice:example.com:secret\n", b"bob:*:ha1:0123456789abcdef0123456789abcdef\n",
                 b"[alice]\ntype=auth\nauth_type=userpass\nusername=alice\npassword=secret\n",
                 b"id,username,domain,password,ha1,ha1b\n1,alice,example.com,secret,,\n"):
        corpus.add("secrets", text)
    corpus.add("digest", b"\x01\x00" + piece(b"alice") + piece(b"example.com") + piece(b"secret") + piece(b"nonce") + piece(b"sip"))
    corpus.add("digest", b"\x00\x05" + piece(b"bob") + piece(b"r") + piece(b"p") + piece(b"n") + piece(b"u"))
    for text in (b"192.0.2.1", b"[2001:db8::1]", b"2026-01-31T12:00:00Z", b"+15m", b"4294967296"):
        corpus.add("number", text)


def main():
    corpus = Corpus(pathlib.Path(sys.argv[2]))
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.pcap")):
        add_sample(corpus, path)
    add_made(corpus)
    corpus.folder.mkdir(exist_ok=True)
    (corpus.folder / "made").touch()


main()
