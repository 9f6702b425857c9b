/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "config.h"

#include "server/helio-commands.h"

#include <gio/gunixoutputstream.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "model/helio-time.h"
#include "server/helio-store.h"

int
helio_command_fail (const GError *error)
{
  g_printerr ("heliograph-server: %s\n", error->message);
  if (error->domain != HELIO_STORE_ERROR)
    return HELIO_EXIT_FAILED;
  switch ((HelioStoreError) error->code)
    {
    case HELIO_STORE_ERROR_NEWER:
    case HELIO_STORE_ERROR_DAMAGED:
      return HELIO_EXIT_DATA;
    case HELIO_STORE_ERROR_FULL:
      return HELIO_EXIT_CANT_WRITE;
    case HELIO_STORE_ERROR_LOCKED:
      return HELIO_EXIT_RUNNING;
    case HELIO_STORE_ERROR_INVALID:
      return HELIO_EXIT_USAGE;
    case HELIO_STORE_ERROR_FAILED:
    case HELIO_STORE_ERROR_BUSY:
    case HELIO_STORE_ERROR_EXISTS:
    case HELIO_STORE_ERROR_NOT_FOUND:
    default:
      return HELIO_EXIT_FAILED;
    }
}

int
helio_command_usage (const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("heliograph-server: %s\n%s\n", message, _ ("Try: heliograph-server --help"));
  return HELIO_EXIT_USAGE;
}

static int
open_store (const char *dir, HelioStore **store)
{
  g_autoptr (GError) error = NULL;

  *store = helio_store_open (dir, HELIO_STORE_USE, &error);
  return *store != NULL ? HELIO_EXIT_GOOD : helio_command_fail (error);
}

/* -- token -------------------------------------------------------------------------------- */

static void
print_day (int64_t ms)
{
  char text[HELIO_TIME_TEXT];

  if (ms == 0)
    {
      g_print ("never");
      return;
    }
  helio_time_format (ms, text);
  g_print ("%.10s %.5s UTC", text, text + 11);
}

/* The lists are for programs, too: their words stay as they are. */
static int
list_tokens (HelioStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tokens = helio_store_list_tokens (store, &error);

  if (tokens == NULL)
    return helio_command_fail (error);
  for (guint i = 0; i < tokens->len; i++)
    {
      const HelioToken *token = g_ptr_array_index (tokens, i);

      g_print ("%s\t%s\tmade ", token->name, token->device != 0 ? "device" : "reads");
      print_day (token->created);
      g_print ("\n");
    }
  return HELIO_EXIT_GOOD;
}

static int
print_token (char *token, const GError *error)
{
  if (token == NULL)
    return helio_command_fail (error);
  g_print ("%s\n", token);
  if (isatty (STDOUT_FILENO))
    g_printerr ("%s\n", _ ("It is shown only now; it is not stored here."));
  g_free (token);
  return HELIO_EXIT_GOOD;
}

int
helio_command_token (const char *dir, char **words)
{
  g_autoptr (HelioStore) store = NULL;
  g_autoptr (GError) error = NULL;
  const char *verb = words[0];
  gboolean only_reads = FALSE;
  const char *name = NULL;
  int code;

  if (verb == NULL)
    return helio_command_usage (_ ("token needs add, list, revoke or rotate"));
  if (strcmp (verb, "add") != 0 && strcmp (verb, "list") != 0 && strcmp (verb, "revoke") != 0
      && strcmp (verb, "rotate") != 0)
    return helio_command_usage (_ ("token %s is unknown"), verb);
  for (char **word = words + 1; *word != NULL; word++)
    {
      if (strcmp (*word, "--read") == 0 && strcmp (verb, "add") == 0)
        only_reads = TRUE;
      else if ((*word)[0] == '-')
        return helio_command_usage (_ ("the option %s is unknown"), *word);
      else if (name != NULL || strcmp (verb, "list") == 0)
        return helio_command_usage (_ ("\"%s\" is too much"), *word);
      else
        name = *word;
    }
  if (name == NULL && strcmp (verb, "list") != 0)
    return helio_command_usage (_ ("token %s needs a name"), verb);

  code = open_store (dir, &store);
  if (store == NULL)
    return code;
  if (strcmp (verb, "list") == 0)
    return list_tokens (store);
  if (strcmp (verb, "add") == 0)
    {
      char *token = helio_store_add_token (store, name, only_reads, helio_time_now (), &error);

      return print_token (token, error);
    }
  if (strcmp (verb, "rotate") == 0)
    {
      char *token = helio_store_rotate_token (store, name, helio_time_now (), &error);

      return print_token (token, error);
    }
  if (!helio_store_revoke_token (store, name, &error))
    return helio_command_fail (error);
  return HELIO_EXIT_GOOD;
}

/* -- device ------------------------------------------------------------------------------- */

static int
list_devices (HelioStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = helio_store_list_devices (store, &error);

  if (devices == NULL)
    return helio_command_fail (error);
  for (guint i = 0; i < devices->len; i++)
    {
      const HelioDevice *device = g_ptr_array_index (devices, i);

      g_print ("%s\tpublic %s\thours %s\t%s\tlast seen ", device->name,
               helio_audience_to_string (device->audience), device->shows_hours ? "on" : "off",
               device->timezone);
      print_day (device->last_seen);
      g_print ("\n");
    }
  return HELIO_EXIT_GOOD;
}

/* The value of an option written as "--name value" or "--name=value"; moves to its last word. */
static gboolean
take_option (char ***word, const char *name, const char **value)
{
  gsize length = strlen (name);

  if (strncmp (**word, name, length) != 0)
    return FALSE;
  if ((**word)[length] == '=')
    *value = **word + length + 1;
  else if ((**word)[length] == '\0')
    *value = (*word)[1] != NULL ? *++*word : "";
  else
    return FALSE;
  return TRUE;
}

int
helio_command_device (const char *dir, char **words)
{
  g_autoptr (HelioStore) store = NULL;
  g_autoptr (GError) error = NULL;
  const char *name = NULL, *audience = NULL, *hours = NULL, *timezone = NULL;
  gboolean lists = words[0] != NULL && strcmp (words[0], "list") == 0;
  int code;

  if (words[0] == NULL)
    return helio_command_usage (_ ("device needs set or list"));
  if (!lists && strcmp (words[0], "set") != 0)
    return helio_command_usage (_ ("device %s is unknown"), words[0]);
  for (char **word = words + 1; *word != NULL; word++)
    {
      if (!lists
          && (take_option (&word, "--public", &audience) || take_option (&word, "--hours", &hours)
              || take_option (&word, "--timezone", &timezone)))
        continue;
      if ((*word)[0] == '-')
        return helio_command_usage (_ ("the option %s is unknown"), *word);
      if (lists || name != NULL)
        return helio_command_usage (_ ("\"%s\" is too much"), *word);
      name = *word;
    }
  if (!lists && name == NULL)
    return helio_command_usage (_ ("device set needs a name"));
  if (!lists && audience == NULL && hours == NULL && timezone == NULL)
    return helio_command_usage (_ ("device set needs --public, --hours or --timezone"));
  if (hours != NULL && strcmp (hours, "on") != 0 && strcmp (hours, "off") != 0)
    return helio_command_usage (_ ("--hours is on or off"));

  code = open_store (dir, &store);
  if (store == NULL)
    return code;
  if (lists)
    return list_devices (store);
  if (!helio_store_set_device (store, name, audience,
                               hours == NULL ? -1 : strcmp (hours, "on") == 0, timezone, &error))
    return helio_command_fail (error);
  return HELIO_EXIT_GOOD;
}

/* -- export ------------------------------------------------------------------------------- */

int
helio_command_export (const char *dir, char **words)
{
  g_autoptr (HelioStore) store = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GOutputStream) out = NULL;
  const char *format = NULL, *device = NULL;
  int code;

  for (char **word = words; *word != NULL; word++)
    if (!take_option (&word, "--format", &format) && !take_option (&word, "--device", &device))
      return helio_command_usage (_ ("\"%s\" is unknown to export"), *word);
  if (format == NULL || (strcmp (format, "jsonl") != 0 && strcmp (format, "csv") != 0))
    return helio_command_usage (_ ("export needs --format jsonl or --format csv"));

  code = open_store (dir, &store);
  if (store == NULL)
    return code;
  out = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
  if (!helio_store_export (store,
                           strcmp (format, "csv") == 0 ? HELIO_EXPORT_CSV : HELIO_EXPORT_JSONL,
                           device, out, &error))
    return helio_command_fail (error);
  return HELIO_EXIT_GOOD;
}
