/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-rules"

#include "rules/helio-memo.h"

#include <string.h>

/* At most so many are remembered, none longer: 8 MiB if all are of the longest, 2 as they are. */
#define N_SLOTS 8192
#define MAX_LENGTH 1024

/* One thing that is remembered; another with the same place takes it. */
typedef struct
{
  uint64_t hash;
  uint32_t length;
  uint32_t made_length;
  char *bytes; /* the data, then what was made of it */
  int rule;
  uint8_t is_dropped;
  uint8_t is_changed;
} Slot;

struct _HelioMemo
{
  Slot *slots; /* NULL while there is nothing */
  gconstpointer rules;
  const char *bucket;
  int scope;
  uint64_t hash; /* of what was looked for last */
};

HelioMemo *
helio_memo_new (void)
{
  return g_new0 (HelioMemo, 1);
}

static void
forget (HelioMemo *memo)
{
  for (guint i = 0; memo->slots != NULL && i < N_SLOTS; i++)
    g_free (memo->slots[i].bytes);
  g_clear_pointer (&memo->slots, g_free);
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

gboolean
helio_memo_find (HelioMemo *memo, const char *data, gsize length, HelioMemory *memory)
{
  uint64_t hash = memo->hash = hash_bytes (data, length);
  const Slot *slot;

  if (memo->slots == NULL)
    return FALSE;
  slot = &memo->slots[hash % N_SLOTS];
  if (slot->bytes == NULL || slot->hash != hash || slot->length != length
      || memcmp (slot->bytes, data, length) != 0)
    return FALSE;
  *memory = (HelioMemory){
    .is_dropped = slot->is_dropped,
    .is_changed = slot->is_changed,
    .data = slot->bytes + slot->length,
    .length = slot->made_length,
    .rule = slot->rule,
  };
  return TRUE;
}

void
helio_memo_keep (HelioMemo *memo, const char *data, gsize length, const HelioMemory *memory)
{
  uint64_t hash = memo->hash;
  gsize made_length = memory->is_changed ? memory->length : 0;
  Slot *slot;

  if (length + made_length > MAX_LENGTH)
    return;
  if (memo->slots == NULL)
    memo->slots = g_new0 (Slot, N_SLOTS);
  slot = &memo->slots[hash % N_SLOTS];
  g_free (slot->bytes);
  *slot = (Slot){
    .hash = hash,
    .length = (uint32_t) length,
    .made_length = (uint32_t) made_length,
    .bytes = g_malloc (length + made_length + 1),
    .rule = memory->rule,
    .is_dropped = (uint8_t) memory->is_dropped,
    .is_changed = (uint8_t) memory->is_changed,
  };
  memcpy (slot->bytes, data, length);
  if (made_length > 0)
    memcpy (slot->bytes + length, memory->data, made_length);
}
