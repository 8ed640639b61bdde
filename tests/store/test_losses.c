/*
 * From counters that grow to times in which something was lost.
 */

#include "diary.h"
#include "store/losses.h"

typedef struct Heard {
    Losses *losses;
    CaptureInfo info;
    RegCaptureSite site;
    GPtrArray *captures;
    ReportResult result;
    GString *text; /* "kind what count;" */
} Heard;

static void on_loss(Row *row, void *user)
{
    Heard *heard = user;
    const char *what = row_text(row, row->loss.what);

    g_string_append_printf(heard->text, "%s %s %u %d-%d;", row->loss.kind, what != NULL ? what : "",
                           (unsigned)row->loss.count, (int)((row->loss.from - START) / NSEC_SEC),
                           (int)((row->loss.until - START) / NSEC_SEC));
    row_free(row);
}

static void heard_init(Heard *heard)
{
    *heard = (Heard){ .losses = losses_new(START),
                      .info = { .name = "eth0" },
                      .captures = g_ptr_array_new(),
                      .text = g_string_new(NULL) };
    heard->site.info = &heard->info;
    g_ptr_array_add(heard->captures, &heard->site);
    heard->result.captures = heard->captures;
}

static void heard_clear(Heard *heard)
{
    losses_free(heard->losses);
    g_ptr_array_unref(heard->captures);
    g_string_free(heard->text, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Heard, heard_clear)

/* What is told at that second. */
static const char *pulse(Heard *heard, int now, int wall, uint64_t outputs, uint64_t rows)
{
    g_string_truncate(heard->text, 0);
    losses_look(heard->losses,
                &(ReportPulse){ .now = AT(now),
                                .wall = AT(wall),
                                .result = &heard->result,
                                .outputs_dropped = outputs },
                rows, on_loss, heard);
    return heard->text->str;
}

static void nothing_new_is_nothing_lost(void **state)
{
    g_auto(Heard) heard;

    heard_init(&heard);
    assert_string_equal(pulse(&heard, 1, 1, 0, 0), "");
    assert_string_equal(pulse(&heard, 2, 2, 0, 0), "");
}

static void drops_are_told_with_the_second_in_which_they_happened(void **state)
{
    g_auto(Heard) heard;

    heard_init(&heard);
    pulse(&heard, 1, 1, 0, 0);
    heard.info.dropped_kernel = 7;
    heard.info.dropped_interface = 2;
    assert_string_equal(pulse(&heard, 2, 2, 0, 0),
                        "dropped_kernel eth0 7 1-2;dropped_interface eth0 2 1-2;");
    heard.info.dropped_kernel = 8;
    assert_string_equal(pulse(&heard, 3, 3, 0, 0), "dropped_kernel eth0 1 2-3;");
}

static void a_counter_that_begins_again_is_no_loss(void **state)
{
    g_auto(Heard) heard;

    heard_init(&heard);
    heard.info.dropped_kernel = 7;
    pulse(&heard, 1, 1, 0, 0);
    heard.info.dropped_kernel = 0;
    assert_string_equal(pulse(&heard, 2, 2, 0, 0), "");
    heard.info.dropped_kernel = 3;
    assert_string_equal(pulse(&heard, 3, 3, 0, 0), "dropped_kernel eth0 3 2-3;");
}

static void full_tables_are_named(void **state)
{
    g_auto(Heard) heard;

    heard_init(&heard);
    heard.result.n_tables = 2;
    heard.result.tables[0] = (CacheStats){ .name = "reg.devices" };
    heard.result.tables[1] = (CacheStats){ .name = "reg.chains", .dropped_full = 5 };
    assert_string_equal(pulse(&heard, 1, 1, 0, 0), "forgotten reg.chains 5 0-1;");
}

static void our_own_losses_are_not_told_twice(void **state)
{
    g_auto(Heard) heard;

    heard_init(&heard);
    assert_string_equal(pulse(&heard, 1, 1, 10, 4),
                        "output_dropped  6 0-1;history_dropped  4 0-1;");
}

static void clocks_that_are_set_and_machines_that_sleep_are_told(void **state)
{
    g_auto(Heard) heard;

    heard_init(&heard);
    pulse(&heard, 1, 1, 0, 0);
    heard.info.clock_steps = 1;
    assert_string_equal(pulse(&heard, 2, 2, 0, 0), "clock_step eth0 1 1-2;");
    assert_string_equal(pulse(&heard, 100, 100, 0, 0),
                        "pause whyreg stood still, or the clock was set 1 2-100;");
    assert_string_equal(pulse(&heard, 101, 50, 0, 0),
                        "clock_step the clock of this machine 1 50-100;");
}

static void a_gap_is_told_while_it_lasts_and_when_it_is_over(void **state)
{
    g_auto(Heard) heard;
    g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(CaptureGap));
    CaptureGap gap = { .from = AT(1), .until = NSEC_NONE, .because = "the interface is gone" };

    heard_init(&heard);
    heard.info.gaps = gaps;
    g_array_append_val(gaps, gap);
    assert_string_equal(pulse(&heard, 2, 2, 0, 0), "gap eth0: the interface is gone 0 1-2;");
    assert_string_equal(pulse(&heard, 3, 3, 0, 0), "gap eth0: the interface is gone 0 1-3;");
    g_array_index(gaps, CaptureGap, 0).until = AT(3.5);
    assert_string_equal(pulse(&heard, 4, 4, 0, 0), "gap eth0: the interface is gone 0 1-3;");
    assert_string_equal(pulse(&heard, 5, 5, 0, 0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_new_is_nothing_lost),
        cmocka_unit_test(drops_are_told_with_the_second_in_which_they_happened),
        cmocka_unit_test(a_counter_that_begins_again_is_no_loss),
        cmocka_unit_test(full_tables_are_named),
        cmocka_unit_test(our_own_losses_are_not_told_twice),
        cmocka_unit_test(clocks_that_are_set_and_machines_that_sleep_are_told),
        cmocka_unit_test(a_gap_is_told_while_it_lasts_and_when_it_is_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
