/*
 * The messages of RFC 4475 and RFC 5118 themselves. What is read of each stands
 * in a table beside them, with what the RFC says of it: legal ones without
 * complaint, the others with the complaint that the RFC asks for.
 */

#include <stdio.h>

#include "collect.h"
#include "sip/value.h"

#define FOLDER SOURCE_ROOT "/tests/data/torture/"

static const char *const anomaly_names[] = {
    "no-via",         "no-call-id",        "no-cseq",    "no-from", "no-to",
    "bad-start-line", "bad-line",          "duplicate",  "bare-lf", "folded",
    "more-bytes",     "too-few-bytes",     "bad-length", "cut",     "many-headers",
    "bad-cseq",       "other-cseq-method", "nul",        "no-end",  "junk-before",
    "no-length",
};

static void add_word(GString *text, const char *word)
{
    g_string_append_printf(text, "%s%s", text->len > 0 ? "," : "", word);
}

static char *anomalies_of(const SipMessage *message)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(anomaly_names); i++) {
        if (message->anomalies & 1U << i)
            add_word(text, anomaly_names[i]);
    }
    if (text->len == 0)
        g_string_append_c(text, '-');
    return g_string_free(text, FALSE);
}

static bool is_good(SipHeaderId id, Str value)
{
    return id == SIP_HEADER_VIA ? sip_via_parse(value).ok : sip_name_addr_parse(value).ok;
}

/* The headers with addresses whose grammar was not kept, and the Request-URI. */
static char *broken_of(const SipMessage *message)
{
    static const SipHeaderId ids[] = { SIP_HEADER_VIA, SIP_HEADER_FROM, SIP_HEADER_TO,
                                       SIP_HEADER_CONTACT, SIP_HEADER_ROUTE };
    GString *text = g_string_new(NULL);

    if (message->is_request && !sip_uri_parse(message->request_uri).ok)
        add_word(text, "Request-URI");
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        SipValues cursor = { 0 };
        bool good = true;

        for (Str value; sip_values_next(message, ids[i], &cursor, &value);)
            good &= is_good(ids[i], value);
        if (!good)
            add_word(text, sip_header_long_name(ids[i]));
    }
    if (text->len == 0)
        g_string_append_c(text, '-');
    return g_string_free(text, FALSE);
}

static char *reading_of(const SipMessage *message)
{
    g_autofree char *anomalies = anomalies_of(message);
    g_autofree char *broken = broken_of(message);
    Str what = message->is_request ? STR("request") : STR("response");

    return g_strdup_printf("%.*s %.*s %u, CSeq %u, %u headers, %u Via, %zu bytes of body\t%s\t%s",
                           STR_ARG(what), STR_ARG(message->method_name), message->status,
                           message->cseq, message->n_headers, sip_message_via_count(message),
                           message->body.len, anomalies, broken);
}

static char *read_file(const char *name)
{
    g_autofree char *path = g_strconcat(FOLDER, name, NULL);
    g_autofree char *bytes = NULL;
    g_autoptr(Collected) c = collected_new();
    size_t len;

    assert_true(g_file_get_contents(path, &bytes, &len, NULL));
    collected_datagram(c, (Str){ bytes, len }, 0);
    return c->messages->len == 1 ? reading_of(collected_message(c, 0)) : g_strdup("not SIP\t-\t-");
}

static void every_message_is_read_as_the_table_says(void **state)
{
    g_autofree char *table = NULL;
    unsigned n = 0;

    assert_true(g_file_get_contents(FOLDER "expected.tsv", &table, NULL, NULL));

    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);

    for (char **line = lines; *line != NULL && **line != '\0'; line++) {
        g_auto(GStrv) columns = g_strsplit(*line, "\t", -1);

        if (**line == '#')
            continue;
        assert_int_equal(g_strv_length(columns), 5);

        g_autofree char *seen = read_file(columns[0]);
        g_autofree char *expected =
            g_strdup_printf("%s\t%s\t%s", columns[1], columns[2], columns[3]);

        if (!g_str_equal(seen, expected))
            fail_msg("%s: %s", columns[0], seen);
        n++;
    }
    assert_int_equal(n, 61);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_is_read_as_the_table_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
