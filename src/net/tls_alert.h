#pragma once

/*
 * Alerts that are in clear.
 */

#include "net/tls.h"

/* Up to TLS 1.2 even the two bytes of an alert may come apart. */
typedef struct NetTlsHalfAlert {
    NetTlsAlert alert;
    bool half; /* its level is there, its description is not */
} NetTlsHalfAlert;

/* Adds to 'seen' what this part of a record says; returns what was new, of
 * NetTlsSight. */
uint32_t net_tls_alert_read(NetTlsHalfAlert *half, Str content, NetTlsSeen *seen);
