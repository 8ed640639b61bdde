/*
 * What the process takes of the machine, as far as the machine says it.
 */

#include "host/process.h"

#include "support/check.h"

static void memory_is_what_it_is(void **state)
{
    g_autoptr(Process) process = process_new();
    uint64_t before = process_memory(process);
    size_t much = 64u << 20;
    g_autofree char *block = g_malloc(much);

    memset(block, 1, much);
    assert_in_range(before, 100000, UINT64_C(1) << 34);
    assert_true(process_memory(process) >= before + much / 2);
}

static void time_passes_while_it_computes(void **state)
{
    Nsec before = process_time();
    volatile unsigned sum = 0;

    while (process_time() < before + NSEC_MSEC) {
        for (unsigned i = 0; i < 10000; i++)
            sum += i;
    }
    assert_true(process_time() > before && sum > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_what_it_is),
        cmocka_unit_test(time_passes_while_it_computes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
