#!/usr/bin/env python3
"""The same calls under other names: a finding does not depend on how somebody is called.

usage: rename.py PROGRAM SAMPLES

Accounts, domains, Call-IDs and addresses are exchanged for others of the same kind and length. Once without
passwords, and once with them, when what goes into the digests keeps its name.
"""

import dataclasses
import sys

import capture
import report
from names import Renaming
from packet import is_plain


def check(test, sample, what):
    renaming = Renaming(sample.frames, digests_checked=sample.secrets is not None)
    frames = renaming.frames(sample.frames)
    files = {sample.file: capture.pcap(frames)}
    if frames == sample.frames:
        test.note(sample.name, ["nothing was renamed"])
    test.same(sample, what, files, report.Translation(text=renaming.back))
    return len(renaming.names) + len(renaming.addresses)


def is_readable(sample):
    """Text stands in it as it is: a WebSocket's is masked."""
    return is_plain(sample.frames) and not any(b"Sec-WebSocket" in frame.data for frame in sample.frames)


def main():
    test = report.Property()
    renamed = 0
    for sample in filter(is_readable, test.samples):
        renamed += check(test, dataclasses.replace(sample, secrets=None), "renamed")
        if sample.secrets is not None:
            check(test, sample, "renamed, with its passwords")
    print(f"{renamed} names changed")
    if renamed < 5 * len(test.samples):
        sys.exit("too few names: does the test find them?")
    test.end(at_least=60)


if __name__ == "__main__":
    main()
