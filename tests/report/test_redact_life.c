/*
 * The copy of a device's life has no address in it that was in the original.
 */

#include "report/redact_copy.h"

#include "sample.h"

static void assert_other_address(const NetAddr *copy, const NetAddr *original)
{
    assert_int_equal(copy->version, original->version);
    assert_false(net_addr_equal(copy, original));
}

static void addresses_are_tokens_everywhere(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportRedactor) redactor = report_redactor_new();
    RedactCopier *copier = redact_copier_new(redactor, s->infos);
    RegNatRestart restart = { .devices = 3, .address = { { 203, 0, 113, 9 }, 4 } };

    sample_live(s);
    s->nat.restart = &restart;
    s->outage.last.icmp_reporter = (NetAddr){ { 203, 0, 113, 1 }, 4 };

    const RegLife *copy = redact_life(copier, &s->life);

    assert_other_address(&copy->nat->address, &s->nat.address);
    assert_other_address(&copy->nat->server, &s->nat.server);
    assert_other_address(&copy->nat->restart->address, &restart.address);
    assert_other_address(&copy->answered->from.addr, &s->answered.from.addr);
    assert_other_address(&copy->answered->to.addr, &s->answered.to.addr);
    assert_other_address(&copy->outages[0].first.to.addr, &s->outage.first.to.addr);
    assert_other_address(&copy->outages[0].last.from.addr, &s->outage.last.from.addr);
    assert_other_address(&copy->outages[0].last.icmp_reporter, &s->outage.last.icmp_reporter);
    assert_other_address(&copy->moves[0].from.addr, &s->move.from.addr);
    assert_other_address(&copy->moves[0].to.addr, &s->move.to.addr);
    assert_other_address(&copy->server_move->from.addr, &s->server_move.from.addr);
    assert_other_address(&copy->server_move->to.addr, &s->server_move.to.addr);
    /* The same one has the same token. */
    assert_true(net_addr_equal(&copy->nat->address, &copy->moves[0].to.addr));
    assert_int_equal(copy->moves[0].to.port, 1672);
    assert_int_equal(copy->covered, s->life.covered);
    redact_copier_free(copier);
}

static void no_report_has_an_address_of_it(void **state)
{
    static const char *const formats[] = { "text", "json", "jsonl" };
    g_autoptr(Sample) s = sample_new();

    sample_live(s);
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autoptr(ReportRedactor) redactor = report_redactor_new();
        g_autofree char *text =
            sample_write(s, formats[i], (ReportOptions){ .verbose = true, .redactor = redactor });

        assert_lacks(text, "203.0.113.");
        assert_lacks(text, "198.51.100.");
        assert_contains(text, "192.0.2.");
    }
}

static void nothing_stays_nothing(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportRedactor) redactor = report_redactor_new();
    RedactCopier *copier = redact_copier_new(redactor, s->infos);
    RegLife empty = { 0 };

    assert_null(redact_life(copier, NULL));
    assert_null(redact_life(copier, &empty)->nat);
    assert_null(redact_life(copier, &empty)->outages);
    redact_copier_free(copier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_tokens_everywhere),
        cmocka_unit_test(no_report_has_an_address_of_it),
        cmocka_unit_test(nothing_stays_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
