/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-rules"

#include "rules/helio-memo.h"

#include <string.h>

/* The table begins small and grows: what is read every few seconds has few titles. A full one of
 * usual titles is some 6 MiB; with longer ones it begins anew before it is larger than that. What
 * is longer still is not remembered. */
#define FIRST_SLOTS 256
#define MOST_SLOTS 65536
#define MOST_BYTES (8 * 1024 * 1024)
#define MAX_LENGTH 1024

/* One thing that is remembered. There are two places for each, so that two that come again and
 * again do not push out one another. */
typedef struct
{
  uint64_t hash;
  uint32_t length;
  uint32_t made_length;
  int rule;
  uint8_t is_dropped;
  uint8_t is_changed;
  char bytes[]; /* the data, then what was made of it */
} Entry;

struct _HelioMemo
{
  Entry **slots;  /* NULL while there is nothing */
  uint16_t *tags; /* a part of the hash of each, 0 for none: near at hand, as the entries are not */
  guint n_slots;
  guint n_taken;
  gsize n_bytes; /* of the entries */
  gconstpointer rules;
  const char *bucket;
  int scope;
  uint64_t hash; /* of what was looked for last */
};

/* Only spreads: equal hashes are told apart by the bytes. */
static uint64_t
hash_bytes (const char *data, gsize length)
{
  uint64_t hash = length * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  uint64_t word;

  for (; length >= 8; data += 8, length -= 8)
    {
      memcpy (&word, data, 8);
      hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      hash ^= hash >> 32;
    }
  word = 0;
  memcpy (&word, data, length);
  hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return hash ^ hash >> 32;
}

static guint
first_of_pair (const HelioMemo *memo, uint64_t hash)
{
  return (guint) (hash % memo->n_slots) & ~1U;
}

/* Never 0. */
static uint16_t
make_tag (uint64_t hash)
{
  return (uint16_t) (hash >> 48 | 1);
}

static gboolean
is_same (const Entry *entry, uint64_t hash, const char *data, gsize length)
{
  return entry->hash == hash && entry->length == length && memcmp (entry->bytes, data, length) == 0;
}

static gsize
get_size (const Entry *entry)
{
  return sizeof *entry + entry->length + entry->made_length;
}

/* The older one of its pair is forgotten. */
static void
put (HelioMemo *memo, Entry *entry)
{
  guint at = first_of_pair (memo, entry->hash);

  if (memo->tags[at + 1] == 0)
    memo->n_taken++;
  else
    memo->n_bytes -= get_size (memo->slots[at + 1]);
  memo->n_bytes += get_size (entry);
  g_free (memo->slots[at + 1]);
  memo->slots[at + 1] = memo->slots[at];
  memo->tags[at + 1] = memo->tags[at];
  memo->slots[at] = entry;
  memo->tags[at] = make_tag (entry->hash);
}

static void
grow (HelioMemo *memo)
{
  g_autofree Entry **old = g_steal_pointer (&memo->slots);
  guint n_old = memo->n_slots;

  memo->n_slots = n_old == 0 ? FIRST_SLOTS : n_old * 4;
  memo->slots = g_new0 (Entry *, memo->n_slots);
  g_free (memo->tags);
  memo->tags = g_new0 (uint16_t, memo->n_slots);
  memo->n_taken = 0;
  memo->n_bytes = 0;
  for (guint i = 0; i < n_old; i++)
    if (old[i] != NULL)
      put (memo, old[i]);
}

HelioMemo *
helio_memo_new (void)
{
  return g_new0 (HelioMemo, 1);
}

static void
forget (HelioMemo *memo)
{
  for (guint i = 0; i < memo->n_slots; i++)
    g_free (memo->slots[i]);
  g_clear_pointer (&memo->slots, g_free);
  g_clear_pointer (&memo->tags, g_free);
  memo->n_slots = memo->n_taken = 0;
  memo->n_bytes = 0;
}

void
helio_memo_free (HelioMemo *memo)
{
  forget (memo);
  g_free (memo);
}

void
helio_memo_begin (HelioMemo *memo, gconstpointer rules, const char *bucket, int scope)
{
  if (memo->rules == rules && memo->bucket == bucket && memo->scope == scope)
    return;
  forget (memo);
  memo->rules = rules;
  memo->bucket = bucket;
  memo->scope = scope;
}

gboolean
helio_memo_find (HelioMemo *memo, const char *data, gsize length, HelioMemory *memory)
{
  uint64_t hash = memo->hash = hash_bytes (data, length);
  uint16_t tag = make_tag (hash);
  const Entry *entry;
  guint at;

  if (memo->slots == NULL)
    return FALSE;
  at = first_of_pair (memo, hash);
  if (memo->tags[at] == tag && is_same (memo->slots[at], hash, data, length))
    entry = memo->slots[at];
  else if (memo->tags[at + 1] == tag && is_same (memo->slots[at + 1], hash, data, length))
    entry = memo->slots[at + 1];
  else
    return FALSE;
  *memory = (HelioMemory){
    .is_dropped = entry->is_dropped,
    .is_changed = entry->is_changed,
    .data = entry->bytes + entry->length,
    .length = entry->made_length,
    .rule = entry->rule,
  };
  return TRUE;
}

void
helio_memo_keep (HelioMemo *memo, const char *data, gsize length, const HelioMemory *memory)
{
  gsize made_length = memory->is_changed ? memory->length : 0;
  Entry *entry;

  if (length + made_length > MAX_LENGTH)
    return;
  if (memo->n_bytes >= MOST_BYTES)
    forget (memo);
  if (memo->n_taken >= memo->n_slots / 8 && memo->n_slots < MOST_SLOTS)
    grow (memo);
  entry = g_malloc (sizeof *entry + length + made_length);
  *entry = (Entry){
    .hash = memo->hash,
    .length = (uint32_t) length,
    .made_length = (uint32_t) made_length,
    .rule = memory->rule,
    .is_dropped = (uint8_t) memory->is_dropped,
    .is_changed = (uint8_t) memory->is_changed,
  };
  memcpy (entry->bytes, data, length);
  if (made_length > 0)
    memcpy (entry->bytes + length, memory->data, made_length);
  put (memo, entry);
}
