#!/usr/bin/env python3
"""Fails when a command line that the documents show does not work.

usage: examples.py ROOT PROGRAM [SCRIBE]

Every command in README.md, docs/*.md (blocks of sh and console, and between single
backticks) and man/*.1 (.EX to .EE) that begins with "whyreg" or "./setup run" is run, in
a folder with the files that the documents speak of. Of tcpdump the filter is compiled.
What a console block shows is compared by docs.py. SCRIBE
writes the history that the commands read.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

# What a reader has, and what he puts for a word in capitals.
FILES = {
    "phone.pcap": "samples/lab_sip_alg.pcap",
    "registrar.pcap": "samples/lab_sip_alg_outside.pcap",
    "trunk.pcap": "samples/lab_200_lost.pcap",
    "trunk.pcap1": "samples/lab_lapse.pcap",
    "ring.pcap00": "samples/lab_lapse.pcap",
    "accounts.txt": "tests/data/accounts.txt",
    "samples": "samples",
    "tests": "tests",
}
WORDS = {"CAPTURE": "phone.pcap", "FILE": "phone.pcap", "INSIDE": "phone.pcap", "OUTSIDE": "registrar.pcap",
         "FINDING": "answer_lost", "ID": "answer_lost", "STATUS": "403", "N": "1", "NAME": "report"}
COMMANDS = {"analyze", "compare", "digest", "explain", "history", "lesson", "report", "state"}

# Begin other programs' lines: these are not tried.
OTHERS = {"tcpdump", "meson", "ninja", "./setup", "tests/bench/bench.py", "tests/bench/flood.py", "tests/bench/soak.py",
          "python3", "valgrind", "perf", "git", "chgrp", "chmod", "sqlite3", "sudo", "sudoedit", "systemctl"}

BLOCK = re.compile(r"^ *```(sh|console)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`((?:whyreg|\./setup run)(?: [^`\n]*)?)`(?!`)")
MANUAL = re.compile(r"^\.EX\n(.*?)^\.EE$", re.MULTILINE | re.DOTALL)


def joined(lines):
    return re.sub(r"\\\n *", "", lines)


def commands_of(path):
    """(command, whether it stands in running text) of a document."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".1":
        for block in MANUAL.findall(text):
            yield from ((line.replace("\\-", "-").replace("\\e", "\\"), False) for line in block.splitlines())
        return
    for kind, block in BLOCK.findall(text):
        for line in joined(block).splitlines():
            line = line.strip()
            if kind == "console" and not line.startswith("$ "):
                continue
            yield line.removeprefix("$ "), False
    for command in INLINE.findall(BLOCK.sub("", text)):
        yield command, True


class Examples:
    def __init__(self, program, folder):
        self.program, self.folder, self.bad, self.done = program, folder, [], 0

    def shell(self, command):
        bin_folder = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(["sh", "-c", command], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60, check=False,
                              env={**os.environ, "PATH": bin_folder, "WHYREG_SAMPLES": str(self.folder / "samples"),
                                   "WHYREG_HISTORY": str(self.folder / "history.db")})

    def compile_filter(self, where, command):
        """tcpdump is not let near an interface: its filter is read on a file."""
        words = shlex.split(command)
        if shutil.which("tcpdump") is None:
            return
        link = "samples/lab_200_lost.pcap" if "any" in words else "samples/lab_good_udp.pcap"
        done = subprocess.run(["tcpdump", "-d", "-r", link, words[-1]], cwd=self.folder, capture_output=True,
                              text=True, check=False)
        self.done += 1
        if done.returncode:
            self.bad.append(f"{where}: {words[-1]}\n  {done.stderr.strip()}")

    def fill_in(self, command, in_text):
        """The command with a reader's own files; one that only names a command asks for its help."""
        for word, own in WORDS.items():
            command = re.sub(rf"(?<![\w-]){word}\b(?:\.\.\.)?", own, command)
        words = command.split()
        if not in_text or any(word in FILES or "/" in word for word in words):
            return command
        if words[-1] in COMMANDS and words[-1] not in ("explain", "lesson"):
            return f"{command} --help"
        return command if len(words) > 1 and words[1] in COMMANDS else f"{command} phone.pcap"

    def try_one(self, where, line, in_text):
        command = re.sub(r"\s+#.*$", "", line).strip()
        if not command or command.startswith("#"):
            return
        command = re.sub(r"^\./setup run\b", "whyreg", command)
        # Nobody is let near an interface: that the options are there, docs.py looks.
        command = re.sub(r"^(sudo )?whyreg watch\b.*", "whyreg watch --help", command)
        # What comes from elsewhere comes from a file here.
        command = re.sub(r'^ssh \S+ "[^"]*" \|', "cat phone.pcap |", command)
        first = command.split()[0]
        if first == "tcpdump":
            self.compile_filter(where, command)
            return
        if first != "whyreg" and "| whyreg" not in command:
            if first not in OTHERS:
                self.bad.append(f"{where}: what is '{first}'?")
            return
        if re.search(r"\| *jq\b", command) and shutil.which("jq") is None:
            return
        command = self.fill_in(command, in_text)
        done = self.shell(command)
        self.done += 1
        expected = ("whyreg: the capture filter", "whyreg: no sandbox: this program was built with")
        told = done.stderr
        for words in expected:
            told = told.replace(words, "")
        if done.returncode not in (0, 1) or "whyreg: " in told:
            self.bad.append(f"{where}: {command} ended with {done.returncode}\n  {done.stderr.strip()}")


def start_scribe(folder):
    """A history that is being written; None without the program that does it."""
    if len(sys.argv) < 4:
        return None
    scribe = subprocess.Popen([sys.argv[3], folder / "history.db", "watch"], stdout=subprocess.PIPE)
    scribe.stdout.readline()
    return scribe


def main():
    root, program = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for own, real in FILES.items():
            (folder / own).symlink_to(root / real)
        (folder / "accounts.txt").unlink()
        shutil.copyfile(root / FILES["accounts.txt"], folder / "accounts.txt")
        (folder / "accounts.txt").chmod(0o600)
        (folder / "bin").mkdir()
        (folder / "bin/whyreg").symlink_to(program)
        scribe = start_scribe(folder)
        examples = Examples(program, folder)
        for path in [root / "README.md", *sorted((root / "docs").glob("*.md")), *sorted((root / "man").glob("*.1"))]:
            for command, in_text in commands_of(path):
                examples.try_one(path.relative_to(root), command, in_text)
        if scribe is not None:
            scribe.kill()
            scribe.wait()
            scribe.stdout.close()
    if examples.done < 20:
        examples.bad.append(f"only {examples.done} commands: does the test find them?")
    print("\n".join([*examples.bad, f"{examples.done} commands, {len(examples.bad)} troubles"]))
    return bool(examples.bad)


if __name__ == "__main__":
    sys.exit(main())
