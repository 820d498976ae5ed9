#!/usr/bin/env bash
# Builds real Kubernetes API servers out of Debian packages, for the tests that need one.
#
#   build-assets.sh DIR [NAME...]      fills DIR (the layout that KUBEBUILDER_ASSETS names) with all of, or the named of
#     etcd                       3.5   key-value store, Debian unstable's etcd-server
#     kube-apiserver             1.20  whole API: RBAC, admission webhooks, leases, events, namespaces
#     kube-controller-manager    1.20  garbage collection, namespace deletion
#     apiextensions-apiserver    1.36  custom resources alone, at today's level: CEL rules, server-side apply,
#                                      schema ratcheting, selectable fields (no RBAC, no core kinds)
#
# Needs: Debian or a derivative with apt; no root, no compiler: packages are downloaded through the machine's own Debian mirror
# and only unpacked. About 500 MB of downloads, 5 GB of disk for a while and 10 minutes on two cores, once. What is there
# already is not built again; two processes may start it at once; killed, it goes on where it was.
#
#   build-assets.sh --check DIR [NAME...]      only tells by its exit code whether all of them are there
#
# EXVIRT_DEBIAN_MIRROR and EXVIRT_DEBIAN_KEYRING name another mirror and its keyring, for a derivative whose own has no Debian.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/envtest/debian.sh
. "$here/debian.sh"

# Raised where the way of building one changes, so that what was built the old way is built again.
declare -A recipes=([etcd]=1 [kube-apiserver]=2 [kube-controller-manager]=1 [apiextensions-apiserver]=1)

check=0
if [[ ${1:-} == --check ]]; then
  check=1
  shift
fi
dest=$(mkdir -p "${1:?usage: build-assets.sh DIR [NAME...]}" && cd "$1" && pwd)
shift
wanted=("$@")
if ((${#wanted[@]} == 0)); then wanted=("${!recipes[@]}"); fi
for name in "${wanted[@]}"; do
  [[ -n ${recipes[$name]:-} ]] || die "does not know $name, only ${!recipes[*]}"
done

lacks() {
  local name recipe
  for name in "$@"; do
    [[ " ${wanted[*]} " == *" $name "* ]] || continue
    recipe=$(cat "$dest/.recipes/$name" 2>/dev/null || echo 1)
    [[ -x $dest/$name ]] && ((recipe >= ${recipes[$name]})) || return 0
  done
  return 1
}

lacks "${wanted[@]}" || exit 0
((check == 0)) || exit 1
lock "$dest"
lacks "${wanted[@]}" || exit 0
need_debian
need_space "$dest" 6

work=$dest/.work
mkdir -p "$work" "$dest/.recipes"
started=$SECONDS
doing=starting
# Nothing that may fail stands left of ||: the shell would then go on after a failure inside it.
trap 'status=$?; if ((status != 0)); then echo "build-assets.sh: failed while $doing" >&2; fi' EXIT
say() {
  doing=$*
  echo "[$((SECONDS - started)) s] $*" >&2
}

# put FILE NAME: makes FILE the asset NAME, all or nothing.
put() {
  install -m 755 "$1" "$dest/.$2.part"
  mv "$dest/.$2.part" "$dest/$2"
  echo "${recipes[$2]}" >"$dest/.recipes/$2"
  say "$2 is ready"
}

# Symbols and debugging data are of no use to a test; without them the executables are a third smaller.
export GO111MODULE=off CGO_ENABLED=0 GOTOOLCHAIN=local GOCACHE=$work/gocache GOFLAGS="-trimpath -ldflags=-s"

build_new() {
  say "downloading packages of Debian unstable"
  use_suites "$work/apt-new" sid
  unpack sid "$work/new" 'golang.*|etcd-server' golang-k8s-apiextensions-apiserver-dev golang-1.26-go etcd-server
  if lacks etcd; then put "$work/new/root/usr/bin/etcd" etcd; fi
  lacks apiextensions-apiserver || return 0
  say "building apiextensions-apiserver of Debian unstable, which moves"
  (
    export GOROOT=$work/new/root/usr/lib/go-1.26 GOPATH=$work/new/root/usr/share/gocode
    cd "$GOPATH/src/k8s.io/apiextensions-apiserver"
    "$GOROOT/bin/go" build -o "$work/out/" .
  )
  put "$work/out/apiextensions-apiserver" apiextensions-apiserver
}

export_old() {
  export GOROOT=$work/old/root/usr/lib/go-1.19 GOPATH=$work/old/gopath PATH=$work/old/root/usr/lib/go-1.19/bin:$PATH
}

# Unpacks the source and mends what Debian's tarball lacks and what newer Go versions break.
prepare_old() {
  [[ ! -e $work/old/prepared ]] || return 0
  cd "$work/old"
  apt-get source -qq --download-only -t bookworm kubernetes >&2 || die "cannot download the source of kubernetes"
  rm -rf "$GOPATH" kubernetes-1.*/
  tar xzf kubernetes_*.orig.tar.gz
  mkdir -p "$GOPATH/src/k8s.io"
  mv kubernetes-1.*/ "$GOPATH/src/k8s.io/kubernetes"
  cd "$GOPATH/src/k8s.io/kubernetes"
  # 1.20 vendors reflect2 1.0.1, which walks maps out of bounds when built with Go 1.18 or newer: the server dies of
  # SIGSEGV at the first custom resource that has a label or an annotation. Debian's 1.0.2 is the fix.
  rm -rf vendor/github.com/modern-go/reflect2
  cp -a "$GOROOT/../../share/gocode/src/github.com/modern-go/reflect2" vendor/github.com/modern-go/
  # The validator takes a value for null when it equals its type's zero value down to the address, which newer Go versions
  # give the empty string: then the server refuses every custom resource that holds one. Later versions ask for nil alone.
  sed -i 's/if data == nil || reflect.DeepEqual(reflect.Zero(reflect.TypeOf(data)), reflect.ValueOf(data)) {/if data == nil {/' \
    vendor/github.com/go-openapi/validate/type.go vendor/k8s.io/kube-openapi/pkg/validation/validate/type.go
  ! grep -rqF 'reflect.Zero(reflect.TypeOf(data)), reflect.ValueOf(data)' vendor/github.com/go-openapi vendor/k8s.io/kube-openapi ||
    die "the source of kubernetes is not as expected: the validator"
  # Untagged tarballs call themselves v0.0.0, which a chart's kubeVersion refuses.
  sed -i -E -e 's/"v0\.0\.0-master[^"]*"/"v1.20.2"/' \
    -e 's/^(\s*gitMajor) string.*/\1 = "1"/' -e 's/^(\s*gitMinor) string.*/\1 = "20"/' \
    staging/src/k8s.io/{component-base,client-go/pkg}/version/base.go
  # Debian's tarball leaves one generated file out; Kubernetes' own generator, vendored beside it, writes it.
  inputs=$(grep -rlE '^// \+k8s:openapi-gen=' --include=*.go staging/src pkg |
    xargs -n1 dirname | sort -u | grep -v -E 'testdata|sample-|code-generator|/test/' |
    sed -e 's#^staging/src/#k8s.io/kubernetes/vendor/#' -e 's#^pkg#k8s.io/kubernetes/pkg#' | paste -sd,)
  go build -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  "$work/openapi-gen" --go-header-file vendor/k8s.io/code-generator/hack/boilerplate.go.txt \
    -i "$inputs" -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi -r "$work/violations"
  touch "$work/old/prepared"
}

build_old() {
  say "downloading packages of Debian 12"
  use_suites "$work/apt-old" bookworm
  unpack bookworm "$work/old" 'golang.*' golang-1.19-go golang-github-modern-go-reflect2-dev
  say "preparing the source of Kubernetes 1.20"
  (
    export_old
    prepare_old
  )
  say "building Kubernetes 1.20"
  (
    export_old
    cd "$GOPATH/src/k8s.io/kubernetes"
    commands=()
    for name in kube-apiserver kube-controller-manager; do
      if lacks "$name"; then commands+=("./cmd/$name"); fi
    done
    # No cloud provider is used here, and their clients are a third of all the code.
    go build -tags providerless -o "$work/out/" "${commands[@]}"
  )
  for name in kube-apiserver kube-controller-manager; do
    if lacks "$name"; then put "$work/out/$name" "$name"; fi
  done
}

mkdir -p "$work/out"
if lacks etcd apiextensions-apiserver; then build_new; fi
if lacks kube-apiserver kube-controller-manager; then build_old; fi
rm -rf "$work"
say "done"
