/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-rules"

#include "rules/helio-pattern.h"

#include <string.h>

#include "model/helio-error.h"

/* What one search may cost: far above what an honest pattern needs for a title or an address. Of
 * several limits in a pattern the last one counts, so a pattern may bring none of its own. */
#define LIMITS "(*LIMIT_MATCH=20000)(*LIMIT_HEAP=8192)"

struct _HelioPattern
{
  HelioPatternKind kind;
  gboolean matches_case;
  char *text;
  gsize length;
  char *with;
  GRegex *regex;
};

/* -- glob --------------------------------------------------------------------------------- */

/* Whether the characters at both places are one and the same. */
static inline gboolean
is_same (const char *a, const char *b, gboolean matches_case)
{
  if (((guchar) *a | (guchar) *b) < 0x80)
    return *a == *b || (!matches_case && g_ascii_tolower (*a) == g_ascii_tolower (*b));

  gunichar one = g_utf8_get_char (a);
  gunichar two = g_utf8_get_char (b);

  return one == two || (!matches_case && g_unichar_tolower (one) == g_unichar_tolower (two));
}

gboolean
helio_glob_matches (const char *glob, const char *text, gsize length, gboolean matches_case)
{
  const char *end = text + length;
  const char *star = NULL, *star_text = NULL;

  /* Only the last star is ever looked at again, so the work is at most text times glob. */
  while (text < end)
    {
      if (*glob == '*')
        {
          star = ++glob;
          star_text = text;
        }
      else if (*glob == '?' || (*glob != '\0' && is_same (glob, text, matches_case)))
        {
          glob = g_utf8_next_char (glob);
          text = g_utf8_next_char (text);
        }
      else if (star != NULL)
        {
          glob = star;
          text = star_text = g_utf8_next_char (star_text);
        }
      else
        return FALSE;
    }
  while (*glob == '*')
    glob++;
  return *glob == '\0';
}

static gboolean
is_equal (const HelioPattern *pattern, const char *text, gsize length)
{
  const char *at = pattern->text;
  const char *end = text + length;

  if (pattern->matches_case)
    return length == pattern->length && memcmp (text, at, length) == 0;
  for (; text < end && *at != '\0'; text = g_utf8_next_char (text), at = g_utf8_next_char (at))
    if (!is_same (at, text, FALSE))
      return FALSE;
  return text >= end && *at == '\0';
}

/* -- regular expressions ------------------------------------------------------------------ */

/* The message of GRegex without the pattern it quotes: "at char 3: missing )". */
static void
set_error (GError **error, const GError *problem, const char *pattern)
{
  const char *quoted = strstr (problem->message, pattern);
  const char *rest = quoted != NULL ? strchr (quoted + strlen (pattern), ' ') : NULL;

  g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS, "the pattern is no regular expression%s",
               rest != NULL ? rest : "");
}

static gboolean
compile (HelioPattern *pattern, GError **error)
{
  g_autofree char *bounded = g_strconcat (LIMITS, pattern->text, NULL);
  g_autoptr (GRegex) plain = NULL;
  g_autoptr (GError) problem = NULL;
  GRegexCompileFlags flags = G_REGEX_DOTALL;

  if (!pattern->matches_case)
    flags |= G_REGEX_CASELESS;
  if (strstr (pattern->text, "(*LIMIT_") != NULL)
    {
      g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                           "the pattern may not set limits of its own: remove “(*LIMIT_…)”");
      return FALSE;
    }
  /* By itself first: then the place of an error is that in the pattern as it was written. */
  plain = g_regex_new (pattern->text, flags, 0, &problem);
  if (plain != NULL)
    pattern->regex = g_regex_new (bounded, flags | G_REGEX_OPTIMIZE, 0, &problem);
  if (pattern->regex == NULL)
    {
      set_error (error, problem, pattern->text);
      return FALSE;
    }
  if (pattern->with != NULL && !g_regex_check_replacement (pattern->with, NULL, NULL))
    {
      g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                           "“with” holds a “\\” that names no capture; write “\\\\” for the "
                           "character itself");
      return FALSE;
    }
  return TRUE;
}

static HelioMatch
match_regex (const HelioPattern *pattern, const char *text, gsize length, char **made)
{
  g_autoptr (GMatchInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  gboolean wants_info = made != NULL && pattern->with != NULL;

  if (length > HELIO_PATTERN_MAX_TEXT)
    return HELIO_MATCH_UNDECIDED;
  if (!g_regex_match_full (pattern->regex, text, (gssize) length, 0, 0, wants_info ? &info : NULL,
                           &error))
    return error != NULL ? HELIO_MATCH_UNDECIDED : HELIO_MATCH_NO;
  if (!wants_info)
    return HELIO_MATCH_YES;
  *made = g_match_info_expand_references (info, pattern->with, NULL);
  return *made != NULL ? HELIO_MATCH_YES : HELIO_MATCH_UNDECIDED;
}

/* -- pattern ------------------------------------------------------------------------------ */

HelioPattern *
helio_pattern_new (HelioPatternKind kind,
                   const char *text,
                   gboolean matches_case,
                   const char *with,
                   GError **error)
{
  g_autoptr (HelioPattern) pattern = g_new0 (HelioPattern, 1);

  g_return_val_if_fail (text != NULL, NULL);

  pattern->kind = kind;
  pattern->matches_case = matches_case;
  pattern->text = g_strdup (text);
  pattern->length = strlen (text);
  pattern->with = g_strdup (with);
  if (pattern->length == 0 || pattern->length > HELIO_PATTERN_MAX_LENGTH)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS, "the pattern must have 1 to %d bytes",
                   HELIO_PATTERN_MAX_LENGTH);
      return NULL;
    }
  if (kind == HELIO_PATTERN_REGEX && !compile (pattern, error))
    return NULL;
  return g_steal_pointer (&pattern);
}

void
helio_pattern_free (HelioPattern *pattern)
{
  g_clear_pointer (&pattern->regex, g_regex_unref);
  g_free (pattern->text);
  g_free (pattern->with);
  g_free (pattern);
}

HelioMatch
helio_pattern_match (const HelioPattern *pattern, const char *text, gsize length, char **made)
{
  gboolean is_match;

  if (pattern->kind == HELIO_PATTERN_REGEX)
    return match_regex (pattern, text, length, made);
  is_match = pattern->kind == HELIO_PATTERN_EXACT
                 ? is_equal (pattern, text, length)
                 : helio_glob_matches (pattern->text, text, length, pattern->matches_case);
  if (is_match && made != NULL)
    *made = g_strdup (pattern->with);
  return is_match ? HELIO_MATCH_YES : HELIO_MATCH_NO;
}
