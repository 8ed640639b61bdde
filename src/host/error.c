/*
 * The name under which errors of this folder go.
 */

#include "host/error.h"

G_DEFINE_QUARK(whyreg - host - error, host_error)
