/*
 * What may stand behind --listen, and who is answered.
 */

#include "host/listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include "host/error.h"
#include "support/check.h"

static void check_address(const char *text, const char *expected, unsigned port, bool local)
{
    ListenAddress address;
    char host[64];
    g_autoptr(GError) error = NULL;

    if (!listen_parse(text, &address, &error))
        fail_msg("%s", error->message);
    if (address.address.ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address.address;

        assert_int_equal(ntohs(v4->sin_port), port);
        inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
    } else {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address.address;

        assert_int_equal(ntohs(v6->sin6_port), port);
        inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
    }
    assert_string_equal(host, expected);
    assert_int_equal(address.local, local);
}

static void knows_ports_and_addresses(void **state)
{
    check_address("9124", "127.0.0.1", 9124, true);
    check_address(":9124", "127.0.0.1", 9124, true);
    check_address("localhost:80", "127.0.0.1", 80, true);
    check_address("127.1.2.3:65535", "127.1.2.3", 65535, true);
    check_address("192.0.2.1:9124", "192.0.2.1", 9124, false);
    check_address("0.0.0.0:9124", "0.0.0.0", 9124, false);
    check_address("[::1]:9124", "::1", 9124, true);
    check_address("[::]:9124", "::", 9124, false);
    check_address("[2001:db8::1]:9124", "2001:db8::1", 9124, false);
}

static void refuses_everything_else(void **state)
{
    static const char *const texts[] = {
        "",         "x",         "65536",        "-1",         "9124x",
        "::1:9124", "[::1]",     "[::1:9124",    "[]:1",       "example.com:80",
        "1.2.3:80", "127.0.0.1", "[1.2.3.4]:80", "127.0.0.1:", " 9124",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        ListenAddress address;
        g_autoptr(GError) error = NULL;

        if (listen_parse(texts[i], &address, &error))
            fail_msg("\"%s\" is taken", texts[i]);
        assert_true(g_error_matches(error, HOST_ERROR, HOST_ERROR_FORMAT));
    }
}

static void an_address_that_is_taken_is_told(void **state)
{
    ListenAddress address;
    struct sockaddr_in own;
    socklen_t len = sizeof own;
    g_autoptr(GError) error = NULL;
    int first = listen_open("127.0.0.1:0", &address, &error);

    assert_true(first >= 0);
    assert_int_equal(getsockname(first, (struct sockaddr *)&own, &len), 0);

    g_autofree char *taken = g_strdup_printf("127.0.0.1:%u", ntohs(own.sin_port));

    assert_int_equal(listen_open(taken, &address, &error), -1);
    assert_true(g_error_matches(error, HOST_ERROR, HOST_ERROR_LISTEN));
    assert_non_null(strstr(error->message, "Address already in use"));
    close(first);
}

static void is_asked_by_number_or_as_localhost(void **state)
{
    static const char *const ours[] = { "127.0.0.1", "127.0.0.1:9124", "localhost:9124",
                                        "LocalHost", "[::1]:9124",     "[::1]" };
    static const char *const strange[] = { "", "evil.example:9124", "127.0.0.1.evil.example", "[" };

    assert_true(listen_is_ours(NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
        assert_true(listen_is_ours(ours[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(strange); i++)
        assert_false(listen_is_ours(strange[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_ports_and_addresses),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(an_address_that_is_taken_is_told),
        cmocka_unit_test(is_asked_by_number_or_as_localhost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
