#!/bin/sh
# Runs once, on an empty volume: every service has its own database and a role that reaches no other.
set -eu
for service in intake review allocator metering billing; do
  psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --set=name="$service" \
    --set=password="$DURE_POSTGRES_PASSWORD" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
