#!/usr/bin/env bash
# Follows «On a cluster» of README.md, command by command, against an API server that it starts itself, until the sample estate
# is Ready on simulated hosts: all of it but mbx02, which fits nowhere by design.
#
#   on-a-cluster.sh [ASSETS]      ASSETS: folder of etcd and kube-apiserver (1.20), as build-assets.sh makes it.
#                                 Absent: KUBEBUILDER_ASSETS, else the user's cache, which is filled where it is empty.
#
# Every command that stands there in a fence is run as it is written, unless a substitution below stands for it. A command that
# fails ends the script, and so does a substitution whose command the README no longer has. Everything is run in a copy of what
# the README's commands touch; all servers listen on the loopback interface only; at the end everything is ended by its process
# id and deleted.
#
# EXVIRT_BIN names the folder of exvirt, exvirt-operator and exvirt-agent; absent: where a debug build puts them.
# Needs kubectl.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
built=${EXVIRT_BIN:-$root/artifacts/bin/ExchangeVirt.Cli/debug}
assets=${1:-${KUBEBUILDER_ASSETS:-}}

overlay=deploy/kustomize/overlays/exvirt-certs
system=exchangevirt-system
patience=300

# --- What is done in place of a command, and why -----------------------------------------------------------------------------

declare -A instead=()

# The checkout is built already; building it twice would only take longer.
instead["dotnet publish src/ExchangeVirt.Cli --output bin"]=take_what_was_built

# No container engine is needed here, because no pod will run (below).
instead["docker buildx build --file deploy/container/Containerfile --tag registry.example/exchangevirt-operator:0.1.0 --push ."]=build_no_image

# The server is Kubernetes 1.20: docs/install.md, «Older clusters», has another overlay for it. And no Service leads anywhere
# without a network of pods, so that the webhook's is made a name for this machine.
instead["kubectl apply -k $overlay"]=apply_to_old_server

# There are no nodes, so nothing rolls out: the replicas are started as processes, with the Deployment's arguments, its Secrets
# for mounts and its service account's token.
instead["kubectl -n $system rollout status deployment/exchangevirt-operator"]=start_replicas

# There are no Hyper-V hosts: agents are started on simulated ones, with the certificates that the README made for them, and
# the declarations name the ports where they answer.
instead["kubectl apply -f deploy/samples/contoso"]=apply_sample

# A reader looks again after a while.
instead["kubectl get exvm,hvhost,exdag -A"]=look_until_ready

# Pods would end with their Deployment.
instead["kubectl delete -k deploy/kustomize/base"]=uninstall

take_what_was_built() {
  ln -s "$built" bin
}

build_no_image() {
  say "left out"
}

apply_to_old_server() {
  local old=deploy/kustomize/overlays/old-servers webhook=validatingwebhookconfiguration/exchangevirt-operator
  cp -R "$overlay/certificates" "$old/"
  as_written kubectl apply --validate=false -k "$old"
  as_written kubectl wait crd --all --for=condition=Established --timeout=60s
  as_written kubectl patch "$webhook" --type=json \
    -p "[{\"op\":\"add\",\"path\":\"/webhooks/0/clientConfig/caBundle\",\"value\":\"$(base64 -w0 "$old/certificates/ca.crt")\"}]"
  webhook_port=$(free_port)
  as_written kubectl patch "$webhook" --type=json \
    -p "[{\"op\":\"replace\",\"path\":\"/webhooks/0/clientConfig/service/port\",\"value\":$webhook_port}]"
  as_written kubectl -n "$system" patch service exchangevirt-webhook \
    -p '{"spec":{"type":"ExternalName","externalName":"localhost","clusterIP":null}}'
}

start_replicas() {
  local name
  wanted=$(kubectl -n "$system" get deployment exchangevirt-operator -o 'jsonpath={.spec.replicas}')
  mount_secret exchangevirt-agent-client
  mount_secret exchangevirt-webhook
  as_service_account
  for ((replica = 0; replica < wanted; replica++)); do
    start_replica "$replica"
  done
  for name in "${!health[@]}"; do
    until_true "$name is ready" answers "http://127.0.0.1:${health[$name]}/readyz"
  done
  # What the API server refuses without the webhook, and with it in this sentence: 1.20 has no CEL.
  until_true "the API server asks the webhook" refuses_with dag-xor-standalone
}

apply_sample() {
  local description host port
  for description in deploy/samples/contoso/simulated-hosts/*.yaml; do
    host=$(basename "$description" .yaml)
    port=$(free_port)
    mkdir -p "$work/hosts/$host"
    start "agent-$host" "$built/exvirt-agent" run --host-name "$host" --simulate "$description" \
      --state "$work/hosts/$host" --listen "127.0.0.1:$port" --cert "$overlay/certificates/$host.crt" \
      --key "$overlay/certificates/$host.key" --ca "$overlay/certificates/ca.crt"
    sed -i "s|https://$host.contoso.example:7443|https://127.0.0.1:$port|" deploy/samples/contoso/*.yaml
  done
  as_written kubectl apply -f deploy/samples/contoso
}

look_until_ready() {
  until_true "everything is Ready and as declared, but mbx02, which says that it fits nowhere" is_ready
  as_written kubectl get exvm,hvhost,exdag -A
}

# It is policy/v1beta1 on this server, of the other overlay.
instead["kubectl delete -k deploy/kustomize/disruption-budget"]=delete_old_budget

delete_old_budget() {
  as_written kubectl -n "$system" delete poddisruptionbudget exchangevirt-operator
}

uninstall() {
  as_written kubectl delete -k deploy/kustomize/base
  local name
  for name in "${!health[@]}"; do
    end "$name"
  done
}

# --- What the substitutions are made of --------------------------------------------------------------------------------------

declare -A health=() pids=()
work=$(mktemp -d "${TMPDIR:-/tmp}/exchangevirt-on-a-cluster-XXXXXX")
# From here on kubectl knows no cluster but the one that is started here, whatever fails.
export KUBECONFIG=$work/admin.kubeconfig

say() {
  echo "[$SECONDS s] $*"
}

die() {
  echo "on-a-cluster.sh: $*" >&2
  exit 1
}

as_written() {
  echo "+ $*"
  "$@"
}

# start NAME PROGRAM ARGUMENT...: starts what lives on until end NAME, or until this script ends.
start() {
  local name=$1
  shift
  "$@" </dev/null >"$work/$name.log" 2>&1 &
  pids[$name]=$!
}

end() {
  local pid=${pids[$1]:-} waited
  unset "pids[$1]"
  [[ -n $pid ]] || return 0
  kill -TERM "$pid" 2>/dev/null || true
  for ((waited = 0; waited < 100; waited++)); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}

clean_up() {
  local status=$? name
  set +e
  if ((status != 0)); then
    kubectl get exvm,hvhost,exdag -A -o wide 2>/dev/null
    tail -n 20 "$work"/*.log 2>/dev/null
  fi
  # The servers last: an operator that ends gives its lease back.
  for name in "${!pids[@]}"; do
    [[ $name == etcd || $name == kube-apiserver ]] || end "$name"
  done
  end kube-apiserver
  end etcd
  rm -rf "$work"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

# Below the ports that the system lends to outgoing connections.
free_port() {
  local port
  while :; do
    port=$((12000 + (RANDOM * 32768 + RANDOM) % 18000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

# until_true WHAT COMMAND...: waits, and tells what for where it was in vain. A process that ended is not waited for.
until_true() {
  local what=$1 name deadline=$((SECONDS + patience))
  shift
  until "$@"; do
    for name in "${!pids[@]}"; do
      kill -0 "${pids[$name]}" 2>/dev/null || die "$name ended before it was so that $what"
    done
    ((SECONDS < deadline)) || die "within $patience s it was not so that $what"
    sleep 0.5
  done
}

# answers http://ADDRESS:PORT/PATH: tells whether it is answered with 200.
answers() {
  local rest=${1#http://} line
  exec 3<>"/dev/tcp/${rest%%:*}/$(echo "${rest#*:}" | cut -d/ -f1)" || return 1
  printf 'GET /%s HTTP/1.0\r\nHost: localhost\r\n\r\n' "${rest#*/}" >&3
  read -r line <&3 || line=
  exec 3>&-
  [[ $line == *" 200 "* ]]
} 2>/dev/null

serves() {
  kubectl get --raw /readyz >/dev/null 2>&1
}

refuses_with() {
  local said
  said=$(kubectl create --dry-run=server -f - 2>&1 <<'END'
apiVersion: exchangevirt.io/v1alpha1
kind: ExchangeVirtualMachine
metadata: { name: both, namespace: default }
spec:
  exchange: { version: ExchangeSE, role: Mailbox, databaseAvailabilityGroup: dag01, standalone: true }
  guest: { operatingSystem: WindowsServer2022 }
  processors: { count: 4 }
  memory: { size: 64Gi }
END
  ) || true
  [[ $said == *"$1"* ]]
}

# states KINDS TYPE: gives NAME=STATUS of that condition, one object a line.
states() {
  kubectl get "$1" -A -o "jsonpath={range .items[*]}{.metadata.name}={.status.conditions[?(@.type==\"$2\")].status}{\"\\n\"}{end}"
}

is_ready() {
  local type vms others
  for type in Ready Synced; do
    vms=$(states exvm "$type") || return 1
    [[ $(grep -v '=True$' <<<"$vms") == mbx02=False && $(wc -l <<<"$vms") == 8 ]] || return 1
  done
  others=$(states hvhost,exdag Ready) || return 1
  ! grep -qv '=True$' <<<"$others" && [[ $(wc -l <<<"$others") == 5 ]] || return 1
  [[ $(kubectl -n messaging get exvm mbx02 -o 'jsonpath={.status.conditions[?(@.type=="Ready")].reason}') == NoHostFits ]]
}

# mount_secret NAME: does what the kubelet does.
mount_secret() {
  local key
  mkdir -p "$work/mounts/$1"
  for key in $(kubectl -n "$system" get secret "$1" -o 'go-template={{range $key, $_ := .data}}{{$key}} {{end}}'); do
    kubectl -n "$system" get secret "$1" -o "go-template={{index .data \"$key\"}}" | base64 -d >"$work/mounts/$1/$key"
  done
}

as_service_account() {
  local token
  token=$(echo '{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"audiences":[]}}' |
    kubectl create --raw "/api/v1/namespaces/$system/serviceaccounts/exchangevirt-operator/token" -f - |
    sed 's/.*"token":"\([^"]*\)".*/\1/')
  kubeconfig "$work/operator.kubeconfig" "$token"
}

start_replica() {
  local name=operator-$1 arguments=() argument
  health[$name]=$(free_port)
  while read -r argument; do
    case $argument in
      --certificates=*) argument=--certificates=$work/mounts/exchangevirt-agent-client ;;
      --webhook-certificates=*) argument=--webhook-certificates=$work/mounts/exchangevirt-webhook ;;
      --health-address=*) argument=--health-address=127.0.0.1:${health[$name]} ;;
      --metrics-address=*) argument=--metrics-address=127.0.0.1:$(free_port) ;;
      --webhook-address=*) argument=--webhook-address=127.0.0.1:$(if (($1 == 0)); then echo "$webhook_port"; else free_port; fi) ;;
    esac
    arguments+=("$argument")
  done < <(kubectl -n "$system" get deployment exchangevirt-operator \
    -o 'jsonpath={range .spec.template.spec.containers[0].args[*]}{@}{"\n"}{end}')
  POD_NAME=$name start "$name" "$built/exvirt-operator" "${arguments[@]}" \
    "--kubeconfig=$work/operator.kubeconfig" "--namespace=$system"
}

# kubeconfig FILE TOKEN
kubeconfig() {
  cat >"$1" <<END
apiVersion: v1
kind: Config
current-context: it
contexts: [{ name: it, context: { cluster: it, user: it } }]
clusters: [{ name: it, cluster: { server: "https://127.0.0.1:$api_port", certificate-authority: "$work/pki/ca.crt" } }]
users: [{ name: it, user: { token: "$2" } }]
END
}

start_api_server() {
  local etcd_port peer_port token
  etcd_port=$(free_port)
  peer_port=$(free_port)
  api_port=$(free_port)
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' ')
  "$built/exvirt" certs --output "$work/pki" --host kube-apiserver,127.0.0.1 >/dev/null
  echo "$token,admin,admin,system:masters" >"$work/pki/tokens.csv"
  kubeconfig "$work/admin.kubeconfig" "$token"
  export HOME=$work/home
  mkdir -p "$HOME"
  start etcd "$assets/etcd" "--data-dir=$work/etcd" --unsafe-no-fsync --log-level=warn \
    "--listen-client-urls=http://127.0.0.1:$etcd_port" "--advertise-client-urls=http://127.0.0.1:$etcd_port" \
    "--listen-peer-urls=http://127.0.0.1:$peer_port" "--initial-advertise-peer-urls=http://127.0.0.1:$peer_port" \
    "--initial-cluster=default=http://127.0.0.1:$peer_port"
  start kube-apiserver "$assets/kube-apiserver" "--etcd-servers=http://127.0.0.1:$etcd_port" \
    --bind-address=127.0.0.1 "--secure-port=$api_port" "--cert-dir=$work/pki" \
    "--tls-cert-file=$work/pki/kube-apiserver.crt" "--tls-private-key-file=$work/pki/kube-apiserver.key" \
    --authorization-mode=RBAC "--token-auth-file=$work/pki/tokens.csv" \
    "--service-account-key-file=$work/pki/kube-apiserver.crt" \
    "--service-account-signing-key-file=$work/pki/kube-apiserver.key" \
    --service-account-issuer=https://kubernetes.default --service-cluster-ip-range=10.0.0.0/24 \
    --disable-admission-plugins=ServiceAccount --endpoint-reconciler-type=none
  until_true "the API server is ready" serves
}

# Gives the commands of the section, one a line: what stands in its fences, continued lines joined.
commands() {
  awk '
    /^## / { inside = $0 == "## On a cluster" }
    inside && /^```/ { fenced = !fenced; next }
    inside && fenced { line = line $0; if (sub(/\\$/, "", line)) next; gsub(/[ \t]+/, " ", line); print line; line = "" }
  ' "$root/README.md"
}

# --- The way --------------------------------------------------------------------------------------------------------------

command -v kubectl >/dev/null || die "needs kubectl"
for program in exvirt exvirt-operator exvirt-agent; do
  [[ -x $built/$program ]] || die "needs $built/$program: build it, dotnet build src/ExchangeVirt.Cli"
done
if [[ -z $assets ]]; then
  assets=${XDG_CACHE_HOME:-$HOME/.cache}/exchangevirt/envtest
  "$root/tests/envtest/build-assets.sh" "$assets" etcd kube-apiserver
fi

mapfile -t written < <(commands)
((${#written[@]} > 0)) || die "README.md has no commands below «On a cluster»"
for command in "${!instead[@]}"; do
  printf '%s\n' "${written[@]}" | grep -qxF -e "$command" || die "README.md no longer has the command that is substituted here: $command"
done

mkdir "$work/checkout"
cp -RL "$root/crds" "$root/deploy" "$work/checkout/"
cd "$work/checkout"
rm -rf deploy/kustomize/overlays/*/certificates
start_api_server

for command in "${written[@]}"; do
  say "\$ $command"
  if [[ -n ${instead[$command]:-} ]]; then
    say "  in its place: ${instead[$command]}"
    "${instead[$command]}"
  else
    eval "$command"
  fi
done

say "The operator is gone; the estate stays as it is:"
is_ready || die "the estate is not as it was"
kubectl get exvm,hvhost,exdag -A
