#pragma once

/*
 * What every test of a rule asks of a judgement: that the finding can be
 * checked against the capture, and that it says no more than it knows.
 */

#include "support/check.h"
#include "support/judge.h"

/* The copies of a request that was first sent at 0, on the schedule of timer E
 * (RFC 3261 section 17.1.2.2). */
#define REPEATED(who)                  \
    "at 0.5 " who " -> server copy\n"  \
    "at 1.5 " who " -> server copy\n"  \
    "at 3.5 " who " -> server copy\n"  \
    "at 7.5 " who " -> server copy\n"  \
    "at 11.5 " who " -> server copy\n" \
    "at 15.5 " who " -> server copy\n" \
    "at 19.5 " who " -> server copy\n" \
    "at 23.5 " who " -> server copy\n" \
    "at 27.5 " who " -> server copy\n" \
    "at 31.5 " who " -> server copy\n"

static inline const FindingFact *fact_at(const Finding *finding, unsigned index)
{
    assert_true(index < finding->facts->len);
    return &g_array_index(finding->facts, FindingFact, index);
}

/* Every fact can be looked up, in the order in which it happened, and what is
 * not proven says what would settle it. */
static inline void assert_checkable(const Finding *finding)
{
    assert_non_null(finding->summary);
    assert_true(finding->facts->len > 0);
    for (unsigned i = 0; i < finding->facts->len; i++) {
        assert_true(fact_at(finding, i)->ref.frame > 0);
        if (i > 0)
            assert_true(fact_at(finding, i)->time >= fact_at(finding, i - 1)->time);
    }
    if (finding->grade == FINDING_PROVEN) {
        assert_null(finding->settle);
    } else {
        assert_non_null(finding->settle);
        assert_true(strlen(finding->settle) > 20);
    }
}

#define assert_fires(judgement, the_grade, words)                  \
    do {                                                           \
        assert_int_equal((judgement)->verdict, RULE_FIRES);        \
        assert_string_equal((judgement)->finding->summary, words); \
        assert_int_equal((judgement)->finding->grade, the_grade);  \
        assert_checkable((judgement)->finding);                    \
    } while (0)

#define assert_fact(judgement, index, the_name, number)                            \
    do {                                                                           \
        assert_string_equal(fact_at((judgement)->finding, index)->name, the_name); \
        assert_int_equal(fact_at((judgement)->finding, index)->ref.frame, number); \
    } while (0)

static inline void assert_ruled_out(const Finding *finding, const char *id)
{
    for (unsigned i = 0; i < finding->rejected->len; i++) {
        if (strcmp(g_array_index(finding->rejected, FindingRejected, i).id, id) == 0)
            return;
    }
    fail_msg("%s was not ruled out", id);
}

#define assert_rejects(judgement, id) assert_ruled_out((judgement)->finding, id)

#define assert_clean(judgement)                             \
    do {                                                    \
        assert_int_equal((judgement)->verdict, RULE_CLEAN); \
        assert_true((judgement)->looked > 0);               \
    } while (0)

#define assert_abstains(judgement, words)                                    \
    do {                                                                     \
        assert_int_equal((judgement)->verdict, RULE_ABSTAINS);               \
        assert_string_equal((judgement)->finding->abstained_because, words); \
    } while (0)
