/*
 * Filters are written for frames as one imagines them. On a trunk port every
 * frame is tagged and "port 5060" matches none: the report would say "no SIP
 * here", and be wrong. So a refused frame is looked at once more.
 */

#include "sieve.h"

#include <pcap/pcap.h>

#include "capture/filter.h"
#include "inside.h"
#include "source.h"

/* Link types in one run. A file may claim any number. */
#define PROGRAMS_MAX 64

#define LINK_ETHERNET 1
#define LINK_RAW 101
#define ETHERNET_HEADER 14

/* As much of a packet as a filter on addresses and ports looks at. */
#define PACKET_FRONT 256

typedef struct Program {
    uint16_t link;
    bool compiled;
    struct bpf_program code;
} Program;

struct CaptureSieve {
    char *expression;
    unsigned gaps; /* FilterGap */
    GArray *programs;
    char *failure; /* what the compiler said last */
};

static void clear_program(void *program)
{
    pcap_freecode(&((Program *)program)->code);
}

CaptureSieve *capture_sieve_new(const char *expression)
{
    CaptureSieve *sieve = g_new0(CaptureSieve, 1);

    sieve->expression = g_strdup(expression);
    sieve->failure = g_strdup("too many link types");
    sieve->gaps = filter_gaps(expression);
    sieve->programs = g_array_new(FALSE, TRUE, sizeof(Program));
    g_array_set_clear_func(sieve->programs, clear_program);
    return sieve;
}

void capture_sieve_free(CaptureSieve *sieve)
{
    if (sieve == NULL)
        return;
    g_array_unref(sieve->programs);
    g_free(sieve->failure);
    g_free(sieve->expression);
    g_free(sieve);
}

/* Files and the library number link types alike, but for raw IP, whose number
 * inside the library differs from system to system. */
static int library_link(uint16_t link)
{
    return link == LINK_RAW ? DLT_RAW : link;
}

static void compile(CaptureSieve *sieve, Program *program)
{
    pcap_t *pcap = pcap_open_dead(library_link(program->link), CAPTURE_FRAME_MAX);

    program->compiled =
        pcap_compile(pcap, &program->code, sieve->expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!program->compiled) {
        g_free(sieve->failure);
        sieve->failure = g_strdup(pcap_geterr(pcap));
    }
    pcap_close(pcap);
}

/* NULL when the expression does not compile for this link type. */
static const struct bpf_program *find_program(CaptureSieve *sieve, uint16_t link)
{
    for (guint i = 0; i < sieve->programs->len; i++) {
        const Program *known = &g_array_index(sieve->programs, Program, i);

        if (known->link == link)
            return known->compiled ? &known->code : NULL;
    }
    if (sieve->programs->len == PROGRAMS_MAX)
        return NULL;

    Program program = { .link = link };

    compile(sieve, &program);
    g_array_append_val(sieve->programs, program);
    return find_program(sieve, link);
}

bool capture_sieve_fits(CaptureSieve *sieve, const GArray *links, GError **error)
{
    bool fits = links->len == 0 && find_program(sieve, LINK_ETHERNET) != NULL;

    for (guint i = 0; i < links->len && !fits; i++)
        fits = find_program(sieve, g_array_index(links, uint16_t, i)) != NULL;
    if (!fits)
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_FILTER, "cannot use the filter \"%s\": %s",
                    sieve->expression, sieve->failure);
    return fits;
}

static bool matches(const struct bpf_program *program, Str bytes, uint32_t wire_len)
{
    struct pcap_pkthdr header = { .caplen = (uint32_t)bytes.len, .len = wire_len };

    return pcap_offline_filter(program, &header, (const u_char *)bytes.data) != 0;
}

bool capture_sieve_passes(CaptureSieve *sieve, const CapturePacket *packet)
{
    const struct bpf_program *program = find_program(sieve, packet->link);

    return program != NULL && matches(program, packet->bytes, packet->wire_len);
}

/* The same packet as it would be without its tags. */
static bool passes_untagged(CaptureSieve *sieve, const CapturePacket *packet, Str ip)
{
    const struct bpf_program *program = find_program(sieve, LINK_ETHERNET);
    char frame[ETHERNET_HEADER + PACKET_FRONT] = { 0 };
    bool version6 = (uint8_t)ip.data[0] >> 4 == 6;

    if (program == NULL)
        return false;
    if (packet->link == LINK_ETHERNET)
        memcpy(frame, packet->bytes.data, 12);
    memcpy(frame + 12, version6 ? "\x86\xdd" : "\x08\x00", 2);

    Str front = str_first(ip, PACKET_FRONT);
    size_t stripped = packet->bytes.len - ip.len;

    memcpy(frame + ETHERNET_HEADER, front.data, front.len);
    return matches(program, (Str){ frame, ETHERNET_HEADER + front.len },
                   (uint32_t)(packet->wire_len - stripped + ETHERNET_HEADER));
}

/* The counter that the frame belongs to, NULL when nobody misses it. */
static uint64_t *find_counter(CaptureSieve *sieve, const CapturePacket *packet,
                              CaptureHidden *hidden)
{
    CaptureInside inside = capture_inside_of(packet);

    if (find_program(sieve, packet->link) == NULL)
        return &hidden->no_filter;
    if (inside.later_fragment && (sieve->gaps & FILTER_HIDES_FRAGMENTS))
        return &hidden->fragments;
    if (inside.tagged && str_present(inside.ip) && passes_untagged(sieve, packet, inside.ip))
        return &hidden->tagged;
    if (inside.icmp_error && (sieve->gaps & FILTER_HIDES_ICMP))
        return &hidden->icmp;
    return NULL;
}

void capture_sieve_note_refused(CaptureSieve *sieve, const CapturePacket *packet,
                                CaptureHidden *hidden)
{
    uint64_t *counter = find_counter(sieve, packet, hidden);

    if (counter == NULL)
        return;
    (*counter)++;
    if (hidden->first_frame > 0)
        return;
    hidden->first_frame = packet->ref.frame;
    hidden->first_time = packet->time;
}
