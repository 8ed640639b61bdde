#pragma once

/*
 * Times in which requests for a device stayed without an answer.
 */

#include "lives.h"

/* The request that stayed without one, and what is known of the time around it. */
typedef struct Unanswered {
    const RegInbound *request;
    Nsec epoch;       /* the device's last packet before it */
    RegOutage around; /* all but the requests and their number */
} Unanswered;

void outages_add(Device *device, const Unanswered *unanswered);

/* The device sent something. */
void outages_back(Device *device, const NetMeta *meta, bool registers);

/* It came by another path, with a packet of about that time; before the NAT is told of it. */
void outages_moved(Device *device, RegMoveKind kind, Nsec time);

/* A request reached the device; 'sent': the copy that did, or the first one when nothing but
 * the request itself can have opened the path. */
typedef struct Delivered {
    const RegInbound *request;
    Nsec sent;
    CaptureRef ref;
} Delivered;

/* What of the silences before is over, or has been none of the path. */
void outages_delivered(Device *device, const Delivered *delivered);

/* The capture is over. */
void outages_finish(Device *device);
