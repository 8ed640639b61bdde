/*
 * Messages without their tails: the snapshot length, not their sender.
 */

#include "expect.h"

extern const Rule rule_capture_truncated;

static void fires_when_the_snapshot_length_cuts_messages(void **state)
{
    g_autoptr(Judgement) j = judge("snaplen 256\n"
                                   "at 0 phone -> server registration\n"
                                   "end 60\n",
                                   &rule_capture_truncated);

    assert_fires(j, FINDING_PROVEN, "4 of 4 SIP messages were cut by the capture");
    assert_fact(j, 0, "first cut message", 1);
    assert_fact(j, 1, "last cut message", 4);
}

/* Only the requests with credentials are longer than this. */
static void counts_the_cut_ones_only(void **state)
{
    g_autoptr(Judgement) j = judge("snaplen 520\n"
                                   "at 0 phone -> server registration\n"
                                   "end 60\n",
                                   &rule_capture_truncated);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_true(
        g_str_has_suffix(j->finding->summary, " of 4 SIP messages were cut by the capture"));
    assert_false(g_str_has_prefix(j->finding->summary, "4 "));
}

static void is_clean_when_the_packets_are_whole(void **state)
{
    g_autoptr(Judgement) j = judge("snaplen 65535\n"
                                   "at 0 phone -> server registration\n"
                                   "end 60\n",
                                   &rule_capture_truncated);

    assert_clean(j);
}

/* The packet is whole, the message in it is not: that is its sender's doing. */
static void is_clean_when_the_sender_cut_the_message(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server REGISTER header=\"Content-Length: 900\"\n"
                                   "at 0.02 server -> phone 401\n"
                                   "end 60\n",
                                   &rule_capture_truncated);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_snapshot_length_cuts_messages),
        cmocka_unit_test(counts_the_cut_ones_only),
        cmocka_unit_test(is_clean_when_the_packets_are_whole),
        cmocka_unit_test(is_clean_when_the_sender_cut_the_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
