/*
 * DNS messages (RFC 1035 section 4), written without compression.
 */

#include "dns.h"

#include <stdint.h>
#include <string.h>

#include "cast.h"

enum { TYPE_A = 1, TYPE_AAAA = 28, TYPE_SRV = 33, TYPE_NAPTR = 35 };

static void put16(GByteArray *bytes, unsigned value)
{
    uint8_t two[] = { (uint8_t)(value >> 8), (uint8_t)value };

    g_byte_array_append(bytes, two, sizeof(two));
}

static void put_text(GByteArray *bytes, Str text)
{
    uint8_t len = (uint8_t)text.len;

    g_byte_array_append(bytes, &len, 1);
    g_byte_array_append(bytes, (const guint8 *)text.data, len);
}

static void put_name(GByteArray *bytes, const char *name)
{
    Str label, rest = str_of(name);

    while (rest.len > 0) {
        str_split(rest, '.', &label, &rest);
        put_text(bytes, label);
    }
    put_text(bytes, STR(""));
}

static unsigned type_of(const char *name)
{
    static const struct {
        const char *name;
        unsigned type;
    } types[] = {
        { "A", TYPE_A }, { "AAAA", TYPE_AAAA }, { "SRV", TYPE_SRV }, { "NAPTR", TYPE_NAPTR }
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(types); i++) {
        if (g_str_equal(name, types[i].name))
            return types[i].type;
    }
    return 0;
}

/* RFC 1035 section 4.1.1; NODATA is NOERROR without a record (RFC 2308). */
static int rcode_of(const char *answer)
{
    static const char *const names[] = { "NODATA",   "FORMERR", "SERVFAIL",
                                         "NXDOMAIN", "NOTIMP",  "REFUSED" };

    for (int i = 0; i < (int)G_N_ELEMENTS(names); i++) {
        if (g_str_equal(answer, names[i]))
            return i;
    }
    return -1;
}

/* RFC 2782, RFC 3403 section 4.1 */
static void put_content(GByteArray *content, unsigned type, const char *answer)
{
    NetEndpoint where = { 0 };

    if (type == TYPE_A || type == TYPE_AAAA) {
        if (host_parse_endpoint(answer, &where))
            g_byte_array_append(content, where.addr.bytes, type == TYPE_A ? 4 : 16);
        return;
    }
    put16(content, 10); /* priority, or order */
    put16(content, 10); /* weight, or preference */
    if (type == TYPE_SRV) {
        put16(content, 5060);
    } else {
        put_text(content, STR("s"));
        put_text(content, STR("SIP+D2U"));
        put_text(content, STR(""));
    }
    put_name(content, answer);
}

static bool put_answer(GByteArray *message, unsigned type, const char *name, const char *answer)
{
    g_autoptr(GByteArray) content = g_byte_array_new();

    put_content(content, type, answer);
    if (content->len == 0)
        return false;
    put_name(message, name);
    put16(message, type);
    put16(message, 1); /* Internet */
    put16(message, 0);
    put16(message, 300); /* seconds to live */
    put16(message, content->len);
    g_byte_array_append(message, content->data, content->len);
    return true;
}

GByteArray *dns_message(const char *type_name, const char *name, const char *answer)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    unsigned type = type_of(type_name);
    int rcode = answer != NULL ? rcode_of(answer) : 0;
    bool record = answer != NULL && rcode < 0;

    if (type == 0 || name == NULL)
        return NULL;
    put16(message, 0x1234); /* the question's number */
    put16(message, answer == NULL ? 0x0100 : 0x8180 | (record ? 0u : (unsigned)rcode));
    put16(message, 1);
    put16(message, record);
    put16(message, 0);
    put16(message, 0);
    put_name(message, name);
    put16(message, type);
    put16(message, 1);
    if (record && !put_answer(message, type, name, answer))
        return NULL;
    return g_steal_pointer(&message);
}
