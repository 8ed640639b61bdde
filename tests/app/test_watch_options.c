/* Numbers with units, and the habits of tcpdump. What is refused is in watch.py. */

#include "app/watch_options.h"

#include "support/check.h"

#define MINUTE (60 * NSEC_SEC)

static void parse(WatchOptions *options, unsigned n, const char *const *words)
{
    char *argv[16] = { (char *)"whyreg" };

    for (unsigned i = 0; i < n; i++)
        argv[i + 1] = (char *)words[i];
    watch_options_init(options);
    argp_parse(&watch_options_parser, (int)n + 1, argv, 0, NULL, options);
}

#define PARSE(options, ...)                                                    \
    parse((options), sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *), \
          (const char *[]){ __VA_ARGS__ })

static void what_is_not_said_has_a_sensible_value(void **state)
{
    WatchOptions o;

    PARSE(&o, "-i", "eth0");
    assert_int_equal(o.interfaces->len, 1);
    assert_int_equal(o.buffer_bytes, 64 << 20);
    assert_int_equal(o.snaplen, 262144);
    assert_int_equal(o.stable, 5 * MINUTE);
    assert_int_equal(o.count, 0);
    assert_int_equal(o.duration, 0);
    assert_false(o.not_promiscuous || o.no_sandbox);
    assert_null(o.history);
    watch_options_clear(&o);
}

static void a_value_may_stand_close_to_its_letter(void **state)
{
    WatchOptions o;

    PARSE(&o, "-ieth0", "-i", "any", "-c5", "-s0", "-B4096", "-p");
    assert_string_equal(g_ptr_array_index(o.interfaces, 0), "eth0");
    assert_string_equal(g_ptr_array_index(o.interfaces, 1), "any");
    assert_int_equal(o.count, 5);
    assert_int_equal(o.snaplen, 262144);
    assert_int_equal(o.buffer_bytes, 4 << 20);
    assert_true(o.not_promiscuous);
    watch_options_clear(&o);
}

static void times_and_sizes_have_units(void **state)
{
    WatchOptions o;

    PARSE(&o, "-i", "eth0", "--duration=15m", "--stable", "90", "--history-age=7", "--memory=2G",
          "-B", "1G", "-C", "100", "-G", "1d");
    assert_int_equal(o.duration, 15 * MINUTE);
    assert_int_equal(o.stable, 90 * NSEC_SEC);
    assert_int_equal(o.history_age, 7 * 24 * 60 * MINUTE);
    assert_int_equal(o.memory_bytes, UINT64_C(2) << 30);
    assert_int_equal(o.buffer_bytes, 1 << 30);
    assert_int_equal(o.rotate_bytes, 100000000);
    assert_int_equal(o.rotate_time, 24 * 60 * MINUTE);
    watch_options_clear(&o);
}

static void ports_come_in_lists_and_again(void **state)
{
    static const uint16_t wanted[] = { 5080, 5090, 65535 };
    WatchOptions o;

    PARSE(&o, "-i", "eth0", "--port", "5080,5090", "--port=65535");
    assert_int_equal(o.ports->len, 3);
    assert_memory_equal(o.ports->data, wanted, sizeof(wanted));
    watch_options_clear(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_said_has_a_sensible_value),
        cmocka_unit_test(a_value_may_stand_close_to_its_letter),
        cmocka_unit_test(times_and_sizes_have_units),
        cmocka_unit_test(ports_come_in_lists_and_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
