/*
 * Pieces in any order.
 */

#include "net/pieces.h"

#include <glib.h>

#include "support/check.h"

static const NetMeta meta;

static NetPiecesChange add(NetPieces *pieces, uint32_t start, const char *text)
{
    return net_pieces_add(pieces, start, (uint32_t)strlen(text), str_of(text), &meta);
}

/* All pieces as "start:text ", which empties the list. */
static char *take_all(NetPieces *pieces)
{
    GString *text = g_string_new(NULL);

    while (pieces->first != NULL) {
        g_autofree NetPiece *piece = net_pieces_pop(pieces);

        g_string_append_printf(text, "%u:%.*s ", piece->start, STR_ARG(net_piece_bytes(piece)));
    }
    assert_int_equal(pieces->count, 0);
    assert_int_equal(pieces->memory, 0);
    return g_string_free(text, FALSE);
}

static void keeps_pieces_in_order(void **state)
{
    NetPieces pieces = { 0 };

    assert_int_equal(add(&pieces, 20, "cc").added, 2);
    assert_int_equal(add(&pieces, 0, "aa").added, 2);
    assert_int_equal(add(&pieces, 10, "bb").added, 2);
    assert_int_equal(pieces.count, 3);

    g_autofree char *text = take_all(&pieces);

    assert_string_equal(text, "0:aa 10:bb 20:cc ");
}

static void keeps_the_first_copy_of_each_byte(void **state)
{
    NetPieces pieces = { 0 };

    add(&pieces, 2, "BB");
    add(&pieces, 6, "DD");

    NetPiecesChange change = add(&pieces, 0, "xxxxxxxxxx");

    assert_int_equal(change.added, 6);
    assert_true(change.overlaps);
    assert_true(change.differs);
    assert_false(change.repeats);

    g_autofree char *text = take_all(&pieces);

    assert_string_equal(text, "0:xx 2:BB 4:xx 6:DD 8:xx ");
}

static void does_not_mind_the_same_bytes_twice(void **state)
{
    NetPieces pieces = { 0 };

    add(&pieces, 0, "abcdef");

    NetPiecesChange inside = add(&pieces, 2, "cd");
    NetPiecesChange behind = add(&pieces, 4, "efgh");
    NetPiecesChange again = add(&pieces, 0, "abcdef");

    assert_true(inside.overlaps && !inside.differs && !inside.repeats);
    assert_int_equal(inside.added, 0);
    assert_true(behind.overlaps && !behind.differs);
    assert_int_equal(behind.added, 2);
    assert_true(again.repeats && !again.differs);
    net_pieces_clear(&pieces);
}

static void tells_a_repetition_from_other_bytes_in_its_place(void **state)
{
    NetPieces pieces = { 0 };

    add(&pieces, 0, "abc");

    NetPiecesChange change = add(&pieces, 0, "abX");

    assert_true(change.differs);
    assert_false(change.repeats);
    net_pieces_clear(&pieces);
}

static void counts_across_the_wrap(void **state)
{
    for (uint32_t k = 0; k < 12; k++) {
        uint32_t start = UINT32_MAX - k;
        NetPieces pieces = { 0 };

        add(&pieces, start + 8, "cccc");
        add(&pieces, start, "aaaa");
        assert_int_equal(add(&pieces, start + 2, "aabbbbcc").added, 4);
        assert_int_equal(pieces.count, 3);
        assert_int_equal(pieces.first->start, start);
        assert_int_equal(pieces.first->next->start, start + 4);
        net_pieces_clear(&pieces);
    }
}

static void keeps_the_place_of_bytes_that_were_not_captured(void **state)
{
    NetPieces pieces = { 0 };

    assert_int_equal(net_pieces_add(&pieces, 0, 10, STR("abc"), &meta).added, 10);
    assert_int_equal(pieces.first->captured, 3);

    NetPiecesChange change = net_pieces_add(&pieces, 2, 8, STR("cdefghij"), &meta);

    assert_int_equal(change.added, 0);
    assert_false(change.differs);

    /* The captured part is in the overlap, what is added has nothing. */
    change = net_pieces_add(&pieces, 8, 6, STR("ij"), &meta);
    assert_int_equal(change.added, 4);
    assert_int_equal(pieces.first->next->captured, 0);
    net_pieces_clear(&pieces);
}

static void gives_the_same_result_for_every_order(void **state)
{
    static const char whole[] = "aabbccddee";
    static const unsigned start[5] = { 0, 2, 4, 6, 8 };

    for (unsigned order = 0; order < 5 * 5 * 5 * 5 * 5; order++) {
        NetPieces pieces = { 0 };

        for (unsigned i = 0, rest = order; i < 5; i++, rest /= 5) {
            unsigned at = start[rest % 5];

            net_pieces_add(&pieces, at, 2, (Str){ whole + at, 2 }, &meta);
        }
        for (unsigned i = 0; i < 5; i++)
            net_pieces_add(&pieces, start[i], 2, (Str){ whole + start[i], 2 }, &meta);

        g_autofree char *text = take_all(&pieces);

        assert_string_equal(text, "0:aa 2:bb 4:cc 6:dd 8:ee ");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_pieces_in_order),
        cmocka_unit_test(keeps_the_first_copy_of_each_byte),
        cmocka_unit_test(does_not_mind_the_same_bytes_twice),
        cmocka_unit_test(tells_a_repetition_from_other_bytes_in_its_place),
        cmocka_unit_test(counts_across_the_wrap),
        cmocka_unit_test(keeps_the_place_of_bytes_that_were_not_captured),
        cmocka_unit_test(gives_the_same_result_for_every_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
