#!/usr/bin/env bash
# Run a command beside a PostgreSQL with PostGIS of its own, made for it and thrown away after it.
# Usage: tools/postgis.sh COMMAND…   The command finds the address in LIVINGCIRCLE_TEST_DATABASE.
# Needs Debian's postgresql-15-postgis-3 (or any later one).
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
home=$(mktemp -d)
port=${PGPORT:-55432}
[ "$(id -u)" = 0 ] && { chown postgres "$home"; as="runuser -u postgres --"; } || as=
trap '$as "$bin/pg_ctl" -D "$home/db" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$home"' EXIT
$as "$bin/initdb" -D "$home/db" -U livingcircle --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null
$as "$bin/pg_ctl" -D "$home/db" -w -l "$home/log" \
	-o "-p $port -c unix_socket_directories=$home -c listen_addresses=127.0.0.1" start >/dev/null
export LIVINGCIRCLE_TEST_DATABASE="postgresql://livingcircle@127.0.0.1:$port/livingcircle"
"$@"
