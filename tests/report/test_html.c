/*
 * The page: what may run in it, what stands between its tags, and that no word
 * from the wire gets out of there.
 */

#include <openssl/evp.h>
#include <zlib.h>

#include "parsed.h"

#define HOSTILE "</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>&lt;"

static char *page_of(const Sample *s)
{
    return sample_write(s, "html", (ReportOptions){ 0 });
}

/* What stands between two texts, the first time. */
static char *between(const char *text, const char *before, const char *after)
{
    const char *begin = strstr(text, before);

    if (begin == NULL)
        fail_msg("no \"%s\"", before);
    begin += strlen(before);

    const char *end = strstr(begin, after);

    if (end == NULL)
        fail_msg("no \"%s\" behind \"%s\"", after, before);
    return g_strndup(begin, (size_t)(end - begin));
}

static unsigned count_of(const char *text, const char *part)
{
    unsigned n = 0;

    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        n++;
    return n;
}

static char *island(const char *page, const char *id)
{
    g_autofree char *tag = g_strdup_printf("<script type=\"application/json\" id=\"%s\">", id);

    return between(page, tag, "</script>");
}

static JsonObject *report_in(JsonParser *parser, const char *page)
{
    g_autofree char *json = island(page, "report");

    return parse_json(parser, json);
}

static JsonObject *pack_in(JsonParser *parser, const char *page, const char *name)
{
    g_autofree char *json = island(page, "packs");

    return json_object_get_object_member(parse_json(parser, json), name);
}

/* Of a small report: its only block. */
static JsonArray *items_in(JsonParser *parser, const char *page, const char *name)
{
    JsonObject *pack = pack_in(parser, page, name);
    JsonArray *blocks = json_object_get_array_member(pack, "blocks");

    assert_int_equal(json_array_get_length(blocks), 1);

    JsonArray *block = json_array_get_array_element(blocks, 0);
    JsonArray *sizes = json_object_get_array_member(pack, "sizes");

    assert_int_equal(json_array_get_int_element(sizes, 0), json_array_get_length(block));
    return block;
}

static JsonObject *item_in(JsonParser *parser, const char *page, const char *name, unsigned index)
{
    return json_array_get_object_element(items_in(parser, page, name), index);
}

static char *source_of(const char *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    EVP_Digest(text, strlen(text), digest, &len, EVP_sha256(), NULL);

    g_autofree char *name = g_base64_encode(digest, len);

    return g_strdup_printf("'sha256-%s'", name);
}

static void its_policy_lets_nothing_run_but_its_own_script_and_style(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *page = page_of(s);
    g_autofree char *policy =
        between(page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    g_autofree char *script = between(page, "<script>", "</script>");
    g_autofree char *style = between(page, "<style>", "</style>");
    g_autofree char *script_source = source_of(script);
    g_autofree char *style_source = source_of(style);
    g_autofree char *wanted = g_strdup_printf(
        "default-src 'none'; script-src %s; style-src %s; base-uri 'none'; form-action "
        "'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        script_source, style_source);

    assert_string_equal(policy, wanted);
    assert_true(strstr(page, "Content-Security-Policy") < strstr(page, "<style>"));
}

static void it_has_all_it_needs_inside(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *page = page_of(s);

    assert_lacks(page, "@@");
    assert_lacks(page, " src=");
    assert_lacks(page, "url(");
    assert_lacks(page, "@import");
    assert_lacks(page, "fetch(");
    assert_lacks(page, "innerHTML");
    assert_int_equal(count_of(page, "://"), 1); /* the name of the SVG elements */
    assert_contains(page, "http://www.w3.org/2000/svg");
}

static void its_data_are_the_captures_devices_and_findings(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *page = page_of(s);
    JsonObject *report = report_in(parser, page);
    JsonObject *whole = json_object_get_object_member(report, "whole");

    assert_members(report, "schema captures rules not_judged whole");
    assert_members(whole, "begins end headline counts");
    assert_int_equal(length_of(report, "captures"), 1);
    assert_member(whole, "begins", "2026-01-31T12:00:00.000000000Z");
    assert_member(json_object_get_object_member(whole, "headline"), "severity", "failure");
    assert_members(json_object_get_object_member(report, "rules"),
                   "credentials_refused challenge_unanswered capture_duplicated");

    assert_int_equal(json_array_get_length(items_in(parser, page, "devices")), SAMPLE_DEVICES);
    assert_member(item_in(parser, page, "devices", 2), "aor", "carol@example.com");
    assert_int_equal(json_array_get_length(items_in(parser, page, "findings")), 3);
    assert_member(item_in(parser, page, "findings", 1), "id", "credentials_refused");
}

static void the_rows_have_what_the_lists_show_and_search(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *page = page_of(s);
    JsonObject *bob = item_in(parser, page, "device_rows", 1);

    assert_member(bob, "id", "d2");
    assert_member(bob, "aor", "bob@example.com");
    assert_member(bob, "address", "203.0.113.2:18680");
    assert_member(bob, "user_agent", "ExamplePhone 7.1");
    assert_number(bob, "last_register", 271000000);
    assert_false(json_object_has_member(bob, "failures"));
    assert_int_equal(length_of(bob, "life") % 3, 0);

    JsonArray *failures =
        json_object_get_array_member(item_in(parser, page, "device_rows", 3), "failures");

    assert_int_equal(json_array_get_int_element(failures, 0), 3000000);
    assert_int_equal(json_array_get_int_element(failures, 1), 34500000);

    JsonObject *note = item_in(parser, page, "finding_rows", 2);

    assert_member(note, "id", "capture_duplicated");
    assert_member(note, "summary", "12 packets are in the capture twice");
    assert_false(json_object_has_member(item_in(parser, page, "finding_rows", 0), "summary"));
}

static void times_are_microseconds_and_what_is_not_there_is_left_out(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *page = page_of(s);
    JsonObject *dave = item_in(parser, page, "devices", 3);
    JsonObject *attempt = item_at(dave, "attempts", 0);
    JsonObject *step = item_at(attempt, "steps", 0);

    assert_number(attempt, "opened", 3000000);
    assert_number(step, "copies", 10);
    assert_false(json_object_has_member(step, "answer"));
    assert_false(json_object_has_member(step, "digest"));
    assert_false(json_object_has_member(attempt, "tail_cut"));
    assert_false(json_object_has_member(dave, "bindings"));
    assert_false(json_object_has_member(json_object_get_object_member(step, "request"), "capture"));
}

static void a_second_capture_is_named_by_its_number(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    g_ptr_array_add(s->infos, &s->info);
    g_ptr_array_add(s->sites, &s->site);
    s->steps[0][1].answer.capture = 1;

    g_autofree char *page = page_of(s);
    JsonObject *alice = item_in(parser, page, "devices", 0);
    JsonObject *step = item_at(item_at(alice, "attempts", 0), "steps", 1);

    assert_number(json_object_get_object_member(step, "answer"), "capture", 1);
    assert_false(json_object_has_member(json_object_get_object_member(step, "request"), "capture"));
}

static void make_hostile(Sample *s)
{
    s->devices[0].user_agent = (char *)HOSTILE;
    s->steps[0][1].reason = (char *)HOSTILE;
    s->digest->realm = (char *)HOSTILE;
    s->info.name = HOSTILE;
    finding_say(g_ptr_array_index(s->findings, 0), "%s", HOSTILE);
}

static void hostile_words_stay_inside_the_data(void **state)
{
    static const char *const tags[] = { "<script", "</script", "<!--", "<img", "<" };
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *before = page_of(s);

    make_hostile(s);

    g_autofree char *page = page_of(s);

    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++)
        assert_int_equal(count_of(page, tags[i]), count_of(before, tags[i]));

    JsonObject *alice = item_in(parser, page, "devices", 0);

    assert_member(alice, "user_agent", HOSTILE);
    assert_member(item_at(item_at(alice, "attempts", 0), "steps", 1), "reason", HOSTILE);
    assert_member(item_in(parser, page, "device_rows", 0), "user_agent", HOSTILE);
    assert_member(item_at(report_in(parser, page), "captures", 0), "name", HOSTILE);
}

/* What a compressed block says. */
static char *unpacked(const char *block)
{
    gsize len;
    g_autofree guchar *bytes = g_base64_decode(block, &len);
    uLongf size = 1 << 20;
    char *text = g_malloc(size + 1);

    assert_int_equal(uncompress((Bytef *)text, &size, bytes, len), Z_OK);
    text[size] = '\0';
    return text;
}

static void a_large_report_is_compressed(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    unsigned total = 0;

    make_hostile(s);
    for (unsigned i = 0; i < 500; i++)
        g_ptr_array_add(s->device_list, &s->devices[i % SAMPLE_DEVICES]);

    g_autofree char *page = page_of(s);
    JsonObject *pack = pack_in(parser, page, "devices");
    JsonArray *blocks = json_object_get_array_member(pack, "blocks");
    JsonArray *sizes = json_object_get_array_member(pack, "sizes");

    assert_int_equal(json_array_get_length(blocks), json_array_get_length(sizes));
    assert_true(json_array_get_length(blocks) > 1);
    for (unsigned i = 0; i < json_array_get_length(blocks); i++) {
        g_autoptr(JsonParser) inner = json_parser_new();
        g_autofree char *text = unpacked(json_array_get_string_element(blocks, i));

        assert_true(json_parser_load_from_data(inner, text, -1, NULL));

        JsonArray *items = json_node_get_array(json_parser_get_root(inner));

        assert_int_equal(json_array_get_length(items), json_array_get_int_element(sizes, i));
        total += json_array_get_length(items);
    }
    assert_int_equal(total, SAMPLE_DEVICES + 500);
}

static void bytes_that_are_no_text_are_replaced(void **state)
{
    g_autoptr(Sample) s = sample_new();

    s->devices[0].user_agent = (char *)"a\377b\303";

    g_autofree char *page = page_of(s);

    assert_true(g_utf8_validate(page, -1, NULL));
    assert_contains(page, "a\357\277\275b\357\277\275");
}

/* A result that shows one message. */
static void show_message(Sample *s, GArray *messages, Str text)
{
    ReportMessage message = { .ref = { .frame = 4 },
                              .time = AT(0.120),
                              .flow = { { { { 198, 51, 100, 10 }, 4 }, 5060 },
                                        { { { 192, 168, 1, 11 }, 4 }, 5060 },
                                        NET_UDP },
                              .text = text };

    g_array_append_val(messages, message);
    s->result.messages = messages;
}

static void messages_can_be_read_in_it(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(ReportMessage));

    show_message(s, messages, STR("SIP/2.0 403 </script>\r\nX: a\0b\377\r\n\r\n"));

    g_autofree char *page = page_of(s);
    JsonObject *message = item_in(parser, page, "messages", 0);

    assert_number(message, "frame", 4);
    assert_number(message, "time", 120000);
    assert_member(message, "from", "198.51.100.10:5060");
    assert_member(message, "to", "192.168.1.11:5060");
    assert_member(message, "text",
                  "SIP/2.0 403 </script>\r\nX: a\342\220\200b\357\277\275\r\n\r\n");
    assert_false(json_object_has_member(message, "left_out"));

    g_autofree char *packs = island(page, "packs");

    assert_contains(packs, "\"frames\":[0,4]");
}

static void a_long_message_is_cut_and_says_so(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(ReportMessage));
    g_autofree char *text = g_strnfill(5000, 'x');

    show_message(s, messages, str_of(text));

    g_autofree char *page = page_of(s);
    JsonObject *message = item_in(parser, page, "messages", 0);

    assert_int_equal(strlen(json_object_get_string_member(message, "text")), 4096);
    assert_number(message, "left_out", 5000 - 4096);
}

static void attempts_over_time_are_in_it(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    ReportActivity activity;

    report_activity_start(&activity);
    for (unsigned i = 0; i < G_N_ELEMENTS(s->attempts); i++)
        report_activity_count(&activity, &s->attempts[i]);
    s->result.activity = &activity;

    g_autofree char *page = page_of(s);
    JsonObject *whole = json_object_get_object_member(report_in(parser, page), "whole");
    JsonObject *shown = json_object_get_object_member(whole, "activity");

    assert_number(shown, "from", 120000);
    assert_int_equal(length_of(shown, "accepted"), activity.n);
    assert_int_equal(length_of(shown, "failed"), activity.n);
}

static void nothing_is_a_page_too(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    sample_clear(s);
    s->info.first = s->info.last = s->info.latest = NSEC_NONE;
    s->result.end = NSEC_NONE;

    g_autofree char *page = page_of(s);
    JsonObject *whole = json_object_get_object_member(report_in(parser, page), "whole");

    assert_member(json_object_get_object_member(whole, "headline"), "severity", "note");
    assert_int_equal(length_of(pack_in(parser, page, "devices"), "blocks"), 0);
    assert_int_equal(length_of(pack_in(parser, page, "messages"), "sizes"), 0);
}

static void accounts_that_somebody_tries_are_no_devices(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    s->devices[1].scanner = true;

    g_autofree char *page = page_of(s);

    assert_int_equal(json_array_get_length(items_in(parser, page, "devices")), SAMPLE_DEVICES - 1);
    assert_int_equal(json_array_get_length(items_in(parser, page, "device_rows")),
                     SAMPLE_DEVICES - 1);
}

static void the_same_result_gives_the_same_page(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *one = page_of(s);
    g_autofree char *other = page_of(s);

    assert_string_equal(one, other);
}

static void a_redacted_page_names_nobody(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportRedactor) redactor = report_redactor_new();
    g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(ReportMessage));
    NetMeta meta = { .ref = { .frame = 4 }, .time = AT(0.120) };
    Str bytes = STR("REGISTER sip:example.com SIP/2.0\r\n"
                    "From: \"Alice Smith\" <sip:alice@example.com>;tag=1\r\n\r\n");
    g_autoptr(SipMessage) message = sip_message_parse(&meta, bytes, 0);

    show_message(s, messages, bytes);
    g_array_index(messages, ReportMessage, 0).message = message;

    g_autofree char *page = sample_write(s, "html", (ReportOptions){ .redactor = redactor });
    g_autofree char *report = island(page, "report");
    g_autofree char *packs = island(page, "packs");
    static const char *const names[] = { "alice",        "Alice",         "Smith",   "example.com",
                                         "192.168.1.11", "198.51.100.10", "lan.pcap" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_lacks(report, names[i]);
        assert_lacks(packs, names[i]);
    }
    assert_contains(packs, "REGISTER sip:host");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_policy_lets_nothing_run_but_its_own_script_and_style),
        cmocka_unit_test(it_has_all_it_needs_inside),
        cmocka_unit_test(its_data_are_the_captures_devices_and_findings),
        cmocka_unit_test(the_rows_have_what_the_lists_show_and_search),
        cmocka_unit_test(times_are_microseconds_and_what_is_not_there_is_left_out),
        cmocka_unit_test(a_second_capture_is_named_by_its_number),
        cmocka_unit_test(hostile_words_stay_inside_the_data),
        cmocka_unit_test(a_large_report_is_compressed),
        cmocka_unit_test(bytes_that_are_no_text_are_replaced),
        cmocka_unit_test(messages_can_be_read_in_it),
        cmocka_unit_test(a_long_message_is_cut_and_says_so),
        cmocka_unit_test(attempts_over_time_are_in_it),
        cmocka_unit_test(nothing_is_a_page_too),
        cmocka_unit_test(accounts_that_somebody_tries_are_no_devices),
        cmocka_unit_test(the_same_result_gives_the_same_page),
        cmocka_unit_test(a_redacted_page_names_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
