/*
 * mkflood DEVICES INTERVAL SECONDS [FLOOD COUNT [SOURCES]]
 *
 * A capture on standard output, as long as one likes: phones that register with
 * a server and refresh every INTERVAL seconds, and COUNT packets of a flood
 * spread evenly between them. What the phones do does not depend on the flood,
 * so that a report with it and one without can be compared.
 *
 * Everything that counts goes round early: CSeq and the nonce count begin just
 * below their ends, TCP sequence numbers too, IP identifications by themselves;
 * the clock passes the end of 31-bit seconds half way. Each fiftieth phone has a
 * wrong password from the middle on, the next of fifty is not answered any more,
 * the next is gone, the next misses one refresh, and each eighth uses TCP.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USEC_SEC G_GINT64_CONSTANT(1000000)
#define END_OF_31_BITS G_GINT64_CONSTANT(2147483648)
#define SERVER 0xc000020au /* 192.0.2.10 */
#define PORT 5060
#define ETHERNET 14
#define HEADERS (ETHERNET + 20 + 20)
#define MAX_FRAME 2048

enum { UDP = 17, TCP = 6 };
enum { SYN = 2, ACK = 16, SYN_ACK = 18, PSH_ACK = 24 };

typedef enum Stage {
    CONNECTING,
    ACCEPTING,
    ASKING,
    CHALLENGING,
    ANSWERING,
    GRANTING,
    REPEATING,
} Stage;

typedef struct Phone {
    gint64 due; /* microseconds */
    gint64 cycle;
    unsigned number;
    Stage stage;
    unsigned repeats;
    uint32_t cseq;
    uint32_t nc;
    unsigned call;
    unsigned nonce;
    uint16_t ip_id;
    uint32_t sent[2]; /* TCP sequence numbers: the phone's, the server's */
    bool tcp;
    bool connected;
} Phone;

typedef struct Town {
    Phone *phones;
    Phone **heap; /* the next one due first */
    unsigned n;
    gint64 interval;
    gint64 begin;
    gint64 middle;
    gint64 end;
    uint16_t server_id;
    const char *flood; /* NULL: none; "all": one after the other */
    const char *kind;  /* of the packet in hand */
    uint64_t count;
    uint32_t sources;
    uint64_t random;
} Town;

typedef struct Ends {
    uint32_t from;
    uint32_t to;
    uint16_t from_port;
    uint16_t to_port;
    uint16_t ip_id;
} Ends;

/* --- frames ---------------------------------------------------------------- */

static void put_be16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put_be32(uint8_t *at, uint32_t value)
{
    put_be16(at, value >> 16);
    put_be16(at + 2, value & 0xffff);
}

static void put_le32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static void write_file_header(void)
{
    uint8_t header[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4 };

    put_le32(header + 16, 262144);
    put_le32(header + 20, 1); /* LINKTYPE_ETHERNET */
    fwrite(header, 1, sizeof(header), stdout);
}

/* The frame's IP header is complete but for its length. */
static void write_frame(gint64 time, uint8_t *frame, unsigned len)
{
    uint8_t record[16];

    put_be16(frame + 12, 0x0800);
    put_be16(frame + ETHERNET + 2, len - ETHERNET);
    put_le32(record, (uint32_t)(time / USEC_SEC));
    put_le32(record + 4, (uint32_t)(time % USEC_SEC));
    put_le32(record + 8, len);
    put_le32(record + 12, len);
    fwrite(record, 1, sizeof(record), stdout);
    fwrite(frame, 1, len, stdout);
}

static uint8_t *start_frame(uint8_t *frame, const Ends *ends, uint8_t protocol)
{
    uint8_t *ip = frame + ETHERNET;

    memset(frame, 0, HEADERS);
    ip[0] = 0x45;
    put_be16(ip + 4, ends->ip_id);
    ip[8] = 64;
    ip[9] = protocol;
    put_be32(ip + 12, ends->from);
    put_be32(ip + 16, ends->to);
    put_be16(ip + 20, ends->from_port);
    put_be16(ip + 22, ends->to_port);
    return ip + 20;
}

static void write_udp(gint64 time, const Ends *ends, const char *text, unsigned len)
{
    uint8_t frame[MAX_FRAME];
    uint8_t *udp = start_frame(frame, ends, UDP);

    put_be16(udp + 4, len + 8);
    memcpy(udp + 8, text, len);
    write_frame(time, frame, ETHERNET + 20 + 8 + len);
}

static void write_tcp(gint64 time, const Ends *ends, uint8_t flags, const uint32_t seq[2],
                      const char *text, unsigned len)
{
    uint8_t frame[MAX_FRAME];
    uint8_t *tcp = start_frame(frame, ends, TCP);

    put_be32(tcp + 4, seq[0]);
    put_be32(tcp + 8, seq[1]);
    tcp[12] = 0x50;
    tcp[13] = flags;
    put_be16(tcp + 14, 65535);
    memcpy(tcp + 20, text, len);
    write_frame(time, frame, HEADERS + len);
}

/* --- phones ---------------------------------------------------------------- */

static uint32_t address_of(const Phone *phone)
{
    return 0x0a010000u + phone->number;
}

static void say(Town *town, Phone *phone, bool up, const char *text, unsigned len)
{
    Ends ends = { address_of(phone), SERVER, PORT, PORT, 0 };

    if (!up)
        ends = (Ends){ SERVER, address_of(phone), PORT, PORT, 0 };
    ends.ip_id = up ? phone->ip_id++ : town->server_id++;
    if (!phone->tcp) {
        write_udp(phone->due, &ends, text, len);
        return;
    }
    write_tcp(phone->due, &ends, PSH_ACK, (uint32_t[]){ phone->sent[!up], phone->sent[up] }, text,
              len);
    phone->sent[!up] += len;
}

static unsigned put_headers(char *text, unsigned room, const Phone *phone)
{
    const char *transport = phone->tcp ? "TCP" : "UDP";
    unsigned ip = phone->number;

    return (unsigned)snprintf(
        text, room,
        "Via: SIP/2.0/%s 10.1.%u.%u:5060;branch=z9hG4bK%x-%x-%x\r\n"
        "From: <sip:phone%u@example.com>;tag=t%x-%x\r\nTo: <sip:phone%u@example.com>\r\n"
        "Call-ID: %x-%x@phone\r\nCSeq: %u REGISTER\r\n",
        transport, ip >> 8, ip & 255, ip, phone->call, phone->cseq, ip, ip, phone->call, ip, ip,
        phone->call, phone->cseq);
}

static void ask(Town *town, Phone *phone, bool credentials)
{
    char text[MAX_FRAME - HEADERS], *at = text;
    const char *end = text + sizeof(text);
    unsigned ip = phone->number;

    at += snprintf(at, (size_t)(end - at), "REGISTER sip:example.com SIP/2.0\r\n");
    at += put_headers(at, (unsigned)(end - at), phone);
    at += snprintf(at, (size_t)(end - at),
                   "Max-Forwards: 70\r\nContact: <sip:phone%u@10.1.%u.%u:5060%s>\r\n"
                   "Expires: %u\r\nUser-Agent: Flood Test 1\r\n",
                   ip, ip >> 8, ip & 255, phone->tcp ? ";transport=tcp" : "",
                   (unsigned)(town->interval / USEC_SEC * 2));
    if (credentials)
        at += snprintf(at, (size_t)(end - at),
                       "Authorization: Digest username=\"phone%u\", realm=\"example.com\", "
                       "nonce=\"n%u-%u\", uri=\"sip:example.com\", qop=auth, cnonce=\"c\", "
                       "nc=%08x, response=\"%032x\"\r\n",
                       ip, ip, phone->nonce, phone->nc, ip);
    at += snprintf(at, (size_t)(end - at), "Content-Length: 0\r\n\r\n");
    say(town, phone, true, text, (unsigned)(at - text));
}

static void answer(Town *town, Phone *phone, unsigned status)
{
    char text[MAX_FRAME - HEADERS], *at = text;
    const char *end = text + sizeof(text);
    unsigned ip = phone->number;

    at += snprintf(at, (size_t)(end - at), "SIP/2.0 %u %s\r\n", status,
                   status == 200 ? "OK" : "Unauthorized");
    at += put_headers(at, (unsigned)(end - at), phone);
    if (status == 200)
        at += snprintf(at, (size_t)(end - at),
                       "Contact: <sip:phone%u@10.1.%u.%u:5060%s>;expires=%u\r\n", ip, ip >> 8,
                       ip & 255, phone->tcp ? ";transport=tcp" : "",
                       (unsigned)(town->interval / USEC_SEC * 2));
    else
        at += snprintf(at, (size_t)(end - at),
                       "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n%u-%u\", "
                       "qop=\"auth\"\r\n",
                       ip, phone->nonce);
    at += snprintf(at, (size_t)(end - at), "Content-Length: 0\r\n\r\n");
    say(town, phone, false, text, (unsigned)(at - text));
}

static void shake_hands(Town *town, Phone *phone)
{
    Ends up = { address_of(phone), SERVER, PORT, PORT, phone->ip_id++ };
    Ends down = { SERVER, address_of(phone), PORT, PORT, town->server_id++ };
    const uint32_t *sent = phone->sent;

    if (phone->stage == CONNECTING) {
        write_tcp(phone->due, &up, SYN, (uint32_t[]){ sent[0] - 1, 0 }, "", 0);
    } else {
        write_tcp(phone->due, &down, SYN_ACK, (uint32_t[]){ sent[1] - 1, sent[0] }, "", 0);
        write_tcp(phone->due + 1, &up, ACK, (uint32_t[]){ sent[0], sent[1] }, "", 0);
    }
}

/* RFC 3261 section 10.2: one Call-ID, CSeq one higher each time; after the last one, anew. */
static void count_on(Phone *phone)
{
    if (++phone->cseq < END_OF_31_BITS)
        return;
    phone->cseq = 1;
    phone->call++;
}

static bool is_gone(const Town *town, const Phone *phone)
{
    gint64 missed = phone->due - town->middle;

    if (phone->number % 50 == 3)
        return missed > 0 && missed < 4 * town->interval;
    return phone->number % 50 == 2 && missed > 0;
}

static void begin_cycle(Town *town, Phone *phone)
{
    phone->cycle += town->interval;
    phone->due = phone->cycle;
    phone->stage = ASKING;
    phone->repeats = 0;
}

static void go_on(Phone *phone, Stage stage)
{
    phone->stage = stage;
    phone->due += 10000 + phone->number % 7 * 1000;
}

/* Timer E: 0.5, 1, 2, 4, 4 ... s until 32 s are over. */
static void repeat_later(Town *town, Phone *phone)
{
    phone->stage = REPEATING;
    if (phone->repeats == 8)
        begin_cycle(town, phone);
    else
        phone->due += MIN(USEC_SEC / 2 << phone->repeats++, 4 * USEC_SEC);
}

static void turn(Town *town, Phone *phone)
{
    bool late = phone->due > town->middle;
    bool refused = late && phone->number % 50 == 0;
    bool ignored = late && phone->number % 50 == 1;

    switch (phone->stage) {
    case CONNECTING:
    case ACCEPTING:
        shake_hands(town, phone);
        go_on(phone, phone->stage + 1);
        break;
    case ASKING:
        if (is_gone(town, phone)) {
            begin_cycle(town, phone);
            break;
        }
        count_on(phone);
        phone->nonce++;
        ask(town, phone, false);
        ignored ? repeat_later(town, phone) : go_on(phone, CHALLENGING);
        break;
    case REPEATING:
        ask(town, phone, false);
        repeat_later(town, phone);
        break;
    case CHALLENGING:
        answer(town, phone, 401);
        go_on(phone, ANSWERING);
        break;
    case ANSWERING:
        count_on(phone);
        phone->nc++;
        ask(town, phone, true);
        go_on(phone, GRANTING);
        break;
    case GRANTING:
        phone->nonce += refused;
        answer(town, phone, refused ? 401 : 200);
        begin_cycle(town, phone);
        break;
    }
}

/* --- whose turn it is ------------------------------------------------------ */

static void sink_first(Town *town)
{
    Phone *phone = town->heap[0];
    unsigned at = 0;

    for (unsigned child; (child = 2 * at + 1) < town->n; at = child) {
        if (child + 1 < town->n && town->heap[child + 1]->due < town->heap[child]->due)
            child++;
        if (town->heap[child]->due >= phone->due)
            break;
        town->heap[at] = town->heap[child];
    }
    town->heap[at] = phone;
}

static void settle_town(Town *town)
{
    town->phones = g_new0(Phone, town->n);
    town->heap = g_new(Phone *, town->n);
    for (unsigned i = 0; i < town->n; i++) {
        Phone *phone = town->heap[i] = &town->phones[i];

        *phone = (Phone){ .number = i, .tcp = i % 8 == 7 };
        phone->cycle = town->begin + town->interval * i / town->n;
        phone->due = phone->cycle;
        phone->stage = phone->tcp ? CONNECTING : ASKING;
        phone->cseq = (uint32_t)END_OF_31_BITS - 12 - i % 100;
        phone->nc = UINT32_MAX - 5;
        phone->sent[0] = UINT32_MAX - 2000;
        phone->sent[1] = UINT32_MAX - 5000;
    }
}

/* --- floods ---------------------------------------------------------------- */

static const char *const kinds[] = { "calls",   "accounts", "takeover", "challenged", "branches",
                                     "answers", "syns",     "halves",   "fragments" };

/* Not keyed: the same flood each time (Knuth's linear congruential generator). */
static uint32_t next_random(Town *town)
{
    town->random = town->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(town->random >> 33);
}

static unsigned put_flood(char *text, unsigned room, const Town *town, unsigned n, uint32_t source)
{
    bool calls = strcmp(town->kind, "branches") != 0;
    const char *name = strcmp(town->kind, "takeover") == 0 ? "phone" : "u";
    unsigned user = strcmp(town->kind, "accounts") == 0 ? n : *name == 'p' ? n % town->n : n % 5000;
    bool response = strcmp(town->kind, "answers") == 0;

    return (unsigned)snprintf(
        text, room,
        "%s\r\nVia: SIP/2.0/UDP 198.18.%u.%u;branch=z9hG4bKf%x\r\n"
        "From: <sip:%s%u@example.com>;tag=f%x\r\nTo: <sip:%s%u@example.com>\r\n"
        "Call-ID: f%x@flood\r\nCSeq: %u REGISTER\r\n%s"
        "Contact: <sip:u@198.18.0.1>\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n",
        response ? "SIP/2.0 401 Unauthorized" : "REGISTER sip:example.com SIP/2.0",
        source >> 8 & 255, source & 255, n, name, user, n, name, user, calls ? n : 0,
        calls ? 1 : n + 1,
        response ? "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"f\"\r\n" : "");
}

static void flood_tcp(const Town *town, gint64 time, Ends *ends, unsigned n)
{
    bool half = strcmp(town->kind, "halves") == 0;
    const char *text = "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/TCP 198.18.0.1;branch=z9";

    ends->from_port = (uint16_t)(1024 + n % 60000);
    if (half)
        write_tcp(time, ends, PSH_ACK, (uint32_t[]){ n, 1 }, text, (unsigned)strlen(text));
    else
        write_tcp(time, ends, SYN, (uint32_t[]){ n, 0 }, "", 0);
}

/* The first fragment of a REGISTER whose others never come. */
static void flood_fragment(gint64 time, const Ends *ends, const char *text)
{
    uint8_t frame[MAX_FRAME];
    uint8_t *udp = start_frame(frame, ends, UDP);
    unsigned len = 256;

    put_be16(udp + 4, 1408);
    put_be16(frame + ETHERNET + 6, 0x2000); /* more to come */
    memcpy(udp + 8, text, len);
    write_frame(time, frame, ETHERNET + 20 + 8 + len);
}

/* A server that answers forged requests as it answers all. */
static void challenge_flood(gint64 time, const Ends *ends, const char *request)
{
    char text[MAX_FRAME - HEADERS];
    Ends back = { ends->to, ends->from, ends->to_port, ends->from_port, ends->ip_id };
    unsigned len = (unsigned)snprintf(
        text, sizeof(text),
        "SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"example.com\", "
        "nonce=\"x%x\"\r\n%s",
        ends->ip_id, strchr(request, '\n') + 1);

    write_udp(time, &back, text, len);
}

static void flood_once(Town *town, gint64 time, unsigned n)
{
    char text[MAX_FRAME - HEADERS];
    uint32_t source = next_random(town) % town->sources;
    Ends ends = { 0xc6120000u + source, SERVER, PORT, PORT, (uint16_t)n };

    if (strcmp(town->kind, "answers") == 0)
        ends = (Ends){ SERVER, 0xc6120000u + source, PORT, PORT, (uint16_t)n };
    if (strcmp(town->kind, "syns") == 0 || strcmp(town->kind, "halves") == 0) {
        flood_tcp(town, time, &ends, n);
        return;
    }

    unsigned len = put_flood(text, sizeof(text), town, n, source);

    if (strcmp(town->kind, "fragments") == 0) {
        flood_fragment(time, &ends, text);
        return;
    }
    write_udp(time, &ends, text, len);
    if (strcmp(town->kind, "challenged") == 0)
        challenge_flood(time + 1, &ends, text);
}

static void run(Town *town)
{
    uint64_t flooded = 0;

    while (town->heap[0]->due < town->end) {
        gint64 now = town->heap[0]->due;

        for (; flooded < town->count; flooded++) {
            gint64 time =
                town->begin + (gint64)((town->end - town->begin) * (double)flooded / town->count);

            if (time >= now)
                break;
            town->kind = strcmp(town->flood, "all") == 0 ? kinds[flooded % G_N_ELEMENTS(kinds)]
                                                         : town->flood;
            flood_once(town, time, (unsigned)flooded);
        }
        turn(town, town->heap[0]);
        sink_first(town);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4 && argc != 6 && argc != 7)
        return 2;

    Town town = { .n = (unsigned)strtoul(argv[1], NULL, 10),
                  .interval = strtoll(argv[2], NULL, 10) * USEC_SEC,
                  .flood = argc > 5 ? argv[4] : NULL,
                  .count = argc > 5 ? strtoull(argv[5], NULL, 10) : 0,
                  .sources = argc > 6 ? (uint32_t)strtoul(argv[6], NULL, 10) : 65536 };
    gint64 length = strtoll(argv[3], NULL, 10) * USEC_SEC;

    town.begin = END_OF_31_BITS * USEC_SEC - length / 2;
    town.middle = town.begin + length / 2;
    town.end = town.begin + length;
    setvbuf(stdout, NULL, _IOFBF, 1 << 20);
    write_file_header();
    settle_town(&town);
    run(&town);
    g_free(town.heap);
    g_free(town.phones);
    return fflush(stdout) != 0;
}
