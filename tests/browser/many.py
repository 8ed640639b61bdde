"""A capture with as many devices as asked for, as a registrar sees them.

usage: many.py COUNT FILE

Each device is challenged and registers; one in twenty is refused, one in forty never answers the
challenge, and every device that is registered refreshes once.
"""

import hashlib
import struct
import sys

SERVER = (0xC633640A, 5060)  # 198.51.100.10
BEGIN = 1769860800
USER_AGENTS = ("ExamplePhone 7.1", "DeskSet/2.4.1 (build 9)", "Softclient 5", "DECT-Base 1.12")


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def packet(source, target, ttl, text):
    data = text.replace("\n", "\r\n").encode()
    head = struct.pack("!BBHHHBBHII", 0x45, 0, 28 + len(data), 0, 0x4000, ttl, 17, 0, source[0], target[0])
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return head + struct.pack("!HHHH", source[1], target[1], 8 + len(data), 0) + data


class Device:
    def __init__(self, number):
        self.number = number
        self.user = f"phone{number:05}"
        self.agent = USER_AGENTS[number % len(USER_AGENTS)]
        self.place = (0xCB007100 + number % 200, 20000 + number // 200)  # 203.0.113.0/24
        self.cseq = 0
        self.nonce = hashlib.md5(self.user.encode()).hexdigest()

    def common(self):
        inside = f"192.168.{self.number // 250}.{self.number % 250 + 1}"
        return (f"Via: SIP/2.0/UDP {inside}:5060;branch=z9hG4bK{self.user}x{self.cseq};rport\n"
                f"From: <sip:{self.user}@example.com>;tag={self.user}\nTo: <sip:{self.user}@example.com>\n"
                f"Call-ID: {self.user}-call\nCSeq: {self.cseq} REGISTER\n")

    def request(self, credentials):
        self.cseq += 1
        login = (f'Authorization: Digest username="{self.user}", realm="example.com", nonce="{self.nonce}", '
                 f'uri="sip:example.com", response="{self.nonce}", algorithm=MD5\n' if credentials else "")
        return packet(self.place, SERVER, 57, "REGISTER sip:example.com SIP/2.0\n" + self.common() +
                      f"Contact: <sip:{self.user}@192.168.1.10:5060>\nExpires: 600\nUser-Agent: {self.agent}\n{login}"
                      "Max-Forwards: 70\nContent-Length: 0\n\n")

    def answer(self, line, more=""):
        return packet(SERVER, self.place, 64, f"SIP/2.0 {line}\n" + self.common() + more + "Content-Length: 0\n\n")

    def login(self, time):
        """(time, packet) of one attempt."""
        yield time, self.request(False)
        yield time + 0.01, self.answer("401 Unauthorized", f'WWW-Authenticate: Digest realm="example.com", '
                                       f'nonce="{self.nonce}", algorithm=MD5\n')
        if self.number % 40 == 7:
            return
        yield time + 0.05, self.request(True)
        if self.number % 20 == 3:
            yield time + 0.06, self.answer("403 Forbidden")
        else:
            yield time + 0.06, self.answer("200 OK", f"Contact: <sip:{self.user}@192.168.1.10:5060>;expires=600\n")

    def life(self, time):
        yield from self.login(time)
        if self.number % 40 != 7 and self.number % 20 != 3:
            yield from self.login(time + 500)


def write(count, path):
    frames = sorted((frame for number in range(count) for frame in Device(number).life(number * 400 / count)),
                    key=lambda frame: frame[0])
    frames.append((1000, packet(SERVER, (0xCB007101, 9), 64, "\n")))
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for time, data in frames:
            file.write(struct.pack("<IIII", BEGIN + int(time), int(time % 1 * 1e6), len(data), len(data)) + data)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    write(int(sys.argv[1]), sys.argv[2])
