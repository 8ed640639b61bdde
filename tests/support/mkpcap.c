/*
 * mkpcap SCENARIO.txt OUT.pcap
 *
 * Makes the capture that a scenario describes: a classic pcap file with
 * microseconds, little endian on every machine. A scenario of comments alone
 * describes a capture from elsewhere; nothing is written for it.
 */

#include <stdio.h>

#include "scenario.h"

static void put_le(GByteArray *out, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        uint8_t byte = (uint8_t)(value >> (8 * i));

        g_byte_array_append(out, &byte, 1);
    }
}

static void put_header(GByteArray *out, uint32_t snaplen)
{
    put_le(out, 0xa1b2c3d4, 4);
    put_le(out, 2, 2);
    put_le(out, 4, 2);
    put_le(out, 0, 4);
    put_le(out, 0, 4);
    put_le(out, snaplen != 0 ? snaplen : 262144, 4);
    put_le(out, 1, 4); /* LINKTYPE_ETHERNET */
}

static void put_packet(GByteArray *out, const CapturePacket *packet)
{
    put_le(out, (uint32_t)(packet->time / NSEC_SEC), 4);
    put_le(out, (uint32_t)(packet->time % NSEC_SEC / NSEC_USEC), 4);
    put_le(out, (uint32_t)packet->bytes.len, 4);
    put_le(out, packet->wire_len, 4);
    g_byte_array_append(out, (const uint8_t *)packet->bytes.data, (unsigned)packet->bytes.len);
}

static bool write_capture(const Scenario *scenario, const char *path, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();

    put_header(out, scenario_snaplen(scenario));
    for (unsigned i = 0; i < scenario_size(scenario); i++) {
        CapturePacket packet = scenario_packet(scenario, i);

        put_packet(out, &packet);
    }
    return g_file_set_contents(path, (const char *)out->data, out->len, error);
}

static bool make(const char *from, const char *to, GError **error)
{
    g_autofree char *text = NULL;

    if (!g_file_get_contents(from, &text, NULL, error))
        return false;

    g_autoptr(Scenario) scenario = scenario_new(text, error);

    if (scenario == NULL) {
        g_prefix_error(error, "%s: ", from);
        return false;
    }
    return scenario_size(scenario) == 0 || write_capture(scenario, to, error);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    if (argc != 3) {
        fprintf(stderr, "usage: mkpcap SCENARIO.txt OUT.pcap\n");
        return 2;
    }
    if (make(argv[1], argv[2], &error))
        return 0;
    fprintf(stderr, "mkpcap: %s\n", error->message);
    return 1;
}
