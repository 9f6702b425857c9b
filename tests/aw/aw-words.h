/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What people have on their screens: data for generated and live events. */

#include "aw-server.h"

G_BEGIN_DECLS

typedef enum
{
  AW_WATCHER_WINDOW,
  AW_WATCHER_AFK,
  AW_WATCHER_WEB,
  AW_WATCHER_MEDIA,
  AW_WATCHER_STOPWATCH,
  AW_N_WATCHERS,
} AwWatcher;

/* A small generator of numbers: cheap, and the same on every machine. */
typedef struct
{
  guint64 state;
} AwDice;

void aw_dice_seed (AwDice *dice, guint32 seed, int64_t day, int stream);
/* 0 .. @below - 1. */
int aw_dice_roll (AwDice *dice, int below);

/* The id of a watcher's bucket on @hostname. */
char *aw_watcher_get_bucket (AwWatcher watcher, const char *hostname);
/* The watcher that a bucket of this id would have. */
AwWatcher aw_watcher_guess (const char *bucket);
AwBucket *aw_watcher_make_bucket (AwServer *server, AwWatcher watcher, const char *id);

/* As words, if the server marks its events: of some the app is Vault and all of the title Cherokee;
 * all other titles and URLs end with a number of their own. What leaks is recognized by it. */
void aw_words_mark (AwServer *server, char *app, gsize app_size, char *title, gsize title_size);

/* Data in the form that the server stores. Each of @out replaces what was there. */
void aw_words_window (AwServer *server, AwDice *dice, gboolean is_work, GString *out);
void aw_words_web (AwServer *server, AwDice *dice, GString *out);
void aw_words_media (AwDice *dice, AwFlavour flavour, GString *out);
void aw_words_afk (gboolean is_afk, AwFlavour flavour, GString *out);
void aw_words_stopwatch (AwDice *dice, gboolean is_running, AwFlavour flavour, GString *out);
/* Whether the data of a window event is of a browser. */
gboolean aw_words_is_browser (const GString *data);

G_END_DECLS
