#pragma once

/*
 * A device, a finding and the events about them, for what tells others of
 * them; and a socket that takes the attendant's place.
 */

#include <sys/socket.h>
#include <unistd.h>

#include "report/live.h"
#include "support/check.h"

#define TOLD_AT(seconds) (INT64_C(1769860800) * NSEC_SEC + (Nsec)(seconds)*NSEC_SEC)

static const Rule told_rule = {
    .id = "credentials_refused",
    .area = "chain",
    .title = "The registrar refused the credentials",
    .severity = FINDING_FAILURE,
    .advice = "Set the password again.",
};

static inline RegDevice told_device(const char *aor)
{
    return (RegDevice){
        .id = 7,
        .aor = (char *)aor,
        .user_agent = (char *)"Phone 1.0",
        .server = { .port = 5060 },
        .last_accepted = NSEC_NONE,
    };
}

static inline Finding told_finding(const char *aor)
{
    return (Finding){
        .rule = &told_rule,
        .grade = FINDING_PROVEN,
        .device = 7,
        .aor = (char *)aor,
        .from = TOLD_AT(0),
        .until = TOLD_AT(5),
        .count = 1,
        .summary = (char *)"403 after 2 requests with credentials.",
    };
}

static inline ReportChange told_change(const RegDevice *device, RegCondition from, RegCondition to)
{
    return (ReportChange){
        .device = device,
        .from = { .condition = from, .since = TOLD_AT(-60) },
        .to = { .condition = to,
                .because = "the newest refresh was refused",
                .since = TOLD_AT(1),
                .until = TOLD_AT(60) },
        .time = TOLD_AT(2),
    };
}
