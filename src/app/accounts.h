#pragma once

/*
 * May a call be sent to this account now? What the history says of devices,
 * put together for whoever has to decide.
 */

#include "reg/condition.h"
#include "store/reader.h"

/* How a device stands for this question. */
typedef struct AccountDevice {
    const StoreDevice *device;
    RegCondition condition;
} AccountDevice;

typedef struct Account {
    const char *name; /* the AOR; of devices without one what was asked for */
    RegCondition condition;
    GArray *devices; /* of AccountDevice */
} Account;

typedef struct AccountsQuestion {
    bool watching; /* somebody writes the history now */
    Nsec now;
    Nsec stable; /* what "stable" is to mean; NSEC_NONE: what the watch calls so */
} AccountsQuestion;

/* Of one device. */
RegCondition account_device_condition(const AccountsQuestion *question, const StoreDevice *device);

/* 'devices' (of StoreDevice) by account, of Account; borrows the devices. With none of them one
 * unknown account of that name. */
GArray *accounts_new(const AccountsQuestion *question, const GArray *devices, const char *name);
void accounts_free(GArray *accounts);

/* 0 all are stable, 1 at least one is certainly not, 2 at least one is unknown. */
int accounts_status(const GArray *accounts);
