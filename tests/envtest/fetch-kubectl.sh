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

check=0
if [[ ${1:-} == --check ]]; then
  check=1
  shift
fi
dest=$(mkdir -p "${1:?usage: fetch-kubectl.sh [--check] DIR}" && cd "$1" && pwd)
[[ ! -x $dest/kubectl ]] || exit 0
((check == 0)) || exit 1
lock "$dest"
[[ ! -x $dest/kubectl ]] || exit 0
need_debian
need_space "$dest" 1

work=$dest/.work
mkdir -p "$work"
use_suites "$work/apt" bookworm
# It is linked with the C library alone, which every Debian has.
unpack bookworm "$work/kubernetes" kubernetes-client kubernetes-client
"$work/kubernetes/root/usr/bin/kubectl" version --client >&2 || die "kubectl of Debian 12 does not run on this machine"
install -m 755 "$work/kubernetes/root/usr/bin/kubectl" "$dest/.kubectl.part"
mv "$dest/.kubectl.part" "$dest/kubectl"
rm -rf "$work"
