/* The examples of RFC 3261 section 19.1.4, and some of our own. */

#include <glib.h>

#include "sip/value.h"
#include "support/check.h"

typedef struct Pair {
    const char *a;
    const char *b;
} Pair;

static bool equal(const char *a, const char *b)
{
    SipUri x = sip_uri_parse(str_of(a));
    SipUri y = sip_uri_parse(str_of(b));
    bool there = sip_uri_equal(&x, &y);

    assert_int_equal(there, sip_uri_equal(&y, &x));
    return there;
}

static void these_are_the_same(void **state)
{
    const Pair pairs[] = {
        { "sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp" },
        { "sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5" },
        { "sip:carol@chicago.com", "sip:carol@chicago.com;security=on" },
        { "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
          "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com" },
        { "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
          "sip:alice@atlanta.com?priority=urgent&subject=project%20x" },
        { "sip:a@x;lr", "sip:a@x;lr;ob" },
        { "SIP:a@x", "sip:a@x" },
        { "sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0:0:0:0:0:1]" },
        { "tel:+1234", "tel:+1234" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        assert_true(equal(pairs[i].a, pairs[i].b));
}

static void these_are_not(void **state)
{
    const Pair pairs[] = {
        { "SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP" },
        { "sip:bob@biloxi.com", "sip:bob@biloxi.com:5060" },
        { "sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp" },
        { "sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp" },
        { "sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting" },
        { "sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4" },
        { "sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off" },
        { "sip:a@x", "sips:a@x" },
        { "sip:a@x", "sip:x" },
        { "sip:a@x", "sip:a:p@x" },
        { "sip:a@x;user=phone", "sip:a@x" },
        { "sip:a@x;ttl=1", "sip:a@x" },
        { "sip:a@x;method=INVITE", "sip:a@x" },
        { "sip:a@x;maddr=192.0.2.1", "sip:a@x" },
        { "sip:a%40b@x", "sip:a%3Bb@x" },
        { "sip:a%3Bb@x", "sip:a;b@x" },
        { "sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]" },
        { "tel:+1234", "tel:+1235" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        assert_false(equal(pairs[i].a, pairs[i].b));
}

static void a_flood_of_parameters_is_compared_as_text(void **state)
{
    g_autoptr(GString) a = g_string_new("sip:a@x");
    g_autoptr(GString) b = g_string_new("sip:a@x");

    for (unsigned i = 0; i < 64; i++) {
        g_string_append_printf(a, ";p%u", i);
        g_string_append_printf(b, ";p%u", 63 - i);
    }
    assert_true(equal(a->str, b->str));
    g_string_append(a, ";q");
    g_string_append(b, ";q");
    assert_false(equal(a->str, b->str));
    assert_true(equal(a->str, a->str));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(these_are_the_same),
        cmocka_unit_test(these_are_not),
        cmocka_unit_test(a_flood_of_parameters_is_compared_as_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
