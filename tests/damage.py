#!/usr/bin/env python3
"""Damaged captures: whatever happens to the bytes, there is an answer.

usage: damage.py PROGRAM SAMPLES NAME...

Each sample is damaged in several ways, always the same ones. The program must
end by itself with 0, 1 or 2, say one line when it is 2, and write whole JSON.
"""

import json
import pathlib
import random
import subprocess
import sys

SECONDS = 20
FILE_HEADER = 24


def flipped(data, luck):
    for _ in range(luck.randint(1, 40)):
        data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)


def cut(data, luck):
    del data[luck.randrange(len(data)) :]


def shortened(data, luck):
    start = luck.randrange(len(data))
    del data[start : start + luck.randint(1, 300)]


def doubled(data, luck):
    start = luck.randrange(len(data))
    data[start:start] = data[start : start + luck.randint(1, 3000)]


def overwritten(data, luck):
    start = luck.randrange(len(data))
    piece = bytes(luck.choice([0, 10, 13, 34, 44, 60, 127, 255]) for _ in range(luck.randint(1, 60)))
    data[start : start + len(piece)] = piece


def only_behind_the_header(data, luck):
    tail = data[FILE_HEADER:]
    overwritten(tail, luck)
    flipped(tail, luck)
    data[FILE_HEADER:] = tail


WAYS = [flipped, cut, shortened, doubled, overwritten, only_behind_the_header]


def complaint(program, data):
    try:
        done = subprocess.run(
            [program, "-o", "json", "-"], input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"no end after {SECONDS} s"
    words = done.stderr.decode(errors="replace")
    if done.returncode not in (0, 1, 2) or "Sanitizer" in words or "runtime error" in words:
        return f"exit status {done.returncode}\n{words}"
    if done.returncode == 2:
        return None if words.count("\n") == 1 else f"more or less than one line:\n{words}"
    try:
        json.loads(done.stdout)
    except ValueError as error:
        return f"not JSON: {error}"
    return None


def main():
    program, samples, *names = sys.argv[1:]
    bad = 0
    for name in names:
        whole = (pathlib.Path(samples) / f"{name}.pcap").read_bytes()
        for way in WAYS:
            data = bytearray(whole)
            way(data, random.Random(f"{name} {way.__name__}"))
            what = complaint(program, bytes(data))
            if what is not None:
                print(f"{name}, {way.__name__}: {what}")
                bad += 1
    print(f"{len(names)} samples, {len(WAYS)} ways to damage each, {bad} bad")
    return 1 if bad or not names else 0


if __name__ == "__main__":
    sys.exit(main())
