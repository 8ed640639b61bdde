/*
 * The attempts of a device as a drawing.
 */

#include "base/escape.h"
#include "sample.h"

/* From the heads of the lines on. */
static char *ladder_of(const Sample *s, ReportOptions options)
{
    options.ladder = true;

    g_autofree char *text = sample_text(s, options);
    const char *begin = strstr(text, "               phone");
    const char *end = begin != NULL ? strstr(begin, "\n\n") : NULL;

    if (begin == NULL)
        return g_strdup("");
    return end != NULL ? g_strndup(begin, (gsize)(end + 1 - begin)) : g_strdup(begin);
}

static char *drawing(const Sample *s)
{
    return ladder_of(s, (ReportOptions){ .width = 72, .ascii = true });
}

static void only(Sample *s, unsigned device)
{
    g_ptr_array_set_size(s->device_list, 0);
    g_ptr_array_add(s->device_list, &s->devices[device]);
}

static void draws_each_message_as_an_arrow(void **state)
{
    static const char expected[] =
        "               phone                                     registrar frame\n"
        "               192.168.1.11:5060                198.51.100.10:5060\n"
        "  Registration at 12:00:00.000: refused\n"
        "               |                                                 |\n"
        "  12:00:00.000 |--- REGISTER, expires 3600 --------------------->| 1\n"
        "  12:00:00.020 |<-- 401 Unauthorized ----------------------------| 2\n"
        "  12:00:00.100 |--- REGISTER with credentials, expires 3600 ---->| 3\n"
        "  12:00:00.120 |<-- 403 Forbidden -------------------------------| 4\n"
        "               |                                                 |\n";
    g_autoptr(Sample) s = sample_new();

    only(s, 0);

    g_autofree char *ladder = drawing(s);

    assert_string_equal(ladder, expected);
}

static void what_never_came_is_an_arrow_with_gaps(void **state)
{
    g_autoptr(Sample) s = sample_new();

    only(s, 2);

    g_autofree char *carol = drawing(s);

    only(s, 3);

    g_autofree char *dave = drawing(s);

    assert_contains(carol, "  12:00:02.020 |- - REGISTER with credentials - never sent  - - >|\n");
    assert_contains(dave, "  12:00:03.000 |--- REGISTER, sent 11 times, expires 3600 ");
    assert_contains(dave, "  12:00:34.500 |< - an answer - none came - - - - - - - - - - - -|\n");
}

static void the_nat_stands_between_them(void **state)
{
    g_autoptr(Sample) s = sample_new();

    only(s, 1);

    g_autofree char *ladder = drawing(s);

    assert_contains(ladder, "phone                   NAT               registrar frame\n");
    assert_contains(ladder, "               |                        |                        |\n");
    assert_contains(ladder, "|<-- 401 Unauthorized ---+------------------------| 6\n");
}

static void addresses_stand_above_when_there_is_one_of_each(void **state)
{
    g_autoptr(Sample) s = sample_new();

    only(s, 1);

    g_autofree char *narrow = drawing(s);
    g_autofree char *wide = ladder_of(s, (ReportOptions){ .width = 100, .ascii = true });

    s->devices[1].n_addresses = 2;

    g_autofree char *several = ladder_of(s, (ReportOptions){ .width = 100, .ascii = true });

    assert_lacks(narrow, "203.0.113.2"); /* there is no room */
    assert_contains(wide, "192.168.1.12:5060       203.0.113.2:18680");
    assert_lacks(several, "192.168.1.12");
    assert_contains(several, "203.0.113.2:18680");
}

static void a_few_attempts_are_all_drawn(void **state)
{
    g_autoptr(Sample) s = sample_new();

    only(s, 1);

    g_autofree char *ladder = drawing(s);

    assert_contains(ladder, "  Refresh at 12:04:31.000: accepted\n");
    assert_contains(ladder, "|  tried 5 times alike, every 54 s; the last one:\n");
    assert_lacks(ladder, "Not drawn");
}

static void of_many_attempts_quiet_refreshes_are_counted(void **state)
{
    g_autoptr(Sample) s = sample_new();
    RegAttempt *list[8];

    list[0] = &s->attempts[1];
    for (unsigned i = 1; i < G_N_ELEMENTS(list); i++)
        list[i] = &s->attempts[2];
    s->devices[1].attempts = list;
    s->devices[1].n_attempts_kept = G_N_ELEMENTS(list);
    only(s, 1);

    g_autofree char *ladder = drawing(s);
    g_autofree char *full =
        ladder_of(s, (ReportOptions){ .width = 72, .ascii = true, .verbose = true });

    assert_contains(ladder, "Not drawn without --verbose: 35 refreshes without trouble");
    assert_contains(ladder, "  Registration at 12:00:01.000: accepted\n");
    assert_lacks(ladder, "  Refresh at");
    assert_contains(full, "  Refresh at 12:04:31.000: accepted\n");
    assert_lacks(full, "Not drawn");
}

static void many_attempts_are_told_by_the_first_and_the_last(void **state)
{
    g_autoptr(Sample) s = sample_new();
    RegAttempt many[20];
    RegAttempt *list[20];

    for (unsigned i = 0; i < 20; i++) {
        many[i] = s->attempts[0];
        many[i].opened = many[i].first_opened = AT(i);
        list[i] = &many[i];
    }
    s->devices[0].attempts = list;
    s->devices[0].n_attempts_kept = 20;
    only(s, 0);

    g_autofree char *ladder = drawing(s);

    assert_contains(ladder, "Registration at 12:00:02.000");
    assert_lacks(ladder, "Registration at 12:00:03.000");
    assert_contains(ladder, "  ... 14 more attempts ...\n");
    assert_lacks(ladder, "Registration at 12:00:16.000");
    assert_contains(ladder, "Registration at 12:00:17.000");
}

static void the_end_of_the_capture_is_no_message(void **state)
{
    g_autoptr(Sample) s = sample_new();

    s->attempts[4].tail_cut = true;
    s->result.end = AT(20);
    only(s, 3);

    g_autofree char *ladder = drawing(s);

    assert_contains(ladder, " |  the capture ends here\n");
    assert_lacks(ladder, "none came");
}

static void words_from_the_wire_are_cut_and_harmless(void **state)
{
    g_autoptr(Sample) s = sample_new();

    s->steps[0][1].reason = (char *)"\033[2J is what it says, and it goes on and on and on and on";
    only(s, 0);

    g_autofree char *ladder = drawing(s);

    assert_contains(ladder, "|<-- 403 \\x1b[2J is what it says, and it go... ---| 4\n");
}

static void no_line_is_too_wide_and_all_lines_meet(void **state)
{
    static const unsigned widths[] = { 60, 80, 200 };

    for (size_t i = 0; i < G_N_ELEMENTS(widths); i++) {
        g_autoptr(Sample) s = sample_new();
        g_autofree char *ladder = (only(s, 0), ladder_of(s, (ReportOptions){ .width = widths[i] }));
        g_auto(GStrv) lines = g_strsplit(ladder, "\n", -1);
        unsigned server = 0;

        for (unsigned k = 0; lines[k] != NULL; k++) {
            const char *last = g_strrstr(lines[k], "\342\224\202");

            assert_true(escape_columns(lines[k]) <= widths[i]);
            if (last == NULL)
                continue;

            g_autofree char *before = g_strndup(lines[k], (gsize)(last - lines[k]));

            assert_true(server == 0 || escape_columns(before) == server);
            server = escape_columns(before);
        }
        assert_true(server > 30);
    }
}

static void a_terminal_that_can_gets_real_lines(void **state)
{
    g_autoptr(Sample) s = sample_new();

    only(s, 0);

    g_autofree char *ladder = ladder_of(s, (ReportOptions){ .width = 72 });

    assert_contains(ladder, "\342\224\202<\342\224\200\342\224\200 401 Unauthorized "
                            "\342\224\200\342\224\200");
}

static void nothing_is_drawn_unless_asked_for(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *text = sample_text(s, (ReportOptions){ .width = 80 });

    assert_lacks(text, "registrar frame");
}

static void only_what_was_asked_for_is_drawn(void **state)
{
    g_autoptr(Sample) s = sample_new();
    ReportPart part = { .since = AT(50), .until = AT(60) };

    s->result.part = &part;
    only(s, 0);

    g_autofree char *ladder = drawing(s);

    assert_string_equal(ladder, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_each_message_as_an_arrow),
        cmocka_unit_test(what_never_came_is_an_arrow_with_gaps),
        cmocka_unit_test(the_nat_stands_between_them),
        cmocka_unit_test(addresses_stand_above_when_there_is_one_of_each),
        cmocka_unit_test(a_few_attempts_are_all_drawn),
        cmocka_unit_test(of_many_attempts_quiet_refreshes_are_counted),
        cmocka_unit_test(many_attempts_are_told_by_the_first_and_the_last),
        cmocka_unit_test(the_end_of_the_capture_is_no_message),
        cmocka_unit_test(words_from_the_wire_are_cut_and_harmless),
        cmocka_unit_test(no_line_is_too_wide_and_all_lines_meet),
        cmocka_unit_test(a_terminal_that_can_gets_real_lines),
        cmocka_unit_test(nothing_is_drawn_unless_asked_for),
        cmocka_unit_test(only_what_was_asked_for_is_drawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
