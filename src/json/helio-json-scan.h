/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What the cursor and the canonical form share: the innermost loops over string bytes. For this
 * folder only. */

#include <glib.h>
#include <stdint.h>
#include <string.h>

G_BEGIN_DECLS

#define HELIO_JSON_ONES G_GUINT64_CONSTANT (0x0101010101010101)
#define HELIO_JSON_HIGHS G_GUINT64_CONSTANT (0x8080808080808080)

/* Marks the bytes that are zero in the high bit of each byte. A byte above a marked one may be
 * marked wrongly, so only the lowest mark counts. */
static inline uint64_t
helio_json_zero_bytes (uint64_t word)
{
  return (word - HELIO_JSON_ONES) & ~word;
}

/* The end of the run of printable ASCII that begins at @at: neither a quote nor a backslash, a
 * control character or a byte of a longer UTF-8 sequence. */
static inline const char *
helio_json_skip_plain (const char *at, const char *end)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  while (end - at >= 8)
    {
      uint64_t word, odd;

      memcpy (&word, at, 8);
      odd = (helio_json_zero_bytes (word ^ HELIO_JSON_ONES * '"')
             | helio_json_zero_bytes (word ^ HELIO_JSON_ONES * '\\')
             | (word - HELIO_JSON_ONES * ' ') | word)
            & HELIO_JSON_HIGHS;
      if (odd != 0)
        return at + (__builtin_ctzll (odd) >> 3);
      at += 8;
    }
#endif
  while (at < end && (uint8_t) (*at - ' ') < 0x60 && *at != '"' && *at != '\\')
    at++;
  return at;
}

/* The length of the UTF-8 sequence at @at: 1 to 4; 0 if it is none; -1 if the text ends before
 * one could be told from the other. */
static inline int
helio_json_utf8_length (const char *at, const char *end)
{
  const uint8_t *byte = (const uint8_t *) at;
  ptrdiff_t left = end - at;
  uint8_t low = 0x80, high = 0xbf;
  int length;

  if (left < 1)
    return -1;
  if (byte[0] < 0x80)
    return 1;
  if (byte[0] < 0xc2 || byte[0] > 0xf4)
    return 0;
  length = byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
  if (byte[0] == 0xe0)
    low = 0xa0; /* else overlong */
  else if (byte[0] == 0xed)
    high = 0x9f; /* else a surrogate */
  else if (byte[0] == 0xf0)
    low = 0x90; /* else overlong */
  else if (byte[0] == 0xf4)
    high = 0x8f; /* else beyond U+10FFFF */
  if (left < 2)
    return -1;
  if (byte[1] < low || byte[1] > high)
    return 0;
  for (int i = 2; i < length; i++)
    {
      if (i >= left)
        return -1;
      if ((byte[i] & 0xc0) != 0x80)
        return 0;
    }
  return length;
}

/* The four hexadecimal digits at @at, which must be there, as a number, or -1. */
static inline int
helio_json_hex (const char *at)
{
  int value = 0;

  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (at[i]);

      if (digit < 0)
        return -1;
      value = value << 4 | digit;
    }
  return value;
}

/* Undoes the escape at *@at, a backslash in a checked string that ends at @end; a surrogate
 * without its half is U+FFFD. */
static inline gunichar
helio_json_undo_escape (const char **at, const char *end)
{
  char letter = (*at)[1];
  int code, low;

  *at += 2;
  switch (letter)
    {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'u':
      break;
    default:
      return (gunichar) letter;
    }

  code = helio_json_hex (*at);
  *at += 4;
  if (code < 0xd800 || code > 0xdfff)
    return (gunichar) code;
  if (code > 0xdbff || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
    return 0xfffd;
  low = helio_json_hex (*at + 2);
  if (low < 0xdc00 || low > 0xdfff)
    return 0xfffd;
  *at += 6;
  return 0x10000 + (((gunichar) code - 0xd800) << 10) + ((gunichar) low - 0xdc00);
}

G_END_DECLS
