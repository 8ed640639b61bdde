"""Capture files, read and written without help: the frames are what the properties change.

Classic pcap in both byte orders and both resolutions, pcapng as far as it is needed to say the same.
"""

import dataclasses
import gzip
import struct

SECOND = 10**9

ETHERNET, COOKED, COOKED2 = 1, 113, 276
SNAPLEN = 262144

MAGICS = {  # magic as it stands in the file: byte order, nanoseconds of one tick
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}


@dataclasses.dataclass(frozen=True)
class Frame:
    time: int  # nanoseconds since the epoch
    data: bytes
    wire: int  # bytes that it had on the wire
    link: int  # LINKTYPE_ value

    def holding(self, data, link=None):
        """The same frame with other bytes; what was missing of it is missing still."""
        return dataclasses.replace(self, data=data, wire=self.wire + len(data) - len(self.data),
                                   link=self.link if link is None else link)

    def at(self, time):
        return dataclasses.replace(self, time=time)


def read(path):
    data = path.read_bytes()
    order, tick = MAGICS[data[:4]]
    link = struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF
    frames, at = [], 24
    while at + 16 <= len(data):
        seconds, ticks, captured, wire = struct.unpack_from(order + "IIII", data, at)
        frames.append(Frame(seconds * SECOND + ticks * tick, data[at + 16 : at + 16 + captured], wire, link))
        at += 16 + captured
    return frames


def pcap(frames, magic=b"\xd4\xc3\xb2\xa1", snaplen=SNAPLEN):
    """A classic capture; all frames are of one link type."""
    order, tick = MAGICS[magic]
    (link,) = {frame.link for frame in frames} or {ETHERNET}
    out = [magic, struct.pack(order + "HHiIII", 2, 4, 0, 0, snaplen, link)]
    for frame in frames:
        seconds, rest = divmod(frame.time, SECOND)
        out += [struct.pack(order + "IIII", seconds, rest // tick, len(frame.data), frame.wire), frame.data]
    return b"".join(out)


def padded(data):
    return data + bytes(-len(data) % 4)


def block(order, kind, body):
    length = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + length + body + length


def pcapng(frames, order="<", resolution=9):
    """One section; an interface for each link type; ticks of 10^-resolution seconds."""
    links = list(dict.fromkeys(frame.link for frame in frames)) or [ETHERNET]
    out = [block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))]
    for link in links:
        options = struct.pack(order + "HHB3xHH", 9, 1, resolution, 0, 0)
        out.append(block(order, 1, struct.pack(order + "HHI", link, 0, SNAPLEN) + options))
    for frame in frames:
        ticks = frame.time * 10**resolution // SECOND
        head = (links.index(frame.link), ticks >> 32, ticks & 0xFFFFFFFF, len(frame.data), frame.wire)
        out.append(block(order, 6, struct.pack(order + "IIIII", *head) + padded(frame.data)))
    return b"".join(out)


def gzipped(data):
    return gzip.compress(data, mtime=0)
