#pragma once

/*
 * The bindings of a device over time, from what its registrar granted.
 */

#include "devices.h"

/* 'step' was accepted at 'now'. Calls 'tell' for each binding that began or
 * ended; it may be NULL. */
typedef void BindingTell(const RegDevice *device, const RegBinding *binding, void *user);
void binding_accept(Device *device, const RegStep *step, const SipTxn *txn, BindingTell *tell,
                    void *user);

/* The 2xx of 'txn' gave its place to 'winner'; and the same taken back, when it turns out
 * that it did not. */
void binding_take(Device *loser, const Device *winner, const SipTxn *txn, BindingTell *tell,
                  void *user);
void binding_give_back(Device *device);

/* The capture is over at 'now': ends what ran out before. 'end' is how:
 * REG_BINDING_LAPSED, or REG_BINDING_UNKNOWN when the clock cannot be trusted. */
void binding_finish(Device *device, Nsec now, RegBindingEnd end, BindingTell *tell, void *user);
