/*
 * Which part of a result is shown.
 */

#include "report/select.h"

#include "sample.h"

#define MINUTE (60 * NSEC_SEC)

static ReportWhen when(const char *text)
{
    ReportWhen when = { 0 };

    assert_true(report_when_parse(text, &when));
    return when;
}

static GPtrArray *words(const char *first, const char *second)
{
    GPtrArray *words = g_ptr_array_new();

    g_ptr_array_add(words, (gpointer)first);
    if (second != NULL)
        g_ptr_array_add(words, (gpointer)second);
    return words;
}

static ReportSelected *select_of(const Sample *s, ReportSelection selection)
{
    return report_select(&selection, &s->result, START);
}

static ReportSelected *select_device(const Sample *s, const char *pattern)
{
    g_autoptr(GPtrArray) devices = words(pattern, NULL);
    ReportSelected *selected = select_of(s, (ReportSelection){ .devices = devices });

    assert_ptr_equal(report_selected(selected)->part->devices, devices);
    return selected;
}

/* The accounts of what is selected, in one text. */
static char *accounts(ReportSelected *selected)
{
    GString *text = g_string_new(NULL);
    const ReportResult *result = report_selected(selected);

    for (unsigned i = 0; i < result->devices->len; i++) {
        const RegDevice *device = g_ptr_array_index(result->devices, i);

        g_string_append_len(text, device->aor, (gssize)strcspn(device->aor, "@"));
        g_string_append_c(text, ' ');
    }
    return g_string_free(text, FALSE);
}

static void takes_times_in_every_form(void **state)
{
    static const struct {
        const char *text;
        ReportWhenKind kind;
        Nsec value;
    } forms[] = {
        { "2026-01-31T12:00:00Z", REPORT_WHEN_DATE, START },
        { "2026-01-31 12:00:00", REPORT_WHEN_DATE, START },
        { "2026-01-31T12:00", REPORT_WHEN_DATE, START },
        { "2026-01-31T13:00:00+01:00", REPORT_WHEN_DATE, START },
        { "2026-01-31T12:00:00.25Z", REPORT_WHEN_DATE, START + 250 * NSEC_MSEC },
        { "2026-01-31", REPORT_WHEN_DATE, START - 12 * 60 * MINUTE },
        { "12:00", REPORT_WHEN_CLOCK, 12 * 60 * MINUTE },
        { "7:05", REPORT_WHEN_CLOCK, 7 * 60 * MINUTE + 5 * MINUTE },
        { "23:59:60.5", REPORT_WHEN_CLOCK, 24 * 60 * MINUTE + 500 * NSEC_MSEC },
        { "+90", REPORT_WHEN_AFTER, 90 * NSEC_SEC },
        { "+1.5s", REPORT_WHEN_AFTER, 1500 * NSEC_MSEC },
        { "+15m", REPORT_WHEN_AFTER, 15 * MINUTE },
        { "+2h", REPORT_WHEN_AFTER, 120 * MINUTE },
        { "+1d", REPORT_WHEN_AFTER, 24 * 60 * MINUTE },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        ReportWhen found = when(forms[i].text);

        assert_int_equal(found.kind, forms[i].kind);
        assert_int_equal(found.value, forms[i].value);
    }
}

static void refuses_everything_else(void **state)
{
    static const char *const wrong[] = {
        "",
        "+",
        "+x",
        "+5w",
        "+-5",
        "+1e30",
        "-5",
        "12",
        "12:",
        "12:60",
        "24:00",
        "12:00:61",
        "12:00x",
        "12.5:00",
        "noon",
        "12:00:00Z",
        "31.1.2026",
        "+999999999d",
        "9999-12-31",
        "2026-13-01",
        "+nan",
        "nan:1",
        "2026-01-31T25:00:00Z",
        "0001-01-01",
    };
    ReportWhen found;

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        if (report_when_parse(wrong[i], &found))
            fail_msg("\"%s\" is taken for a time", wrong[i]);
    }
}

static void shows_everything_when_nothing_is_asked_for(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportSelected) selected = select_of(s, (ReportSelection){ 0 });

    assert_true(report_selects_all(&(ReportSelection){ 0 }));
    assert_null(report_selected(selected)->part);
    assert_int_equal(report_selected(selected)->devices->len, SAMPLE_DEVICES);
    assert_int_equal(report_selected(selected)->findings->len, 3);
}

static void finds_a_device_by_all_its_names(void **state)
{
    static const char *const names[] = {
        "d2",    "bob@example.com",   "bob",   "b?b",          "192.168.1.12", "192.168.1.12:5060",
        "bob@*", "203.0.113.2:18680", "203.*", "urn:uuid:bob", "sip:bob@*",
    };
    g_autoptr(Sample) s = sample_new();

    s->devices[1].instance = (char *)"urn:uuid:bob";
    s->devices[1].contact = (char *)"sip:bob@192.168.1.12";
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(ReportSelected) selected = select_device(s, names[i]);
        g_autofree char *found = accounts(selected);

        assert_string_equal(found, "bob ");
        assert_int_equal(report_selected(selected)->part->devices_left_out, 3);
    }
}

static void a_part_of_a_name_is_another_name(void **state)
{
    static const char *const names[] = { "bo", "example.com", "d", "d22", "192.168.1.1", "BOB" };
    g_autoptr(Sample) s = sample_new();

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(ReportSelected) selected = select_device(s, names[i]);

        assert_int_equal(report_selected(selected)->devices->len, 0);
    }
}

static void a_device_brings_its_findings_and_no_others(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportSelected) selected = select_device(s, "alice");
    const ReportResult *result = report_selected(selected);

    assert_int_equal(result->findings->len, 1);
    assert_string_equal(((Finding *)g_ptr_array_index(result->findings, 0))->rule->id,
                        "credentials_refused");
    assert_int_equal(result->part->findings_left_out, 2);
}

static void findings_bring_their_devices(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(GPtrArray) findings = words("challenge_*", "capture_duplicated");
    g_autoptr(ReportSelected) selected = select_of(s, (ReportSelection){ .findings = findings });
    g_autofree char *found = accounts(selected);

    assert_string_equal(found, "carol ");
    assert_int_equal(report_selected(selected)->findings->len, 2);
    assert_false(report_selects_rule(&(ReportSelection){ .findings = findings }, &sample_refused));
    assert_true(report_selects_rule(&(ReportSelection){ .findings = findings }, &sample_note));
}

static void shows_who_was_seen_or_bound_in_the_time(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportSelected) late = select_of(s, (ReportSelection){ .since = when("+40") });
    g_autoptr(ReportSelected) early = select_of(s, (ReportSelection){ .until = when("+1.05") });
    g_autofree char *since = accounts(late);
    g_autofree char *until = accounts(early);

    assert_string_equal(since, "bob "); /* bound until 331 s */
    assert_string_equal(until, "alice bob ");
    assert_int_equal(report_selected(late)->findings->len, 0);
    assert_int_equal(report_selected(early)->findings->len, 2);
}

static void a_finding_without_a_time_belongs_to_all(void **state)
{
    g_autoptr(Sample) s = sample_new();
    Finding *note = g_ptr_array_index(s->findings, 2);

    note->from = note->until = NSEC_NONE;

    g_autoptr(ReportSelected) late = select_of(s, (ReportSelection){ .since = when("+40") });

    assert_int_equal(report_selected(late)->findings->len, 1);
}

static void a_finding_of_a_forgotten_device_is_shown_when_nobody_asks_for_one(void **state)
{
    g_autoptr(Sample) s = sample_new();

    g_ptr_array_remove_index(s->device_list, 0);

    g_autoptr(GPtrArray) findings = words("credentials_*", NULL);
    g_autoptr(ReportSelected) selected = select_of(s, (ReportSelection){ .findings = findings });
    g_autoptr(ReportSelected) alice = select_device(s, "alice");

    assert_int_equal(report_selected(selected)->findings->len, 1);
    assert_int_equal(report_selected(alice)->findings->len, 0);
}

/* Since and until in a capture from 22:00 to 10:00 of the day after next. */
static void assert_window(const char *since, const char *until, double from, double to)
{
    g_autoptr(Sample) s = sample_new();
    Nsec begin = START + 600 * MINUTE;

    s->result.end = begin + (24 + 12) * 60 * MINUTE;

    ReportSelection selection = { .since = when(since), .until = when(until) };
    g_autoptr(ReportSelected) selected = report_select(&selection, &s->result, begin);
    const ReportPart *part = report_selected(selected)->part;

    assert_int_equal(part->since, begin + (Nsec)(from * 60) * MINUTE);
    assert_int_equal(part->until, begin + (Nsec)(to * 60) * MINUTE);
}

static void a_time_of_the_day_is_the_next_one(void **state)
{
    assert_window("23:00", "23:30", 1, 1.5);
    assert_window("01:00", "02:00", 3, 4);
    assert_window("23:30", "00:30", 1.5, 2.5);
    assert_window("22:00", "22:00", 0, 0);
    assert_window("21:00", "9:00", 23, 35); /* the first 9:00 behind it */
    assert_window("+1h", "2026-02-01T00:00:00Z", 1, 2);
}

static void a_time_before_a_short_capture_is_before_it(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportSelected) selected = select_of(s, (ReportSelection){ .since = when("11:59") });

    assert_int_equal(report_selected(selected)->part->since, START - MINUTE);
    assert_int_equal(report_selected(selected)->devices->len, SAMPLE_DEVICES);
}

static void survives_a_capture_without_times(void **state)
{
    g_autoptr(Sample) s = sample_new();
    ReportSelection selection = { .since = when("+10"), .until = when("12:00") };

    s->result.end = NSEC_NONE;

    g_autoptr(ReportSelected) selected = report_select(&selection, &s->result, NSEC_NONE);

    assert_int_equal(report_selected(selected)->part->since, NSEC_NONE);
    assert_int_equal(report_selected(selected)->part->until, NSEC_MAX);
    assert_int_equal(report_selected(selected)->devices->len, SAMPLE_DEVICES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_times_in_every_form),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(shows_everything_when_nothing_is_asked_for),
        cmocka_unit_test(finds_a_device_by_all_its_names),
        cmocka_unit_test(a_part_of_a_name_is_another_name),
        cmocka_unit_test(a_device_brings_its_findings_and_no_others),
        cmocka_unit_test(findings_bring_their_devices),
        cmocka_unit_test(shows_who_was_seen_or_bound_in_the_time),
        cmocka_unit_test(a_finding_without_a_time_belongs_to_all),
        cmocka_unit_test(a_finding_of_a_forgotten_device_is_shown_when_nobody_asks_for_one),
        cmocka_unit_test(a_time_of_the_day_is_the_next_one),
        cmocka_unit_test(a_time_before_a_short_capture_is_before_it),
        cmocka_unit_test(survives_a_capture_without_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
