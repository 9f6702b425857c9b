/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-rules"

#include "config.h"

#include "rules/helio-pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <glib/gi18n-lib.h>
#include <pcre2.h>
#include <string.h>

#include "model/helio-error.h"

/* What one search may cost, at each place of the text, in steps; and in all, in KiB: far above what
 * an honest pattern needs for a title or an address. A pattern can ask for less, never for more. */
#define MATCH_LIMIT 20000
#define HEAP_LIMIT 8192

/* A piece of what is made of captures: a text, or else a group. */
typedef struct
{
  char *text;
  int group;
} Part;

/* PCRE2 is used as it is, not through GRegex, which takes several times as long for a short text,
 * and can't be told a limit but in the pattern. */
struct _HelioPattern
{
  HelioPatternKind kind;
  gboolean matches_case;
  char *text;
  gsize length;
  GArray *with; /* Part */
  pcre2_code *regex;
  gboolean is_fast;  /* both were compiled to machine code */
  pcre2_code *ascii; /* the same for ASCII texts, which need no Unicode; NULL if it can't be had */
  pcre2_match_context *limits;
};

static void
part_clear (gpointer data)
{
  g_free (((Part *) data)->text);
}

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

static gboolean
compile (HelioPattern *pattern, GError **error)
{
  uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C;
  int code;
  PCRE2_SIZE at;

  if (!pattern->matches_case)
    options |= PCRE2_CASELESS;
  pattern->regex
      = pcre2_compile ((PCRE2_SPTR) pattern->text, pattern->length, options, &code, &at, NULL);
  if (pattern->regex == NULL)
    {
      PCRE2_UCHAR message[256];

      pcre2_get_error_message (code, message, sizeof message);
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                   _ ("the pattern is no regular expression at byte %zu: %s"), at,
                   (const char *) message);
      return FALSE;
    }
  /* Characters, classes and cases that ASCII has are the same there with Unicode and without; a
   * pattern that names others as characters may have some that equal ASCII ones but for case. */
  if (g_str_is_ascii (pattern->text))
    pattern->ascii
        = pcre2_compile ((PCRE2_SPTR) pattern->text, pattern->length,
                         options & ~(uint32_t) (PCRE2_UTF | PCRE2_UCP), &code, &at, NULL);
  /* Where that can't be done, the search is only slower. */
  pattern->is_fast
      = pcre2_jit_compile (pattern->regex, PCRE2_JIT_COMPLETE) == 0
        && (pattern->ascii == NULL || pcre2_jit_compile (pattern->ascii, PCRE2_JIT_COMPLETE) == 0);
  pattern->limits = pcre2_match_context_create (NULL);
  pcre2_set_match_limit (pattern->limits, MATCH_LIMIT);
  pcre2_set_heap_limit (pattern->limits, HEAP_LIMIT);
  return TRUE;
}

static void
add_text (HelioPattern *pattern, const char *text, gsize length)
{
  Part part = { .text = g_strndup (text, length) };

  if (length > 0)
    g_array_append_val (pattern->with, part);
  else
    g_free (part.text);
}

/* The number of the group that "\1" or "\g<name>" at @at names, or -1; @end: what follows. */
static int
find_group (const HelioPattern *pattern, const char *at, const char **end)
{
  g_autofree char *name = NULL;
  guint64 number;
  uint32_t count;
  const char *close;

  pcre2_pattern_info (pattern->regex, PCRE2_INFO_CAPTURECOUNT, &count);
  *end = at + 2;
  if (g_ascii_isdigit (at[1]))
    name = g_strndup (at + 1, 1);
  else if (at[1] == 'g' && at[2] == '<' && (close = strchr (at, '>')) != NULL)
    {
      name = g_strndup (at + 3, (gsize) (close - at - 3));
      *end = close + 1;
    }
  else
    return -1;
  if (g_ascii_string_to_unsigned (name, 10, 0, count, &number, NULL))
    return (int) number;
  return pcre2_substring_number_from_name (pattern->regex, (PCRE2_SPTR) name);
}

/* Takes apart what is made of captures. */
static gboolean
take_with (HelioPattern *pattern, const char *with, GError **error)
{
  const char *begin = with, *at = with;

  while ((at = strchr (at, '\\')) != NULL)
    {
      const char *end = at + 2;
      Part part = { 0 };

      add_text (pattern, begin, (gsize) (at - begin));
      if (at[1] == '\\')
        add_text (pattern, "\\", 1);
      else
        {
          part.group = find_group (pattern, at, &end);
          if (part.group < 0)
            {
              g_set_error_literal (
                  error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                  _ ("“with” holds a “\\” that names no group of the pattern; write "
                     "“\\\\” for the character itself"));
              return FALSE;
            }
          g_array_append_val (pattern->with, part);
        }
      begin = at = end;
    }
  add_text (pattern, begin, strlen (begin));
  return TRUE;
}

static char *
make (const HelioPattern *pattern, const char *text, pcre2_match_data *found)
{
  g_autoptr (GString) made = g_string_new (NULL);
  const PCRE2_SIZE *places = pcre2_get_ovector_pointer (found);

  for (guint i = 0; i < pattern->with->len; i++)
    {
      const Part *part = &g_array_index (pattern->with, Part, i);
      PCRE2_SIZE from = places[2 * part->group];

      if (part->text != NULL)
        g_string_append (made, part->text);
      /* A group that took no part is empty; "\\K" may put the end before the beginning. */
      else if (from != PCRE2_UNSET && places[2 * part->group + 1] > from)
        g_string_append_len (made, text + from, (gssize) (places[2 * part->group + 1] - from));
    }
  return g_string_free (g_steal_pointer (&made), FALSE);
}

/* The text is known to be UTF-8. */
static int
search (const HelioPattern *pattern,
        const char *text,
        gsize length,
        gboolean is_ascii,
        pcre2_match_data *found)
{
  const pcre2_code *regex = is_ascii && pattern->ascii != NULL ? pattern->ascii : pattern->regex;
  int code = PCRE2_ERROR_JIT_STACKLIMIT;

  if (pattern->is_fast)
    code = pcre2_jit_match (regex, (PCRE2_SPTR) text, length, 0, 0, found, pattern->limits);
  /* The fast way has a small stack, and a pattern may forbid it. */
  if (code == PCRE2_ERROR_JIT_STACKLIMIT || code == PCRE2_ERROR_JIT_BADOPTION)
    code = pcre2_match (regex, (PCRE2_SPTR) text, length, 0, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT,
                        found, pattern->limits);
  return code;
}

static HelioMatch
match_regex (const HelioPattern *pattern,
             const char *text,
             gsize length,
             gboolean is_ascii,
             HelioPatternRoom *room,
             char **made)
{
  gboolean makes = made != NULL && pattern->with->len > 0;
  pcre2_match_data *found;
  int code;

  if (length > HELIO_PATTERN_MAX_TEXT)
    return HELIO_MATCH_UNDECIDED;
  if (room->found == NULL)
    room->found = pcre2_match_data_create (1, NULL);
  found = makes ? pcre2_match_data_create_from_pattern (pattern->regex, NULL) : room->found;
  code = search (pattern, text, length, is_ascii, found);
  if (code >= 0 && made != NULL)
    *made = makes ? make (pattern, text, found) : g_strdup ("");
  if (makes)
    pcre2_match_data_free (found);
  return code >= 0                     ? HELIO_MATCH_YES
         : code == PCRE2_ERROR_NOMATCH ? HELIO_MATCH_NO
                                       : HELIO_MATCH_UNDECIDED;
}

void
helio_pattern_room_clear (HelioPatternRoom *room)
{
  g_clear_pointer (&room->found, pcre2_match_data_free);
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
  pattern->with = g_array_new (FALSE, FALSE, sizeof (Part));
  g_array_set_clear_func (pattern->with, part_clear);
  if (pattern->length == 0 || pattern->length > HELIO_PATTERN_MAX_LENGTH)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                   _ ("the pattern must have 1 to %d bytes"), HELIO_PATTERN_MAX_LENGTH);
      return NULL;
    }
  if (kind != HELIO_PATTERN_REGEX)
    add_text (pattern, with != NULL ? with : "", with != NULL ? strlen (with) : 0);
  else if (!compile (pattern, error) || (with != NULL && !take_with (pattern, with, error)))
    return NULL;
  return g_steal_pointer (&pattern);
}

void
helio_pattern_free (HelioPattern *pattern)
{
  g_clear_pointer (&pattern->regex, pcre2_code_free);
  g_clear_pointer (&pattern->ascii, pcre2_code_free);
  g_clear_pointer (&pattern->limits, pcre2_match_context_free);
  g_free (pattern->text);
  g_array_unref (pattern->with);
  g_free (pattern);
}

HelioMatch
helio_pattern_match (const HelioPattern *pattern,
                     const char *text,
                     gsize length,
                     gboolean is_ascii,
                     HelioPatternRoom *room,
                     char **made)
{
  gboolean is_match;

  if (pattern->kind == HELIO_PATTERN_REGEX)
    return match_regex (pattern, text, length, is_ascii, room, made);
  is_match = pattern->kind == HELIO_PATTERN_EXACT
                 ? is_equal (pattern, text, length)
                 : helio_glob_matches (pattern->text, text, length, pattern->matches_case);
  if (is_match && made != NULL)
    *made = g_strdup (pattern->with->len > 0 ? g_array_index (pattern->with, Part, 0).text : "");
  return is_match ? HELIO_MATCH_YES : HELIO_MATCH_NO;
}
