#pragma once

/*
 * One captured frame, as the capture gave it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/nsec.h"
#include "base/str.h"

/* Where a human finds the frame again: "trunk.pcap, frame 4711". */
typedef struct CaptureRef {
    uint32_t capture; /* index into the CaptureSet */
    uint32_t place;   /* CapturePlace: captures of one place are one capture, in several files */
    uint64_t frame;   /* from 1, as Wireshark counts */
} CaptureRef;

typedef struct CapturePacket {
    CaptureRef ref;
    Nsec time;         /* with 'no_time' that of the frame before it, or 0 */
    uint32_t wire_len; /* larger than bytes.len when the frame was cut */
    uint16_t link;     /* LINKTYPE_ value of the interface it came from */
    bool no_time;
    uint32_t interface; /* of a pcapng file; 0 elsewhere */
    Str bytes;          /* borrowed: gone with the next frame */
} CapturePacket;
