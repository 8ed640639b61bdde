/*
 * Findings: what they hold, and in which order they are read.
 */

#include "rules/finding.h"

#include "rules/rule.h"
#include "support/check.h"

static const Rule failure = { .id = "failure", .severity = FINDING_FAILURE, .advice = "do this" };
static const Rule another = { .id = "another", .severity = FINDING_FAILURE };
static const Rule warning = { .id = "warning", .severity = FINDING_WARNING };
static const Rule note = { .id = "note", .severity = FINDING_NOTE };

static const FindingFact *fact_at(const Finding *finding, unsigned index)
{
    assert_true(index < finding->facts->len);
    return &g_array_index(finding->facts, FindingFact, index);
}

static void cite_at(Finding *finding, Nsec time)
{
    finding_cite(finding, "packet", (CaptureRef){ .frame = (uint64_t)time }, time, STR("seen"),
                 NULL);
}

static void a_new_finding_is_proven_and_counts_once(void **state)
{
    g_autoptr(Finding) finding = finding_new(&failure);

    assert_ptr_equal(finding->rule, &failure);
    assert_int_equal(finding->grade, FINDING_PROVEN);
    assert_int_equal(finding->count, 1);
    assert_int_equal(finding->from, NSEC_NONE);
    assert_int_equal(finding->until, NSEC_NONE);
    assert_null(finding->settle);
    assert_int_equal(finding->facts->len, 0);
}

static void says_what_it_was_told_last(void **state)
{
    g_autoptr(Finding) finding = finding_new(&failure);

    finding_say(finding, "%s", "first");
    finding_say(finding, "%u of %u", 2u, 3u);
    assert_string_equal(finding->summary, "2 of 3");
}

/* Text from the wire is a value, never a format. */
static void takes_percent_signs_as_they_are(void **state)
{
    g_autoptr(Finding) finding = finding_new(&failure);

    finding_say(finding, "%s", "%s%n");
    assert_string_equal(finding->summary, "%s%n");
}

static void has_the_advice_of_its_rule_unless_it_has_its_own(void **state)
{
    g_autoptr(Finding) finding = finding_new(&failure);

    assert_string_equal(finding_advice(finding), "do this");
    finding_advise(finding, "do %s", "that");
    assert_string_equal(finding_advice(finding), "do that");
}

static void needs_nothing_to_settle_what_is_proven(void **state)
{
    g_autoptr(Finding) finding = finding_new(&failure);

    finding_grade(finding, FINDING_WEAK, "another capture");
    assert_string_equal(finding->settle, "another capture");
    finding_grade(finding, FINDING_STRONG, "a third one");
    assert_string_equal(finding->settle, "a third one");
    finding_grade(finding, FINDING_PROVEN, "ignored");
    assert_null(finding->settle);
}

static void keeps_what_it_shows(void **state)
{
    static const Rule rule = { .id = "rule" };
    RegRewrites *rewrites = g_rc_box_new0(RegRewrites);
    g_autoptr(Finding) finding = finding_new(&rule);

    assert_null(finding->rewrites);
    rewrites->pairs = 7;
    finding_show(finding, rewrites);
    finding_show(finding, rewrites);
    reg_rewrites_unref(rewrites);
    assert_int_equal(finding->rewrites->pairs, 7);
    finding_reset(finding, &rule);
    assert_null(finding->rewrites);
}

static void keeps_what_it_ruled_out(void **state)
{
    g_autoptr(Finding) finding = finding_new(&failure);

    finding_reject(finding, "other", "because");
    assert_int_equal(finding->rejected->len, 1);
    assert_string_equal(g_array_index(finding->rejected, FindingRejected, 0).because, "because");
}

static void cites_facts_in_time_order(void **state)
{
    g_autoptr(Finding) finding = finding_new(&failure);

    cite_at(finding, 5);
    cite_at(finding, 9);
    cite_at(finding, 1);
    cite_at(finding, 7);
    assert_int_equal(finding->facts->len, 4);
    for (unsigned i = 1; i < 4; i++)
        assert_true(fact_at(finding, i - 1)->time < fact_at(finding, i)->time);
}

static void cites_facts_of_one_moment_as_they_come(void **state)
{
    g_autoptr(Finding) finding = finding_new(&failure);

    finding_cite(finding, "first", (CaptureRef){ .frame = 1 }, 5, STR("a"), NULL);
    finding_cite(finding, "second", (CaptureRef){ .frame = 1 }, 5, STR("b"), "c");
    assert_string_equal(fact_at(finding, 0)->name, "first");
    assert_string_equal(fact_at(finding, 1)->name, "second");
    assert_null(fact_at(finding, 0)->expected);
    assert_string_equal(fact_at(finding, 1)->expected, "c");
}

static void leaves_facts_out_beyond_the_eighth(void **state)
{
    g_autoptr(Finding) finding = finding_new(&failure);

    for (Nsec time = 1; time <= 20; time++)
        cite_at(finding, time);
    assert_int_equal(finding->facts->len, 8);
    assert_int_equal(fact_at(finding, 7)->time, 8);
}

static void cites_an_absent_value_as_empty(void **state)
{
    g_autoptr(Finding) finding = finding_new(&failure);

    finding_cite(finding, "header", (CaptureRef){ .frame = 1 }, 1, STR_NONE, NULL);
    assert_string_equal(fact_at(finding, 0)->seen, "");
}

static SipMessage *parse(Str text)
{
    NetMeta meta = { .ref = { .frame = 7 }, .time = 9 };

    return sip_message_parse(&meta, text, 0);
}

static void cites_messages_by_what_they_are(void **state)
{
    g_autoptr(SipMessage) request = parse(STR("REGISTER sip:example.com SIP/2.0\r\n"
                                              "CSeq: 3 REGISTER\r\n\r\n"));
    g_autoptr(SipMessage) answer = parse(STR("SIP/2.0 403 Go away\r\n"
                                             "CSeq: 3 REGISTER\r\n\r\n"));
    g_autoptr(Finding) finding = finding_new(&failure);

    finding_cite_message(finding, "request", request, NULL);
    finding_cite_message(finding, "answer", answer, "200 OK");
    finding_cite_message(finding, "nothing", NULL, NULL);
    assert_int_equal(finding->facts->len, 2);
    assert_string_equal(fact_at(finding, 0)->seen, "REGISTER sip:example.com, CSeq 3");
    assert_string_equal(fact_at(finding, 1)->seen, "403 Go away, CSeq 3");
    assert_int_equal(fact_at(finding, 1)->ref.frame, 7);
    assert_int_equal(fact_at(finding, 1)->time, 9);
}

static Finding *make(const Rule *rule, FindingGrade grade, Nsec from, uint64_t device)
{
    Finding *finding = finding_new(rule);

    finding->grade = grade;
    finding->from = from;
    finding->device = device;
    return finding;
}

/* Each one stands before all that follow it. */
static void reads_from_the_gravest_to_the_least(void **state)
{
    Finding *const order[] = {
        make(&failure, FINDING_PROVEN, 50, 1), make(&failure, FINDING_STRONG, 10, 2),
        make(&another, FINDING_STRONG, 20, 1), make(&failure, FINDING_STRONG, 20, 1),
        make(&another, FINDING_STRONG, 20, 2), make(&failure, FINDING_WEAK, 1, 1),
        make(&warning, FINDING_PROVEN, 1, 1),  make(&note, FINDING_PROVEN, 1, 1),
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
        assert_int_equal(finding_compare(order[i], order[i]), 0);
        for (unsigned k = i + 1; k < G_N_ELEMENTS(order); k++) {
            assert_true(finding_compare(order[i], order[k]) < 0);
            assert_true(finding_compare(order[k], order[i]) > 0);
        }
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(order); i++)
        finding_free(order[i]);
}

static void has_a_word_for_every_severity_and_grade(void **state)
{
    assert_string_equal(finding_severity_name(FINDING_NOTE), "note");
    assert_string_equal(finding_severity_name(FINDING_WARNING), "warning");
    assert_string_equal(finding_severity_name(FINDING_FAILURE), "failure");
    assert_string_equal(finding_grade_name(FINDING_WEAK), "weak");
    assert_string_equal(finding_grade_name(FINDING_STRONG), "strong");
    assert_string_equal(finding_grade_name(FINDING_PROVEN), "proven");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_finding_is_proven_and_counts_once),
        cmocka_unit_test(says_what_it_was_told_last),
        cmocka_unit_test(takes_percent_signs_as_they_are),
        cmocka_unit_test(has_the_advice_of_its_rule_unless_it_has_its_own),
        cmocka_unit_test(needs_nothing_to_settle_what_is_proven),
        cmocka_unit_test(keeps_what_it_shows),
        cmocka_unit_test(keeps_what_it_ruled_out),
        cmocka_unit_test(cites_facts_in_time_order),
        cmocka_unit_test(cites_facts_of_one_moment_as_they_come),
        cmocka_unit_test(leaves_facts_out_beyond_the_eighth),
        cmocka_unit_test(cites_an_absent_value_as_empty),
        cmocka_unit_test(cites_messages_by_what_they_are),
        cmocka_unit_test(reads_from_the_gravest_to_the_least),
        cmocka_unit_test(has_a_word_for_every_severity_and_grade),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
