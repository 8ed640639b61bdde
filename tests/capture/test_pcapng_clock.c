/* Ticks of any power of ten or two, and times that cannot be. */

#include "capture/pcapng_clock.h"

#include "support/check.h"

/* 2026-01-01T00:00:00Z */
#define NEW_YEAR INT64_C(1767225600)
#define LAST (NSEC_MAX / 2)

static Nsec read_clock(uint8_t resolution, int64_t offset, uint64_t ticks)
{
    CapturePcapngClock clock = capture_pcapng_clock_of(resolution, offset);
    bool mended = true;
    Nsec time = capture_pcapng_clock_read(&clock, ticks, &mended);

    assert_false(mended);
    return time;
}

static Nsec mend_clock(uint8_t resolution, int64_t offset, uint64_t ticks)
{
    CapturePcapngClock clock = capture_pcapng_clock_of(resolution, offset);
    bool mended = false;
    Nsec time = capture_pcapng_clock_read(&clock, ticks, &mended);

    assert_true(mended);
    return time;
}

static void reads_powers_of_ten(void **state)
{
    Nsec time = NEW_YEAR * NSEC_SEC + 123456789;

    assert_int_equal(read_clock(0, 0, NEW_YEAR), NEW_YEAR * NSEC_SEC);
    assert_int_equal(read_clock(3, 0, NEW_YEAR * 1000 + 123), NEW_YEAR * NSEC_SEC + 123000000);
    assert_int_equal(read_clock(6, 0, (uint64_t)time / 1000), time / 1000 * 1000);
    assert_int_equal(read_clock(9, 0, (uint64_t)time), time);
    assert_int_equal(read_clock(10, 0, (uint64_t)time * 10 + 7), time);
    assert_int_equal(read_clock(12, 0, 5123456789012), 5123456789);
    assert_int_equal(read_clock(38, 0, UINT64_MAX), 0);
    assert_int_equal(read_clock(127, 0, UINT64_MAX), 0);
}

static void reads_powers_of_two(void **state)
{
    assert_int_equal(read_clock(0x80, 0, 7), 7 * NSEC_SEC);
    assert_int_equal(read_clock(0x80 | 1, 0, 3), 3 * NSEC_SEC / 2);
    assert_int_equal(read_clock(0x80 | 10, 0, 1536), 1500 * NSEC_MSEC);
    assert_int_equal(read_clock(0x80 | 32, 0, (UINT64_C(100) << 32) + (UINT64_C(1) << 30)),
                     100 * NSEC_SEC + 250 * NSEC_MSEC);
    assert_int_equal(read_clock(0x80 | 64, 0, UINT64_C(1) << 63), 500 * NSEC_MSEC);
    assert_int_equal(read_clock(0xff, 0, UINT64_MAX), 0);
}

static void adds_the_offset(void **state)
{
    assert_int_equal(read_clock(6, NEW_YEAR, 5000000), (NEW_YEAR + 5) * NSEC_SEC);
    assert_int_equal(read_clock(6, NEW_YEAR, 0), NEW_YEAR * NSEC_SEC);
    assert_int_equal(read_clock(0, -NEW_YEAR, (uint64_t)NEW_YEAR + 1), NSEC_SEC);
    assert_int_equal(read_clock(0x80 | 1, 1, 1), 3 * NSEC_SEC / 2);
}

static void pulls_times_that_cannot_be_to_the_ends(void **state)
{
    assert_int_equal(mend_clock(0, 0, UINT64_MAX), LAST);
    assert_int_equal(mend_clock(6, 0, UINT64_MAX), LAST);
    assert_int_equal(mend_clock(9, 0, UINT64_MAX), LAST);
    assert_int_equal(mend_clock(0x80, 0, UINT64_MAX), LAST);
    assert_int_equal(mend_clock(6, INT64_MAX, UINT64_MAX), LAST);
    assert_int_equal(mend_clock(6, INT64_MIN, UINT64_MAX), 0);
    assert_int_equal(mend_clock(6, -1, 0), 0);
    assert_int_equal(read_clock(9, 0, (uint64_t)LAST), LAST);
    assert_int_equal(mend_clock(9, 0, (uint64_t)LAST + 1), LAST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_powers_of_ten),
        cmocka_unit_test(reads_powers_of_two),
        cmocka_unit_test(adds_the_offset),
        cmocka_unit_test(pulls_times_that_cannot_be_to_the_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
