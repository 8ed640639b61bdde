/*
 * Alerts: who objects to what, and how it shows when it is encrypted.
 */

#include "net/tls_alert.h"

#include "tls_message.h"

static void keeps_the_first_alert_that_objects(void **state)
{
    NetTlsHalfAlert half = { 0 };
    NetTlsSeen seen = { 0 };

    assert_int_equal(net_tls_alert_read(&half, STR("\1\0"), &seen), NET_TLS_ALERT);
    assert_int_equal(seen.alert.description, 0);
    assert_int_equal(net_tls_alert_read(&half, STR("\2\x30\2\x28"), &seen), NET_TLS_ALERT);
    assert_int_equal(seen.n_alerts, 3);
    assert_int_equal(seen.alert.level, 2);
    assert_int_equal(seen.alert.description, 48);
}

static void puts_an_alert_together(void **state)
{
    NetTlsHalfAlert half = { 0 };
    NetTlsSeen seen = { 0 };

    assert_int_equal(net_tls_alert_read(&half, STR("\2"), &seen), 0);
    assert_int_equal(net_tls_alert_read(&half, STR(""), &seen), 0);
    assert_int_equal(net_tls_alert_read(&half, STR("\x2d\1"), &seen), NET_TLS_ALERT);
    assert_int_equal(net_tls_alert_read(&half, STR("\0"), &seen), NET_TLS_ALERT);
    assert_int_equal(seen.n_alerts, 2);
    assert_int_equal(seen.alert.description, 45);
}

static void marks_an_alert_of_no_known_level(void **state)
{
    NetTlsHalfAlert half = { 0 };
    NetTlsSeen seen = { 0 };

    assert_int_equal(net_tls_alert_read(&half, STR("\0\0\3\x28"), &seen), NET_TLS_MALFORMED);
    assert_int_equal(seen.n_alerts, 0);
    assert_int_equal(net_tls_alert_read(&half, STR("\0\0\2\x28"), &seen),
                     NET_TLS_MALFORMED | NET_TLS_ALERT);
    assert_int_equal(seen.alert.description, 40);
}

/* A client whose encrypted records have these lengths, 0 for none, and the
 * version that its server chose. */
static bool gave_up(uint16_t version, uint16_t first, uint16_t last)
{
    NetTlsSeen client = { .n_data = first > 0, .first_data_len = first, .last_data_len = last };
    NetTlsSeen server = { .server.version = version };

    return net_tls_client_gave_up(&client, &server);
}

static void tells_a_client_that_gave_up_by_the_size_of_its_alert(void **state)
{
    assert_true(gave_up(NET_TLS_13, 19, 19));
    assert_true(gave_up(NET_TLS_13, 11, 11));
    assert_false(gave_up(NET_TLS_13, 0, 0));
    assert_false(gave_up(NET_TLS_13, 53, 53));
    assert_false(gave_up(NET_TLS_13, 53, 19)); /* it came up, and ended */
    assert_false(gave_up(NET_TLS_13, 19, 400));
    assert_false(gave_up(NET_TLS_12, 19, 19));
    assert_false(gave_up(0, 19, 19));
}

static void does_not_judge_a_client_with_a_hole(void **state)
{
    NetTlsSeen client = {
        .sights = NET_TLS_GAP, .n_data = 1, .first_data_len = 19, .last_data_len = 19
    };
    NetTlsSeen server = { .server.version = NET_TLS_13 };

    assert_false(net_tls_client_gave_up(&client, &server));
}

static void names_alerts(void **state)
{
    char text[NET_TLS_WORD];

    assert_string_equal(net_tls_alert_name(0, text), "close_notify");
    assert_string_equal(net_tls_alert_name(40, text), "handshake_failure");
    assert_string_equal(net_tls_alert_name(45, text), "certificate_expired");
    assert_string_equal(net_tls_alert_name(48, text), "unknown_ca");
    assert_string_equal(net_tls_alert_name(113, text), "bad_certificate_status_response");
    assert_string_equal(net_tls_alert_name(120, text), "no_application_protocol");
    assert_string_equal(net_tls_alert_name(1, text), "alert 1");
    assert_string_equal(net_tls_alert_name(255, text), "alert 255");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_first_alert_that_objects),
        cmocka_unit_test(puts_an_alert_together),
        cmocka_unit_test(marks_an_alert_of_no_known_level),
        cmocka_unit_test(tells_a_client_that_gave_up_by_the_size_of_its_alert),
        cmocka_unit_test(does_not_judge_a_client_with_a_hole),
        cmocka_unit_test(names_alerts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
