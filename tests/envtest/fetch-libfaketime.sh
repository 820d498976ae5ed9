#!/usr/bin/env bash
# Fetches libfaketime, with which tests set the clock of one process while it runs, out of Debian's package of that name.
#
#   fetch-libfaketime.sh [--check] DIR [libfaketimeMT.so.1]      puts it into DIR; with --check only tells whether it is there
#
# Needs what build-assets.sh needs, and a minute. Nothing is installed: the package is downloaded and unpacked.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/envtest/debian.sh
. "$here/debian.sh"

sets_clocks() {
  [[ $(LD_PRELOAD=$1 FAKETIME='@2001-02-03 04:05:06' date +%Y) == 2001 ]]
}

fetch_file libfaketimeMT.so.1 libfaketime 'usr/lib/*/faketime/libfaketimeMT.so.1' sets_clocks "$@"
