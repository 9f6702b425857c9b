/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What is known of each device right now: its settings, its status, when that ends, and who may
 * see what of it. In memory; written to the store every few seconds and at the end. */

#include "server/helio-store.h"

G_BEGIN_DECLS

typedef struct _HelioBoard HelioBoard;

/* @text: one Server-Sent Event for everybody who watches */
typedef void (*HelioAnnounceFunc) (const char *text, gsize length, gpointer user_data);

HelioBoard *
helio_board_new (HelioStore *store, HelioAnnounceFunc announce, gpointer user_data, GError **error);

/* Writes what is not written yet. */
void helio_board_free (HelioBoard *board);

/* Takes over what a command changed meanwhile. Cheap when nothing did. */
void helio_board_refresh (HelioBoard *board);

/* NULL if there is no such token. Valid until the next refresh. */
const HelioToken *helio_board_find_token (HelioBoard *board, const char *text);

/* Valid until the next refresh. Its seq is the caller's to move on. */
HelioDevice *helio_board_find_device (HelioBoard *board, int64_t id);
HelioDevice *helio_board_find_name (HelioBoard *board, const char *name);

/* (element-type HelioDevice), by name. Borrowed. */
const GPtrArray *helio_board_get_devices (HelioBoard *board);

/* A status: shifts its times to our clock and tells everybody. */
void helio_board_report (HelioBoard *board,
                         HelioDevice *device,
                         const HelioStatusRequest *status,
                         int64_t now);

/* The state everybody may see now: the last one told, or offline after its time. */
HelioState helio_board_get_state (HelioBoard *board, const HelioDevice *device);

/* The public devices as a JSON list. (transfer none) */
GBytes *helio_board_get_list (HelioBoard *board);

/* The same as Server-Sent Events. (transfer none) */
GBytes *helio_board_get_snapshot (HelioBoard *board);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioBoard, helio_board_free)

G_END_DECLS
