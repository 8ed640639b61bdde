#pragma once

/*
 * One rule, one scenario, one verdict.
 *
 * The scenario's frames go through the real stages, from the decoder to the
 * tracker; the rule looks at every chain, device or site that comes out. A
 * scenario that cannot be read fails the test that asked.
 */

#include "rules/engine.h"

typedef struct Judgement {
    RuleVerdict verdict; /* the strongest: fires before abstains before clean */
    Finding *finding;    /* of that verdict: filled in when the rule fired, and
                            'abstained_because' when it abstained */
    unsigned looked;     /* at so many subjects */
} Judgement;

Judgement *judge(const char *scenario, const Rule *rule);

/* The same with what a credentials file says: "alice:*:secret\n". */
Judgement *judge_with(const char *scenario, const char *credentials, const Rule *rule);
void judgement_free(Judgement *judgement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Judgement, judgement_free)

/* Every rule together, as the program runs them: the ids of what is found, in
 * the order of the report, with blanks between; "" for nothing. g_free() it. */
char *judge_all(const char *scenario);
char *judge_all_with(const char *scenario, const char *credentials);
