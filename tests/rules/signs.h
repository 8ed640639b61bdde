#pragma once

/*
 * Which signs of a rewriter a scenario shows: "AL-2 in Via, strong; AL-5 in
 * Contact, weak", of its first attempt that shows any.
 */

#include "expect.h"
#include "logins.h"
#include "rules/alg_signs.h"

static inline RuleVerdict list_signs(const RegChain *chain, Finding *finding)
{
    g_auto(AlgSigns) signs = { .n = 0 };
    g_autoptr(GString) text = g_string_new(NULL);

    alg_signs_find(chain, &signs);
    for (unsigned i = 0; i < signs.n; i++) {
        const AlgSign *sign = &signs.signs[i];

        assert_non_null(sign->tells);
        assert_non_null(sign->is.message);
        assert_non_null(sign->is.text);
        assert_true(sign->grade == FINDING_PROVEN || sign->unless != NULL);
        g_string_append_printf(text, "%s%s in %s, %s", text->len > 0 ? "; " : "", sign->id,
                               sign->header, finding_grade_name(sign->grade));
    }
    finding_say(finding, "%s", text->str);
    return signs.n > 0 ? RULE_FIRES : RULE_CLEAN;
}

static const Rule listing = { .id = "listing",
                              .vantage = REG_VANTAGE_ANY,
                              .check_chain = list_signs };

#define assert_signs(scenario, words)                            \
    do {                                                         \
        g_autoptr(Judgement) signs_ = judge(scenario, &listing); \
        assert_int_equal(signs_->verdict, RULE_FIRES);           \
        assert_string_equal(signs_->finding->summary, words);    \
    } while (0)

#define assert_no_sign(scenario)                                 \
    do {                                                         \
        g_autoptr(Judgement) signs_ = judge(scenario, &listing); \
        assert_int_equal(signs_->verdict, RULE_CLEAN);           \
        assert_true(signs_->looked > 0);                         \
    } while (0)
