#pragma once

/*
 * Devices whose life is made up, for rules about what happens between two
 * REGISTERs.
 */

#include "expect.h"

/* Seconds after noon. */
#define NOON(seconds) ((Nsec)(12 * 3600 + (seconds)) * NSEC_SEC)

#define FRAME(number) ((CaptureRef){ .frame = (number) })

/* Granted at 'since' for so many seconds, and never renewed. */
static inline RegBinding binding_made(Nsec since, uint32_t granted, RegBindingEnd end)
{
    return (RegBinding){
        .contact = (char *)"sip:alice@192.168.1.10:5060",
        .since = since,
        .until = since + (Nsec)granted * NSEC_SEC,
        .granted = granted,
        .asked = granted,
        .renewed = since,
        .least_left = NSEC_NONE,
        .ended = since + (Nsec)granted * NSEC_SEC,
        .made_by = FRAME(1),
        .renewed_by = FRAME(1),
        .end = end,
    };
}

/* Alice beside the server, with these bindings. */
static inline RegDevice device_made(const RegBinding *bindings, unsigned n, const RegLife *life)
{
    return (RegDevice){
        .id = 1,
        .aor = (char *)"alice@example.com",
        .first_seen = n > 0 ? bindings[0].since : NOON(0),
        .last_seen = n > 0 ? bindings[n - 1].since : NOON(0),
        .last_heard = n > 0 ? bindings[n - 1].since : NOON(0),
        .last_accepted = n > 0 ? bindings[n - 1].since : NSEC_NONE,
        .last_keepalive = NSEC_NONE,
        .first_keepalive = NSEC_NONE,
        .n_bindings = n,
        .bindings = bindings,
        .vantage = REG_VANTAGE_SERVER,
        .life = life,
    };
}

static inline RegLife life_made(void)
{
    return (RegLife){
        .traffic = { .longest = NSEC_NONE, .longest_from = NSEC_NONE, .longest_unheard = NSEC_NONE }
    };
}

static inline Judgement *judge_device(const Rule *rule, const RegDevice *device, Nsec now)
{
    Judgement *judgement = g_new0(Judgement, 1);

    judgement->finding = finding_new(rule);
    judgement->looked = 1;
    judgement->verdict = rule_apply_device(rule, device, now, judgement->finding);
    return judgement;
}
