#!/usr/bin/env bash
# Builds real Kubernetes API servers out of Debian packages, for the tests that need one.
#
#   build-assets.sh DIR      fills DIR (the layout that KUBEBUILDER_ASSETS names) with
#     etcd                       3.5   key-value store, Debian unstable's etcd-server
#     kube-apiserver             1.20  whole API: RBAC, admission webhooks, leases, events, namespaces
#     kube-controller-manager    1.20  garbage collection, namespace deletion
#     kube-scheduler             1.20  a peer to measure placement beside
#     apiextensions-apiserver    1.36  custom resources alone, at today's level: CEL rules, server-side apply,
#                                      schema ratcheting, selectable fields (no RBAC, no core kinds)
#
# Needs: Debian or a derivative with apt, gcc not needed, no root: packages are downloaded through the machine's
# own Debian mirror and only unpacked. About 500 MB of downloads, 5 GB of disk and 6 minutes on two cores, once.
set -euo pipefail

dest=$(mkdir -p "${1:?usage: build-assets.sh DIR}" && cd "$1" && pwd)
assets=(etcd kube-apiserver kube-controller-manager kube-scheduler apiextensions-apiserver)
missing=0
for asset in "${assets[@]}"; do [[ -x $dest/$asset ]] || missing=1; done
if ((missing == 0)); then exit 0; fi

exec 9>"$dest/.lock"
flock 9
work=$dest/.work
apt=$work/apt
mkdir -p "$apt"/{lists/partial,cache/archives/partial,preferences.d} "$work"/{old,new}

# The machine's own mirror and keyring, whatever they are.
mirror=$(apt-get indextargets --no-release-info --format '$(SITE)' 'Created-By: Packages' | grep -v -i -m1 security)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
cat >"$apt/sources.list" <<LIST
deb [signed-by=$keyring] $mirror bookworm main
deb-src [signed-by=$keyring] $mirror bookworm main
deb [signed-by=$keyring] $mirror sid main
LIST
: >"$apt/status"
cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferencesparts "$apt/preferences.d";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
APT::Sandbox::User "";
APT::Install-Recommends "0";
Acquire::Languages "none";
CONF
export APT_CONFIG=$apt/apt.conf
apt-get update -qq

# unpack SUITE FOLDER PACKAGE...: the packages and their golang-* dependencies, into FOLDER
unpack() {
  local suite=$1 folder=$2
  shift 2
  mkdir -p "$folder/debs"
  apt-get install -y --print-uris -t "$suite" "$@" |
    awk -F"'" '/^'\''/ {print $2}' | grep -E '/(golang[^/]*|etcd-server)_[^/]*\.deb$' >"$folder/uris"
  (cd "$folder/debs" && xargs -P 6 -n 8 curl -fsS --retry 3 --remote-name-all <"$folder/uris")
  for deb in "$folder"/debs/*.deb; do dpkg-deb -x "$deb" "$folder/root"; done
}

if [[ ! -x $dest/apiextensions-apiserver || ! -x $dest/etcd ]]; then
  unpack sid "$work/new" golang-k8s-apiextensions-apiserver-dev golang-1.26-go etcd-server
  install -m 755 "$work/new/root/usr/bin/etcd" "$dest/etcd"
  (
    export GOROOT=$work/new/root/usr/lib/go-1.26 GOPATH=$work/new/root/usr/share/gocode
    export GO111MODULE=off CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS= GOCACHE=$work/gocache
    cd "$GOPATH/src/k8s.io/apiextensions-apiserver"
    "$GOROOT/bin/go" build -o "$dest/apiextensions-apiserver.part" .
    mv "$dest/apiextensions-apiserver.part" "$dest/apiextensions-apiserver"
  )
fi

if [[ ! -x $dest/kube-apiserver || ! -x $dest/kube-controller-manager || ! -x $dest/kube-scheduler ]]; then
  unpack bookworm "$work/old" golang-1.19-go golang-github-modern-go-reflect2-dev
  (
    export GOROOT=$work/old/root/usr/lib/go-1.19 GOPATH=$work/old/gopath
    export GO111MODULE=off CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS= GOCACHE=$work/gocache PATH=$GOROOT/bin:$PATH
    mkdir -p "$GOPATH/src/k8s.io"
    cd "$GOPATH/src/k8s.io"
    apt-get source -qq --download-only -t bookworm kubernetes
    rm -rf kubernetes kubernetes-1.*/
    tar xzf kubernetes_*.orig.tar.gz
    mv kubernetes-1.*/ kubernetes
    cd kubernetes
    # 1.20 vendors reflect2 1.0.1, which walks maps out of bounds when built with Go 1.18 or newer: the server dies of
    # SIGSEGV at the first custom resource that has a label or an annotation. Debian's 1.0.2 is the fix.
    rm -rf vendor/github.com/modern-go/reflect2
    cp -a "$GOROOT/../../share/gocode/src/github.com/modern-go/reflect2" vendor/github.com/modern-go/
    # Untagged tarballs call themselves v0.0.0, which a chart's kubeVersion refuses.
    sed -i -E 's/"v0\.0\.0-master[^"]*"/"v1.20.2"/' staging/src/k8s.io/{component-base,client-go/pkg}/version/base.go
    # Debian's tarball leaves one generated file out; Kubernetes' own generator, vendored beside it, writes it.
    inputs=$(grep -rlE '^// \+k8s:openapi-gen=' --include=*.go staging/src pkg |
      xargs -n1 dirname | sort -u | grep -v -E 'testdata|sample-|code-generator|/test/' |
      sed -e 's#^staging/src/#k8s.io/kubernetes/vendor/#' -e 's#^pkg#k8s.io/kubernetes/pkg#' | paste -sd,)
    go build -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
    "$work/openapi-gen" --go-header-file vendor/k8s.io/code-generator/hack/boilerplate.go.txt \
      -i "$inputs" -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi -r "$work/violations"
    for binary in kube-apiserver kube-controller-manager kube-scheduler; do
      go build -o "$dest/$binary.part" "./cmd/$binary"
      mv "$dest/$binary.part" "$dest/$binary"
    done
  )
fi
rm -rf "$work"
