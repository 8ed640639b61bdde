#!/usr/bin/env python3
"""Two places with two clocks: what the report says does not depend on them.

usage: compare_shift.py PROGRAM SAMPLES

One of two captures is told by another clock, wrong by up to a day and by 100 ppm. But for what is said of that clock
the report must be the one of equal clocks; times may differ by what cannot be known about clocks.
"""

import re

import places
import report
from capture import SECOND

OFFSETS = (0.037, -3, 3600.5, 86400, -86400)  # seconds
DRIFTS = (0, 100, -100)                       # millionths
STEADY = {"lost"}                             # too short a time with both directions in it to tell a drift
SLACK = SECOND // 1000                        # nanoseconds

STAMP = re.compile(f"{report.TIME.pattern}|{report.CLOCK.pattern}")


def told_by(frames, offset, drift):
    """The same capture by a clock that is ahead and gains."""
    start = frames[0].time
    return [frame.at(frame.time + int(offset * SECOND) + (frame.time - start) * drift // 10**6) for frame in frames]


def stamps(text):
    for match in STAMP.finditer(text):
        whole = report.TIME.fullmatch(match[0])
        yield report.nanoseconds(whole) if whole else report.of_the_day(report.CLOCK.fullmatch(match[0]))


def alike(left, right, later):
    """Two texts with times in them, the second one later."""
    if STAMP.sub("@", left) != STAMP.sub("@", right):
        return False
    day = 86400 * SECOND
    for before, after in zip(stamps(left), stamps(right)):
        difference = after - before - later
        if before < day:  # a time of the day
            difference = (difference + day // 2) % day - day // 2
        if abs(difference) > SLACK:
            return False
    return True


def unlike(left, right, later, where=""):
    """Where two reports differ by more than clocks can."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in left.keys() | right.keys():
            if not key.startswith("clock_"):
                yield from unlike(left.get(key), right.get(key), later, f"{where}.{key}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, pair in enumerate(zip(left, right)):
            yield from unlike(*pair, later, f"{where}[{index}]")
    elif isinstance(left, str) and isinstance(right, str):
        if not alike(left, right, later):
            yield f"{where}: {left!r} became {right!r}"
    elif isinstance(left, float) and isinstance(right, float):
        if abs(left - right) > 2 * SLACK / SECOND:
            yield f"{where}: {left} became {right}"
    elif left != right:
        yield f"{where}: {report.shortened(left)} became {report.shortened(right)}"


def misjudged(clock, offset, drift):
    """What is wrong with the clock that was found."""
    uncertainty = clock["clock_uncertainty_seconds"]
    if uncertainty is None:
        yield "the uncertainty is not known"
    elif abs(clock["clock_offset_seconds"] - offset) > uncertainty + 0.001:
        yield f"offset {clock['clock_offset_seconds']} +- {uncertainty}, and it is {offset}"
    if abs(clock["clock_drift_ppm"] - drift) > 10:
        yield f"drift {clock['clock_drift_ppm']}, and it is {drift}"


def main():
    test = places.Comparison()
    for pair in places.pairs():
        equal = test.compare(pair.inside, pair.outside)
        for offset in OFFSETS:
            for drift in DRIFTS[: 1 if pair.name in STEADY else None]:
                what = f"{pair.name}, {offset} s and {drift} ppm"
                shifted = test.compare(pair.inside, told_by(pair.outside, offset, drift))
                test.note(f"{what}, outside", [*unlike(equal, shifted, 0),
                                               *misjudged(shifted["captures"][1], offset, drift)])
            # The inside is believed: then everything is told by its clock.
            shifted = test.compare(told_by(pair.inside, offset, 0), pair.outside)
            test.note(f"{pair.name}, {offset} s, inside", unlike(equal, shifted, int(offset * SECOND)))
    test.end(at_least=70)


if __name__ == "__main__":
    main()
