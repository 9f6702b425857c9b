/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What a text is compared with: exactly, by a glob, or by a regular expression. However it is
 * written, comparing is bounded: no pattern can hold up a pass over the history. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  HELIO_PATTERN_EXACT,
  HELIO_PATTERN_GLOB,
  HELIO_PATTERN_REGEX,
} HelioPatternKind;

typedef enum
{
  HELIO_MATCH_NO,
  HELIO_MATCH_YES,
  HELIO_MATCH_UNDECIDED, /* it would take too long to say */
} HelioMatch;

/* Longer patterns are refused. */
#define HELIO_PATTERN_MAX_LENGTH 2000
/* Longer texts are not searched by regular expressions. */
#define HELIO_PATTERN_MAX_TEXT (16 * 1024)

/* Immutable: threads may share it. */
typedef struct _HelioPattern HelioPattern;

/**
 * helio_pattern_new:
 * @with: (nullable): what helio_pattern_match() makes of captures; of a regular expression
 *
 * Returns: NULL with an error that does not repeat the pattern, which may be private
 */
HelioPattern *helio_pattern_new (HelioPatternKind kind,
                                 const char *text,
                                 gboolean matches_case,
                                 const char *with,
                                 GError **error);
void helio_pattern_free (HelioPattern *pattern);

/**
 * HelioPatternRoom:
 *
 * What searching needs, zeroed at first and kept from search to search; for one thread.
 */
typedef struct
{
  struct pcre2_real_match_data_8 *found;
} HelioPatternRoom;

void helio_pattern_room_clear (HelioPatternRoom *room);

/**
 * helio_pattern_match:
 * @text: UTF-8, which was checked; not ended by NUL
 * @is_ascii: whether all of it is ASCII
 * @made: (out) (optional) (transfer full): @with with its captures filled in
 */
HelioMatch helio_pattern_match (const HelioPattern *pattern,
                                const char *text,
                                gsize length,
                                gboolean is_ascii,
                                HelioPatternRoom *room,
                                char **made);

/* `*` stands for anything, `?` for one character; there is no other special character. */
gboolean
helio_glob_matches (const char *glob, const char *text, gsize length, gboolean matches_case);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioPattern, helio_pattern_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HelioPatternRoom, helio_pattern_room_clear)

G_END_DECLS
