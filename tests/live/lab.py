"""A registrar, phones and a NAT in network namespaces of their own.

    phones 198.51.100.20-39 --direct-- registrar 198.51.100.10
    phone  192.168.1.10 --home-- nat --outside 203.0.113.2-- registrar

Nothing of it touches an interface of this machine, and all of it is removed again.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

HERE = pathlib.Path(__file__).parent
SKIPPED = 77
TOOLS = ("ip", "sysctl", "kamailio", "sipp", "tcpdump")
REGISTRAR = "198.51.100.10"
DIRECT = tuple(f"198.51.100.{20 + i}" for i in range(20))
HOME = "192.168.1.10"

# No answer keeps the mapping of a home router alive for longer than this.
MAPPING_SECONDS = 3


class Missing(Exception):
    """What the laboratory needs and this machine has not."""


def run(*words, check=True):
    return subprocess.run(words, capture_output=True, text=True, check=check)


class Lab:
    """The namespaces. As a context: they are there inside."""

    def __init__(self):
        self.names = {name: f"whyreg-{name}-{os.getpid()}" for name in ("registrar", "phones", "nat", "home")}
        self.started = []
        self.registrar = None
        self.nat = shutil.which("nft") is not None

    def __enter__(self):
        missing = [tool for tool in TOOLS if shutil.which(tool) is None]
        if missing:
            raise Missing(f"there is no {', '.join(missing)} here")
        try:
            self.build()
        except (OSError, subprocess.CalledProcessError) as error:
            self.__exit__()
            raise Missing(f"no network namespaces can be made here ({error})") from error
        return self

    def __exit__(self, *_):
        for name in self.names.values():
            self.end_all(name)
            run("ip", "netns", "del", name, check=False)
        for process in self.started:
            process.wait()

    @staticmethod
    def end_all(name):
        """The registrar has children, which would outlive it and the namespace."""
        for number in run("ip", "netns", "pids", name, check=False).stdout.split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(number), signal.SIGKILL)

    def ip(self, name, *words):
        run("ip", "-n", self.names[name], *words)

    def inside(self, name, *words):
        run("ip", "netns", "exec", self.names[name], *words)

    def join(self, one, other):
        """A wire between two of them: (name, interface, address with prefix) each."""
        self.ip(one[0], "link", "add", one[1], "type", "veth", "peer", "name", other[1], "netns",
                self.names[other[0]])
        for name, interface, address in (one, other):
            self.ip(name, "address", "add", address, "dev", interface)
            self.ip(name, "link", "set", interface, "up")

    def build(self):
        for name in self.names:
            run("ip", "netns", "add", self.names[name])
            self.inside(name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
            self.ip(name, "link", "set", "lo", "up")
        self.join(("phones", "direct", DIRECT[0] + "/24"), ("registrar", "direct", REGISTRAR + "/24"))
        for address in DIRECT[1:]:
            self.ip("phones", "address", "add", address + "/24", "dev", "direct")
        self.join(("nat", "outside", "203.0.113.2/24"), ("registrar", "outside", "203.0.113.1/24"))
        self.join(("home", "home", HOME + "/24"), ("nat", "home", "192.168.1.1/24"))
        self.ip("home", "route", "add", "default", "via", "192.168.1.1")
        self.ip("nat", "route", "add", "default", "via", "203.0.113.1")
        self.inside("nat", "sysctl", "-qw", "net.ipv4.ip_forward=1")
        if self.nat:
            self.build_nat()

    def build_nat(self):
        """A new port for each mapping, as many routers do."""
        try:
            for rule in ("add table ip nat", "add chain ip nat out { type nat hook postrouting priority 100 ; }",
                         'add rule ip nat out oifname "outside" masquerade random'):
                self.inside("nat", "nft", rule)
            for timeout in ("udp_timeout", "udp_timeout_stream"):
                self.inside("nat", "sysctl", "-qw", f"net.netfilter.nf_conntrack_{timeout}={MAPPING_SECONDS}")
        except subprocess.CalledProcessError:
            self.nat = False

    def start(self, name, *words, **options):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options
        process = subprocess.Popen(["ip", "netns", "exec", self.names[name], *map(str, words)], **options)
        self.started.append(process)
        return process

    def start_registrar(self, folder):
        log = (folder / "registrar.log").open("w")
        self.registrar = self.start("registrar", "kamailio", "-DD", "-E", "-f", HERE / "registrar.cfg", "-m", "32",
                                    "-M", "4", "-Y", folder, "-P", folder / "registrar.pid", "-w", folder,
                                    stdout=log, stderr=log)
        end = time.monotonic() + 20
        while ":5060" not in run("ip", "netns", "exec", self.names["registrar"], "ss", "-Hlnt").stdout:
            if self.registrar.poll() is not None or time.monotonic() > end:
                raise Missing("the registrar does not start: " + (folder / "registrar.log").read_text()[-500:])
            time.sleep(0.05)

    def start_phone(self, folder, name, steps, address, transport="u1"):
        """sipp plays the steps: ("register", expires, password), ("refused",), ("pause", seconds)."""
        scenario = folder / f"{name}.xml"
        scenario.write_text(scenario_of(name, steps))
        log = (folder / f"{name}.log").open("w")
        return self.start("home" if address == HOME else "phones", "sipp", "-sf", scenario, "-i", address, "-p", "5060",
                          "-t", transport, "-m", "1", "-l", "1", "-nostdin", "-aa", "-timeout", "60", f"{REGISTRAR}:5060",
                          stdout=log, stderr=log, cwd=folder)


REQUEST = """  <send retrans="500"><![CDATA[

REGISTER sip:example.com SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:{name}@example.com>;tag=[pid]t[call_number]
To: <sip:{name}@example.com>
Call-ID: [call_id]
CSeq: {cseq} REGISTER
Contact: <sip:{name}@[local_ip]:[local_port];transport=[transport]>
Expires: {expires}
User-Agent: Test phone 1.0
{credentials}Content-Length: 0

]]></send>
"""


def scenario_of(name, steps):
    """An attempt is a question, a challenge and the answer to it; "refused" is one of which there is no more to expect."""
    text, cseq = "", 0
    for what, *details in steps:
        if what == "pause":
            text += f'  <pause milliseconds="{int(details[0] * 1000)}"/>\n'
            continue
        expires, password = details if what == "register" else (60, None)
        for credentials in ("", f"[authentication username={name} password={password}]\n"):
            cseq += 1
            text += REQUEST.format(name=name, cseq=cseq, expires=expires, credentials=credentials)
            if what == "refused":
                text += '  <recv response="503"/>\n'
                break
            if not credentials:
                text += '  <recv response="401" auth="true"/>\n'
            else:
                text += f'  <recv response="{"200" if password == "secret" else "401"}"/>\n'
    return f'<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="{name}">\n{text}</scenario>\n'
