/*
 * Copies that outlive what they are of.
 */

#include "diary.h"

static void a_copy_needs_nothing_of_the_original(void **state)
{
    RegDevice *device = g_memdup2(&(RegDevice){ .id = 7 }, sizeof(RegDevice));
    RegAttemptStep *step = g_new0(RegAttemptStep, 1);
    RegAttempt attempt = diary_attempt(step, 10, 403);

    device->aor = g_strdup("alice@example.com");
    device->first_seen = device->last_seen = START;

    g_autoptr(Row) row = row_of_attempt(device, &attempt);

    memset(device->aor, 'x', strlen(device->aor));
    g_free(device->aor);
    g_free(device);
    g_free(step);
    assert_int_equal(row->device.number, 7);
    assert_string_equal(row_text(row, row->device.aor), "alice@example.com");
    assert_string_equal(row_text(row, row->device.user), "alice");
    assert_null(row_text(row, row->device.user_agent));
    assert_string_equal(row_text(row, row->attempt.answers), "403");
    assert_string_equal(row_text(row, row->attempt.reason), "Forbidden");
    assert_string_equal(row->attempt.outcome, "refused");
}

static void text_is_valid_and_short(void **state)
{
    RegDevice device = diary_device(1, "al\xff ice@example.com");
    g_autofree char *endless = g_strnfill(100000, 'a');

    device.user_agent = endless;

    g_autoptr(Row) row =
        row_of_change(&(ReportChange){ .device = &device, .to = { .because = "x" } });

    assert_string_equal(row_text(row, row->device.aor), "al\xef\xbf\xbd ice@example.com");
    assert_int_equal(strlen(row_text(row, row->device.user_agent)), 512);
    assert_true(row_size(row) < 4096);
}

static void steps_are_told_with_their_times(void **state)
{
    RegDevice device = diary_device(1, "alice@example.com");
    RegAttemptStep steps[2];
    RegAttempt attempt = diary_attempt(&steps[1], 1, 200);

    diary_attempt(&steps[0], 0, 401);
    attempt.steps = steps;
    attempt.n_steps = 2;

    g_autoptr(Row) row = row_of_attempt(&device, &attempt);

    assert_string_equal(row_text(row, row->attempt.answers), "401 200");
    assert_string_equal(row_text(row, row->attempt.steps),
                        "[{\"cseq\":1,\"sent\":\"2026-01-31T12:00:00.000000000Z\","
                        "\"answered\":\"2026-01-31T12:00:00.020000000Z\",\"status\":401,"
                        "\"asked\":3600},"
                        "{\"cseq\":1,\"sent\":\"2026-01-31T12:00:01.000000000Z\","
                        "\"answered\":\"2026-01-31T12:00:01.020000000Z\",\"status\":200,"
                        "\"asked\":3600,\"granted\":3600}]");
}

/* Passwords can be tried on them for as long as the history is kept. */
static void nothing_of_a_digest_is_kept_but_the_verdict(void **state)
{
    RegDevice device = diary_device(1, "alice@example.com");
    RegDigestFacts *facts = g_malloc0(sizeof(RegDigestFacts) + sizeof(RegDigestDetail));
    RegAttemptStep step;
    RegAttempt attempt = diary_attempt(&step, 0, 403);

    *facts = (RegDigestFacts){ .username = (char *)"digestuser",
                               .realm = (char *)"digestrealm",
                               .uri = (char *)"sip:digesturi",
                               .verdict = REG_DIGEST_MISMATCH,
                               .detailed = true };
    facts->detail[0].used = (char *)"thepassword";
    facts->detail[0].rows[0].answer = STR("theresponse");
    step.digest = facts;

    g_autoptr(Row) row = row_of_attempt(&device, &attempt);
    static const char *const secrets[] = { "digestuser", "digestrealm", "digesturi", "thepassword",
                                           "theresponse" };

    assert_non_null(strstr(row_text(row, row->attempt.steps), "\"digest\":\"mismatch\""));
    for (unsigned i = 0; i < G_N_ELEMENTS(secrets); i++)
        assert_null(memmem(row->texts->str, row->texts->len, secrets[i], strlen(secrets[i])));
    g_free(facts);
}

static void a_finding_brings_its_evidence(void **state)
{
    RegDevice device = diary_device(1, "alice@example.com");
    g_autoptr(Finding) finding = diary_finding(&diary_rule, &device, 10);
    g_autoptr(Row) row = row_of_resolved(
        &(ReportResolved){ .finding = finding, .from = AT(10), .time = AT(20), .because = "over" });

    assert_int_equal(row->device.number, 1);
    assert_string_equal(row->finding.severity, "failure");
    assert_string_equal(row->finding.grade, "proven");
    assert_true(row->finding.resolved == AT(20));
    assert_string_equal(row_text(row, row->finding.advice), diary_rule.advice);
    assert_string_equal(row_text(row, row->finding.evidence),
                        "[{\"what\":\"answer\",\"capture\":0,\"frame\":4,"
                        "\"time\":\"2026-01-31T12:00:10.000000000Z\",\"seen\":\"403 "
                        "Forbidden\"}]");
}

static void of_an_endless_attempt_the_newest_steps_are_kept(void **state)
{
    RegDevice device = diary_device(1, "alice@example.com");
    RegAttemptStep steps[64];
    RegAttempt attempt = diary_attempt(&steps[0], 0, 401);

    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++)
        diary_attempt(&steps[i], i, i < 63 ? 401 : 0);
    attempt.steps = steps;
    attempt.n_steps = G_N_ELEMENTS(steps);

    g_autoptr(Row) row = row_of_attempt(&device, &attempt);

    assert_string_equal(row_text(row, row->attempt.answers),
                        "401 401 401 401 401 401 401 401 401 401 401 401 401 401 401 -");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_needs_nothing_of_the_original),
        cmocka_unit_test(text_is_valid_and_short),
        cmocka_unit_test(steps_are_told_with_their_times),
        cmocka_unit_test(nothing_of_a_digest_is_kept_but_the_verdict),
        cmocka_unit_test(a_finding_brings_its_evidence),
        cmocka_unit_test(of_an_endless_attempt_the_newest_steps_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
