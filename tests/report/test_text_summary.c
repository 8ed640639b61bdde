/*
 * The headline and the table of devices.
 */

#include "sample.h"

static char *headline(const Sample *s)
{
    g_autofree char *text = sample_write(s, "text", (ReportOptions){ .quiet = true });

    *strchrnul(text, '\n') = '\0';
    return g_steal_pointer(&text);
}

static void the_first_finding_is_the_headline(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *line = headline(s);

    assert_string_equal(line, "FAILURE: carol@example.com was asked for a password at 12:00:02 and "
                              "sent nothing for 4 min 58 s");
}

static void the_account_is_named_when_the_summary_does_not(void **state)
{
    g_autoptr(Sample) s = sample_new();

    finding_say(g_ptr_array_index(s->findings, 0), "No answer to the challenge");

    g_autofree char *line = headline(s);

    assert_string_equal(line, "FAILURE: carol@example.com: No answer to the challenge");
}

static void notes_are_no_headline(void **state)
{
    g_autoptr(Sample) s = sample_new();

    g_ptr_array_remove_range(s->findings, 0, 2);
    g_ptr_array_set_size(s->device_list, 2);
    g_ptr_array_remove_index(s->device_list, 0);

    g_autofree char *line = headline(s);

    assert_string_equal(line, "No fault found: 1 device registered.");
}

static void trouble_without_a_finding_is_not_called_healthy(void **state)
{
    g_autoptr(Sample) s = sample_new();

    g_ptr_array_set_size(s->findings, 0);

    g_autofree char *line = headline(s);

    assert_string_equal(line, "Nothing was found that would explain it: 1 device registered, 1 "
                              "refused, 2 unanswered.");
}

static void check_nothing(ReportCounts counts, Nsec end, const char *expected)
{
    g_autoptr(Sample) s = sample_new();

    sample_clear(s);
    s->result.counts = counts;
    s->result.end = end;
    s->net.frames = end != NSEC_NONE ? 1 : 0;

    g_autofree char *line = headline(s);

    assert_string_equal(line, expected);
}

static void says_what_there_was_instead_of_registrations(void **state)
{
    check_nothing((ReportCounts){ 0 }, AT(1),
                  "No SIP registration in this capture, nor any other SIP.");
    check_nothing((ReportCounts){ 0 }, NSEC_NONE,
                  "No SIP registration in this capture: the filter let no frame pass.");
    check_nothing((ReportCounts){ .sip_messages = 12 }, AT(1),
                  "No SIP registration in this capture, but 12 messages of other SIP.");
    check_nothing((ReportCounts){ .sip_messages = 1, .register_requests = 1 }, AT(1),
                  "No SIP registration in this capture could be put together from 1 REGISTER "
                  "request.");
    check_nothing((ReportCounts){ .sip_messages = 12, .tls_records = 4 }, AT(1),
                  "No SIP registration in this capture, but 12 messages of other SIP. There is TLS "
                  "(4 records), which");
}

static void an_empty_capture_is_told_from_a_damaged_one(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_clear(s);
    s->result.end = NSEC_NONE;
    s->info.packets = 0;

    g_autofree char *empty = headline(s);

    assert_string_equal(empty, "No SIP registration in this capture: it holds no packet.");
    s->info.complete = false;

    g_autofree char *damaged = headline(s);

    assert_string_equal(damaged,
                        "No SIP registration in this capture: no packet of it could be read.");
}

static void a_scanners_victims_are_no_devices(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_clear(s);
    s->devices[0].scanner = true;
    g_ptr_array_add(s->device_list, &s->devices[0]);
    g_ptr_array_add(s->device_list, &s->devices[1]);

    g_autofree char *line = headline(s);

    assert_string_equal(line,
                        "No fault found: 1 device registered; 1 account was tried by a scanner.");

    g_ptr_array_remove_index(s->device_list, 1);

    g_autofree char *alone = headline(s);

    assert_string_equal(alone, "No registration of a device in this capture; 1 account was tried "
                               "by a scanner.");
}

static void the_table_shows_failures_first(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });
    const char *carol = strstr(text, "carol@example.com  192");
    const char *alice = strstr(text, "alice@example.com  192");
    const char *dave = strstr(text, "dave@example.com   192");
    const char *bob = strstr(text, "bob@example.com    203.0.113.2 ");

    assert_non_null(carol);
    assert_true(carol < alice && alice < dave && dave < bob);
}

static void healthy_devices_that_are_left_out_are_counted(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_clear(s);
    for (unsigned i = 0; i < 500; i++)
        g_ptr_array_add(s->device_list, &s->devices[1]);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "No fault found: 500 devices registered.");
    assert_contains(text, "... and 450 more registered devices\n");
}

static void the_rest_is_called_registered_only_when_it_is_well(void **state)
{
    g_autoptr(Sample) s = sample_new();

    g_ptr_array_set_size(s->findings, 0);
    g_ptr_array_set_size(s->device_list, 0);
    for (unsigned i = 0; i < 100; i++)
        g_ptr_array_add(s->device_list, &s->devices[1]);
    g_ptr_array_add(s->findings, sample_finding(&sample_refused, &s->devices[1], "lost at times",
                                                (CaptureRef){ .frame = 4 }, AT(0.120)));

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "... and 50 more devices\n");
}

static void many_findings_are_counted_by_their_kind(void **state)
{
    g_autoptr(Sample) s = sample_new();

    for (unsigned i = 0; i < 3; i++)
        g_ptr_array_add(s->findings, sample_finding(&sample_refused, NULL, "refused as well",
                                                    (CaptureRef){ .frame = 4 }, AT(0.120)));

    g_autofree char *few = sample_write(s, "text", (ReportOptions){ 0 });

    g_ptr_array_add(s->findings, sample_finding(&sample_refused, NULL, "refused as well",
                                                (CaptureRef){ .frame = 4 }, AT(0.120)));

    g_autofree char *many = sample_write(s, "text", (ReportOptions){ 0 });

    assert_lacks(few, "     4  The registrar refused");
    assert_contains(many,
                    "\n\n     5  The registrar refused the credentials [credentials_refused]\n"
                    "     1  The phone never answered the challenge [challenge_unanswered]\n"
                    "\nAccount");
}

static void what_is_not_known_is_a_dash(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_clear(s);
    s->devices[3].aor = (char *)"";
    s->devices[3].user_agent = NULL;
    s->devices[3].n_addresses = 0;
    g_ptr_array_add(s->device_list, &s->devices[3]);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "(no account named)  -        unanswered        -  12:00:03  -\n");
}

static void a_part_says_what_it_is_a_part_of(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(GPtrArray) devices = g_ptr_array_new();
    g_autoptr(GPtrArray) findings = g_ptr_array_new();
    ReportPart part = { .devices = devices,
                        .findings = findings,
                        .since = AT(-86400),
                        .until = AT(60.5),
                        .devices_left_out = 1,
                        .findings_left_out = 0 };

    g_ptr_array_add(devices, (gpointer) "10*");
    g_ptr_array_add(devices, (gpointer) "\033[2J");
    g_ptr_array_add(findings, (gpointer) "nat_*");
    s->result.part = &part;

    g_autofree char *text = sample_text(s, (ReportOptions){ .width = 200, .quiet = true });

    assert_contains(text, "Only a part is shown: devices 10* or \\x1b[2J, findings nat_*, from "
                          "2026-01-30 12:00:00.000 UTC, until 2026-01-31 12:01:00.500 UTC, without "
                          "1 device and 0 findings.\n\nFAILURE: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_finding_is_the_headline),
        cmocka_unit_test(the_account_is_named_when_the_summary_does_not),
        cmocka_unit_test(notes_are_no_headline),
        cmocka_unit_test(trouble_without_a_finding_is_not_called_healthy),
        cmocka_unit_test(says_what_there_was_instead_of_registrations),
        cmocka_unit_test(an_empty_capture_is_told_from_a_damaged_one),
        cmocka_unit_test(a_scanners_victims_are_no_devices),
        cmocka_unit_test(the_table_shows_failures_first),
        cmocka_unit_test(healthy_devices_that_are_left_out_are_counted),
        cmocka_unit_test(the_rest_is_called_registered_only_when_it_is_well),
        cmocka_unit_test(many_findings_are_counted_by_their_kind),
        cmocka_unit_test(what_is_not_known_is_a_dash),
        cmocka_unit_test(a_part_says_what_it_is_a_part_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
