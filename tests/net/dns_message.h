#pragma once

/*
 * DNS messages, written down record by record.
 */

#include <glib.h>
#include <string.h>

#include "net/dns.h"

#define DNS_RESPONSE 0x8180 /* recursion wanted and available */
#define DNS_QUERY 0x0100
#define DNS_QUESTION_NAME "\xc0\x0c" /* a pointer to the name of the first question */

static inline void dns_put(GByteArray *message, const char *bytes, size_t len)
{
    g_byte_array_append(message, (const guint8 *)bytes, (guint)len);
}

static inline void dns_put8(GByteArray *message, unsigned value)
{
    g_byte_array_append(message, &(guint8){ (guint8)value }, 1);
}

static inline void dns_put16(GByteArray *message, unsigned value)
{
    dns_put8(message, value >> 8);
    dns_put8(message, value & 0xff);
}

static inline void dns_put32(GByteArray *message, unsigned value)
{
    dns_put16(message, value >> 16);
    dns_put16(message, value & 0xffff);
}

static inline void dns_put_text(GByteArray *message, const char *text)
{
    dns_put8(message, (unsigned)strlen(text));
    dns_put(message, text, strlen(text));
}

/* "sip.example.com", without compression. */
static inline void dns_put_name(GByteArray *message, const char *name)
{
    Str label, rest = str_of(name);

    do {
        str_split(rest, '.', &label, &rest);
        dns_put8(message, (unsigned)label.len);
        dns_put(message, label.data, label.len);
    } while (str_present(rest));
    dns_put8(message, 0);
}

static inline GByteArray *dns_message(unsigned flags, unsigned questions, unsigned answers,
                                      unsigned additional)
{
    GByteArray *message = g_byte_array_new();

    dns_put16(message, 0x1234);
    dns_put16(message, flags);
    dns_put16(message, questions);
    dns_put16(message, answers);
    dns_put16(message, 0);
    dns_put16(message, additional);
    return message;
}

static inline GByteArray *dns_answer_to(const char *name, unsigned type, unsigned answers,
                                        unsigned additional)
{
    GByteArray *message = dns_message(DNS_RESPONSE, 1, answers, additional);

    dns_put_name(message, name);
    dns_put16(message, type);
    dns_put16(message, 1);
    return message;
}

/* A record up to its content, of which 'len' bytes are claimed; its owner is in
 * the message already. */
static inline void dns_put_head(GByteArray *message, unsigned type, unsigned len)
{
    dns_put16(message, type);
    dns_put16(message, 1);
    dns_put32(message, 300);
    dns_put16(message, len);
}

/* The same, of the name that was asked for. */
static inline void dns_put_record(GByteArray *message, unsigned type, unsigned len)
{
    dns_put(message, DNS_QUESTION_NAME, 2);
    dns_put_head(message, type, len);
}

static inline void dns_put_a(GByteArray *message, const char *addr)
{
    dns_put_record(message, NET_DNS_A, 4);
    dns_put(message, addr, 4);
}

/* Three labels of 63 bytes and a last one. */
static inline void dns_put_long_name(GByteArray *message, unsigned last, char filler)
{
    for (unsigned i = 0; i < 4; i++) {
        unsigned len = i < 3 ? 63 : last;

        dns_put8(message, len);
        for (unsigned j = 0; j < len; j++)
            dns_put8(message, (unsigned char)filler);
    }
    dns_put8(message, 0);
}
