#pragma once

/*
 * Link-layer headers, one for each LINKTYPE_ value that net_link_is_known().
 */

#include "layer.h"

NetLayerKind net_link_read(uint16_t link, Str frame, NetLayer *next);
