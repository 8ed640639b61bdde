#!/usr/bin/env python3
"""Phones and a registrar as they are, watched and recorded at the same time.

usage: registrar.py PROGRAM

What the watched run says at its end is what the analysis of the recording says, and at every moment
before it, "whyreg state", the events, the metrics and the commands told what was so.
"""

import contextlib
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time

import lab

STABLE = 4
PORT = 9871

# On a machine that does something else as well, states come late.
PATIENCE = 4
COMMAND = 'echo "$WHYREG_AOR $WHYREG_FROM $WHYREG_TO" >>changes'

# What each phone does, and how long it is at it: all of them together take half a minute.
PHONES = {
    "steady": [("register", 8, "secret"), ("pause", 4)] * 6 + [("register", 8, "secret")],
    "stream": [("register", 60, "secret"), ("pause", 12), ("register", 60, "secret")],
    "corrected": [("register", 60, "wrong"), ("pause", 5)] * 2 + [("register", 60, "secret")],
    "guess": [("register", 60, "wrong"), ("pause", 5)] * 4,
    "leaver": [("register", 60, "secret"), ("pause", 8), ("register", 0, "secret")],
    "vanish": [("register", 6, "secret")],
    "sleeper": [("register", 6, "secret"), ("pause", 14), ("register", 60, "secret")],
    "busy": [("refused",), ("pause", 5), ("refused",)],
}
HOME = [("register", 60, "secret"), ("pause", 20), ("register", 60, "secret")]

# (seconds, account, status): what "whyreg state" answers then. 0 stable, 1 not, 2 nobody knows.
MOMENTS = (
    (2.5, "steady", 1), (2.5, "vanish", 1), (2.5, "nobody", 2),
    (6.5, "stream", 0), (6.5, "steady", 0), (6.5, "leaver", 0),
    (8.5, "vanish", 1), (8.5, "sleeper", 1), (8.5, "guess", 1), (8.5, "corrected", 1),
    (11, "leaver", 1), (11, "steady", 0),
    (17, "corrected", 0), (17, "guess", 1), (17, "nobody", 2),
    (21, "sleeper", 0), (21, "vanish", 1), (21, "steady", 0),
)
FOUND = {("corrected", "credentials_refused"), ("guess", "credentials_refused"), ("sleeper", "binding_lapsed"),
         ("busy", "server_unavailable"), ("leaver", "deregistered")}
RESOLVED = {("corrected", "credentials_refused"), ("sleeper", "binding_lapsed")}
CHANGES = ("steady settling stable", "vanish danger lost", "corrected lost settling", "leaver stable lost",
           "sleeper lost settling")


# The watched run goes on for some time after the last packet.
OPEN_END = re.compile(r"was not seen to come back in .*")


def aor(name):
    return f"{name}@example.com"


def essence(report):
    """What a report says, without the numbers of devices and frames."""
    names = {device["id"]: device["aor"] for device in report["devices"]}
    return {
        "findings": sorted((finding["id"], finding["grade"], str(names.get(finding["device"])), finding["count"],
                            OPEN_END.sub("", finding["summary"])) for finding in report["findings"]),
        "devices": sorted((device["aor"], device["state"], len(device["attempts"]), len(device["bindings"]))
                          for device in report["devices"]),
        "counts": {key: report["counts"][key] for key in ("sip_messages", "register_requests", "register_responses",
                                                          "retransmissions")},
    }


def packets_of(path):
    raw, at, count = path.read_bytes(), 24, 0
    while at + 16 <= len(raw):
        length = struct.unpack_from("=I", raw, at + 8)[0]
        at, count = at + 16 + length, count + 1
    return count


class Course:
    """One run of everything."""

    def __init__(self, program, folder, laboratory):
        self.program, self.folder, self.lab = program, folder, laboratory
        laboratory.start_registrar(folder)
        self.tcpdump = self.begin("recorder", "tcpdump", "-i", "any", "-n", "-U", "-Z", "root",
                                  "--time-stamp-precision=nano", "-w", folder / "record.pcap", f"ip and not port {PORT}")
        self.watch = self.begin("watch", program, "watch", "-i", "any", "-o", "json:live.json", "-o", "jsonl:live.jsonl",
                                "--history", "history.db", "--metrics-file", "metrics.prom", "--listen", PORT,
                                "--stable", f"{STABLE}s", "--on-change", COMMAND)
        self.wrong = []

    def begin(self, name, *words):
        path = self.folder / f"{name}.errors"
        process = self.lab.start("registrar", *words, cwd=self.folder, stderr=path.open("w"))
        end = time.monotonic() + 20
        while "listening on" not in path.read_text():
            assert process.poll() is None and time.monotonic() < end, f"{name}: {path.read_text()}"
            time.sleep(0.02)
        return process

    def expect(self, what, good):
        if not good:
            self.wrong.append(what)

    def ask(self, *words):
        return subprocess.run([self.program, *words, "--history", self.folder / "history.db"], capture_output=True,
                              text=True, check=False, timeout=20)

    def look(self, moment, name, status):
        end = time.monotonic() + PATIENCE
        while (said := self.ask("state", aor(name))).returncode != status and time.monotonic() < end:
            time.sleep(0.2)
        self.expect(f"{moment} s: state of {name} is {said.returncode}, not {status}\n{said.stdout}{said.stderr}",
                    said.returncode == status)

    def pages(self):
        for page, word in (("/metrics", "# EOF"), ("/healthz", ""), ("/devices", aor("steady"))):
            code = f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:{PORT}{page}', timeout=5).read().decode())"
            got = subprocess.run(["ip", "netns", "exec", self.lab.names["registrar"], sys.executable, "-c", code],
                                 capture_output=True, text=True, check=False)
            self.expect(f"{page}: {got.stdout[-200:]}{got.stderr[-200:]}", got.returncode == 0 and word in got.stdout)

    def play(self):
        begun = time.monotonic()
        phones = [self.lab.start_phone(self.folder, name, steps, lab.DIRECT[i], "t1" if name == "stream" else "u1")
                  for i, (name, steps) in enumerate(PHONES.items())]
        if self.lab.nat:
            phones.append(self.lab.start_phone(self.folder, "home", HOME, lab.HOME))
        for moment, name, status in MOMENTS:
            time.sleep(max(0, begun + moment - time.monotonic()))
            self.look(moment, name, status)
        self.pages()
        for phone in phones:
            self.expect(f"a phone ended with {phone.wait(60)}", phone.wait() == 0)
        time.sleep(1.5)

    def end(self):
        self.look("before the end,", "steady", 0)
        self.lab.registrar.terminate()
        self.lab.registrar.wait(20)
        time.sleep(0.5)
        begun = time.monotonic()
        self.watch.terminate()
        status = self.watch.wait(20)
        self.expect("it took too long to end", time.monotonic() - begun < (10 if "WHYREG_SLOW" in os.environ else 3))
        self.expect(f"status {status}", status == 1)
        self.tcpdump.terminate()
        self.tcpdump.wait(20)
        self.look("after the end,", "steady", 2)

    def compare(self):
        live = json.loads((self.folder / "live.json").read_text())
        file = subprocess.run([self.program, "-o", "json", self.folder / "record.pcap"], capture_output=True, check=False)
        mine, theirs = essence(live), essence(json.loads(file.stdout))
        for key, value in mine.items():
            self.expect(f"{key}\nlive {value}\nfile {theirs[key]}", value == theirs[key])
        (capture,) = live["captures"]
        self.expect(f"packets: live {capture['packets']}, recorded {packets_of(self.folder / 'record.pcap')}",
                    capture["packets"] == packets_of(self.folder / "record.pcap"))
        self.expect(f"drops {capture['dropped']}", capture["dropped"] == 0)
        names = {device["id"]: device["aor"].split("@")[0] for device in live["devices"]}
        found = {(names.get(finding["device"]), finding["id"]) for finding in live["findings"]}
        self.expect(f"not found: {FOUND - found}", FOUND <= found)
        if self.lab.nat:
            self.expect(f"no word about the NAT: {found}", ("home", "nat_mapping_changed") in found)

    def hear(self):
        lines = [json.loads(line) for line in (self.folder / "live.jsonl").read_text().splitlines()]
        told = {(str(line["aor"]).split("@")[0], line["id"]) for line in lines if line["type"] == "resolved"}
        self.expect(f"resolved: {told}", told == RESOLVED)
        self.expect("the last line is the coverage", lines[-1]["type"] == "coverage")
        changes = (self.folder / "changes").read_text().replace("@example.com", "").splitlines()
        states = [f"{line['aor'].split('@')[0]} {line['from'] or 'unknown'} {line['to']}" for line in lines
                  if line["type"] == "state" and (line["from"] or line["to"] in ("danger", "lost"))]
        self.expect(f"commands ran for {changes}, but lines are {states}", sorted(changes) == sorted(states))
        self.expect(f"changes: {changes}", all(change in changes for change in CHANGES))
        self.expect("metrics", (self.folder / "metrics.prom").read_text().rstrip().endswith("# EOF"))

    def remember(self):
        said = self.ask("history", aor("corrected"))
        self.expect(f"history: {said.stdout}{said.stderr}", said.returncode in (0, 1) and "credentials" in said.stdout)
        said = self.ask("report", "--since", "-1h", "-o", "json")
        ids = {finding["id"] for finding in json.loads(said.stdout)["findings"]}
        self.expect(f"report: {ids}", {name for _, name in FOUND} - ids <= {"deregistered"})


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    with contextlib.ExitStack() as stack:
        try:
            laboratory = stack.enter_context(lab.Lab())
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            course = Course(program, folder, laboratory)
        except lab.Missing as missing:
            print(f"skipped: {missing}")
            return lab.SKIPPED
        if not laboratory.nat:
            print("without a NAT: nft does not work here")
        for step in (course.play, course.end, course.compare, course.hear, course.remember):
            step()
            print(step.__name__, "done" if not course.wrong else "failed", flush=True)
            if course.wrong:
                print("\n".join(course.wrong))
                print((folder / "watch.errors").read_text())
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
