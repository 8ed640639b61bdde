/* One filter on several link types, and what it hides. */

#include "capture/sieve.h"

#include <glib.h>

#include "frames.h"
#include "support/check.h"

static CapturePacket packet_of(uint16_t link, Str bytes)
{
    return (CapturePacket){
        .ref.frame = 7,
        .time = 7 * NSEC_SEC,
        .link = link,
        .bytes = bytes,
        .wire_len = (uint32_t)bytes.len,
    };
}

/* What becomes of an Ethernet frame. */
static CaptureHidden refuse(const char *expression, uint16_t link, Str bytes)
{
    g_autoptr(CaptureSieve) sieve = capture_sieve_new(expression);
    CapturePacket packet = packet_of(link, bytes);
    CaptureHidden hidden = { 0 };

    assert_false(capture_sieve_passes(sieve, &packet));
    capture_sieve_note_refused(sieve, &packet, &hidden);
    assert_int_equal(hidden.first_frame,
                     hidden.fragments + hidden.tagged + hidden.icmp + hidden.no_filter > 0 ? 7 : 0);
    return hidden;
}

static void compiles_for_each_link_type(void **state)
{
    g_autoptr(CaptureSieve) sieve = capture_sieve_new("udp port 5060");
    CapturePacket ethernet = packet_of(1, STR(ETHER IS_IP4 IP4("\0", UDP) SIP_PORTS));
    CapturePacket raw = packet_of(101, STR(IP4("\0", UDP) SIP_PORTS));
    CapturePacket other = packet_of(101, STR(IP4("\0", UDP) WEB_PORTS));
    CapturePacket empty = packet_of(1, STR(""));

    assert_true(capture_sieve_passes(sieve, &ethernet));
    assert_true(capture_sieve_passes(sieve, &raw));
    assert_true(capture_sieve_passes(sieve, &ethernet));
    assert_false(capture_sieve_passes(sieve, &other));
    assert_false(capture_sieve_passes(sieve, &empty));
}

static void tells_what_the_compiler_said(void **state)
{
    g_autoptr(GArray) links = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    g_autoptr(CaptureSieve) wrong = capture_sieve_new("udp prot 5060");
    g_autoptr(CaptureSieve) vlan = capture_sieve_new("vlan 7");
    g_autoptr(GError) syntax = NULL;
    g_autoptr(GError) no_vlan = NULL;

    assert_false(capture_sieve_fits(wrong, links, &syntax));
    assert_true(g_error_matches(syntax, CAPTURE_ERROR, CAPTURE_ERROR_FILTER));
    assert_true(g_str_has_prefix(syntax->message, "cannot use the filter \"udp prot 5060\": "));
    assert_non_null(strstr(syntax->message, "syntax error"));

    assert_true(capture_sieve_fits(vlan, links, NULL)); /* on Ethernet it means something */
    g_array_append_val(links, (uint16_t){ 101 });
    assert_false(capture_sieve_fits(vlan, links, &no_vlan));
    assert_non_null(strstr(no_vlan->message, "VLAN"));
    g_array_append_val(links, (uint16_t){ 1 });
    assert_true(capture_sieve_fits(vlan, links, NULL));
}

static void counts_frames_of_a_link_type_without_a_filter(void **state)
{
    assert_int_equal(refuse("vlan 7", 101, STR(IP4("\0", UDP) SIP_PORTS)).no_filter, 1);
}

static void bounds_the_programs(void **state)
{
    g_autoptr(CaptureSieve) sieve = capture_sieve_new("port 5060");
    CapturePacket packet = packet_of(0, STR(""));
    CaptureHidden hidden = { 0 };

    for (uint16_t link = 10000; link < 10200; link++) {
        packet.link = link;
        assert_false(capture_sieve_passes(sieve, &packet));
        capture_sieve_note_refused(sieve, &packet, &hidden);
    }
    assert_int_equal(hidden.no_filter, 200);
}

static void counts_fragments_that_a_port_hides(void **state)
{
    const Str fragment = STR(ETHER IS_IP4 IP4("\1", UDP) WEB_PORTS);
    const Str tagged = STR(ETHER VLAN_TAG IS_IP4 IP4("\1", UDP) WEB_PORTS);

    assert_int_equal(refuse("udp port 5060", 1, fragment).fragments, 1);
    assert_int_equal(refuse("udp port 5060", 1, tagged).fragments, 1);
    assert_int_equal(refuse("host 198.51.100.1", 1, fragment).fragments, 0);
}

static void counts_tagged_frames_that_would_match_without_their_tag(void **state)
{
    const Str sip = STR(ETHER VLAN_TAG IS_IP4 IP4("\0", UDP) SIP_PORTS);
    const Str sip6 = STR(ETHER VLAN_TAG VLAN_TAG IS_IP6 IP6(UDP) SIP_PORTS);
    const Str mpls = STR(ETHER MPLS_TAG IP4("\0", UDP) SIP_PORTS);
    const Str web = STR(ETHER VLAN_TAG IS_IP4 IP4("\0", UDP) WEB_PORTS);
    const Str cooked = STR("\0\0\0\1\0\6\0\0\0\0\0\0\0\0" VLAN_TAG IS_IP4 IP4("\0", UDP) SIP_PORTS);

    assert_int_equal(refuse("udp port 5060", 1, sip).tagged, 1);
    assert_int_equal(refuse("udp port 5060", 1, sip6).tagged, 1);
    assert_int_equal(refuse("udp port 5060", 1, mpls).tagged, 1);
    assert_int_equal(refuse("udp port 5060", 1, web).tagged, 0);
    assert_int_equal(refuse("udp port 5060", 113, cooked).tagged, 1);
    assert_int_equal(refuse("host 192.0.2.1", 1, sip).tagged, 1);
    assert_int_equal(refuse("host 198.51.100.1", 1, sip).tagged, 0);
}

static void counts_icmp_errors_that_a_port_hides(void **state)
{
    const Str unreachable = STR(ETHER IS_IP4 IP4("\0", ICMP) UNREACHABLE);
    const Str ping = STR(ETHER IS_IP4 IP4("\0", ICMP) PING);

    assert_int_equal(refuse("udp port 5060", 1, unreachable).icmp, 1);
    assert_int_equal(refuse("udp port 5060", 1, ping).icmp, 0);
    assert_int_equal(refuse("host 198.51.100.1", 1, unreachable).icmp, 0);
}

static void survives_any_cut(void **state)
{
    static const char *const expressions[] = { "udp port 5060", "vlan and port 80", "ip6" };
    const Str frame = STR(ETHER VLAN_TAG VLAN_TAG IS_IP4 IP4("\0", UDP) SIP_PORTS);

    for (size_t i = 0; i < G_N_ELEMENTS(expressions); i++) {
        for (size_t len = 0; len <= frame.len; len++) {
            g_autofree char *cut = g_memdup2(frame.data, len);

            assert_true(refuse(expressions[i], 1, (Str){ cut, len }).tagged <= 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compiles_for_each_link_type),
        cmocka_unit_test(tells_what_the_compiler_said),
        cmocka_unit_test(counts_frames_of_a_link_type_without_a_filter),
        cmocka_unit_test(bounds_the_programs),
        cmocka_unit_test(counts_fragments_that_a_port_hides),
        cmocka_unit_test(counts_tagged_frames_that_would_match_without_their_tag),
        cmocka_unit_test(counts_icmp_errors_that_a_port_hides),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
