#pragma once

/*
 * A registration written down as text.
 *
 *     # The phone never answers the challenge.
 *     vantage client
 *     at 0.000   phone -> server   REGISTER
 *     at 0.020   server -> phone   401  realm=example.com
 *     end 60
 *
 * The same text makes the sample capture of the same name (mkpcap) and the
 * packets that a rule test looks at (judge). What comes out are frames with
 * real headers, checksums and digests; they go through the real decoder. The
 * same text gives the same bytes, always: time begins at 2026-01-31T12:00:00Z,
 * tags, branches and nonces are counted.
 *
 *
 * WHO AND WHERE
 *
 *     vantage client|middle|server [said]
 *         Beside the phone, outside its NAT, or beside the server: decides
 *         which addresses and TTLs the frames show. "said" tells the program
 *         as well, like --vantage.
 *     vantage router
 *         On the NAT itself: the capture holds a datagram before and after it was
 *         translated, and only before when it is lost.
 *     phone  [NAME] [ADDRESS[:PORT]] [user= password= auth-user= instance=
 *            expires= nat=NAME|none public-port= rport=no transport=tcp]
 *     server [NAME] [ADDRESS[:PORT]] [realm= domain=]
 *     nat    [NAME] [ADDRESS]
 *         phone, server and nat are there already, as alice behind 203.0.113.2
 *         at 192.168.1.10 and a registrar for example.com at 198.51.100.10.
 *         Such a line changes them, or adds another. All of them take port= ttl=
 *         hops= agent= domain=, and captured=no when the capture holds nothing
 *         that they send.
 *     reboot NAME
 *         A new Call-ID, new tags, no nonce remembered.
 *     snaplen BYTES
 *     mirrored SECONDS
 *         Every frame is in the capture twice, so far apart.
 *
 *     Such a line holds from the event in the line before it, or from the time
 *     in front of it: "at 600 reboot phone".
 *
 * WHEN
 *
 *     at SECONDS EVENT            after the start of the capture, or of the repeat block
 *     at +SECONDS EVENT           after the event in the line before
 *     every SECONDS from SECONDS to SECONDS EVENT
 *     repeat TIMES every SECONDS [from SECONDS] {
 *         at 0 EVENT ...
 *     }
 *     end SECONDS                 the capture ran on until then: an ARP frame
 *
 * EVENTS: FROM -> TO, then one of
 *
 *     REGISTER and other methods in capitals
 *         auth  with credentials for the newest challenge; "auth both" also for the newest of
 *         the other kind, as behind a proxy that asked first. uri= from= to= call-id= cseq=
 *         branch= from-tag= to-tag= expires=N|none contact=URI|none contact-expires=
 *         and for the digest password= auth-user= realm= nonce= algorithm= qop= nc= cnonce=
 *         digest-uri= response= auts=; algorithm=none does not name it
 *     200 and other statuses
 *         the answer to the newest request of TO, or to for=LABEL. reason= to-tag=
 *         received= rport= contact= expires= (granted) min-expires= retry-after= warning=
 *         and for a challenge realm= nonce= algorithm=NAME|none qop=LIST|none opaque= stale
 *     registration
 *         REGISTER, 401, REGISTER with credentials, 200; together 50 ms
 *     copy [of=LABEL]             a retransmission: same bytes, a packet of its own
 *     forward [of=LABEL]          passes on what FROM got last, as a proxy does
 *     duplicate [routed]          the same frame again, as a mirror port makes it;
 *                                 routed: seen behind the next router as well
 *     icmp KIND                   quotes the newest packet of TO; KIND is port-unreachable,
 *                                 host-unreachable, prohibited, expired or too-big (next-hop=)
 *     keepalive crlf|ping|zeros   of RFC 5626 and of many phones
 *     raw "BYTES"                 \r \n \" \x00 stand for bytes
 *     dns TYPE NAME [ANSWER]
 *         a question, or with ANSWER what is said to it: NXDOMAIN, SERVFAIL, REFUSED, NODATA, an
 *         address, or the name that SRV (to port 5060) and NAPTR point at
 *     tls client-hello|server-hello|certificate|change-cipher|data|alert
 *         name= (asked for, or of the certificate), version=1.3 (chosen), from= until= (of the
 *         certificate, as in 20260131120000Z), alert=NUMBER, size= (of data)
 *     connect close reset syn syn-ack ack fin
 *         TCP; connect and close make all three segments, "syn again" repeats the first one.
 *         Messages go over TCP when one of the two has transport=tcp.
 *
 *     Every message takes as=LABEL, header="X: y" (replaces or adds), add="X: y", drop=X, body=
 *     and, last of all, replace="old=>new" in the finished text.
 *     Every packet takes ttl= id= (the IP ID) src= dst= (ADDRESS:PORT), mtu= (fragments) or
 *     segment=BYTES (TCP), and lose=N: the Nth of them is not captured.
 *     unseen   it happens, but the capture does not hold it
 *     lost     the capture holds it, but it never arrives: the phone learns no nonce from it
 */

#include "capture/set.h"
#include "script.h"

typedef struct Scenario Scenario;

/* NULL with 'error' set: "line 3: there is no host 'fone'". */
Scenario *scenario_new(const char *text, GError **error);
void scenario_free(Scenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scenario, scenario_free)

/* Frames in time order, numbered as in a capture file. */
unsigned scenario_size(const Scenario *scenario);
CapturePacket scenario_packet(const Scenario *scenario, unsigned index);

/* What "vantage ... said" told. */
CapturePlace scenario_place(const Scenario *scenario);
uint32_t scenario_snaplen(const Scenario *scenario); /* 0: none */
