"""Reads and writes captures, as little of the formats as the tests of the program need."""

import struct

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
COMMENT, NAME, RESOLUTION = 1, 2, 9


def options(body):
    found, at = {}, 0
    while at + 4 <= len(body):
        code, length = struct.unpack_from("<HH", body, at)
        if code == 0:
            assert length == 0 and at + 4 == len(body), "something follows the last option"
            return found
        assert at + 4 + length <= len(body), "an option is longer than its block"
        assert body[at + 4 + length:at + 4 + (length + 3) // 4 * 4].strip(b"\0") == b"", "padding"
        found.setdefault(code, []).append(body[at + 4:at + 4 + length])
        at += 4 + (length + 3) // 4 * 4
    assert at == len(body), "half an option"
    return found


def read(data):
    """The interfaces, as (link, name), and the packets, as (interface, nanoseconds, bytes, length on
    the wire, comment)."""
    interfaces, packets, at = [], [], 0
    assert data[:4] == struct.pack("<I", SECTION), "no section header in front"
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert length % 4 == 0 and struct.unpack_from("<I", data, at + length - 4)[0] == length, "lengths differ"
        body = data[at + 8:at + length - 4]
        if kind == SECTION:
            assert struct.unpack_from("<IHH", body) == (0x1A2B3C4D, 1, 0)
            options(body[16:])
        elif kind == INTERFACE:
            found = options(body[8:])
            assert found[RESOLUTION] == [b"\x09"]
            interfaces.append((struct.unpack_from("<H", body)[0], found[NAME][0].decode()))
        elif kind == PACKET:
            interface, high, low, captured, wire = struct.unpack_from("<IIIII", body)
            assert interface < len(interfaces), "a packet of no interface"
            comments = options(body[20 + (captured + 3) // 4 * 4:]).get(COMMENT, [])
            assert len(comments) == 1, "not one comment"
            packets.append((interface, high << 32 | low, body[20:20 + captured], wire, comments[0].decode()))
        else:
            raise AssertionError(f"block of type {kind}")
        at += length
    return interfaces, packets


def read_pcap(data):
    """The frames, as (nanoseconds, bytes), of a classic file in this machine's order."""
    magic = struct.unpack_from("<I", data)[0]
    unit = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}[magic]
    frames, at = [], 24
    while at < len(data):
        seconds, fraction, captured, _ = struct.unpack_from("<IIII", data, at)
        frames.append((seconds * 1_000_000_000 + fraction * unit, data[at + 16:at + 16 + captured]))
        at += 16 + captured
    return frames


def write_pcap(frames, link=1):
    head = struct.pack("<IHHIIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, link)
    return head + b"".join(struct.pack("<IIII", time // 1_000_000_000, time % 1_000_000_000, len(frame), len(frame))
                           + frame for time, frame in frames)
