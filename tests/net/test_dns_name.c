/*
 * Names of DNS messages, and the ways to make them endless.
 */

#include "net/dns_name.h"

#include <glib.h>
#include <string.h>

#include "support/check.h"

/* The name at 'start' of a message with an empty header and these bytes. NULL:
 * there is none. */
static char *name_at(Str bytes, size_t start)
{
    size_t len = NET_DNS_HEADER + bytes.len;
    g_autofree char *message = g_malloc0(len); /* the exact size, for the sanitizer */
    char text[NET_DNS_NAME];

    memcpy(message + NET_DNS_HEADER, bytes.data, bytes.len);

    size_t written = net_dns_name_write((Str){ message, len }, start, text);

    assert_true(written < sizeof(text));
    return written > 0 ? g_strndup(text, written) : NULL;
}

static void assert_name(Str bytes, size_t start, const char *expected)
{
    g_autofree char *name = name_at(bytes, start);

    assert_non_null(name);
    assert_string_equal(name, expected);
}

static size_t skipped(Str bytes, bool *short_read)
{
    g_autofree char *block = g_memdup2(bytes.data, bytes.len);
    Reader reader = reader_of((Str){ block, bytes.len });

    net_dns_name_skip(&reader);
    *short_read = reader.short_read;
    return bytes.len - reader_left(&reader);
}

static void joins_labels_with_dots(void **state)
{
    assert_name(STR("\3sip\7example\3com\0"), 12, "sip.example.com");
    assert_name(STR("\1a\0"), 12, "a");
    assert_name(STR("\0"), 12, ".");
}

/* RFC 4343: A to Z and nothing else has a lower case. */
static void writes_lower_case_and_escapes_what_would_confuse(void **state)
{
    assert_name(STR("\x09SIP.\\ \0\x7f\xff\3Com\0"), 12, "sip\\046\\092\\032\\000\\127\\255.com");
    assert_name(STR("\7_-@[`{~\0"), 12, "_-@[`{~");
}

static void follows_pointers_backwards(void **state)
{
    Str bytes = STR("\7example\3com\0\3sip\xc0\x0c\4_udp\xc0\x19\xc0\x1f");

    assert_name(bytes, 25, "sip.example.com");
    assert_name(bytes, 31, "_udp.sip.example.com");
    assert_name(bytes, 38, "_udp.sip.example.com");
    assert_name(STR("\0\3sip\xc0\x0c"), 13, "sip");
}

static void follows_no_other_pointers(void **state)
{
    static const struct {
        Str bytes;
        size_t start;
    } traps[] = {
        { { "\xc0\x0c", 2 }, 12 },         /* to itself */
        { { "\1a\xc0\x0c", 4 }, 12 },      /* to the label before it: without end */
        { { "\1a\xc0\x0e", 4 }, 12 },      /* to itself, behind a label */
        { { "\xc0\x0e\1a\0", 5 }, 12 },    /* forwards */
        { { "\xc0\x0e\xc0\x0c", 4 }, 12 }, /* to each other */
        { { "\xc0\x0e\xc0\x0c", 4 }, 14 },
        { { "\xc0\0", 2 }, 12 },   /* into the header */
        { { "\xc0\x0b", 2 }, 12 }, /* to its last byte */
        { { "\xff\xff", 2 }, 12 }, /* behind the end */
        { { "\1a\xc0", 3 }, 12 },  /* half a pointer */
        { { "\1a\0", 3 }, 15 },    /* begins at the end */
        { { "\1a\0", 3 }, 65535 }, /* and behind it */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(traps); i++) {
        g_autofree char *name = name_at(traps[i].bytes, traps[i].start);

        assert_null(name);
    }
}

static void knows_no_labels_but_the_common_ones(void **state)
{
    for (unsigned first = 0x40; first < 0xc0; first++) {
        char bytes[] = { (char)first, 1, 0 };
        g_autofree char *name = name_at((Str){ bytes, sizeof(bytes) }, 12);

        assert_null(name);
    }
}

/* "a", then pointers, each to the one before. */
static char *name_behind_pointers(unsigned pointers)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    g_byte_array_append(bytes, (const guint8 *)"\1a\0", 3);
    for (unsigned i = 0; i < pointers; i++) {
        unsigned target = i == 0 ? 12 : 12 + 3 + 2 * (i - 1);

        g_byte_array_append(bytes, (const guint8[]){ 0xc0, (guint8)target }, 2);
    }
    return name_at((Str){ (const char *)bytes->data, bytes->len }, 12 + bytes->len - 2);
}

static void follows_thirty_two_pointers_and_no_more(void **state)
{
    g_autofree char *enough = name_behind_pointers(32);
    g_autofree char *too_many = name_behind_pointers(33);

    assert_string_equal(enough, "a");
    assert_null(too_many);
}

/* Three labels of 63 bytes and a last one. */
static char *long_name(unsigned last, char filler)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    for (unsigned i = 0; i < 4; i++) {
        guint8 len = i < 3 ? 63 : (guint8)last;
        guint at = bytes->len + 1;

        g_byte_array_append(bytes, &len, 1);
        g_byte_array_set_size(bytes, at + len);
        memset(bytes->data + at, filler, len);
    }
    g_byte_array_append(bytes, (const guint8 *)"", 1);
    return name_at((Str){ (const char *)bytes->data, bytes->len }, 12);
}

static void reads_names_of_255_bytes_and_no_longer_ones(void **state)
{
    g_autofree char *longest = long_name(61, 'A');
    g_autofree char *escaped = long_name(61, '\0');
    g_autofree char *longer = long_name(62, 'A');

    assert_int_equal(strlen(longest), 253);
    assert_int_equal(strlen(escaped), 4 * 250 + 3);
    assert_null(longer);
}

static void counts_a_name_as_long_as_it_becomes(void **state)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    /* Each name is the one before with 63 bytes in front. */
    g_byte_array_append(bytes, (const guint8 *)"\0", 1);
    for (unsigned i = 0; i < 5; i++) {
        guint at = bytes->len;
        unsigned target = i == 0 ? 12 : 12 + at - 66;

        g_byte_array_set_size(bytes, at + 66);
        memset(bytes->data + at, 'x', 66);
        bytes->data[at] = 63;
        bytes->data[at + 64] = (guint8)(0xc0 | target >> 8);
        bytes->data[at + 65] = (guint8)target;
    }

    Str all = { (const char *)bytes->data, bytes->len };
    g_autofree char *three = name_at(all, 12 + 1 + 2 * 66);
    g_autofree char *four = name_at(all, 12 + 1 + 3 * 66);
    g_autofree char *five = name_at(all, 12 + 1 + 4 * 66);

    assert_int_equal(strlen(three), 3 * 64 - 1);
    assert_null(four); /* 4 * 64 + 1 = 257 */
    assert_null(five);
}

static void skips_to_behind_the_name(void **state)
{
    bool short_read;

    assert_int_equal(skipped(STR("\3sip\0rest"), &short_read), 5);
    assert_false(short_read);
    assert_int_equal(skipped(STR("\3sip\xc0\x0crest"), &short_read), 6);
    assert_false(short_read);
    assert_int_equal(skipped(STR("\0rest"), &short_read), 1);
    assert_false(short_read);
    assert_int_equal(skipped(STR("\x40rest"), &short_read), 5);
    assert_true(short_read);
    assert_int_equal(skipped(STR("\3sip"), &short_read), 4);
    assert_true(short_read);
}

static void survives_any_cut(void **state)
{
    const Str whole = STR("\7example\3com\0\3sip\xc0\x0c\4_udp\xc0\x19");

    for (size_t len = 0; len < whole.len; len++) {
        bool short_read;
        Str cut = str_first(whole, len);
        g_autofree char *name = name_at(cut, 31);

        assert_null(name);
        assert_true(skipped(cut, &short_read) <= len);
        assert_int_equal(short_read, len < 13);
    }
    assert_name(whole, 31, "_udp.sip.example.com");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_labels_with_dots),
        cmocka_unit_test(writes_lower_case_and_escapes_what_would_confuse),
        cmocka_unit_test(follows_pointers_backwards),
        cmocka_unit_test(follows_no_other_pointers),
        cmocka_unit_test(knows_no_labels_but_the_common_ones),
        cmocka_unit_test(follows_thirty_two_pointers_and_no_more),
        cmocka_unit_test(reads_names_of_255_bytes_and_no_longer_ones),
        cmocka_unit_test(counts_a_name_as_long_as_it_becomes),
        cmocka_unit_test(skips_to_behind_the_name),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
