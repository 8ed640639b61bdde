#pragma once

/*
 * "Can I send a call to this phone now?" The state of a device while it is
 * watched, with what a dialer needs to know: not only whether it is
 * registered, but whether that has held for long enough to rely on it.
 */

#include "reg/device.h"

typedef enum RegCondition {
    REG_CONDITION_UNKNOWN,  /* the capture cannot tell, or not any more */
    REG_CONDITION_STABLE,   /* registered and reachable, and nothing went wrong for 'settle' */
    REG_CONDITION_SETTLING, /* the same, but not for that long yet */
    REG_CONDITION_DANGER,   /* registered, but the refresh fails or is overdue */
    REG_CONDITION_LOST,     /* refused, lapsed, unreachable or removed */
} RegCondition;

#define REG_CONDITIONS (REG_CONDITION_LOST + 1)

const char *reg_condition_name(RegCondition condition); /* "stable" ... */

/* What "stable" means. */
typedef struct RegStability {
    Nsec settle; /* without a failed refresh, a lapse or a time unreachable */
} RegStability;

extern const RegStability reg_stability_default; /* 5 minutes */

typedef struct RegStanding {
    RegCondition condition;
    RegState state;
    const char *because; /* constant text: "its refresh was refused" */
    Nsec since;          /* when the condition began: the packet or the deadline that made it so */
    Nsec until;          /* when the newest binding runs out, or ended; NSEC_NONE: there is none */
    Nsec look_again;     /* without another packet it stays so until then; NSEC_MAX: for ever */
    CaptureRef ref;      /* the packet that decided; frame 0: time did */
} RegStanding;

/* How the device stands at 'now'. A function of its record alone; as reg_tracker_review() hands
 * it out the record also holds what goes on just now, and what the capture did not show. */
RegStanding reg_device_standing(const RegDevice *device, const RegStability *stability, Nsec now);

/* When the refresh of a binding is overdue: clearly past the time at which this device uses to
 * come, or with too little left for two rows of retries. */
Nsec reg_binding_overdue(const RegBinding *binding);
