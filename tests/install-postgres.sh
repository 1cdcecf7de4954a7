#!/bin/sh
# Installs the PostgreSQL server that the store's contract tests start for themselves, where that is possible:
# on Debian or Ubuntu, as root. Anywhere else it says so, and those tests are skipped.
set -u
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "PostgreSQL's server is not installed: its tests will be skipped (install the package postgresql)."
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
# The package would start a server of its own; the tests start theirs.
mkdir -p /etc/postgresql-common && printf 'create_main_cluster = false\n' > /etc/postgresql-common/createcluster.conf
if apt-get update -qq >/dev/null 2>&1 && apt-get install -y -qq --no-install-recommends postgresql >/dev/null 2>&1; then
    echo "PostgreSQL's server is installed for the tests."
else
    echo "PostgreSQL's server could not be installed: its tests will be skipped."
fi
