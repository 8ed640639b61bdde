/*
 * Who else is bound to the account, and who took whose place.
 */

#include "reg/rivals.h"

#include "told.h"

#define TWO                                                  \
    "vantage server\n"                                       \
    "phone desk 192.168.1.10 user=alice\n"                   \
    "phone soft 192.168.1.11 user=alice public-port=40002\n" \
    "phone soft agent=Softphone\n"

#define DESK "<sip:alice@192.168.1.10:5060>;expires=3600"
#define SOFT "<sip:alice@192.168.1.11:5060>;expires=3600"

static void told_rivals(GString *text, const RegDevice *device)
{
    const RegEviction *evicted = device->life->evicted;

    g_string_append_printf(text, "d%u: %u others, %u stale", (unsigned)device->id,
                           device->listed_others, device->listed_stale);
    if (evicted != NULL) {
        g_string_append_printf(text, ", evicted %u by d%u", evicted->count, (unsigned)evicted->by);
        told_time(text, "from", evicted->first_time);
        told_time(text, "to", evicted->last_time);
    }
    g_string_append_c(text, '\n');
}

static void told_bindings(GString *text, const RegDevice *device)
{
    for (unsigned i = 0; i < device->n_bindings; i++) {
        const RegBinding *binding = &device->bindings[i];

        g_string_append_printf(text, "d%u: %s", (unsigned)device->id,
                               reg_binding_end_name(binding->end));
        told_time(text, "until", binding->until);
        if (binding->taken_by != 0)
            g_string_append_printf(text, " by d%u frame %u", (unsigned)binding->taken_by,
                                   (unsigned)binding->ended_by.frame);
        g_string_append_c(text, '\n');
    }
}

/* --- evictions ------------------------------------------------------------ */

static const char fight[] = TWO "at 0 desk -> server registration\n"
                                "at 20 soft -> server registration\n"
                                "at 50 desk -> server registration\n"
                                "at 70 soft -> server registration\n"
                                "end 100\n";

static void each_takes_the_place_of_the_other(void **state)
{
    assert_told(fight, told_rivals,
                "d1: 0 others, 0 stale, evicted 2 by d2 from 20.05 to 70.05\n"
                "d2: 0 others, 0 stale, evicted 1 by d1 from 50.05 to 50.05");
}

static void a_place_that_was_taken_is_a_binding_that_ended(void **state)
{
    assert_told(fight, told_bindings,
                "d1: replaced until 20.05 by d2 frame 8\n"
                "d1: replaced until 70.05 by d2 frame 16\n"
                "d2: replaced until 50.05 by d1 frame 12\n"
                "d2: open until 3670.05");
}

static void who_is_listed_too_has_lost_nothing(void **state)
{
    assert_told(TWO "at 0 desk -> server registration\n"
                    "at 20 soft -> server REGISTER\n"
                    "at 20.1 server -> soft 200 contact=\"" DESK ", " SOFT "\"\n"
                    "at 50 desk -> server REGISTER\n"
                    "at 50.1 server -> desk 200 contact=\"" SOFT ", " DESK "\"\n"
                    "end 100\n",
                told_rivals,
                "d1: 1 others, 0 stale\n"
                "d2: 1 others, 0 stale");
}

/* Somebody may have rewritten its Contact. */
static void a_contact_that_nobody_knows_may_be_the_others(void **state)
{
    assert_told(TWO "at 0 desk -> server registration\n"
                    "at 20 soft -> server REGISTER\n"
                    "at 20.1 server -> soft 200 contact=\"" SOFT
                    ", <sip:alice@203.0.113.2:40001>;expires=3580\"\n"
                    "end 100\n",
                told_rivals,
                "d1: 0 others, 0 stale\n"
                "d2: 1 others, 0 stale");
}

static void an_answer_without_its_own_contact_proves_nothing(void **state)
{
    assert_told(TWO "at 0 desk -> server registration\n"
                    "at 20 soft -> server REGISTER\n"
                    "at 20.1 server -> soft 200 contact=<sip:alice@203.0.113.2:40002>\n"
                    "end 100\n",
                told_rivals,
                "d1: 0 others, 0 stale\n"
                "d2: 0 others, 0 stale");
}

static void an_answer_that_was_cut_off_proves_nothing(void **state)
{
    g_autofree char *filler = g_strnfill(1000, 'x');
    g_autofree char *text = g_strconcat("snaplen 1000\n" TWO "at 0 desk -> server registration\n"
                                        "at 20 soft -> server REGISTER\n"
                                        "at 20.1 server -> soft 200 add=\"X: ",
                                        filler, "\" add=\"Contact: " DESK "\"\nend 100\n", NULL);

    assert_told(text, told_rivals,
                "d1: 0 others, 0 stale\n"
                "d2: 0 others, 0 stale");
}

static void another_registrar_has_a_list_of_its_own(void **state)
{
    assert_told(TWO "server other 198.51.100.20\n"
                    "at 0 desk -> server registration\n"
                    "at 20 soft -> other registration\n"
                    "end 100\n",
                told_rivals,
                "d1: 0 others, 0 stale\n"
                "d2: 0 others, 0 stale");
}

static void what_had_run_out_was_not_taken(void **state)
{
    assert_told(TWO "phone desk expires=60\n"
                    "at 0 desk -> server registration\n"
                    "at 120 soft -> server registration\n"
                    "end 200\n",
                told_rivals,
                "d1: 0 others, 0 stale\n"
                "d2: 0 others, 0 stale");
}

/* Some registrars answer with the Contact of who asks, and keep the others. */
static void a_registrar_that_goes_on_calling_has_not_forgotten(void **state)
{
    static const char called[] = TWO "at 0 desk -> server registration\n"
                                     "at 20 soft -> server registration\n"
                                     "at 40 server -> desk OPTIONS\n"
                                     "at 40.03 desk -> server 200\n"
                                     "at 50 desk -> server registration\n"
                                     "end 100\n";

    assert_told(called, told_rivals,
                "d1: 0 others, 0 stale\n"
                "d2: 0 others, 0 stale");
    assert_told(called, told_bindings,
                "d1: open until 3650.05\n"
                "d2: open until 3620.05");
}

static void a_request_that_was_under_way_shows_nothing(void **state)
{
    static const char scenario[] = TWO "at 0 desk -> server registration\n"
                                       "at 20 soft -> server registration\n"
                                       "at 21 server -> desk OPTIONS\n"
                                       "at 21.03 desk -> server 200\n"
                                       "at 40 server -> desk NOTIFY to-tag=dialog\n"
                                       "at 40.03 desk -> server 200\n"
                                       "end 100\n";

    assert_told(scenario, told_rivals,
                "d1: 0 others, 0 stale, evicted 1 by d2 from 20.05 to 20.05\n"
                "d2: 0 others, 0 stale");
}

/* --- old Contacts --------------------------------------------------------- */

static void answer_lists(const char *setting, const char *more, const char *expected)
{
    g_autofree char *text = g_strdup_printf("vantage server\n"
                                            "%s"
                                            "at 0 phone -> server REGISTER\n"
                                            "at 0.1 server -> phone 200 add=\"Contact: %s\"\n"
                                            "end 10\n",
                                            setting, more);

    assert_told(text, told_rivals, expected);
}

static void another_port_of_the_same_host_is_an_old_one(void **state)
{
    answer_lists("", "<sip:alice@192.168.1.10:40811>, <sip:alice@192.168.1.10:40812>",
                 "d1: 0 others, 2 stale");
    answer_lists("", "<sip:alice@192.168.1.12:5060>, <sip:bob@192.168.1.10:5070>",
                 "d1: 2 others, 0 stale");
}

/* Behind it there may be many phones of the account. */
static void another_port_of_a_public_address_is_somebodys(void **state)
{
    answer_lists("phone 203.0.113.9\n", "<sip:alice@203.0.113.9:40811>", "d1: 1 others, 0 stale");
}

static void the_instance_decides(void **state)
{
    static const char own[] = "phone instance=urn:uuid:1\n";

    answer_lists(own, "<sip:alice@192.168.1.77:9>;+sip.instance=\\\"<urn:uuid:1>\\\"",
                 "d1: 0 others, 1 stale");
    answer_lists(own, "<sip:alice@192.168.1.10:9>;+sip.instance=\\\"<urn:uuid:2>\\\"",
                 "d1: 1 others, 0 stale");
    /* RFC 5626 section 4.2: a second flow of the same device */
    answer_lists(own, "<sip:alice@192.168.1.10:9>;+sip.instance=\\\"<urn:uuid:1>\\\";reg-id=2",
                 "d1: 1 others, 0 stale");
}

static void what_it_had_bound_before_is_an_old_one(void **state)
{
    assert_told("vantage server\n"
                "at 0 phone -> server REGISTER contact=<sip:alice@203.0.113.2:40001>\n"
                "at 0.1 server -> phone 200\n"
                "at 50 phone -> server REGISTER contact=<sip:alice@203.0.113.2:40713>\n"
                "at 50.1 server -> phone 200 add=\"Contact: <sip:alice@203.0.113.2:40001>\"\n"
                "end 100\n",
                told_rivals, "d1: 0 others, 1 stale");
}

static void a_sibling_that_is_known_is_no_old_contact(void **state)
{
    assert_told(TWO "phone soft 192.168.1.10:5070\n"
                    "at 0 desk -> server registration\n"
                    "at 20 soft -> server REGISTER\n"
                    "at 20.1 server -> soft 200 add=\"Contact: " DESK "\"\n"
                    "end 100\n",
                told_rivals,
                "d1: 0 others, 0 stale\n"
                "d2: 1 others, 0 stale");
}

static void a_list_that_is_too_long_is_read_as_far_as_it_counts(void **state)
{
    g_autoptr(GString) list = g_string_new("<sip:a@192.168.1.99>");

    for (unsigned i = 0; i < 100; i++)
        g_string_append_printf(list, ", <sip:a%u@192.168.1.99>", i);
    answer_lists("", list->str, "d1: 63 others, 0 stale");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_takes_the_place_of_the_other),
        cmocka_unit_test(a_place_that_was_taken_is_a_binding_that_ended),
        cmocka_unit_test(who_is_listed_too_has_lost_nothing),
        cmocka_unit_test(a_contact_that_nobody_knows_may_be_the_others),
        cmocka_unit_test(an_answer_without_its_own_contact_proves_nothing),
        cmocka_unit_test(an_answer_that_was_cut_off_proves_nothing),
        cmocka_unit_test(another_registrar_has_a_list_of_its_own),
        cmocka_unit_test(what_had_run_out_was_not_taken),
        cmocka_unit_test(a_registrar_that_goes_on_calling_has_not_forgotten),
        cmocka_unit_test(a_request_that_was_under_way_shows_nothing),
        cmocka_unit_test(another_port_of_the_same_host_is_an_old_one),
        cmocka_unit_test(another_port_of_a_public_address_is_somebodys),
        cmocka_unit_test(the_instance_decides),
        cmocka_unit_test(what_it_had_bound_before_is_an_old_one),
        cmocka_unit_test(a_sibling_that_is_known_is_no_old_contact),
        cmocka_unit_test(a_list_that_is_too_long_is_read_as_far_as_it_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
