/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-framing.h"

#include <string.h>

#define MAX_DIGITS_OF_A_CHUNK 15

/* What comes next. */
typedef enum
{
  AT_BEGIN, /* an empty line may come before a request */
  AT_BEGIN_LF,
  IN_METHOD,
  IN_TARGET,
  IN_VERSION,
  AT_VERSION_LF,
  AT_LINE,
  IN_NAME,
  IN_VALUE,
  AT_VALUE_LF,
  AT_HEAD_LF,

  /* from here on the body */
  IN_BODY,
  IN_SIZE,
  AT_SIZE_LF,
  IN_CHUNK,
  AT_CHUNK_CR,
  AT_CHUNK_LF,
  AT_END_CR,
  AT_END_LF,
} Place;

static gboolean
is_name_letter (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static gboolean
go (HelioFraming *framing, Place place)
{
  framing->place = place;
  return TRUE;
}

static gboolean
expect (HelioFraming *framing, char c, char wanted, Place place)
{
  return c == wanted && go (framing, place);
}

/* -- the head ----------------------------------------------------------------------------- */

static void
begin_line (HelioFraming *framing)
{
  framing->name_length = 0;
  framing->value_length = 0;
}

static gboolean
pass_version (HelioFraming *framing, char c)
{
  static const char version[] = "HTTP/1.";

  if (framing->matched < strlen (version))
    return c == version[framing->matched++];
  if (framing->matched++ == strlen (version))
    {
      framing->is_old = c == '0';
      return c == '0' || c == '1';
    }
  return expect (framing, c, '\r', AT_VERSION_LF);
}

static gboolean
pass_name (HelioFraming *framing, char c)
{
  if (c == ':')
    return go (framing, IN_VALUE);
  /* A name that does not fit is none of those that matter. */
  if (framing->name_length < sizeof framing->name)
    framing->name[framing->name_length++] = c;
  return is_name_letter (c);
}

static gboolean
pass_value (HelioFraming *framing, char c)
{
  if (c == '\r')
    return go (framing, AT_VALUE_LF);
  if (framing->value_length == 0 && (c == ' ' || c == '\t'))
    return TRUE;
  if (framing->value_length < sizeof framing->value)
    framing->value[framing->value_length++] = c;
  return c == '\t' || ((uint8_t) c >= ' ' && c != 0x7f);
}

static gboolean
is_named (const HelioFraming *framing, const char *name)
{
  return framing->name_length == strlen (name)
         && g_ascii_strncasecmp (framing->name, name, framing->name_length) == 0;
}

static gboolean
read_length (HelioFraming *framing)
{
  if (framing->has_length || framing->is_chunked || framing->value_length == 0
      || framing->value_length == sizeof framing->value)
    return FALSE;
  framing->has_length = TRUE;
  framing->left = 0;
  for (guint i = 0; i < framing->value_length; i++)
    {
      int digit = g_ascii_digit_value (framing->value[i]);

      if (digit < 0 || framing->left > (G_MAXINT64 - (uint64_t) digit) / 10)
        return FALSE;
      framing->left = framing->left * 10 + (uint64_t) digit;
    }
  return TRUE;
}

/* What the header that just ended means for where the request ends. */
static gboolean
end_line (HelioFraming *framing)
{
  while (framing->value_length > 0
         && strchr (" \t", framing->value[framing->value_length - 1]) != NULL)
    framing->value_length--;
  if (is_named (framing, "Content-Length"))
    return read_length (framing);
  if (is_named (framing, "Transfer-Encoding"))
    {
      gboolean is_good = !framing->has_length && !framing->is_chunked && !framing->is_old
                         && framing->value_length == strlen ("chunked")
                         && g_ascii_strncasecmp (framing->value, "chunked", 7) == 0;

      framing->is_chunked = TRUE;
      return is_good;
    }
  if (is_named (framing, "Host"))
    {
      gboolean is_second = framing->has_host;

      framing->has_host = TRUE;
      return !is_second;
    }
  return TRUE;
}

static void
end_head (HelioFraming *framing)
{
  Place place = framing->is_chunked ? IN_SIZE : framing->left > 0 ? IN_BODY : AT_BEGIN;
  uint64_t left = framing->is_chunked ? 0 : framing->left;

  *framing = (HelioFraming){ .place = place, .left = left };
}

/* -- chunks ------------------------------------------------------------------------------- */

static gboolean
pass_size (HelioFraming *framing, char c)
{
  int digit = g_ascii_xdigit_value (c);

  if (c == '\r' && framing->matched > 0)
    return go (framing, AT_SIZE_LF);
  if (digit < 0 || framing->matched++ >= MAX_DIGITS_OF_A_CHUNK)
    return FALSE;
  framing->left = framing->left * 16 + (uint64_t) digit;
  return TRUE;
}

static gboolean
begin_size (HelioFraming *framing)
{
  framing->left = 0;
  framing->matched = 0;
  return go (framing, IN_SIZE);
}

/* -- all of it ---------------------------------------------------------------------------- */

static gboolean
pass_byte (HelioFraming *framing, char c)
{
  switch ((Place) framing->place)
    {
    case AT_BEGIN:
      *framing = (HelioFraming){ .place = c == '\r' ? AT_BEGIN_LF : IN_METHOD };
      return c == '\r' || is_name_letter (c);
    case AT_BEGIN_LF:
      return expect (framing, c, '\n', AT_BEGIN);
    case IN_METHOD:
      return c == ' ' ? go (framing, IN_TARGET) : is_name_letter (c);
    case IN_TARGET:
      /* matched tells an empty target from one that ends */
      if (c == ' ' && framing->matched > 0)
        {
          framing->matched = 0;
          return go (framing, IN_VERSION);
        }
      framing->matched = 1;
      return (uint8_t) c > ' ' && c != 0x7f;
    case IN_VERSION:
      return pass_version (framing, c);
    case AT_VERSION_LF:
      return expect (framing, c, '\n', AT_LINE);
    case AT_LINE:
      begin_line (framing);
      if (c == '\r')
        return go (framing, AT_HEAD_LF);
      return go (framing, IN_NAME) && c != ':' && pass_name (framing, c);
    case IN_NAME:
      return pass_name (framing, c);
    case IN_VALUE:
      return pass_value (framing, c);
    case AT_VALUE_LF:
      return expect (framing, c, '\n', AT_LINE) && end_line (framing);
    case AT_HEAD_LF:
      if (c == '\n')
        end_head (framing);
      return c == '\n';
    case IN_SIZE:
      return pass_size (framing, c);
    case AT_SIZE_LF:
      return expect (framing, c, '\n', framing->left > 0 ? IN_CHUNK : AT_END_CR);
    case AT_CHUNK_CR:
      return expect (framing, c, '\r', AT_CHUNK_LF);
    case AT_CHUNK_LF:
      return c == '\n' && begin_size (framing);
    case AT_END_CR:
      return expect (framing, c, '\r', AT_END_LF);
    case AT_END_LF:
      return expect (framing, c, '\n', AT_BEGIN);
    case IN_BODY:
    case IN_CHUNK:
    default:
      g_assert_not_reached ();
    }
}

gsize
helio_framing_pass (HelioFraming *framing, const char *bytes, gsize length)
{
  gsize at = 0;

  while (at < length)
    {
      if (framing->place == IN_BODY || framing->place == IN_CHUNK)
        {
          gsize step = MIN (framing->left, length - at);

          at += step;
          framing->left -= step;
          if (framing->left == 0)
            framing->place = framing->place == IN_BODY ? AT_BEGIN : AT_CHUNK_CR;
        }
      else if (pass_byte (framing, bytes[at]))
        at++;
      else
        break;
    }
  return at;
}

gboolean
helio_framing_is_in_head (const HelioFraming *framing)
{
  return framing->place < IN_BODY;
}
