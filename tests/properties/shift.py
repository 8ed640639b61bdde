#!/usr/bin/env python3
"""The same packets at another time: what they show does not depend on the date.

usage: shift.py PROGRAM SAMPLES

By parts of a second, by years, back to 1970, and so that the middle of the capture is when 31 bits of seconds are
full (2038-01-19), when 32 bits are (2106-02-07, in pcapng), and on a leap day.
"""

import re

import capture
import report
from capture import SECOND

MILLISECOND = SECOND // 1000
YEAR = 365 * 86400

# Times in the packets do not move: those of certificates, and those in the nonces of some servers. A report that
# reads them may say something else about the same finding.
TELLS_TIME = re.compile(rb'\d{12}Z|nonce="(?:[A-Za-z0-9+/]{4}){8,}=*"')
SAID_OF_IT = ("findings.summary", "findings.evidence.seen")


def middle_at(second):
    """Later by so much that the capture has begun before this second and ends after it."""

    def later(frames):
        first, last = frames[0].time, frames[-1].time
        return (second - first // SECOND) * SECOND - (last - first) // 2 // MILLISECOND * MILLISECOND

    return later


def by(nanoseconds):
    return lambda _frames: nanoseconds


PCAP = {
    "37 ms later": by(37 * MILLISECOND),
    "12 years earlier": by(-12 * YEAR * SECOND),
    "at the beginning of 1970": lambda frames: SECOND - frames[0].time // SECOND * SECOND,
    "across 2038-01-19": middle_at(2**31),
    "until shortly before 2106-02-07": lambda frames: (2**32 - 2) * SECOND - frames[-1].time // SECOND * SECOND,
    "across the end of a leap day": middle_at(1_835_481_600),
}

PCAPNG = {
    "across 2038-01-19, pcapng": middle_at(2**31),
    "across 2106-02-07, pcapng": middle_at(2**32),
}


def moved(frames, later):
    return [frame.at(frame.time + later) for frame in frames]


def tells_time(sample):
    return any(TELLS_TIME.search(frame.data) for frame in sample.frames)


def main():
    test = report.Property()
    ways = [(what, (choose, stored)) for choices, stored in ((PCAP, capture.pcap), (PCAPNG, capture.pcapng))
            for what, choose in choices.items()]
    for sample, what, (choose, stored) in report.spread(test.samples, ways, 2):
        later = choose(sample.frames)
        files = {sample.file: stored(moved(sample.frames, later))}
        ignored = report.STORAGE + (SAID_OF_IT if tells_time(sample) else ())
        test.same(sample, what, files, report.Translation(later=later), ignored)
    test.end(at_least=300)


if __name__ == "__main__":
    main()
