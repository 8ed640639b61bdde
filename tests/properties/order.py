#!/usr/bin/env python3
"""Packets that change places in the capture: a card with several queues, or a network that overtakes itself.

usage: order.py PROGRAM SAMPLES

Neighbours within a millisecond are swapped. Once with their times, as a card does that hands out its queues one
after the other; once without, as if they had been sent so. An answer before its request may puzzle the program; it
may not be surer of something because of it, nor see a fault where there is none.
"""

import capture
import grades
import report

MILLISECOND = capture.SECOND // 1000


def swapped(frames, start):
    """Pairs of neighbours in the other order."""
    out, index = list(frames), start
    while index + 1 < len(out):
        near = 0 < out[index + 1].time - out[index].time <= MILLISECOND
        if near:
            out[index], out[index + 1] = out[index + 1], out[index]
        index += 2 if near else 1
    return out


def in_time(frames, times):
    """The frames at these times, one after the other."""
    return [frame.at(before.time) for frame, before in zip(frames, times)]


def faults(whole):
    return [finding["id"] for finding in whole["findings"] if finding["severity"] != "note"]


def main():
    test = report.Property()
    judge = grades.Judge(test)
    for sample in test.samples:
        healthy = not faults(test.whole(sample))
        for start in (0, 1):
            frames = swapped(sample.frames, start)
            if frames == sample.frames:
                continue
            for what, changed in (("with their times", frames), ("without", in_time(frames, sample.frames))):
                what = f"neighbours from {start} on swapped {what}"
                got = judge.check(sample, what, changed)
                test.note(f"{sample.name}, {what}", [f"now has {name}" for name in faults(got)] if healthy else [])
    test.end(at_least=50)


if __name__ == "__main__":
    main()
