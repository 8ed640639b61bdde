/*
 * Alive means: a pulse within ten seconds, and something to listen to.
 */

#include "host/board.h"

#include "support/check.h"

static void check(Board *board, Nsec now, BoardHealth expected)
{
    assert_string_equal(board_health_name(board_state(board, now).health),
                        board_health_name(expected));
}

static void from_the_start_to_the_end(void **state)
{
    g_autoptr(Board) board = board_new(NSEC_SEC);

    check(board, 2 * NSEC_SEC, BOARD_STARTING);
    check(board, 12 * NSEC_SEC, BOARD_STALLED);
    board_pulse(board, true, 12, 3, 12 * NSEC_SEC);
    check(board, 22 * NSEC_SEC, BOARD_OK);
    check(board, 22 * NSEC_SEC + 1, BOARD_STALLED);
    board_pulse(board, false, 12, 3, 23 * NSEC_SEC);
    check(board, 23 * NSEC_SEC, BOARD_BLIND);
    board_stop(board);
    check(board, 23 * NSEC_SEC, BOARD_STOPPING);

    BoardState said = board_state(board, 25 * NSEC_SEC);

    assert_int_equal(said.silence, 2 * NSEC_SEC);
    assert_int_equal(said.devices, 12);
    assert_int_equal(said.dropped, 3);
}

static void a_text_lives_as_long_as_somebody_reads_it(void **state)
{
    g_autoptr(Board) board = board_new(0);
    g_autoptr(GBytes) first = board_text(board);

    board_set_text(board, g_bytes_new("new", 3));

    g_autoptr(GBytes) second = board_text(board);

    board_set_text(board, g_bytes_new("newer", 5));
    assert_memory_equal(g_bytes_get_data(first, NULL), "# EOF\n", 6);
    assert_memory_equal(g_bytes_get_data(second, NULL), "new", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_start_to_the_end),
        cmocka_unit_test(a_text_lives_as_long_as_somebody_reads_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
