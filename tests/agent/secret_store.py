# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real keyring on the private bus."""

import subprocess

import dbus

from world import until

SERVICE = "org.freedesktop.secrets"


class Keyring:
    def __init__(self, world):
        self.process = subprocess.Popen(
            ["gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground",
             "--control-directory=" + world.path("run")],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=world.environment)
        self.process.stdin.write(b"password")
        self.process.stdin.close()
        world.others.append(self.process)
        self.connection = world.bus.connect()
        until(lambda: self.connection.name_has_owner(SERVICE), "the keyring")
        self.service = self.connection.get_object(SERVICE, "/org/freedesktop/secrets",
                                                  introspect=False)
        until(self.is_ready, "the login collection")

    def is_ready(self):
        return self.service.ReadAlias(
            "default", dbus_interface="org.freedesktop.Secret.Service") != "/"

    def lock(self):
        path = self.service.ReadAlias("default", dbus_interface="org.freedesktop.Secret.Service")
        self.service.Lock(dbus.Array([path], signature="o"),
                          dbus_interface="org.freedesktop.Secret.Service")

    def items(self):
        found = self.service.SearchItems(
            dbus.Dictionary({"xdg:schema": "io.github.heliograph.Heliograph"}, signature="ss"),
            dbus_interface="org.freedesktop.Secret.Service")
        return [str(item) for half in found for item in half]
