#pragma once

/*
 * Where the capture was taken.
 *
 * A missing answer means "lost or never sent" beside the phone and "never
 * sent" beside the registrar. Every conclusion depends on this, so it is
 * data, and "we do not know" is one of its values.
 */

#include <glib.h>

#include "sip/txn.h"

typedef enum RegVantage {
    REG_VANTAGE_UNKNOWN = 1 << 0,
    REG_VANTAGE_CLIENT = 1 << 1, /* beside the phone, before any NAT */
    REG_VANTAGE_MIDDLE = 1 << 2, /* on the path: the NAT, an SBC, a proxy */
    REG_VANTAGE_SERVER = 1 << 3, /* beside the registrar */
} RegVantage;

#define REG_VANTAGE_ANY \
    (REG_VANTAGE_UNKNOWN | REG_VANTAGE_CLIENT | REG_VANTAGE_MIDDLE | REG_VANTAGE_SERVER)

const char *reg_vantage_name(RegVantage vantage); /* "client", "unknown" ... */

typedef struct RegVantageVerdict {
    RegVantage vantage;
    const char *because; /* constant text */
} RegVantageVerdict;

/* From addresses and TTLs of one transaction. */
RegVantageVerdict reg_vantage_of_txn(const SipTxn *txn);

/* Many transactions of one capture together. Zero it to begin with. */
typedef struct RegVantageTally {
    uint64_t seen[4]; /* per bit of RegVantage */
    const char *because[4];
} RegVantageTally;

void reg_vantage_add(RegVantageTally *tally, RegVantageVerdict verdict);
RegVantageVerdict reg_vantage_of_capture(const RegVantageTally *tally);
