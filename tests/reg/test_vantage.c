/*
 * Where the capture was taken.
 */

#include "reg/vantage.h"

#include "words.h"

/* The vantage of one exchange whose packets came with these TTLs; 0: none. */
static RegVantage vantage(const char *client, const char *server, uint8_t asked, uint8_t answered)
{
    Ask ask = ask_whole((Ask){ .from = client, .to = server });
    SipMessage *request = message_of(&ask, 0, "", 0, 1);
    SipMessage *answer = answered > 0 ? message_of(&ask, 200, "", 0, 2) : NULL;

    request->meta.ttl = asked;
    if (answer != NULL)
        answer->meta.ttl = answered;

    g_autoptr(SipTxn) txn = txn_of(request, answer);

    return reg_vantage_of_txn(txn).vantage;
}

#define PUBLIC "203.0.113.7:5060"
#define PRIVATE "192.168.1.10:5060"
#define SERVER "198.51.100.10:5060"

static void private_source_and_public_destination_are_before_the_nat(void **state)
{
    assert_int_equal(vantage(PRIVATE, SERVER, 64, 57), REG_VANTAGE_CLIENT);
    assert_int_equal(vantage(PRIVATE, SERVER, 61, 50), REG_VANTAGE_CLIENT);
    assert_int_equal(vantage(PRIVATE, SERVER, 64, 0), REG_VANTAGE_CLIENT);
}

static void the_side_with_the_first_ttl_is_near(void **state)
{
    assert_int_equal(vantage(PUBLIC, SERVER, 64, 57), REG_VANTAGE_CLIENT);
    assert_int_equal(vantage(PUBLIC, SERVER, 57, 64), REG_VANTAGE_SERVER);
    assert_int_equal(vantage(PUBLIC, SERVER, 120, 255), REG_VANTAGE_SERVER);
    assert_int_equal(vantage(PUBLIC, SERVER, 60, 60), REG_VANTAGE_MIDDLE);
}

static void one_segment_or_one_direction_does_not_tell(void **state)
{
    assert_int_equal(vantage(PUBLIC, SERVER, 64, 64), REG_VANTAGE_UNKNOWN);
    assert_int_equal(vantage(PUBLIC, SERVER, 64, 0), REG_VANTAGE_UNKNOWN);
    assert_int_equal(vantage(PRIVATE, "192.168.1.1:5060", 0, 0), REG_VANTAGE_UNKNOWN);
}

static void add(RegVantageTally *tally, RegVantage vantage, unsigned times)
{
    while (times-- > 0)
        reg_vantage_add(tally, (RegVantageVerdict){ vantage, "a reason" });
}

static void a_capture_is_where_four_of_five_say(void **state)
{
    RegVantageTally tally = { 0 };

    assert_int_equal(reg_vantage_of_capture(&tally).vantage, REG_VANTAGE_UNKNOWN);
    add(&tally, REG_VANTAGE_SERVER, 4);
    add(&tally, REG_VANTAGE_MIDDLE, 1);
    assert_int_equal(reg_vantage_of_capture(&tally).vantage, REG_VANTAGE_SERVER);
    assert_string_equal(reg_vantage_of_capture(&tally).because, "a reason");
    add(&tally, REG_VANTAGE_MIDDLE, 1);
    assert_int_equal(reg_vantage_of_capture(&tally).vantage, REG_VANTAGE_UNKNOWN);
}

static void those_that_do_not_tell_do_not_vote(void **state)
{
    RegVantageTally tally = { 0 };

    add(&tally, REG_VANTAGE_UNKNOWN, 100);
    assert_int_equal(reg_vantage_of_capture(&tally).vantage, REG_VANTAGE_UNKNOWN);
    add(&tally, REG_VANTAGE_CLIENT, 1);
    assert_int_equal(reg_vantage_of_capture(&tally).vantage, REG_VANTAGE_CLIENT);
}

static void every_vantage_has_a_name(void **state)
{
    assert_string_equal(reg_vantage_name(REG_VANTAGE_CLIENT), "client");
    assert_string_equal(reg_vantage_name(REG_VANTAGE_MIDDLE), "middle");
    assert_string_equal(reg_vantage_name(REG_VANTAGE_SERVER), "server");
    assert_string_equal(reg_vantage_name(REG_VANTAGE_UNKNOWN), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(private_source_and_public_destination_are_before_the_nat),
        cmocka_unit_test(the_side_with_the_first_ttl_is_near),
        cmocka_unit_test(one_segment_or_one_direction_does_not_tell),
        cmocka_unit_test(a_capture_is_where_four_of_five_say),
        cmocka_unit_test(those_that_do_not_tell_do_not_vote),
        cmocka_unit_test(every_vantage_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
