#!/usr/bin/env bash
# Fetches kubectl 1.20, the oldest that installs the operator, out of Debian's package of Kubernetes.
#
#   fetch-kubectl.sh [--check] DIR [kubectl]      puts kubectl into DIR; with --check only tells whether it is there
#
# Needs what build-assets.sh needs, and a minute. Nothing is installed: the package is downloaded and unpacked.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/envtest/debian.sh
. "$here/debian.sh"

fetch_program kubectl kubernetes-client options "$@"
