#!/usr/bin/env python3
"""Fails when "whyreg history", "report" or "state" tell something else than the history knows.

usage: past.py PROGRAM SCRIBE

The histories are written by the test's own writer: one that is over, and one that goes on
while it is read.
"""

import contextlib
import csv
import io
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time


class Past:
    def __init__(self, program, scribe, folder):
        self.program, self.scribe, self.folder, self.bad = program, scribe, folder, []

    def ask(self, name, *words):
        environment = {**os.environ, "WHYREG_HISTORY": str(self.folder / name), "LC_ALL": "C.UTF-8"}
        return subprocess.run([self.program, *words], env=environment, capture_output=True, text=True, timeout=60,
                              check=False)

    def expect(self, what, found, wanted):
        if found != wanted:
            self.bad.append(f"{what}: {found!r} instead of {wanted!r}")

    def expect_status(self, name, wanted, *words):
        done = self.ask(name, *words)
        self.expect(f"status of {' '.join(words)} on {name} ({done.stderr.strip()})", done.returncode, wanted)
        return done.stdout

    def expect_words(self, what, text, *wanted):
        self.bad += [f"{what} lacks '{word}':\n{text}" for word in wanted if word not in text]

    @contextlib.contextmanager
    def writing(self, name, *words):
        process = subprocess.Popen([self.scribe, self.folder / name, *words], stdout=subprocess.PIPE)
        process.stdout.readline()
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()


def look_at_story(past):
    subprocess.run([past.scribe, past.folder / "story.db", "story"], check=True, timeout=60)
    text = past.expect_status("story.db", 0, "history")
    past.expect("lines of the list", len(text.splitlines()), 4)
    past.expect_words("the list", text, "alice@example.com", "64.00 %", "100.00 %")

    text = past.expect_status("story.db", 0, "history", "bob")
    past.expect_words("bob's life", text, "2026-01-31", "12:10:00  lost", "403 Forbidden, 3 min 20 s, 2 times",
                      "credentials_refused", "resolved: the device is registered again")
    past.expect("a stranger", past.ask("story.db", "history", "mallory").returncode, 2)

    rows = list(csv.DictReader(io.StringIO(past.expect_status("story.db", 0, "history", "-o", "csv", "*@example.com"))))
    past.expect("events in the CSV", {row["aor"] for row in rows},
                {f"{name}@example.com" for name in ("alice", "bob", "carol")})
    past.expect("kinds in the CSV", {row["kind"] for row in rows}, {"attempt", "interval", "finding"})

    told = json.loads(past.expect_status("story.db", 0, "history", "-o", "json", "bob"))
    [bob] = told["devices"]
    past.expect("bob's intervals", [one["condition"] for one in bob["intervals"]], ["stable", "lost", "settling"])
    past.expect("bob's evidence", bob["findings"][0]["evidence"][0]["seen"], "403 Forbidden")
    told = json.loads(past.expect_status("story.db", 0, "history", "-o", "json", "--since", "2026-01-31T12:12:00Z",
                                         "--until", "+1m", "bob"))
    past.expect("bob's intervals in a minute", [one["condition"] for one in told["devices"][0]["intervals"]], ["lost"])


def look_at_report(past):
    text = past.expect_status("story.db", 1, "report", "--since", "2026-01-31T12:00:00Z")
    past.expect_words("the report", text, "2 failures", "100.00 % of that time", "3 devices, registered 88.00 %",
                      "credentials_refused", "refresh_too_late", "403 Forbidden", "6 min")
    told = json.loads(past.expect_status("story.db", 1, "report", "--since", "2026-01-31", "-o", "json"))
    past.expect("covered", told["covered_seconds"], 1000.0)
    past.expect("the worst", [one["aor"] for one in told["worst"]], ["bob@example.com"])
    past.expect("kinds", [(one["id"], one["times"]) for one in told["kinds"]],
                [("credentials_refused", 2), ("refresh_too_late", 1)])
    text = past.expect_status("story.db", 0, "report", "--since", "2026-01-31T12:00:00Z", "--until", "+5m")
    past.expect_words("a quiet report", text, "All is well: 3 devices")
    past.expect_words("a report of another year", past.expect_status("story.db", 0, "report", "--since", "2020-01-01",
                                                                     "--until", "2020-02-01"), "Nobody was watching")


def look_at_state(past):
    past.expect_status("story.db", 2, "state")  # it is over
    with past.writing("watch.db", "watch"):
        for wanted, *words in ((0, "alice"), (0, "alice@example.com"), (0, "sip:alice@example.com"), (0, "192.168.0.1"),
                               (1, "bob"), (0, "--stable=30", "bob"), (1, "--stable=5m", "bob"),
                               (1, "--stable=1h", "alice"), (1, "carol"), (1, "alice", "carol"), (2, "mallory"),
                               (2, "alice", "mallory"), (1, "carol", "mallory"), (1,), (1, "*@example.com")):
            past.expect_status("watch.db", wanted, "state", *words)
            past.expect("what --quiet prints", past.ask("watch.db", "state", "--quiet", *words).stdout, "")
        told = json.loads(past.expect_status("watch.db", 1, "state", "-o", "json"))
        past.expect("conditions", [one["condition"] for one in told["accounts"]], ["stable", "settling", "danger"])
        past.expect("watching", told["watching"], True)
        text = past.expect_status("watch.db", 1, "state", "carol")
        past.expect_words("carol's state", text, "danger", "refused", "carol@example.com was refused")
    past.expect_status("watch.db", 0, "state", "alice")  # killed, but a moment ago
    with sqlite3.connect(past.folder / "watch.db") as database:
        database.execute("UPDATE runs SET heartbeat = heartbeat - 20000000000")
    database.close()
    past.expect_status("watch.db", 2, "state", "alice")
    past.expect_words("what is said then", past.ask("watch.db", "state").stderr, "nobody is watching")


def look_while_it_is_written(past):
    with past.writing("rush.db", "rush", "3000"):
        time.sleep(2)  # what is told in a second can be read after it
        for _ in range(10):
            past.expect_status("rush.db", 0, "history")
            past.expect("a reader", json.loads(past.expect_status("rush.db", 0, "history", "-o", "json", "7"))["schema"], 1)


def look_at_mistakes(past):
    past.expect_status("none.db", 2, "history")
    past.expect_status("none.db", 2, "report")
    done = past.ask("none.db", "state", "--quiet", "alice")
    past.expect("a quiet mistake", (done.returncode, done.stdout + done.stderr), (2, ""))
    (past.folder / "text.db").write_text("no database\n" * 100)
    past.expect_words("what is no database", past.ask("text.db", "history").stderr, "not a database")
    past.expect("no time", past.ask("story.db", "report", "--since", "soon").returncode, 2)
    past.expect("no format", past.ask("story.db", "state", "-o", "csv").returncode, 2)
    past.expect("no order", past.ask("story.db", "report", "--since", "-1h", "--until", "-2h").returncode, 2)


def main():
    program, scribe = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        past = Past(program, scribe, pathlib.Path(folder))
        for look in (look_at_story, look_at_report, look_at_state, look_while_it_is_written, look_at_mistakes):
            look(past)
    print("\n".join(past.bad or ["the past is told as it was"]))
    return bool(past.bad)


if __name__ == "__main__":
    sys.exit(main())
