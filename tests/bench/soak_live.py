"""The part of soak.py that takes its time: whyreg watches a pair of interfaces on which phones register amid
forged and damaged packets, by the clock on the wall.
"""

import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "app"))
import watch  # pylint: disable=wrong-import-position

# Of one round of the traffic, which is played again and again.
SECONDS = 300
INTERVAL = 60

# What may be needed for longer than it takes to warm up.
SLACK_MIB = 4


def damage(frame, chance):
    """Bytes that are others, missing or too many, anywhere in it."""
    frame = bytearray(frame)
    kind = chance.randrange(4)
    if kind == 0:
        for _ in range(chance.randint(1, 8)):
            frame[chance.randrange(len(frame))] = chance.randrange(256)
    elif kind == 1:
        del frame[chance.randrange(14, len(frame)):]
    elif kind == 2:
        at = chance.randrange(14, len(frame))
        frame[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 200)))
    else:
        at = chance.randrange(len(frame))
        frame[at:] = bytes(chance.randrange(256) for _ in range(len(frame) - at))
    return bytes(frame[:1500])


def write_round(options, path):
    """One round as a file: half of what is hostile is forged, the other half damaged."""
    chance = random.Random(20260131)
    command = [options.mkflood, str(options.devices), str(INTERVAL), str(SECONDS)]
    flood = int(options.devices * SECONDS / INTERVAL * 4 * options.hostile / 2)
    with path.open("wb") as out:
        subprocess.run(command + ["all", str(flood)], stdout=out, check=True)
    frames = list(watch.frames(path))
    with path.open("wb") as out:
        out.write(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for stamp, frame in frames:
            if chance.random() < options.hostile / 2:
                frame = damage(frame, chance)
            seconds = int(stamp)
            out.write(struct.pack("=IIII", seconds, int((stamp - seconds) * 1e6), len(frame), len(frame)) + frame)
    return len(frames)


def measure(pid):
    """MiB, descriptors and threads."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    figure = {name: int(re.search(rf"{name}:\s+(\d+)", status).group(1)) for name in ("VmRSS", "Threads")}
    return figure["VmRSS"] / 1024, len(os.listdir(f"/proc/{pid}/fd")), figure["Threads"]


def watch_for(options, folder, frames):
    run = watch.Watch(options.binary, folder, "--memory", str(options.memory), "--history", "history.db",
                      "-o", "jsonl:live.jsonl", "-o", "json:live.json", "-w", folder / "kept", "-C", "10", "-W", "3",
                      "--metrics-file", "metrics.prom").listening()
    minutes, samples = options.live, []
    replay = subprocess.Popen(["ip", "netns", "exec", watch.FAR, "tcpreplay", "-q", "--no-flow-stats", "-K", "-i", watch.OUT,
                               "-p", str(options.rate), "--loop", str(1 + int(minutes * 60 * options.rate / frames)),
                               folder / "round.pcap"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    begun = time.monotonic()
    print("minute  MiB  descriptors  threads", flush=True)
    while replay.poll() is None and run.process.poll() is None:
        time.sleep(max(0, begun + 60 * (len(samples) + 1) - time.monotonic()) if minutes >= 1 else 5)
        if run.process.poll() is not None:
            break
        samples.append(measure(run.process.pid))
        print(f"{len(samples):6} {samples[-1][0]:6.1f} {samples[-1][1]:6} {samples[-1][2]:6}", flush=True)
    said = replay.communicate()[0]
    run.end()
    return run, samples, int(re.search(r"Actual: (\d+) packets", said).group(1))


def judge(run, samples, sent, folder):
    captured, received, dropped = map(int, re.search(
        r"(\d+) captured, (\d+) received by filter, (\d+) dropped", run.said()).groups())
    print(f"{sent} sent, {captured} captured, {received} received by filter, {dropped} dropped")
    wrong = []
    if dropped > 0 or captured != received:
        wrong.append("packets were lost")
    settled = samples[len(samples) // 3:]
    if settled[-1][0] > 1.02 * settled[0][0] + SLACK_MIB:
        wrong.append(f"memory grew from {settled[0][0]:.1f} to {settled[-1][0]:.1f} MiB")
    if len({(fds, threads) for _, fds, threads in settled}) > 2:
        wrong.append(f"descriptors or threads come and go: {settled}")
    report = json.loads((folder / "live.json").read_text())
    if report["captures"][0]["packets"] != captured:
        wrong.append("the report counts other packets")
    print(f"{len(report['devices'])} devices, {len(report['findings'])} findings, "
          f"forgotten {json.dumps(report['counts']['forgotten'])}")
    return wrong


def soak(options):
    """What was wrong."""
    watch.set_up()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "kept").mkdir()
            run, samples, sent = watch_for(options, folder, write_round(options, folder / "round.pcap"))
            return judge(run, samples, sent, folder)
    finally:
        watch.tear_down()
