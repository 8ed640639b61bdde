/*
 * Requests that nobody answers, for reasons that cannot be told.
 */

#include "paths.h"

extern const Rule rule_inbound_unanswered;

static Judgement *judge_outage_at(const RegOutage *outage, uint32_t vantage)
{
    RegBinding binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    RegLife life = life_made();
    RegDevice device = device_made(&binding, 1, &life);

    device.vantage = vantage;
    life.n_outages = 1;
    life.outages = outage;
    return judge_device(&rule_inbound_unanswered, &device, NOON(3000));
}

static Judgement *judge_outage(RegOutage outage)
{
    return judge_outage_at(&outage, REG_VANTAGE_SERVER);
}

#define CALL(at)                         \
    "at " at " server -> phone INVITE\n" \
    "at +0.5 server -> phone copy\n"     \
    "at +1 server -> phone copy\n"       \
    "at +2 server -> phone copy\n"

static void fires_when_calls_get_no_answer(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "phone 203.0.113.40 nat=none expires=3600\n"
              "at 0 phone -> server registration\n" CALL("300") CALL("400") "end 500\n",
              &rule_inbound_unanswered);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com is registered, but 2 requests to 203.0.113.40:5060 (where it "
                 "registers from) got no answer from 12:05:00.000 on");
    assert_fact(j, 0, "request", 5);
    assert_fact(j, 1, "last request", 12);
}

static void clean_when_the_phone_answers(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone 203.0.113.40 nat=none expires=3600\n"
                                   "at 0      phone -> server registration\n"
                                   "at 300    server -> phone INVITE\n"
                                   "at 300.5  server -> phone copy\n"
                                   "at 300.6  phone -> server 180\n"
                                   "at 310    server -> phone OPTIONS\n"
                                   "at 310.1  phone -> server 404\n"
                                   "end 500\n",
                                   &rule_inbound_unanswered);

    assert_clean(j);
}

static void abstains_when_the_capture_ends_too_early(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone 203.0.113.40 nat=none expires=3600\n"
                                   "at 0     phone -> server registration\n"
                                   "at 300   server -> phone INVITE\n"
                                   "at 300.5 server -> phone copy\n"
                                   "end 301\n",
                                   &rule_inbound_unanswered);

    assert_abstains(j, "the capture ends before the request was given up");
}

static void pings_alone_are_a_hint(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

    outage.first.method = outage.last.method = SIP_METHOD_OPTIONS;

    g_autoptr(Judgement) pings = judge_outage(outage);

    assert_int_equal(pings->verdict, RULE_FIRES);
    assert_int_equal(pings->finding->grade, FINDING_WEAK);
    outage.last.method = SIP_METHOD_INVITE;

    g_autoptr(Judgement) call = judge_outage(outage);

    assert_int_equal(call->finding->grade, FINDING_STRONG);
}

static void so_are_requests_that_were_not_repeated(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

    outage.requests = 3;
    outage.first.copies = outage.last.copies = 0;

    g_autoptr(Judgement) j = judge_outage(outage);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
}

static void says_where_the_requests_went(void **state)
{
    static const struct {
        RegWay way;
        const char *words;
    } ways[] = {
        { REG_WAY_FLOW, "(where it registers from)" },
        { REG_WAY_OTHER_SOURCE, "sent by another host than it registers with" },
        { REG_WAY_OLD_FLOW, "(where it registered from before)" },
        { REG_WAY_CONTACT, "(its Contact)" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(ways); i++) {
        RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

        outage.first.way = ways[i].way;

        g_autoptr(Judgement) j = judge_outage(outage);

        assert_int_equal(j->verdict, RULE_FIRES);
        assert_non_null(strstr(j->finding->summary, ways[i].words));
    }
}

static void says_when_the_device_was_back(void **state)
{
    g_autoptr(Judgement) j = judge_outage(outage_made(NOON(100), 60 * NSEC_SEC, 10));

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com is registered, but 1 request to 203.0.113.2:40001 (where it "
                 "registers from) got no answer from 12:01:40.000 on; its next packet came at "
                 "12:02:10.000");
    assert_int_equal(j->finding->until, NOON(130));
}

static void clean_when_one_datagram_may_have_been_lost_or_nothing_was_bound(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

    outage.first.copies = outage.last.copies = 1;

    g_autoptr(Judgement) single = judge_outage(outage);

    assert_clean(single);
    outage.requests = 2;
    outage.bound = false;

    g_autoptr(Judgement) unbound = judge_outage(outage);

    assert_clean(unbound);
}

static void abstains_when_packets_may_be_missing(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

    outage.losses = REG_LOSS_ONE_WAY;

    g_autoptr(Judgement) j = judge_outage(outage);

    assert_abstains(j, "the answers of this pair are evidently not in the capture");
}

static void beside_the_phone_only_what_was_seen_outside_counts(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

    outage.first.seen_outside = false;

    g_autoptr(Judgement) inside = judge_outage_at(&outage, REG_VANTAGE_CLIENT);

    assert_abstains(inside, "needs a capture on the path or beside the server");
    outage.first.seen_outside = true;

    g_autoptr(Judgement) outside = judge_outage_at(&outage, REG_VANTAGE_CLIENT);

    assert_int_equal(outside->verdict, RULE_FIRES);
}

static void is_silent_when_a_narrower_rule_explains_it(void **state)
{
    g_autofree char *found = judge_all(
        "vantage server\n"
        "phone expires=3600\n"
        "at 0 phone -> server registration\n"
        "at 20     server -> phone OPTIONS\n"
        "at 20.03  phone -> server 200\n" CALL("110") "at 600    phone -> server registration\n"
                                                      "at 610    server -> phone INVITE\n"
                                                      "at 610.03 phone -> server 200\n"
                                                      "end 700\n");

    assert_non_null(strstr(found, "nat_mapping_expired"));
    assert_null(strstr(found, "inbound_unanswered"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_calls_get_no_answer),
        cmocka_unit_test(clean_when_the_phone_answers),
        cmocka_unit_test(abstains_when_the_capture_ends_too_early),
        cmocka_unit_test(pings_alone_are_a_hint),
        cmocka_unit_test(so_are_requests_that_were_not_repeated),
        cmocka_unit_test(says_where_the_requests_went),
        cmocka_unit_test(says_when_the_device_was_back),
        cmocka_unit_test(clean_when_one_datagram_may_have_been_lost_or_nothing_was_bound),
        cmocka_unit_test(abstains_when_packets_may_be_missing),
        cmocka_unit_test(beside_the_phone_only_what_was_seen_outside_counts),
        cmocka_unit_test(is_silent_when_a_narrower_rule_explains_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
