#pragma once

/*
 * What happened to one device, as a list of events in time order, and what
 * should have happened and did not.
 *
 * The text report and the JSON report print the same list, so that nobody has
 * to reconcile two stories. A missing step is an event of its own, in the
 * place where it should have been: "expected: REGISTER with credentials -
 * never sent". It is there only when the capture looked on long enough to see
 * the step; when it did not, the list says that the capture ends here.
 *
 * A run of uneventful refreshes is one event with a count, so the list is as
 * short as the device's record, however long the capture was.
 */

#include <glib.h>

#include "reg/device.h"

typedef enum RegEventKind {
    REG_EVENT_FORGOTTEN,        /* older attempts, or steps of a long one, are only counted */
    REG_EVENT_REGISTER_SENT,    /* a REGISTER without credentials */
    REG_EVENT_CREDENTIALS_SENT, /* a REGISTER with credentials */
    REG_EVENT_CHALLENGED,       /* 401 or 407 */
    REG_EVENT_ACCEPTED,         /* 2xx */
    REG_EVENT_REMOVED,          /* 2xx to a request that ends the binding */
    REG_EVENT_REFUSED,          /* any other final answer */
    REG_EVENT_UNANSWERED,       /* the answer that did not come */
    REG_EVENT_EXPECTED,         /* the request that did not come */
    REG_EVENT_REFRESHED,        /* a run of accepted attempts */
    REG_EVENT_REPEATED,         /* a run of alike attempts, the newest of which follows */
    REG_EVENT_LAPSED,           /* a registration ran out */
    REG_EVENT_TAKEN,            /* another device of the account took its place */
    REG_EVENT_REGISTRAR_FORGOT, /* the registrar does not deliver although it granted */
    REG_EVENT_INBOUND,          /* requests for the device that nothing is wrong with */
    REG_EVENT_UNREACHABLE,      /* requests for the device that got no answer */
    REG_EVENT_BACK,             /* its next packet after that */
    REG_EVENT_MOVED,            /* it comes from another address, port or connection */
    REG_EVENT_RESTARTED,        /* under a new Call-ID and from a new port or Contact */
    REG_EVENT_DISCONNECTED,     /* the connection that carried the registration ended */
    REG_EVENT_SERVER_MOVED,     /* the registrar answers at another address */
    REG_EVENT_KEEPALIVES,
    REG_EVENT_NAME_ASKED,         /* of a name server */
    REG_EVENT_NAME_REFUSED,       /* an answer without address */
    REG_EVENT_CONNECTING,         /* a TCP connection, or TLS on it */
    REG_EVENT_CONNECTION_REFUSED, /* by RST */
    REG_EVENT_TLS_FAILED,
    REG_EVENT_CUT,         /* what followed is not in the capture */
    REG_EVENT_CAPTURE_END, /* the capture ends while this was under way */
} RegEventKind;

typedef enum RegDirection {
    REG_DIRECTION_NONE, /* no packet: a conclusion */
    REG_DIRECTION_TO_SERVER,
    REG_DIRECTION_TO_DEVICE,
} RegDirection;

const char *reg_event_name(RegEventKind kind); /* "register_sent" ... */

typedef struct RegEvent {
    Nsec time;
    Nsec until; /* of a run, its last one; else the same as 'time' */
    RegEventKind kind;
    RegDirection direction;
    char *text;                 /* one line; holds words from the wire as they came: escape it */
    CaptureRef frames[2];       /* of one capture; of a run, its newest request and answer */
    unsigned n_frames;          /* 0: no packet shows it */
    uint64_t count;             /* how many the event stands for; 1 for a single one */
    const RegAttemptStep *step; /* of the device's record: whose message it is; NULL: none */
    bool missing;               /* did not happen although it should have */
} RegEvent;

/* The events, oldest first; 'end' is the newest time of the capture, NSEC_NONE
 * when not known. An array of RegEvent: g_array_unref() frees the texts too. */
GArray *reg_timeline_new(const RegDevice *device, Nsec end);

/* Those of one attempt alone, from its first message to its last or to what is missing. */
GArray *reg_timeline_attempt(const RegAttempt *attempt, Nsec end);
