/* The uris that a device may have meant. */

#include "choices.h"

static Offered *uris_of(const Login *login)
{
    Offered *offered = offered_new(login);

    reg_choices_of_uri(&offered->choices, &offered->scene, &offered->base);
    return offered;
}

static const char *as(const Offered *offered, const char *uri)
{
    return offered_as(offered, REG_INGREDIENT_URI, str_of(uri));
}

static void the_request_uri_comes_first(void **state)
{
    g_autoptr(Offered) offered = uris_of(&(Login){ .request_uri = "sip:192.0.2.1:5062" });

    assert_str_equal(offered->choices.all[0].value, "sip:192.0.2.1:5062");
    assert_string_equal(as(offered, "sip:192.0.2.1"), "uri_port");
}

static void varies_port_parameters_scheme_and_user(void **state)
{
    g_autoptr(Offered) offered =
        uris_of(&(Login){ .uri = "sip:PBX.example.com:5070;transport=tls;lr" });

    assert_string_equal(as(offered, "sip:PBX.example.com;transport=tls;lr"), "uri_port");
    assert_string_equal(as(offered, "sip:PBX.example.com:5061;transport=tls;lr"), "uri_port");
    assert_string_equal(as(offered, "sip:PBX.example.com:5070"), "uri_params");
    assert_string_equal(as(offered, "sip:PBX.example.com:5070;transport=tls"), "uri_params");
    assert_string_equal(as(offered, "sip:PBX.example.com"), "uri_params");
    assert_string_equal(as(offered, "sips:PBX.example.com:5070;transport=tls;lr"), "uri_scheme");
    assert_string_equal(as(offered, "sip:ext7@PBX.example.com:5070;transport=tls;lr"), "uri_user");
    assert_string_equal(as(offered, "sip:pbx.example.com:5070;transport=tls;lr"), "uri_host_form");
    assert_all_differ(offered, REG_INGREDIENT_URI, offered->base.uri);
}

static void takes_hosts_from_everywhere(void **state)
{
    g_autoptr(Offered) offered = uris_of(&(Login){
        .realm = "realm.example.org",
        .to = "sip:ext7@to.example.org",
        .contact = "sip:phone7@10.0.0.1:6060",
        .address = "[2001:db8::1]:5080",
    });

    assert_string_equal(as(offered, "sip:to.example.org"), "uri_host");
    assert_string_equal(as(offered, "sip:realm.example.org"), "uri_host");
    assert_string_equal(as(offered, "sip:203.0.113.5"), "uri_host");
    assert_string_equal(as(offered, "sip:203.0.113.5:5060"), "uri_host");
    assert_string_equal(as(offered, "sip:192.168.1.10"), "uri_host");
    assert_string_equal(as(offered, "sip:call.example.org"), "uri_host");
    assert_string_equal(as(offered, "sip:10.0.0.1:6060"), "uri_host");
    assert_string_equal(as(offered, "sip:[2001:db8::1]:5080"), "uri_host");
    assert_string_equal(as(offered, "sip:[2001:db8::1]"), "uri_host");
}

static void makes_something_of_a_uri_that_is_none(void **state)
{
    g_autoptr(Offered) offered = uris_of(&(Login){ .uri = "pbx.example.com" });

    assert_string_equal(as(offered, "sip:pbx.example.com"), "uri_request_uri");
}

static void never_offers_more_than_its_share(void **state)
{
    Str addresses[] = { STR("a1:1"), STR("a2:2"), STR("a3:3"), STR("a4:4"), STR("a5:5"),
                        STR("a6:6"), STR("a7:7"), STR("a8:8"), STR("a9:9"), STR("b1:1") };
    g_autoptr(Offered) offered = offered_new(&(Login){
        .uri = "sips:u@one.example.com:5070;a", .request_uri = "sip:v@two.example.com:5071;b" });

    offered->answered->input.addresses = addresses;
    offered->answered->input.n_addresses = G_N_ELEMENTS(addresses);
    reg_choices_of_uri(&offered->choices, &offered->scene, &offered->base);
    assert_true(offered_count(offered, REG_INGREDIENT_URI) > 60);
    assert_true(offered_count(offered, REG_INGREDIENT_URI) <= REG_CHOICES_EACH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_uri_comes_first),
        cmocka_unit_test(varies_port_parameters_scheme_and_user),
        cmocka_unit_test(takes_hosts_from_everywhere),
        cmocka_unit_test(makes_something_of_a_uri_that_is_none),
        cmocka_unit_test(never_offers_more_than_its_share),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
