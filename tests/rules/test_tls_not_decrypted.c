/*
 * TLS is no registration and no proof that there was none.
 */

#include "expect.h"

extern const Rule rule_tls_not_decrypted;

static void notes_that_a_connection_could_not_be_read(void **state)
{
    g_autoptr(Judgement) j = judge("phone  192.168.1.10:49170 transport=tcp\n"
                                   "server 198.51.100.10:5061\n"
                                   "at 0    phone -> server connect\n"
                                   "at 0.1  phone -> server tls client-hello\n"
                                   "at 0.12 server -> phone tls server-hello\n"
                                   "at 0.2  phone -> server tls data\n"
                                   "end 60\n",
                                   &rule_tls_not_decrypted);

    assert_fires(j, FINDING_PROVEN,
                 "TLS was seen and could not be read without keys: registrations over it, if there "
                 "are any, are not in this report");
    assert_fact(j, 0, "first TLS record", 4);
    assert_int_equal(j->finding->rule->severity, FINDING_NOTE);
}

static void is_clean_when_sip_is_readable(void **state)
{
    g_autoptr(Judgement) j = judge("phone 192.168.1.10:49170 transport=tcp\n"
                                   "at 0   phone -> server connect\n"
                                   "at 0.1 phone -> server registration\n"
                                   "end 60\n",
                                   &rule_tls_not_decrypted);

    assert_clean(j);
}

/* 22, 3, 1: the first bytes of a TLS record, in a datagram. */
static void is_clean_when_a_datagram_looks_like_it(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server registration\n"
                                   "at 1 phone -> server raw \"\\x16\\x03\\x01\\x00\\x02ab\"\n"
                                   "end 60\n",
                                   &rule_tls_not_decrypted);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_that_a_connection_could_not_be_read),
        cmocka_unit_test(is_clean_when_sip_is_readable),
        cmocka_unit_test(is_clean_when_a_datagram_looks_like_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
