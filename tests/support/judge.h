#pragma once

/*
 * One rule, one scenario, one verdict.
 *
 * The scenario's frames go through the real stages, from the decoder to the
 * tracker; the rule looks at every chain, device or site that comes out. A
 * scenario that cannot be read fails the test that asked.
 */

#include "reg/tracker.h"
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

/* Two captures of one story, each with its "vantage ... said", for a rule that looks at
 * chains; the second one is the outer one, and their clocks are equal. */
Judgement *judge_between(const char *inside, const char *outside, const Rule *rule);
void judgement_free(Judgement *judgement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Judgement, judgement_free)

/* Each device as it stands when the scenario is over, in order of appearance; 'config' NULL:
 * the usual one. */
void judge_devices(const char *scenario, const RegConfig *config,
                   void (*look)(const RegDevice *device, void *user), void *user);

/* The same for two captures of one story, as judge_between() has them. */
void judge_devices_between(const char *inside, const char *outside,
                           void (*look)(const RegDevice *device, void *user), void *user);

/* Every rule together, as the program runs them: the ids of what is found, in
 * the order of the report, with blanks between; "" for nothing. g_free() it. */
char *judge_all(const char *scenario);
char *judge_all_with(const char *scenario, const char *credentials);
