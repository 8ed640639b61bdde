/* The words of capture filters, and whether the advised filter keeps its promise. */

#include "capture/filter.h"

#include <glib.h>
#include <pcap/pcap.h>

#include "frames.h"
#include "support/check.h"

#define NOTHING 0U
#define FRAGMENTS ((unsigned)FILTER_HIDES_FRAGMENTS)
#define TAGGED ((unsigned)FILTER_HIDES_TAGGED)
#define NO_ICMP ((unsigned)FILTER_HIDES_ICMP)
#define NO_TCP ((unsigned)FILTER_HIDES_TCP)

typedef struct Expectation {
    const char *expression;
    unsigned gaps;
} Expectation;

static void check(const Expectation *expectations, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (filter_gaps(expectations[i].expression) != expectations[i].gaps)
            print_error("%s\n", expectations[i].expression);
        assert_int_equal(filter_gaps(expectations[i].expression), expectations[i].gaps);
    }
}

static void names_what_a_filter_on_ports_hides(void **state)
{
    const Expectation expectations[] = {
        { "udp port 5060", FRAGMENTS | TAGGED | NO_ICMP | NO_TCP },
        { "port 5060", FRAGMENTS | TAGGED | NO_ICMP },
        { "portrange 5060-5061 or icmp", FRAGMENTS | TAGGED },
        { "udp port 5060 or tcp port 5060", FRAGMENTS | TAGGED | NO_ICMP },
        { "host 192.0.2.1 and (port 5060 or\nport 5061)", FRAGMENTS | TAGGED | NO_ICMP },
        { "src port sip", FRAGMENTS | TAGGED | NO_ICMP },
        { "udp[0:2] = 5060", FRAGMENTS | TAGGED | NO_ICMP | NO_TCP },
        { "port 5060 or icmp or (vlan and port 5060)", FRAGMENTS },
        { "port 5060 or proto \\icmp", FRAGMENTS | TAGGED },
    };

    check(expectations, G_N_ELEMENTS(expectations));
}

static void wants_the_fragments_of_both_versions_of_ip(void **state)
{
    const Expectation expectations[] = {
        { "port 5060 or icmp or vlan or ip[6:2] & 0x1fff != 0", FRAGMENTS },
        { "port 5060 or icmp or vlan or ip6 proto 44", FRAGMENTS },
        { "port 5060 or icmp or vlan or (ip[6:2] & 0x1fff != 0) or ip6 proto 44", NOTHING },
        { "port 5060 or icmp or vlan or ip [7]!=0 or ip6[6] == 44", NOTHING },
        { "port 5060 or icmp or vlan or not ip[6:2] & 0x1fff = 0 or ip6 protochain 44", NOTHING },
    };

    check(expectations, G_N_ELEMENTS(expectations));
}

static void is_silent_about_a_filter_without_ports(void **state)
{
    const Expectation expectations[] = {
        { "", NOTHING },
        { "udp", NOTHING },
        { "host 192.0.2.1", NOTHING },
        { "not port 22", NOTHING },
        { "! tcp port 22", NOTHING },
        { "not (tcp port 22 or port 80) and host 192.0.2.1", NOTHING },
        { "not (host 192.0.2.1 and (port 22))", NOTHING },
    };

    check(expectations, G_N_ELEMENTS(expectations));
    assert_null(filter_warning("host 192.0.2.1"));
    assert_null(filter_warning(FILTER_WANTED_TAGGED));
}

static void undoes_what_is_negated_and_no_more(void **state)
{
    const Expectation expectations[] = {
        { "not port 22 and port 5060", FRAGMENTS | TAGGED | NO_ICMP },
        { "not not port 5060", FRAGMENTS | TAGGED | NO_ICMP },
        { "not (not (port 5060))", FRAGMENTS | TAGGED | NO_ICMP },
        { "port 5060 and not vlan and not icmp", FRAGMENTS | TAGGED | NO_ICMP },
        { "host not-a-port or !(icmp) or port 5060", FRAGMENTS | TAGGED | NO_ICMP },
    };

    check(expectations, G_N_ELEMENTS(expectations));
}

static void survives_any_nesting(void **state)
{
    g_autoptr(GString) deep = g_string_new(NULL);

    for (unsigned i = 0; i < 1000; i++)
        g_string_append(deep, "not (");
    g_string_append(deep, "port 5060");
    filter_gaps(deep->str);
    assert_int_equal(filter_gaps(")))))) port 5060"), FRAGMENTS | TAGGED | NO_ICMP);
    assert_int_equal(filter_gaps("[[[ \\ ( ip["), NOTHING);
}

static void warns_in_a_sentence_that_gives_a_better_filter(void **state)
{
    g_autofree char *warning = filter_warning("udp port 5060 or icmp");
    g_autofree char *expected = g_strdup_printf(
        "the capture filter \"udp port 5060 or icmp\" hides the later fragments of large "
        "messages, frames with a VLAN tag, SIP over TCP; better is \"%s\" "
        "(without the vlan part on \"any\" and on raw IP)",
        FILTER_WANTED_TAGGED);

    assert_string_equal(warning, expected);
}

static bool advice_passes(Str frame)
{
    pcap_t *pcap = pcap_open_dead(DLT_EN10MB, 262144);
    struct bpf_program program;
    struct pcap_pkthdr header = { .caplen = (uint32_t)frame.len, .len = (uint32_t)frame.len };

    assert_int_equal(pcap_compile(pcap, &program, FILTER_WANTED_TAGGED, 1, PCAP_NETMASK_UNKNOWN),
                     0);

    bool passes = pcap_offline_filter(&program, &header, (const u_char *)frame.data) != 0;

    pcap_freecode(&program);
    pcap_close(pcap);
    return passes;
}

static void advises_a_filter_that_keeps_what_is_needed(void **state)
{
    assert_true(advice_passes(STR(ETHER IS_IP4 IP4("\0", UDP) SIP_PORTS)));
    assert_true(advice_passes(STR(ETHER IS_IP4 IP4("\0", TCP) SIP_PORTS)));
    assert_true(advice_passes(STR(ETHER IS_IP4 IP4("\1", UDP) WEB_PORTS)));
    assert_true(advice_passes(STR(ETHER IS_IP4 IP4("\0", ICMP) UNREACHABLE)));
    assert_true(advice_passes(STR(ETHER IS_IP6 IP6(UDP) SIP_PORTS)));
    assert_true(advice_passes(STR(ETHER IS_IP6 IP6(ICMP6) UNREACHABLE)));
    assert_true(advice_passes(STR(ETHER IS_IP6 IP6(FRAGMENT6) "\x11\0\0\x08\0\0\0\1")));
    assert_true(advice_passes(STR(ETHER VLAN_TAG IS_IP4 IP4("\0", UDP) SIP_PORTS)));
    assert_true(advice_passes(STR(ETHER VLAN_TAG IS_IP4 IP4("\1", UDP) WEB_PORTS)));
    assert_true(advice_passes(STR(ETHER VLAN_TAG IS_IP6 IP6(UDP) SIP_PORTS)));
    assert_false(advice_passes(STR(ETHER IS_IP4 IP4("\0", UDP) WEB_PORTS)));
    assert_false(advice_passes(STR(ETHER VLAN_TAG IS_IP4 IP4("\0", TCP) WEB_PORTS)));
}

static void takes_more_ports_for_the_advice(void **state)
{
    static const uint16_t more[] = { 5080, 443 };
    g_autoptr(GArray) ports = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    g_autofree char *none = filter_wanted(NULL, true);

    g_array_append_vals(ports, more, G_N_ELEMENTS(more));

    g_autofree char *plain = filter_wanted(ports, false);
    g_autofree char *tagged = filter_wanted(ports, true);

    assert_string_equal(none, FILTER_WANTED_TAGGED);
    assert_string_equal(plain, FILTER_WANTED " or port 5080 or port 443");
    assert_string_equal(tagged,
                        FILTER_WANTED " or port 5080 or port 443 or (vlan and (" FILTER_WANTED
                                      " or port 5080 or port 443))");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_what_a_filter_on_ports_hides),
        cmocka_unit_test(wants_the_fragments_of_both_versions_of_ip),
        cmocka_unit_test(is_silent_about_a_filter_without_ports),
        cmocka_unit_test(undoes_what_is_negated_and_no_more),
        cmocka_unit_test(survives_any_nesting),
        cmocka_unit_test(warns_in_a_sentence_that_gives_a_better_filter),
        cmocka_unit_test(advises_a_filter_that_keeps_what_is_needed),
        cmocka_unit_test(takes_more_ports_for_the_advice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
