#!/usr/bin/env python3
"""The same capture again: the report is the same, byte for byte.

usage: same.py PROGRAM SAMPLES

What memory held before must not show either: the C library is told to fill it with something else each time.
"""

import capture
import report

FORMATS = ("text", "json", "jsonl")
FILLINGS = ("90", "165")


def main():
    test = report.Property()
    for sample in test.samples:
        files = {sample.file: capture.pcap(sample.frames)}
        for form in FORMATS:
            first, second = (test.run(files, "-v", "-o", form, secrets=sample.secrets, MALLOC_PERTURB_=filling)
                             for filling in FILLINGS)
            # A line of the report tells more than the number of the first byte.
            lines = zip(first.splitlines(), second.splitlines())
            told = [f"{one!r} became {other!r}" for one, other in lines if one != other]
            test.note(f"{sample.name}, {form}", told or ([] if first == second else ["one is longer"]))
            if not first:
                test.note(f"{sample.name}, {form}", ["there is no report"])
    test.end(at_least=200)


if __name__ == "__main__":
    main()
