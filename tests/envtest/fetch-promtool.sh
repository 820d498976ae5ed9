#!/usr/bin/env bash
# Fetches promtool, which checks alert rules and the text of /metrics, out of Debian's package of Prometheus.
#
#   fetch-promtool.sh [--check] DIR [promtool]      puts promtool into DIR; with --check only tells whether it is there
#
# Needs what build-assets.sh needs, and a minute. Nothing is installed: the package is downloaded and unpacked.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/envtest/debian.sh
. "$here/debian.sh"

fetch_program promtool prometheus --version "$@"
