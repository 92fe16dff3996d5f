#!/usr/bin/env bash
# Run a command beside a PostgreSQL with PostGIS of its own, made for it and thrown away after it.
# Usage: tools/postgis.sh COMMAND…   The command finds the address in LIVINGCIRCLE_TEST_DATABASE.
# Needs Debian's postgresql-15-postgis-3 (or any later one).
set -euo pipefail
bin=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -1 || true)
if [ -z "$bin" ] || ! compgen -G '/usr/share/postgresql/*/extension/postgis.control' >/dev/null; then
	echo "没有 PostgreSQL 和 PostGIS。先安装：apt-get install postgresql-15 postgresql-15-postgis-3" >&2
	exit 1
fi
home=$(mktemp -d)
port=${PGPORT:-$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
[ "$(id -u)" = 0 ] && { chown postgres "$home"; as="runuser -u postgres --"; } || as=
trap '$as "$bin/pg_ctl" -D "$home/db" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$home"' EXIT
$as "$bin/initdb" -D "$home/db" -U livingcircle --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
# What it holds is thrown away: nobody waits for the disk. (fsync stays on, as the platform demands.)
$as "$bin/pg_ctl" -D "$home/db" -w -l "$home/log" \
	-o "-p $port -c unix_socket_directories=$home -c listen_addresses=127.0.0.1 -c synchronous_commit=off" \
	start >/dev/null || { cat "$home/log" >&2; exit 1; }
export LIVINGCIRCLE_TEST_DATABASE="postgresql://livingcircle@127.0.0.1:$port/livingcircle"
"$@"
