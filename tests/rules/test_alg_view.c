/*
 * One step at one place: what needs no closer look, and what does.
 */

#include "expect.h"
#include "rules/alg_view.h"

static NetAddr addr_of(const char *text)
{
    NetAddr addr;

    assert_true(net_addr_parse(str_of(text), &addr));
    return addr;
}

static void inside_is_what_stands_behind_a_nat(void **state)
{
    static const char *const inside[] = { "10.0.0.1", "10.255.1.2", "172.16.0.1", "172.31.255.1",
                                          "192.168.0.1" };
    static const char *const neither[] = { "100.64.0.1", "169.254.1.1", "127.0.0.1", "0.0.0.0",
                                           "fd00::1",    "fe80::1",     "::1",       "224.0.1.75" };
    static const char *const outside[] = { "203.0.113.1", "172.15.0.1", "172.32.0.1", "192.169.0.1",
                                           "2001:db8::1" };

    for (unsigned i = 0; i < G_N_ELEMENTS(inside); i++) {
        NetAddr addr = addr_of(inside[i]);

        assert_true(alg_is_inside(&addr));
        assert_false(alg_is_outside(&addr));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(neither); i++) {
        NetAddr addr = addr_of(neither[i]);

        assert_false(alg_is_inside(&addr));
        assert_false(alg_is_outside(&addr));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(outside); i++) {
        NetAddr addr = addr_of(outside[i]);

        assert_false(alg_is_inside(&addr));
        assert_true(alg_is_outside(&addr));
    }
    assert_false(alg_is_outside(&(NetAddr){ .version = 0 }));
}

static void a_ttl_tells_the_routers_behind_a_packet(void **state)
{
    static const struct {
        uint8_t ttl;
        int hops;
    } cases[] = { { 0, -1 }, { 64, 0 }, { 62, 2 }, { 65, 63 }, { 128, 0 }, { 120, 8 }, { 255, 0 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        SipMessage message = { .meta.ttl = cases[i].ttl };

        assert_int_equal(alg_hops(&message), cases[i].hops);
    }
}

static void a_host_without_port_has_the_usual_one(void **state)
{
    NetEndpoint endpoint;

    assert_true(alg_endpoint(STR("203.0.113.2"), 0, &endpoint));
    assert_int_equal(endpoint.port, 5060);
    assert_true(alg_endpoint(STR("203.0.113.2"), 40001, &endpoint));
    assert_int_equal(endpoint.port, 40001);
    assert_false(alg_endpoint(STR("phone.example.com"), 0, &endpoint));
}

static void a_contact_is_one_that_can_be_called(void **state)
{
    static const struct {
        const char *line;
        bool ok;
    } cases[] = {
        { "Contact: <sip:alice@192.168.1.10>\r\n", true },
        { "Contact: *\r\n", false },
        { "Contact: <sip:alice@:::>\r\n", false },
        { "", false },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("REGISTER sip:example.com SIP/2.0\r\n%s\r\n", cases[i].line);
        NetMeta meta = { .flow.transport = NET_UDP };
        g_autoptr(SipMessage) message = sip_message_parse(&meta, str_of(text), 0);

        assert_int_equal(alg_contact(message).ok, cases[i].ok);
    }
}

/* Of the first step: "echoed" or what came back, "closed" or what left. */
static RuleVerdict describe(const RegChain *chain, Finding *finding)
{
    AlgView inside = alg_view_inside(chain, 0), outside = alg_view_outside(chain, 0);
    char via[NET_ENDPOINT_TEXT], contact[NET_ENDPOINT_TEXT];

    finding_say(finding, "%s received %.*s, %s via %s contact %s%s",
                inside.echoed ? "echoed" : "not echoed", STR_ARG(inside.received),
                outside.closed ? "closed" : "open", net_endpoint_to_text(&outside.via, via),
                net_endpoint_to_text(&outside.contact, contact),
                outside.direct ? "" : ", behind a proxy");
    return RULE_FIRES;
}

static const Rule describing = { .id = "describing",
                                 .vantage = REG_VANTAGE_ANY,
                                 .check_chain = describe };

static void assert_view(const char *request, const char *answer, const char *words)
{
    g_autofree char *scenario = g_strdup_printf("vantage server\n"
                                                "at 0    phone -> server REGISTER %s\n"
                                                "at 0.02 server -> phone 401 %s\n"
                                                "end 60\n",
                                                request, answer);
    g_autoptr(Judgement) j = judge(scenario, &describing);

    assert_string_equal(j->finding->summary, words);
}

static void a_healthy_phone_behind_a_nat_needs_no_closer_look(void **state)
{
    assert_view("", "", "echoed received 203.0.113.2, closed via ? contact ?");
}

static void an_answer_that_is_not_plain_is_looked_at(void **state)
{
    assert_view("", "replace=\";received=203.0.113.2=>\"",
                "not echoed received , closed via ? contact ?");
    assert_view("", "received=192.168.1.10",
                "not echoed received 192.168.1.10, closed via ? contact ?");
    assert_view("", "received=10.0.0.1", "not echoed received 10.0.0.1, closed via ? contact ?");
    assert_view("", "received=172.16.0.1",
                "not echoed received 172.16.0.1, closed via ? contact ?");
    assert_view("", "replace=\";received=>; received\"",
                "not echoed received , closed via ? contact ?");
    assert_view("", "replace=\"UDP 192.168.1.10:5060=>UDP 192.168.1.10:5061\"",
                "not echoed received 203.0.113.2, closed via ? contact ?");
    assert_view("replace=\";branch=>;i=1;branch\"", "replace=\";branch=>;i=2;branch\"",
                "not echoed received 203.0.113.2, closed via ? contact ?");
}

static void an_answer_may_have_more_behind_received(void **state)
{
    assert_view("", "replace=\"203.0.113.2=>203.0.113.2;keep=30\"",
                "echoed received 203.0.113.2, closed via ? contact ?");
}

static void a_request_that_names_its_source_is_looked_at(void **state)
{
    assert_view("replace=\"UDP 192.168.1.10:5060=>UDP 203.0.113.2\"", "",
                "not echoed received 203.0.113.2, open via 203.0.113.2:5060 contact "
                "192.168.1.10:5060");
    assert_view("contact=sip:alice@203.0.113.2:40001", "",
                "echoed received 203.0.113.2, open via 192.168.1.10:5060 contact "
                "203.0.113.2:40001");
    assert_view("replace=\";rport=>;rport=5060\"", "",
                "echoed received 203.0.113.2, open via 192.168.1.10:5060 contact "
                "192.168.1.10:5060");
}

static void behind_a_proxy_the_source_is_the_proxys(void **state)
{
    assert_view("contact=sip:alice@203.0.113.2:40001 "
                "add=\"Via: SIP/2.0/UDP 192.168.1.20;branch=z9hG4bKxyz\"",
                "", "echoed received 203.0.113.2, closed via ? contact ?, behind a proxy");
}

static void an_answer_without_its_request_has_nothing_to_echo(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "at 0    phone -> server REGISTER unseen\n"
                                   "at 0.02 server -> phone 401\n"
                                   "end 60\n",
                                   &describing);

    assert_string_equal(j->finding->summary,
                        "not echoed received 203.0.113.2, closed via ? contact ?, behind a proxy");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inside_is_what_stands_behind_a_nat),
        cmocka_unit_test(a_ttl_tells_the_routers_behind_a_packet),
        cmocka_unit_test(a_host_without_port_has_the_usual_one),
        cmocka_unit_test(a_contact_is_one_that_can_be_called),
        cmocka_unit_test(a_healthy_phone_behind_a_nat_needs_no_closer_look),
        cmocka_unit_test(an_answer_that_is_not_plain_is_looked_at),
        cmocka_unit_test(an_answer_may_have_more_behind_received),
        cmocka_unit_test(a_request_that_names_its_source_is_looked_at),
        cmocka_unit_test(behind_a_proxy_the_source_is_the_proxys),
        cmocka_unit_test(an_answer_without_its_request_has_nothing_to_echo),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
