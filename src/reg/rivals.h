#pragma once

/*
 * Who else is bound to the account, as the registrar lists it in a 2xx.
 */

#include "binding.h"

/* The answer of 'txn' accepted a Contact of 'device': counts what it lists beside
 * it, and ends the bindings of other devices that it lists no longer. */
void rivals_listed(Device *device, const RegStep *step, const SipTxn *txn, BindingTell *tell,
                   void *user);

/* The registrar sent it a request of its own accord: whether it still knows a binding that
 * its list did not show. */
void rivals_reached(Device *device, Nsec time);
