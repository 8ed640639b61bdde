#!/usr/bin/env python3
"""Fails when a feature does not work in the sandbox, or when there is none.

usage: sandbox.py PROGRAM SAMPLES

Every command and every format runs in the sandbox and outside of it, and has to
print and write the same. Then a run is looked at from the outside, while it
follows a capture: what it could still do.
"""

import gzip
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

FORMATS = ["text", "json", "jsonl", "html", "csv"]
SKIPPED = 77

# Words of the command line; OUT is a file that does not exist yet, MADE one that does.
RUNS = [
    *[["-o", form, "binding_fight.pcap"] for form in FORMATS],
    *[["-o", f"{form}:OUT", "binding_fight.pcap"] for form in FORMATS],
    *[["-o", f"{form}:MADE", "answer_lost.pcap"] for form in FORMATS],
    ["-o", "text:/dev/null", "-o", "json", "answer_lost.pcap"],
    ["-v", "--ladder", "binding_lapsed.pcap"],
    ["-q", "answer_lost.pcap", "binding_fight.pcap"],
    ["--redact", "-o", "json", "binding_fight.pcap"],
    ["-w", "OUT", "binding_fight.pcap"],
    ["-w", "MADE", "-o", "html:OUT", "answer_lost.pcap"],
    ["--credentials", "password_altered.credentials", "--insecure-credentials", "password_altered.pcap"],
    ["--credentials", "env:ACCOUNT", "password_altered.pcap"],
    ["packed.pcap.gz"],
    ["linked.pcap"],
    ["./answer_lost.pcap"],
    ["-f", "udp port sip or icmp", "answer_lost.pcap"],
    ["-f", "host localhost", "answer_lost.pcap"],
    ["answer_lost.pcap", "udp", "or", "tcp"],
    ["compare", "-o", "json", "lab_answers_dropped_inside.pcap", "lab_answers_dropped.pcap"],
    ["compare", "-w", "OUT", "lab_answers_dropped_inside.pcap", "lab_answers_dropped.pcap"],
    ["digest", "--credentials", "password_altered.credentials", "--insecure-credentials", "password_altered.pcap"],
    ["explain"],
    ["explain", "answer_lost"],
    ["explain", "407"],
    ["lesson"],
    ["lesson", "3"],
    # What is wrong is told in the same words.
    ["not_there.pcap"],
    ["."],
    ["binding_fight.expected"],
    ["-o", "json:not/there", "answer_lost.pcap"],
    ["-o", "json:.", "answer_lost.pcap"],
    ["-w", "/dev/full", "answer_lost.pcap"],
    ["-f", "no filter", "answer_lost.pcap"],
    ["--credentials", "not_there", "answer_lost.pcap"],
    ["digest", "answer_lost.pcap"],
]
HAVE_NO_SANDBOX = ("explain", "lesson")


class Checks:
    def __init__(self, program, samples, folder):
        self.program, self.samples, self.folder = program, samples, folder
        self.done, self.bad = 0, []

    def expect(self, what, good):
        self.done += 1
        if not good:
            self.bad.append(what)

    def environment(self):
        account = (self.samples / "password_altered.credentials").read_text(encoding="utf-8").splitlines()[-1]
        return {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", "ACCOUNT": account,
                "WHYREG_SAMPLES": str(self.samples)}

    def run(self, words, **options):
        given = {"stdin": subprocess.DEVNULL, **options} if "input" not in options else options
        return subprocess.run([self.program, *words], cwd=self.folder, env=self.environment(),
                              capture_output=True, timeout=60, check=False, **given)


def with_files(folder, words):
    """The words with real files for OUT and MADE, and these files."""
    new, made = folder / "new", folder / "made"
    new.unlink(missing_ok=True)
    made.write_text("old", encoding="utf-8")
    return [word.replace("OUT", new.name).replace("MADE", made.name) for word in words], (new, made)


def told(checks, words, files, **options):
    done = checks.run(words, **options)
    written = [path.read_bytes() if path.exists() else None for path in files]
    return done.returncode, done.stdout, done.stderr, written


def check_same(checks, words, **options):
    real, files = with_files(checks.folder, words)
    outside = real[:1] + ["--no-sandbox"] + real[1:] if real[0] in ("compare", "digest") else ["--no-sandbox", *real]
    if real[0] in HAVE_NO_SANDBOX:
        outside = real
    free = told(checks, outside, files, **options)
    with_files(checks.folder, words)
    caught = told(checks, real, files, **options)
    checks.expect(f"{words}: ended with {caught[0]}\n{caught[2].decode()}", caught[0] in (0, 1, 2))
    checks.expect(f"{words}: the sandbox changes what is told: {caught[0]} instead of {free[0]}\n"
                  f"{free[2].decode()}\n{caught[2].decode()}", caught == free)
    left = {path.name for path in checks.folder.iterdir()} - checks.present - {"new", "made"}
    checks.expect(f"{words}: leaves {left}", not left)


def check_passed_on(checks):
    """Captures and accounts that come over descriptors."""
    capture = (checks.samples / "answer_lost.pcap").read_bytes()
    for words in (["-"], ["/dev/stdin"], ["-r", "-", "--follow"]):
        check_same(checks, words, input=capture)
    with open(checks.samples / "answer_lost.pcap", "rb") as source:
        check_same(checks, [f"/dev/fd/{source.fileno()}"], pass_fds=[source.fileno()])
    reading, writing = os.pipe()
    os.write(writing, b"alice:*:wrong\n")
    os.close(writing)
    done = checks.run(["--credentials", f"fd:{reading}", "answer_lost.pcap"], pass_fds=[reading])
    os.close(reading)
    checks.expect(f"accounts over a descriptor: {done.stderr.decode()}", done.returncode in (0, 1))


def status_of(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def check_from_outside(checks):
    """A run that follows a capture has no rights left, and ends well."""
    with tempfile.TemporaryFile() as stranger, \
            subprocess.Popen([checks.program, "--follow", "-o", "jsonl:new", "answer_lost.pcap"], cwd=checks.folder,
                             env=checks.environment(), stdin=subprocess.DEVNULL,
                             pass_fds=[stranger.fileno()], stderr=subprocess.PIPE) as run:
        deadline = time.monotonic() + 20
        while status_of(run.pid)["Seccomp"].strip() != "2" and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.5)
        status = status_of(run.pid)
        passed = pathlib.Path(f"/proc/{run.pid}/fd/{stranger.fileno()}")
        forgotten = passed.is_symlink() and not str(os.readlink(passed)).endswith("answer_lost.pcap") \
            and "(deleted)" in os.readlink(passed)
        run.send_signal(signal.SIGINT)
        message = run.communicate(timeout=30)[1]
    checks.expect(f"followed: ended with {run.returncode} {message}", run.returncode in (0, 1))
    checks.expect("no filter of system calls", status["Seccomp"].strip() == "2")
    checks.expect("new privileges can be had", status["NoNewPrivs"].strip() == "1")
    checks.expect(f"capabilities {status['CapEff']}", int(status["CapEff"], 16) & ~0b110 == 0)
    checks.expect("a descriptor that nobody named is open", not forgotten)


def check_killed(checks):
    """The test would not see a sandbox that does nothing: a filter that is looked up asks nobody."""
    done = checks.run(["-f", "host registrar.example.invalid", "answer_lost.pcap"])
    checks.expect(f"a host's name was looked up: {done}", done.returncode == 2 and b"filter" in done.stderr)


def main():
    program, samples = (pathlib.Path(word).resolve() for word in sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="whyreg-sandbox-") as folder:
        checks = Checks(str(program), samples, pathlib.Path(folder))
        wanted = {word for words in RUNS for word in words
                  if word.endswith((".pcap", ".credentials", ".expected")) and (samples / word).exists()}
        for name in sorted(wanted | {"answer_lost.pcap"}):
            shutil.copy(samples / name, folder)
        with gzip.open(checks.folder / "packed.pcap.gz", "wb") as packed:
            packed.write((samples / "answer_lost.pcap").read_bytes())
        (checks.folder / "linked.pcap").symlink_to(samples / "answer_lost.pcap")
        checks.present = {path.name for path in checks.folder.iterdir()}

        outside = checks.run(["-v", "answer_lost.pcap"]).stderr.decode()
        if "no sandbox: " in outside:
            print(outside.strip())
            return SKIPPED
        for words in RUNS:
            check_same(checks, words)
        check_passed_on(checks)
        check_from_outside(checks)
        check_killed(checks)
        print("\n".join(checks.bad or [f"{checks.done} things are the same in the sandbox {outside.strip()}"]))
        return bool(checks.bad)


if __name__ == "__main__":
    sys.exit(main())
