#pragma once

/*
 * The record of a device, written down by hand for the timeline's tests. Times
 * are seconds after START.
 */

#include "reg/interval.h"
#include "reg/timeline.h"
#include "support/check.h"

#define START (INT64_C(1769860800) * NSEC_SEC) /* 2026-01-31T12:00:00Z */
#define AT(seconds) (START + (Nsec)((seconds)*1e9))

/* A REGISTER at 'time' in 'frame', and its answer 20 ms later in the next one;
 * status 0: none. */
static inline RegAttemptStep exchange(double time, uint64_t frame, bool credentials,
                                      uint16_t status)
{
    return (RegAttemptStep){
        .cseq = 1,
        .request = { .frame = frame },
        .answer = { .frame = status != 0 ? frame + 1 : 0 },
        .request_time = AT(time),
        .answer_time = status != 0 ? AT(time + 0.020) : NSEC_NONE,
        .status = status,
        .credentials = credentials,
        .challenged = status == 401,
        .asked = 60,
        .granted = status == 200 ? 60 : REG_EXPIRES_NONE,
    };
}

/* An attempt of these steps, which outlive it. */
static inline RegAttempt attempt_of(RegAttemptStep *steps, unsigned n, RegOutcome outcome)
{
    const RegAttemptStep *last = &steps[n - 1];

    return (RegAttempt){
        .purpose = REG_PURPOSE_REGISTER,
        .outcome = outcome,
        .opened = steps[0].request_time,
        .first_opened = steps[0].request_time,
        .closed = last->answer_time != NSEC_NONE ? last->answer_time : last->request_time,
        .repeated = 1,
        .n_steps = n,
        .steps = steps,
    };
}

static inline RegDevice device_of(RegAttempt *const *attempts, unsigned n)
{
    return (RegDevice){
        .id = 1,
        .aor = (char *)"alice@example.com",
        .first_seen = START,
        .last_heard = NSEC_NONE,
        .last_keepalive = NSEC_NONE,
        .first_keepalive = NSEC_NONE,
        .n_attempts_kept = n,
        .attempts = attempts,
    };
}

static inline RegBinding binding_of(double since, double until, RegBindingEnd end)
{
    return (RegBinding){ .contact = (char *)"sip:alice@192.0.2.1",
                         .source = { { { 192, 0, 2, 1 }, 4 }, 5060 },
                         .since = AT(since),
                         .until = AT(until),
                         .granted = 60,
                         .end = end };
}

/* An OPTIONS that was sent once more and not answered; the device's next
 * packet at 'back', or none when that is negative. */
static inline RegOutage outage_of(double from, double back)
{
    RegInbound request = {
        .method = SIP_METHOD_OPTIONS,
        .sent = AT(from),
        .last_sent = AT(from + 0.5),
        .answered = NSEC_NONE,
        .copies = 1,
        .request = { .frame = 20 },
        .last = { .frame = 21 },
    };

    return (RegOutage){
        .first = request,
        .last = request,
        .requests = 1,
        .worked_until = NSEC_NONE,
        .back = back >= 0 ? AT(back) : NSEC_NONE,
        .back_ref = { .frame = back >= 0 ? 30 : 0 },
        .works = NSEC_NONE,
        .bound = true,
    };
}

static inline const RegEvent *event_at(const GArray *events, unsigned index)
{
    assert_true(index < events->len);
    return &g_array_index(events, RegEvent, index);
}

#define assert_event(events, index, event_kind, words)               \
    do {                                                             \
        assert_int_equal(event_at(events, index)->kind, event_kind); \
        assert_string_equal(event_at(events, index)->text, words);   \
    } while (0)
