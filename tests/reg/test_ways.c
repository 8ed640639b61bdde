/*
 * Which device a request is for, and by which way it goes there.
 */

#include "reg/ways.h"

#include "told.h"

#define BESIDE_SERVER "vantage server\nphone expires=3600\nat 0 phone -> server registration\n"

static void another_host_reaches_a_device_that_it_names(void **state)
{
    static const char scenario[] =
        BESIDE_SERVER "server other 198.51.100.20\n"
                      "at 20 other -> phone INVITE\n"
                      "at 21 other -> phone copy\n"
                      "at 30 other -> phone OPTIONS uri=sip:100@203.0.113.2\n"
                      "end 100\n";

    assert_told(scenario, told_outages, "1 INVITE to other source at 20 to 21");
    assert_told(scenario, told_inbound, "0 answered, 1 unanswered");
}

/* To a NAT that looks at ports it is somebody else (RFC 4787 section 5). */
static void another_port_of_the_server_is_another_source(void **state)
{
    assert_told(BESIDE_SERVER "at 20 server -> phone OPTIONS src=198.51.100.10:5080\n"
                              "end 100\n",
                told_outages, "1 OPTIONS to other source at 20");
}

static void a_private_contact_is_another_way(void **state)
{
    assert_told(BESIDE_SERVER "at 20 server -> phone INVITE dst=192.168.1.10:5060\n"
                              "at 21 server -> phone copy dst=192.168.1.10:5060\n"
                              "end 100\n",
                told_outages, "1 INVITE to contact at 20 to 21");
}

static void an_address_that_is_nobodys_is_no_way(void **state)
{
    assert_told(BESIDE_SERVER "at 20 server -> phone INVITE dst=192.168.1.77:5060\n"
                              "at 21 server -> phone INVITE dst=203.0.113.77:40001\n"
                              "end 100\n",
                told_inbound, "0 answered, 0 unanswered");
}

static void an_old_mapping_is_another_way(void **state)
{
    assert_told(BESIDE_SERVER "at 100 phone public-port=40713\n"
                              "at 100 phone -> server registration\n"
                              "at 110 server -> phone OPTIONS dst=203.0.113.2:40001\n"
                              "at 150 server -> phone OPTIONS\n"
                              "at 150.03 phone -> server 200\n"
                              "end 200\n",
                told_outages, "1 OPTIONS to old flow at 110 back 150.03 works 150");
}

static const char gateway[] = "vantage server\n"
                              "phone one 192.168.1.10 user=one public-port=40001\n"
                              "phone two 192.168.1.10 user=two public-port=40001\n"
                              "at 0 one -> server registration\n"
                              "at 5 two -> server registration\n";

static void accounts_of_one_path_are_told_apart_by_the_request_uri(void **state)
{
    g_autofree char *text = g_strconcat(gateway,
                                        "at 20 server -> one OPTIONS\n"
                                        "at 20.03 one -> server 200\n"
                                        "at 30 server -> two INVITE\n"
                                        "at 31 server -> two copy\n"
                                        "at 40 server -> two INVITE uri=sip:three@192.168.1.10\n"
                                        "end 100\n",
                                        NULL);

    assert_told(text, told_inbound,
                "1 answered, newest OPTIONS 200 at 20 by flow, 0 unanswered\n"
                "0 answered, 1 unanswered");
    assert_told(text, told_outages, "1 INVITE to flow at 30 to 31");
}

/* What passes there is for all phones behind the proxy. */
static void behind_a_proxy_nothing_is_said_of_the_device(void **state)
{
    assert_told("vantage server\n"
                "server proxy 198.51.100.20\n"
                "at 0 phone -> proxy REGISTER unseen\n"
                "at 0.01 proxy -> server forward\n"
                "at 0.02 server -> proxy 200\n"
                "at 20 server -> proxy OPTIONS uri=sip:alice@192.168.1.10:5060\n"
                "at 21 server -> proxy copy\n"
                "end 100\n",
                told_inbound, "0 answered, 0 unanswered");
}

/* Its own Contact, but over TCP it is at another port. */
static void a_contact_beside_the_connection_is_another_way(void **state)
{
    assert_told("vantage server\n"
                "phone 203.0.113.9:49170 transport=tcp\n"
                "phone caller 203.0.113.50 user=carol\n"
                "at 0 phone -> server connect\n"
                "at 0.1 phone -> server REGISTER contact=<sip:alice@203.0.113.9:5060>\n"
                "at 0.2 server -> phone 200\n"
                "at 20 caller -> phone INVITE uri=sip:alice@203.0.113.9 dst=203.0.113.9:5060\n"
                "end 100\n",
                told_outages, "1 INVITE to contact at 20");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_host_reaches_a_device_that_it_names),
        cmocka_unit_test(another_port_of_the_server_is_another_source),
        cmocka_unit_test(a_private_contact_is_another_way),
        cmocka_unit_test(an_address_that_is_nobodys_is_no_way),
        cmocka_unit_test(an_old_mapping_is_another_way),
        cmocka_unit_test(accounts_of_one_path_are_told_apart_by_the_request_uri),
        cmocka_unit_test(behind_a_proxy_nothing_is_said_of_the_device),
        cmocka_unit_test(a_contact_beside_the_connection_is_another_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
