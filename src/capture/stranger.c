/*
 * What people hand in instead of a capture. "Unknown file format" sends them
 * away; the name of what they have, and the tool that converts it, does not.
 */

#include "stranger.h"

#include <glib.h>

#include "unpack.h"

typedef struct Stranger {
    Str magic;
    const char *name;
} Stranger;

/* clang-format off */
static const Stranger strangers[] = {
    { { "GMBU", 4 }, "a Microsoft Network Monitor file; convert it with editcap" },
    { { "RTSS", 4 }, "a Microsoft Network Monitor 1 file; convert it with editcap" },
    { { "snoop\0", 6 }, "a snoop file; convert it with editcap" },
    { { "TRSNIFF data", 12 }, "a Sniffer file; convert it with editcap" },
    { { "XCP\0", 4 }, "a NetXRay file; convert it with editcap" },
    { { "\x7fver", 4 }, "an EtherPeek file; convert it with editcap" },
    { { "btsnoop\0", 8 }, "a Bluetooth capture" },
    { { "\xfd" "7zXZ", 5 }, "compressed with xz; unpack it first" },
    { { "BZh", 3 }, "compressed with bzip2; unpack it first" },
    { { "PK\x03\x04", 4 }, "a ZIP archive; unpack it first" },
    { { "7z\xbc\xaf", 4 }, "a 7-Zip archive; unpack it first" },
    { { "\x02\x21\x4c\x18", 4 }, "compressed with a legacy lz4; unpack it first" },
    { { "\x7f" "ELF", 4 }, "a program" },
    { { "%PDF", 4 }, "a PDF document" },
};
/* clang-format on */

/* UTF-8 without control characters; the last character may be cut. */
static bool is_text(Str head)
{
    for (size_t i = 0; i < head.len; i++) {
        unsigned char c = (unsigned char)head.data[i];

        if ((c < ' ' && !g_ascii_isspace((char)c)) || c == 0x7f)
            return false;
    }

    const char *valid = NULL;

    return g_utf8_validate_len(head.data, head.len, &valid)
           || head.len - (size_t)(valid - head.data) < 4;
}

const char *capture_stranger_name(Str head)
{
    for (size_t i = 0; i < G_N_ELEMENTS(strangers); i++) {
        if (str_starts(head, strangers[i].magic))
            return strangers[i].name;
    }
    if (capture_unpack_kind(head) != NULL)
        return "compressed twice; unpack it first";
    return is_text(head) ? "a text file" : "not a capture file";
}
