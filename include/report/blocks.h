#pragma once

/*
 * pcapng, a block at a time: what a file of frames is put together from.
 *
 * Each call appends one whole block to 'blocks'. A file begins with a section;
 * a packet names its interface by its place among those that were added before.
 */

#include <glib.h>

#include "capture/packet.h"

/* The longest comment. */
#define REPORT_BLOCKS_COMMENT 60000

void report_blocks_add_section(GByteArray *blocks);
void report_blocks_add_interface(GByteArray *blocks, const char *name, uint16_t link);
void report_blocks_add_packet(GByteArray *blocks, const CapturePacket *packet, uint32_t interface,
                              Str comment);
