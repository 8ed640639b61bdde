/*
 * Servers that take a private Contact at its word.
 */

#include "paths.h"

extern const Rule rule_contact_private;

#define PRIVATE " dst=192.168.1.10:5060\n"

static void is_proven_by_where_the_server_sends(void **state)
{
    g_autoptr(Judgement) j = judge(
        "vantage server\n"
        "phone expires=3600\n"
        "at 0    phone -> server registration\n"
        "at 60   server -> phone INVITE" PRIVATE "at 60.5 server -> phone copy" PRIVATE
        "at 61.5 server -> phone copy" PRIVATE "at 63.5 server -> phone copy" PRIVATE "end 120\n",
        &rule_contact_private);

    assert_fires(
        j, FINDING_PROVEN,
        "the server sends requests for alice@example.com to its private Contact "
        "192.168.1.10:5060, although it registers from 203.0.113.2:40001: 1 request got no "
        "answer");
    assert_fact(j, 0, "registration", 4);
    assert_fact(j, 1, "request", 5);
    assert_rejects(j, "nat_mapping_expired");
}

static void says_who_refuses_it(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone expires=3600\n"
                                   "server gate 198.51.100.1 hops=0\n"
                                   "at 0     phone -> server registration\n"
                                   "at 60    server -> phone OPTIONS" PRIVATE
                                   "at 60.01 gate -> server icmp host-unreachable\n"
                                   "end 120\n",
                                   &rule_contact_private);

    assert_fires(
        j, FINDING_PROVEN,
        "the server sends requests for alice@example.com to its private Contact "
        "192.168.1.10:5060, although it registers from 203.0.113.2:40001: 1 request got no "
        "answer, and 198.51.100.1 answers with ICMP host unreachable");
    assert_fact(j, 2, "ICMP", 6);
}

static void clean_when_the_server_sends_to_the_public_address(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone expires=3600\n"
                                   "at 0     phone -> server registration\n"
                                   "at 60    server -> phone INVITE\n"
                                   "at 60.5  server -> phone copy\n"
                                   "at 61.5  server -> phone copy\n"
                                   "at 63.5  server -> phone copy\n"
                                   "end 120\n",
                                   &rule_contact_private);

    assert_clean(j);
}

static void clean_without_any_request(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone expires=3600\n"
                                   "at 0 phone -> server registration\n"
                                   "end 120\n",
                                   &rule_contact_private);

    assert_clean(j);
}

/* The same with made-up lives. */
static Judgement *judge_way(RegOutage outage, NetEndpoint source, uint32_t vantage)
{
    RegBinding binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    RegLife life = life_made();
    RegDevice device = device_made(&binding, 1, &life);

    binding.source = source;
    device.vantage = vantage;
    life.n_outages = 1;
    life.outages = &outage;
    return judge_device(&rule_contact_private, &device, NOON(3000));
}

static RegOutage private_outage(void)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

    outage.first.way = outage.last.way = REG_WAY_CONTACT;
    outage.first.to = outage.last.to = endpoint_at(192, 168, 1, 10, 5060);
    outage.back = outage.works = NSEC_NONE;
    return outage;
}

static void strong_when_it_is_not_known_to_be_beside_the_server(void **state)
{
    g_autoptr(Judgement) j = judge_way(private_outage(), THE_NAT, REG_VANTAGE_UNKNOWN);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
    assert_checkable(j->finding);
}

static void strong_when_no_request_was_repeated(void **state)
{
    RegOutage outage = private_outage();

    outage.requests = 3;
    outage.first.copies = outage.last.copies = 0;

    g_autoptr(Judgement) j = judge_way(outage, THE_NAT, REG_VANTAGE_SERVER);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
}

static void clean_in_a_routed_private_network(void **state)
{
    RegOutage reached = private_outage();
    g_autoptr(Judgement) routed =
        judge_way(private_outage(), endpoint_at(10, 1, 1, 1, 5060), REG_VANTAGE_SERVER);

    assert_clean(routed);
    reached.works = NOON(200);

    g_autoptr(Judgement) answered = judge_way(reached, THE_NAT, REG_VANTAGE_SERVER);

    assert_clean(answered);
}

static void abstains_when_packets_may_be_missing(void **state)
{
    RegOutage outage = private_outage();

    outage.cut = true;

    g_autoptr(Judgement) j = judge_way(outage, THE_NAT, REG_VANTAGE_SERVER);

    assert_abstains(j, "the capture ends before the request was given up");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_proven_by_where_the_server_sends),
        cmocka_unit_test(says_who_refuses_it),
        cmocka_unit_test(clean_when_the_server_sends_to_the_public_address),
        cmocka_unit_test(clean_without_any_request),
        cmocka_unit_test(strong_when_it_is_not_known_to_be_beside_the_server),
        cmocka_unit_test(strong_when_no_request_was_repeated),
        cmocka_unit_test(clean_in_a_routed_private_network),
        cmocka_unit_test(abstains_when_packets_may_be_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
