/*
 * The table of signs: what is looked at where, and what counts.
 */

#include "signs.h"

static void the_strongest_sign_of_a_header_is_its_witness(void **state)
{
    AlgSigns signs = { .signs = { { .header = "Via", .grade = FINDING_WEAK },
                                  { .header = "Via", .grade = FINDING_STRONG },
                                  { .header = "Via", .grade = FINDING_STRONG },
                                  { .header = "Contact", .grade = FINDING_WEAK } },
                       .n = 4 };

    assert_ptr_equal(alg_signs_in(&signs, "Via"), &signs.signs[1]);
    assert_ptr_equal(alg_signs_in(&signs, "Contact"), &signs.signs[3]);
    assert_null(alg_signs_in(&signs, "From"));
}

/* How often the first sign of an attempt was shown, and where first. */
static RuleVerdict count_steps(const RegChain *chain, Finding *finding)
{
    g_auto(AlgSigns) signs = { .n = 0 };

    alg_signs_find(chain, &signs);
    assert_int_equal(signs.n, 1);
    finding_say(finding, "%u from frame %u", signs.signs[0].steps,
                (unsigned)signs.signs[0].is.message->meta.ref.frame);
    return RULE_FIRES;
}

static const Rule counting = { .id = "counting",
                               .vantage = REG_VANTAGE_ANY,
                               .check_chain = count_steps };

static void a_sign_counts_the_steps_that_show_it(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 401\n"
                                   "at 0.060 phone -> server REGISTER auth\n"
                                   "at 0.080 server -> phone 401 received=192.168.1.10\n"
                                   "at 0.120 phone -> server REGISTER auth\n"
                                   "at 0.140 server -> phone 200 received=192.168.1.10\n"
                                   "end 60\n",
                                   &counting);

    assert_string_equal(j->finding->summary, "2 from frame 4");
}

#define SAME "branch=z9hG4bKone call-id=one from-tag=one cseq=1"

/* A capture of both sides: what is wrong outside is looked for outside, and what came
 * back inside. */
static void each_side_of_a_nat_is_looked_at_for_itself(void **state)
{
    assert_signs(
        "vantage middle\n"
        "at 0      phone -> server REGISTER src=192.168.1.10:5060 ttl=64 " SAME "\n"
        "at 0.0002 phone -> server REGISTER " SAME " replace=\";rport=>;rport=40001\"\n"
        "at 0.0200 server -> phone 401\n"
        "at 0.0202 server -> phone 401 dst=192.168.1.10:5060 received=192.168.1.10 ttl=58\n"
        "end 60\n",
        "AL-2 in Via, strong; AL-16 in Via, strong");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strongest_sign_of_a_header_is_its_witness),
        cmocka_unit_test(a_sign_counts_the_steps_that_show_it),
        cmocka_unit_test(each_side_of_a_nat_is_looked_at_for_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
