#pragma once

/*
 * What the history is made of, as JSON.
 */

#include "base/json.h"
#include "chronicle.h"

/* Members, into the open object. */
void history_shape_period(Json *json, StorePeriod period);
void history_shape_device(Json *json, const StoreDevice *device, const StoreLife *life);
void history_shape_chronicle(Json *json, const Chronicle *chronicle);

/* Named lists. */
void history_shape_runs(Json *json, const GArray *runs);
void history_shape_losses(Json *json, const GArray *losses);
void history_shape_findings(Json *json, const GArray *findings);
