#!/usr/bin/env python3
"""The pages of --listen from outside, and whatever is built on their numbers.

usage: metrics.py SERVE ROOT

The text is read by a parser that forgives nothing; the dashboard, the alerts
and the documentation may name only what the text has, and the documentation
names all of it.
"""

import http.client
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
ESCAPED = r'(?:[^"\\\n]|\\["\\n])*'
SAMPLE = re.compile(rf'({NAME})(?:\{{({NAME}="{ESCAPED}"(?:,{NAME}="{ESCAPED}")*)\}})? (-?[0-9.]+)')
LABEL = re.compile(rf'({NAME})="({ESCAPED})"')
META = re.compile(rf"# (HELP|TYPE|UNIT) ({NAME}) (.+)")
# Names in the queries of dashboards and alerts.
USED = re.compile(r"\bwhyreg_[a-z0-9_]+")


class Family:
    def __init__(self, name):
        self.name = name
        self.meta = {}
        self.samples = {}


def read_meta(line, families):
    match = META.fullmatch(line)
    assert match, f"no line of this format: {line!r}"
    kind, name, value = match.groups()
    if not families or families[-1].name != name:
        assert name not in {family.name for family in families}, f"{name} comes twice"
        families.append(Family(name))
    family = families[-1]
    assert kind not in family.meta, f"{name}: {kind} comes twice"
    assert not family.samples, f"{name}: {kind} behind a sample"
    family.meta[kind] = value


def read_sample(line, families):
    match = SAMPLE.fullmatch(line)
    assert match, f"no sample: {line!r}"
    name, labels, value = match.groups()
    family = families[-1]
    suffix = "_total" if family.meta["TYPE"] == "counter" else ""
    assert name == family.name + suffix, f"{name} stands in {family.name}"
    key = tuple(LABEL.findall(labels or ""))
    assert len({label for label, _ in key}) == len(key), f"a label twice: {line!r}"
    assert key not in family.samples, f"a series twice: {line!r}"
    family.samples[key] = float(value)
    assert suffix == "" or family.samples[key] >= 0, f"a counter below zero: {line!r}"


def parse(text):
    """OpenMetrics 1.0.0, counters and gauges; strict."""
    assert text.endswith("# EOF\n"), "no end"
    lines = text.split("\n")[:-2]
    families = []
    for line in lines:
        if line.startswith("#"):
            read_meta(line, families)
        else:
            read_sample(line, families)
    for family in families:
        assert family.meta["TYPE"] in ("counter", "gauge"), family.name
        assert family.meta["HELP"].endswith("."), family.name
        unit = family.meta.get("UNIT")
        assert unit is None or family.name.endswith("_" + unit), family.name
        assert not family.name.endswith("_total"), family.name
    return {family.name: family for family in families}


def sample_names(families):
    return {f.name + ("_total" if f.meta["TYPE"] == "counter" else "") for f in families.values()}


class Server:
    def __init__(self, serve, path):
        self.process = subprocess.Popen([serve, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def tell(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def ask(self, path, method="GET", headers=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text

    def status(self, *args, **more):
        return self.ask(*args, **more)[0].status

    def devices(self, query=""):
        return json.loads(self.ask("/devices" + query)[1])

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(20) == 0


def check_health(server):
    answer, text = server.ask("/healthz")
    assert answer.status == 503 and json.loads(text)["status"] == "starting", text
    server.tell("pulse")
    answer, text = server.ask("/healthz")
    assert answer.status == 200 and json.loads(text)["status"] == "ok", text
    assert answer.getheader("Content-Type") == "application/json"


def check_text(server):
    answer, text = server.ask("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    assert answer.status == 200
    assert answer.getheader("Content-Type") == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    families = parse(text)
    assert families["whyreg_attempts"].samples[(("outcome", "accepted"),)] == 1
    assert families["whyreg_capture_packets"].samples[(("interface", 'eth0\\"\\\\\\n'),)] == 1000
    assert "example.com" not in text, "an account in the metrics"
    answer, plain = server.ask("/metrics")
    assert answer.getheader("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
    parse(plain)
    return text, families


def check_requests(server):
    answer, text = server.ask("/metrics", "HEAD")
    assert answer.status == 200 and text == "" and int(answer.getheader("Content-Length")) > 1000
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer, _ = server.ask("/metrics", method, body="x" * 1000)
        assert answer.status == 405 and answer.getheader("Allow") == "GET, HEAD", method
    for path in ("/", "/metrics/", "/../metrics", "/%2e%2e/", "//metrics", "/favicon.ico"):
        assert server.status(path) == 404, path
    answer, _ = server.ask("/")
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("Content-Security-Policy").startswith("default-src 'none'")
    assert answer.getheader("Cache-Control") == "no-store"
    # A stranger's page that makes a browser ask us by a name of its own.
    assert server.status("/devices", headers={"Host": "evil.example"}) == 403
    assert server.status("/devices", headers={"Host": f"localhost:{server.port}"}) == 200


def check_devices(server):
    assert [d["aor"] for d in server.devices()["devices"]] == ["bob@example.com", "alice@example.com"]
    assert [d["aor"] for d in server.devices("?condition=lost")["devices"]] == ["bob@example.com"]
    assert [d["device"] for d in server.devices("?aor=alice%40example.com")["devices"]] == ["d1"]
    assert server.devices("?condition=danger&aor=x")["devices"] == []
    assert server.status("/devices?condition=well") == 400
    server.tell("devices")
    server.tell("pulse")
    page = server.devices()
    assert len(page["devices"]) == 5000 and page["left_out"] == 2002 and page["not_listed"] == 0, page["left_out"]


def check_strangers(server):
    """Slow, silent and broken ones: others are served all the same."""
    idle = []
    for text in (b"", b"GET /metr", b"GET /metrics HTTP/1.1\r\nX: ", b"\xff\x00\r\n\r\n", b"GET " + b"/" * 100000):
        connection = socket.create_connection(("127.0.0.1", server.port))
        try:
            connection.sendall(text)
        except OSError:
            pass
        idle.append(connection)
    started = time.monotonic()
    assert server.status("/healthz") == 200
    assert time.monotonic() - started < 5
    for connection in idle:
        connection.close()
    # More connections than there are: the last ones are let go of, and then it goes on.
    many = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(60)]
    server.tell("pulse")
    for connection in many:
        connection.close()
    for _ in range(50):
        try:
            if server.status("/healthz") == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not come back")


def check_promtool(text, rules):
    promtool = shutil.which("promtool")
    if promtool is None:
        return
    run = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True)
    # It knows the older format only, in which a counter carries its whole name.
    complaints = [line for line in run.stderr.splitlines() if "no help text" not in line]
    assert not complaints, complaints
    run = subprocess.run([promtool, "check", "rules", rules], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def check_users(root, families):
    """What is built on the names."""
    there = sample_names(families)
    dashboard = json.loads((root / "data/grafana/whyreg.json").read_text())
    panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    queries = [target["expr"] for panel in panels for target in panel["targets"]]
    assert len(queries) > 10
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    rules = (root / "data/prometheus/whyreg.rules.yml").read_text()
    exprs = "\n".join(line for line in rules.splitlines() if not line.lstrip().startswith(("#", "- alert", "summary")))
    used = set(USED.findall("\n".join(queries))) | set(USED.findall(exprs))
    assert used <= there, f"not among the metrics: {sorted(used - there)}"
    documented = set(re.findall(r"^\| `(whyreg_[a-z0-9_]+)`", (root / "docs/metrics.md").read_text(), re.MULTILINE))
    assert documented == there, f"documents and program differ: {sorted(documented ^ there)}"


def main():
    serve, root = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/whyreg.prom"
        server = Server(serve, path)
        check_health(server)
        text, families = check_text(server)
        check_requests(server)
        check_devices(server)
        check_strangers(server)
        server.tell("end")
        answer, health = server.ask("/healthz")
        assert answer.status == 503 and json.loads(health)["status"] == "stopping", health
        server.end()
        parse(pathlib.Path(path).read_text())
    check_users(root, families)
    check_promtool(text, str(root / "data/prometheus/whyreg.rules.yml"))
    print(f"{len(families)} families, as documented")


if __name__ == "__main__":
    main()
