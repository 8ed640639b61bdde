/*
 * DNS messages, honest ones and traps.
 */

#include "net/dns.h"

#include "dns_message.h"
#include "support/check.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetDns, g_free)

static NetDns *parse_bytes(const guint8 *bytes, size_t len)
{
    /* The block has the exact size, for the sanitizer, and is gone before the
     * result is looked at, which must not borrow from it. */
    g_autofree guint8 *block = g_memdup2(bytes, len);
    NetDns *dns = g_new(NetDns, 1);

    net_dns_parse((Str){ (const char *)block, len }, dns);
    return dns;
}

static NetDns *parse(GByteArray *message)
{
    NetDns *dns = parse_bytes(message->data, message->len);

    g_byte_array_unref(message);
    return dns;
}

static void assert_addr(const NetDnsRecord *record, const char *expected)
{
    char text[NET_ENDPOINT_TEXT];

    assert_string_equal(net_addr_to_text(&record->addr, text), expected);
}

/* --- what a phone asks and hears --------------------------------------------- */

static void reads_a_question(void **state)
{
    GByteArray *message = dns_message(DNS_QUERY, 1, 0, 0);

    dns_put_name(message, "_sip._udp.example.com");
    dns_put16(message, NET_DNS_SRV);
    dns_put16(message, 1);

    g_autoptr(NetDns) dns = parse(message);

    assert_int_equal(dns->id, 0x1234);
    assert_false(dns->is_response);
    assert_int_equal(dns->opcode, 0);
    assert_str_equal(dns->name, "_sip._udp.example.com");
    assert_int_equal(dns->type, NET_DNS_SRV);
    assert_int_equal(dns->counts[0], 1);
    assert_int_equal(dns->n_records, 0);
    assert_false(dns->malformed);
}

static void reads_a_refusal(void **state)
{
    GByteArray *message = dns_message(DNS_RESPONSE | 0x0200 | NET_DNS_NXDOMAIN, 1, 0, 0);

    dns_put_name(message, "sip.example.com");
    dns_put16(message, NET_DNS_AAAA);
    dns_put16(message, 1);

    g_autoptr(NetDns) dns = parse(message);

    assert_true(dns->is_response);
    assert_true(dns->truncated);
    assert_int_equal(dns->rcode, NET_DNS_NXDOMAIN);
    assert_false(dns->malformed);
}

static void reads_addresses(void **state)
{
    GByteArray *message = dns_answer_to("sip.example.com", NET_DNS_A, 2, 0);

    dns_put_a(message, "\xc0\x00\x02\x01");
    dns_put_record(message, NET_DNS_AAAA, 16);
    dns_put(message, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);

    g_autoptr(NetDns) dns = parse(message);

    assert_int_equal(dns->n_answers, 2);
    assert_str_equal(dns->records[0].owner, "sip.example.com");
    assert_int_equal(dns->records[0].type, NET_DNS_A);
    assert_int_equal(dns->records[0].ttl, 300);
    assert_addr(&dns->records[0], "192.0.2.1");
    assert_addr(&dns->records[1], "2001:db8::1");
    assert_false(str_present(dns->records[1].target));
    assert_false(dns->malformed);
}

static void reads_where_the_service_is(void **state)
{
    GByteArray *message = dns_answer_to("_sip._tcp.example.com", NET_DNS_SRV, 2, 0);

    dns_put_record(message, NET_DNS_SRV, 6 + 5);
    dns_put16(message, 10);
    dns_put16(message, 60);
    dns_put16(message, 5060);
    dns_put(message, "\x02px\xc0\x16", 5); /* "example.com", behind "_sip" and "_tcp" */
    dns_put_record(message, NET_DNS_SRV, 6 + 1);
    dns_put(message, "\0\0\0\0\0\0\0", 7);

    g_autoptr(NetDns) dns = parse(message);

    assert_int_equal(dns->records[0].priority, 10);
    assert_int_equal(dns->records[0].weight, 60);
    assert_int_equal(dns->records[0].port, 5060);
    assert_str_equal(dns->records[0].target, "px.example.com");
    assert_int_equal(dns->records[1].port, 0);
    assert_str_equal(dns->records[1].target, "."); /* RFC 2782: decidedly not here */
    assert_false(dns->malformed);
}

static void reads_which_transport_to_use(void **state)
{
    GByteArray *message = dns_answer_to("example.com", NET_DNS_NAPTR, 1, 0);

    dns_put_record(message, NET_DNS_NAPTR, 4 + 2 + 8 + 9 + 12);
    dns_put16(message, 50);
    dns_put16(message, 90);
    dns_put_text(message, "S");
    dns_put_text(message, "SIP+D2U");
    dns_put_text(message, "!(.*)*!x");
    dns_put(message, "\x04_sip\x04_udp\xc0\x0c", 12);

    g_autoptr(NetDns) dns = parse(message);

    assert_int_equal(dns->records[0].order, 50);
    assert_int_equal(dns->records[0].preference, 90);
    assert_str_equal(dns->records[0].flags, "S");
    assert_str_equal(dns->records[0].service, "SIP+D2U");
    assert_str_equal(dns->records[0].target, "_sip._udp.example.com");
    assert_false(dns->malformed);
}

static void reads_other_names_for_the_same(void **state)
{
    GByteArray *message = dns_answer_to("sip.example.com", NET_DNS_A, 1, 0);

    dns_put_record(message, NET_DNS_CNAME, 13);
    dns_put_name(message, "example.net");

    g_autoptr(NetDns) dns = parse(message);

    assert_int_equal(dns->records[0].type, NET_DNS_CNAME);
    assert_str_equal(dns->records[0].target, "example.net");
    assert_int_equal(dns->records[0].addr.version, 0);
    assert_false(dns->malformed);
}

static void takes_addresses_from_the_additional_section(void **state)
{
    GByteArray *message = dns_answer_to("px.example.com", NET_DNS_SRV, 1, 2);

    dns_put_record(message, NET_DNS_SRV, 6 + 2);
    dns_put(message, "\0\1\0\2\x13\xc4" DNS_QUESTION_NAME, 8);
    dns_put_record(message, 16, 3); /* TXT: no address */
    dns_put(message, "\2hi", 3);
    dns_put_a(message, "\xc0\x00\x02\x09");

    g_autoptr(NetDns) dns = parse(message);

    assert_int_equal(dns->n_answers, 1);
    assert_int_equal(dns->n_records, 2);
    assert_int_equal(dns->records[1].type, NET_DNS_A);
    assert_addr(&dns->records[1], "192.0.2.9");
    assert_int_equal(dns->counts[3], 2);
}

static void passes_over_the_authority_section(void **state)
{
    GByteArray *message = dns_answer_to("px.example.com", NET_DNS_A, 0, 0);

    message->data[9] = 1;
    dns_put_a(message, "\xc0\x00\x02\x09");

    g_autoptr(NetDns) dns = parse(message);

    assert_int_equal(dns->counts[2], 1);
    assert_int_equal(dns->n_records, 0);
    assert_false(dns->malformed);
}

static void extends_the_code_with_edns(void **state)
{
    GByteArray *message = dns_message(DNS_RESPONSE, 0, 0, 1);

    dns_put(message, "\0\0\x29\x04\xd0\x01\0\0\0\0\0", 11);

    g_autoptr(NetDns) dns = parse(message);

    assert_int_equal(dns->rcode, 16);
    assert_false(str_present(dns->name));
    assert_false(dns->malformed);
}

/* RFC 2181 section 8 */
static void takes_an_absurd_lifetime_for_none(void **state)
{
    GByteArray *message = dns_answer_to("a", NET_DNS_A, 2, 0);

    dns_put(message, DNS_QUESTION_NAME "\0\1\0\1\x80\0\0\0\0\4\xc0\0\2\1", 16);
    dns_put(message, DNS_QUESTION_NAME "\0\1\0\1\x7f\xff\xff\xff\0\4\xc0\0\2\1", 16);

    g_autoptr(NetDns) dns = parse(message);

    assert_int_equal(dns->records[0].ttl, 0);
    assert_int_equal(dns->records[1].ttl, 0x7fffffff);
    assert_false(dns->malformed);
}

static void knows_multicast_and_leaves_other_classes_out(void **state)
{
    GByteArray *message = dns_answer_to("a", NET_DNS_A, 2, 0);

    dns_put(message, DNS_QUESTION_NAME "\0\1\x80\1\0\0\0\1\0\4\xc0\0\2\1", 16);
    dns_put(message, DNS_QUESTION_NAME "\0\1\0\3\0\0\0\1\0\4\xc0\0\2\2", 16); /* CHAOS */

    g_autoptr(NetDns) dns = parse(message);

    assert_int_equal(dns->n_answers, 1);
    assert_addr(&dns->records[0], "192.0.2.1");
    assert_false(dns->malformed);
}

/* --- names ------------------------------------------------------------------- */

/* Compression makes a few bytes two long names for each record. */
static NetDns *parse_long_names(char filler)
{
    GByteArray *message = dns_message(DNS_RESPONSE, 1, 16, 0);

    dns_put_long_name(message, 61, filler);
    dns_put32(message, 0x00010001);
    for (int i = 0; i < 16; i++) {
        dns_put_record(message, NET_DNS_CNAME, 2);
        dns_put(message, DNS_QUESTION_NAME, 2);
    }
    return parse(message);
}

static void keeps_every_name_without_escapes(void **state)
{
    g_autoptr(NetDns) dns = parse_long_names('x');

    assert_int_equal(dns->records[15].owner.len, 253);
    assert_true(str_equal(dns->records[15].target, dns->name));
    assert_false(dns->malformed);
}

static void runs_out_of_text_without_harm(void **state)
{
    g_autoptr(NetDns) dns = parse_long_names('\0');

    assert_int_equal(dns->name.len, 4 * 250 + 3);
    assert_int_equal(dns->n_answers, 16);
    assert_true(str_equal(dns->records[0].target, dns->name));
    assert_false(str_present(dns->records[15].target));
    assert_true(dns->malformed);
}

static void reads_on_behind_a_name_it_cannot_read(void **state)
{
    GByteArray *message = dns_answer_to("a", NET_DNS_A, 2, 0);

    dns_put(message, "\xff\xff", 2);
    dns_put_head(message, NET_DNS_A, 4);
    dns_put(message, "\xc0\0\2\1", 4);
    dns_put_a(message, "\xc0\0\2\2");

    g_autoptr(NetDns) dns = parse(message);

    assert_true(dns->malformed);
    assert_int_equal(dns->n_answers, 2);
    assert_addr(&dns->records[1], "192.0.2.2");
}

static void refuses_a_name_that_leaves_its_record(void **state)
{
    GByteArray *message = dns_answer_to("a", NET_DNS_A, 2, 0);

    dns_put_record(message, NET_DNS_CNAME, 2);
    dns_put(message, "\x04q", 2);
    dns_put_a(message, "\xc0\0\2\2");

    g_autoptr(NetDns) dns = parse(message);

    assert_true(dns->malformed);
    assert_false(str_present(dns->records[0].target));
    assert_addr(&dns->records[1], "192.0.2.2");
}

/* --- lengths and counts ---------------------------------------------------- */

static void marks_content_of_the_wrong_length(void **state)
{
    static const struct {
        unsigned type, len;
    } wrong[] = {
        { NET_DNS_A, 3 },     { NET_DNS_A, 5 },   { NET_DNS_A, 0 },     { NET_DNS_AAAA, 15 },
        { NET_DNS_AAAA, 17 }, { NET_DNS_SRV, 6 }, { NET_DNS_NAPTR, 4 }, { NET_DNS_CNAME, 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        GByteArray *message = dns_answer_to("a", NET_DNS_A, 2, 0);

        dns_put_record(message, wrong[i].type, wrong[i].len);
        for (unsigned j = 0; j < wrong[i].len; j++)
            dns_put8(message, 1);
        dns_put_a(message, "\xc0\0\2\2");

        g_autoptr(NetDns) dns = parse(message);

        assert_true(dns->malformed);
        assert_int_equal(dns->n_answers, 2);
        assert_addr(&dns->records[1], "192.0.2.2");
    }
}

static void keeps_what_came_before_a_cut_record(void **state)
{
    GByteArray *message = dns_answer_to("a", NET_DNS_A, 2, 0);

    dns_put_a(message, "\xc0\0\2\1");
    dns_put_record(message, NET_DNS_A, 65535);
    dns_put(message, "\xc0\0\2\2", 4);

    g_autoptr(NetDns) dns = parse(message);

    assert_true(dns->malformed);
    assert_int_equal(dns->n_answers, 1);
    assert_addr(&dns->records[0], "192.0.2.1");
}

static void keeps_the_first_records_of_many(void **state)
{
    GByteArray *message = dns_answer_to("a", NET_DNS_A, 65535, 65535);

    for (unsigned i = 0; i < 1000; i++)
        dns_put_a(message, "\xc0\0\2\1");

    g_autoptr(NetDns) dns = parse(message);

    assert_int_equal(dns->counts[1], 65535);
    assert_int_equal(dns->n_answers, NET_DNS_RECORDS);
    assert_int_equal(dns->n_records, NET_DNS_RECORDS);
}

static void looks_for_addresses_behind_answers_it_did_not_keep(void **state)
{
    GByteArray *message = dns_answer_to("a", 16, 20, 1);

    for (unsigned i = 0; i < 20; i++) /* CHAOS */
        dns_put(message, DNS_QUESTION_NAME "\0\x10\0\3\0\0\0\0\0\1x", 13);
    dns_put_a(message, "\xc0\0\2\1");

    g_autoptr(NetDns) dns = parse(message);

    assert_int_equal(dns->n_answers, 0);
    assert_int_equal(dns->n_records, 1);
    assert_false(dns->malformed);
}

static void stops_after_sixty_four_entries(void **state)
{
    GByteArray *fits = dns_message(DNS_QUERY, 63, 1, 0);
    GByteArray *many = dns_message(DNS_QUERY, 64, 1, 0);

    for (unsigned i = 0; i < 64; i++) {
        if (i < 63)
            dns_put(fits, "\0\0\1\0\1", 5);
        dns_put(many, "\0\0\1\0\1", 5);
    }
    dns_put_a(fits, "\xc0\0\2\1");
    dns_put_a(many, "\xc0\0\2\1");

    g_autoptr(NetDns) read = parse(fits);
    g_autoptr(NetDns) stopped = parse(many);

    assert_int_equal(read->n_answers, 1);
    assert_int_equal(stopped->n_answers, 0);
}

static void is_nothing_without_a_header(void **state)
{
    NetDns *dns = g_new(NetDns, 1);

    memset(dns, 0xa5, sizeof(*dns));
    assert_false(net_dns_parse(STR("\x12\x34\x81\x80\0\1\0\1\0\0\0"), dns));
    assert_int_equal(dns->id, 0);
    assert_int_equal(dns->n_records, 0);
    assert_false(net_dns_parse(STR_NONE, dns));
    assert_true(net_dns_parse(STR("\x12\x34\x81\x80\0\0\0\0\0\0\0\0"), dns));
    assert_false(dns->malformed);
    g_free(dns);
}

static void survives_any_cut(void **state)
{
    g_autoptr(GByteArray) message = dns_answer_to("_sip._udp.example.com", NET_DNS_SRV, 3, 1);

    dns_put_record(message, NET_DNS_SRV, 6 + 5);
    dns_put(message, "\0\1\0\2\x13\xc4\2px\xc0\x16", 11);
    dns_put_record(message, NET_DNS_NAPTR, 4 + 2 + 8 + 1 + 12);
    dns_put(message, "\0\1\0\2\1s\7SIP+D2U\0\4_sip\4_udp\xc0\x16", 27);
    dns_put_record(message, NET_DNS_CNAME, 13);
    dns_put_name(message, "example.net");
    dns_put_a(message, "\xc0\0\2\1");

    unsigned records = 0;

    for (size_t len = 12; len <= message->len; len++) {
        g_autoptr(NetDns) dns = parse_bytes(message->data, len);

        assert_int_equal(dns->malformed, len < message->len);
        assert_true(dns->n_records >= records);
        records = dns->n_records;
    }
    assert_int_equal(records, 4);
}

/* --- recognising, naming --------------------------------------------------- */

static void looks_at_the_port_and_the_header(void **state)
{
    NetFlow flow = { .src.port = 40000, .dst.port = 53 };
    Str query = STR("\x12\x34\x01\0\0\1\0\0\0\0\0\0");

    assert_true(net_dns_looks_like(query, &flow));
    assert_true(net_dns_looks_like(STR("\x12\x34\x81\x83\0\0\0\0\0\0\0\0"), &flow));
    assert_false(net_dns_looks_like(STR("\x12\x34\x01\3\0\1\0\0\0\0\0\0"), &flow)); /* failed? */
    assert_false(net_dns_looks_like(STR("\x12\x34\x29\0\0\1\0\0\0\0\0\0"), &flow)); /* an update */
    assert_false(net_dns_looks_like(STR("\x12\x34\x01\0\0\1\xff\0\0\0\0\0"), &flow));
    assert_false(net_dns_looks_like(STR("\x12\x34\x01\0\0\1\0\0\0\0\0"), &flow));
    assert_false(net_dns_looks_like(STR("REGISTER sip:example.com"), &flow));
    assert_false(net_dns_looks_like(STR("SIP/2.0 200 OK and so on"), &flow));

    flow = net_flow_reverse(&flow);
    assert_true(net_dns_looks_like(query, &flow));
    flow.src.port = 5353;
    assert_true(net_dns_looks_like(query, &flow));
    flow.src.port = 5060;
    assert_false(net_dns_looks_like(query, &flow));
}

static void names_codes_and_types(void **state)
{
    char text[NET_DNS_WORD];

    assert_string_equal(net_dns_rcode_name(NET_DNS_NOERROR, text), "NOERROR");
    assert_string_equal(net_dns_rcode_name(NET_DNS_SERVFAIL, text), "SERVFAIL");
    assert_string_equal(net_dns_rcode_name(NET_DNS_NXDOMAIN, text), "NXDOMAIN");
    assert_string_equal(net_dns_rcode_name(NET_DNS_REFUSED, text), "REFUSED");
    assert_string_equal(net_dns_rcode_name(12, text), "RCODE12");
    assert_string_equal(net_dns_rcode_name(65535, text), "RCODE65535");
    assert_string_equal(net_dns_type_name(NET_DNS_A, text), "A");
    assert_string_equal(net_dns_type_name(NET_DNS_AAAA, text), "AAAA");
    assert_string_equal(net_dns_type_name(NET_DNS_SRV, text), "SRV");
    assert_string_equal(net_dns_type_name(NET_DNS_NAPTR, text), "NAPTR");
    assert_string_equal(net_dns_type_name(NET_DNS_CNAME, text), "CNAME");
    assert_string_equal(net_dns_type_name(0, text), "TYPE0");
    assert_string_equal(net_dns_type_name(65535, text), "TYPE65535");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_question),
        cmocka_unit_test(reads_a_refusal),
        cmocka_unit_test(reads_addresses),
        cmocka_unit_test(reads_where_the_service_is),
        cmocka_unit_test(reads_which_transport_to_use),
        cmocka_unit_test(reads_other_names_for_the_same),
        cmocka_unit_test(takes_addresses_from_the_additional_section),
        cmocka_unit_test(passes_over_the_authority_section),
        cmocka_unit_test(extends_the_code_with_edns),
        cmocka_unit_test(takes_an_absurd_lifetime_for_none),
        cmocka_unit_test(knows_multicast_and_leaves_other_classes_out),
        cmocka_unit_test(keeps_every_name_without_escapes),
        cmocka_unit_test(runs_out_of_text_without_harm),
        cmocka_unit_test(reads_on_behind_a_name_it_cannot_read),
        cmocka_unit_test(refuses_a_name_that_leaves_its_record),
        cmocka_unit_test(marks_content_of_the_wrong_length),
        cmocka_unit_test(keeps_what_came_before_a_cut_record),
        cmocka_unit_test(keeps_the_first_records_of_many),
        cmocka_unit_test(looks_for_addresses_behind_answers_it_did_not_keep),
        cmocka_unit_test(stops_after_sixty_four_entries),
        cmocka_unit_test(is_nothing_without_a_header),
        cmocka_unit_test(survives_any_cut),
        cmocka_unit_test(looks_at_the_port_and_the_header),
        cmocka_unit_test(names_codes_and_types),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
