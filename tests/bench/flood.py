#!/usr/bin/env python3
"""Does a flood of forged packets cost the registered phones anything?

Pipes phones that register and refresh into whyreg, alone and then amid each kind of
flood, and compares what the reports say of the phones: timelines, numbers, findings.
The memory must stay within the budget, and twice the flood must not take much more
than twice the time.

Exit status: 0 all held, 1 not.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time

KINDS = ["calls", "accounts", "takeover", "challenged", "branches", "answers", "syns", "halves", "fragments", "all"]

# What the flood itself may change about a phone: where its packets stand in the file.
PLACES = {"frame", "frames", "call_id", "device", "capture", "captures", "first_frame", "last_frame"}

# Findings about all phones together count those of the flood as well.
DOMAIN = "@example.com"


def without_places(value):
    if isinstance(value, dict):
        return {key: without_places(entry) for key, entry in value.items()
                if key not in PLACES and not (key == "id" and "aor" in value and "state" in value)}
    if isinstance(value, list):
        return [without_places(entry) for entry in value]
    return value


def is_phone(aor):
    return aor is not None and aor.startswith("phone") and aor.endswith(DOMAIN)


class Peak(threading.Thread):
    """The largest size that a process had: getrusage() tells that of the one that started it, too."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.path = f"/proc/{pid}/status"
        self.mebibytes = 0.0
        self.start()

    def run(self):
        while True:
            try:
                with open(self.path) as status:
                    sizes = [line.split()[1] for line in status if line.startswith("VmHWM")]
            except OSError:
                return
            if sizes:
                self.mebibytes = int(sizes[0]) / 1024
            time.sleep(0.01)


class Run:
    """One capture, piped from the generator into the program."""

    def __init__(self, options, flood, count):
        generate = [options.mkflood, str(options.devices), str(options.interval), str(options.seconds)]
        if flood is not None:
            generate += [flood, str(count), str(options.sources)]
        command = [options.binary]
        if options.memory:
            command += ["--memory", str(options.memory)]
        begin = time.monotonic()
        source = subprocess.Popen(generate, stdout=subprocess.PIPE)
        program = subprocess.Popen(command + ["-o", "json", "-"], stdin=source.stdout, stdout=subprocess.PIPE)
        source.stdout.close()
        peak = Peak(program.pid)
        text = program.stdout.read()
        _, status, usage = os.wait4(program.pid, 0)
        source.wait()
        self.seconds = time.monotonic() - begin
        self.cpu = usage.ru_utime + usage.ru_stime
        peak.join()
        self.peak = peak.mebibytes
        self.failed = os.waitstatus_to_exitcode(status) not in (0, 1)
        self.report = json.loads(text) if not self.failed else {}

    def phones(self):
        return {device["aor"]: device for device in self.report["devices"]
                if is_phone(device["aor"]) and device["bindings"]}

    def findings(self):
        genuine = {phone["id"] for phone in self.phones().values()}
        found = [without_places(entry) for entry in self.report["findings"] if entry.get("device") in genuine]
        return sorted(found, key=lambda entry: json.dumps(entry, sort_keys=True))

    def forgotten(self):
        return self.report["counts"]["forgotten"]


def differences(quiet, flooded):
    """The first few phones of which the flood changed what is said."""
    before, after = quiet.phones(), flooded.phones()
    for aor, device in before.items():
        if aor not in after:
            yield f"{aor} is missing"
            continue
        old, new = without_places(device), without_places(after[aor])
        for key in old:
            if old[key] != new.get(key):
                yield f"{aor}: {key} was {str(old[key])[:300]} and is {str(new.get(key))[:300]}"
    old, new = quiet.findings(), flooded.findings()
    for entry in old:
        if entry not in new:
            yield f"not found amid the flood: {entry['id']} on {entry['aor']}: {entry['summary']}"
    for entry in new:
        if entry not in old:
            yield f"found amid the flood only: {entry['id']} on {entry['aor']}: {entry['summary']}"


def check(options, quiet, kind):
    half = Run(options, kind, options.count // 2) if options.linear else None
    run = Run(options, kind, options.count)
    wrong = []
    if run.failed:
        return [f"{kind}: the program failed"]
    if kind != "all":  # there the fragments come from those who send whole requests, too
        wrong += list(differences(quiet, run))
    if options.memory and run.peak > 1.1 * options.memory + options.slack:
        wrong.append(f"{run.peak:.0f} MiB of memory, allowed are {1.1 * options.memory + options.slack:.0f}")
    if half is not None and run.cpu - quiet.cpu > 2.6 * (half.cpu - quiet.cpu) + 0.5:
        wrong.append(f"{half.cpu:.1f} s for half of it, {run.cpu:.1f} s for all")
    print(f"{kind:<12}{run.peak:8.0f} MiB {run.cpu:7.2f} s  forgotten {run.forgotten()}", flush=True)
    for line in wrong[:5]:
        print(f"    {line}")
    if len(wrong) > 5:
        print(f"    and {len(wrong) - 5} more")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--mkflood", required=True)
    parser.add_argument("--count", type=int, default=1000000)
    parser.add_argument("--devices", type=int, default=500)
    parser.add_argument("--interval", type=int, default=60)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--sources", type=int, default=65536)
    parser.add_argument("--memory", type=int, default=0, help="MiB; 0: no budget")
    parser.add_argument("--slack", type=int, default=0, help="MiB that a build takes beyond it")
    parser.add_argument("--linear", action="store_true", help="and half as many, for the time")
    parser.add_argument("kinds", nargs="*", default=KINDS)
    options = parser.parse_args()
    quiet = Run(options, None, 0)
    print(f"{'no flood':<12}{quiet.peak:8.0f} MiB {quiet.cpu:7.2f} s  {len(quiet.phones())} phones, "
          f"{len(quiet.findings())} findings", flush=True)
    wrong = [kind for kind in options.kinds if check(options, quiet, kind)]
    if len(quiet.phones()) != options.devices:
        wrong.append("phones are missing without a flood")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
