#!/usr/bin/env python3
"""More room, or less of it, for captures that fit: limits may only show where they are reached.

usage: room.py PROGRAM SAMPLES

The least memory that may be asked for is many times what a sample needs.
"""

import capture
import report

BUDGETS = ("16", "160", "1600")


def main():
    test = report.Property()
    for sample in test.samples:
        files = {sample.file: capture.pcap(sample.frames)}
        usual = test.run(files, "-v", "-o", "json", secrets=sample.secrets)
        for budget in BUDGETS:
            told = test.run(files, "-v", "-o", "json", "--memory", budget, secrets=sample.secrets)
            test.note(f"{sample.name}, {budget} MiB", [] if told == usual else ["another report"])
    test.end(at_least=200)


if __name__ == "__main__":
    main()
