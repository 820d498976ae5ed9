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

check=0
if [[ ${1:-} == --check ]]; then
  check=1
  shift
fi
dest=$(mkdir -p "${1:?usage: fetch-promtool.sh [--check] DIR}" && cd "$1" && pwd)
[[ ! -x $dest/promtool ]] || exit 0
((check == 0)) || exit 1
lock "$dest"
[[ ! -x $dest/promtool ]] || exit 0
need_debian
need_space "$dest" 1

work=$dest/.work
mkdir -p "$work"
use_suites "$work/apt" bookworm
# It is linked with the C library alone, which every Debian has.
unpack bookworm "$work/prometheus" prometheus prometheus
"$work/prometheus/root/usr/bin/promtool" --version >&2 || die "promtool of Debian 12 does not run on this machine"
install -m 755 "$work/prometheus/root/usr/bin/promtool" "$dest/.promtool.part"
mv "$dest/.promtool.part" "$dest/promtool"
rm -rf "$work"
