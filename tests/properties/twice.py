#!/usr/bin/env python3
"""Every packet twice in the capture: they were sent once.

usage: twice.py PROGRAM SAMPLES

A mirror port that shows a packet when it comes and when it goes, "-i any" on a bridge. What changes is the number
of duplicates, and a note that the capture holds them.
"""

import collections

import capture
import report
from packet import ARP, ip_in, link_of

MICROSECOND = 1000

# Counts of frames, and what they are made of.
COUNTED = ("captures.packets", "captures.bytes", "captures.cut_frames", "counts.duplicate_packets",
           "counts.undecoded_packets")


def at_once(frames):
    return [(number, copy) for number, frame in enumerate(frames, 1) for copy in (frame, frame)]


def later_by(delay, frames):
    """Two streams of the same frames, merged by time. They end together: a longer capture sees more."""
    end = frames[-1].time
    out, waiting = [], collections.deque()
    for number, frame in enumerate(frames, 1):
        while waiting and waiting[0][1].time < frame.time:
            out.append(waiting.popleft())
        out.append((number, frame))
        waiting.append((number, frame.at(min(frame.time + delay, end))))
    return [*out, *waiting]


def has_fragments(frames):
    return any(ip is not None and ip.fragment & 0x3FFF for ip in map(ip_in, frames))


def has_idents(frames):
    """An IP packet without identification is known again for a shorter time only."""
    packets = [ip_in(frame) for frame in frames if link_of(frame).ether_type != ARP]
    return all(ip is not None and ip.ident != 0 for ip in packets)


WAYS = {
    "at once": at_once,
    "after 20 us": lambda frames: None if has_fragments(frames) else later_by(20 * MICROSECOND, frames),
    "after 2 ms": lambda frames: later_by(2000 * MICROSECOND, frames)
                                 if has_idents(frames) and not has_fragments(frames) else None,
}


def noteless(whole):
    """The report of a capture in which nobody noticed a duplicate."""
    return {**whole, "findings": [finding for finding in whole["findings"] if finding["id"] != "capture_duplicated"]}


def main():
    test = report.Property()
    for sample in test.samples:
        for what, double in WAYS.items():
            pairs = double(sample.frames)
            if pairs is None:
                continue
            numbers = [number for number, _ in pairs]
            back = report.Translation(lambda _name, number: numbers[number - 1])
            files = {sample.file: capture.pcap([frame for _, frame in pairs])}
            test.same(sample, f"every packet twice, {what}", files, back, COUNTED, shape=noteless)
    test.end(at_least=150)


if __name__ == "__main__":
    main()
