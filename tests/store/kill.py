#!/usr/bin/env python3
"""Fails when kill -9 costs the history more than its last second, or the database.

usage: kill.py SCRIBE [ROUNDS [ROWS]]

A program that writes a history is killed at random moments, always on the same
database. Each time the database opens, is sound, and has everything that was told up to
a second before; the next run closes what the killed one left open.
"""

import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

SECOND = 1_000_000_000

# A machine that is busy with other tests wakes the writing thread late, and syncs its disk slowly.
LATE = 2 * SECOND


def ask(database, query):
    return database.execute(query).fetchall()


def look(path, killed, lived):
    """What is wrong with the database after a kill at 'killed'."""
    database = sqlite3.connect(path)
    bad = []
    if ask(database, "PRAGMA integrity_check") != [("ok",)]:
        bad.append("integrity_check fails")
    [(newest,)] = ask(database, "SELECT max(closed) FROM attempts")
    if lived > 4 and (newest or 0) < killed - SECOND - LATE:
        bad.append(f"the newest row is {(killed - (newest or 0)) / SECOND:.3f} s older than the kill")
    for query, what in (
            ("SELECT count(*) FROM intervals WHERE ended IS NULL AND run <> (SELECT max(id) FROM runs)",
             "intervals of earlier runs are open"),
            ("SELECT count(*) FROM intervals WHERE ended < began", "intervals end before they begin"),
            ("SELECT count(*) FROM (SELECT began, lag(ended) OVER (PARTITION BY device ORDER BY id) AS before"
             " FROM intervals) WHERE began < before", "intervals of a device overlap"),
            ("SELECT count(*) FROM runs WHERE ended IS NULL AND id < (SELECT max(id) FROM runs)",
             "earlier runs have no end"),
            ("SELECT count(*) - 100 FROM devices WHERE 1 HAVING count(*) > 100", "devices are there twice")):
        rows = ask(database, query)
        if rows and rows[0][0]:
            bad.append(f"{rows[0][0]} {what}")
    [(runs,)], [(blind,)] = ask(database, "SELECT count(*) FROM runs"), ask(
        database, "SELECT count(*) FROM ledger WHERE kind = 'blind'")
    if blind != max(0, runs - 1):
        bad.append(f"{runs} runs, but {blind} times between them")
    database.close()
    return bad, (killed - (newest or killed)) / SECOND


def main():
    scribe = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    rows = sys.argv[3] if len(sys.argv) > 3 else "2000"
    chance = random.Random(20260131)
    bad, missing = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "history.db"
        for number in range(rounds):
            writing = subprocess.Popen([scribe, path, "rush", rows], stdout=subprocess.PIPE)
            writing.stdout.readline()
            lived = chance.uniform(4.2, 4.9) if number % 10 == 0 else chance.uniform(0, 0.7)
            time.sleep(lived)
            killed = time.time_ns()
            writing.send_signal(signal.SIGKILL)
            writing.wait()
            wrong, lost = look(path, killed, lived)
            bad += [f"round {number}, killed after {lived:.3f} s: {what}" for what in wrong]
            if lived > 4:
                missing.append(lost)
    print(f"{rounds} kills; of those after four seconds at most {max(missing):.3f} s were missing")
    print("\n".join(bad or ["the history was sound each time"]))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
