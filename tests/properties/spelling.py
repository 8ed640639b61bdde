#!/usr/bin/env python3
"""The same messages in another spelling: RFC 3261 section 7.3 leaves the sender a choice.

usage: spelling.py PROGRAM SAMPLES

Names of headers in capitals or in their compact form, lines folded, blanks around the colon, headers in another
order. Only datagrams are changed: of a stream the numbers would have to change as well.
"""

import dataclasses
import functools
import re

import capture
import report
from packet import ip_in, udp_of, with_ip

SIP_LINE = re.compile(rb"(?:[A-Z]+ \S+ SIP/2\.0|SIP/2\.0 \d{3} [^\r\n]*)\r\n")

COMPACT = {b"call-id": b"i", b"contact": b"m", b"content-length": b"l", b"content-type": b"c", b"from": b"f",
           b"supported": b"k", b"to": b"t", b"via": b"v"}  # section 20

# Where linear white space may stand: before the first separator outside of brackets and quotes.
SEPARATOR = re.compile(rb'^((?:[^;,"<]|"[^"]*"|<[^>]*>)*)([;,])')

SIZE_OR_FOLD = re.compile(r"\b\d+(?= bytes\b)|\r\n\s*")


def compact(name, value):
    return COMPACT.get(name.lower(), name) + b":" + value


def loud(name, value):
    return name.upper() + b":" + value


def spaced(name, value):
    return name + b" \t:  \t" + value.strip() + b" "


def folded(name, value):
    """A new line behind the colon, and another before the first separator; section 7.3.1."""
    return name + b":\r\n " + SEPARATOR.sub(rb"\1\r\n\t\2", value.strip())


def each_line(change):
    def spell(lines):
        return [change(*line.split(b":", 1)) for line in lines]

    return spell


def others_first(lines):
    """Headers of one name keep their order; that of different names means nothing."""
    return sorted(lines, key=lambda line: COMPACT.get(line.split(b":")[0].strip().lower(), b"") + b"~")


REORDERED = "headers in another order"
WAYS = {
    "compact names": each_line(compact),
    "names in capitals": each_line(loud),
    "blanks around the colon": each_line(spaced),
    "folded lines": each_line(folded),
    REORDERED: others_first,
}


def respelled(payload, spell):
    """A whole message in another spelling; what is none, and what breaks the grammar already, stays."""
    head, end, body = payload.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    if not end or SIP_LINE.match(head + b"\r\n") is None or not all(re.match(rb"[\w.-]+ *:", line) for line in lines):
        return payload
    return b"\r\n".join([first, *spell(lines)]) + end + body


def changed(frame, spell):
    ip = ip_in(frame)
    udp = udp_of(ip)
    if udp is None:
        return frame
    packet = dataclasses.replace(udp, payload=respelled(udp.payload, spell)).packed()
    return with_ip(frame, ip.holding(packet)) if packet[8:] != udp.payload else frame


def names_headers(whole):
    """What was rewritten is told in the order of the message."""
    return any(finding["area"] == "alg" for finding in whole["findings"])


def main():
    test = report.Property()
    for sample in test.samples:
        for what, spell in WAYS.items():
            frames = [changed(frame, spell) for frame in sample.frames]
            if frames == sample.frames or what == REORDERED and names_headers(test.whole(sample)):
                continue
            plain = report.Translation(both=functools.partial(SIZE_OR_FOLD.sub, ""))
            test.same(sample, what, {sample.file: capture.pcap(frames)}, plain, ("captures.bytes",))
    test.end(at_least=250)


if __name__ == "__main__":
    main()
