/*
 * How long a device was registered and could be reached, in words.
 */

#include "sample.h"

static char *told(const Sample *s)
{
    return sample_write(s, "text", (ReportOptions){ .verbose = true });
}

static void gives_both_shares_and_what_is_missing(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_live(s);
    s->binding.end = REG_BINDING_LAPSED;
    s->binding.until = AT(290);

    g_autofree char *text = told(s);

    assert_contains(text,
                    "  Registered 96.6 %, reachable 60 to 90 % of 4 min 58 s; lapsed for 10 s, "
                    "unreachable for 20 s\n");
    assert_contains(text, "-- registration ran out (granted 60 s): unreachable since, 10 s");
}

static void what_could_be_anything_is_not_told(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_live(s);
    s->life.covered = 0;
    s->life.n_outages = 0;

    g_autofree char *unknown = told(s);

    assert_contains(unknown, "  Registered 100 % of 4 min 58 s\n");
    s->life.nat = NULL;
    s->devices[1].server.addr.bytes[0] = 10;

    g_autofree char *no_nat = told(s);

    assert_contains(no_nat, "  Registered 100 %, reachable 100 % of 4 min 58 s\n");
}

/* 59 min 59.98 s of an hour are not all of it. */
static void never_rounds_up_to_the_whole(void **state)
{
    g_autoptr(Sample) s = sample_new();

    s->result.end = AT(3600);
    s->binding.since = START;
    s->binding.until = AT(3599.98);
    s->binding.end = REG_BINDING_LAPSED;

    g_autofree char *text = told(s);

    assert_contains(text, "  Registered 99.9 % of 60 min; lapsed for 20 ms\n");
}

static void tells_what_is_known_of_the_nat(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_live(s);

    s->nat.bounds[REG_NAT_STREAM] = (RegNatBounds){ 8 * NSEC_SEC, NSEC_NONE, NSEC_NONE, 2, 0 };

    g_autofree char *both = told(s);

    assert_contains(both, "  NAT mapping lives 8.0 s to 20 s (2 + 2 observations)\n");
    s->nat.bounds[REG_NAT_STREAM] = (RegNatBounds){ 100 * NSEC_SEC, NSEC_NONE, NSEC_NONE, 5, 0 };

    g_autofree char *two = told(s);

    assert_contains(two, "  NAT mapping after a single exchange: 8.0 s to 20 s (2 + 2 "
                         "observations); with packets both ways:\n"
                         "    at least 100 s (5 + 0 observations)\n");
    s->nat.bounds[REG_NAT_FRESH].dead = NSEC_NONE;
    s->nat.bounds[REG_NAT_FRESH].n_dead = 1;

    g_autofree char *once = told(s);

    assert_contains(once, "  NAT mapping lives at least 100 s, one was gone after 20 s (5 + 1 "
                          "observations)\n");
    s->nat.bounds[REG_NAT_FRESH].dead = 20 * NSEC_SEC;
    s->nat.bounds[REG_NAT_FRESH].alive = 30 * NSEC_SEC;

    g_autofree char *odd = told(s);

    assert_contains(odd, "the observations contradict each other");
}

static void tells_the_longest_silence_and_who_else_is_bound(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_live(s);

    g_autofree char *text = told(s);

    assert_contains(text, "  Longest silence on its path 40 s, from 12:01:20.000; the registrar "
                          "wants to hear it every 30 s\n"
                          "    (Flow-Timer)\n");
    assert_contains(text, "  Also bound to the account: 1 Contact of another device, 2 old "
                          "Contacts of its own (frame 8)\n");
}

static void lists_the_intervals_when_asked_for_everything(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_live(s);

    g_autofree char *text = told(s);
    g_autofree char *brief = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "  12:00:01.120  12:01:40.000    98 s  registered   accepted");
    assert_contains(text, "  12:01:40.000  12:02:00.000    20 s  unreachable  request "
                          "unanswered");
    assert_lacks(brief, "request unanswered");
}

static void events_of_the_path_stand_in_the_timeline(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_live(s);

    g_autofree char *text = told(s);

    assert_contains(text, "12:01:40.000     31  <- OPTIONS sent 4 times, no answer: unreachable "
                          "for 20 s, until");
    assert_contains(text, "12:02:00.000     35  -> heard from again: REGISTER from another public "
                          "address or port");
    assert_contains(text, "12:02:00.000     35  -- comes from 203.0.113.2:1672, before from "
                          "203.0.113.2:18680:");
    assert_contains(text, "12:00:20.000     31  <- 3 OPTIONS answered, every 30 s on average");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_both_shares_and_what_is_missing),
        cmocka_unit_test(what_could_be_anything_is_not_told),
        cmocka_unit_test(never_rounds_up_to_the_whole),
        cmocka_unit_test(tells_what_is_known_of_the_nat),
        cmocka_unit_test(tells_the_longest_silence_and_who_else_is_bound),
        cmocka_unit_test(lists_the_intervals_when_asked_for_everything),
        cmocka_unit_test(events_of_the_path_stand_in_the_timeline),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
