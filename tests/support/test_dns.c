/*
 * The DNS messages of scenarios, read by the program's own parser.
 */

#include "dns.h"

#include "check.h"
#include "net/dns.h"

static void read_back(const char *type, const char *name, const char *answer, NetDns *dns)
{
    g_autoptr(GByteArray) bytes = dns_message(type, name, answer);
    NetFlow flow = { .src.port = 40000, .dst.port = 53 };

    assert_non_null(bytes);

    Str message = { (const char *)bytes->data, bytes->len };

    assert_true(net_dns_looks_like(message, &flow));
    assert_true(net_dns_parse(message, dns));
    assert_false(dns->malformed);
    assert_true(str_equal(dns->name, str_of(name)));
}

static void a_question_is_read_back(void **state)
{
    NetDns dns;

    read_back("SRV", "_sip._udp.example.com", NULL, &dns);
    assert_false(dns.is_response);
    assert_int_equal(dns.type, NET_DNS_SRV);
    assert_int_equal(dns.n_records, 0);
}

static void refusals_are_read_back(void **state)
{
    NetDns dns;

    read_back("A", "example.com", "NXDOMAIN", &dns);
    assert_true(dns.is_response);
    assert_int_equal(dns.rcode, NET_DNS_NXDOMAIN);
    read_back("A", "example.com", "SERVFAIL", &dns);
    assert_int_equal(dns.rcode, NET_DNS_SERVFAIL);
    read_back("A", "example.com", "REFUSED", &dns);
    assert_int_equal(dns.rcode, NET_DNS_REFUSED);
    read_back("AAAA", "example.com", "NODATA", &dns);
    assert_int_equal(dns.rcode, NET_DNS_NOERROR);
    assert_int_equal(dns.n_answers, 0);
}

static void records_are_read_back(void **state)
{
    NetDns dns;
    char text[NET_ENDPOINT_TEXT];

    read_back("A", "example.com", "192.0.2.7", &dns);
    assert_string_equal(net_addr_to_text(&dns.records[0].addr, text), "192.0.2.7");
    read_back("AAAA", "example.com", "2001:db8::7", &dns);
    assert_string_equal(net_addr_to_text(&dns.records[0].addr, text), "2001:db8::7");
    read_back("SRV", "_sip._udp.example.com", "one.example.com", &dns);
    assert_true(str_equal(dns.records[0].target, STR("one.example.com")));
    assert_int_equal(dns.records[0].port, 5060);
    read_back("NAPTR", "example.com", "_sip._udp.example.com", &dns);
    assert_true(str_equal(dns.records[0].target, STR("_sip._udp.example.com")));
    assert_true(str_equal(dns.records[0].service, STR("SIP+D2U")));
}

static void nonsense_is_refused(void **state)
{
    assert_null(dns_message("MX", "example.com", NULL));
    assert_null(dns_message("A", NULL, NULL));
    assert_null(dns_message("A", "example.com", "one.example.com"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_is_read_back),
        cmocka_unit_test(refusals_are_read_back),
        cmocka_unit_test(records_are_read_back),
        cmocka_unit_test(nonsense_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
