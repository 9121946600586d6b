#!/bin/sh
# Makes the database cluster on the first start, then becomes the server. Passwords by SCRAM only; nobody is trusted.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
	initdb --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums
	echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
fi
[ "$1" = postgres ] || exec "$@"
shift
exec postgres -c listen_addresses='*' -c unix_socket_directories=/tmp "$@"
