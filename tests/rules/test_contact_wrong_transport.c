/*
 * Contacts that lead to a port where nobody listens.
 */

#include "paths.h"

extern const Rule rule_contact_wrong_transport;

#define HEAD                                                         \
    "vantage server\n"                                               \
    "phone 203.0.113.40:51008 nat=none transport=tcp expires=3600\n" \
    "phone udp 203.0.113.40:51008 nat=none\n"                        \
    "at 0   phone -> server connect\n"                               \
    "at 0.1 phone -> server registration contact=<sip:alice@203.0.113.40:51008>\n"

#define CALL "server -> udp INVITE uri=sip:alice@203.0.113.40:51008\n"

static void is_proven_when_the_phone_says_that_the_port_is_closed(void **state)
{
    g_autoptr(Judgement) j =
        judge(HEAD "at 20    " CALL "at 20.01 udp -> server icmp port-unreachable\n"
                   "end 80\n",
              &rule_contact_wrong_transport);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com registers over TCP from 203.0.113.40:51008, but its Contact "
                 "leads the server to UDP 203.0.113.40:51008, where nothing listens (1 request)");
    assert_fact(j, 1, "request", 8);
    assert_fact(j, 2, "ICMP", 9);
    assert_rejects(j, "nat_mapping_expired");
}

static void is_strong_when_nobody_answers(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 20   " CALL "at 20.5 server -> udp copy\n"
                                        "at 21.5 server -> udp copy\n"
                                        "at 23.5 server -> udp copy\n"
                                        "end 80\n",
                                   &rule_contact_wrong_transport);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com registers over TCP from 203.0.113.40:51008, but its Contact "
                 "leads the server to UDP 203.0.113.40:51008, where nobody answers (1 request)");
}

static void clean_when_the_server_uses_the_connection(void **state)
{
    g_autoptr(Judgement) j =
        judge(HEAD "at 20    server -> phone INVITE uri=sip:alice@203.0.113.40:51008\n"
                   "at 20.05 phone -> server 200\n"
                   "end 80\n",
              &rule_contact_wrong_transport);

    assert_clean(j);
}

/* The same with made-up lives: the device registers over UDP from 203.0.113.2:40001. */
static Judgement *judge_to(NetEndpoint to, RegOutage outage)
{
    RegBinding binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    RegLife life = life_made();
    RegDevice device = device_made(&binding, 1, &life);

    outage.first.way = outage.last.way = REG_WAY_CONTACT;
    outage.first.to = outage.last.to = to;
    binding.source = THE_NAT;
    life.n_outages = 1;
    life.outages = &outage;
    return judge_device(&rule_contact_wrong_transport, &device, NOON(3000));
}

static RegOutage plain_outage(void)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

    outage.back = outage.works = NSEC_NONE;
    return outage;
}

static void a_port_that_it_does_not_register_from_counts_too(void **state)
{
    g_autoptr(Judgement) j = judge_to(endpoint_at(203, 0, 113, 2, 5060), plain_outage());

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com registers over UDP from 203.0.113.2:40001, but its Contact "
                 "leads the server to UDP 203.0.113.2:5060, where nobody answers (1 request)");
}

static void another_address_is_another_story(void **state)
{
    g_autoptr(Judgement) private = judge_to(endpoint_at(192, 168, 1, 10, 5060), plain_outage());
    g_autoptr(Judgement) foreign = judge_to(endpoint_at(203, 0, 113, 9, 5060), plain_outage());

    assert_clean(private);
    assert_clean(foreign);
}

static void clean_when_it_was_answered_there_later(void **state)
{
    RegOutage outage = plain_outage();

    outage.works = NOON(200);

    g_autoptr(Judgement) j = judge_to(endpoint_at(203, 0, 113, 2, 5060), outage);

    assert_clean(j);
}

static void abstains_when_packets_may_be_missing_unless_it_was_refused(void **state)
{
    RegOutage outage = plain_outage();

    outage.losses = REG_LOSS_DROPS;

    g_autoptr(Judgement) silent = judge_to(endpoint_at(203, 0, 113, 2, 5060), outage);

    assert_abstains(silent, "the capture dropped packets at that time");
    outage.first.icmp = FRAME(11);
    outage.first.icmp_type = 3;
    outage.first.icmp_code = 3;
    outage.first.icmp_reporter = THE_NAT.addr;

    g_autoptr(Judgement) refused = judge_to(endpoint_at(203, 0, 113, 2, 5060), outage);

    assert_int_equal(refused->verdict, RULE_FIRES);
    assert_int_equal(refused->finding->grade, FINDING_PROVEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_proven_when_the_phone_says_that_the_port_is_closed),
        cmocka_unit_test(is_strong_when_nobody_answers),
        cmocka_unit_test(clean_when_the_server_uses_the_connection),
        cmocka_unit_test(a_port_that_it_does_not_register_from_counts_too),
        cmocka_unit_test(another_address_is_another_story),
        cmocka_unit_test(clean_when_it_was_answered_there_later),
        cmocka_unit_test(abstains_when_packets_may_be_missing_unless_it_was_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
