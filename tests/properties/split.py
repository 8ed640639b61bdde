#!/usr/bin/env python3
"""One capture in several files: rotated, given in any order, or taken by two cards.

usage: split.py PROGRAM SAMPLES

Several files are one capture in time order, so the report is that of the whole, up to file names and frame numbers.
"""

import random

import capture
import report
from packet import ip_in

# Each file has a place of its own in the report; together they are the whole. What a cited frame is called there
# may depend on its number.
PER_FILE = ("captures", "findings.evidence.what")


def rotated(frames, parts):
    """Cut at even numbers of frames."""
    bounds = [round(len(frames) * part / parts) for part in range(parts + 1)]
    numbered = list(enumerate(frames, 1))
    return [numbered[start:end] for start, end in zip(bounds, bounds[1:]) if start < end]


def dealt(frames, parts):
    """Frame by frame to another file; frames of one time stay together, because their order is that of the file."""
    hands, turn, before = [[] for _ in range(parts)], 0, None
    for number, frame in enumerate(frames, 1):
        turn += before is not None and frame.time != before
        before = frame.time
        hands[turn % parts].append((number, frame))
    return [hand for hand in hands if hand]


def directions(frames):
    """As two cards see them: what goes to the higher address, and the rest."""
    numbered = list(enumerate(frames, 1))
    packets = [ip_in(frame) for frame in frames]
    upwards = [ip is not None and ip.source < ip.target for ip in packets]
    return [part for part in ([pair for pair, up in zip(numbered, upwards) if up == side] for side in (True, False))
            if part]


def named(parts):
    """File name to its frames with their old numbers; the names say nothing about the order."""
    return {f"part{chr(ord('z') - index)}.pcap": part for index, part in enumerate(parts)}


def backwards(frames):
    return dict(reversed(named(rotated(frames, 3)).items()))


def shuffled(frames):
    files = list(named(rotated(frames, 5)).items())
    random.Random(len(frames)).shuffle(files)
    return dict(files)


WAYS = {
    "two files": lambda frames: named(rotated(frames, 2)),
    "26 files": lambda frames: named(rotated(frames, 26)),
    "three files, the last one first": backwards,
    "five files in any order": shuffled,
    "two files at the same time": lambda frames: named(dealt(frames, 2)),
    "a file for each direction": lambda frames: named(directions(frames)),
}


def of_all_files(whole):
    """What the files of a run have in common. Findings about a file are about part of the whole, and an event that
    cites two frames cites those of one file."""
    findings = [finding for finding in whole["findings"] if finding["area"] != "capture"]
    devices = [{**device, "timeline": [{**event, "frames": event["frames"][:1]} for event in device["timeline"]]}
               for device in whole["devices"]]
    return {**whole, "findings": findings, "devices": devices}


def main():
    test = report.Property()
    for sample, what, divide in report.spread(test.samples, WAYS.items(), 2):
        # Where a file was taken is told by its own frames, and one of a few frames does not tell.
        place = f"--vantage={test.whole(sample)['captures'][0]['vantage'].replace('unknown', 'auto')}"
        files = divide(sample.frames)
        back = report.Translation(lambda name, number, files=files: files[name][number - 1][0])
        stored = {name: capture.pcap([frame for _, frame in part]) for name, part in files.items()}
        test.same(sample, what, stored, back, PER_FILE, shape=of_all_files, options=[place])
    test.end(at_least=200)


if __name__ == "__main__":
    main()
