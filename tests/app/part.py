#!/usr/bin/env python3
"""Fails when --device, --finding, --since and --until show something else than a part of the report.

usage: part.py PROGRAM SAMPLES

Compares what is shown with the whole report of the same capture.
"""

import json
import os
import pathlib
import subprocess
import sys

NAMES = ["binding_fight", "two_phones_one_account", "outage_registrar", "credentials_refused", "binding_lapsed",
         "nat_mapping_expired", "register_flood", "scanner"]


class Checks:
    def __init__(self, program, samples):
        self.program, self.samples, self.bad, self.done = program, samples, [], 0

    def run(self, capture, *words):
        return subprocess.run([self.program, *words, f"{capture}.pcap"], cwd=self.samples, stdin=subprocess.DEVNULL,
                              env={**os.environ, "LC_ALL": "C.UTF-8"}, capture_output=True, timeout=60, check=False)

    def report(self, capture, *words):
        done = self.run(capture, "-o", "json", *words)
        self.expect(f"{capture} {words}: ends with {done.returncode}, {done.stderr.decode()}", done.returncode in (0, 1))
        document = json.loads(done.stdout)
        failed = any(finding["severity"] == "failure" for finding in document["findings"])
        self.expect(f"{capture} {words}: ends with {done.returncode}", done.returncode == int(failed))
        return document

    def expect(self, what, good):
        self.done += 1
        if not good:
            self.bad.append(what)


def names_of(things, member="id"):
    return [thing[member] for thing in things]


def check_devices(checks, capture, whole):
    for device in whole["devices"]:
        some = checks.report(capture, "--device", device["id"])
        findings = [finding for finding in whole["findings"] if finding["device"] == device["id"]]
        checks.expect(f"{capture}: {device['id']} is another", some["devices"] == [device])
        checks.expect(f"{capture}: findings of {device['id']}", some["findings"] == findings)
        checks.expect(f"{capture}: left out", some["part"]["devices_left_out"] == len(whole["devices"]) - 1)
        text = checks.run(capture, "--device", device["id"]).stdout.decode()
        checks.expect(f"{capture}: {device['id']} is not told", f"\n{device['aor']}: {device['state']}\n" in text)


def check_findings(checks, capture, whole):
    for name in sorted(set(names_of(whole["findings"]))):
        some = checks.report(capture, "--finding", name)
        findings = [finding for finding in whole["findings"] if finding["id"] == name]
        checks.expect(f"{capture}: --finding {name}", some["findings"] == findings)
        checks.expect(f"{capture}: devices of {name}",
                      set(names_of(some["devices"])) <= {finding["device"] for finding in findings})


def reaches(thing, since, until, begin="time", end="until"):
    return thing[begin] <= until and thing.get(end, thing[begin]) >= since


def check_times(checks, capture, whole):
    """A quarter of the capture, named by its times."""
    times = [event["time"] for device in whole["devices"] for event in device["timeline"]]
    since, until = sorted(times)[len(times) // 4], sorted(times)[len(times) // 2]
    some = checks.report(capture, "--since", since, "--until", until)
    checks.expect(f"{capture}: the time", (some["part"]["since"][:26], some["part"]["until"][:26])
                  == (since[:26], until[:26]))
    all_devices = {device["id"]: device for device in whole["devices"]}
    # The command line knows microseconds.
    since, until = some["part"]["since"], some["part"]["until"]
    for device in some["devices"]:
        before = all_devices[device["id"]]
        for member, begin, end in (("timeline", "time", "until"), ("intervals", "from", "until"),
                                   ("bindings", "since", "until"), ("attempts", "opened", "closed")):
            kept = [thing for thing in before[member] if reaches(thing, since, until, begin, end)
                    or (member == "attempts" and reaches(thing, since, until, "first_opened", "closed")
                        if "first_opened" in thing else False)]
            checks.expect(f"{capture}: {member} of {device['id']}", device[member] == kept)
    checks.expect(f"{capture}: a finding of another time",
                  all(reaches(finding, since, until, "from") for finding in some["findings"] if finding["from"]))


def check_stream(checks, capture, whole):
    for device in whole["devices"][:2]:
        done = checks.run(capture, "-o", "jsonl", "--device", device["id"])
        lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
        checks.expect(f"{capture}: lines of others", {line["device"] for line in lines if "device" in line}
                      <= {device["id"]})
        checks.expect(f"{capture}: no line of {device['id']}", any(line["type"] == "device" for line in lines))


def check_page(checks):
    """A page with one device has no message of another."""
    whole = checks.report("two_phones_one_account")
    ours, others = whole["devices"][0], whole["devices"][1]
    page = checks.run("two_phones_one_account", "-o", "html", "--device", ours["id"]).stdout.decode()
    for device, there in ((ours, True), (others, False)):
        for attempt in device["attempts"][:1]:
            checks.expect(f"Call-ID of {device['id']}", (f"Call-ID: {attempt['call_id']}" in page) == there)


def check_nothing(checks):
    done = checks.run("credentials_refused", "--device", "nobody")
    text = done.stdout.decode()
    checks.expect("nobody is there", done.returncode == 0 and "No device fits what was asked for." in text)
    checks.expect("says nothing of the rest", "devices nobody, without 1 device and " in text)


def check_wrong(checks):
    for words, sentence in ((["--since", "noon"], "no such time 'noon'"), (["--until", "25:00"], "no such time '25:00'"),
                            (["--since", "+2h", "--until", "+1h"], "--until is before --since")):
        done = checks.run("credentials_refused", *words)
        checks.expect(f"{words}: {done.returncode}, {done.stderr.decode()}",
                      done.returncode == 2 and sentence in done.stderr.decode() and done.stdout == b"")


def main():
    checks = Checks(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
    for capture in NAMES:
        if not (checks.samples / f"{capture}.pcap").exists():
            continue
        whole = checks.report(capture)
        checks.expect(f"{capture}: the whole is no part", whole["part"] is None)
        check_devices(checks, capture, whole)
        check_findings(checks, capture, whole)
        check_times(checks, capture, whole)
        check_stream(checks, capture, whole)
    check_page(checks)
    check_nothing(checks)
    check_wrong(checks)
    print("\n".join([*checks.bad[:40], f"{checks.done} checks, {len(checks.bad)} failed"]))
    return bool(checks.bad) or checks.done < 50


if __name__ == "__main__":
    sys.exit(main())
