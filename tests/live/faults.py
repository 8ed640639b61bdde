#!/usr/bin/env python3
"""What happens around a watched run: it is killed, its disk is full, nobody reads what it writes.

usage: faults.py PROGRAM MKFLOOD [NAME...]

None of it may cost a packet, what was learned before, or more than three seconds at the end. Interfaces that
come and go are tried by app/watch.py. The clock of this machine is not set: capture/test_wall has that.
"""

import contextlib
import json
import os
import pathlib
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "app"))
import watch  # pylint: disable=wrong-import-position

KILLS = 20

# A build with sanitizers takes its time.
SLOW = "WHYREG_SLOW" in os.environ
RATE = 5000 if SLOW else 100000
ENDS_WITHIN = 10 if SLOW else 3

# Enough for the pipe of a reader that stands still, and for the queue before it.
STALLED_DEVICES = 12000
DISK = 8 << 20


class Town:
    """Phones that register, as frames; 'send' plays some of them."""

    def __init__(self, mkflood, folder, devices, interval=30, seconds=60):
        path = folder / f"town-{devices}.pcap"
        with path.open("wb") as out:
            subprocess.run([mkflood, str(devices), str(interval), str(seconds)], stdout=out, check=True)
        self.frames = [frame for _, frame in watch.frames(path)]
        path.unlink()
        self.sent = 0

    def send(self, rate=20000, count=None, until=None):
        """Frames a second; from the beginning again when they are all."""
        begun = time.monotonic()
        with watch.socket_in(watch.FAR, watch.OUT) as out:
            for i in range(count if count is not None else sys.maxsize):
                if until is not None and until.is_set():
                    break
                out.send(self.frames[self.sent % len(self.frames)])
                self.sent += 1
                if i % 32 == 0:
                    time.sleep(max(0, begun + i / rate - time.monotonic()))

    @contextlib.contextmanager
    def sending(self, rate):
        """Traffic, as long as the context lasts."""
        done = threading.Event()
        thread = threading.Thread(target=self.send, kwargs={"rate": rate, "until": done})
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def counts(run):
    """What it said at its end: captured, received, dropped."""
    return tuple(map(int, re.search(r"(\d+) captured, (\d+) received by filter, (\d+) dropped", run.said()).groups()))


def nothing_was_dropped(run, sent):
    assert counts(run) == (sent, sent, 0), f"{sent} sent\n{run.said()}"


def ends_soon(run, statuses=(0, 1)):
    begun = time.monotonic()
    run.process.terminate()
    status = run.process.wait(20)
    assert time.monotonic() - begun < ENDS_WITHIN, "it took too long to end"
    assert status in statuses, f"{status}\n{run.said()}"


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def ask(path, query):
    with contextlib.closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def killed_at_any_moment(program, mkflood, folder):
    """The history opens each time, and of the lines the last one at most is torn."""
    chance = random.Random(20260131)
    town = Town(mkflood, folder, 200)
    (folder / "kept").mkdir()
    with town.sending(3000):
        for number in range(KILLS):
            run = watch.Watch(program, folder, "--history", "history.db", "-o", "jsonl:live.jsonl", "-w", "kept",
                              "--metrics-file", "metrics.prom")
            time.sleep(2.5 if number % 10 == 5 else chance.uniform(0, 0.6))
            assert run.process.poll() is None, run.said()
            run.process.kill()
            run.process.wait()
            path = folder / "live.jsonl"
            for line in path.read_text().split("\n")[:-1] if path.exists() else ():
                json.loads(line)
            if not (folder / "history.db").exists():
                continue
            done = subprocess.run([program, "history", "--history", folder / "history.db"], capture_output=True,
                                  text=True, check=False, timeout=20)
            assert done.returncode in (0, 1) or "nobody has watched" in done.stderr, (number, done)
            assert ask(folder / "history.db", "PRAGMA integrity_check") == [("ok",)], number
    assert ask(folder / "history.db", "SELECT count(*) FROM attempts")[0][0] > 200
    for path in (folder / "kept").iterdir():
        done = subprocess.run([program, "-o", "json", path], capture_output=True, check=False)
        assert done.returncode in (0, 1, 3), (path, done)


def ended_amid_traffic(program, mkflood, folder):
    """What the kernel holds is taken, and no more than that."""
    town = Town(mkflood, folder, 2000)
    for number in (signal.SIGTERM, signal.SIGINT):
        run = watch.Watch(program, folder, "-o", "json:live.json", "--history", "history.db").listening()
        with town.sending(RATE):
            time.sleep(1)
            before, begun = town.sent, time.monotonic()
            run.end(number)
            assert time.monotonic() - begun < ENDS_WITHIN, "it took too long to end"
        captured, _, dropped = counts(run)
        assert captured >= before > 1000 and dropped == 0, (before, run.said())
        town.sent = 0
        assert json.loads((folder / "live.json").read_text())["captures"][0]["packets"] == counts(run)[0]


def nobody_reads(program, mkflood, folder, seconds=3):
    """A pipe without a reader costs lines, and the first reader is told how many."""
    town = Town(mkflood, folder, STALLED_DEVICES, seconds=30)
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    run = watch.Watch(program, folder, "-v", "-o", f"jsonl:{pipe}", "-o", "json:live.json").listening()
    town.send(rate=len(town.frames) / seconds, count=len(town.frames))
    time.sleep(1)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    text, end = b"", time.monotonic() + 20
    while b'"type":"lost"' not in text and time.monotonic() < end:
        with contextlib.suppress(BlockingIOError):
            text += os.read(reader, 1 << 20)
        if len(text) > 7 << 20:  # some more, for the line to come
            town.send(count=200)
    os.close(reader)
    lost = [json.loads(line) for line in text.decode().splitlines() if '"type":"lost"' in line]
    assert lost and lost[0]["records"] > 0 and "slow" in lost[0]["because"], (len(text), lost)
    ends_soon(run, (2,))
    nothing_was_dropped(run, town.sent)


def a_command_hangs(program, mkflood, folder):
    town = Town(mkflood, folder, 300)
    run = watch.Watch(program, folder, "--on-change", "sleep 60", "-o", "json:live.json").listening()
    town.send(count=len(town.frames))
    time.sleep(1)
    ends_soon(run)
    nothing_was_dropped(run, town.sent)


@contextlib.contextmanager
def small_disk(folder):
    place = folder / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place):
    """Not a byte is left."""
    with (place / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(4096))


def the_disk_is_full(program, mkflood, folder):
    """It goes on, says so, and writes again as soon as there is room."""
    with small_disk(folder) as disk:
        (disk / "kept").mkdir()
        town = Town(mkflood, folder, 100)
        run = watch.Watch(program, folder, "-v", "-o", f"jsonl:{disk}/live.jsonl", "--history", disk / "history.db",
                          "-w", disk / "kept", "-W", "3", "--metrics-file", disk / "metrics.prom",
                          "-o", "json:live.json").listening()
        town.send(count=50)
        time.sleep(1.5)
        fill(disk)
        town.send(count=len(town.frames) // 2)
        time.sleep(2.5)
        assert run.process.poll() is None, run.said()
        assert all(path.stat().st_size > 0 for path in (disk / "kept").iterdir()), "empty files of evidence"
        (disk / "filler").unlink()
        town.send(count=len(town.frames) // 2 - 50)
        time.sleep(3)
        ends_soon(run, (2,))
        nothing_was_dropped(run, town.sent)
        assert any((disk / "kept").iterdir()), "no evidence"
        lines = lines_of(disk / "live.jsonl")
        lost = [line for line in lines if line["type"] == "lost"]
        assert lost and lines[-1]["type"] == "coverage", (lost, lines[-1])
        assert ask(disk / "history.db", "PRAGMA integrity_check") == [("ok",)]
        kinds = {kind for (kind,) in ask(disk / "history.db", "SELECT DISTINCT kind FROM ledger")}
        assert "output_dropped" in kinds, kinds
        devices = len(json.loads((folder / "live.json").read_text())["devices"])
        assert ask(disk / "history.db", "SELECT count(*) FROM devices") == [(devices,)], "devices are missing"


def lines_are_rotated(program, mkflood, folder):
    """Each attempt is in one of the files, and in no other."""
    town = Town(mkflood, folder, 400)
    run = watch.Watch(program, folder, "-o", "jsonl:live.jsonl", "-o", "json:live.json").listening()
    with town.sending(4000):
        for number in range(12):
            time.sleep(0.15)
            (folder / "live.jsonl").rename(folder / f"old{number}.jsonl")
            run.process.send_signal(signal.SIGHUP)
            end = time.monotonic() + 10
            while not (folder / "live.jsonl").exists():
                assert time.monotonic() < end, "no new file"
                time.sleep(0.01)
    time.sleep(0.3)
    run.end()
    nothing_was_dropped(run, town.sent)
    paths = [folder / f"old{number}.jsonl" for number in range(12)] + [folder / "live.jsonl"]
    lines = [line for path in paths for line in lines_of(path)]
    told = sorted(json.dumps(line, sort_keys=True) for line in lines if line["type"] == "attempt")
    report = json.loads((folder / "live.json").read_text())
    attempts = sum(sum(device["counts"].values()) if "counts" in device else len(device["attempts"])
                   for device in report["devices"])
    assert len(told) == len(set(told)), "an attempt is told twice"
    assert sum(line["type"] == "coverage" for line in lines) == 1
    assert len(told) == attempts, f"{len(told)} told, {attempts} in the report"


def an_interface_is_gone_for_a_while(program, mkflood, folder):
    """The history remembers what was not seen, and all that was learned before."""
    town = Town(mkflood, folder, 20)
    run = watch.Watch(program, folder, "--history", "history.db", "-o", "json:live.json").listening()
    town.send(count=100)
    time.sleep(0.5)
    watch.ip("-n", watch.FAR, "link", "del", watch.OUT)
    run.until("nothing can be seen any more")
    watch.join()
    run.until("is back")
    town.send(count=100)
    time.sleep(0.5)
    run.end()
    kinds = {kind for (kind,) in ask(folder / "history.db", "SELECT DISTINCT kind FROM ledger")}
    assert "gap" in kinds, kinds
    report = json.loads((folder / "live.json").read_text())
    assert report["captures"][0]["packets"] == town.sent
    assert len(report["captures"][0]["gaps"]) == 1


TESTS = (killed_at_any_moment, ended_amid_traffic, nobody_reads, a_command_hangs, the_disk_is_full, lines_are_rotated,
         an_interface_is_gone_for_a_while)


def main():
    program, mkflood = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    chosen = [test for test in TESTS if not sys.argv[3:] or test.__name__ in sys.argv[3:]]
    try:
        watch.set_up()
        watch.socket_in(watch.FAR, watch.OUT).close()
    except (OSError, subprocess.CalledProcessError) as error:
        watch.tear_down()
        print(f"skipped: no network namespaces can be made here ({error})")
        return watch.SKIPPED
    try:
        for test in chosen:
            begun = time.monotonic()
            with tempfile.TemporaryDirectory() as folder:
                test(program, mkflood, pathlib.Path(folder))
            print(f"{test.__name__.replace('_', ' ')} ({time.monotonic() - begun:.1f} s)", flush=True)
    finally:
        watch.tear_down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
