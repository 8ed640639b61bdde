#!/usr/bin/env python3
"""Does whyreg stay as it is for a month?

Pipes a month of registrations into the program as fast as it takes them, watches its
memory, and compares the counts at the end with what was sent. Everything that counts
goes round on the way: CSeq, nonce counts, TCP sequence numbers, IP identifications,
31 bits of seconds, 32 bits of bytes.

With --live it watches a pair of interfaces instead, for so many minutes by the clock on the
wall, with a share of forged and damaged packets. That needs root and tcpreplay.

Exit status: 0 memory is flat and the counts are right, 1 not.
"""

import argparse
import json
import os
import subprocess
import sys
import time

import soak_live

MONTH = 30 * 86400


def resident(pid):
    """MiB now, or None when the process is gone."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS")), None)
    except OSError:
        return None


def slope(samples):
    """Least squares: MiB for each hundredth of the run."""
    n = len(samples)
    mean_x, mean_y = (n - 1) / 2, sum(samples) / n
    over = sum((x - mean_x) ** 2 for x in range(n))
    return sum((x - mean_x) * (y - mean_y) for x, y in enumerate(samples)) / over * n / 100


def conclude(wrong):
    for line in wrong:
        print(f"wrong: {line}")
    sys.exit(1 if wrong else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--mkflood", required=True)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--packets", type=int, default=100000000)
    parser.add_argument("--hostile", type=float, default=0.01, help="share of forged packets of every kind")
    parser.add_argument("--memory", type=int, default=256)
    parser.add_argument("--live", type=float, default=0, help="watch for so many minutes instead")
    parser.add_argument("--rate", type=int, default=2000, help="with --live: packets a second")
    options = parser.parse_args()
    if options.live > 0:
        conclude(soak_live.soak(options))
    interval = max(1, round(4 * options.devices * MONTH / options.packets))
    flood = int(options.packets * options.hostile)
    generate = [options.mkflood, str(options.devices), str(interval), str(MONTH)]
    if flood > 0:
        generate += ["all", str(flood)]
    source = subprocess.Popen(generate, stdout=subprocess.PIPE)
    program = subprocess.Popen([options.binary, "--memory", str(options.memory), "-o", "json", "-"],
                               stdin=source.stdout, stdout=subprocess.PIPE)
    source.stdout.close()
    begin, samples = time.monotonic(), []
    while source.poll() is None:
        size = resident(program.pid)
        if size is not None:
            samples.append(size)
        time.sleep(0.5)
    report = json.loads(program.stdout.read())
    program.wait()
    seconds = time.monotonic() - begin
    frames = report["captures"][0]["packets"]
    settled = samples[len(samples) // 2:]  # before that the tables fill
    tenths = [f"{samples[i * (len(samples) - 1) // 10]:.0f}" for i in range(11)]
    growth = slope(settled) if len(settled) > 2 else 0.0
    phones = [device for device in report["devices"] if device["aor"].startswith("phone") and device["bindings"]]
    print(f"{frames} frames in {seconds:.0f} s, {frames / seconds:.0f} a second; interval {interval} s")
    print(f"memory by tenths of the run: {' '.join(tenths)} MiB")
    print(f"memory {settled[0]:.1f} to {settled[-1]:.1f} MiB, at most {max(samples):.1f}, "
          f"slope {growth:+.3f} MiB per hundredth of the run")
    print(f"{len(phones)} phones, counts {json.dumps(report['counts'])}")
    wrong = []
    if abs(growth) > max(settled) / 1000:
        wrong.append("memory is not flat")
    if max(samples) > 1.1 * options.memory:
        wrong.append("memory is above the budget")
    if len(phones) != options.devices:
        wrong.append(f"{options.devices} phones were there")
    counts = report["counts"]
    if counts["sip_messages"] != counts["register_requests"] + counts["register_responses"]:
        wrong.append("counts do not add up")
    expected = options.packets * 0.95
    if counts["sip_messages"] < expected:
        wrong.append(f"{counts['sip_messages']} messages are fewer than {expected:.0f}")
    conclude(wrong)


if __name__ == "__main__":
    main()
