/* Who changes messages like that. */

#include "pair.h"

#define INSIDE REGISTER(PHONE, "5060")
#define EDITED REGISTER(NAT, "18680")

static SipDiffClass class_of(const char *outside)
{
    g_autoptr(Pair) pair = pair_outward(INSIDE, outside);

    return sip_diff_class(&pair->diff, true);
}

static SipDiffClass class_of_edit(const char *old, const char *new)
{
    g_autofree char *outside = pair_edit(INSIDE, old, new);

    return class_of(outside);
}

static void the_same_bytes_are_clean(void **state)
{
    assert_int_equal(class_of(INSIDE), SIP_DIFF_CLEAN);
}

static void addresses_edited_as_the_packets_own_are_an_alg(void **state)
{
    g_autofree char *one = pair_edit(EDITED, "User-Agent: phone 1.0\r\n", "");

    assert_int_equal(class_of(EDITED), SIP_DIFF_ALG);
    assert_int_equal(class_of_edit("c1@192.168.1.10", "c1@203.0.113.2"), SIP_DIFF_ALG);
    assert_int_equal(class_of(one), SIP_DIFF_ALG);
}

static void other_addresses_in_place_are_somebodys_policy(void **state)
{
    assert_int_equal(class_of(REGISTER("203.0.113.99", "18680")), SIP_DIFF_POLICY);
    assert_int_equal(class_of_edit("User-Agent: phone 1.0\r\n", ""), SIP_DIFF_POLICY);
    assert_int_equal(class_of_edit(";expires=60", ";expires=30"), SIP_DIFF_POLICY);
}

/* The phone talks to a box that talks to the server: it was asked to. */
static void who_is_addressed_by_the_phone_is_no_alg(void **state)
{
    g_autoptr(SipMessage) inside = pair_message(INSIDE, PHONE, "198.51.100.77");
    g_autoptr(SipMessage) outside = pair_message(EDITED, NAT, SERVER);
    SipDiff diff;

    sip_diff_compare(inside, outside, &diff);
    assert_false(sip_diff_is_alg(&diff));
    assert_int_equal(sip_diff_class(&diff, true), SIP_DIFF_POLICY);
}

static void a_pushed_via_is_a_proxys(void **state)
{
    g_autofree char *proxied =
        pair_edit(INSIDE, "Via:", "Via: SIP/2.0/UDP 198.51.100.20;branch=z9hG4bKp\r\nVia:");
    g_autofree char *mended = pair_edit(proxied, "alice@192.168.1.10:5060", "alice@203.0.113.2");

    assert_int_equal(class_of(proxied), SIP_DIFF_PROXY);
    assert_int_equal(class_of(mended), SIP_DIFF_PROXY);
    assert_int_equal(class_of_edit("Max-Forwards: 70", "Max-Forwards: 69"), SIP_DIFF_PROXY);
}

static void another_dialog_is_a_back_to_back_agents(void **state)
{
    g_autofree char *tag = pair_edit(EDITED, "tag=f1", "tag=other");
    g_autofree char *call = pair_edit(EDITED, "c1@192.168.1.10", "other@sbc");
    g_autofree char *branch = pair_edit(EDITED, "branch=z9hG4bKa", "branch=z9hG4bKb");

    assert_int_equal(class_of(tag), SIP_DIFF_B2BUA);
    assert_int_equal(class_of(call), SIP_DIFF_B2BUA);
    assert_int_equal(class_of(branch), SIP_DIFF_B2BUA);
}

static void writing_alone_is_a_reserializers(void **state)
{
    assert_int_equal(class_of_edit("Contact:", "m:"), SIP_DIFF_RESERIALIZED);
    assert_int_equal(class_of_edit("CSeq: 1", "CSeq:  1"), SIP_DIFF_RESERIALIZED);
}

static void damage_counts_behind_the_box_only(void **state)
{
    g_autofree char *broken = pair_edit(EDITED, "18680>", "18680:5060>");
    g_autoptr(Pair) outward = pair_outward(INSIDE, broken);
    g_autoptr(Pair) inward = pair_inward(INSIDE, broken);

    assert_int_equal(sip_diff_damage(&outward->diff, true), SIP_DAMAGE_ADDRESS);
    assert_int_equal(sip_diff_class(&outward->diff, true), SIP_DIFF_CORRUPTING);
    assert_true(sip_diff_is_alg(&outward->diff));
    assert_int_equal(sip_diff_damage(&inward->diff, false), 0);
    assert_int_equal(sip_diff_class(&inward->diff, false), SIP_DIFF_ALG);
}

/* What the two captures of a plain NAT show of an answer is the same text. What
 * differs in received and rport alone, and not as the mapping, is harmless. */
static void received_alone_is_a_nats(void **state)
{
    static const char answer[] = "SIP/2.0 200 OK\r\n"
                                 "Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bKa\r\n"
                                 "Content-Length: 0\r\n\r\n";
    g_autofree char *other = pair_edit(answer, ";branch", ";received=192.0.2.77;branch");
    g_autofree char *first = pair_edit(answer, ";branch", ";received=192.168.1.10;branch");
    g_autofree char *second = pair_edit(answer, ";branch", ";received=203.0.113.2;branch");
    g_autoptr(Pair) noted = pair_inward(answer, other);
    g_autoptr(Pair) undone = pair_inward(first, second);

    assert_int_equal(sip_diff_class(&noted->diff, false), SIP_DIFF_NAT);
    assert_int_equal(sip_diff_class(&undone->diff, false), SIP_DIFF_ALG);
}

static void what_a_capture_cut_off_is_no_damage(void **state)
{
    NetMeta meta = { .flow = { pair_endpoint(NAT, 5060), pair_endpoint(SERVER, 5060), NET_UDP } };
    g_autoptr(SipMessage) whole = pair_message(INSIDE, PHONE, SERVER);
    g_autoptr(SipMessage) cut =
        sip_message_parse(&meta, str_first(STR(EDITED), 150), SIP_CUT_SHORT);
    SipDiff diff;

    sip_diff_compare(whole, cut, &diff);
    assert_int_equal(sip_diff_damage(&diff, true), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bytes_are_clean),
        cmocka_unit_test(addresses_edited_as_the_packets_own_are_an_alg),
        cmocka_unit_test(other_addresses_in_place_are_somebodys_policy),
        cmocka_unit_test(who_is_addressed_by_the_phone_is_no_alg),
        cmocka_unit_test(a_pushed_via_is_a_proxys),
        cmocka_unit_test(another_dialog_is_a_back_to_back_agents),
        cmocka_unit_test(writing_alone_is_a_reserializers),
        cmocka_unit_test(damage_counts_behind_the_box_only),
        cmocka_unit_test(received_alone_is_a_nats),
        cmocka_unit_test(what_a_capture_cut_off_is_no_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
