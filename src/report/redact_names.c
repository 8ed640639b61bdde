/*
 * Which token stands for which name.
 *
 * A token is never given twice. A name that was forgotten because the table
 * was full gets a new one: then two tokens mean the same, but no token means
 * two things.
 */

#include "redact_names.h"

#include "base/cache.h"
#include "base/hash.h"

#define MAX_NAMES ((size_t)1 << 20)
#define MAX_BYTES ((size_t)128 << 20)

typedef struct Key {
    RedactKind kind;
    Str text;
} Key;

typedef struct Name {
    CacheItem item;
    Key key;
    uint32_t number; /* from 1, of its kind */
    char text[];
} Name;

struct ReportRedactor {
    Cache *names;
    uint32_t counts[REDACT_KINDS];
    GString *scratch;
};

static uint64_t hash_key(const void *key)
{
    const Key *k = key;

    return hash_mix(hash_str(k->text), k->kind);
}

static bool keys_equal(const void *a, const void *b)
{
    const Key *one = a;
    const Key *other = b;

    return one->kind == other->kind && str_equal(one->text, other->text);
}

static void drop_name(void *item, CacheDrop why, void *user)
{
    g_free(item);
}

ReportRedactor *report_redactor_new(void)
{
    ReportRedactor *redactor = g_new0(ReportRedactor, 1);

    redactor->scratch = g_string_new(NULL);
    redactor->names = cache_new(&(CacheConfig){
        .name = "report.names",
        .max_items = MAX_NAMES,
        .max_bytes = MAX_BYTES,
        .hash = hash_key,
        .equal = keys_equal,
        .drop = drop_name,
    });
    return redactor;
}

void report_redactor_free(ReportRedactor *redactor)
{
    if (redactor == NULL)
        return;
    cache_free(redactor->names);
    g_string_free(redactor->scratch, TRUE);
    g_free(redactor);
}

/* Hosts are the same in any case (RFC 3986 section 3.2.2). */
static Str canonical(const ReportRedactor *redactor, RedactKind kind, Str text)
{
    if (kind != REDACT_HOST)
        return text;
    g_string_truncate(redactor->scratch, 0);
    g_string_append_len(redactor->scratch, text.data, (gssize)text.len);
    g_string_ascii_down(redactor->scratch);
    return (Str){ redactor->scratch->str, text.len };
}

static uint32_t number_of(ReportRedactor *redactor, RedactKind kind, Str text)
{
    Key key = { kind, canonical(redactor, kind, text) };
    Name *name = cache_get(redactor->names, &key, 0);

    if (name != NULL)
        return name->number;
    name = g_malloc(sizeof(Name) + key.text.len);
    memcpy(name->text, key.text.data, key.text.len);
    name->key = (Key){ kind, { name->text, key.text.len } };
    name->number = ++redactor->counts[kind];
    cache_add(redactor->names, name, &name->key, sizeof(Name) + key.text.len, 0);
    return redactor->counts[kind];
}

bool redact_is_known(const ReportRedactor *redactor, RedactKind kind, Str text)
{
    Key key = { kind, canonical(redactor, kind, text) };

    return cache_peek(redactor->names, &key) != NULL;
}

void redact_name(ReportRedactor *redactor, GString *out, RedactKind kind, Str text)
{
    static const char *const words[REDACT_KINDS] = {
        [REDACT_USER] = "user",       [REDACT_HOST] = "host",         [REDACT_REALM] = "realm",
        [REDACT_CALL_ID] = "call",    [REDACT_INSTANCE] = "instance", [REDACT_NONCE] = "nonce",
        [REDACT_CNONCE] = "cnonce",   [REDACT_RESPONSE] = "response", [REDACT_VALUE] = "value",
        [REDACT_COMMENT] = "comment",
    };

    if (text.len > 0)
        g_string_append_printf(out, "%s%u%s", words[kind], number_of(redactor, kind, text),
                               kind == REDACT_HOST ? ".example" : "");
}

/* 762 addresses for documents (RFC 5737), then 131,072 for benchmarks (RFC
 * 2544), then those again. */
static uint32_t public_address(uint32_t n)
{
    static const uint32_t nets[] = { 0xc0000200, 0xc6336400, 0xcb007100 };

    if (n < 3 * 254)
        return nets[n / 254] + n % 254 + 1;
    return 0xc6120000 + (n - 3 * 254) % (1u << 17);
}

static NetAddr address_4(uint32_t address)
{
    return (NetAddr){ { (uint8_t)(address >> 24), (uint8_t)(address >> 16), (uint8_t)(address >> 8),
                        (uint8_t)address },
                      4 };
}

/* The network's first bytes, and the number in its last four. */
static NetAddr address_6(uint32_t net, uint32_t n)
{
    NetAddr made = address_4(net);
    NetAddr low = address_4(n);

    memcpy(made.bytes + 12, low.bytes, 4);
    made.version = 6;
    return made;
}

static bool tells_nothing(const NetAddr *addr)
{
    static const uint8_t zeros[16];
    bool loopback_4 = addr->version == 4 && addr->bytes[0] == 127;
    bool low_6 = addr->version == 6 && memcmp(addr->bytes, zeros, 15) == 0 && addr->bytes[15] < 2;

    return addr->version == 0 || net_addr_is_multicast(addr) || loopback_4 || low_6
           || (addr->version == 4 && memcmp(addr->bytes, zeros, 4) == 0);
}

NetAddr redact_addr(ReportRedactor *redactor, const NetAddr *addr)
{
    bool is_private = net_addr_is_private(addr);
    RedactKind kind = is_private ? REDACT_PRIVATE_4 : REDACT_PUBLIC_4;

    if (tells_nothing(addr))
        return *addr;
    if (addr->version == 6)
        kind = is_private ? REDACT_PRIVATE_6 : REDACT_PUBLIC_6;

    uint32_t n =
        number_of(redactor, kind, (Str){ (const char *)addr->bytes, addr->version == 4 ? 4 : 16 });

    switch (kind) {
    case REDACT_PUBLIC_4:
        return address_4(public_address(n - 1));
    case REDACT_PRIVATE_4:
        return address_4(0x0a000000 | (n & 0xffffff));
    case REDACT_PUBLIC_6:
        return address_6(0x20010db8, n);
    default:
        return address_6(0xfd000000, n);
    }
}
