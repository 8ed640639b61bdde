/*
 * Certificates: whose, until when, and for whom they are good.
 */

#include "net/certificate.h"

#include <openssl/err.h>

#include "issue.h"

static NetCertificate *parse_order(const Order *order)
{
    g_autoptr(GBytes) der = issue(order);
    NetCertificate *certificate = net_certificate_parse(issue_der(der));

    assert_non_null(certificate);
    return certificate;
}

/* One for these names, with "cn.example.com" in the subject. */
static NetCertificate *parse_names(const char *names)
{
    return parse_order(&(Order){ .common_name = "cn.example.com", .names = names });
}

static void reads_who_it_is_for_and_by_whom(void **state)
{
    g_autoptr(NetCertificate) certificate =
        parse_order(&(Order){ .common_name = "sip.example.com", .issuer = "Example Root" });

    assert_str_equal(certificate->subject, "sip.example.com");
    assert_str_equal(certificate->issuer, "Example Root");
    assert_false(certificate->self_signed);
    assert_false(certificate->malformed);
    assert_false(certificate->has_names);
    assert_string_equal(certificate->key, "EC");
    assert_int_equal(certificate->key_bits, 256);
    assert_string_equal(certificate->signed_by, "ecdsa-with-SHA256");
}

static void notices_that_it_signed_itself(void **state)
{
    g_autoptr(NetCertificate) certificate = parse_order(&(Order){ .common_name = "me" });

    assert_true(certificate->self_signed);
    assert_str_equal(certificate->issuer, "me");
}

static bool covers(const NetCertificate *certificate, Str host)
{
    return net_certificate_match(certificate, host) >= NET_CERTIFICATE_COMMON_NAME;
}

static void does_without_a_common_name(void **state)
{
    g_autoptr(NetCertificate) certificate = parse_order(&(Order){ .issuer = "Example Root" });

    assert_false(str_present(certificate->subject));
    assert_false(covers(certificate, STR("sip.example.com")));
    assert_false(covers(certificate, STR("")));
}

static void takes_the_last_of_several_common_names(void **state)
{
    X509 *draft = issue_draft(&(Order){ .common_name = "first" });

    issue_add_name(X509_get_subject_name(draft), "second");

    g_autoptr(GBytes) der = issue_draft_signed(draft, NULL);
    g_autoptr(NetCertificate) certificate = net_certificate_parse(issue_der(der));

    assert_str_equal(certificate->subject, "second");
    assert_str_equal(certificate->issuer, "first");
}

static void names_keys_and_signatures(void **state)
{
    g_autoptr(NetCertificate) rsa = parse_order(&(Order){ .key = "RSA" });
    g_autoptr(NetCertificate) ed = parse_order(&(Order){ .key = "ED25519" });

    assert_string_equal(rsa->key, "RSA");
    assert_int_equal(rsa->key_bits, 1024);
    assert_string_equal(rsa->signed_by, "sha256WithRSAEncryption");
    assert_string_equal(ed->key, "Ed25519");
    assert_string_equal(ed->signed_by, "ED25519");
}

static void assert_from(const char *from, const char *expected)
{
    g_autoptr(NetCertificate) certificate = parse_order(&(Order){ .from = from });
    char text[NSEC_TEXT];

    assert_string_equal(nsec_to_text(certificate->not_before, text), expected);
}

/* RFC 5280 section 4.1.2.5.1 */
static void takes_two_digits_for_the_years_around_2000(void **state)
{
    assert_from("500101000000Z", "1950-01-01T00:00:00.000000000Z");
    assert_from("700101000000Z", "1970-01-01T00:00:00.000000000Z");
    assert_from("991231235959Z", "1999-12-31T23:59:59.000000000Z");
    assert_from("491231235959Z", "2049-12-31T23:59:59.000000000Z");
    assert_from("20500101000000Z", "2050-01-01T00:00:00.000000000Z");
}

static void clamps_dates_that_are_too_far_away(void **state)
{
    g_autoptr(NetCertificate) certificate =
        parse_order(&(Order){ .from = "00010101000000Z", .until = "99991231235959Z" });

    assert_true(certificate->not_before == -NSEC_MAX);
    assert_true(certificate->not_after == NSEC_MAX);
}

static void takes_a_validity_that_ends_before_it_begins_as_it_is(void **state)
{
    g_autoptr(NetCertificate) certificate =
        parse_order(&(Order){ .from = "20270101000000Z", .until = "20260101000000Z" });

    assert_true(certificate->not_before > certificate->not_after);
}

/* The encoding says UTCTime, the digits say nothing. */
static void does_without_a_date_it_cannot_read(void **state)
{
    g_autoptr(GBytes) der = issue(&(Order){ .common_name = "a", .from = "260101000000Z" });
    g_autofree char *copy = g_memdup2(issue_der(der).data, issue_der(der).len);
    char *date = memmem(copy, issue_der(der).len, "260101000000Z", 13);

    assert_non_null(date);
    memcpy(date, "26xx", 4);

    g_autoptr(NetCertificate) certificate =
        net_certificate_parse((Str){ copy, issue_der(der).len });

    assert_true(certificate->not_before == NSEC_NONE);
    assert_true(certificate->not_after != NSEC_NONE);
    assert_str_equal(certificate->subject, "a");
}

static void lists_the_other_names(void **state)
{
    g_autoptr(NetCertificate) certificate =
        parse_names("DNS:sip.example.com,IP:192.0.2.1,email:a@example.com,IP:2001:db8::1,"
                    "URI:sip:example.com,URI:https://example.com");
    char text[NET_ENDPOINT_TEXT];

    assert_true(certificate->has_names);
    assert_int_equal(certificate->n_names, 4);
    assert_false(certificate->names_cut);
    assert_int_equal(certificate->names[0].kind, NET_CERTIFICATE_DNS);
    assert_str_equal(certificate->names[0].text, "sip.example.com");
    assert_int_equal(certificate->names[1].kind, NET_CERTIFICATE_ADDR);
    assert_string_equal(net_addr_to_text(&certificate->names[1].addr, text), "192.0.2.1");
    assert_string_equal(net_addr_to_text(&certificate->names[2].addr, text), "2001:db8::1");
    assert_int_equal(certificate->names[3].kind, NET_CERTIFICATE_SIP);
    assert_str_equal(certificate->names[3].text, "sip:example.com");
}

/* --- whom it covers ------------------------------------------------------ */

static void covers_its_names_whatever_their_case(void **state)
{
    g_autoptr(NetCertificate) certificate = parse_names("DNS:Sip.Example.com,DNS:b.example.net");

    assert_int_equal(net_certificate_match(certificate, STR("sip.example.COM")),
                     NET_CERTIFICATE_EXACT);
    assert_int_equal(net_certificate_match(certificate, STR("b.example.net.")),
                     NET_CERTIFICATE_EXACT);
    assert_true(covers(certificate, STR("b.example.net")));
    assert_false(covers(certificate, STR("example.com")));
    assert_false(covers(certificate, STR("x.sip.example.com")));
    assert_false(covers(certificate, STR("xsip.example.com")));
    assert_false(covers(certificate, STR("sip.example.co")));
    assert_false(covers(certificate, STR("")));
    assert_false(covers(certificate, STR(".")));
    assert_false(covers(certificate, STR_NONE));
}

static void lets_a_wildcard_stand_for_one_label(void **state)
{
    g_autoptr(NetCertificate) certificate =
        parse_names("DNS:*.example.com,DNS:*.net,DNS:s*p.example.org,DNS:a.*.example.org,DNS:*");

    assert_int_equal(net_certificate_match(certificate, STR("sip.EXAMPLE.com")),
                     NET_CERTIFICATE_WILDCARD);
    assert_true(covers(certificate, STR("sip.example.com")));
    assert_false(covers(certificate, STR("a.sip.example.com")));
    assert_false(covers(certificate, STR("example.com")));
    assert_false(covers(certificate, STR(".example.com")));
    assert_false(covers(certificate, STR("example.net")));
    assert_false(covers(certificate, STR("sip.example.org")));
    assert_false(covers(certificate, STR("a.b.example.org")));
    assert_false(covers(certificate, STR("localhost")));
}

static void covers_an_address_only_as_an_address(void **state)
{
    g_autoptr(NetCertificate) addresses = parse_names("IP:192.0.2.1,IP:2001:db8::1");
    g_autoptr(NetCertificate) names = parse_names("DNS:192.0.2.1,DNS:*.0.2.1");

    assert_true(covers(addresses, STR("192.0.2.1")));
    assert_true(covers(addresses, STR("[2001:DB8:0::1]")));
    assert_false(covers(addresses, STR("192.0.2.2")));
    assert_false(covers(addresses, STR("sip.example.com")));
    assert_false(covers(names, STR("192.0.2.1")));
}

/* RFC 5922 section 7.1 */
static void covers_the_domain_of_a_sip_uri(void **state)
{
    g_autoptr(NetCertificate) certificate = parse_names(
        "URI:sip:example.com,URI:SIP:port.example.com:5061,URI:sip:tls.example.com;transport=tls,"
        "URI:sip:alice@user.example.com,URI:sips:secure.example.com,URI:sip:[2001:db8::1]:5061,"
        "URI:sip:q.example.com?x=y");

    assert_true(covers(certificate, STR("example.com")));
    assert_true(covers(certificate, STR("port.example.com")));
    assert_true(covers(certificate, STR("tls.example.com")));
    assert_true(covers(certificate, STR("q.example.com")));
    assert_true(covers(certificate, STR("2001:db8::1")));
    assert_false(covers(certificate, STR("user.example.com")));
    assert_false(covers(certificate, STR("secure.example.com")));
    assert_false(covers(certificate, STR("2001:db8::2")));
}

static void looks_at_the_subject_only_without_other_names(void **state)
{
    g_autoptr(NetCertificate) bare = parse_names(NULL);
    g_autoptr(NetCertificate) named = parse_names("DNS:other.example.com");
    g_autoptr(NetCertificate) mailed = parse_names("email:a@example.com");

    assert_int_equal(net_certificate_match(bare, STR("cn.example.com")),
                     NET_CERTIFICATE_COMMON_NAME);
    assert_true(covers(bare, STR("CN.example.com")));
    assert_false(covers(bare, STR("other.example.com")));
    assert_false(covers(named, STR("cn.example.com")));
    assert_false(covers(mailed, STR("cn.example.com")));
}

/* --- traps ------------------------------------------------------------------ */

/* Adds the same name, of any bytes, many times. */
static GBytes *issue_many(const char *name, int len, unsigned times)
{
    X509 *draft = issue_draft(&(Order){ .common_name = "a" });
    GENERAL_NAMES *names = GENERAL_NAMES_new();

    for (unsigned i = 0; i < times; i++) {
        GENERAL_NAME *one = GENERAL_NAME_new();
        ASN1_IA5STRING *text = ASN1_IA5STRING_new();

        ASN1_STRING_set(text, name, len);
        GENERAL_NAME_set0_value(one, GEN_DNS, text);
        sk_GENERAL_NAME_push(names, one);
    }
    assert_int_equal(X509_add1_ext_i2d(draft, NID_subject_alt_name, names, 0, 0), 1);
    GENERAL_NAMES_free(names);
    return issue_draft_signed(draft, NULL);
}

static void does_not_end_a_name_at_a_nul(void **state)
{
    static const char name[] = "sip.example.com\0.evil.example";
    g_autoptr(GBytes) der = issue_many(name, sizeof(name) - 1, 1);
    g_autoptr(NetCertificate) certificate = net_certificate_parse(issue_der(der));

    assert_int_equal(certificate->names[0].text.len, sizeof(name) - 1);
    assert_false(covers(certificate, STR("sip.example.com")));
}

static void keeps_the_first_names_of_very_many(void **state)
{
    g_autoptr(GBytes) many = issue_many("sip.example.com", 15, 10000);
    g_autoptr(GBytes) full = issue_many("sip.example.com", 15, NET_CERTIFICATE_NAMES);
    g_autoptr(NetCertificate) cut = net_certificate_parse(issue_der(many));
    g_autoptr(NetCertificate) whole = net_certificate_parse(issue_der(full));

    assert_int_equal(cut->n_names, NET_CERTIFICATE_NAMES);
    assert_true(cut->names_cut);
    assert_int_equal(net_certificate_match(cut, STR("sip.example.com")), NET_CERTIFICATE_EXACT);
    assert_int_equal(net_certificate_match(cut, STR("example.com")), NET_CERTIFICATE_UNKNOWN);
    assert_false(covers(cut, STR("example.com")));
    assert_int_equal(whole->n_names, NET_CERTIFICATE_NAMES);
    assert_false(whole->names_cut);
    assert_int_equal(net_certificate_match(whole, STR("example.com")), NET_CERTIFICATE_OTHER);
}

static void says_that_it_cannot_read_the_names(void **state)
{
    g_autoptr(NetCertificate) certificate =
        parse_order(&(Order){ .common_name = "cn.example.com", .name_value = "30:05:82:01" });

    assert_true(certificate->malformed);
    assert_true(certificate->has_names);
    assert_int_equal(certificate->n_names, 0);
    assert_int_equal(net_certificate_match(certificate, STR("cn.example.com")),
                     NET_CERTIFICATE_UNKNOWN);
}

static void says_that_it_does_not_know_which_names_count(void **state)
{
    const Order order = { .common_name = "cn.example.com", .names = "DNS:cn.example.com" };
    X509 *draft = issue_draft(&order);

    issue_add_extension(draft, &order); /* RFC 5280 section 4.2 forbids the second */

    g_autoptr(GBytes) der = issue_draft_signed(draft, NULL);
    g_autoptr(NetCertificate) certificate = net_certificate_parse(issue_der(der));

    assert_true(certificate->malformed);
    assert_int_equal(net_certificate_match(certificate, STR("cn.example.com")),
                     NET_CERTIFICATE_UNKNOWN);
}

static void refuses_an_address_of_five_bytes(void **state)
{
    g_autoptr(NetCertificate) certificate = parse_order(
        &(Order){ .common_name = "cn.example.com", .name_value = "30:07:87:05:C0:00:02:01:00" });

    assert_true(certificate->malformed);
    assert_int_equal(certificate->n_names, 0);
}

static void marks_bytes_behind_the_end(void **state)
{
    g_autoptr(GBytes) der = issue(&(Order){ .common_name = "a" });
    g_autoptr(GString) longer = g_string_new_len(issue_der(der).data, (gssize)issue_der(der).len);

    g_string_append_c(longer, '\0');

    g_autoptr(NetCertificate) certificate =
        net_certificate_parse((Str){ longer->str, longer->len });

    assert_true(certificate->malformed);
    assert_str_equal(certificate->subject, "a");
}

static void is_nothing_for_bombs_and_noise(void **state)
{
    g_autofree char *nested = g_malloc(20000);
    g_autofree char *large = g_malloc0(NET_CERTIFICATE_MAX + 1);

    for (size_t i = 0; i < 20000; i += 2)
        memcpy(nested + i, "\x30\x80", 2); /* sequences without end in each other */
    assert_null(net_certificate_parse((Str){ nested, 20000 }));
    assert_null(net_certificate_parse((Str){ large, NET_CERTIFICATE_MAX + 1 }));
    assert_null(net_certificate_parse(STR("\x30\x84\x80\x00\x00\x00\x30\x00")));
    assert_null(net_certificate_parse(STR("\x30\x84\x7f\xff\xff\xff\x30\x00")));
    assert_null(net_certificate_parse(STR("\x30\x00")));
    assert_null(net_certificate_parse(STR("")));
    assert_null(net_certificate_parse(STR_NONE));
}

static void leaves_no_error_behind(void **state)
{
    ERR_clear_error();
    assert_null(net_certificate_parse(STR("\x30\x00")));
    assert_int_equal(ERR_peek_error(), 0);

    g_autoptr(NetCertificate) certificate =
        parse_order(&(Order){ .common_name = "a", .name_value = "30:05:82:01" });

    assert_true(certificate->malformed);
    assert_int_equal(ERR_peek_error(), 0);
}

static void survives_any_cut(void **state)
{
    g_autoptr(GBytes) der = issue(&(Order){
        .common_name = "sip.example.com", .names = "DNS:sip.example.com,IP:192.0.2.1,URI:sip:a" });
    Str whole = issue_der(der);

    for (size_t len = 0; len < whole.len; len++) {
        g_autofree char *block = g_memdup2(whole.data, len);

        assert_null(net_certificate_parse((Str){ block, len }));
    }
}

/* Each byte in turn is not what it was. */
static void survives_any_change(void **state)
{
    g_autoptr(GBytes) der = issue(&(Order){
        .common_name = "sip.example.com", .names = "DNS:sip.example.com,IP:192.0.2.1,URI:sip:a" });
    Str whole = issue_der(der);
    unsigned n_read = 0;

    for (size_t i = 0; i < whole.len; i++) {
        g_autofree char *block = g_memdup2(whole.data, whole.len);

        block[i] = (char)(block[i] ^ 0x81);

        g_autoptr(NetCertificate) certificate = net_certificate_parse((Str){ block, whole.len });

        n_read += certificate != NULL;
        if (certificate != NULL)
            assert_true(certificate->n_names <= 3);
    }
    assert_in_range(n_read, 1, whole.len - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_who_it_is_for_and_by_whom),
        cmocka_unit_test(notices_that_it_signed_itself),
        cmocka_unit_test(does_without_a_common_name),
        cmocka_unit_test(takes_the_last_of_several_common_names),
        cmocka_unit_test(names_keys_and_signatures),
        cmocka_unit_test(takes_two_digits_for_the_years_around_2000),
        cmocka_unit_test(clamps_dates_that_are_too_far_away),
        cmocka_unit_test(takes_a_validity_that_ends_before_it_begins_as_it_is),
        cmocka_unit_test(does_without_a_date_it_cannot_read),
        cmocka_unit_test(lists_the_other_names),
        cmocka_unit_test(covers_its_names_whatever_their_case),
        cmocka_unit_test(lets_a_wildcard_stand_for_one_label),
        cmocka_unit_test(covers_an_address_only_as_an_address),
        cmocka_unit_test(covers_the_domain_of_a_sip_uri),
        cmocka_unit_test(looks_at_the_subject_only_without_other_names),
        cmocka_unit_test(does_not_end_a_name_at_a_nul),
        cmocka_unit_test(keeps_the_first_names_of_very_many),
        cmocka_unit_test(says_that_it_cannot_read_the_names),
        cmocka_unit_test(says_that_it_does_not_know_which_names_count),
        cmocka_unit_test(refuses_an_address_of_five_bytes),
        cmocka_unit_test(marks_bytes_behind_the_end),
        cmocka_unit_test(is_nothing_for_bombs_and_noise),
        cmocka_unit_test(leaves_no_error_behind),
        cmocka_unit_test(survives_any_cut),
        cmocka_unit_test(survives_any_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
