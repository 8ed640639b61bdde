#!/usr/bin/env python3
"""Counts SIP messages and REGISTER requests in every capture of the repository twice: with the
program and with tshark. Each difference has its reason in a table, and a reason that is not needed
any more is an error too.

usage: differential.py WHYREG TABLE FOLDER...
"""

import collections
import concurrent.futures
import json
import pathlib
import shutil
import subprocess
import sys

SKIP = 77  # what Meson takes for "skipped"

TSHARK = [
    "tshark", "-n", "-o", "tcp.reassemble_out_of_order:TRUE", "-o", "ip.defragment:TRUE",
    "--enable-heuristic", "sip_udp", "--enable-heuristic", "sip_tcp",
    "-Y", "sip", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=;", "-E", "separator=/t",
    "-e", "sip.Method", "-e", "sip.Status-Code", "-e", "icmp.type", "-e", "icmpv6.type",
]  # fmt: skip

Counts = collections.namedtuple("Counts", "messages registers")


def by_tshark(path):
    lines = subprocess.run([*TSHARK, "-r", path], capture_output=True, text=True).stdout.splitlines()
    messages = registers = 0
    for line in lines:
        methods, statuses, *quoted = (line + "\t\t\t").split("\t")[:4]
        if any(quoted):  # in an error of the network: a quotation, no message
            continue
        methods = [method for method in methods.split(";") if method]
        messages += len(methods) + len([status for status in statuses.split(";") if status])
        registers += methods.count("REGISTER")
    return Counts(messages, registers)


def by_whyreg(binary, path):
    run = subprocess.run([binary, "-q", "-o", "json", path], capture_output=True, text=True)
    if run.returncode > 1:
        return None
    counts = json.loads(run.stdout)["counts"]
    return Counts(counts["sip_messages"], counts["register_requests"])


def read_table(path):
    """Of each capture that differs: tshark's counts, ours, and why."""
    rows = [line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {row[0]: row[1:6] for row in rows}


def compare(job):
    binary, path = job
    return pathlib.Path(path).name, by_tshark(path), by_whyreg(binary, path)


def main():
    binary, table, *folders = sys.argv[1:]
    captures = [str(path) for folder in folders for path in sorted(pathlib.Path(folder).rglob("*.pcap*"))]
    if shutil.which("tshark") is None:
        print("there is no tshark: skipped")
        return SKIP
    explained = read_table(pathlib.Path(table))
    bad = []
    same = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, theirs, ours in pool.map(compare, [(binary, path) for path in captures]):
            seen = [str(number) for number in theirs + (ours or ("-", "-"))]
            known = explained.pop(name, None)
            if theirs == ours and known is None:
                same += 1
            elif known is None or known[:4] != seen:
                bad.append("\t".join([name, *seen, "?"]))
    bad += [f"{name}: is in the table and does not differ" for name in explained]
    print(f"{len(captures)} captures, {same} with the same counts, {len(bad)} not explained")
    print("\n".join(bad))
    return 1 if bad else 0


sys.exit(main())
