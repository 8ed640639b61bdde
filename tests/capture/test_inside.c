/* What a refused frame is, seen through its link header and tags. */

#include "capture/inside.h"

#include <glib.h>

#include "frames.h"
#include "support/check.h"

static CaptureInside look(uint16_t link, Str bytes)
{
    CapturePacket packet = { .link = link, .bytes = bytes, .wire_len = (uint32_t)bytes.len };

    return capture_inside_of(&packet);
}

static void finds_ip_behind_each_link_header(void **state)
{
#define PACKET IP4("\0", UDP) SIP_PORTS
    const struct {
        uint16_t link;
        Str bytes;
    } frames[] = {
        { 1, STR(ETHER IS_IP4 PACKET) },
        { 0, STR("\2\0\0\0" PACKET) },
        { 108, STR("\0\0\0\2" PACKET) },
        { 12, STR(PACKET) },
        { 101, STR(PACKET) },
        { 228, STR(PACKET) },
        { 113, STR("\0\0\0\1\0\6\0\0\0\0\0\0\0\0" IS_IP4 PACKET) },
        { 276, STR(IS_IP4 "\0\0\0\0\0\1\0\1\0\6\0\0\0\0\0\0\0\0" PACKET) },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
        CaptureInside inside = look(frames[i].link, frames[i].bytes);

        assert_str_equal(inside.ip, PACKET);
        assert_false(inside.tagged);
        assert_false(inside.later_fragment);
        assert_false(inside.icmp_error);
    }
}

static void sees_tags(void **state)
{
    assert_true(look(1, STR(ETHER VLAN_TAG IS_IP4 PACKET)).tagged);
    assert_true(look(1, STR(ETHER VLAN_TAG VLAN_TAG IS_IP6 IP6(UDP) SIP_PORTS)).tagged);
    assert_true(look(1, STR(ETHER MPLS_TAG PACKET)).tagged);
    assert_str_equal(look(1, STR(ETHER MPLS_TAG PACKET)).ip, PACKET);
    assert_str_equal(look(1, STR(ETHER PPPOE_TAG PACKET)).ip, PACKET);
    assert_str_equal(look(1, STR(ETHER VLAN_TAG PPPOE_TAG PACKET)).ip, PACKET);
}

static void sees_later_fragments_only(void **state)
{
    assert_true(look(1, STR(ETHER IS_IP4 IP4("\1", UDP) SIP_PORTS)).later_fragment);
    assert_false(look(1, STR(ETHER IS_IP4 IP4("\0", UDP) SIP_PORTS)).later_fragment);
    /* The first fragment of several, and one that must not be fragmented. */
    assert_false(look(101, STR("\x45\0\0\x1c\0\1\x20\0\x40\x11\0\0" SIP_PORTS)).later_fragment);
    assert_false(look(101, STR("\x45\0\0\x1c\0\1\x40\0\x40\x11\0\0" SIP_PORTS)).later_fragment);
    assert_true(
        look(1, STR(ETHER IS_IP6 IP6(FRAGMENT6) "\x11\0\0\x08\0\0\0\1" SIP_PORTS)).later_fragment);
    assert_false(
        look(1, STR(ETHER IS_IP6 IP6(FRAGMENT6) "\x11\0\0\1\0\0\0\1" SIP_PORTS)).later_fragment);
    /* Behind hop-by-hop options. */
    assert_true(
        look(101, STR(IP6("\0") "\x2c\0\0\0\0\0\0\0\x11\0\1\0\0\0\0\1" SIP_PORTS)).later_fragment);
}

static void sees_icmp_errors_and_no_pings(void **state)
{
    assert_true(look(101, STR(IP4("\0", ICMP) UNREACHABLE)).icmp_error);
    assert_false(look(101, STR(IP4("\0", ICMP) PING)).icmp_error);
    assert_false(look(101, STR(IP4("\1", ICMP) UNREACHABLE)).icmp_error);
    assert_true(look(101, STR(IP6(ICMP6) "\1\4\0\0\0\0\0\0")).icmp_error);
    assert_false(look(101, STR(IP6(ICMP6) "\x87\0\0\0\0\0\0\0")).icmp_error);
    assert_true(look(101, STR(IP6(FRAGMENT6) "\x3a\0\0\1\0\0\0\1\1\4\0\0\0\0\0\0")).icmp_error);
    assert_true(look(101, STR(IP6("\0") "\x3a\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0")).icmp_error);
}

static void sees_nothing_in_what_is_not_ip(void **state)
{
    CaptureInside arp = look(1, STR(ETHER VLAN_TAG "\x08\x06\0\1\x08\0\6\4\0\1"));

    assert_true(arp.tagged);
    assert_false(str_present(arp.ip));
    assert_false(str_present(look(147, STR(PACKET)).ip));
    assert_false(str_present(look(101, STR("\x50\0\0\0")).ip));
    assert_false(str_present(look(1, STR(ETHER VLAN_TAG VLAN_TAG VLAN_TAG VLAN_TAG VLAN_TAG VLAN_TAG
                                             VLAN_TAG VLAN_TAG VLAN_TAG IS_IP4 PACKET))
                                 .ip));
}

static void survives_any_cut(void **state)
{
    const Str frames[] = {
        STR(ETHER VLAN_TAG IS_IP4 IP4("\0", ICMP) UNREACHABLE),
        STR(ETHER MPLS_TAG PACKET),
        STR(ETHER PPPOE_TAG PACKET),
        STR(ETHER IS_IP6 IP6("\0") "\x2c\0\0\0\0\0\0\0\x3a\0\0\0\0\0\0\1\1\0\0\0"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
        for (size_t len = 0; len <= frames[i].len; len++) {
            g_autofree char *cut = g_memdup2(frames[i].data, len);
            CaptureInside inside = look(1, (Str){ cut, len });

            assert_true(inside.ip.len <= len);
            /* The one byte that tells the error must be there. */
            assert_true(len >= 34 || !inside.icmp_error);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_ip_behind_each_link_header),
        cmocka_unit_test(sees_tags),
        cmocka_unit_test(sees_later_fragments_only),
        cmocka_unit_test(sees_icmp_errors_and_no_pings),
        cmocka_unit_test(sees_nothing_in_what_is_not_ip),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
