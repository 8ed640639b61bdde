/* Method names. */

#include "sip/message.h"
#include "support/check.h"

static void every_method_has_its_name(void **state)
{
    for (unsigned i = SIP_METHOD_REGISTER; i <= SIP_METHOD_REFER; i++)
        assert_int_equal(sip_method_of(str_of(sip_method_name((SipMethod)i))), i);
    assert_string_equal(sip_method_name(SIP_METHOD_REGISTER), "REGISTER");
    assert_string_equal(sip_method_name(SIP_METHOD_REFER), "REFER");
    assert_string_equal(sip_method_name(SIP_METHOD_OTHER), "OTHER");
}

static void small_letters_make_another_method(void **state)
{
    assert_int_equal(sip_method_of(STR("register")), SIP_METHOD_OTHER);
    assert_int_equal(sip_method_of(STR("Invite")), SIP_METHOD_OTHER);
    assert_int_equal(sip_method_of(STR("REGISTERS")), SIP_METHOD_OTHER);
    assert_int_equal(sip_method_of(STR("")), SIP_METHOD_OTHER);
    assert_int_equal(sip_method_of(STR_NONE), SIP_METHOD_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method_has_its_name),
        cmocka_unit_test(small_letters_make_another_method),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
