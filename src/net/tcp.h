#pragma once

/*
 * TCP connections: who opened, who closed, and the streams in between.
 */

#include "duplicate.h"
#include "segment.h"

typedef struct NetTcp NetTcp;

/* Borrows all four. */
NetTcp *net_tcp_new(const NetConfig *config, const NetSink *sink, NetStats *stats,
                    NetDuplicates *duplicates);
void net_tcp_free(NetTcp *tcp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetTcp, net_tcp_free)

void net_tcp_push(NetTcp *tcp, const NetMeta *meta, const NetSegment *segment);
void net_tcp_advance(NetTcp *tcp, Nsec now);
void net_tcp_finish(NetTcp *tcp);
/* Fills two entries at most. */
unsigned net_tcp_tables(const NetTcp *tcp, CacheStats *tables, unsigned max);
