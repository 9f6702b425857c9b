/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include "cli/helio-cli-secret.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "cli/helio-cli.h"
#include "model/helio-error.h"

/* Tokens have 46 letters; AW keys are as long as the user likes. */
#define LONGEST 4096

static struct termios terminal_before;

/* Ctrl-C at the prompt must not leave the user's shell without echo. */
static void
on_interrupt (int number)
{
  tcsetattr (STDIN_FILENO, TCSANOW, &terminal_before);
  signal (number, SIG_DFL);
  raise (number);
}

static gboolean
read_all (int fd, char *buffer, const char *name, GError **error)
{
  gsize length = 0;

  while (length < LONGEST)
    {
      gssize got = read (fd, buffer + length, LONGEST - length);

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        {
          int code = errno;
          g_set_error (error, HELIO_ERROR, HELIO_ERROR_FAILED, _ ("can't read %s: %s"), name,
                       g_strerror (code));
          return FALSE;
        }
      if (got == 0)
        break;
      length += (gsize) got;
      /* A terminal gives one line and stays open. */
      if (isatty (fd) && buffer[length - 1] == '\n')
        break;
    }
  buffer[length] = '\0';
  if (length == LONGEST || strlen (buffer) != length)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_FAILED,
                   _ ("%s holds more than one line of text"), name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_terminal (const char *prompt, char *buffer, GError **error)
{
  struct termios silent;

  tcgetattr (STDIN_FILENO, &terminal_before);
  silent = terminal_before;
  silent.c_lflag &= (tcflag_t) ~ECHO;
  signal (SIGINT, on_interrupt);
  signal (SIGTERM, on_interrupt);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
  g_printerr ("%s", prompt);
  gboolean is_read = read_all (STDIN_FILENO, buffer, _ ("the terminal"), error);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &terminal_before);
  signal (SIGINT, SIG_DFL);
  signal (SIGTERM, SIG_DFL);
  g_printerr ("\n");
  return is_read;
}

static gboolean
read_file (const char *file, char *buffer, GError **error)
{
  struct stat info;
  int fd = open (file, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    {
      int code = errno;
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_FAILED, _ ("can't read %s: %s"), file,
                   g_strerror (code));
      return FALSE;
    }
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode) && (info.st_mode & 077) != 0)
    helio_cli_complain (_ ("note: other users may read %s; chmod 600 keeps it yours"), file);
  gboolean is_read = read_all (fd, buffer, file, error);
  close (fd);
  return is_read;
}

char *
helio_cli_read_secret (const char *file, const char *prompt, GError **error)
{
  g_autoptr (HelioSecret) buffer = g_malloc0 (LONGEST + 1);
  gboolean is_stdin = strcmp (file, "-") == 0;
  gboolean is_read;

  if (is_stdin && isatty (STDIN_FILENO))
    is_read = read_terminal (prompt, buffer, error);
  else if (is_stdin)
    is_read = read_all (STDIN_FILENO, buffer, _ ("standard input"), error);
  else
    is_read = read_file (file, buffer, error);
  if (!is_read)
    return NULL;

  g_strstrip (buffer);
  if (buffer[0] == '\0')
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_FAILED, _ ("%s is empty"),
                   is_stdin ? _ ("standard input") : file);
      return NULL;
    }
  for (const char *p = buffer; *p != '\0'; p++)
    {
      if (!g_ascii_isgraph (*p))
        {
          g_set_error (error, HELIO_ERROR, HELIO_ERROR_FAILED,
                       _ ("%s holds something else than one token"),
                       is_stdin ? _ ("standard input") : file);
          return NULL;
        }
    }
  return (char *) g_steal_pointer (&buffer);
}

void
helio_cli_free_secret (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
