#!/usr/bin/env python3
"""whyreg watch, from the outside: on a pair of interfaces that are joined and belong to nobody else.

usage: watch.py PROGRAM SAMPLES

Two network namespaces are made and removed again. Whoever may not do that sees the test skipped.
"""

import ctypes
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
FAR, NEAR = f"whyreg-far-{os.getpid()}", f"whyreg-near-{os.getpid()}"
OUT, IN = "wr-out", "wr-in"
CLONE_NEWNET = 0x40000000
ALL_FRAMES = 3
STAMPS = getattr(socket, "SO_TIMESTAMPNS", 35)
MIRRORED = ("password_wrong", "binding_fight", "challenge_unanswered", "keepalive_too_slow", "path_blocked",
            "answer_lost", "binding_lapsed", "request_too_large", "tcp_answer_lost")
NOISE = ("capture_", "clock_")


def ip(*words, check=True):
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=check)


def set_up():
    for name in (FAR, NEAR):
        ip("netns", "add", name)
        ip("-n", name, "link", "set", "lo", "up")
        subprocess.run(["ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"],
                       capture_output=True, check=False)
    join()


def join():
    ip("-n", FAR, "link", "add", OUT, "type", "veth", "peer", "name", IN, "netns", NEAR)
    ip("-n", FAR, "link", "set", OUT, "up")
    ip("-n", NEAR, "link", "set", IN, "up")


def tear_down():
    for name in (FAR, NEAR):
        ip("netns", "del", name, check=False)


def socket_in(namespace, interface):
    """A packet socket there; this process stays where it is."""
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    try:
        if libc.setns(there, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        found = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        found.bind((interface, ALL_FRAMES if namespace == NEAR else 0))
    finally:
        libc.setns(home, CLONE_NEWNET)
        os.close(home)
        os.close(there)
    return found


def frames(path):
    """(time, bytes) of a pcap file of this machine's byte order."""
    raw, at = path.read_bytes(), 24
    scale = {0xA1B23C4D: 1e-9, 0xA1B2C3D4: 1e-6}[struct.unpack_from("=I", raw)[0]]
    assert struct.unpack_from("=I", raw, 20)[0] == 1, f"{path} is not of Ethernet"
    while at < len(raw):
        seconds, part, length, _ = struct.unpack_from("=IIII", raw, at)
        yield seconds + part * scale, raw[at + 16:at + 16 + length]
        at += 16 + length


def wanted(path):
    """How many of its frames the default filter lets through: all but those that are no IP."""
    return sum(frame[12:14] == b"\x08\x00" for _, frame in frames(path))


def send(path, speed):
    with socket_in(FAR, OUT) as out:
        begun, first = time.monotonic(), None
        for stamp, frame in frames(path):
            first = stamp if first is None else first
            wait = (stamp - first) / speed - (time.monotonic() - begun)
            if wait > 0:
                time.sleep(min(wait, 0.2))
            out.send(frame)


class Recorder:
    """What goes over the wire meanwhile, as a file with the kernel's times."""

    def __init__(self, path):
        self.path, self.socket = path, socket_in(NEAR, IN)
        self.socket.setsockopt(socket.SOL_SOCKET, STAMPS, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.setblocking(False)

    def write(self):
        with self.path.open("wb") as out:
            out.write(struct.pack("=IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
            while True:
                try:
                    frame, notes, _, _ = self.socket.recvmsg(65536, 256)
                except BlockingIOError:
                    break
                seconds, part = struct.unpack("=qq", notes[0][2][:16])
                out.write(struct.pack("=IIII", seconds, part, len(frame), len(frame)) + frame)
        self.socket.close()


class Watch:
    """The program, watching."""

    def __init__(self, program, folder, *words):
        self.errors = (folder / "errors").open("w+")
        self.process = subprocess.Popen(["ip", "netns", "exec", NEAR, program, "watch", "-i", IN, *map(str, words)],
                                        stdin=subprocess.DEVNULL, stdout=(folder / "printed").open("w"),
                                        stderr=self.errors, cwd=folder)
        self.path = folder

    def said(self):
        self.errors.flush()
        return (self.path / "errors").read_text()

    def until(self, words, patience=20):
        end = time.monotonic() + patience
        while words not in self.said():
            assert time.monotonic() < end and self.process.poll() is None, f"not said: {words}\n{self.said()}"
            time.sleep(0.02)
        return self

    def listening(self):
        return self.until("listening on")

    def end(self, number=signal.SIGTERM):
        begun = time.monotonic()
        self.process.send_signal(number)
        status = self.process.wait(20)
        assert time.monotonic() - begun < (10 if "Sanitizer" in self.said() else 4), "it took too long to end"
        assert status in (0, 1), f"status {status}\n{self.said()}"
        return status


def essence(report):
    """What a report says, without the numbers of devices and frames."""
    names = {device["id"]: device["aor"] for device in report["devices"]}
    found = sorted((finding["id"], finding["grade"], str(names.get(finding["device"])), finding["count"])
                   for finding in report["findings"] if not finding["id"].startswith(NOISE))
    devices = sorted((device["aor"], device["state"], len(device["attempts"])) for device in report["devices"])
    return {"findings": found, "devices": devices}


def a_watched_run_finds_what_the_file_shows(program, samples, folder):
    for name in MIRRORED:
        path = samples / f"{name}.pcap"
        if not path.exists():
            continue
        record = Recorder(folder / "record.pcap")
        watch = Watch(program, folder, "-o", "json:live.json", "-o", "jsonl:live.jsonl").listening()
        stamps = [stamp for stamp, _ in frames(path)]
        send(path, max(1, (stamps[-1] - stamps[0]) / 1.5))
        time.sleep(0.3)
        record.write()
        live_status = watch.end()
        file = subprocess.run([program, "-o", "json", folder / "record.pcap"], capture_output=True, check=False)
        live = essence(json.loads((folder / "live.json").read_text()))
        shown = essence(json.loads(file.stdout))
        assert live == shown, f"{name}:\nlive {live}\nfile {shown}"
        assert live_status == file.returncode, (name, live_status, file.returncode)
        for line in (folder / "live.jsonl").read_text().splitlines():
            json.loads(line)


def it_says_what_it_listens_to_and_what_it_lost(program, samples, folder):
    watch = Watch(program, folder, "-B", "1024", "-s", "2000", "-p", "--port", "5080,5090").listening()
    send(samples / "password_wrong.pcap", 100)
    time.sleep(0.3)
    watch.end(signal.SIGINT)
    said = watch.said()
    assert "not promiscuous, buffer 1024 KiB, snapshot length 2000" in said, said
    assert "port 5080 or port 5090" in said, said
    captured, received, dropped = map(int, re.search(
        r"(\d+) captured, (\d+) received by filter, (\d+) dropped", said).groups())
    assert captured == received == wanted(samples / "password_wrong.pcap") and dropped == 0, said


def it_ends_after_so_many_packets_or_so_long(program, samples, folder):
    watch = Watch(program, folder, "-c5", "-o", "json:live.json").listening()
    send(samples / "binding_fight.pcap", 1e6)
    watch.process.wait(20)
    assert json.loads((folder / "live.json").read_text())["captures"][0]["packets"] == 5
    begun = time.monotonic()
    watch = Watch(program, folder, "--duration=1s", "-o", "json:live.json")
    watch.process.wait(20)
    assert 1 <= time.monotonic() - begun < 8
    assert json.loads((folder / "live.json").read_text())["captures"][0]["packets"] == 0


def signals_come_at_any_time(program, samples, folder):
    chance = random.Random(7)
    path = samples / "binding_fight.pcap"
    for _ in range(6):
        watch = Watch(program, folder, "-o", "json:live.json", "-o", "jsonl:live.jsonl", "-w", "kept.pcapng")
        time.sleep(chance.uniform(0, 0.6))
        number = chance.choice((signal.SIGTERM, signal.SIGINT))
        watch.process.send_signal(number)
        status = watch.process.wait(20)
        assert status in (0, 1, -number), f"{status}\n{watch.said()}"

    watch = Watch(program, folder, "-o", "json:live.json", "-o", "jsonl:live.jsonl").listening()
    rounds = 16
    for number in (signal.SIGHUP, signal.SIGUSR1) * (rounds // 2):
        watch.process.send_signal(number)
        send(path, 1e6)
        time.sleep(chance.uniform(0, 0.1))
    watch.until("whyreg: statistics")
    time.sleep(0.3)
    watch.end()
    packets = json.loads((folder / "live.json").read_text())["captures"][0]["packets"]
    assert packets == rounds * wanted(path), f"a signal cost packets: {packets}\n{watch.said()}"


def outputs_that_were_moved_away_begin_anew(program, samples, folder):
    watch = Watch(program, folder, "-o", "jsonl:live.jsonl").listening()
    (folder / "live.jsonl").rename(folder / "old.jsonl")
    watch.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + 10
    while not (folder / "live.jsonl").exists() and time.monotonic() < end:
        time.sleep(0.05)
    send(samples / "password_wrong.pcap", 100)
    time.sleep(0.3)
    watch.end()
    lines = [json.loads(line) for line in (folder / "live.jsonl").read_text().splitlines()]
    assert any(line["type"] == "finding" for line in lines), lines


def accounts_are_read_again(program, samples, folder):
    accounts = folder / "accounts"
    accounts.write_text("somebody:elsewhere:secret\n")
    accounts.chmod(0o600)
    watch = Watch(program, folder, "--credentials", accounts, "-o", "json:live.json").listening()
    accounts.write_text("alice:*:not the right one\n")
    watch.process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    send(samples / "password_wrong.pcap", 100)
    time.sleep(0.3)
    watch.end()
    found = {finding["id"] for finding in json.loads((folder / "live.json").read_text())["findings"]}
    assert "credentials_refused" not in found and found, found


def an_interface_goes_away_and_comes_back(program, samples, folder):
    watch = Watch(program, folder, "-o", "json:live.json", "-o", "text:live.txt").listening()
    send(samples / "password_wrong.pcap", 100)
    time.sleep(0.5)
    ip("-n", FAR, "link", "del", OUT)
    watch.until("nothing can be seen any more")
    join()
    watch.until("is back")
    send(samples / "password_wrong.pcap", 100)
    time.sleep(0.5)
    watch.end()
    (capture,) = json.loads((folder / "live.json").read_text())["captures"]
    assert capture["packets"] == 2 * wanted(samples / "password_wrong.pcap"), capture
    (gap,) = capture["gaps"]
    assert gap["from"] < gap["until"], gap
    assert "Blind from" in (folder / "live.txt").read_text()


def an_interface_goes_down_and_up(program, samples, folder):
    watch = Watch(program, folder, "-o", "json:live.json").listening()
    ip("-n", NEAR, "link", "set", IN, "down")
    watch.until("nothing can be seen any more")
    ip("-n", NEAR, "link", "set", IN, "up")
    watch.until("is back")
    send(samples / "password_wrong.pcap", 100)
    time.sleep(0.5)
    watch.end()
    (capture,) = json.loads((folder / "live.json").read_text())["captures"]
    assert capture["packets"] == wanted(samples / "password_wrong.pcap"), capture


def evidence_is_kept_around_findings(program, samples, folder):
    path = samples / "password_wrong.pcap"
    (folder / "kept").mkdir()
    watch = Watch(program, folder, "-w", "kept", "-o", "json:live.json").listening()
    send(path, 100)
    time.sleep(0.3)
    watch.end()
    (written,) = (folder / "kept").iterdir()
    assert written.stat().st_mode & 0o077 == 0, "others can read it"
    again = subprocess.run([program, "-o", "json", written], capture_output=True, check=False)
    first = json.loads((folder / "live.json").read_text())
    assert essence(json.loads(again.stdout))["findings"] == essence(first)["findings"], again.stdout
    raw = written.read_bytes()
    for _, frame in frames(path):
        assert raw.count(frame) == (frame[12:14] == b"\x08\x00"), "each frame is written once"
    assert b"frame 1" in raw and first["findings"][0]["id"].encode() in raw


def evidence_takes_turns(program, samples, folder):
    watch = Watch(program, folder, "-w", "kept.pcapng", "-G", "1", "-W", "2", "-o", "jsonl:live.jsonl").listening()
    for _ in range(4):
        send(samples / "binding_fight.pcap", 1e6)
        time.sleep(1.1)
        watch.process.send_signal(signal.SIGHUP)
    send(samples / "password_wrong.pcap", 1e6)
    time.sleep(0.3)
    watch.end()
    kept = sorted(path.name for path in folder.iterdir() if path.name.startswith("kept"))
    assert 1 <= len(kept) <= 2 and all(re.fullmatch(r"kept-\d{8}T\d{6}Z-\d{3}\.pcapng", name) for name in kept), kept


def several_interfaces_are_one_story(program, samples, folder):
    watch = Watch(program, folder, "-i", "lo", "-o", "json:live.json").listening()
    send(samples / "password_wrong.pcap", 10)
    time.sleep(0.5)
    watch.end()
    report = json.loads((folder / "live.json").read_text())
    assert [capture["name"] for capture in report["captures"]] == [IN, "lo"]
    assert report["captures"][0]["packets"] == wanted(samples / "password_wrong.pcap")
    assert report["findings"], report


def two_mirror_ports_with_one_direction_each_are_one_capture(program, samples, folder):
    path = samples / "binding_fight.pcap"
    second = ("wr-out2", "wr-in2")
    ip("-n", FAR, "link", "add", second[0], "type", "veth", "peer", "name", second[1], "netns", NEAR)
    ip("-n", FAR, "link", "set", second[0], "up")
    ip("-n", NEAR, "link", "set", second[1], "up")
    try:
        watch = Watch(program, folder, "-i", second[1], "-o", "json:live.json").listening()
        with socket_in(FAR, OUT) as there, socket_in(FAR, second[0]) as back:
            phones = {frame[26:30] for _, frame in frames(path) if frame[12:14] == b"\x08\x00"
                      and b"REGISTER sip" in frame[42:60]}
            for _, frame in frames(path):
                (there if frame[26:30] in phones else back).send(frame)
                time.sleep(0.002)
        time.sleep(0.5)
        watch.end()
        report = json.loads((folder / "live.json").read_text())
        one, other = (capture["packets"] for capture in report["captures"])
        assert one > 0 and other > 0 and one + other == wanted(path), (one, other)
        outcomes = {attempt["outcome"] for device in report["devices"] for attempt in device["attempts"]}
        assert outcomes == {"accepted"}, outcomes
        assert any(finding["id"] == "binding_fight" for finding in report["findings"]), report["findings"]
    finally:
        ip("-n", FAR, "link", "del", second[0], check=False)


def all_interfaces_are_any(program, samples, folder):
    errors = (folder / "errors").open("w+")
    process = subprocess.Popen(["ip", "netns", "exec", NEAR, program, "watch", "-i", "any", "-o", "json:live.json"],
                               stdout=subprocess.DEVNULL, stderr=errors, cwd=folder)
    while "listening on" not in (folder / "errors").read_text():
        assert process.poll() is None, (folder / "errors").read_text()
        time.sleep(0.02)
    send(samples / "password_wrong.pcap", 100)
    time.sleep(0.3)
    process.terminate()
    assert process.wait(20) == 1
    report = json.loads((folder / "live.json").read_text())
    assert report["captures"][0]["link_types"] == ["LINUX_SLL2"] and report["findings"], report["captures"]


def the_service_manager_is_told(program, samples, folder):
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(folder / "notify"))
    manager.settimeout(10)
    os.environ.update(NOTIFY_SOCKET=str(folder / "notify"), WATCHDOG_USEC="3000000")
    try:
        watch = Watch(program, folder, "-o", "json:live.json", "-q")
    finally:
        del os.environ["NOTIFY_SOCKET"], os.environ["WATCHDOG_USEC"]
    told = ""
    while not all(word in told for word in ("READY=1", "WATCHDOG=1", "STATUS=")):
        told += manager.recv(4096).decode() + "\n"
    assert told.startswith("READY=1"), told
    watch.process.send_signal(signal.SIGHUP)
    while "RELOADING=1" not in told:
        told += manager.recv(4096).decode() + "\n"
    watch.end()
    while "STOPPING=1" not in told:
        told += manager.recv(4096).decode() + "\n"


def others_hear_of_it_too(program, samples, folder):
    watch = Watch(program, folder, "--history", "history.db", "--metrics-file", "metrics.prom", "--on-change", "true",
                  "-o", "text").listening()
    send(samples / "good_registration.pcap", 1e6)
    send(samples / "password_wrong.pcap", 1e6)
    end = time.monotonic() + 20
    while time.monotonic() < end and not (folder / "metrics.prom").exists():
        time.sleep(0.1)
    watch.end()
    assert (folder / "metrics.prom").read_text().rstrip().endswith("# EOF")
    assert (folder / "history.db").read_bytes().startswith(b"SQLite format 3")


def what_cannot_be_is_said(program, samples, folder):
    for words, why in ((["-i", "nothing0"], "nothing0"), ([], "-i NAME"), (["-i", IN, "-B", "x"], "buffer"),
                          (["-i", IN, "-f", "port port"], "filter"), (["-i", IN, "-W", "3"], "--write"),
                          (["-i", IN, "-i", IN], "twice"), (["-i", IN, "--port", "70000"], "a port"),
                          (["-i", IN, "--duration", "5 apples"], "a duration"),
                          (["-i", IN, "-w", "/nowhere/at/all"], "cannot write")):
        done = subprocess.run(["ip", "netns", "exec", NEAR, program, "watch", *words], capture_output=True, text=True,
                              timeout=60, cwd=folder, check=False)
        assert done.returncode == 2 and why in done.stderr, (words, done.returncode, done.stderr)


TESTS = (what_cannot_be_is_said, a_watched_run_finds_what_the_file_shows, it_says_what_it_listens_to_and_what_it_lost,
         it_ends_after_so_many_packets_or_so_long, signals_come_at_any_time, outputs_that_were_moved_away_begin_anew,
         accounts_are_read_again, an_interface_goes_away_and_comes_back, an_interface_goes_down_and_up,
         evidence_is_kept_around_findings, evidence_takes_turns, several_interfaces_are_one_story,
         two_mirror_ports_with_one_direction_each_are_one_capture,
         all_interfaces_are_any, the_service_manager_is_told, others_hear_of_it_too)


def main():
    program, samples = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    if shutil.which("ip") is None:
        print("skipped: there is no ip here")
        return SKIPPED
    chosen = [test for test in TESTS if not sys.argv[3:] or test.__name__ in sys.argv[3:]]
    try:
        set_up()
        socket_in(FAR, OUT).close()
    except (OSError, subprocess.CalledProcessError) as error:
        tear_down()
        print(f"skipped: no network namespaces can be made here ({error})")
        return SKIPPED
    try:
        for test in chosen:
            with tempfile.TemporaryDirectory() as folder:
                test(program, samples, pathlib.Path(folder))
            print(test.__name__.replace("_", " "), flush=True)
    finally:
        tear_down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
