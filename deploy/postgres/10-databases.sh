#!/bin/sh
# Runs once, on an empty volume: every service has a database of its own and two roles that reach no other. The owner
# migrates; the running role gets its rights from `migrate`. DURE_INTAKE_OWNER_PASSWORD, DURE_INTAKE_PASSWORD and so on.
set -eu
for service in intake review allocator metering billing; do
  upper=$(printf '%s' "$service" | tr '[:lower:]' '[:upper:]')
  eval "owner_password=\$DURE_${upper}_OWNER_PASSWORD password=\$DURE_${upper}_PASSWORD"
  psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --set=name="$service" --set=owner="${service}_owner" \
    --set=owner_password="$owner_password" --set=password="$password" <<'SQL'
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"owner";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"name" TO :"name";
\connect :"name"
ALTER SCHEMA public OWNER TO :"owner";
SQL
done
