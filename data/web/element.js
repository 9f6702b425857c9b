// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Elements of the pages. What came from a device enters as text only.

export const $ = (id) => document.getElementById(id);
export const clean = (value) => String(value ?? '').replace(/[\p{Cc}\s]+/gu, ' ').trim();

export function make(tag, name, ...children) {
  const element = document.createElement(tag);
  if (name)
    element.className = name;
  element.append(...children);
  return element;
}

/** A device's own words, kept apart from the direction of the text around them. */
export const own = (value, name = '') => make('bdi', name, value);

// Regions are built anew only if what they show changed: selections and readers are not disturbed.
const shown = new WeakMap();
export function show(region, ...children) {
  const key = children.map((child) => child.outerHTML ?? child).join('\u0000');
  if (shown.get(region) === key)
    return;
  shown.set(region, key);
  region.replaceChildren(...children);
}
