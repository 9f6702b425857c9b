/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What left the agent, byte by byte. Each title and URL bears a mark of its own (aw-words.h), so
 * that a mark in a request tells which event it is of. Titles of the app Vault are all Cherokee. */

#include "converge-world.h"

#include <stdlib.h>
#include <string.h>

#include "sync-lines.h"

/* "mt-0000002a", and four letters of three bytes. */
#define MARK_LENGTH 11
#define SECRET_LENGTH 12

/* Data that ActivityWatch has or had. */
typedef struct
{
  const Track *track;
  int64_t start;
  const char *data; /* owned by the track */
} Known;

static GMutex log_mutex;
static GString *log_text;

/* -- marks --------------------------------------------------------------------------------------
 */

static gboolean
is_letter (const char *at, const char *end)
{
  return end - at >= 3 && memcmp (at, "\xe1\x8e", 2) == 0 && ((guchar) at[2] & 0xf0) == 0xa0;
}

/* The bytes of a database may be any: three of them prove nothing. */
static gboolean
is_number (const char *at, const char *end)
{
  if (end - at < MARK_LENGTH || (memcmp (at, "mt-", 3) != 0 && memcmp (at, "mu-", 3) != 0))
    return FALSE;
  for (int i = 3; i < MARK_LENGTH; i++)
    if (!g_ascii_isxdigit (at[i]))
      return FALSE;
  return TRUE;
}

/* The next mark from @at on, or NULL. */
static char *
next_mark (const char **at, const char *end)
{
  for (; *at < end; (*at)++)
    {
      char *mark = NULL;

      if (is_number (*at, end))
        mark = g_strndup (*at, MARK_LENGTH);
      else if (is_letter (*at, end) && is_letter (*at + 3, end))
        mark = g_strndup (*at, MIN (SECRET_LENGTH, (gsize) (end - *at)));
      if (mark == NULL)
        continue;
      *at += strlen (mark);
      return mark;
    }
  return NULL;
}

/* Two letters of it would do, and so would their escapes. */
static gboolean
has_secret (const char *bytes, gsize length)
{
  const char *end = bytes + length;

  for (const char *at = bytes; at < end; at++)
    if ((is_letter (at, end) && is_letter (at + 3, end))
        || (end - at >= 12 && g_ascii_strncasecmp (at, "\\u13a", 5) == 0
            && g_ascii_strncasecmp (at + 6, "\\u13a", 5) == 0))
      return TRUE;
  return FALSE;
}

static gboolean
has_mark (const char *bytes, gsize length)
{
  const char *at = bytes;
  g_autofree char *mark = next_mark (&at, bytes + length);

  return mark != NULL || has_secret (bytes, length);
}

/* @data: as canonical JSON; the first time only. */
void
world_note_event (World *world, Track *track, int64_t start, const char *data)
{
  GPtrArray *datas = g_hash_table_lookup (track->ever, &start);
  const char *at = data, *end = data + strlen (data);
  char *mark;

  if (datas == NULL)
    {
      datas = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (track->ever, g_memdup2 (&start, sizeof start), datas);
    }
  if (g_ptr_array_find_with_equal_func (datas, data, g_str_equal, NULL))
    return;
  g_ptr_array_add (datas, g_strdup (data));
  while ((mark = next_mark (&at, end)) != NULL)
    {
      GArray *list = g_hash_table_lookup (world->marks, mark);
      Known known = { track, start, datas->pdata[datas->len - 1] };

      if (list == NULL)
        {
          list = g_array_new (FALSE, FALSE, sizeof (Known));
          g_hash_table_insert (world->marks, g_strdup (mark), list);
        }
      g_array_append_val (list, known);
      g_free (mark);
    }
}

gboolean
world_is_in_pause (World *world, int64_t start)
{
  for (guint i = 0; i < world->pauses->len; i++)
    {
      const HelioPause *pause = &g_array_index (world->pauses, HelioPause, i);

      if (start >= pause->start && start < pause->end)
        return TRUE;
    }
  return FALSE;
}

gboolean
world_was_sent (const Track *track, int64_t start, int64_t n)
{
  return n < GPOINTER_TO_UINT (g_hash_table_lookup (track->ordinals, &start));
}

static void
note_sent (const Track *track, const SyncLine *line)
{
  if (!world_was_sent (track, line->start, line->n))
    g_hash_table_replace (track->ordinals, g_memdup2 (&line->start, sizeof line->start),
                          GUINT_TO_POINTER ((guint) line->n + 1));
  g_hash_table_add (track->spans, g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                                                   line->start, line->duration));
}

/* Whether it was sent with that duration before; by another agent, who knows. */
static gboolean
has_span (const Track *track, int64_t start, int64_t duration)
{
  g_autofree char *span
      = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, start, duration);

  return world_was_sent (track, start, G_MAXUINT - 1) || g_hash_table_contains (track->spans, span);
}

/* Nothing is new of what is sent of a bucket that is off. */
static void
check_left (World *world, const Track *track, const SyncLine *line)
{
  world_expect (world, world_was_sent (track, line->start, line->n),
                "no event leaves of a bucket that is off but what had left before");
  world_expect (world,
                line->start + line->duration <= track->off_at
                    || has_span (track, line->start, line->duration),
                "it is not told what was done after the bucket was switched off");
}

static gboolean
may_leave (World *world, const char *mark, BookScope scope)
{
  const GArray *list = g_hash_table_lookup (world->marks, mark);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const Known *known = &g_array_index (list, Known, i);
      g_autofree char *form = NULL;

      /* It may be there already, with that in it. */
      if (scope == BOOK_HISTORY && (!known->track->is_off || known->track->is_left)
          && world_was_sent (known->track, known->start, 0)
          && forms_has_mark (known->track, known->start, mark))
        return TRUE;
      if ((known->track->is_off
           && (scope == BOOK_PRESENCE || !known->track->is_left
               || !world_was_sent (known->track, known->start, 0)))
          || (scope == BOOK_HISTORY && world_is_in_pause (world, known->start)))
        continue;
      form = rule_book_publish (world->book, known->track->number, scope, known->data);
      if (form != NULL && strstr (form, mark) != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
check_bytes (World *world, const char *bytes, gsize length, BookScope scope)
{
  const char *at = bytes;
  char *mark;

  world_expect (world, !world->hides_vault || !has_secret (bytes, length),
                "no byte of a hidden title leaves");
  while ((mark = next_mark (&at, bytes + length)) != NULL)
    {
      if (!may_leave (world, mark, scope))
        world_tell (world, "the mark %s must not leave: %.*s", mark, (int) MIN (length, 100000),
                    bytes);
      world_expect (world, may_leave (world, mark, scope),
                    "a request holds only what the rules of that moment allow");
      g_free (mark);
    }
}

/* -- uploads ------------------------------------------------------------------------------------
 */

static Track *
find_track (World *world, const char *id)
{
  for (guint t = 0; t < world->tracks->len; t++)
    if (g_str_equal (((const Track *) world->tracks->pdata[t])->id, id))
      return world->tracks->pdata[t];
  return NULL;
}

/* A pause concerns only what was not published before. */
static void
check_pauses (World *world, const SyncLine *line)
{
  world_expect (world, !world_is_in_pause (world, line->start),
                "what starts in a pause is not sent");
  for (guint i = 0; i < world->pauses->len; i++)
    {
      const HelioPause *pause = &g_array_index (world->pauses, HelioPause, i);

      world_expect (world,
                    pause->start >= pause->end || line->start >= pause->start
                        || line->start + line->duration <= pause->start,
                    "what runs into a pause ends at its beginning");
    }
}

/* Exactly what the rules make of an event that ActivityWatch had at that time, or of the form that
 * is there. */
static void
check_upsert (World *world, Track *track, const SyncLine *line)
{
  const GPtrArray *datas = g_hash_table_lookup (track->ever, &line->start);
  gboolean is_there = forms_has (track, line->start, line->data);
  gboolean is_known = is_there;

  for (guint i = 0; datas != NULL && i < datas->len && !is_known; i++)
    {
      g_autofree char *form
          = rule_book_publish (world->book, track->number, BOOK_HISTORY, datas->pdata[i]);

      is_known = g_strcmp0 (form, line->data) == 0;
    }
  if (!is_known)
    world_tell (world, "nobody knows %s at %" G_GINT64_FORMAT, line->data, line->start);
  world_expect (world, is_known, "what is sent is what the rules make of an event");
  if (!is_there || !world_was_sent (track, line->start, line->n)
      || !has_span (track, line->start, line->duration))
    check_pauses (world, line);
  if (track->is_off)
    check_left (world, track, line);
  else
    note_sent (track, line);
  g_hash_table_add (track->sent,
                    g_strdup_printf ("%" G_GINT64_FORMAT " %s", line->start, line->data));
  forms_note (world, track, line->start, line->data);
}

/* The bucket that the body names, and what it brings. */
static void
check_upload (World *world, const char *body, gsize length)
{
  g_autoptr (GString) id = g_string_new (NULL);
  Track *track = NULL;
  const char *key, *value;
  gsize key_length, value_length;
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  HelioJson json;

  helio_json_init (&json, body, length);
  if (!helio_json_enter_object (&json))
    return;
  while (helio_json_next_member (&json, &key, &key_length))
    if (helio_json_key_is (key, key_length, "bucket"))
      {
        helio_json_enter_object (&json);
        while (helio_json_next_member (&json, &key, &key_length))
          if (helio_json_key_is (key, key_length, "id"))
            helio_json_take_string (&json, id);
          else
            helio_json_take_value (&json, &value, &value_length);
        track = find_track (world, id->str);
        world_expect (world,
                      track != NULL && (!track->is_off || track->is_left)
                          && !world_is_stopped (world, track),
                      "nothing leaves of a bucket that is off, or stopped by a broken rule");
      }
    else if (track != NULL && helio_json_key_is (key, key_length, "upsert"))
      {
        helio_json_enter_array (&json);
        while (helio_json_next_element (&json))
          {
            SyncLine line = sync_line_read (&json, scratch);

            check_upsert (world, track, &line);
            g_free (line.data);
          }
      }
    else
      helio_json_take_value (&json, &value, &value_length);
}

/* -- presence -----------------------------------------------------------------------------------
 */

/* The text member of that name, or NULL. */
static char *
take_member (const char *text, gsize length, const char *name)
{
  HelioJson json;
  const char *key, *value;
  gsize key_length, value_length;

  helio_json_init (&json, text, length);
  if (helio_json_peek (&json) != HELIO_JSON_OBJECT)
    return NULL;
  helio_json_enter_object (&json);
  while (helio_json_next_member (&json, &key, &key_length))
    if (helio_json_key_is (key, key_length, name) && helio_json_peek (&json) == HELIO_JSON_STRING)
      {
        GString *member = g_string_new (NULL);

        helio_json_take_string (&json, member);
        return g_string_free (member, FALSE);
      }
    else if (helio_json_take_value (&json, &value, &value_length)
             && helio_json_key_is (key, key_length, name))
      return g_strndup (value, value_length);
  return NULL;
}

static gboolean
is_shown (World *world, const Track *track, const char *app, const char *title)
{
  GHashTableIter iter;
  gpointer datas;

  g_hash_table_iter_init (&iter, track->ever);
  while (g_hash_table_iter_next (&iter, NULL, &datas))
    for (guint i = 0; i < ((GPtrArray *) datas)->len; i++)
      {
        g_autofree char *form = rule_book_publish (world->book, track->number, BOOK_PRESENCE,
                                                   ((GPtrArray *) datas)->pdata[i]);
        g_autofree char *own_app = form != NULL ? take_member (form, strlen (form), "app") : NULL;
        g_autofree char *own_title
            = form != NULL ? take_member (form, strlen (form), "title") : NULL;

        if (g_strcmp0 (app, own_app) == 0 && (title == NULL || g_strcmp0 (title, own_title) == 0))
          return TRUE;
      }
  return FALSE;
}

static void
check_status (World *world, const char *body, gsize length)
{
  const Track *window = world->tracks->pdata[BOOK_WINDOW];
  g_autofree char *activity = take_member (body, length, "activity");
  g_autofree char *state = take_member (body, length, "state");
  g_autofree char *app = NULL;
  g_autofree char *title = NULL;

  if (state == NULL || activity == NULL)
    return;
  app = take_member (activity, strlen (activity), "app");
  title = take_member (activity, strlen (activity), "title");
  if (g_strcmp0 (title, "null") == 0)
    g_clear_pointer (&title, g_free);
  world_expect (
      world, !world->is_paused || g_str_equal (state, "paused") || g_str_equal (state, "offline"),
      "while paused nothing but that is said");
  world_expect (world, world->level > HELIO_LEVEL_NOTHING || g_str_equal (state, "offline"),
                "at the level nothing only a farewell is said");
  world_expect (world, world->level >= HELIO_LEVEL_APP || app == NULL, "the level hides the app");
  world_expect (world, world->level >= HELIO_LEVEL_TITLE || title == NULL,
                "the level hides the title");
  if (app == NULL)
    return;
  world_expect (world, !window->is_off && g_str_equal (state, "active"),
                "activity is shown only of who is there, and of a bucket that is on");
  world_expect (world, is_shown (world, window, app, title),
                "presence shows what the rules make of an event");
  world->n_shown++;
}

/* -- requests -----------------------------------------------------------------------------------
 */

/* What is meant by a body. */
static GBytes *
inflate (const char *head, GBytes *body)
{
  g_autoptr (GConverter) converter = NULL;
  g_autoptr (GInputStream) memory = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GOutputStream) plain = NULL;

  if (strstr (head, "\r\ncontent-encoding: gzip") == NULL)
    return g_bytes_ref (body);
  converter = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  memory = g_memory_input_stream_new_from_bytes (body);
  stream = g_converter_input_stream_new (memory, converter);
  plain = g_memory_output_stream_new_resizable ();
  g_output_stream_splice (plain, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (plain));
}

static void
check_request (World *world, GBytes *request)
{
  gsize length, body_length;
  const char *text = g_bytes_get_data (request, &length);
  const char *end = length > 0 ? memmem (text, length, "\r\n\r\n", 4) : NULL;
  gsize head_length = end != NULL ? (gsize) (end - text) + 4 : length;
  g_autofree char *head = g_ascii_strdown (text, (gssize) head_length);
  g_autoptr (GBytes) rest = g_bytes_new_from_bytes (request, head_length, length - head_length);
  g_autoptr (GBytes) body = inflate (head, rest);
  const char *bytes = g_bytes_get_data (body, &body_length);
  gboolean is_status = g_str_has_prefix (head, "put ");

  if (length == 0)
    return;
  world_expect (world, !world->is_paused || is_status, "while paused nothing is asked or sent");
  check_bytes (world, head, head_length, BOOK_HISTORY);
  check_bytes (world, bytes, body_length, is_status ? BOOK_PRESENCE : BOOK_HISTORY);
  if (is_status)
    check_status (world, bytes, body_length);
  else if (g_str_has_prefix (head, "post "))
    check_upload (world, bytes, body_length);
}

void
world_check_requests (World *world)
{
  g_autoptr (GPtrArray) requests = sync_proxy_take_requests (world->proxy);

  for (guint i = 0; i < requests->len; i++)
    check_request (world, requests->pdata[i]);
}

/* -- what stays ---------------------------------------------------------------------------------
 */

static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  g_mutex_lock (&log_mutex);
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      {
        g_string_append_len (log_text, fields[i].value, fields[i].length);
        g_string_append_c (log_text, '\n');
      }
  g_mutex_unlock (&log_mutex);
  if ((level & (G_LOG_FLAG_FATAL | G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0)
    return g_log_writer_default (level, fields, n_fields, data);
  return G_LOG_WRITER_HANDLED;
}

void
world_catch_log (void)
{
  log_text = g_string_new (NULL);
  g_log_set_writer_func (on_log, NULL, NULL);
}

/* @is_receiver: it may hold what is not hidden. */
static void
check_folder (World *world, const char *path, gboolean is_receiver)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);
      gboolean is_inside = is_receiver || strstr (name, "server") != NULL;
      g_autofree char *text = NULL;
      gsize length;

      if (g_file_test (inside, G_FILE_TEST_IS_DIR))
        check_folder (world, inside, is_inside);
      else if (g_file_get_contents (inside, &text, &length, NULL))
        {
          if (has_mark (text, length))
            world_tell (world, "there is a mark in %s", inside);
          world_expect (world, is_inside || !has_mark (text, length),
                        "no file of the agent holds a title");
          world_expect (world, !world->hides_vault || !has_secret (text, length),
                        "no file holds a hidden title");
        }
    }
}

void
world_check_files (World *world)
{
  check_folder (world, world->fixture.folder, FALSE);
  g_mutex_lock (&log_mutex);
  world_expect (world, !has_mark (log_text->str, log_text->len), "no title is logged");
  g_string_truncate (log_text, 0);
  g_mutex_unlock (&log_mutex);
}
