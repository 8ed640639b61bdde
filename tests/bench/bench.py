#!/usr/bin/env python3
"""How fast is whyreg, and does it count right while it is fast?

Generates captures whose contents are known, checks the report against that truth,
then runs whyreg, a loop that does nothing but read the packets, and other programs,
one after the other in every round, and prints medians. Figures of one run can be
compared with each other; figures of two machines or two days cannot.

The generator and the probes are not part of this tree: --source says where they are.
Exit status: 0 all counts right, 1 not, 77 the generator is not here.
"""

import argparse
import json
import os
import platform
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

from truth import judge_counts, judge_devices

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIPPED = 77
TOOLS = {"gen_pcap": [], "measure": [], "probe_libpcap": ["-lpcap"]}

MIXED = "--mixed --ipv6 .05 --frag .005 --keepalive 60 --qualify 60 --seed 42"
CAPTURES = {
    "S": ("SIP over UDP, 2,500 devices", MIXED + " --devices 2500 --nats 125 --packets 100000"),
    "M": ("SIP over UDP, 50,000 devices", MIXED + " --devices 50000 --nats 2500 --packets 2000000"),
    "T": ("SIP over TCP, 15,000 devices", MIXED + " --devices 15000 --packets 1000000 --tcp 1 --frag 0"),
    "N": ("95 % RTP, 5,000 devices", MIXED + " --devices 5000 --packets 4000000 --noise .95 --calls 2"),
}

FLOOR = "libpcap loop"
OURS = "whyreg"
PEERS = [
    ("tshark -z sip,stat", "tshark -n -r {file} -q -z sip,stat"),
    ("tshark -T fields", "tshark -n -r {file} -Y sip -T fields -e sip.Call-ID -e sip.Method -e sip.Status-Code"),
    ("sngrep", "sngrep -F -N -q -l 100000000 -I {file}"),
    ("sipgrep", "sipgrep -C -I {file}"),
]

BEGIN = "<!-- bench.py writes from here -->"
END = "<!-- to here -->"


class Failed(Exception):
    """The bench cannot go on; the text is for the user."""


def build_tools(source, folder):
    """The generator and the probes, built where the captures are kept."""
    if not all(os.path.exists(os.path.join(source, name + ".c")) for name in TOOLS):
        print(f"skipped: the generator is not at {source} (see --source)")
        sys.exit(SKIPPED)
    os.makedirs(folder, exist_ok=True)
    for name, libraries in TOOLS.items():
        code, program = os.path.join(source, name + ".c"), os.path.join(folder, name)
        if os.path.exists(program) and os.path.getmtime(program) >= os.path.getmtime(code):
            continue
        subprocess.run(["cc", "-O2", "-w", "-o", program, code, *libraries], check=True)


def capture_for(size, folder):
    """The path of the capture of this size, generated if it is not there yet."""
    path = os.path.join(folder, size + ".pcap")
    command = [os.path.join(folder, "gen_pcap"), "--out", path, "--devices-truth", path + ".devices.jsonl",
               "--uat", path + ".uat", *shlex.split(CAPTURES[size][1])]
    stamp = path + ".command"
    wanted = " ".join(command)
    if not os.path.exists(stamp) or open(stamp, encoding="utf-8").read() != wanted:
        print(f"generating {path}", file=sys.stderr)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with open(stamp, "w", encoding="utf-8") as out:
            out.write(wanted)
    return path


def report_of(binary, path):
    """whyreg's JSON report on a capture."""
    done = subprocess.run([binary, "-o", "json", path], stdout=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1):
        raise Failed(f"{binary} on {path}: exit status {done.returncode}")
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise Failed(f"{binary} on {path}: no JSON ({error})") from error


def check(binary, path):
    """Whether every count is the generator's; prints both."""
    with open(path + ".truth.json", encoding="utf-8") as text:
        truth = json.load(text)
    with open(path + ".devices.jsonl", encoding="utf-8") as text:
        devices = [json.loads(line) for line in text]
    report = report_of(binary, path)
    good = True
    print(f"\n{os.path.basename(path)}: counts")
    for name, expected, got, binding in judge_counts(truth, report):
        same = expected == got
        good &= same or not binding
        remark = "" if same else "   <-- wrong" if binding else "   (not the same thing; for information)"
        print(f"  {name:24} truth {expected:>10}   whyreg {got!s:>10}{remark}")
    print(f"{os.path.basename(path)}: devices by class (for information)")
    for line in judge_devices(devices, report):
        print("  " + line)
    return good


def run_once(folder, command, path, limit):
    """(seconds, peak MiB) of one run, or why there is none."""
    with tempfile.TemporaryDirectory() as home:
        result = os.path.join(home, "result")
        argv = [word.format(file=path) for word in shlex.split(command)]
        # The probe writes its figures to descriptor 9; everything else is thrown away.
        wrap = ["bash", "-c", 'exec "$@" 9>"$0"', result, os.path.join(folder, "measure")]
        process = subprocess.Popen(wrap + argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, start_new_session=True,
                                   env=dict(os.environ, HOME=home, TERM="xterm"))
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return f"over {limit:g} s"
        figures = open(result, encoding="utf-8").read().split()
    if len(figures) != 5:
        return "no figures"
    if int(figures[4]) not in (0, 1):
        return f"exit status {figures[4]}"
    return float(figures[0]), int(figures[3]) / 1024


def measure(folder, cases, path, rounds, limit):
    """Every case once in each round: {name: [(seconds, MiB)]} and {name: why not}."""
    runs, stopped = {name: [] for name, _ in cases}, {}
    with open(path, "rb") as data:  # into the page cache, for all alike
        while data.read(1 << 24):
            pass
    for _ in range(rounds):
        for name, command in cases:
            if name in stopped:
                continue
            result = run_once(folder, command, path, limit)
            if isinstance(result, str):
                stopped[name] = result
            else:
                runs[name].append(result)
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return runs, stopped


def seconds_of(runs, name):
    return statistics.median(run[0] for run in runs[name]) if runs.get(name) else None


def table(size, path, cases, runs, stopped, packets, rounds):
    """Markdown: what one capture showed."""
    floor, ours = seconds_of(runs, FLOOR), seconds_of(runs, OURS)
    lines = [f"### {size}: {CAPTURES[size][0]}", "",
             f"{packets:,} packets, {os.path.getsize(path) / 1e6:,.0f} MB, medians of {rounds} rounds.", "",
             "| | seconds (min-max) | packets/s | peak MiB | x libpcap loop | x whyreg |",
             "|---|---:|---:|---:|---:|---:|"]
    for name, _ in cases:
        if name in stopped:
            lines.append(f"| {name} | {stopped[name]} | | | | |")
            continue
        seconds = seconds_of(runs, name)
        low, high = min(run[0] for run in runs[name]), max(run[0] for run in runs[name])
        peak = statistics.median(run[1] for run in runs[name])
        ratios = [f"{seconds / base:.1f}" if base else "" for base in (floor, ours)]
        lines.append(f"| {name} | {seconds:.3f} ({low:.3f}-{high:.3f}) | {packets / max(seconds, 1e-6):,.0f} "
                     f"| {peak:.0f} | {ratios[0]} | {ratios[1]} |")
    return "\n".join(lines) + "\n"


def machine():
    """One line about where the figures come from."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as text:
            model = re.search(r"model name\s*: (.*)", text.read())
    except OSError:
        model = None
    name = model.group(1) if model else platform.machine()
    return f"Measured on {os.cpu_count()} cores of {name}, whole process, capture in the page cache."


def write_document(path, text):
    """Replaces what stands between the markers; begins the document when there is none."""
    old = "# Performance\n\nMade by `tests/bench/bench.py --write`.\n\n" + BEGIN + "\n" + END + "\n"
    if os.path.exists(path):
        with open(path, encoding="utf-8") as document:
            old = document.read()
    before, begin, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise Failed(f"{path} lacks the lines {BEGIN} and {END}")
    with open(path, "w", encoding="utf-8") as document:
        document.write(before + BEGIN + "\n" + text + END + after)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", nargs="+", choices=sorted(CAPTURES), default=["S"], help="which captures (default S)")
    parser.add_argument("--rounds", type=int, default=5, help="0: check the counts only")
    parser.add_argument("--peers", action="store_true", help="tshark, sngrep and sipgrep as well, where installed")
    parser.add_argument("--limit", type=float, default=600, help="seconds for one run")
    parser.add_argument("--binary", default=os.path.join(TOP, "build/src/whyreg"))
    parser.add_argument("--source", default=os.path.join(TOP, "../shared/bench"), help="where gen_pcap.c is")
    parser.add_argument("--cache", default=os.path.join(TOP, "build/bench"), help="where the captures are kept")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    return parser.parse_args()


def bench(options):
    folder, binary = os.path.abspath(options.cache), os.path.abspath(options.binary)
    build_tools(options.source, folder)
    if not os.access(binary, os.X_OK):
        raise Failed(f"no program at {binary}; ./setup run builds it")
    cases = [(OURS, f"{shlex.quote(binary)} {{file}}"),
             (OURS + " -o json", f"{shlex.quote(binary)} -o json {{file}}"),
             (FLOOR, f"{shlex.quote(os.path.join(folder, 'probe_libpcap'))} {{file}}")]
    if options.peers:
        cases += [(name, command) for name, command in PEERS if shutil.which(command.split()[0])]

    good, tables = True, []
    for size in options.size:
        path = capture_for(size, folder)
        good &= check(binary, path)
        if options.rounds < 1:
            continue
        with open(path + ".truth.json", encoding="utf-8") as text:
            packets = json.load(text)["capture"]["packets"]
        runs, stopped = measure(folder, cases, path, options.rounds, options.limit)
        tables.append(table(size, path, cases, runs, stopped, packets, options.rounds))
        print("\n" + tables[-1])
        good &= not any(name.startswith(OURS) for name in stopped)
    if options.write and tables:
        write_document(os.path.join(TOP, "docs/performance.md"), machine() + "\n\n" + "\n".join(tables))
    return 0 if good else 1


def main():
    try:
        return bench(arguments())
    except (Failed, subprocess.CalledProcessError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
