# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A template for python3-dbusmock: the agent's interface; the parameters are its properties."""

import dbus

BUS_NAME = "io.github.heliograph.Heliograph.Agent"
MAIN_OBJ = "/io/github/heliograph/Heliograph/Agent"
MAIN_IFACE = "io.github.heliograph.Heliograph.Agent1"
SYSTEM_BUS = False

TYPES = {"Version": "s", "State": "s", "Trouble": "s", "PausedSince": "x", "PausedUntil": "x",
         "Presence": "a{sv}", "Source": "a{sv}", "Buckets": "aa{sv}", "Destinations": "aa{sv}",
         "Progress": "aa{sv}", "Questions": "aa{sv}", "Machine": "a{sv}"}
METHODS = {"Pause": "x", "Resume": "b", "SyncNow": "", "Quit": ""}
# The address of a destination's page is its id.
PAGE = "ret = args[0]"


def typed_dict(values):
    """Numbers in the agent's dictionaries are 64 bits wide."""
    return dbus.Dictionary({key: dbus.Int64(value) if type(value) is int else value
                            for key, value in values.items()}, signature="sv")


def typed(name, value):
    kind = TYPES[name]
    if kind == "x":
        return dbus.Int64(value)
    if kind == "a{sv}":
        return typed_dict(value)
    if kind == "aa{sv}":
        return dbus.Array([typed_dict(one) for one in value], signature="a{sv}")
    return value


def load(mock, parameters):
    values = {name: {"s": "", "x": 0, "a{sv}": {}, "aa{sv}": []}[kind]
              for name, kind in TYPES.items()}
    values["State"] = "idle"
    values.update(parameters)
    mock.AddProperties(MAIN_IFACE, {name: typed(name, value) for name, value in values.items()})
    mock.AddMethods(MAIN_IFACE, [(name, kind, "", "") for name, kind in METHODS.items()])
    mock.AddMethod(MAIN_IFACE, "GetPage", "s", "s", PAGE)
