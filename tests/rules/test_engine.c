/*
 * The engine: who is asked, what is kept, what is silenced and what is folded.
 *
 * Most of the rules here are made up for the purpose; the last tests run the
 * real ones.
 */

#include "made_up.h"
#include "support/judge.h"

static void tells_what_it_finds_at_once_and_keeps_it(void **state)
{
    Told told = { 0 };
    g_autoptr(RuleEngine) engine =
        rule_engine_new(table, &(RuleSink){ .finding = on_finding, .user = &told });

    assert_true(push(engine, &alice, 10, FIRE_NARROW));
    assert_int_equal(told.n, 1);
    assert_found(engine, "narrow/1");
    assert_string_equal(finding_at(engine, 0)->aor, "alice@example.com");
    assert_int_equal(finding_at(engine, 0)->from, 10);
    assert_int_equal(finding_at(engine, 0)->until, 11);
    assert_int_equal(finding_at(engine, 0)->count, 1);
}

static void says_nothing_about_a_clean_chain(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });

    assert_false(push(engine, &alice, 10, 0));
    assert_found(engine, "");
}

static void does_not_keep_a_chain_for_a_note(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });

    assert_false(push(engine, &alice, 10, FIRE_NOTE));
    assert_found(engine, "note/1");
}

static void folds_repeats_into_the_first_with_a_count(void **state)
{
    Told told = { 0 };
    g_autoptr(RuleEngine) engine =
        rule_engine_new(table, &(RuleSink){ .finding = on_finding, .user = &told });

    assert_true(push(engine, &alice, 10, FIRE_NARROW));
    assert_false(push(engine, &alice, 20, FIRE_NARROW));
    assert_false(push(engine, &alice, 30, FIRE_NARROW));
    assert_int_equal(told.n, 1);
    assert_found(engine, "narrow/1");
    assert_int_equal(finding_at(engine, 0)->count, 3);
    assert_int_equal(finding_at(engine, 0)->from, 10);
    assert_int_equal(finding_at(engine, 0)->until, 31);
    assert_string_equal(finding_at(engine, 0)->summary, "chain 10");
}

static RuleVerdict tell_growing(const RegChain *chain, Finding *finding)
{
    g_autoptr(RegRewrites) rewrites = g_rc_box_new0(RegRewrites);

    finding_say(finding, "chain %d", (int)chain->opened);
    finding_show(finding, rewrites);
    return RULE_FIRES;
}

/* What differs between two places is told of a record that grows. */
static void tells_the_newest_of_what_grows(void **state)
{
    static const Rule growing = { .id = "growing",
                                  .severity = FINDING_NOTE,
                                  .vantage = REG_VANTAGE_ANY,
                                  .check_chain = tell_growing };
    static const Rule *const only[] = { &growing, NULL };
    g_autoptr(RuleEngine) engine = rule_engine_new(only, &(RuleSink){ 0 });

    push(engine, &alice, 10, 0);
    push(engine, &alice, 20, 0);
    assert_found(engine, "growing/1");
    assert_int_equal(finding_at(engine, 0)->count, 2);
    assert_int_equal(finding_at(engine, 0)->from, 10);
    assert_string_equal(finding_at(engine, 0)->summary, "chain 20");
}

static void keeps_the_findings_of_two_devices_apart(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });

    assert_true(push(engine, &bob, 10, FIRE_NARROW));
    assert_true(push(engine, &alice, 20, FIRE_NARROW));
    assert_found(engine, "narrow/2 narrow/1");
}

/* The grade must not be better than the facts that stand beside it. */
static void shows_the_facts_of_the_time_that_proves_most(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });

    push(engine, &alice, 10, FIRE_ABSENCE | FIRE_WEAK);
    push(engine, &alice, 20, FIRE_ABSENCE);
    push(engine, &alice, 30, FIRE_ABSENCE | FIRE_WEAK);
    assert_found(engine, "absence/1");

    const Finding *finding = finding_at(engine, 0);

    assert_int_equal(finding->grade, FINDING_STRONG);
    assert_string_equal(finding->summary, "chain 20");
    assert_int_equal(g_array_index(finding->facts, FindingFact, 0).ref.frame, 20);
    assert_int_equal(finding->count, 3);
    assert_int_equal(finding->from, 10);
    assert_int_equal(finding->until, 31);
    assert_int_equal(finding->device, 1);
    assert_string_equal(finding->aor, "alice@example.com");
}

static void silences_an_umbrella_on_the_same_chain(void **state)
{
    Told told = { 0 };
    g_autoptr(RuleEngine) engine =
        rule_engine_new(table, &(RuleSink){ .finding = on_finding, .user = &told });

    assert_true(push(engine, &alice, 10, FIRE_UMBRELLA | FIRE_NARROW));
    assert_int_equal(told.n, 1);
    assert_found(engine, "narrow/1");
}

static void drops_an_umbrella_that_a_finding_on_the_same_device_explains(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });
    RegDevice device = alice;

    push(engine, &alice, 10, FIRE_UMBRELLA);
    device.n_refused = 3;
    device.first_seen = 5;
    device.last_seen = 50;
    rule_engine_device(engine, &device, 60);
    assert_found(engine, "device/1");
}

static void leaves_an_umbrella_at_another_time(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });

    push(engine, &alice, 10, FIRE_UMBRELLA);
    push(engine, &alice, 5000, FIRE_NARROW);
    assert_found(engine, "umbrella/1 narrow/1");
}

static void leaves_an_umbrella_on_another_device(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });

    push(engine, &alice, 10, FIRE_UMBRELLA);
    push(engine, &bob, 10, FIRE_NARROW);
    assert_found(engine, "umbrella/1 narrow/2");
}

static void keeps_the_accounts_of_a_scanner_out(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });
    RegDevice victim = alice;

    /* Before anybody knows; then it is known, and said of the device. */
    push(engine, &victim, 10, FIRE_NARROW);
    victim.scanner = true;
    assert_false(push(engine, &victim, 20, FIRE_NARROW));
    rule_engine_device(engine, &victim, 30);
    push(engine, &bob, 10, FIRE_NARROW);
    assert_found(engine, "narrow/2");
}

static void look_at_capture(RuleEngine *engine, const char *path, uint64_t kernel,
                            uint64_t interface)
{
    CaptureInfo info = { .path = path, .dropped_kernel = kernel, .dropped_interface = interface };
    RegCaptureSite capture = { .info = &info };

    rule_engine_site(engine, &(RegSite){ .kind = REG_SITE_CAPTURE, .capture = &capture });
}

static void believes_less_in_absence_where_the_capture_dropped_packets(void **state)
{
    g_autoptr(RuleEngine) kernel = rule_engine_new(table, &(RuleSink){ 0 });
    g_autoptr(RuleEngine) interface = rule_engine_new(table, &(RuleSink){ 0 });
    RuleEngine *const engines[] = { kernel, interface };

    for (unsigned i = 0; i < G_N_ELEMENTS(engines); i++) {
        push(engines[i], &alice, 10, FIRE_ABSENCE | FIRE_NARROW);
        look_at_capture(engines[i], "a.pcap", i == 0, i == 1);
        assert_found(engines[i], "narrow/1 absence/1 site/0");
        assert_int_equal(finding_at(engines[i], 0)->grade, FINDING_PROVEN);
        assert_int_equal(finding_at(engines[i], 1)->grade, FINDING_WEAK);
        assert_true(g_str_has_prefix(finding_at(engines[i], 1)->settle,
                                     "The capture says that it dropped packets"));
    }
}

static void believes_in_absence_where_nothing_was_dropped(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });

    push(engine, &alice, 10, FIRE_ABSENCE);
    look_at_capture(engine, "a.pcap", 0, 0);
    assert_found(engine, "absence/1 site/0");
    assert_int_equal(finding_at(engine, 0)->grade, FINDING_STRONG);
}

static void proves_nothing_by_a_message_that_can_be_read_in_two_ways(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });
    SipMessage forged = { .status = 403, .meta.anomalies = NET_OVERLAP };
    SipMessage plain = { .status = 403 };

    push_answered(engine, &alice, 10, FIRE_NARROW, &forged);
    assert_found(engine, "narrow/1");
    assert_int_equal(finding_at(engine, 0)->grade, FINDING_STRONG);
    assert_non_null(strstr(finding_at(engine, 0)->settle, "came twice and differs"));
    push_answered(engine, &alice, 20, FIRE_NARROW, &plain);
    assert_found(engine, "narrow/1");
    assert_int_equal(finding_at(engine, 0)->grade, FINDING_PROVEN);
}

static void keeps_the_findings_of_two_captures_apart(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });

    look_at_capture(engine, "a.pcap", 0, 0);
    look_at_capture(engine, "b.pcap", 0, 0);
    look_at_capture(engine, "b.pcap", 0, 0);
    assert_found(engine, "site/0 site/0");
    assert_int_equal(finding_at(engine, 0)->count + finding_at(engine, 1)->count, 3);
}

static void assert_abstention(const GArray *all, unsigned index, const Rule *rule,
                              const char *because, unsigned times)
{
    assert_true(index < all->len);

    const RuleAbstention *abstention = &g_array_index(all, RuleAbstention, index);

    assert_ptr_equal(abstention->rule, rule);
    assert_string_equal(abstention->because, because);
    assert_int_equal(abstention->times, times);
}

static void counts_abstentions_by_rule_and_reason(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });

    push(engine, &alice, 10, ABSTAIN | FIRE_WEAK);
    push(engine, &alice, 20, ABSTAIN);
    push(engine, &alice, 30, ABSTAIN);
    push(engine, &alice, 40, FIRE_ABSENCE);

    const GArray *abstentions = rule_engine_abstentions(engine);

    assert_int_equal(abstentions->len, 3);
    assert_abstention(abstentions, 0, &absence, "another reason", 2);
    assert_abstention(abstentions, 1, &absence, "one reason", 1);
    assert_abstention(abstentions, 2, &note, "another reason", 3);
}

static void can_be_asked_again_after_more_was_pushed(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });

    push(engine, &alice, 10, FIRE_NARROW);
    assert_found(engine, "narrow/1");
    push(engine, &bob, 20, FIRE_NARROW);
    assert_found(engine, "narrow/1 narrow/2");
}

static void keeps_the_findings_of_two_sources_apart(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });
    RegSourceSite source = { .addr = { { 192, 0, 2, 1 }, 4 }, .user_agent = (char *)"a" };
    const RegSite site = { .kind = REG_SITE_SOURCE, .source = &source };

    rule_engine_site(engine, &site);
    source.addr.bytes[3] = 2;
    rule_engine_site(engine, &site);
    assert_found(engine, "site/0 site/0");
}

static void a_rule_may_know_better_when_it_was(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });
    RegDevice device = alice;

    device.n_refused = 1;
    device.first_seen = 5;
    device.last_seen = 50;
    rule_engine_device(engine, &device, 60);
    assert_found(engine, "device/1");
    assert_int_equal(finding_at(engine, 0)->from, 5);
    assert_int_equal(finding_at(engine, 0)->until, 60);
}

static void asks_nobody_about_the_chain_of_a_scanner(void **state)
{
    g_autoptr(RuleEngine) engine = rule_engine_new(table, &(RuleSink){ 0 });
    RegDevice victim = alice;

    victim.scanner = true;
    assert_false(push(engine, &victim, 10, FIRE_NARROW));
    assert_found(engine, "");
}

/* What must be visible before a rule is asked at all. */
static RuleVerdict apply(uint32_t vantage, uint32_t needs, RegChain chain, const char **because)
{
    const Rule rule = {
        .id = "needy", .vantage = vantage, .needs = needs, .check_chain = check_umbrella
    };
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(RegStep));
    g_autoptr(Finding) finding = finding_new(&rule);
    RegStep step = { 0 };

    g_array_append_val(steps, step);
    chain.steps = steps;
    chain.losses = FIRE_UMBRELLA;

    RuleVerdict verdict = rule_apply_chain(&rule, &chain, finding);

    *because = finding->abstained_because;
    return verdict;
}

static void abstains_where_a_rule_is_not_believed(void **state)
{
    RegChain chain = { .vantage = REG_VANTAGE_CLIENT };
    const char *because;

    assert_int_equal(apply(REG_VANTAGE_ANY, 0, chain, &because), RULE_FIRES);
    assert_int_equal(apply(REG_VANTAGE_SERVER, 0, chain, &because), RULE_ABSTAINS);
    assert_string_equal(because, "needs a capture beside the server");
    assert_int_equal(apply(REG_VANTAGE_SERVER | REG_VANTAGE_MIDDLE, 0, chain, &because),
                     RULE_ABSTAINS);
    assert_string_equal(because, "needs a capture on the path or beside the server");
    chain.vantage = REG_VANTAGE_SERVER;
    assert_int_equal(apply(REG_VANTAGE_CLIENT, 0, chain, &because), RULE_ABSTAINS);
    assert_string_equal(because, "needs a capture beside the phone");
}

/* A chain that was captured at two places is believed at each of them. */
static void asks_where_one_of_several_places_will_do(void **state)
{
    RegChain chain = { .vantage = REG_VANTAGE_CLIENT | REG_VANTAGE_SERVER };
    const char *because;

    assert_int_equal(apply(REG_VANTAGE_SERVER, 0, chain, &because), RULE_FIRES);
    assert_int_equal(apply(REG_VANTAGE_CLIENT, 0, chain, &because), RULE_FIRES);
    assert_int_equal(apply(REG_VANTAGE_MIDDLE, 0, chain, &because), RULE_ABSTAINS);
}

static void abstains_where_the_part_that_a_rule_needs_was_cut(void **state)
{
    const char *because;
    RegChain no_head = { .vantage = REG_VANTAGE_CLIENT, .head_cut = true };
    RegChain no_tail = { .vantage = REG_VANTAGE_CLIENT, .tail_cut = true };

    assert_int_equal(apply(REG_VANTAGE_ANY, RULE_NEEDS_HEAD, no_head, &because), RULE_ABSTAINS);
    assert_string_equal(because, "the capture does not hold the beginning of the attempt");
    assert_int_equal(apply(REG_VANTAGE_ANY, RULE_NEEDS_TAIL, no_head, &because), RULE_FIRES);
    assert_int_equal(apply(REG_VANTAGE_ANY, RULE_NEEDS_TAIL, no_tail, &because), RULE_ABSTAINS);
    assert_string_equal(because, "the capture ends too early after the last message");
    assert_int_equal(apply(REG_VANTAGE_ANY, RULE_NEEDS_HEAD, no_tail, &because), RULE_FIRES);
}

/* A rule about answers has nothing to say, not even that it cannot tell, where
 * there is none. */
static void is_clean_where_a_rule_needs_an_answer_and_there_is_none(void **state)
{
    RegChain chain = { .vantage = REG_VANTAGE_CLIENT };
    const char *because;

    assert_int_equal(apply(REG_VANTAGE_ANY, RULE_NEEDS_ANSWER, chain, &because), RULE_CLEAN);
}

/* Where a device was seen may be known, or not at all. */
static void believes_a_rule_about_devices_only_at_its_place(void **state)
{
    Rule rule = device_rule;
    g_autoptr(Finding) finding = finding_new(&rule);
    RegDevice device = { .id = 1, .aor = (char *)"", .n_refused = 1 };

    rule.vantage = REG_VANTAGE_SERVER;
    assert_int_equal(rule_apply_device(&rule, &device, 100, finding), RULE_FIRES);
    device.vantage = REG_VANTAGE_UNKNOWN;
    assert_int_equal(rule_apply_device(&rule, &device, 100, finding), RULE_FIRES);
    device.vantage = REG_VANTAGE_SERVER | REG_VANTAGE_CLIENT;
    assert_int_equal(rule_apply_device(&rule, &device, 100, finding), RULE_FIRES);
    device.vantage = REG_VANTAGE_CLIENT;
    assert_int_equal(rule_apply_device(&rule, &device, 100, finding), RULE_ABSTAINS);
    assert_string_equal(finding->abstained_because, "needs a capture beside the server");
    device.n_refused = 0;
    assert_int_equal(rule_apply_device(&rule, &device, 100, finding), RULE_CLEAN);
}

static void a_hundred_healthy_refreshes_have_no_finding(void **state)
{
    g_autofree char *ids = judge_all("vantage client\n"
                                     "repeat 100 every 54 {\n"
                                     "    at 0 phone -> server registration expires=60\n"
                                     "}\n"
                                     "end 5400\n");

    assert_string_equal(ids, "");
}

static void real_findings_come_with_the_gravest_first(void **state)
{
    g_autofree char *ids = judge_all("vantage server\n"
                                     "nat   home  203.0.113.77\n"
                                     "phone alice 192.168.1.10 user=alice\n"
                                     "phone bob   192.168.7.20 user=bob nat=home\n"
                                     "at 0     alice -> server registration\n"
                                     "at 10    alice -> server REGISTER auth expires=0\n"
                                     "at 10.02 server -> alice 200\n"
                                     "at 20    bob -> server REGISTER\n"
                                     "at 20.02 server -> bob 401\n"
                                     "at 30    bob -> server REGISTER call-id=b2\n"
                                     "at 30.02 server -> bob 500\n"
                                     "end 90\n");

    assert_string_equal(ids, "server_error challenge_unanswered deregistered");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_it_finds_at_once_and_keeps_it),
        cmocka_unit_test(says_nothing_about_a_clean_chain),
        cmocka_unit_test(does_not_keep_a_chain_for_a_note),
        cmocka_unit_test(folds_repeats_into_the_first_with_a_count),
        cmocka_unit_test(tells_the_newest_of_what_grows),
        cmocka_unit_test(keeps_the_findings_of_two_devices_apart),
        cmocka_unit_test(shows_the_facts_of_the_time_that_proves_most),
        cmocka_unit_test(silences_an_umbrella_on_the_same_chain),
        cmocka_unit_test(drops_an_umbrella_that_a_finding_on_the_same_device_explains),
        cmocka_unit_test(leaves_an_umbrella_at_another_time),
        cmocka_unit_test(leaves_an_umbrella_on_another_device),
        cmocka_unit_test(keeps_the_accounts_of_a_scanner_out),
        cmocka_unit_test(believes_less_in_absence_where_the_capture_dropped_packets),
        cmocka_unit_test(believes_in_absence_where_nothing_was_dropped),
        cmocka_unit_test(proves_nothing_by_a_message_that_can_be_read_in_two_ways),
        cmocka_unit_test(keeps_the_findings_of_two_captures_apart),
        cmocka_unit_test(counts_abstentions_by_rule_and_reason),
        cmocka_unit_test(can_be_asked_again_after_more_was_pushed),
        cmocka_unit_test(keeps_the_findings_of_two_sources_apart),
        cmocka_unit_test(a_rule_may_know_better_when_it_was),
        cmocka_unit_test(asks_nobody_about_the_chain_of_a_scanner),
        cmocka_unit_test(abstains_where_a_rule_is_not_believed),
        cmocka_unit_test(asks_where_one_of_several_places_will_do),
        cmocka_unit_test(abstains_where_the_part_that_a_rule_needs_was_cut),
        cmocka_unit_test(is_clean_where_a_rule_needs_an_answer_and_there_is_none),
        cmocka_unit_test(believes_a_rule_about_devices_only_at_its_place),
        cmocka_unit_test(a_hundred_healthy_refreshes_have_no_finding),
        cmocka_unit_test(real_findings_come_with_the_gravest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
