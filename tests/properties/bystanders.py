#!/usr/bin/env python3
"""Other people's packets in the capture: what somebody else does is no fault of this phone.

usage: bystanders.py PROGRAM SAMPLES

Once with voice, names, web pages and noise between the frames of the sample; once with a second sample under other
names, when the report has to be that of both.
"""

import dataclasses
import functools
import itertools
import json
import re
import struct

import capture
import report
from names import Renaming
from packet import TCP, UDP, Ip, Udp, is_plain

# An attempt is given up when the next frame comes after its time, and then the report says how long it was watched.
WATCHED = re.compile(r"\bfor \d+ s\b")

HOSTS = [bytes([172, 20, 5, 33]), bytes([192, 88, 7, 44])]  # in no sample


# --- Noise --------------------------------------------------------------------


def udp(source, target, payload):
    return 0x0800, Ip(4, *HOSTS, UDP, 60, Udp(source, target, payload).packed(), 77).packed()


def name_query(luck):
    return udp(40000 + luck, 53, struct.pack(">HHHHHH", luck, 0x100, 1, 0, 0, 0) + b"\3www\4test\0\0\1\0\1")


def voice(luck):
    return udp(16384, 20000, struct.pack(">BBHII", 0x80, 8, luck, luck * 160, 0x5A5A5A5A) + b"\xd5" * 160)


def web(luck):
    head = struct.pack(">HHIIBBHHH", 50000, 80, 1000 + luck, 2000, 0x50, 0x18, 64240, 0, 0)
    return 0x0800, Ip(4, *HOSTS, TCP, 60, head + b"GET /sip:REGISTER HTTP/1.1\r\nHost: www.test\r\n\r\n", 78).packed()


def echo(luck):
    return 0x0800, Ip(4, *HOSTS, 1, 60, struct.pack(">BBHHH", 8, 0, 0, 1, luck) + bytes(48), 79).packed()


def bridge(_luck):
    return 0x88CC, bytes(40)


def garbage(luck):
    return udp(5004, 5006, bytes((luck * 7 + i * 13) % 256 for i in range(90)))


NOISES = [voice, name_query, web, echo, bridge, garbage]


def on_ethernet(noise):
    kind, packet = noise
    return b"\2\0\0\0\xee\1\2\0\0\0\xee\2" + struct.pack(">H", kind) + packet


def with_noise(frames):
    """(number or None, frame): one or two frames of noise in each gap."""
    out = []
    for number, (frame, after) in enumerate(zip(frames, frames[1:] + frames[-1:]), 1):
        out.append((number, frame))
        for place in (1, 2) if after.time - frame.time > 2 else ():
            data = on_ethernet(NOISES[(number * 2 + place) % len(NOISES)](number))
            out.append((None, capture.Frame(frame.time + (after.time - frame.time) * place // 3, data, len(data),
                                            capture.ETHERNET)))
    return out


def check_noise(test, sample):
    pairs = with_noise(sample.frames)
    numbers = [number for number, _ in pairs]
    watched = functools.partial(WATCHED.sub, "for some time")
    back = report.Translation(lambda _name, number: numbers[number - 1], both=watched)
    test.same(sample, "with noise", {sample.file: capture.pcapng([frame for _, frame in pairs])}, back,
              (*report.STORAGE, "counts.undecoded_packets"))


# --- Two at a time ------------------------------------------------------------


def ordered(whole, translation):
    """Devices and findings, whatever they are numbered."""
    told = translation.report(whole)
    devices = [{**device, "id": None} for device in told["devices"]]
    findings = [{**finding, "device": None} for finding in told["findings"] if finding["area"] != "capture"]
    return {"devices": sorted(devices, key=json.dumps), "findings": sorted(findings, key=json.dumps)}


def check_pair(test, first, second):
    """Both in one run, as two files that were written at the same time."""
    renaming = Renaming(second.frames, digests_checked=False)
    files = {"one.pcap": capture.pcap(first.frames), "other.pcap": capture.pcap(renaming.frames(second.frames))}
    same = report.Translation()
    wholes = [ordered(test.whole(sample), same) for sample in (first, second)]
    both = {key: sorted(wholes[0][key] + wholes[1][key], key=json.dumps) for key in wholes[0]}
    got = ordered(test.report(files), report.Translation(text=renaming.back))
    test.note(f"{first.name} and {second.name}", report.differences(both, got))


def span(sample):
    return sample.frames[0].time, sample.frames[-1].time


def is_sound(test, sample):
    """What one file lost makes all of them doubtful."""
    return is_plain(sample.frames) and all(f["area"] != "capture" for f in test.whole(sample)["findings"])


def pairs_of(samples):
    """Neighbours among those that begin and end together: how long a capture goes on can make a difference."""
    alike = [dataclasses.replace(sample, secrets=None) for sample in samples]
    for _, group in itertools.groupby(sorted(alike, key=span), key=span):
        yield from itertools.pairwise(group)


def main():
    test = report.Property()
    for sample in test.samples:
        check_noise(test, sample)
    for first, second in pairs_of(filter(functools.partial(is_sound, test), test.samples)):
        check_pair(test, first, second)
    test.end(at_least=80)


if __name__ == "__main__":
    main()
