/*
 * The metrics of interfaces: each has its series, and only one of each.
 */

#include "host/tally_capture.h"

#include "host/openmetrics.h"
#include "told.h"

typedef struct Captures {
    CaptureInfo infos[2];
    RegCaptureSite sites[2];
    GPtrArray *list;
    ReportResult result;
} Captures;

static void captures_init(Captures *captures, const char *first, const char *second)
{
    const char *const names[] = { first, second };

    *captures = (Captures){ .list = g_ptr_array_new() };
    for (unsigned i = 0; i < 2; i++) {
        captures->infos[i] = (CaptureInfo){ .name = names[i],
                                            .first = NSEC_NONE,
                                            .packets = 10 + i,
                                            .bytes = 1000,
                                            .cut_frames = 4,
                                            .clock_steps = 5 };
        captures->sites[i] = (RegCaptureSite){ .info = &captures->infos[i], .index = i };
        g_ptr_array_add(captures->list, &captures->sites[i]);
    }
    captures->result.captures = captures->list;
}

static void check(const Captures *captures, const char *expected, bool is_there)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *line = g_strdup_printf("\n%s\n", expected);

    tally_capture_print(&captures->result, text);
    if ((strstr(text->str, line) != NULL) != is_there)
        fail_msg("\"%s\" in:\n%s", expected, text->str);
}

static void each_interface_has_its_numbers(void **state)
{
    Captures captures;

    captures_init(&captures, "eth0", "eth1");
    check(&captures, "whyreg_capture_packets_total{interface=\"eth0\"} 10", true);
    check(&captures, "whyreg_capture_packets_total{interface=\"eth1\"} 11", true);
    check(&captures, "whyreg_capture_bytes_total{interface=\"eth0\"} 1000", true);
    check(&captures, "whyreg_capture_cut_packets_total{interface=\"eth0\"} 4", true);
    check(&captures, "whyreg_capture_clock_steps_total{interface=\"eth0\"} 5", true);
    g_ptr_array_unref(captures.list);
}

static void the_same_name_twice_is_two_series(void **state)
{
    Captures captures;

    captures_init(&captures, "a.pcap", "a.pcap");
    check(&captures, "whyreg_capture_packets_total{interface=\"a.pcap\"} 10", true);
    check(&captures, "whyreg_capture_packets_total{interface=\"a.pcap#2\"} 11", true);
    g_ptr_array_unref(captures.list);
}

static void drops_that_nobody_counts_are_not_zero(void **state)
{
    Captures captures;

    captures_init(&captures, "eth0", "eth1");
    captures.infos[1].drops_known = true;
    captures.infos[1].dropped_kernel = 7;
    captures.infos[1].dropped_interface = 8;
    check(&captures, "whyreg_capture_dropped_packets_total{interface=\"eth0\",by=\"kernel\"} 0",
          false);
    check(&captures, "whyreg_capture_dropped_packets_total{interface=\"eth1\",by=\"kernel\"} 7",
          true);
    check(&captures, "whyreg_capture_dropped_packets_total{interface=\"eth1\",by=\"interface\"} 8",
          true);
    g_ptr_array_unref(captures.list);
}

static void the_newest_packet_has_a_time_when_there_is_one(void **state)
{
    Captures captures;

    captures_init(&captures, "eth0", "eth1");
    captures.infos[1].first = captures.infos[1].latest = TOLD_AT(2);
    check(&captures,
          "whyreg_capture_last_packet_timestamp_seconds{interface=\"eth1\"} 1769860802.000000000",
          true);
    check(&captures, "whyreg_capture_last_packet_timestamp_seconds{interface=\"eth0\"} 0.000000000",
          false);
    g_ptr_array_unref(captures.list);
}

static void an_interface_that_is_gone_is_down(void **state)
{
    Captures captures;
    CaptureGap gap = { .from = TOLD_AT(0), .until = NSEC_NONE };

    captures_init(&captures, "eth0", "eth1");

    g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(CaptureGap));

    g_array_append_val(gaps, gap);
    captures.infos[0].gaps = gaps;
    check(&captures, "whyreg_capture_up{interface=\"eth0\"} 0", true);
    check(&captures, "whyreg_capture_up{interface=\"eth1\"} 1", true);
    assert_true(tally_capture_is_on(&captures.result));
    captures.infos[1].stopped_because = "it is gone";
    assert_false(tally_capture_is_on(&captures.result));

    /* It is back. */
    g_array_index(gaps, CaptureGap, 0).until = TOLD_AT(9);
    check(&captures, "whyreg_capture_up{interface=\"eth0\"} 1", true);
    assert_true(tally_capture_is_on(&captures.result));
    g_ptr_array_unref(captures.list);
}

static void counts_and_tables(void **state)
{
    Captures captures;

    captures_init(&captures, "eth0", "eth1");
    captures.result.counts.register_requests = 21;
    captures.result.counts.tls_records = 22;
    captures.result.tables[0] = (CacheStats){
        .name = "net.streams", .items = 1, .bytes = 2, .dropped_idle = 3, .dropped_full = 4
    };
    captures.result.n_tables = 1;
    check(&captures, "whyreg_register_messages_total{kind=\"request\"} 21", true);
    check(&captures, "whyreg_tls_records_total 22", true);
    check(&captures, "whyreg_table_items{table=\"net.streams\"} 1", true);
    check(&captures, "whyreg_table_bytes{table=\"net.streams\"} 2", true);
    check(&captures, "whyreg_table_forgotten_total{table=\"net.streams\",because=\"idle\"} 3",
          true);
    check(&captures, "whyreg_table_forgotten_total{table=\"net.streams\",because=\"full\"} 4",
          true);
    g_ptr_array_unref(captures.list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_interface_has_its_numbers),
        cmocka_unit_test(the_same_name_twice_is_two_series),
        cmocka_unit_test(drops_that_nobody_counts_are_not_zero),
        cmocka_unit_test(the_newest_packet_has_a_time_when_there_is_one),
        cmocka_unit_test(an_interface_that_is_gone_is_down),
        cmocka_unit_test(counts_and_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
