#!/usr/bin/env python3
"""Packets are missing from the capture, or their ends: it may know less, it may not be surer of something else.

usage: loss.py PROGRAM SAMPLES

Of each sample some frames go, always the same ones, or all of them are cut by a snapshot length.
"""

import dataclasses
import itertools
import random

import grades
import report

SHARES = (0.01, 0.05, 0.3)
SEEDS = 2
SNAPLENS = (68, 128, 256, 600)


def without_some(frames, share, luck):
    """The capture as a card that lost frames shows it; at least one is lost."""
    lost = set(luck.sample(range(len(frames)), max(1, round(len(frames) * share))))
    return [frame for number, frame in enumerate(frames) if number not in lost]


def cut(frames, snaplen):
    return [dataclasses.replace(frame, data=frame.data[:snaplen]) for frame in frames]


def main():
    test = report.Property()
    judge = grades.Judge(test)
    for sample in test.samples:
        for share, seed in itertools.product(SHARES, range(SEEDS)):
            luck = random.Random(f"{sample.name} {share} {seed}")
            judge.check(sample, f"without {share:.0%}, seed {seed}", without_some(sample.frames, share, luck))
        for snaplen in SNAPLENS:
            judge.check(sample, f"cut at {snaplen} bytes", cut(sample.frames, snaplen))
    test.end(at_least=600)


if __name__ == "__main__":
    main()
