#!/usr/bin/env python3
"""Fails when a watched interface is sent to, or when watching does not work in the sandbox.

usage: passive.py PROGRAM SAMPLES

Two network namespaces with a cable between them. On one end whyreg listens,
with every kind of output; on the other one frames of a capture are sent, and
whatever comes back is counted. The interface goes away and comes back; the
outputs are begun anew. strace, where there is one, tells of every socket.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SKIPPED = 77
HERE, THERE = "whyregA", "whyregB"
PORT = 19187

FAMILIES = {"AF_PACKET", "AF_UNIX", "AF_NETLINK"}
SERVER_FAMILIES = {"AF_INET", "AF_INET6"}
SENDS = re.compile(r"\b(?:send|sendto|sendmsg|sendmmsg|sendfile)\((\d+)<([^>]*)>")
WRITES = re.compile(r"\b(?:write|writev|pwrite64|pwritev)\((\d+)<([^>]*)>")
SOCKET = re.compile(r"\bsocket\((AF_\w+)")

ETHERNET_ALL = 3


def ip(*words):
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=False)


class Cable:
    """From the interface HERE of this namespace to THERE in another one, which only we look at."""

    def __init__(self):
        self.space = f"whyreg-{os.getpid()}"
        self.here, self.there = f"{HERE}{os.getpid() % 10000}"[:15], f"{THERE}{os.getpid() % 10000}"[:15]
        self.ready = ip("netns", "add", self.space).returncode == 0 and self.plug()

    def plug(self):
        return (ip("link", "add", self.here, "type", "veth", "peer", "name", self.there, "netns",
                   self.space).returncode == 0
                and self.silence(self.here, []) and self.silence(self.there, ["-n", self.space])
                and ip("link", "set", self.here, "up").returncode == 0
                and ip("-n", self.space, "link", "set", self.there, "up").returncode == 0)

    def silence(self, name, place):
        """The kernel's own chatter: no IPv6, and no ARP."""
        inside = ["ip", "netns", "exec", self.space] if place else []
        subprocess.run([*inside, "sysctl", "-qw", f"net.ipv6.conf.{name}.disable_ipv6=1"], check=False)
        return ip(*place, "link", "set", name, "arp", "off").returncode == 0

    def unplug(self):
        ip("link", "del", self.here)

    def end(self):
        self.unplug()
        ip("netns", "del", self.space)

    def far_end(self):
        """A packet socket in the other namespace."""
        back = os.open("/proc/self/ns/net", os.O_RDONLY)
        space = os.open(f"/run/netns/{self.space}", os.O_RDONLY)
        try:
            enter(space)
            far = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERNET_ALL))
            far.bind((self.there, ETHERNET_ALL))
        finally:
            enter(back)
            os.close(back)
            os.close(space)
        far.settimeout(0.2)
        return far


def enter(space):
    # os.setns() is of Python 3.12.
    import ctypes  # pylint: disable=import-outside-toplevel

    if ctypes.CDLL(None, use_errno=True).setns(space, 0) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Checks:
    def __init__(self):
        self.done, self.bad = 0, []

    def expect(self, what, good):
        self.done += 1
        if not good:
            self.bad.append(what)


def frames(path):
    """Of a classic capture file of this machine's byte order."""
    data, at = path.read_bytes(), 24
    while at + 16 <= len(data):
        length = struct.unpack_from("=8xI", data, at)[0]
        yield data[at + 16:at + 16 + length]
        at += 16 + length


def heard(far):
    """Frames that came over the cable; our own do not come back to us."""
    got = []
    try:
        while True:
            frame, address = far.recvfrom(65536)
            if address[2] != socket.PACKET_OUTGOING:
                got.append(frame)
    except socket.timeout:
        return got
    except OSError:
        return got


def wait_until(what, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.1)
    return False


def text_of(path):
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def listens(run, log):
    return run.poll() is None and "listening on" in text_of(log)


def play(checks, cable, capture, run, folder):
    """What happens on the cable while whyreg listens; returns all that came out of its end."""
    log, events = folder / "log", folder / "events.jsonl"
    checks.expect(f"it does not listen: {text_of(log)}", wait_until(lambda: listens(run, log)))
    came = []
    far = cable.far_end()
    for frame in frames(capture):
        far.send(frame)
    checks.expect("nothing is told of what was sent", wait_until(lambda: "REGISTER" in text_of(events)
                                                                  or "aor" in text_of(events)))
    came += heard(far)
    far.close()

    cable.unplug()
    checks.expect("the loss of the interface is not told",
                  wait_until(lambda: "nothing can be seen any more" in text_of(log)))
    cable.plug()
    checks.expect("the interface does not come back", wait_until(lambda: " is back" in text_of(log), 90))
    far = cable.far_end()
    os.rename(events, folder / "before.jsonl")
    children = pathlib.Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text(encoding="utf-8").split()
    target = int(children[0]) if children and "strace" in run.args[0] else run.pid
    os.kill(target, signal.SIGHUP)
    checks.expect("no new file was begun", wait_until(events.exists))
    os.kill(target, signal.SIGUSR1)
    for frame in frames(capture):
        far.send(frame)
    came += heard(far)
    for page in ("healthz", "metrics", "devices"):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/{page}", timeout=5) as answer:
                checks.expect(f"/{page}: {answer.status}", answer.status == 200)
        except urllib.error.HTTPError as error: # an interface was away: not healthy
            checks.expect(f"/{page}: {error}", page == "healthz" and error.code == 503)
        except OSError as error:
            checks.expect(f"/{page}: {error}", False)
    os.kill(target, signal.SIGTERM)
    try:
        run.wait(timeout=20)
    except subprocess.TimeoutExpired:
        run.kill()
        checks.expect("it does not end", False)
    came += heard(far)
    far.close()
    return came


def check_calls(checks, trace):
    text = "".join(path.read_text(encoding="utf-8", errors="replace") for path in trace.parent.glob(f"{trace.name}*"))
    families = set(SOCKET.findall(text))
    checks.expect(f"sockets of {families}", families <= FAMILIES | SERVER_FAMILIES and "AF_PACKET" in families)
    for number, what in SENDS.findall(text) + WRITES.findall(text):
        checks.expect(f"sent to {what} ({number})", not what.startswith("PACKET"))
    for number, what in SENDS.findall(text):
        checks.expect(f"sent to {what}", what.startswith(("TCP", "UNIX", "socket")))
    checks.expect("a call was fatal", "--- SIGSYS" not in text and "by SIGSYS" not in text)
    checks.expect("somebody was connected to",
                  not re.search(r"\bconnect\([^)]*sa_family=AF_INET", text))


def watch(checks, program, samples, folder, traced):
    cable = Cable()
    if not cable.ready:
        cable.end()
        print("skipped: no network namespaces here")
        return SKIPPED
    trace = folder / "trace"
    words = [program, "watch", "-i", cable.here, "-o", "jsonl:events.jsonl", "-o", "text:events.txt",
             "--history", "history.db", "--metrics-file", "metrics.prom", "--listen", str(PORT),
             "-w", "evidence.pcapng", "--on-change", "true"]
    if traced:
        words = ["strace", "-f", "-ff", "-yy", "-o", trace, *words]
    # The leak detector would want to trace as well.
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"} if traced else None
    try:
        with open(folder / "log", "wb") as log, \
                subprocess.Popen([str(word) for word in words], cwd=folder, stdin=subprocess.DEVNULL, env=environment,
                                 stdout=log, stderr=log) as run:
            try:
                came = play(checks, cable, samples / "binding_fight.pcap", run, folder)
            finally:
                if run.poll() is None:
                    run.kill()
        checks.expect(f"ended with {run.returncode}: {text_of(folder / 'log')}", run.returncode in (0, 1))
        checks.expect(f"{len(came)} frames were sent: {came[:1]}", not came)
        for line in text_of(folder / "events.jsonl").splitlines():
            json.loads(line)
        if traced:
            check_calls(checks, trace)
    finally:
        cable.end()
    return 0


def main():
    program, samples = (pathlib.Path(word).resolve() for word in sys.argv[1:])
    if os.geteuid() != 0 or shutil.which("ip") is None:
        print("skipped: network namespaces take root, and the program ip")
        return SKIPPED
    traced = shutil.which("strace") is not None
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="whyreg-passive-") as folder:
        status = watch(checks, program, samples, pathlib.Path(folder), traced)
    if status != 0:
        return status
    seen = "looked at every call" if traced else "there is no strace: only the cable was looked at"
    print("\n".join(checks.bad or [f"{checks.done} things are as quiet as they should be; {seen}"]))
    return bool(checks.bad)


if __name__ == "__main__":
    sys.exit(main())
